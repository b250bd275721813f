// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Downtime and its phases, from events.
#include <cerrno>

#include <gtest/gtest.h>

#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

TEST(RunMetrics, AMigrationHasDowntimeFromTheFirstStopToTheDestinationRunning) {
    const RunMetrics run = migration().fold();
    EXPECT_EQ(run.downtime, ms(93));
    EXPECT_EQ(run.downtimeError, ms(2));
    EXPECT_EQ(run.blackout, std::nullopt);
    EXPECT_EQ(phase(run.phases, PhaseName::Stop), ms(12));
    EXPECT_EQ(phase(run.phases, PhaseName::Save), ms(34)) << "38 ms less 4 ms in calls on the destination";
    EXPECT_EQ(phase(run.phases, PhaseName::Load), ms(44));
    EXPECT_EQ(phase(run.phases, PhaseName::Resume), ms(3));
    EXPECT_FALSE(hasPhase(run.phases, PhaseName::Wait));
    EXPECT_EQ(sumOf(run.phases), *run.downtime);
}

TEST(RunMetrics, BytesAndCallTimesAreExactSums) {
    const RunMetrics run = migration().fold();
    EXPECT_EQ(run.stateBytes, 3U << 20U);
    EXPECT_EQ(run.pairs[0].stopCopyBytes, 3U << 20U);
    EXPECT_EQ(run.pairs[0].precopyBytes, 0U);
    EXPECT_EQ(run.pairs[0].sourceCallTime, ms(6));
    EXPECT_EQ(run.pairs[0].destinationCallTime, ms(4));
}

TEST(RunMetrics, EachDeviceHasItsRolesPhasesAndFinalState) {
    const RunMetrics run = migration().fold();
    ASSERT_EQ(run.devices.size(), 2U);
    EXPECT_EQ(run.devices[0].role, Role::Source);
    EXPECT_EQ(run.devices[0].finalState, State::Stop);
    EXPECT_EQ(sumOf(run.devices[0].phases), ms(46));
    EXPECT_EQ(run.devices[1].finalState, State::Running);
    EXPECT_EQ(sumOf(run.devices[1].phases), ms(47));
}

TEST(RunMetrics, FoldingPrefixByPrefixGivesTheSameAsFoldingAtOnce) {
    const auto events = migration().events;
    MetricsFold growing;
    for (std::size_t i = 0; i < events.size(); ++i) {
        growing.apply(events[i]);
        MetricsFold whole;
        for (std::size_t k = 0; k <= i; ++k)
            whole.apply(events[k]);
        ASSERT_EQ(growing.runs().size(), whole.runs().size());
        EXPECT_EQ(growing.runs()[0].downtime, whole.runs()[0].downtime);
        EXPECT_EQ(sumOf(growing.runs()[0].phases), sumOf(whole.runs()[0].phases));
        EXPECT_EQ(growing.runs()[0].stateBytes, whole.runs()[0].stateBytes);
    }
}

TEST(RunMetrics, ACopyOfTheFoldGoesItsOwnWay) {
    const auto events = migration().events;
    MetricsFold first;
    for (std::size_t i = 0; i < events.size() - 3; ++i)
        first.apply(events[i]);
    MetricsFold second = first;
    for (std::size_t i = events.size() - 3; i < events.size(); ++i)
        first.apply(events[i]);
    EXPECT_EQ(first.runs()[0].downtime, ms(93));
    EXPECT_EQ(second.runs()[0].downtime, std::nullopt);
    for (std::size_t i = events.size() - 3; i < events.size(); ++i)
        second.apply(events[i]);
    EXPECT_EQ(second.runs()[0].downtime, ms(93));
}

TEST(RunMetrics, WithoutP2pTheStopIsTheSetStop) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(1, State::Stop, State::Resuming, ms(1), ms(2));
    run.arc(0, State::Running, State::Stop, ms(10), ms(13));
    run.arc(0, State::Stop, State::StopCopy, ms(14), ms(15));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
    run.arc(1, State::Resuming, State::Stop, ms(21), ms(25));
    run.arc(1, State::Stop, State::Running, ms(25), ms(26));
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, ms(16));
    EXPECT_EQ(metrics.downtimeError, ms(3));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Stop), ms(4));
}

RunBuilder preCopy(bool p2p) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(1, State::Stop, State::Resuming, ms(1), ms(2));
    run.arc(0, State::Running, State::PreCopy, ms(10), ms(11));
    run.sample(0, 1, ms(20), 700, ms(1), ms(5));
    run.stream(0, 1, true, event::StreamWhat::Empty, ms(21));
    run.sample(0, 1, ms(30), 30, ms(1), ms(1));
    run.stream(0, 1, true, event::StreamWhat::Empty, ms(31));
    if (p2p) {
        run.arc(0, State::PreCopy, State::PreCopyP2p, ms(40), ms(41));
        run.arc(0, State::PreCopyP2p, State::StopCopy, ms(45), ms(46));
    } else {
        run.arc(0, State::PreCopy, State::StopCopy, ms(45), ms(46));
    }
    run.sample(0, 1, ms(50), 5, ms(1), ms(3));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(60));
    run.arc(1, State::Resuming, State::Stop, ms(60), ms(70));
    run.arc(1, State::Stop, State::Running, ms(70), ms(71));
    return run;
}

TEST(RunMetrics, PreCopyWithP2pStopsAtTheP2pState) {
    const RunMetrics run = preCopy(true).fold();
    EXPECT_EQ(run.downtime, ms(31));
    EXPECT_EQ(phase(run.phases, PhaseName::Stop), ms(5));
    EXPECT_EQ(phase(run.phases, PhaseName::Save), ms(12));
    EXPECT_EQ(sumOf(run.phases), *run.downtime);
}

TEST(RunMetrics, PreCopyWithoutP2pHasItsStopInsideSave) {
    const RunMetrics run = preCopy(false).fold();
    EXPECT_EQ(run.downtime, ms(26));
    ASSERT_TRUE(hasPhase(run.phases, PhaseName::Stop));
    EXPECT_EQ(phase(run.phases, PhaseName::Stop), std::nullopt) << "not separable, and not zero";
    EXPECT_EQ(sumOf(run.phases), *run.downtime);
}

TEST(RunMetrics, ARoundThatEndsAtWhatWasAnnouncedIsCountedToo) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::PreCopy, ms(10), ms(11));
    run.sample(0, 1, ms(20), 700, ms(1), ms(5));
    run.sample(0, 1, ms(21), 100, ms(1), ms(5));
    run.add(ms(25), 0, event::Precopy{0, 30, false});
    run.sample(0, 1, ms(30), 30, ms(1), ms(1));
    run.add(ms(35), 0, event::Precopy{0, 0, false});
    run.arc(0, State::PreCopy, State::PreCopyP2p, ms(40), ms(41));
    EXPECT_EQ(run.fold().pairs[0].precopyRounds, 2U);
}

TEST(RunMetrics, BytesBeforeT1ArePreCopyAndCallsThereAreNotLoad) {
    const RunMetrics run = preCopy(true).fold();
    EXPECT_EQ(run.pairs[0].precopyBytes, 730U);
    EXPECT_EQ(run.pairs[0].stopCopyBytes, 5U);
    EXPECT_EQ(run.pairs[0].precopyRounds, 2U);
    EXPECT_EQ(phase(run.phases, PhaseName::Load), ms(13)) << "10 ms in the SET and 3 ms while saving";
}

TEST(RunMetrics, TheDestinationNeverCountsMoreThanThereWasTime) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::Stop, ms(10), ms(11));
    run.arc(0, State::Stop, State::StopCopy, ms(11), ms(12));
    run.sample(0, 1, ms(15), 5, ms(1), ms(300));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
    run.arc(1, State::Resuming, State::Stop, ms(21), ms(25));
    run.arc(1, State::Stop, State::Running, ms(25), ms(26));
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(phase(metrics.phases, PhaseName::Save), ms(0));
    EXPECT_EQ(sumOf(metrics.phases), *metrics.downtime);
}

TEST(RunMetrics, OneCombinedSetMakesT0AndT1TheSame) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::StopCopy, ms(10), ms(18), true);
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
    run.arc(1, State::Resuming, State::Running, ms(21), ms(26), true);
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, ms(16));
    EXPECT_EQ(metrics.downtimeError, ms(8));
    EXPECT_TRUE(hasPhase(metrics.phases, PhaseName::Stop));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Stop), std::nullopt);
    EXPECT_TRUE(hasPhase(metrics.phases, PhaseName::Resume));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Resume), std::nullopt);
    EXPECT_EQ(sumOf(metrics.phases), *metrics.downtime);
}

TEST(RunMetrics, AStopThatWasTakenBackIsNotT0) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::PreCopy, State::PreCopyP2p, ms(10), ms(11));
    run.arc(0, State::PreCopyP2p, State::PreCopy, ms(12), ms(13));
    run.arc(0, State::PreCopy, State::PreCopyP2p, ms(50), ms(51));
    run.arc(0, State::PreCopyP2p, State::StopCopy, ms(52), ms(53));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(60));
    run.arc(1, State::Resuming, State::Stop, ms(60), ms(70));
    run.arc(1, State::Stop, State::Running, ms(70), ms(71));
    run.end(RunOutcome::Ok, ms(80));
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, ms(21));
    EXPECT_EQ(metrics.blackout, std::nullopt);
}

TEST(RunMetrics, TheSourceRunningAfterTheDestinationChangesNothing) {
    RunBuilder run = migration();
    run.reset(0, ms(300), ms(310));
    EXPECT_EQ(run.fold().downtime, ms(93));
    EXPECT_EQ(run.fold().blackout, std::nullopt);
}

TEST(RunMetrics, ASaveHasBlackoutAndNoDowntime) {
    for (const PlanKind kind : {PlanKind::Save, PlanKind::Discard}) {
        RunBuilder run;
        run.begin(kind, {{0, std::nullopt}});
        run.arc(0, State::Running, State::Stop, ms(10), ms(12));
        run.arc(0, State::Stop, State::StopCopy, ms(13), ms(15));
        run.sample(0, 1, ms(18), 176, ms(1), ms(2));
        run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
        run.arc(0, State::StopCopy, State::Stop, ms(21), ms(22));
        run.arc(0, State::Stop, State::Running, ms(22), ms(25));
        run.end(RunOutcome::Ok, ms(40), {{0, State::Running}});
        const RunMetrics metrics = run.fold();
        EXPECT_EQ(metrics.downtime, std::nullopt);
        EXPECT_EQ(metrics.blackout, ms(15));
        EXPECT_EQ(phase(metrics.phases, PhaseName::Save), ms(7)) << "writing a file is not loading a device";
        EXPECT_EQ(phase(metrics.phases, PhaseName::Resume), ms(5));
        EXPECT_FALSE(hasPhase(metrics.phases, PhaseName::Load));
        EXPECT_EQ(sumOf(metrics.phases), *metrics.blackout);
    }
}

TEST(RunMetrics, ALoadHasLoadAndResumeOnly) {
    RunBuilder run;
    run.begin(PlanKind::Load, {{std::nullopt, 0}});
    run.arc(0, State::Running, State::Stop, ms(1), ms(2));
    run.arc(0, State::Stop, State::Resuming, ms(2), ms(4));
    run.stream(0, 7, false, event::StreamWhat::Open, ms(4));
    run.sample(0, 7, ms(9), 4096, ms(0), ms(3));
    run.arc(0, State::Resuming, State::Stop, ms(10), ms(15));
    run.arc(0, State::Stop, State::Running, ms(15), ms(17));
    run.end(RunOutcome::Ok, ms(20));
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, std::nullopt);
    EXPECT_EQ(metrics.blackout, std::nullopt);
    EXPECT_EQ(phase(metrics.phases, PhaseName::Load), ms(11));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Resume), ms(2));
    EXPECT_FALSE(hasPhase(metrics.phases, PhaseName::Stop));
    EXPECT_EQ(metrics.stateBytes, 4096U);
}

RunBuilder loopback() {
    RunBuilder run;
    run.begin(PlanKind::Loopback, {{0, 0}});
    run.arc(0, State::Running, State::Stop, ms(10), ms(12));
    run.arc(0, State::Stop, State::StopCopy, ms(13), ms(15));
    run.sample(0, 1, ms(18), 1000, ms(2), ms(1)); // the spool file
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
    run.arc(0, State::StopCopy, State::Stop, ms(21), ms(22));
    return run;
}

TEST(RunMetrics, ALoopbackIsMeasuredAsAMigration) {
    RunBuilder run = loopback();
    run.arc(0, State::Stop, State::Resuming, ms(22), ms(23));
    run.stream(0, 2, false, event::StreamWhat::Open, ms(23));
    run.sample(0, 2, ms(28), 1000, ms(0), ms(4));
    run.arc(0, State::Resuming, State::Stop, ms(30), ms(35));
    run.arc(0, State::Stop, State::Running, ms(35), ms(37));
    run.end(RunOutcome::Ok, ms(40));
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, ms(27));
    EXPECT_EQ(metrics.blackout, std::nullopt);
    EXPECT_EQ(phase(metrics.phases, PhaseName::Stop), ms(3));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Save), ms(7)) << "the spool is no destination";
    EXPECT_EQ(phase(metrics.phases, PhaseName::Load), ms(15));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Resume), ms(2));
    EXPECT_EQ(metrics.stateBytes, 1000U) << "counted where it is read, not again where it is written";
    EXPECT_EQ(metrics.devices.size(), 2U);
}

TEST(RunMetrics, ALoopbackThatEndsInAResetHasBlackout) {
    RunBuilder run = loopback();
    run.arc(0, State::Stop, State::Resuming, ms(22), ms(23));
    run.failedArc(0, State::Resuming, State::Stop, ms(24), ms(26), EINVAL, State::Error);
    run.reset(0, ms(27), ms(30));
    run.end(RunOutcome::Failed, ms(31), {{0, State::Running}});
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, std::nullopt);
    EXPECT_EQ(metrics.blackout, ms(20));
}

TEST(RunMetrics, AFailedRunWithTheSourceBackStatesItsBlackout) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(1, State::Stop, State::Resuming, ms(1), ms(2));
    run.arc(0, State::Running, State::Stop, ms(10), ms(12));
    run.arc(0, State::Stop, State::StopCopy, ms(13), ms(15));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(20));
    run.failedArc(1, State::Resuming, State::Stop, ms(21), ms(22), EINVAL, State::Resuming);
    run.reset(1, ms(23), ms(24));
    run.arc(0, State::StopCopy, State::Stop, ms(25), ms(26));
    run.arc(0, State::Stop, State::Running, ms(26), ms(29));
    run.end(RunOutcome::Failed, ms(30), {{0, State::Running}, {1, State::Running}});
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, std::nullopt);
    EXPECT_EQ(metrics.blackout, ms(19));
    EXPECT_EQ(metrics.outcome, RunOutcome::Failed);
    EXPECT_EQ(metrics.devices[1].finalState, State::Running);
}

TEST(RunMetrics, ASourceInErrorIsDarkUntilItsReset) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::Stop, ms(10), ms(12));
    run.failedArc(0, State::Stop, State::StopCopy, ms(13), ms(15), EIO, State::Error);
    EXPECT_EQ(run.fold().devices[0].finalState, State::Error);
    EXPECT_EQ(run.fold().blackout, std::nullopt);
    run.reset(0, ms(20), ms(90));
    run.end(RunOutcome::Failed, ms(91));
    EXPECT_EQ(run.fold().blackout, ms(80));
    EXPECT_EQ(run.fold().devices[0].finalState, State::Running);
}

TEST(RunMetrics, ASetThatFailedAndLeftTheDeviceRunningIsNoStop) {
    RunBuilder run;
    run.begin(PlanKind::Discard, {{0, std::nullopt}});
    run.failedArc(0, State::Running, State::Stop, ms(10), ms(12), EBUSY, State::Running);
    run.end(RunOutcome::Failed, ms(20), {{0, State::Running}});
    EXPECT_EQ(run.fold().pairs[0].stamps.t0, std::nullopt);
    EXPECT_EQ(run.fold().blackout, std::nullopt);
}

TEST(RunMetrics, ACancelledPreCopyWasNeverDark) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::PreCopy, ms(10), ms(12));
    run.arc(0, State::PreCopy, State::Running, ms(50), ms(52));
    run.end(RunOutcome::Cancelled, ms(60));
    EXPECT_EQ(run.fold().downtime, std::nullopt);
    EXPECT_EQ(run.fold().blackout, std::nullopt);
}

TEST(RunMetrics, WaitingAtABarrierIsAPhaseOfItsOwn) {
    RunBuilder run = migration();
    const auto wait = [&](std::size_t before, event::Wait body) {
        Event event;
        event.device = 0;
        event.run = 1;
        event.time = body.to;
        event.body = std::move(body);
        run.events.insert(run.events.begin() + static_cast<std::ptrdiff_t>(before), event);
    };
    wait(5, {"p2p", ms(102), ms(103)});
    wait(12, {"loaded", ms(155), ms(160)});
    run.add(ms(220), 0, event::Wait{"after", ms(205), ms(220)});
    const RunMetrics metrics = run.fold();
    EXPECT_EQ(metrics.downtime, ms(93));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Stop), ms(11));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Save), ms(34));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Load), ms(39));
    EXPECT_EQ(phase(metrics.phases, PhaseName::Wait), ms(6));
    EXPECT_EQ(sumOf(metrics.phases), *metrics.downtime);
}

/// Two migrations as the two pairs of one run; the second `later`.
RunBuilder twoPairs(Ns later) {
    RunBuilder both;
    both.begin(PlanKind::Migrate, {{0, 1}, {2, 3}});
    for (const Event& event : migration(0, 1, 1).events) {
        if (event.device)
            both.events.push_back(event);
    }
    for (Event event : migration(2, 3, 3).events) {
        if (!event.device)
            continue;
        event.time += later;
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            arc->called += later;
            arc->returned += later;
        }
        both.events.push_back(event);
    }
    both.end(RunOutcome::Ok, ms(400));
    return both;
}

TEST(RunMetrics, SeveralPairsSpanTheFirstStopToTheLastRun) {
    const RunMetrics run = twoPairs(ms(7)).fold();
    EXPECT_EQ(run.pairs[0].downtime, ms(93));
    EXPECT_EQ(run.pairs[1].downtime, ms(93));
    EXPECT_EQ(run.downtime, ms(100));
    EXPECT_EQ(run.stateBytes, 6U << 20U);
    EXPECT_EQ(phase(run.phases, PhaseName::Wait), ms(7)) << "the critical pair still ran";
    EXPECT_EQ(sumOf(run.phases), *run.downtime);
    EXPECT_EQ(run.devices.size(), 4U);
}

TEST(RunMetrics, OneUnfinishedPairLeavesTheRunWithoutDowntime) {
    RunBuilder run = twoPairs(ms(7));
    std::erase_if(run.events, [](const Event& event) {
        const auto* arc = std::get_if<event::ArcEnd>(&event.body);
        return event.device == 3 && arc && arc->to == State::Running;
    });
    EXPECT_EQ(run.fold().downtime, std::nullopt);
    EXPECT_EQ(run.fold().pairs[0].downtime, ms(93));
}

TEST(RunMetrics, RunsAreKeptApart) {
    MetricsFold fold;
    for (const Event& event : migration().events)
        fold.apply(event);
    for (Event event : migration().events) {
        event.run = 2;
        fold.apply(event);
    }
    ASSERT_EQ(fold.runs().size(), 2U);
    EXPECT_EQ(fold.runs()[0].stateBytes, 3U << 20U);
    EXPECT_EQ(fold.runs()[1].downtime, ms(93));
}

TEST(RunMetrics, LostSamplesAreCounted) {
    MetricsFold fold;
    Event event;
    event.body = event::Lost{4, "samples merged"};
    fold.apply(event);
    fold.apply(event);
    EXPECT_EQ(fold.lostSamples(), 8U);
}

TEST(Distribution, PercentilesAreByNearestRank) {
    std::vector<Ns> values;
    for (int i = 10; i >= 1; --i)
        values.push_back(ms(i));
    const Distribution spread = distributionOf(values);
    EXPECT_EQ(spread.p50, ms(5));
    EXPECT_EQ(spread.p90, ms(9));
    EXPECT_EQ(spread.p99, ms(10));
    EXPECT_EQ(spread.minimum, ms(1));
    EXPECT_EQ(spread.maximum, ms(10));
    EXPECT_EQ(distributionOf({}).p50, std::nullopt);
}

} // namespace
} // namespace migscope::test
