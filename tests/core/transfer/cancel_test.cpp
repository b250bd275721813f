// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cancel, release and interrupts at the moments that hurt: no state is lost, no twin is made, nobody waits
// for ever.
#include "tests/core/transfer/engine_fixture.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

class CancelTest : public EngineTest {
protected:
    void devices(int count, const std::string& family = "qat") {
        for (int i = 1; i <= count; ++i)
            add(family, "0000:0" + std::to_string(i) + ":00.1").interruptible = true;
    }
    static RunFiles at(const std::string& phase, std::function<void()> act) {
        RunFiles files;
        files.hook = [phase, act = std::move(act), done = false](const std::string& now) mutable {
            if (now == phase && !std::exchange(done, true))
                act();
        };
        return files;
    }
    static void waitForCall(DeviceSession& session, const std::string& call) {
        while (session.state().call != call)
            std::this_thread::yield();
    }
    /// Lets time pass until the session is out of the call.
    void pass(DeviceSession& session, const std::string& call) {
        while (session.state().call == call) {
            clock_.advance(1ms);
            std::this_thread::sleep_for(1ms);
        }
    }
    /// A member of the clock that does not wait: time stands still while it lives.
    struct Hold {
        explicit Hold(Clock& clock) : member(clock) {}
        Clock::Member member;
    };
};

TEST_F(CancelTest, aWalkEndsBetweenTwoArcsEvenWhereNoCallCanBeInterrupted) {
    devices(1);
    profile_.devices[0].interruptible = false;
    boot();
    openAll();
    auto hold = std::make_unique<Hold>(clock_);
    ASSERT_TRUE(session(0).post(job::Step{MigState::StopCopy}));
    waitForCall(session(0), "SET RUNNING_P2P");
    session(0).cancel();
    hold.reset();
    const SessionState after = session(0).wait();
    ASSERT_TRUE(after.error);
    EXPECT_TRUE(after.error->is(Errc::Cancelled));
    EXPECT_EQ(after.state, MigState::RunningP2p) << "the arc under way ends, the next is not begun";
    EXPECT_EQ(heard_->arcs(0), "RUNNING>RUNNING_P2P");
}

TEST_F(CancelTest, streamsOfSeveralRunsAndSessionsHaveIdsOfTheirOwn) {
    devices(2);
    boot();
    openAll();
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
        ASSERT_TRUE(session(0).perform(job::BringBack{}));
        ASSERT_EQ(run(migratePlan(CopyMode::StopCopy)).outcome, RunOutcome::Ok);
        ASSERT_TRUE(session(1).perform(job::Reset{}));
        ASSERT_TRUE(session(0).perform(job::Reset{}));
    }
    std::set<std::uint32_t> ids;
    std::size_t opened = 0;
    for (const Event& event : heard_->events()) {
        const auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && arc->stream) {
            ++opened;
            ids.insert(*arc->stream);
        }
    }
    EXPECT_EQ(opened, 6U);
    EXPECT_EQ(ids.size(), opened);
}

TEST_F(CancelTest, aCancelBetweenTwoRunsCancelsTheNextAndIsSaid) {
    devices(2);
    boot();
    openAll();
    TransferRun* running = nullptr;
    std::atomic<bool> ready{false};
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.runs = 3;
    auto run = start(plan, at("end", [&] {
                         while (!ready)
                             std::this_thread::yield();
                         running->cancel();
                     }));
    ASSERT_TRUE(run);
    running = run.get();
    ready = true;
    const auto result = run->wait();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->outcome, RunOutcome::Cancelled) << "two of three runs are missing";
    EXPECT_EQ(metrics(0).outcome, RunOutcome::Ok);
    EXPECT_EQ(metrics(1).outcome, RunOutcome::Cancelled);
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(stands(1), MigState::Running);
    EXPECT_TRUE(result->devicesSafe());
}

TEST_F(CancelTest, aCancelAfterTheDestinationRunsLeavesTheSourceHandedOver) {
    devices(2);
    boot();
    openAll();
    TransferRun* running = nullptr;
    std::atomic<bool> ready{false};
    auto run = start(migratePlan(CopyMode::StopCopy), at("resumed", [&] {
                         while (!ready)
                             std::this_thread::yield();
                         running->cancel();
                     }));
    ASSERT_TRUE(run);
    running = run.get();
    ready = true;
    const auto result = run->wait();
    ASSERT_TRUE(result);
    EXPECT_EQ(stands(1), MigState::Running);
    EXPECT_TRUE(session(0).state().handedOver) << "its state runs at the destination";
    EXPECT_FALSE(session(0).perform(job::Step{MigState::Running}));
    ASSERT_TRUE(session(0).perform(job::BringBack{}));
    EXPECT_EQ(heard_->arcs(0).find("STOP>RUNNING"), std::string::npos)
        << "brought back by reset, not as a twin";
}

TEST_F(CancelTest, aCancelWhileTheDestinationStartsLosesNoState) {
    using enum MigState;
    for (const auto& arc : {std::pair(Stop, RunningP2p), std::pair(RunningP2p, Running)}) {
        SCOPED_TRACE(stateName(arc.second));
        TearDown();
        profile_.devices.clear();
        devices(2);
        boot();
        openAll();
        std::optional<Hold> hold;
        auto run = start(migratePlan(CopyMode::StopCopy), at("loaded", [&] { hold.emplace(clock_); }));
        ASSERT_TRUE(run);
        // In this order: the device passes RUNNING_P2P on its way to RESUMING too.
        while (!heard_->arcs(1).ends_with("RESUMING>STOP"))
            std::this_thread::yield();
        waitForCall(session(1), "SET RUNNING_P2P");
        if (arc.second == Running) {
            pass(session(1), "SET RUNNING_P2P");
            waitForCall(session(1), "SET RUNNING");
        }
        std::this_thread::sleep_for(5ms); // into the call
        run->cancel();
        std::this_thread::sleep_for(5ms);
        hold.reset();
        const auto result = run->wait();
        ASSERT_TRUE(result);
        const bool atDestination = stands(1) == Running && heard_->order({"reset"}).empty();
        const bool atSource = stands(0) == Running;
        EXPECT_NE(atDestination, atSource)
            << "exactly one of them has the state: " << heard_->arcs(0) << " / " << heard_->arcs(1);
    }
}

TEST_F(CancelTest, asManyCancelsAsOneLikesDoNotTurnTheWayBackIntoAReset) {
    devices(2);
    profile_.devices[0].faults.push_back({.kind = SimFaultKind::StallRead});
    boot();
    openAll();
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    waitForCall(session(0), "read");
    std::optional<Hold> hold(std::in_place, clock_);
    run->cancel();
    for (const char* call : {"SET STOP", "SET RUNNING_P2P", "SET RUNNING"}) {
        waitForCall(session(0), call);
        std::this_thread::sleep_for(5ms); // into the call
        run->cancel();
        std::this_thread::sleep_for(5ms);
        if (heard_->order({"reset"}) != "reset") // the destination's
            break;
        pass(session(0), call);
    }
    hold.reset();
    ASSERT_TRUE(run->wait());
    EXPECT_EQ(stands(0), MigState::Running);
    EXPECT_EQ(heard_->order({"reset"}), "reset")
        << "only the destination is reset: the source keeps its state";
}

TEST_F(CancelTest, aDeviceThatIsNoPartOfTheRunIsNotInterrupted) {
    devices(3);
    profile_.devices[2].arcTime = 1s;
    profile_.devices[0].faults.push_back({.kind = SimFaultKind::StallRead});
    boot();
    openAll();
    Hold hold(clock_);
    ASSERT_TRUE(session(2).post(job::Step{MigState::RunningP2p}));
    waitForCall(session(2), "SET RUNNING_P2P");
    std::this_thread::sleep_for(5ms);
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    run->cancel();
    std::this_thread::sleep_for(5ms);
    hold.member.release();
    ASSERT_TRUE(run->wait());
    const SessionState after = session(2).wait();
    EXPECT_FALSE(after.error) << describe(*after.error);
    EXPECT_EQ(after.state, MigState::RunningP2p);
}

TEST_F(CancelTest, aDestinationThatCannotBeResetIsNeverLetRunByHand) {
    devices(2);
    profile_.devices[1].resetSupported = false;
    boot();
    openAll();
    TransferRun* running = nullptr;
    std::atomic<bool> ready{false};
    auto run = start(migratePlan(CopyMode::StopCopy), at("loaded", [&] {
                         while (!ready)
                             std::this_thread::yield();
                         running->cancel();
                     }));
    ASSERT_TRUE(run);
    running = run.get();
    ready = true;
    ASSERT_TRUE(run->wait());
    EXPECT_EQ(stands(1), MigState::Stop);
    EXPECT_TRUE(session(1).state().handedOver) << "it was loaded and not started";
    EXPECT_FALSE(session(1).perform(job::Step{MigState::Running}));
}

TEST_F(CancelTest, releaseSaysTrueOnlyWhenTheDeviceIsClosed) {
    devices(2);
    profile_.devices[0].faults.push_back(
        {.kind = SimFaultKind::StuckSet, .arc = {{MigState::Stop, MigState::StopCopy}}});
    boot();
    openAll();
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    waitForCall(session(0), "SET STOP_COPY");
    EXPECT_EQ(session(1).release(1s), !sim_->isOpen("0000:02:00.1"));
    EXPECT_EQ(session(1).state().phase, SessionPhase::Abandoned);
    sim_->releaseStuck();
    ASSERT_TRUE(run->wait());
    EXPECT_TRUE(session(1).release(1s));
    EXPECT_FALSE(sim_->isOpen("0000:02:00.1"));
}

TEST_F(CancelTest, aDestinationReleasedDuringARunIsClosedWhenReleaseReturns) {
    devices(2);
    profile_.devices[0].faults.push_back({.kind = SimFaultKind::StallRead});
    boot();
    openAll();
    auto run = start(migratePlan(CopyMode::StopCopy));
    ASSERT_TRUE(run);
    waitForCall(session(0), "read");
    ASSERT_TRUE(session(1).release(1s));
    EXPECT_FALSE(sim_->isOpen("0000:02:00.1"));
    EXPECT_EQ(session(1).state().phase, SessionPhase::Closed);
    ASSERT_TRUE(run->wait());
    EXPECT_EQ(stands(0), MigState::Running);
}

TEST_F(CancelTest, aReleasedSessionReadsClosedAndTakesNoRun) {
    devices(2);
    boot();
    openAll();
    ASSERT_TRUE(session(0).release(1s));
    EXPECT_EQ(session(0).state().phase, SessionPhase::Closed);
    std::vector<DeviceSession*> borrowed{sessions_[0].get(), sessions_[1].get()};
    EXPECT_FALSE(TransferRun::start(clock_, borrowed, *heard_, migratePlan(CopyMode::StopCopy), {}));
    EXPECT_TRUE(session(1).perform(job::Probe{})) << "the other end was not taken";
}

TEST_F(CancelTest, oneStuckPairDoesNotKeepTheDevicesOfAnother) {
    devices(4);
    profile_.devices[0].faults.push_back(
        {.kind = SimFaultKind::StuckSet, .arc = {{MigState::Running, MigState::RunningP2p}}});
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.pairs = {{0, 1}, {2, 3}};
    auto run = start(plan);
    ASSERT_TRUE(run);
    waitForCall(session(0), "SET RUNNING_P2P");
    run->cancel();
    const Ns deadline = clock_.now() + 5s;
    EXPECT_EQ(session(2).wait(deadline).phase, SessionPhase::Idle);
    EXPECT_EQ(session(3).wait(deadline).phase, SessionPhase::Idle);
    EXPECT_EQ(stands(2), MigState::Running);
    EXPECT_EQ(stands(3), MigState::Running);
    sim_->releaseStuck();
    const auto result = run->wait();
    ASSERT_TRUE(result);
    EXPECT_EQ(result->devices.size(), 4U);
    EXPECT_EQ(heard_->order({"run-end"}), "run-end");
}

TEST_F(CancelTest, repeatedRunsOfSeveralPairsEndWheneverTheyAreCancelled) {
    for (int attempt = 0; attempt < 12; ++attempt) {
        SCOPED_TRACE(attempt);
        TearDown();
        profile_.devices.clear();
        devices(4);
        boot();
        openAll();
        Plan plan = migratePlan(CopyMode::StopCopy);
        plan.pairs = {{0, 1}, {2, 3}};
        plan.runs = 1000;
        auto run = start(plan);
        ASSERT_TRUE(run);
        while (run->progress().run < 2 + attempt % 3)
            std::this_thread::yield();
        for (int i = 0; i < attempt * 20; ++i)
            std::this_thread::yield();
        run->cancel();
        for (int i = 0; i < 2000 && !run->finished(); ++i)
            std::this_thread::sleep_for(1ms);
        ASSERT_TRUE(run->finished()) << "the pairs wait for each other";
    }
}

TEST_F(CancelTest, aPartlyLoadedImageIsOnlyEndedByReset) {
    char folder[] = "/tmp/migscope-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    const std::string pipe = std::string(folder) + "/pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    devices(1);
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
    const std::string image = std::string(folder) + "/image";
    ASSERT_TRUE(session(0).perform(job::SaveStream{image, false}));
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Resuming}));
    std::ifstream in(image, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    // All of the state, but the trailer says that it is another one.
    bytes.back() = static_cast<char>(bytes.back() ^ 0x7f);
    bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 0x7f);
    std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << bytes; });
    const auto loaded = session(0).perform(job::LoadStream{pipe});
    writer.join();
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(session(0).state().needsReset) << describe(loaded.error());
    EXPECT_FALSE(session(0).perform(job::Step{MigState::Stop}))
        << "a device may take damaged bytes as its state";
    std::filesystem::remove_all(folder);
}

TEST_F(CancelTest, aWakeUpThatCameTooLateDoesNotHitTheNextJob) {
    devices(1, "mlx5");
    profile_.devices[0].interruptible = false;
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::PreCopy}));
    std::optional<Hold> hold(std::in_place, clock_);
    ASSERT_TRUE(session(0).post(job::Step{MigState::PreCopyP2p}));
    waitForCall(session(0), "SET PRE_COPY_P2P");
    session(0).cancel(); // a SET that cannot be interrupted; the stream keeps the wake-up
    hold.reset();
    session(0).wait();
    const auto drained = session(0).perform(job::Drain{});
    EXPECT_TRUE(drained) << describe(drained.error());
}

TEST_F(CancelTest, samplesOfACancelledDrainAreKept) {
    devices(1, "mlx5");
    profile_.devices[0].streamCallTime = 100us;
    profile_.devices[0].faults.push_back({.kind = SimFaultKind::StallRead, .offset = 3U << 20U});
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::StopCopy}));
    ASSERT_TRUE(session(0).post(job::Drain{}));
    for (;;) {
        const SessionState now = session(0).state();
        if (now.call == "read" && clock_.now() - *now.callSince >= 0ns &&
            sim_->arcs("0000:01:00.1").size() == 3)
            break;
        std::this_thread::yield();
    }
    std::this_thread::sleep_for(50ms); // until it stalls
    session(0).cancel();
    session(0).wait();
    std::uint64_t bytes = 0;
    for (const Event& event : heard_->events()) {
        if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
            for (const auto one : samples->bytes)
                bytes += one;
        }
    }
    EXPECT_EQ(bytes, 3U << 20U);
}

TEST_F(CancelTest, aDeviceAskedBackTakesNoMoreJobsAndIsWaitedFor) {
    devices(1);
    boot();
    openAll();
    ASSERT_TRUE(session(0).perform(job::Step{MigState::Stop}));
    std::optional<Hold> hold(std::in_place, clock_);
    session(0).askedBack("unbind");
    EXPECT_FALSE(session(0).post(job::Step{MigState::StopCopy}));
    hold.reset();
    EXPECT_EQ(session(0).wait().phase, SessionPhase::Closed);
    EXPECT_FALSE(sim_->isOpen("0000:01:00.1"));
    EXPECT_TRUE(session(0).perform(job::Open{})) << "afterwards the user may open it again";
}

TEST_F(CancelTest, anExceptionOfAHookEndsTheRunAndBringsTheDevicesBack) {
    for (const std::string phase : {"before-stop", "stopped", "loaded", "resumed", "end"}) {
        SCOPED_TRACE(phase);
        TearDown();
        profile_.devices.clear();
        devices(2);
        boot();
        openAll();
        const RunResult result =
            run(migratePlan(CopyMode::StopCopy), at(phase, [] { throw std::runtime_error("hook"); }));
        const bool over = phase == "resumed" || phase == "end";
        EXPECT_EQ(result.outcome == RunOutcome::Ok, over) << (result.error ? describe(*result.error) : "");
        EXPECT_EQ(stands(0), over ? MigState::Stop : MigState::Running);
        EXPECT_EQ(stands(1), MigState::Running);
    }
}

} // namespace
} // namespace migscope::test
