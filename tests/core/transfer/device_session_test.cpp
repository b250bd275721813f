// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One device, one worker: jobs, refusals, stuck calls, and the way back.
#include "tests/core/transfer/engine_fixture.h"

#include <cerrno>
#include <filesystem>
#include <thread>

#include <stdlib.h>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

using DeviceSessionTest = EngineTest;

SimFault fault(SimFaultKind kind, std::optional<std::pair<MigState, MigState>> arc = std::nullopt,
               int errnoValue = 0) {
    SimFault made;
    made.kind = kind;
    made.arc = arc;
    made.errnoValue = errnoValue;
    return made;
}

TEST_F(DeviceSessionTest, nothingIsOpenedBeforeItIsAsked) {
    add("mlx5", "0000:01:00.1");
    boot();
    EXPECT_FALSE(sim_->isOpen("0000:01:00.1"));
    EXPECT_EQ(session(0).state().phase, SessionPhase::Closed);
    const auto refused = session(0).perform(job::Step{MigState::Stop});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Refused));
}

TEST_F(DeviceSessionTest, openProbesAndCloseReleases) {
    add("hisi_acc", "0000:01:00.1");
    boot();
    const auto state = session(0).perform(job::Open{});
    ASSERT_TRUE(state) << describe(state.error());
    EXPECT_EQ(state->phase, SessionPhase::Idle);
    EXPECT_EQ(state->capabilities->flags.raw(), 5U);
    EXPECT_EQ(state->capabilities->stopCopySize.bytes, 176U);
    EXPECT_EQ(state->state, MigState::Running);
    EXPECT_TRUE(sim_->isOpen("0000:01:00.1"));
    ASSERT_TRUE(session(0).perform(job::Close{}));
    EXPECT_FALSE(sim_->isOpen("0000:01:00.1"));
    EXPECT_FALSE(session(0).state().capabilities);
}

TEST_F(DeviceSessionTest, eachArcIsOneSetWithItsOwnLatency) {
    auto& device = add("qat", "0000:01:00.1");
    device.arcTimes[{MigState::RunningP2p, MigState::Stop}] = 7ms;
    boot();
    openAll();
    const auto state = session(0).perform(job::Step{MigState::StopCopy});
    ASSERT_TRUE(state) << describe(state.error());
    EXPECT_EQ(heard_->arcs(0), "RUNNING>RUNNING_P2P RUNNING_P2P>STOP STOP>STOP_COPY");
    EXPECT_EQ(state->state, MigState::StopCopy);
    ASSERT_TRUE(state->stream);
    EXPECT_EQ(state->stream->direction, StreamDirection::Save);
    for (const ArcLatency& arc : state->latencies)
        EXPECT_EQ(arc.last, arc.from == MigState::RunningP2p ? Ns(7ms) : Ns(1ms));
    EXPECT_EQ(state->latencies.size(), 3U);
}

TEST_F(DeviceSessionTest, aCombinedSetIsOneCallOverTheWholePath) {
    add("qat", "0000:01:00.1");
    boot();
    openAll();
    const auto state = session(0).perform(job::Step{MigState::StopCopy, true});
    ASSERT_TRUE(state) << describe(state.error());
    EXPECT_EQ(heard_->arcs(0), "RUNNING>STOP_COPY");
    ASSERT_EQ(state->latencies.size(), 1U);
    EXPECT_EQ(state->latencies[0].last, 3ms);
    EXPECT_TRUE(state->stream) << "the stream of the path's end came with it";
}

TEST_F(DeviceSessionTest, arcBeginIsSaidBeforeTheCall) {
    add("qat", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::RunningP2p}));
    EXPECT_EQ(heard_->order({"arc-begin", "arc"}), "arc-begin arc");
    for (const Event& event : heard_->events()) {
        if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            EXPECT_EQ(arc->returned - arc->called, 1ms);
        }
    }
}

TEST_F(DeviceSessionTest, thePathThatHangsKernelsIsRefusedWithoutACall) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
    const auto before = sim_->arcs("0000:01:00.1").size();
    const auto refused = session(0).perform(job::Step{MigState::PreCopy});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Refused));
    EXPECT_EQ(sim_->arcs("0000:01:00.1").size(), before);
    EXPECT_EQ(session(0).state().state, MigState::StopCopy);
}

TEST_F(DeviceSessionTest, afterAFailedSetTheStateIsAskedForAndNotAssumed) {
    auto& device = add("qat", "0000:01:00.1");
    device.faults.push_back(fault(SimFaultKind::FailSet, {{MigState::RunningP2p, MigState::Stop}}, EBUSY));
    boot();
    openAll();
    const auto failed = session(0).perform(job::Step{MigState::StopCopy});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().isErrno(EBUSY));
    const SessionState state = session(0).state();
    EXPECT_EQ(state.state, MigState::RunningP2p) << "an intermediate state, neither start nor goal";
    EXPECT_TRUE(state.latencies.back().refused);
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(DeviceSessionTest, fromErrorOnlyAResetIsMade) {
    auto& device = add("mlx5", "0000:01:00.1");
    auto breaks = fault(SimFaultKind::FailSet, {{MigState::Stop, MigState::StopCopy}}, EIO);
    breaks.leaves = MigState::Error;
    device.faults.push_back(breaks);
    boot();
    openAll();
    ASSERT_FALSE(session(0).perform(job::Step{MigState::StopCopy}));
    EXPECT_EQ(session(0).state().state, MigState::Error);
    EXPECT_TRUE(session(0).state().needsReset);
    const auto refused = session(0).perform(job::Step{MigState::Running});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Refused));
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(DeviceSessionTest, aDeviceFoundNotRunningIsOnlyReset) {
    auto& device = add("mtty", "5196c0de-0000-4000-8000-000000000001");
    device.keepsState = true;
    device.foundState = MigState::Resuming;
    boot();
    const auto opened = session(0).perform(job::Open{});
    ASSERT_TRUE(opened) << describe(opened.error());
    EXPECT_EQ(opened->capabilities->stateFound, MigState::Resuming);
    EXPECT_TRUE(opened->needsReset);
    const auto refused = session(0).perform(job::Step{MigState::Stop});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Refused));
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_TRUE(session(0).perform(job::Step{MigState::Stop}))
        << "after the reset it is a device like any other";
}

TEST_F(DeviceSessionTest, aSetThatFailedAfterItSucceededLosesTheStreamAndIsKnown) {
    auto& device = add("mlx5", "0000:01:00.1");
    device.faults.push_back(fault(SimFaultKind::LostFd, {{MigState::Stop, MigState::StopCopy}}, EMFILE));
    boot();
    openAll();
    const auto failed = session(0).perform(job::Step{MigState::StopCopy});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().isErrno(EMFILE));
    EXPECT_EQ(session(0).state().state, MigState::StopCopy) << "the state has advanced all the same";
    EXPECT_FALSE(session(0).state().stream);
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(DeviceSessionTest, aMissingFdAndAStrayFdAreProtocolViolations) {
    auto& device = add("mlx5", "0000:01:00.1");
    auto missing = fault(SimFaultKind::NoFd, {{MigState::Stop, MigState::StopCopy}});
    missing.times = 1;
    auto stray = fault(SimFaultKind::StrayFd, {{MigState::Running, MigState::RunningP2p}});
    stray.times = 1;
    device.faults = {missing, stray};
    boot();
    openAll();
    auto failed = session(0).perform(job::Step{MigState::RunningP2p});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().is(Errc::ProtocolViolation));
    failed = session(0).perform(job::Step{MigState::StopCopy});
    ASSERT_FALSE(failed);
    EXPECT_TRUE(failed.error().is(Errc::ProtocolViolation));
    EXPECT_EQ(session(0).state().state, MigState::StopCopy);
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
}

TEST_F(DeviceSessionTest, aDeviceThatMovedBehindOurBackIsNoticed) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::PreCopy}));
    sim_->moveBehindBack("0000:01:00.1");
    const auto drained = session(0).perform(job::Drain{});
    ASSERT_FALSE(drained);
    EXPECT_TRUE(drained.error().isErrno(ENODEV));
    ASSERT_TRUE(session(0).perform(job::Step{MigState::RunningP2p}));
    EXPECT_NE(heard_->order({"state"}), "");
    EXPECT_EQ(stands(0), MigState::RunningP2p);
}

TEST_F(DeviceSessionTest, aHandStreamIsDrainedSavedAndLoadedAgain) {
    char folder[] = "/tmp/migscope-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    const std::string file = std::string(folder) + "/state";
    add("mlx5", "0000:01:00.1").stateBytes = 8 << 20;
    profile_.devices[0].precopyInitialBytes = 6 << 20;
    profile_.devices[0].stopCopyBytes = 2 << 20;
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
    const auto saved = session(0).perform(job::SaveStream{file, false});
    ASSERT_TRUE(saved) << describe(saved.error());
    EXPECT_TRUE(saved->stream->ended);
    EXPECT_EQ(saved->stream->bytes, 8U << 20U);
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Stop}));
    EXPECT_FALSE(session(0).state().stream) << "the stream died with its session";
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Resuming}));
    const auto loaded = session(0).perform(job::LoadStream{file});
    ASSERT_TRUE(loaded) << describe(loaded.error());
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Running}));
    EXPECT_TRUE(sim_->lastLoad("0000:01:00.1").accepted);
    EXPECT_EQ(sim_->lastLoad("0000:01:00.1").bytes, 8U << 20U);
    std::filesystem::remove_all(folder);
}

TEST_F(DeviceSessionTest, aLoadingSessionIsBroughtBackByResetAndNeverBySet) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Resuming}));
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(heard_->arcs(0), "RUNNING>RUNNING_P2P RUNNING_P2P>STOP STOP>RESUMING")
        << "no arc leads out of RESUMING";
    EXPECT_NE(heard_->order({"reset"}), "");
}

TEST_F(DeviceSessionTest, aStreamThatAResetOrACloseDroppedIsSaidToBeClosed) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Resuming}));
    ASSERT_TRUE(session(0).perform(job::Reset{}));
    EXPECT_EQ(heard_->order({"stream", "reset"}), "stream reset stream");
    ASSERT_TRUE(session(0).perform(job::Step{MigState::PreCopy}));
    EXPECT_EQ(heard_->order({"stream", "reset"}), "stream reset stream stream")
        << "only the new one was opened";
    ASSERT_TRUE(session(0).perform(job::Close{}));
    EXPECT_EQ(heard_->order({"stream", "reset"}), "stream reset stream stream stream");
}

TEST_F(DeviceSessionTest, aBusyResetIsTriedAgain) {
    auto& device = add("mlx5", "0000:01:00.1");
    device.busyResets = 3;
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Reset{}));
    for (const Event& event : heard_->events()) {
        if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
            EXPECT_EQ(reset->attempts, 4);
            EXPECT_EQ(reset->outcome, "done");
        }
    }
    EXPECT_EQ(heard_->order({"reset"}), "reset");
}

TEST_F(DeviceSessionTest, aDeviceThatCannotBeResetIsReportedWhereItStands) {
    auto& device = add("mlx5", "0000:01:00.1");
    device.resetSupported = false;
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Resuming}));
    const auto lost = session(0).perform(job::BringBack{});
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().is(Errc::DeviceLost));
    EXPECT_NE(lost.error().detail.find("RESUMING"), std::string::npos);
}

TEST_F(DeviceSessionTest, whatTheDeviceLacksIsSaidAndNothingIsSet) {
    add("vfio-pci", "0000:01:00.1");
    add("v1", "0000:02:00.1");
    boot();
    openAll();
    EXPECT_EQ(session(0).state().capabilities->protocol, Protocol::None);
    EXPECT_EQ(session(1).state().capabilities->protocol, Protocol::V1Only);
    for (std::size_t i = 0; i < 2; ++i) {
        const auto refused = session(i).perform(job::Step{MigState::Stop});
        ASSERT_FALSE(refused);
        EXPECT_TRUE(refused.error().is(Errc::Unsupported));
    }
}

TEST_F(DeviceSessionTest, aStuckCallIsNamedWhileAnotherDeviceIsDriven) {
    add("mlx5", "0000:01:00.1").faults.push_back(fault(SimFaultKind::StuckSet));
    add("mlx5", "0000:02:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).post(job::Step{MigState::StopCopy}));
    // The device of the other session moves on, and time with it.
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(session(1).perform(job::Step{MigState::Stop}));
        ASSERT_TRUE(session(1).perform(job::Step{MigState::Running}));
    }
    clock_.advance(2s);
    const SessionState stuck = session(0).state();
    EXPECT_EQ(stuck.phase, SessionPhase::Stuck);
    EXPECT_EQ(stuck.call, "SET RUNNING_P2P");
    EXPECT_EQ(stuck.stuckText(clock_.now()), "stuck in SET RUNNING_P2P for 2 s");
    EXPECT_GT(stuck.thread, 0);
    const auto refused = session(0).post(job::Reset{});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Stuck));
    EXPECT_FALSE(session(0).release(1s)) << "the thread is in the kernel: abandoned, not joined";
    EXPECT_EQ(session(0).state().phase, SessionPhase::Abandoned);
    sim_->releaseStuck();
    EXPECT_TRUE(session(0).release(1h)) << "once the kernel returns the worker ends by itself";
}

TEST_F(DeviceSessionTest, aSecondJobIsRefusedWithWhatRuns) {
    auto& device = add("mlx5", "0000:01:00.1");
    device.faults.push_back(fault(SimFaultKind::StuckSet));
    boot();
    openAll();
    ASSERT_TRUE(session(0).post(job::Step{MigState::Stop}));
    const auto second = session(0).post(job::Probe{});
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(Errc::JobRunning));
    EXPECT_NE(second.error().detail.find("step to STOP"), std::string::npos);
}

TEST_F(DeviceSessionTest, aStalledStreamIsEndedByCancel) {
    auto& device = add("mlx5", "0000:01:00.1");
    device.faults.push_back(fault(SimFaultKind::StallRead));
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
    ASSERT_TRUE(session(0).post(job::Drain{}));
    while (session(0).state().call != "read")
        std::this_thread::yield();
    session(0).cancel();
    const SessionState after = session(0).wait();
    ASSERT_TRUE(after.error);
    EXPECT_TRUE(after.error->is(Errc::Cancelled));
    EXPECT_EQ(after.state, MigState::StopCopy) << "cancelling a read does not touch the state";
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
}

TEST_F(DeviceSessionTest, aDeviceThatIsAskedBackIsBroughtBackAndClosed) {
    add("mlx5", "0000:01:00.1");
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Stop}));
    session(0).askedBack("unbind");
    session(0).wait();
    while (sim_->isOpen("0000:01:00.1"))
        std::this_thread::yield();
    EXPECT_EQ(heard_->order({"asked-back"}), "asked-back");
    EXPECT_NE(heard_->arcs(0).find("RUNNING_P2P>RUNNING"), std::string::npos)
        << "it runs again before it is closed";
}

} // namespace
} // namespace migscope::test
