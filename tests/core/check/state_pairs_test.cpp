// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix of state pairs that a run leaves.
#include "core/check/state_pairs.h"

#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "tests/core/check/check_fixture.h"

namespace migscope {
namespace {

using test::checkProfile;
using test::runChecks;

const StatePair& pairOf(const std::vector<StatePair>& pairs, MigState from, MigState to) {
    return *std::ranges::find_if(pairs, [&](const StatePair& p) { return p.from == from && p.to == to; });
}

TEST(StatePairs, aGoodDeviceWorksWhereverThereIsAWay) {
    const auto machine = runChecks(checkProfile(7));
    const auto pairs = statePairs(machine.report.flags, machine.report.results);
    ASSERT_EQ(pairs.size(), 49U);
    for (const StatePair& pair : pairs) {
        const bool way = route(MigFlags(7), pair.from, pair.to).has_value();
        const std::string words = stateName(pair.from) + " -> " + stateName(pair.to);
        EXPECT_TRUE(pair.failed.empty()) << words;
        if (!way) {
            EXPECT_EQ(pair.verdict, PairVerdict::NoWay) << words;
            EXPECT_EQ(pair.worked + pair.refused, 0U) << words;
        } else if (pair.from != MigState::Resuming) {
            EXPECT_EQ(pair.verdict, PairVerdict::Works) << words;
            EXPECT_LE(pair.fastest, pair.median) << words;
            EXPECT_LE(pair.median, pair.slowest) << words;
        }
    }
    EXPECT_EQ(pairOf(pairs, MigState::StopCopy, MigState::PreCopy).verdict, PairVerdict::NoWay);
    EXPECT_GT(pairOf(pairs, MigState::Resuming, MigState::Stop).worked, 0U);
}

TEST(StatePairs, aFailedArcIsTheOneOfItsCell) {
    const auto machine = runChecks(checkProfile(7, {SimMisbehaviour::RefusesAnArc}));
    const auto pairs = statePairs(machine.report.flags, machine.report.results);
    std::size_t failing = 0;
    for (const StatePair& pair : pairs) {
        if (pair.verdict != PairVerdict::Fails)
            continue;
        ++failing;
        EXPECT_EQ(pair.failed.front(), "MIG-FSM-001");
        EXPECT_GT(pair.refused, 0U);
        EXPECT_NE(pair.lastError, 0);
        const auto sets = setsOf(machine.report.results, pair.from, pair.to);
        EXPECT_EQ(sets.size(), pair.worked + pair.refused);
        EXPECT_TRUE(std::ranges::any_of(
            sets, [](const PairSet& made) { return made.id == "MIG-FSM-001" && made.set.error != 0; }));
    }
    EXPECT_EQ(failing, 1U);
}

TEST(StatePairs, whatTheFlagsLackIsLacking) {
    const auto machine = runChecks(checkProfile(1));
    const auto pairs = statePairs(machine.report.flags, machine.report.results);
    EXPECT_EQ(pairOf(pairs, MigState::Running, MigState::PreCopy).verdict, PairVerdict::Lacking);
    EXPECT_EQ(pairOf(pairs, MigState::Running, MigState::StopCopy).verdict, PairVerdict::Works);
}

TEST(StatePairs, timesAreThoseOfItsSetsAndMoveWithThem) {
    CheckResult result;
    result.check = &checkCatalogue().front();
    const auto set = [](MigState from, MigState to, int error, int us) {
        return CheckedSet{0, from, to, error, Ns{0}, std::chrono::microseconds(us)};
    };
    result.sets = {
        set(MigState::Running, MigState::Stop, 0, 30), set(MigState::Running, MigState::Stop, 0, 10),
        set(MigState::Running, MigState::Stop, 0, 20), set(MigState::Running, MigState::Stop, EIO, 999),
        set(MigState::Stop, MigState::Resuming, EIO, 5)};
    result.sets.push_back({1, MigState::Stop, MigState::Running, 0, Ns{0}, Ns{7}}); // the peer's
    const auto pairs = statePairs(MigFlags(1), {result});
    const StatePair& stop = pairOf(pairs, MigState::Running, MigState::Stop);
    EXPECT_EQ(stop.fastest, std::chrono::microseconds(10));
    EXPECT_EQ(stop.median, std::chrono::microseconds(20));
    EXPECT_EQ(stop.slowest, std::chrono::microseconds(30));
    EXPECT_EQ(stop.worked, 3U);
    EXPECT_EQ(stop.refused, 1U);
    EXPECT_EQ(stop.lastError, EIO);
    EXPECT_EQ(stop.verdict, PairVerdict::Works);
    EXPECT_EQ(pairOf(pairs, MigState::Stop, MigState::Resuming).verdict, PairVerdict::Refused);
    EXPECT_EQ(pairOf(pairs, MigState::Stop, MigState::Running).verdict, PairVerdict::NotAsked);
}

TEST(StatePairs, theMedianOfTwoLiesBetweenThem) {
    CheckResult result;
    result.check = &checkCatalogue().front();
    for (const int us : {4, 100})
        result.sets.push_back(
            {0, MigState::Running, MigState::Stop, 0, Ns{0}, Ns(std::chrono::microseconds(us))});
    const auto pairs = statePairs(MigFlags(1), {result});
    EXPECT_EQ(pairOf(pairs, MigState::Running, MigState::Stop).median, std::chrono::microseconds(52));
}

TEST(StatePairs, flagsThatNobodyReadLackNothing) {
    for (const StatePair& pair : statePairs(MigFlags(), {}))
        EXPECT_EQ(pair.verdict, PairVerdict::NotAsked) << stateName(pair.from) << stateName(pair.to);
}

} // namespace
} // namespace migscope
