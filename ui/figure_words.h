// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of runs and their values as a person reads them.
#pragma once

#include <QString>

#include "core/transfer/run_figures.h"

namespace migscope {

/// "downtime", "rate in reads" …
[[nodiscard]] QString figureName(Figure figure);
/// "2.1 ms", "3.0 MiB", "1.21 GiB/s".
[[nodiscard]] QString figureWords(FigureUnit unit, double value);

} // namespace migscope
