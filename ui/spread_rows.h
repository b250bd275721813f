// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A figure over the runs of recordings, as the strips of the Compare tab and of reports show it.
#pragma once

#include <QString>
#include <QStringList>

#include "core/transfer/recording.h"
#include "ui/charts/spread_strip.h"

namespace migscope {

/// Two of one name are told apart by their place in the list. *Reentrant*, like all of this file.
[[nodiscard]] QStringList sourceLabels(const QStringList& names);
/// The runs that ended ok: a dot each, the first one and outliers marked, and the spread in words.
[[nodiscard]] SpreadRow spreadRow(const Recording& recording, Figure figure, const QString& label,
                                  int series);

} // namespace migscope
