// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several recordings on one time axis, aligned at t0.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/transfer/chart_content.h"

namespace migscope {

/// One run that is laid over others.
struct OverlaidRun {
    int run = 1; ///< its number in the recording
    std::string label;
    int series = 0; ///< its colour
};

/// Where a run's time is 0: the t0 of its critical pair, else its begin. nullopt: there is no such run.
[[nodiscard]] std::optional<Ns> alignmentOf(const Recording& recording, int run);
/// Begin and end of the run, relative to its alignment.
struct AlignedSpan {
    Ns from{0};
    Ns to{1};
};
[[nodiscard]] AlignedSpan alignedSpan(const Recording& recording, int run);

/// Adds a run to `content`, whose window is relative to t0: the lanes of its devices, what it moved, its rate
/// in reads. Costs the columns. What is no part of the run is left out. *Reentrant.*
void overlay(ChartContent& content, const Recording& recording, const OverlaidRun& which);

} // namespace migscope
