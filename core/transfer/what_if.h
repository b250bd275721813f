// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What-if: where the downtime of a measured run would land with another link, size, dirty rate or limit.
//
// The model, in three lines:
//   downtime   = the fixed parts as measured (stop, arcs, resume) + bytes after the stop / copy rate;
//   copy rate  = 1 / (1 / save rate + 1 / load rate), as one thread reads, then writes; a loopback loads all
//                its bytes while it is dark, the others only those after the stop;
//   bytes      = what only a stop moves + what is dirty when the engine's own rule ends pre-copy, played
//                round by round: a round of T seconds leaves min(working set, dirty rate * T).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/plan.h"
#include "core/transfer/recording.h"
#include "core/transfer/run_metrics.h"

namespace migscope {

/// A value that was measured, or the id of the reason why it was not:
/// "no-precopy-seen", "no-round-seen" (pre-copy ended at its first look), "no-bytes-seen",
/// "no-time-in-calls" (the calls took none: a rate without end), "no-estimate" (the device gives none),
/// "still-grows" (what is dirty kept pace with time), "inside-save", "inside-load" (one SET did both),
/// "not-seen".
template<class Value>
struct Measured {
    std::optional<Value> value;
    std::string why = "not-seen"; ///< empty when there is a value
};

/// MIG_DATA_SIZE, which the rule of pre-copy adds to what is dirty.
struct WhatIfEstimate {
    std::uint64_t bytes = 0; ///< Fixed: the answer; live: what it says beyond the pending bytes
    bool live = false;       ///< it follows what is pending
};

/// What one run measured. Bytes, bytes a second, nanoseconds. Rates are of time inside calls, without calls
/// that moved nothing.
struct WhatIfInputs {
    /// Empty: whatIf() can answer. Else why it cannot: "no-such-run", "not-ended", "failed-run",
    /// "several-pairs" (they wait for each other), "samples-lost", "no-downtime" (save, discard, load),
    /// "no-bytes-seen", "stamps-missing" (a SET or the stream's end is not in the recording).
    std::string why;
    int run = 0;
    PlanKind kind = PlanKind::Migrate;
    bool preCopy = false; ///< the mode that ran
    PreCopyLimits limits; ///< of the plan, also where no pre-copy ran

    Measured<Ns> downtime; ///< t4 - t0
    Measured<Ns> total;    ///< begin to end of the run

    /// What one pass moves: initial_bytes and what only a stop moves; without pre-copy all bytes. Data that
    /// was dirty and moved again counts once.
    Measured<std::uint64_t> stateBytes;
    Measured<std::uint64_t> movedBytes;
    Measured<std::uint64_t> stopCopyBytes; ///< moved after t1
    Measured<std::uint64_t> stopOnlyBytes; ///< of them: neither announced nor dirtied
    Measured<std::uint64_t> precopyBytes;  ///< moved before t1
    Measured<std::uint32_t> rounds;        ///< looks at the pre-copy info, less the one that let it stop
    Measured<std::uint64_t> initialBytes;  ///< at the first look
    Measured<std::uint64_t> dirtyBytes;    ///< at the last look
    Measured<WhatIfEstimate> estimate;

    /// While the source runs: growth of the announced bytes plus the bytes moved, over the time between
    /// looks. Without a round: what was moved after the stop beyond a live estimate, over stopWindow.
    Measured<double> dirtyBytesPerSecond;
    bool dirtyFromRest = false; ///< by the second way
    /// Seen when a longer interval did not leave more: the most that is dirty at once.
    Measured<std::uint64_t> workingSetBytes;
    /// The device queues dirty data when it is read (a round goes on until it is drained), not only when it
    /// is asked.
    Measured<bool> queuesOnRead;

    Measured<double> saveBytesPerSecond; ///< after t1, on the source
    Measured<double> loadBytesPerSecond; ///< on the destination; migrate: after t1, loopback: after t2
    Measured<double> copyBytesPerSecond; ///< both after another: of the bytes after t1
    Measured<double> precopySaveBytesPerSecond;
    Measured<double> precopyLoadBytesPerSecond;
    Measured<double> precopyCopyBytesPerSecond; ///< what the rule of pre-copy divides by

    // The fixed parts of the downtime: these, and the bytes after the stop in calls, add up to it.
    Measured<Ns> stop;        ///< t0 to t1
    Measured<Ns> stopCopyArc; ///< the SET to STOP_COPY
    Measured<Ns> saveRest;    ///< t1 to t2 less arc and calls that moved data: the read that saw the end
    Measured<Ns> loadRest;    ///< t2 to t3 less loadArc (loopback: and writes)
    Measured<Ns> loadArc;     ///< the SET out of RESUMING
    Measured<Ns> resume;      ///< t3 to t4

    // Around it.
    Measured<Ns> stopWindow;    ///< last look to the return of the SET at t0: more becomes dirty
    Measured<Ns> lastLook;      ///< last look to t0
    Measured<Ns> firstLook;     ///< return of the SET to PRE_COPY to the first look
    Measured<Ns> roundOverhead; ///< of a round, besides calls that moved data
    Measured<Ns> before;        ///< begin of the run to the first look, or to t0
    Measured<Ns> after;         ///< t4 to the end of the run
};

/// Absent: as measured.
struct WhatIfChange {
    std::optional<double> bandwidthFactor; ///< on both rates, > 0
    /// A link between the ends, > 0. It never makes anything faster: a write does not return before the link
    /// took its bytes, so a byte costs the longer of link and load; and it adds to the read, as the engine
    /// does not read while it writes. Applied after the factor. Does nothing where nothing is written while
    /// the source is read (loopback: "no-link").
    std::optional<double> linkBytesPerSecond;
    std::optional<std::uint64_t> stateBytes;   ///< see WhatIfInputs::stateBytes; its parts keep their shares
    std::optional<double> dirtyBytesPerSecond; ///< >= 0
    std::optional<Ns> downtimeLimit;
};

/// What an answer rests on, also one without a number. Ids and units: "copy-rate" bytes/s after the stop,
/// "precopy-copy-rate" bytes/s, "fixed-parts" ns, "stop-only-bytes" bytes, "dirty-rate" bytes/s,
/// "dirty-until-stopped" ns (the device dirties until the SET at t0 returns), "working-set" bytes,
/// "no-working-set-seen" bytes (the most that the model has dirty at once), "estimate-live" and
/// "estimate-fixed" bytes, "link-in-write" bytes/s, "arcs-keep-their-time" ns (with another size or rate),
/// "close-call" share of the limit (a look decided by less than 10 %: a round more or less is likely),
/// "round-limit" rounds and "time-limit" ns (a bound, not the rule, ends pre-copy).
struct WhatIfAssumption {
    std::string id;
    double value = 0;
};

struct WhatIfAnswer {
    std::optional<Ns> downtime; ///< absent: `why`
    std::optional<Ns> total;    ///< begin to end of the run
    std::vector<Phase> phases;  ///< add up exactly to the downtime
    std::optional<std::uint32_t> rounds;
    std::optional<std::uint64_t> stopCopyBytes;
    /// WhatIfInputs::why, or "invalid-change", "no-precopy-seen" (a limit or dirty rate for a run without),
    /// "no-link" (see WhatIfChange), "no-time-in-calls" (nothing to put the factor on), "work-in-set"
    /// (another size, but the calls took under 5 % of the arcs: one run cannot tell how these grow),
    /// "no-dirty-rate" (needed and not measured), "does-not-converge" (dirties no slower than it is
    /// copied, and the rule is not met), "round-limit", "time-limit" (a bound ends pre-copy while what is
    /// left still changes the downtime by more than 5 % a round, or the plan gives up there).
    std::string why;
    std::vector<WhatIfAssumption> assumptions;
};

/// `run` as in RunMetrics::run, from 1. Costs the time of the recording's events and of the
/// run's samples. *Reentrant.*
[[nodiscard]] WhatIfInputs whatIfInputs(const Recording& recording, int run);

/// Never fails, never guesses: a number, or why there is none. Costs little enough for every move of a
/// slider. *Reentrant.*
[[nodiscard]] WhatIfAnswer whatIf(const WhatIfInputs& inputs, const WhatIfChange& change);

} // namespace migscope
