// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the what-if model measures, what it cannot, and where it says so instead of a number.
#include <cmath>
#include <utility>

#include "tests/core/transfer/what_if_fixture.h"

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

TEST_F(WhatIfTest, withoutAChangeTheModelArrivesAtTheRunItself) {
    Plan tight = migratePlan(CopyMode::PreCopy);
    tight.limits.downtimeLimit = 40ms;
    const std::vector<std::pair<std::string, Plan>> runs{
        {"mlx5", migratePlan(CopyMode::StopCopy)},    {"virtio", migratePlan(CopyMode::StopCopy)},
        {"qat", migratePlan(CopyMode::StopCopy)},     {"pds", migratePlan(CopyMode::StopCopy)},
        {"mlx5", migratePlan(CopyMode::PreCopy)},     {"virtio", migratePlan(CopyMode::PreCopy)},
        {"hisi_acc", migratePlan(CopyMode::PreCopy)}, {"qat", migratePlan(CopyMode::PreCopy)},
        {"mlx5", loopbackPlan(CopyMode::PreCopy)},    {"mlx5", tight},
    };
    for (const auto& [family, plan] : runs) {
        SCOPED_TRACE(family + " " + copyModeWord(plan.mode));
        const bool busyOne = plan.limits.downtimeLimit == 40ms;
        const Recording recording = measure(plan, family, busyOne ? busy() : Edit(nothing));
        const WhatIfInputs inputs = whatIfInputs(recording, 1);
        const WhatIfAnswer answer = whatIf(inputs, {});
        ASSERT_TRUE(answer.downtime) << answer.why;
        EXPECT_EQ(inputs.downtime.value, downtimeOf(recording));
        const double most = inputs.preCopy ? 0.005 : 1e-6;
        EXPECT_LE(std::abs(errorOf(*answer.downtime, downtimeOf(recording))), most);
        EXPECT_LE(std::abs(errorOf(*answer.total, totalOf(recording))), most);
        EXPECT_EQ(answer.rounds, inputs.rounds.value);
        EXPECT_EQ(answer.phases.size(), 4U);
        if (!inputs.preCopy) {
            EXPECT_EQ(answer.stopCopyBytes, inputs.stopCopyBytes.value);
            EXPECT_EQ(inputs.rounds.why, "no-precopy-seen");
            EXPECT_EQ(inputs.dirtyBytesPerSecond.why, "no-precopy-seen");
        }
    }
}

TEST_F(WhatIfTest, inputsAreThoseOfTheProfile) {
    const Recording recording = measure(migratePlan(CopyMode::PreCopy), "mlx5", busy());
    const WhatIfInputs inputs = whatIfInputs(recording, 1);
    ASSERT_EQ(inputs.why, "");
    EXPECT_TRUE(inputs.preCopy);
    EXPECT_EQ(inputs.initialBytes.value, 40 * MiB);
    const PairMetrics& pair = recording.metrics().runs().at(0).pairs.at(0);
    EXPECT_EQ(inputs.stopCopyBytes.value, pair.stopCopyBytes);
    EXPECT_EQ(inputs.precopyBytes.value, pair.precopyBytes);
    EXPECT_EQ(inputs.rounds.value, pair.precopyRounds);
    EXPECT_NEAR(static_cast<double>(inputs.stopOnlyBytes.value.value()), 8 * MiBd, 0.01 * MiBd);
    EXPECT_NEAR(static_cast<double>(inputs.stateBytes.value.value()), 48 * MiBd, 0.01 * MiBd);
    EXPECT_NEAR(inputs.dirtyBytesPerSecond.value.value(), 150 * MiBd, 0.5 * MiBd);
    EXPECT_FALSE(inputs.dirtyFromRest);
    EXPECT_NEAR(inputs.saveBytesPerSecond.value.value(), 1500 * MiBd, 40 * MiBd) << "with 10 us a call";
    EXPECT_NEAR(inputs.loadBytesPerSecond.value.value(), 500 * MiBd, 10 * MiBd);
    EXPECT_NEAR(inputs.copyBytesPerSecond.value.value(), 375 * MiBd, 10 * MiBd) << "one after the other";
    EXPECT_EQ(inputs.stop.value, 6ms);
    EXPECT_EQ(inputs.stopCopyArc.value, 9ms);
    EXPECT_EQ(inputs.loadArc.value, 12ms);
    EXPECT_EQ(inputs.resume.value, 11ms);
    EXPECT_EQ(inputs.workingSetBytes.why, "still-grows");
    EXPECT_TRUE(inputs.estimate.value && inputs.estimate.value->live);
    EXPECT_EQ(inputs.estimate.value->bytes, 8 * MiB);
    const Recording stopped = measure(migratePlan(CopyMode::StopCopy), "mlx5", nothing);
    EXPECT_EQ(whatIfInputs(stopped, 1).saveRest.value, 10us)
        << "the read that saw the end moved nothing: it scales with nothing";
}

TEST_F(WhatIfTest, eachRunOfARecordingHasItsOwnInputs) {
    Plan twice = migratePlan(CopyMode::PreCopy);
    twice.runs = 2;
    const Recording recording = measure(twice, "mlx5", busy());
    const WhatIfInputs first = whatIfInputs(recording, 1);
    const WhatIfInputs second = whatIfInputs(recording, 2);
    EXPECT_EQ(second.run, 2);
    for (const WhatIfInputs& inputs : {first, second}) {
        EXPECT_EQ(inputs.why, "");
        EXPECT_EQ(inputs.rounds.value, 1U);
        EXPECT_EQ(inputs.initialBytes.value, 40 * MiB);
        EXPECT_NEAR(inputs.dirtyBytesPerSecond.value.value_or(0), 150 * MiBd, MiBd);
        const auto at = static_cast<std::size_t>(inputs.run) - 1;
        EXPECT_EQ(inputs.stopCopyBytes.value, recording.metrics().runs().at(at).pairs.at(0).stopCopyBytes);
    }
    EXPECT_LE(std::abs(errorOf(whatIf(second, {}).downtime.value_or(Ns{0}), *second.downtime.value)), 0.005);
}

TEST_F(WhatIfTest, aDecisionOfTheRuleThatWasCloseIsSaid) {
    const WhatIfInputs inputs = whatIfInputs(measure(migratePlan(CopyMode::PreCopy), "mlx5", busy()), 1);
    // The first look after the initial data finds 16 MiB dirty; with 24 MiB of estimate: 107 ms.
    WhatIfChange change;
    change.downtimeLimit = 105ms;
    EXPECT_LT(assumed(whatIf(inputs, change), "close-call"), 0.1);
    change.downtimeLimit = 200ms;
    EXPECT_TRUE(std::isnan(assumed(whatIf(inputs, change), "close-call")));
}

TEST_F(WhatIfTest, aWorkingSetIsSeenWhereDirtyDataStopsGrowing) {
    Plan tight = migratePlan(CopyMode::PreCopy);
    tight.limits.downtimeLimit = 40ms;
    const Recording recording = measure(
        tight, "mlx5", both(busy(), [](SimDeviceProfile& device) { device.workingSetBytes = 10 * MiB; }));
    const WhatIfInputs inputs = whatIfInputs(recording, 1);
    EXPECT_EQ(inputs.workingSetBytes.value, 10 * MiB);
    EXPECT_NEAR(inputs.dirtyBytesPerSecond.value.value_or(0), 150 * MiBd, MiBd)
        << "without the rounds that it cut short";
}

TEST_F(WhatIfTest, aDeviceThatDirtiesAsFastAsItIsCopiedGetsNoNumber) {
    const Plan plan = migratePlan(CopyMode::PreCopy);
    const WhatIfInputs inputs = whatIfInputs(measure(plan, "mlx5", busy()), 1);
    WhatIfChange change = byDirty(inputs, 4);
    ASSERT_GT(*change.dirtyBytesPerSecond, inputs.precopyCopyBytesPerSecond.value.value_or(0));
    change.downtimeLimit = 50ms;
    WhatIfAnswer answer = whatIf(inputs, change);
    EXPECT_FALSE(answer.downtime);
    EXPECT_FALSE(answer.total);
    EXPECT_EQ(answer.why, "does-not-converge");
    EXPECT_NEAR(assumed(answer, "dirty-rate"), 600 * MiBd, 4 * MiBd)
        << "what it rests on is said all the same";

    // The same by a slower link, and the engine agrees: the run gives up.
    change = byBandwidth(inputs, 0.3);
    answer = whatIf(inputs, change);
    EXPECT_FALSE(answer.downtime);
    EXPECT_EQ(answer.why, "does-not-converge");
    Plan strict = plan;
    strict.limits.maxRounds = 4;
    strict.limits.onNoConvergence = OnNoConvergence::GiveUp;
    const Recording failed = measure(strict, "mlx5", both(busy(), link(0.3)), RunOutcome::Failed);
    EXPECT_EQ(whatIfInputs(failed, 1).why, "failed-run");
}

TEST_F(WhatIfTest, aBoundThatEndsPreCopyIsSaid) {
    WhatIfInputs inputs = whatIfInputs(measure(migratePlan(CopyMode::PreCopy), "mlx5", busy()), 1);
    WhatIfChange change;
    change.downtimeLimit = 1ms; // under what only a stop can move: never met
    WhatIfAnswer answer = whatIf(inputs, change);
    ASSERT_TRUE(answer.downtime) << "what is left no longer changes: " << answer.why;
    EXPECT_EQ(assumed(answer, "round-limit"), 30);
    inputs.limits.onNoConvergence = OnNoConvergence::GiveUp;
    answer = whatIf(inputs, change);
    EXPECT_FALSE(answer.downtime);
    EXPECT_EQ(answer.why, "round-limit");
    inputs.limits.onNoConvergence = OnNoConvergence::Go;
    inputs.limits.maxRounds = 2;
    EXPECT_EQ(whatIf(inputs, change).why, "round-limit") << "the rest still shrinks";
    inputs.limits.maxRounds = 30;
    inputs.limits.maxTime = 120ms;
    EXPECT_EQ(whatIf(inputs, change).why, "time-limit");
}

TEST_F(WhatIfTest, whatOneRunCannotTellIsSaid) {
    const Recording stopped = measure(migratePlan(CopyMode::StopCopy), "pds", nothing);
    const WhatIfInputs inputs = whatIfInputs(stopped, 1);
    EXPECT_EQ(whatIf(inputs, bySize(inputs, 3)).why, "work-in-set") << "the firmware works in the SETs";
    WhatIfChange change;
    change.downtimeLimit = 50ms;
    EXPECT_EQ(whatIf(inputs, change).why, "no-precopy-seen");
    change = {};
    change.dirtyBytesPerSecond = 1e6;
    EXPECT_EQ(whatIf(inputs, change).why, "no-precopy-seen");
    for (const double bad : {0.0, -1.0, std::nan("")}) {
        EXPECT_EQ(whatIf(inputs, byBandwidth(inputs, bad)).why, "invalid-change");
        change = {};
        change.linkBytesPerSecond = bad;
        EXPECT_EQ(whatIf(inputs, change).why, "invalid-change");
    }
    const auto atOnce = [](SimDeviceProfile& device) { device.streamCallTime = 0ns; };
    const WhatIfInputs quick = whatIfInputs(measure(migratePlan(CopyMode::StopCopy), "hisi_acc", atOnce), 1);
    EXPECT_EQ(quick.saveBytesPerSecond.why, "no-time-in-calls");
    EXPECT_EQ(quick.loadBytesPerSecond.why, "no-time-in-calls");
    EXPECT_EQ(whatIf(quick, byBandwidth(quick, 0.5)).why, "no-time-in-calls");

    EXPECT_EQ(whatIfInputs(stopped, 2).why, "no-such-run");
    EXPECT_EQ(whatIf(whatIfInputs(stopped, 2), {}).why, "no-such-run");
    const WhatIfInputs looped = whatIfInputs(measure(loopbackPlan(CopyMode::StopCopy), "mlx5", nothing), 1);
    change = {};
    change.linkBytesPerSecond = 1e9;
    EXPECT_EQ(whatIf(looped, change).why, "no-link");
    Plan discard;
    discard.kind = PlanKind::Discard;
    discard.pairs = {{0, std::nullopt}};
    EXPECT_EQ(whatIfInputs(measure(discard, "virtio", nothing), 1).why, "no-downtime");
}

TEST_F(WhatIfTest, eventsThatAreMissingLeaveReasons) {
    (void)measure(migratePlan(CopyMode::PreCopy), "mlx5", busy());
    const std::vector<Event> all = heard_->events();
    const auto without = [&](const std::function<bool(const Event&)>& drop) {
        std::vector<Event> kept;
        for (const Event& event : all) {
            if (!drop(event))
                kept.push_back(event);
        }
        return whatIfInputs(recordingOf(kept), 1);
    };
    const WhatIfInputs silent = without([](const Event& event) {
        return std::holds_alternative<event::Precopy>(event.body) ||
               std::holds_alternative<event::Samples>(event.body);
    });
    EXPECT_EQ(silent.why, "no-bytes-seen");
    EXPECT_EQ(silent.saveBytesPerSecond.why, "no-bytes-seen");
    const WhatIfInputs noEstimate =
        without([](const Event& event) { return std::holds_alternative<event::Estimate>(event.body); });
    EXPECT_EQ(noEstimate.estimate.why, "no-estimate");
    const WhatIfInputs endless = without([](const Event& event) {
        const auto* stream = std::get_if<event::Stream>(&event.body);
        return stream != nullptr && stream->what == event::StreamWhat::Eof;
    });
    EXPECT_EQ(endless.why, "stamps-missing");
    EXPECT_EQ(endless.saveRest.why, "not-seen");
    EXPECT_FALSE(whatIf(endless, {}).downtime);
    const WhatIfInputs cut =
        without([](const Event& event) { return std::holds_alternative<event::RunEnd>(event.body); });
    EXPECT_EQ(cut.why, "not-ended");

    bool first = true;
    const WhatIfInputs oneLook = without([&](const Event& event) {
        return std::holds_alternative<event::Precopy>(event.body) && std::exchange(first, false);
    });
    EXPECT_EQ(oneLook.rounds.value, 0U);
    EXPECT_EQ(oneLook.workingSetBytes.why, "no-round-seen");
    EXPECT_TRUE(oneLook.dirtyFromRest);
    EXPECT_NEAR(oneLook.dirtyBytesPerSecond.value.value_or(0), 150 * MiBd, MiBd)
        << "what the stop moved beyond the last estimate became dirty on the way";

    std::vector<Event> lossy = all;
    Event lost;
    lost.body = event::Lost{1, "samples"};
    lossy.push_back(lost);
    EXPECT_EQ(whatIfInputs(recordingOf(lossy), 1).why, "samples-lost");
}

/// Inputs come from the events, one by one.
TEST_F(WhatIfTest, aStampThatMovesMovesItsInputAndThePrediction) {
    (void)measure(migratePlan(CopyMode::PreCopy), "mlx5", busy());
    const std::vector<Event> all = heard_->events();
    const WhatIfInputs was = whatIfInputs(recordingOf(all), 1);
    const auto with = [&](MigState from, MigState to, Ns called, Ns returned) {
        std::vector<Event> events = all;
        for (Event& event : events) {
            auto* arc = std::get_if<event::ArcEnd>(&event.body);
            if (arc != nullptr && arc->from == from && arc->to == to && arc->goal == to) {
                arc->called += called;
                arc->returned += returned;
            }
        }
        return whatIfInputs(recordingOf(events), 1);
    };
    using enum MigState;
    EXPECT_EQ(with(Resuming, Stop, 1ms, 0ms).loadArc.value, *was.loadArc.value - 1ms);
    EXPECT_EQ(with(Resuming, Stop, 1ms, 0ms).loadRest.value, *was.loadRest.value + 1ms);
    EXPECT_EQ(with(PreCopyP2p, StopCopy, 0ms, 1ms).stopCopyArc.value, *was.stopCopyArc.value + 1ms);
    EXPECT_EQ(with(PreCopy, PreCopyP2p, -1ms, 0ms).stop.value, *was.stop.value + 1ms);
    EXPECT_EQ(with(PreCopy, PreCopyP2p, 0ms, 1ms).stopWindow.value, *was.stopWindow.value + 1ms);
    const WhatIfInputs later = with(RunningP2p, Running, 0ms, 1ms);
    EXPECT_EQ(later.resume.value, *was.resume.value + 1ms);
    EXPECT_EQ(whatIf(later, {}).downtime, *whatIf(was, {}).downtime + 1ms);

    // A millisecond more in calls on one end: only its rate moves.
    std::vector<Event> slower = all;
    for (Event& event : slower) {
        if (auto* samples = std::get_if<event::Samples>(&event.body))
            samples->destination.back() += 1ms;
    }
    const WhatIfInputs slow = whatIfInputs(recordingOf(slower), 1);
    EXPECT_LT(*slow.loadBytesPerSecond.value, *was.loadBytesPerSecond.value);
    EXPECT_EQ(slow.saveBytesPerSecond.value, was.saveBytesPerSecond.value);
}

} // namespace
} // namespace migscope::test
