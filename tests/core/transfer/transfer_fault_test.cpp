// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Plans that go wrong: whatever fails, and whenever it is cancelled, the devices end in a known, permitted
// state.
#include "tests/core/transfer/engine_fixture.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include <stdlib.h>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

class TransferFaultTest : public EngineTest {
protected:
    SimFault& addFault(std::size_t device, SimFaultKind kind) {
        auto& faults = profile_.devices.at(device).faults;
        faults.push_back({});
        faults.back().kind = kind;
        return faults.back();
    }
    /// Never both ends running with one state: from the destination's first running state on, the source must
    /// not run.
    void expectNoTwins() {
        Ns destinationRan{-1};
        for (const Event& event : heard_->events()) {
            const auto* arc = std::get_if<event::ArcEnd>(&event.body);
            if (arc == nullptr)
                continue;
            if (event.device == 1 && arc->from == MigState::Stop && isRunning(arc->to))
                destinationRan = arc->called;
            if (event.device == 0 && destinationRan >= Ns{0} && isRunning(arc->to) &&
                arc->called >= destinationRan)
                ADD_FAILURE() << "the source runs again after the destination was let run";
        }
    }
};

TEST_F(TransferFaultTest, everyFailingArcOfEitherEndEndsInAKnownStateAndWithoutTwins) {
    using enum MigState;
    const std::vector<std::pair<MigState, MigState>> arcs{
        {Running, PreCopy},    {PreCopy, PreCopyP2p}, {PreCopyP2p, StopCopy}, {StopCopy, Stop},
        {Running, RunningP2p}, {RunningP2p, Stop},    {Stop, Resuming},       {Resuming, Stop},
        {Stop, RunningP2p},    {RunningP2p, Running}, {Stop, StopCopy}};
    int failedRuns = 0;
    for (const CopyMode mode : {CopyMode::StopCopy, CopyMode::PreCopy}) {
        for (const std::size_t device : {0U, 1U}) {
            for (const auto& arc : arcs) {
                for (const std::optional<MigState> leaves :
                     {std::optional<MigState>{}, std::optional(MigState::Error)}) {
                    SCOPED_TRACE(copyModeWord(mode) + " device " + std::to_string(device) + " fails at " +
                                 stateName(arc.first) + ">" + stateName(arc.second) +
                                 (leaves ? " into ERROR" : " and stays"));
                    TearDown();
                    profile_.devices.clear();
                    pairOf("mlx5");
                    auto& fault = addFault(device, SimFaultKind::FailSet);
                    fault.arc = arc;
                    fault.errnoValue = EIO;
                    fault.leaves = leaves;
                    fault.times = 1;
                    boot();
                    openAll();
                    const RunResult result = run(migratePlan(mode));
                    expectNoTwins();
                    ASSERT_EQ(result.devices.size(), 2U);
                    for (const DeviceEnd& end : result.devices) {
                        ASSERT_TRUE(end.state) << "unknown state";
                        EXPECT_EQ(*end.state, stands(static_cast<std::size_t>(end.index)))
                            << "the report tells what is";
                        EXPECT_NE(*end.state, Error);
                        EXPECT_NE(*end.state, Resuming);
                    }
                    if (result.outcome == RunOutcome::Ok)
                        continue;
                    ++failedRuns;
                    ASSERT_TRUE(result.error);
                    const bool destinationHadStarted = device == 1 &&
                                                       (arc.second == RunningP2p || arc.second == Running) &&
                                                       arc.first != PreCopyP2p;
                    if (!destinationHadStarted) {
                        EXPECT_EQ(result.devices[0].state, Running) << "the source is taken back";
                    }
                    EXPECT_EQ(result.devices[1].state, Running) << "the destination is reset";
                }
            }
        }
    }
    EXPECT_GT(failedRuns, 20);
}

TEST_F(TransferFaultTest, aRejectedImageResetsTheDestinationBeforeTheSourceRunsAgain) {
    pairOf("mlx5");
    addFault(1, SimFaultKind::RefuseImage).errnoValue = EINVAL;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->isErrno(EINVAL));
    EXPECT_NE(result.error->detail.find("rejects the image"), std::string::npos);
    Ns reset{-1};
    Ns back{-1};
    for (const Event& event : heard_->events()) {
        if (std::holds_alternative<event::Reset>(event.body) && event.device == 1)
            reset = event.time;
        const auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && event.device == 0 && arc->to == MigState::RunningP2p &&
            arc->from == MigState::Stop)
            back = arc->called;
    }
    EXPECT_GE(reset, 0ns);
    EXPECT_GE(back, reset);
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
    EXPECT_FALSE(metrics().downtime) << "nothing migrated";
    EXPECT_TRUE(metrics().blackout) << "but the source was dark";
}

TEST_F(TransferFaultTest, theSourceStaysStoppedWhenTheDestinationCannotBeReset) {
    pairOf("mlx5");
    addFault(1, SimFaultKind::RefuseImage).errnoValue = EINVAL;
    profile_.devices[1].resetSupported = false;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_EQ(stands(0), MigState::StopCopy);
    EXPECT_EQ(stands(1), MigState::Resuming);
    EXPECT_NE(result.devices[0].note.find("could not be reset"), std::string::npos);
    EXPECT_FALSE(result.devicesSafe());
}

TEST_F(TransferFaultTest, afterTheFirstFailedWriteNothingMoreIsWritten) {
    pairOf("mlx5");
    auto& fault = addFault(1, SimFaultKind::WriteError);
    fault.errnoValue = EINVAL;
    fault.offset = 5 << 20;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->isErrno(EINVAL));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(TransferFaultTest, aFlippedByteIsCaughtByTheDestination) {
    pairOf("mlx5");
    addFault(0, SimFaultKind::FlipByte).offset = 123456;
    boot();
    openAll();
    EXPECT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Failed);
    EXPECT_FALSE(sim_->lastLoad("0000:02:00.1").accepted);
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(TransferFaultTest, anImageCutShortIsRefusedAtTheEnd) {
    pairOf("qat");
    addFault(0, SimFaultKind::EarlyEnd).offset = 1024;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
}

TEST_F(TransferFaultTest, shortReadsAndWritesChangeNothing) {
    pairOf("qat");
    addFault(0, SimFaultKind::ShortReads).bytes = 7;
    addFault(1, SimFaultKind::ShortWrites).bytes = 3;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::StopCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_EQ(sim_->lastLoad("0000:02:00.1").bytes, 4096U);
}

TEST_F(TransferFaultTest, aReadErrorKeepsItsErrnoAndBringsTheSourceBack) {
    pairOf("mlx5");
    auto& fault = addFault(0, SimFaultKind::ReadError);
    fault.errnoValue = EIO;
    fault.offset = 3 << 20;
    boot();
    openAll();
    const RunResult result = run(migratePlan(CopyMode::PreCopy));
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->isErrno(EIO));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
}

TEST_F(TransferFaultTest, aSourceThatDirtiesFasterThanItIsReadEndsAtItsBounds) {
    pairOf("mlx5");
    auto& source = profile_.devices[0];
    source.saveBytesPerSecond = 100 << 20;
    source.dirtyBytesPerSecond = 150 << 20; // each round has half as much again: enough, and not gigabytes
    source.workingSetBytes = 0;
    source.streamCallTime = 10us;
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::PreCopy);
    plan.limits.maxRounds = 4;
    plan.limits.downtimeLimit = 10ms;
    RunResult result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Ok) << (result.error ? describe(*result.error) : "");
    EXPECT_LE(metrics().pairs.at(0).precopyRounds, 5U);
    ASSERT_TRUE(session(1).perform(job::Reset{}));
    ASSERT_TRUE(session(0).perform(job::Reset{}));
    plan.limits.onNoConvergence = OnNoConvergence::GiveUp;
    result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->is(Errc::NotConverging));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
}

TEST_F(TransferFaultTest, aStalledStreamIsCancelledAndBothEndsComeBack) {
    pairOf("mlx5");
    addFault(0, SimFaultKind::StallRead).offset = 1 << 20;
    boot();
    openAll();
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    while (run->progress().movedBytes < (1 << 20))
        std::this_thread::yield();
    run->cancel();
    const auto result = run->wait();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, RunOutcome::Cancelled);
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
    EXPECT_TRUE(result->devicesSafe());
}

TEST_F(TransferFaultTest, cancelAtAnyMomentBringsBothEndsBack) {
    // From outside, at moments that the scheduler chooses: whatever was under way, the end is the same.
    for (int attempt = 0; attempt < 40; ++attempt) {
        SCOPED_TRACE(attempt);
        TearDown();
        profile_.devices.clear();
        pairOf("mlx5");
        boot();
        openAll();
        auto run = start(migratePlan(attempt % 2 == 0 ? CopyMode::PreCopy : CopyMode::StopCopy));
        ASSERT_TRUE(run);
        const std::size_t events = heard_->events().size() + static_cast<std::size_t>(attempt);
        while (heard_->events().size() < events && !run->finished())
            std::this_thread::yield();
        run->cancel();
        const auto result = run->wait();
        ASSERT_TRUE(result);
        expectNoTwins();
        EXPECT_TRUE(result->devicesSafe());
        if (result->outcome != RunOutcome::Ok) {
            EXPECT_EQ(result->outcome, RunOutcome::Cancelled) << describe(*result->error);
            EXPECT_EQ(stands(1), MigState::Running);
        }
    }
}

TEST_F(TransferFaultTest, aFullDiskKeepsTheErrnoAndTheDeviceRuns) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    Plan save;
    save.kind = PlanKind::Save;
    save.pairs = {{0, std::nullopt}};
    RunFiles files;
    files.savePath = "/nowhere/at/all/image";
    const RunResult result = run(save, files);
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->isErrno(ENOENT));
    EXPECT_EQ(heard_->arcs(0), "") << "the file comes first: nothing was asked of the device";
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(TransferFaultTest, aDamagedFileNeverReachesADevice) {
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
    {
        std::fstream image(files.savePath, std::ios::in | std::ios::out | std::ios::binary);
        image.seekp(1000);
        image.put('\x55');
    }
    Plan load;
    load.kind = PlanKind::Load;
    load.pairs = {{std::nullopt, 1}};
    RunFiles from;
    from.loadPath = files.savePath;
    const RunResult result = run(load, from);
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->is(Errc::Damaged));
    EXPECT_EQ(heard_->arcs(1), "");
    std::filesystem::remove_all(folder);
}

TEST_F(TransferFaultTest, onePairsFailureTakesTheOtherBackToo) {
    for (int i = 1; i <= 4; ++i)
        add("qat", "0000:0" + std::to_string(i) + ":00.1");
    auto& fault = addFault(3, SimFaultKind::RefuseImage);
    fault.errnoValue = EINVAL;
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.pairs = {{0, 1}, {2, 3}};
    const RunResult result = run(plan);
    EXPECT_EQ(result.outcome, RunOutcome::Failed);
    EXPECT_TRUE(result.error->isErrno(EINVAL)) << describe(*result.error);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(stands(i), MigState::Running) << i;
}

TEST_F(TransferFaultTest, aRunWhoseCallNeverReturnsCanBeLeft) {
    pairOf("mlx5");
    auto& fault = addFault(0, SimFaultKind::StuckSet);
    fault.arc = {MigState::Stop, MigState::StopCopy};
    boot();
    openAll();
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    while (session(0).state().call != "SET STOP_COPY")
        std::this_thread::yield();
    EXPECT_FALSE(run->wait(clock_.now() + 3s)) << "the kernel does not return";
    EXPECT_EQ(session(0).state().phase, SessionPhase::Stuck);
    EXPECT_FALSE(session(0).release(1s));
    EXPECT_FALSE(session(1).release(1s)) << "the thread in the kernel has its device too: it is not closed";
    EXPECT_TRUE(sim_->isOpen("0000:02:00.1"));
    sim_->releaseStuck();
    EXPECT_TRUE(run->wait());
    EXPECT_TRUE(session(0).release(1s));
    EXPECT_TRUE(session(1).release(1s));
    EXPECT_FALSE(sim_->isOpen("0000:02:00.1"));
}

} // namespace
} // namespace migscope::test
