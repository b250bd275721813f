// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From the stamps of a run to its phases, downtime and blackout.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/transfer/run_metrics.h"

namespace migscope {

/// What a pair needs besides its metrics.
struct PairWork {
    bool stopInside = false;    ///< one SET stopped the device and asked for STOP_COPY: t0 = t1
    bool resumeInside = false;  ///< one SET left RESUMING and arrived at RUNNING: t3 = t4
    std::optional<Ns> returned; ///< the source works at full again, before a destination ran
    std::optional<Ns> loadBegun;
    Ns destinationInSave{0}; ///< in calls on the destination between t1 and t2
    std::optional<std::uint32_t> stream;
    bool roundOver = true; ///< the next data before t1 begins a pre-copy round
    std::vector<event::Wait> waits;
};

/// Everything derived, anew from stamps and sums: constant time for a given number of pairs. *Reentrant.*
void computeRun(RunMetrics& run, const std::vector<PairWork>& works);

} // namespace migscope
