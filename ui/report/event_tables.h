// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened in a recording, as tables of a report: calls, streams, pre-copy, refusals, notes.
#pragma once

#include "core/transfer/recording.h"
#include "ui/report/report_content.h"

namespace migscope {

/// *Reentrant*, like all of this file. A table without rows has nothing to say. `run`: only of this one.
[[nodiscard]] ReportTable callTable(const Recording& recording, std::optional<int> run);
/// The calls of each kind with their spread over the whole recording.
[[nodiscard]] ReportTable callStatistics(const Recording& recording);
[[nodiscard]] ReportTable streamTable(const Recording& recording);
[[nodiscard]] ReportTable precopyTable(const Recording& recording);
/// Refusals, streams that broke, stuck calls, states that moved by themselves; the errno and what it means
/// for that call.
[[nodiscard]] ReportTable errorTable(const Recording& recording);
/// What a person wrote.
[[nodiscard]] ReportTable noteTable(const Recording& recording);
[[nodiscard]] ReportTable kernelTable(const Recording& recording);
/// Starts, reports and stops of DMA logging.
[[nodiscard]] ReportTable dirtyTable(const Recording& recording);
/// All that the chart draws, folded.
[[nodiscard]] ReportTable chartTable(const Recording& recording, const ChartContent& chart);

} // namespace migscope
