// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Folds the SETs of a run into a matrix.
#include "core/check/state_pairs.h"

#include <algorithm>
#include <map>
#include <utility>

namespace migscope {
namespace {

struct Gathered {
    std::vector<Ns> times;
    std::size_t refused = 0;
    int lastError = 0;
    std::vector<std::string_view> failed;
};

/// Of sorted times; between the two in the middle when there is no middle one.
Ns medianOf(const std::vector<Ns>& times) {
    const std::size_t half = times.size() / 2;
    return times.size() % 2 != 0 ? times[half] : times[half - 1] + (times[half] - times[half - 1]) / 2;
}

PairVerdict verdictOf(MigFlags flags, const StatePair& pair) {
    if (flags.raw() == 0)
        return PairVerdict::NotAsked; // nobody has read them yet: nothing is known of a way either
    if (!flags.has(pair.from) || !flags.has(pair.to))
        return PairVerdict::Lacking;
    if (!pair.failed.empty())
        return PairVerdict::Fails;
    if (pair.worked > 0)
        return PairVerdict::Works;
    if (pair.refused > 0)
        return PairVerdict::Refused;
    return route(flags, pair.from, pair.to) ? PairVerdict::NotAsked : PairVerdict::NoWay;
}

} // namespace

std::vector<StatePair> statePairs(MigFlags flags, const std::vector<CheckResult>& results) {
    std::map<std::pair<MigState, MigState>, Gathered> gathered;
    for (const CheckResult& result : results) {
        for (const CheckedSet& set : result.sets) {
            if (set.device != 0)
                continue;
            Gathered& cell = gathered[{set.from, set.to}];
            if (set.error == 0) {
                cell.times.push_back(set.returned - set.called);
            } else {
                ++cell.refused;
                cell.lastError = set.error;
            }
        }
        if (result.outcome.verdict == CheckVerdict::Fail && result.outcome.pair)
            gathered[*result.outcome.pair].failed.push_back(result.check->id);
    }
    std::vector<StatePair> pairs;
    for (const MigState from : allMigStates) {
        for (const MigState to : allMigStates) {
            if (from == MigState::Error || to == MigState::Error)
                continue; // only a reset leaves it, and nobody may ask for it
            Gathered& cell = gathered[{from, to}];
            std::ranges::sort(cell.times);
            StatePair pair;
            pair.from = from;
            pair.to = to;
            pair.worked = cell.times.size();
            pair.refused = cell.refused;
            pair.lastError = cell.lastError;
            if (!cell.times.empty()) {
                pair.fastest = cell.times.front();
                pair.median = medianOf(cell.times);
                pair.slowest = cell.times.back();
            }
            pair.failed = std::move(cell.failed);
            pair.verdict = verdictOf(flags, pair);
            pairs.push_back(std::move(pair));
        }
    }
    return pairs;
}

std::vector<PairSet> setsOf(const std::vector<CheckResult>& results, MigState from, MigState to) {
    std::vector<PairSet> sets;
    for (const CheckResult& result : results) {
        for (const CheckedSet& set : result.sets) {
            if (set.device == 0 && set.from == from && set.to == to)
                sets.push_back({result.check->id, set});
        }
    }
    return sets;
}

std::string_view pairVerdictWord(PairVerdict verdict) {
    switch (verdict) {
    case PairVerdict::Works:
        return "works";
    case PairVerdict::Fails:
        return "fails";
    case PairVerdict::Refused:
        return "refused";
    case PairVerdict::NotAsked:
        return "not-asked";
    case PairVerdict::NoWay:
        return "no-way";
    case PairVerdict::Lacking:
        break;
    }
    return "lacking";
}

} // namespace migscope
