// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of several recordings against one of them.
#pragma once

#include <vector>

#include "ui/report/report_content.h"

namespace migscope {

/// *Reentrant.* Of one source it is runReport(). Not of none. `options.base` is an index into `sources`.
[[nodiscard]] ReportContent reportOf(const std::vector<ReportSource>& sources, const ReportOptions& options);

} // namespace migscope
