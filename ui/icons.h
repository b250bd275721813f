// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our icons, drawn in the palette's own text colour.
#pragma once

#include <QIcon>
#include <QPalette>
#include <QString>

namespace migscope {

/// `name` as in resources/icons. Made anew on a change of palette, which it keeps.
[[nodiscard]] QIcon themedIcon(const QString& name, const QPalette& palette);
/// The programme's own, in its colours.
[[nodiscard]] QIcon programIcon();

} // namespace migscope
