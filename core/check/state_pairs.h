// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of the catalogue saw of each pair of states: one SET from here to there.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/check/check_run.h"

namespace migscope {

enum class PairVerdict {
    Works,    ///< a SET succeeded, and no check failed by one
    Fails,    ///< a check failed by a SET of this pair
    Refused,  ///< every SET was refused, and no check failed by it: what the refusal says is another matter
    NotAsked, ///< there is a way, and no SET took it; or the flags were not read yet
    NoWay,    ///< the protocol has no way there: never tried, some kernels do not come back from it
    Lacking,  ///< the device's flags lack one of the two states
};

/// Times are those of SETs that succeeded, of the device and not of its peer.
struct StatePair {
    MigState from{};
    MigState to{};
    PairVerdict verdict = PairVerdict::NotAsked;
    std::size_t worked = 0;
    std::size_t refused = 0; ///< answered an errno, wherever the device stood then
    int lastError = 0;       ///< errno of the last of those
    Ns fastest{0};
    Ns median{0};
    Ns slowest{0};
    std::vector<std::string_view> failed; ///< ids of the checks
};

/// A SET that a check made, for the evidence of a pair.
struct PairSet {
    std::string_view id; ///< of the check
    CheckedSet set;
};

/// All pairs of states that a device can be in and can be asked for: `from` in rows, in the order of
/// allMigStates. *Reentrant.*
[[nodiscard]] std::vector<StatePair> statePairs(MigFlags flags, const std::vector<CheckResult>& results);
/// The device's SETs of one pair, as they were made.
[[nodiscard]] std::vector<PairSet> setsOf(const std::vector<CheckResult>& results, MigState from,
                                          MigState to);

[[nodiscard]] std::string_view pairVerdictWord(PairVerdict verdict); ///< "works", "no-way", …

} // namespace migscope
