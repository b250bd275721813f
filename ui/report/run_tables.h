// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a recording's runs as tables of a report.
#pragma once

#include "core/transfer/recording.h"
#include "ui/report/report_content.h"

namespace migscope {

/// *Reentrant*, like all of this file. Stop, save, load, resume with their share and the time inside calls.
[[nodiscard]] ReportTable phaseTable(const Recording& recording, const RunMetrics& run);
/// From what to what, bytes and rates: a row a pair.
[[nodiscard]] ReportTable pairTable(const Recording& recording, const RunMetrics& run);
/// A row a run; a figure that no run has is left out.
[[nodiscard]] ReportTable runTable(const Recording& recording);
/// Median, percentiles, first run and outliers of each figure, a row a figure and recording: `rows` hold one
/// figure's recordings.
struct SpreadFigure {
    Figure figure{};
    std::vector<SpreadRow> rows;
};
[[nodiscard]] ReportTable spreadTable(const std::vector<SpreadFigure>& figures, bool severalRecordings);
/// The figures of the recording's runs that ended ok, without those that no run has.
[[nodiscard]] std::vector<Figure> figuresOf(const Recording& recording);
/// "3b:00.2"; "—" for an event of no device.
[[nodiscard]] QString reportDevice(const Recording& recording, std::optional<int> device);

} // namespace migscope
