// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A table as text for the clipboard.
#pragma once

#include <QString>

class QAbstractItemModel;

namespace migscope {

/// One line of the row's cells as they are shown, separated by tabs, with its newline.
[[nodiscard]] QString rowText(const QAbstractItemModel& model, int row);
/// All rows below a line of heads.
[[nodiscard]] QString tableText(const QAbstractItemModel& model);
/// With a last line that says what it is of ("run.migrec · SIMULATED · …"): simulated values must not be
/// taken for measured ones wherever they are put. Empty: unchanged.
[[nodiscard]] QString labelled(const QString& table, const QString& what);

} // namespace migscope
