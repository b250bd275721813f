// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a run that are compared, plotted over runs and put into tables.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/transfer/run_metrics.h"

namespace migscope {

enum class Figure {
    Downtime,
    Blackout,
    Stop,
    Save,
    Load,
    Resume,
    Wait,
    StateBytes,
    StopCopyBytes,
    PrecopyBytes,
    PrecopyRounds,
    SourceRate,      ///< state bytes a second of time inside calls on the sources
    DestinationRate, ///< the same of the destinations
    Total,           ///< begin to end of the run
};
enum class FigureUnit { Nanoseconds, Bytes, BytesPerSecond, Count };

[[nodiscard]] const std::vector<Figure>& allFigures();
/// A stable id: "downtime", "stop-copy-bytes" …
[[nodiscard]] std::string_view figureId(Figure figure);
[[nodiscard]] FigureUnit unitOf(Figure figure);
/// A person wants less of it. Counts of bytes and rounds are neither better nor worse.
enum class Better { Lower, Higher, Neither };
[[nodiscard]] Better betterOf(Figure figure);

/// In the unit of the figure; nullopt when the run does not have it (never 0 for that). Times are exact up to
/// 2^53 ns.
[[nodiscard]] std::optional<double> valueOf(const RunMetrics& run, Figure figure);

/// Runs whose figures may stand beside each other: ended "ok".
[[nodiscard]] bool counts(const RunMetrics& run);

} // namespace migscope
