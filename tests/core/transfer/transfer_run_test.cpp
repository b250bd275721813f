// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Plans on healthy devices: the order of acts on both ends, what arrives, and what downtime means.
#include "tests/core/transfer/engine_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <stdlib.h>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

class TransferRunTest : public EngineTest {
protected:
    void expectHandedOver(std::uint64_t bytes) {
        const SimLoad load = sim_->lastLoad("0000:02:00.1");
        EXPECT_TRUE(load.accepted);
        EXPECT_EQ(load.bytes, bytes);
        EXPECT_EQ(load.seed, sim_->savedSeed("0000:01:00.1"))
            << "the destination holds the state of this very source";
        EXPECT_EQ(stands(0), MigState::Stop);
        EXPECT_EQ(stands(1), MigState::Running);
    }
    static Ns sumOf(const RunMetrics& run) {
        Ns sum{0};
        for (const Phase& phase : run.phases)
            sum += phase.duration.value_or(Ns{0});
        return sum;
    }
    static std::optional<Ns> phase(const RunMetrics& run, PhaseName name) {
        for (const Phase& one : run.phases) {
            if (one.name == name)
                return one.duration;
        }
        return std::nullopt;
    }
};

TEST_F(TransferRunTest, stopCopyWalksBothEndsInTheRightOrder) {
    pairOf("qat");
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(heard_->arcs(0), "RUNNING>RUNNING_P2P RUNNING_P2P>STOP STOP>STOP_COPY STOP_COPY>STOP");
    EXPECT_EQ(heard_->arcs(1), "RUNNING>RUNNING_P2P RUNNING_P2P>STOP STOP>RESUMING RESUMING>STOP "
                               "STOP>RUNNING_P2P RUNNING_P2P>RUNNING");
    expectHandedOver(4096);
    EXPECT_TRUE(result.devicesSafe());
}

TEST_F(TransferRunTest, preCopyReadsWhileTheSourceRuns) {
    pairOf("mlx5");
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::PreCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(heard_->arcs(0),
              "RUNNING>PRE_COPY PRE_COPY>PRE_COPY_P2P PRE_COPY_P2P>STOP_COPY STOP_COPY>STOP");
    const RunMetrics measured = metrics();
    ASSERT_EQ(measured.pairs.size(), 1U);
    EXPECT_GE(measured.pairs[0].precopyBytes, profile_.devices[0].precopyInitialBytes);
    EXPECT_EQ(measured.pairs[0].precopyBytes + measured.pairs[0].stopCopyBytes, measured.stateBytes);
    expectHandedOver(measured.stateBytes);
}

TEST_F(TransferRunTest, aDeviceWithoutP2pGoesStraightFromPreCopyToStopCopy) {
    pairOf("hisi_acc");
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::Auto));
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(heard_->arcs(0), "RUNNING>PRE_COPY PRE_COPY>STOP_COPY STOP_COPY>STOP");
    const RunMetrics measured = metrics();
    EXPECT_EQ(measured.stateBytes, 176U);
    EXPECT_FALSE(phase(measured, PhaseName::Stop)) << "stop lies inside save and is unknown, not 0";
    expectHandedOver(176);
}

TEST_F(TransferRunTest, everyFamilyMigratesInEveryModeItHas) {
    for (const std::string family : {"mlx5", "hisi_acc", "pds", "qat", "virtio", "mtty"}) {
        for (const CopyMode mode : {CopyMode::StopCopy, CopyMode::Auto}) {
            SCOPED_TRACE(family + " " + copyModeWord(mode));
            TearDown();
            profile_.devices.clear();
            const bool mediated = family == "mtty";
            add(family, mediated ? "5196c0de-0000-4000-8000-000000000001" : "0000:01:00.1");
            add(family, mediated ? "5196c0de-0000-4000-8000-000000000002" : "0000:02:00.1");
            boot();
            openAll();
            const RunResult result = run(migratePlan(mode));
            EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
            EXPECT_TRUE(sim_->lastLoad(profile_.devices[1].address).accepted);
        }
    }
}

TEST_F(TransferRunTest, theDestinationResumesBeforeTheSourceStopsAndRunsOnlyWhenItIsStopped) {
    for (const CopyMode mode : {CopyMode::StopCopy, CopyMode::PreCopy}) {
        TearDown();
        profile_.devices.clear();
        pairOf("mlx5");
        boot();
        openAll();
        ASSERT_EQ(run(migratePlan(mode)).outcome, RunOutcome::Ok);
        Ns ready{0};
        Ns stops{0};
        Ns runsAgain{0};
        Ns leaves{0};
        for (const Event& event : heard_->events()) {
            const auto* arc = std::get_if<event::ArcEnd>(&event.body);
            if (arc == nullptr)
                continue;
            if (event.device == 1 && arc->to == MigState::Resuming)
                ready = arc->returned;
            if (event.device == 0 && isFullyRunning(arc->from) && !isFullyRunning(arc->to))
                stops = arc->called;
            if (event.device == 1 && arc->to == MigState::Running)
                runsAgain = arc->returned;
            if (event.device == 0 && arc->from == MigState::StopCopy)
                leaves = arc->called;
        }
        EXPECT_LE(ready, stops);
        EXPECT_LE(stops, runsAgain);
        EXPECT_LE(runsAgain, leaves) << "the source leaves STOP_COPY only after the destination runs";
    }
}

TEST_F(TransferRunTest, downtimeAndPhasesAreTheDevicesOwnTimes) {
    pairOf("qat");
    auto& source = profile_.devices[0];
    auto& destination = profile_.devices[1];
    using enum MigState;
    source.arcTimes = {{{Running, RunningP2p}, 5ms}, {{RunningP2p, Stop}, 3ms}, {{Stop, StopCopy}, 2ms}};
    source.streamCallTime = 4ms; // two reads: the data, then the end
    destination.arcTimes = {
        {{Resuming, Stop}, 11ms}, {{Stop, RunningP2p}, 7ms}, {{RunningP2p, Running}, 9ms}};
    destination.streamCallTime = 6ms; // one write
    boot();
    openAll();
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Ok);
    const RunMetrics measured = metrics();
    EXPECT_EQ(phase(measured, PhaseName::Stop), 8ms);
    EXPECT_EQ(phase(measured, PhaseName::Save), 2ms + 4ms + 4ms);
    EXPECT_EQ(phase(measured, PhaseName::Load), 6ms + 11ms) << "writes between t1 and t2 are load";
    EXPECT_EQ(phase(measured, PhaseName::Resume), 16ms);
    EXPECT_EQ(measured.downtime, 51ms);
    EXPECT_EQ(sumOf(measured), *measured.downtime);
    EXPECT_EQ(measured.downtimeError, 5ms) << "the length of the call at t0";
}

TEST_F(TransferRunTest, loopbackSpoolsAndGivesTheDeviceItsOwnStateBack) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::Auto, 0, 0);
    plan.kind = PlanKind::Loopback;
    const RunResult result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(heard_->arcs(0),
              "RUNNING>PRE_COPY PRE_COPY>PRE_COPY_P2P PRE_COPY_P2P>STOP_COPY STOP_COPY>STOP STOP>RESUMING "
              "RESUMING>STOP STOP>RUNNING_P2P RUNNING_P2P>RUNNING");
    EXPECT_EQ(stands(0), MigState::Running);
    const SimLoad load = sim_->lastLoad("0000:01:00.1");
    EXPECT_TRUE(load.accepted);
    EXPECT_EQ(load.seed, sim_->savedSeed("0000:01:00.1"));
    const RunMetrics measured = metrics();
    ASSERT_TRUE(measured.downtime);
    EXPECT_EQ(sumOf(measured), *measured.downtime);
}

TEST_F(TransferRunTest, discardHasABlackoutAndNoDowntime) {
    add("pds", "0000:01:00.1");
    boot();
    openAll();
    Plan plan;
    plan.kind = PlanKind::Discard;
    plan.pairs = {{0, std::nullopt}};
    plan.runs = 3;
    const RunResult result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(stands(0), MigState::Running);
    for (std::size_t i = 0; i < 3; ++i) {
        const RunMetrics measured = metrics(i);
        EXPECT_FALSE(measured.downtime);
        ASSERT_TRUE(measured.blackout) << "run " << i;
        EXPECT_GE(*measured.blackout, 6ms) << "six arcs of a millisecond";
        EXPECT_EQ(measured.stateBytes, 65536U);
    }
}

TEST_F(TransferRunTest, whatWasSavedToAFileIsLoadedFromIt) {
    char folder[] = "/tmp/migscope-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    pairOf("virtio");
    boot();
    openAll();
    Plan save;
    save.kind = PlanKind::Save;
    save.pairs = {{0, std::nullopt}};
    RunFiles files;
    files.savePath = std::string(folder) + "/image";
    RunResult result = run(save, files);
    ASSERT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_TRUE(std::filesystem::exists(files.savePath));
    EXPECT_FALSE(std::filesystem::exists(files.savePath + ".partial"));
    EXPECT_EQ(stands(0), MigState::Running);
    Plan load;
    load.kind = PlanKind::Load;
    load.pairs = {{std::nullopt, 1}};
    RunFiles from;
    from.loadPath = files.savePath;
    result = run(load, from);
    ASSERT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_TRUE(sim_->lastLoad("0000:02:00.1").accepted);
    EXPECT_EQ(stands(1), MigState::Running);
    std::filesystem::remove_all(folder);
}

TEST_F(TransferRunTest, aLoadWithoutRunEndsStoppedAndOnlyAResetStartsTheDevice) {
    char folder[] = "/tmp/migscope-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    pairOf("qat");
    boot();
    openAll();
    Plan save;
    save.kind = PlanKind::Save;
    save.pairs = {{0, std::nullopt}};
    RunFiles files;
    files.savePath = std::string(folder) + "/image";
    ASSERT_EQ(run(save, files).outcome, RunOutcome::Ok);
    Plan load;
    load.kind = PlanKind::Load;
    load.loadThenRun = false;
    load.pairs = {{std::nullopt, 1}};
    RunFiles from;
    from.loadPath = files.savePath;
    ASSERT_EQ(run(load, from).outcome, RunOutcome::Ok);
    EXPECT_EQ(stands(1), MigState::Stop);
    EXPECT_FALSE(session(1).perform(job::Step{MigState::Running})) << "its twin may run elsewhere";
    ASSERT_TRUE(session(1).perform(job::BringBack{}));
    EXPECT_NE(heard_->order({"reset"}), "");
    std::filesystem::remove_all(folder);
}

TEST_F(TransferRunTest, repeatedRunsStartFromACleanDestinationEachTime) {
    pairOf("qat");
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.runs = 3;
    const RunResult result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(heard_->order({"run-begin", "run-end"}),
              "run-begin run-end run-begin run-end run-begin run-end");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(metrics(i).stateBytes, 4096U) << "run " << i;
        EXPECT_TRUE(metrics(i).downtime);
    }
    expectHandedOver(4096);
}

TEST_F(TransferRunTest, afterAMigrationTheSourceComesBackOnlyByReset) {
    pairOf("qat");
    boot();
    openAll();
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Ok);
    EXPECT_TRUE(session(0).state().handedOver);
    const auto refused = session(0).perform(job::Step{MigState::Running});
    ASSERT_FALSE(refused) << "two of the same state would run";
    EXPECT_TRUE(refused.error().is(Errc::Refused));
    EXPECT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_FALSE(session(0).state().handedOver);
}

TEST_F(TransferRunTest, twoPairsInParallelTakeTheMaximumAndWaitForEachOther) {
    add("qat", "0000:01:00.1");
    add("qat", "0000:02:00.1");
    add("qat", "0000:03:00.1");
    add("qat", "0000:04:00.1");
    using enum MigState;
    profile_.devices[0].arcTimes = {{{Running, RunningP2p}, 100ms}};
    profile_.devices[2].arcTimes = {{{Running, RunningP2p}, 40ms}};
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.pairs = {{0, 1}, {2, 3}};
    const RunResult result = run(plan);
    ASSERT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    const RunMetrics measured = metrics();
    ASSERT_EQ(measured.pairs.size(), 2U);
    const auto waitOf = [](const PairMetrics& pair) {
        Ns wait{0};
        for (const Phase& phase : pair.phases) {
            if (phase.name == PhaseName::Wait)
                wait += phase.duration.value_or(Ns{0});
        }
        return wait;
    };
    EXPECT_EQ(waitOf(measured.pairs[0]), 0ms);
    EXPECT_EQ(waitOf(measured.pairs[1]), 60ms) << "at the P2P barrier";
    EXPECT_EQ(measured.pairs[0].downtime, 100ms + 1ms + 1ms + 1ms + 2ms);
    EXPECT_EQ(measured.pairs[1].downtime, measured.pairs[0].downtime) << "both end together";
    EXPECT_EQ(measured.downtime, measured.pairs[0].downtime);
    EXPECT_TRUE(sim_->lastLoad("0000:02:00.1").accepted);
    EXPECT_TRUE(sim_->lastLoad("0000:04:00.1").accepted);
}

TEST_F(TransferRunTest, betweenTheFirstAndTheLastStampOnlyCallsThatTheProtocolNeedsAreMade) {
    pairOf("qat");
    boot();
    // Detail level: every call is an event.
    sessions_.clear();
    DeviceSession::Options options;
    options.recordCalls = true;
    for (std::size_t i = 0; i < 2; ++i)
        sessions_.push_back(std::make_unique<DeviceSession>(*sim_, profile_.devices[i].address, *heard_,
                                                            static_cast<int>(i), options));
    openAll();
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Ok);
    const RunMetrics measured = metrics();
    const Stamps stamps = measured.pairs.at(0).stamps;
    std::vector<std::string> ops;
    for (const Event& event : heard_->events()) {
        const auto* call = std::get_if<event::Call>(&event.body);
        if (call != nullptr && event.time > *stamps.t0 && event.time <= *stamps.t4)
            ops.push_back(call->op);
    }
    EXPECT_FALSE(ops.empty());
    for (const std::string& op : ops)
        EXPECT_TRUE(op == "SET MIG_DEVICE_STATE" || op == "read" || op == "write") << op;
}

TEST_F(TransferRunTest, everyCallIsRecordedOnlyWhenTheRunAsksForItAndTheSessionsGoOnAsTheyWere) {
    pairOf("qat");
    boot();
    sessions_.clear();
    DeviceSession::Options traced;
    traced.recordCalls = true; // device 0; device 1 is opened without
    sessions_.push_back(
        std::make_unique<DeviceSession>(*sim_, profile_.devices[0].address, *heard_, 0, traced));
    sessions_.push_back(std::make_unique<DeviceSession>(*sim_, profile_.devices[1].address, *heard_, 1));
    const auto calls = [&](int device, bool inRun) {
        std::size_t count = 0;
        for (const Event& event : heard_->events()) {
            if (std::holds_alternative<event::Call>(event.body) && event.device == device &&
                event.run.has_value() == inRun)
                ++count;
        }
        return count;
    };
    openAll();
    RunFiles quiet;
    quiet.recordCalls = false;
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy), quiet).outcome, RunOutcome::Ok);
    EXPECT_EQ(calls(0, true), 0U) << "its session records calls, the run does not";
    const std::size_t before = calls(0, false);
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_GT(calls(0, false), before) << "given back, it does again";
    RunFiles asked;
    asked.recordCalls = true;
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy), asked).outcome, RunOutcome::Ok);
    EXPECT_GT(calls(0, true), 0U);
    EXPECT_GT(calls(1, true), 0U) << "of both ends";
    EXPECT_EQ(calls(1, false), 0U) << "outside the run it records none";
}

TEST_F(TransferRunTest, aPlanThatCannotStartSaysWhichActComesFirst) {
    pairOf("qat");
    boot();
    const auto tryRun = [&](const Plan& plan) {
        std::vector<DeviceSession*> borrowed{sessions_[0].get(), sessions_[1].get()};
        return TransferRun::start(clock_, borrowed, *heard_, plan, {});
    };
    auto closed = tryRun(migratePlan(CopyMode::StopCopy));
    ASSERT_FALSE(closed);
    EXPECT_NE(closed.error().detail.find("open it first"), std::string::npos);
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Stop}));
    auto stopped = tryRun(migratePlan(CopyMode::StopCopy));
    ASSERT_FALSE(stopped);
    EXPECT_NE(stopped.error().detail.find("bring it back"), std::string::npos);
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_FALSE(tryRun(migratePlan(CopyMode::StopCopy, 0, 0))) << "the same device is a loopback";
    Plan twice = migratePlan(CopyMode::StopCopy);
    twice.pairs.push_back({0, 1});
    EXPECT_FALSE(tryRun(twice)) << "a device in two places";
    Plan nothing;
    EXPECT_FALSE(tryRun(nothing));
}

TEST_F(TransferRunTest, preCopyIsRefusedWhereTheDeviceHasNone) {
    pairOf("pds");
    boot();
    openAll();
    std::vector<DeviceSession*> borrowed{sessions_[0].get(), sessions_[1].get()};
    const auto refused = TransferRun::start(clock_, borrowed, *heard_, migratePlan(CopyMode::PreCopy), {});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Unsupported));
    EXPECT_EQ(heard_->arcs(0), "") << "nothing was asked of the device";
}

TEST_F(TransferRunTest, aLongStreamNeedsNoMemoryOfItsSize) {
    pairOf("mlx5");
    for (auto& device : profile_.devices) {
        device.stateBytes = 256ULL << 20U;
        device.precopyInitialBytes = 248ULL << 20U;
        device.stopCopyBytes = 8ULL << 20U;
    }
    boot();
    openAll();
    ASSERT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Ok);
    expectHandedOver(256ULL << 20U);
}

} // namespace
} // namespace migscope::test
