// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of one recording, possibly of repeated runs.
#pragma once

#include "core/transfer/recording.h"
#include "ui/report/report_content.h"

namespace migscope {

/// *Reentrant*: looks into the source under its lock, as long as folding its tables takes.
[[nodiscard]] ReportContent runReport(const ReportSource& source, const ReportOptions& options);

/// What the report says first: the outcome and how long it was dark, in words; below it what that rests on.
struct RunVerdict {
    ReportTone tone = ReportTone::Plain;
    QString headline;
    std::vector<ReportLine> evidence;
    std::vector<ReportLine> cautions;
};
[[nodiscard]] RunVerdict runVerdict(const Recording& recording, bool growing);
/// "migrate 3b:00.2 to 3b:00.3 (auto)", "8 runs: …"; what was driven by hand says so.
[[nodiscard]] QString recordingPlan(const Recording& recording);
/// The properties of a recording, its path without the folders of whoever made the report.
[[nodiscard]] ReportFacts reportFacts(const Recording& recording, const ReportSource& source);
/// The chart in two widths. `run`: its stretch only; absent: the whole recording.
[[nodiscard]] ReportPicture chartPicture(const Recording& recording, const ReportOptions& options,
                                         const QString& name, std::optional<int> run);

} // namespace migscope
