// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every fault that a profile can ask for.
#include <cerrno>
#include <thread>

#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t KiB = 1024;

class SimFaults : public SimTest {
protected:
    SimFaults() : device_(add("mlx5")) {
        device_.stateBytes = 64 * KiB;
        device_.precopyInitialBytes = 48 * KiB;
        device_.stopCopyBytes = 16 * KiB;
        device_.saveBytesPerSecond = 0;
        device_.dirtyBytesPerSecond = 0;
    }
    void fault(SimFault fault) { device_.faults.push_back(fault); }

    static constexpr std::pair<MigState, MigState> toStopCopy{MigState::Stop, MigState::StopCopy};
    SimDeviceProfile& device_;
};

TEST_F(SimFaults, AnArcFailsAndTheDeviceStaysAtItsStart) {
    fault({.kind = SimFaultKind::FailSet, .errnoValue = EBUSY, .arc = toStopCopy});
    auto device = open();
    const auto answer = device.set(MigState::StopCopy, 12345);
    EXPECT_EQ(answer.error, EBUSY);
    EXPECT_EQ(answer.fd, 12345) << "the fd in the payload is untouched";
    EXPECT_EQ(device.state(), MigState::Stop) << "an intermediate state of the combined way";
    ASSERT_EQ(backend().arcs(one).size(), 3U);
    EXPECT_EQ(backend().arcs(one).back().errnoValue, EBUSY);
}

TEST_F(SimFaults, AnArcFailsIntoErrorWhereOnlyAResetHelps) {
    fault({.kind = SimFaultKind::FailSet, .errnoValue = EIO, .arc = toStopCopy, .leaves = MigState::Error});
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).error, EIO);
    EXPECT_EQ(device.state(), MigState::Error);
    EXPECT_TRUE(backend().violations().empty());
    EXPECT_EQ(device.set(MigState::Running).error, EINVAL);
    EXPECT_EQ(backend().violations().size(), 1U);
    EXPECT_EQ(device.reset(), 0);
    EXPECT_EQ(device.state(), MigState::Running);
}

TEST_F(SimFaults, TheNthSetFailsOnceAndLeavesAnotherState) {
    fault({.kind = SimFaultKind::FailSet,
           .errnoValue = EIO,
           .nth = 2,
           .leaves = MigState::RunningP2p,
           .times = 1});
    auto device = open();
    EXPECT_EQ(device.set(MigState::PreCopy).error, 0);
    EXPECT_EQ(device.set(MigState::PreCopyP2p).error, EIO);
    EXPECT_EQ(device.state(), MigState::RunningP2p);
    std::vector<std::byte> buffer(8);
    EXPECT_EQ(device.read(buffer).error, ENODEV) << "the saving session is gone";
    EXPECT_EQ(device.set(MigState::Running).error, 0);
}

TEST_F(SimFaults, AStuckSetReturnsOnlyWhenItIsReleased) {
    fault({.kind = SimFaultKind::StuckSet});
    auto device = open();
    Clock::Member member(clock_);
    SetAnswer answer;
    std::thread worker([&, own = std::move(member)]() mutable {
        own.adopt();
        answer = device.set(MigState::Stop);
    });
    while (backend().arcs(one).empty())
        std::this_thread::yield();
    device.io().interrupt();
    clock_.advance(1h);
    EXPECT_EQ(backend().arcs(one)[0].ended, 0ns) << "neither time nor an interrupt ends it";
    backend().releaseStuck();
    worker.join();
    EXPECT_EQ(answer.error, 0);
    EXPECT_EQ(backend().stateOf(one), MigState::Stop);
}

TEST_F(SimFaults, ASlowArcIsInterruptibleOnlyWhereTheProfileSaysSo) {
    device_.interruptible = true;
    device_.arcTimes.clear();
    device_.arcTime = 10s;
    auto device = open();
    Clock::Member idle(clock_); // holds the clock while the worker sleeps
    SetAnswer answer;
    std::thread worker([&, own = Clock::Member(clock_)]() mutable {
        own.adopt();
        answer = device.set(MigState::RunningP2p);
    });
    while (backend().arcs(one).empty())
        std::this_thread::yield();
    device.io().interrupt();
    worker.join();
    EXPECT_EQ(answer.error, EINTR);
    EXPECT_EQ(answer.took, 0ns);
    EXPECT_EQ(backend().stateOf(one), MigState::Running) << "the start of the arc";
    idle.release();
    EXPECT_EQ(device.set(MigState::RunningP2p).took, 10s) << "an old interrupt does not hit the next SET";
}

TEST_F(SimFaults, AfterEmfileTheStateAdvancedAndTheStreamIsLost) {
    fault({.kind = SimFaultKind::LostFd, .errnoValue = EMFILE});
    auto device = open();
    const auto answer = device.set(MigState::PreCopy, 4711);
    EXPECT_EQ(answer.error, EMFILE);
    EXPECT_EQ(answer.fd, 4711);
    EXPECT_EQ(device.state(), MigState::PreCopy);
    EXPECT_FALSE(device.io().takeStream(0));
    EXPECT_EQ(device.set(MigState::PreCopy).fd, -1) << "a lost fd cannot be had again";
}

TEST_F(SimFaults, NoFdComesWhereOneIsDue) {
    fault({.kind = SimFaultKind::NoFd});
    auto device = open();
    const auto answer = device.set(MigState::StopCopy);
    EXPECT_EQ(answer.error, 0);
    EXPECT_EQ(answer.fd, -1);
}

TEST_F(SimFaults, AnFdComesWhereNoneIsDue) {
    fault({.kind = SimFaultKind::StrayFd, .arc = {{MigState::RunningP2p, MigState::Stop}}});
    auto device = open();
    EXPECT_GE(device.set(MigState::Stop).fd, 0);
    std::vector<std::byte> buffer(8);
    EXPECT_EQ(device.read(buffer).error, ENODEV);
}

TEST_F(SimFaults, AWholeImageIsRefusedAtTheEnd) {
    fault({.kind = SimFaultKind::RefuseImage, .errnoValue = EINVAL});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    device.drain(image);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.write(image).count, image.size());
    EXPECT_EQ(device.set(MigState::Running).error, EINVAL);
    EXPECT_EQ(device.state(), MigState::Resuming);
}

TEST_F(SimFaults, AReadStallsUntilItIsInterrupted) {
    fault({.kind = SimFaultKind::StallRead, .offset = 10'000});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> buffer(64 * KiB);
    EXPECT_EQ(device.read(buffer).count, 10'000U);
    StreamAnswer answer;
    std::thread worker([&] { answer = device.read(buffer); });
    device.stream().interrupt(); // before or within the read: both wake it
    worker.join();
    EXPECT_EQ(answer.error, cancelled);
    EXPECT_EQ(device.set(MigState::Stop).error, 0);
}

TEST_F(SimFaults, AWriteStallsUntilItIsInterruptedAndHasTakenNothing) {
    fault({.kind = SimFaultKind::StallWrite, .offset = 4096});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    device.drain(image);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.write(image).count, 4096U);
    device.stream().interrupt();
    EXPECT_EQ(device.write(std::span(image).subspan(4096)).error, cancelled);
    EXPECT_TRUE(backend().violations().empty()) << "a cancelled write is not a failed one";
}

TEST_F(SimFaults, TheStreamEndsEarlyAndTheImageIsRefused) {
    fault({.kind = SimFaultKind::EarlyEnd, .offset = 20'000});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    EXPECT_EQ(device.drain(image).count, 20'000U);
    device.set(MigState::Resuming);
    std::size_t at = 0;
    while (at < image.size())
        at += device.write(std::span(image).subspan(at)).count;
    EXPECT_EQ(device.set(MigState::Stop).error, EINVAL);
}

TEST_F(SimFaults, AReadFailsAtItsOffset) {
    fault({.kind = SimFaultKind::ReadError, .errnoValue = EIO, .offset = 5000});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> buffer(64 * KiB);
    EXPECT_EQ(device.read(buffer).count, 5000U);
    EXPECT_EQ(device.read(buffer).error, EIO);
    EXPECT_EQ(device.state(), MigState::StopCopy) << "a stream error does not move the state";
}

TEST_F(SimFaults, AWriteFailsAtItsOffsetAndEndsTheSession) {
    fault({.kind = SimFaultKind::WriteError, .errnoValue = ENOSPC, .offset = 5000});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    device.drain(image);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.write(image).count, 5000U);
    EXPECT_EQ(device.write(std::span(image).subspan(5000)).error, ENOSPC);
    EXPECT_EQ(device.write(std::span(image).subspan(5000)).error, ENODEV);
}

TEST_F(SimFaults, ReadsAndWritesAreShort) {
    fault({.kind = SimFaultKind::ShortReads, .bytes = 1000});
    fault({.kind = SimFaultKind::ShortWrites, .bytes = 300});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> buffer(64 * KiB);
    EXPECT_EQ(device.read(buffer).count, 1000U);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.write(std::span(buffer).first(1000)).count, 300U);
}

TEST_F(SimFaults, AFlippedByteOfTheSourceIsFoundByTheDestination) {
    fault({.kind = SimFaultKind::FlipByte, .offset = 30'000});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    EXPECT_EQ(device.drain(image, 4096).count, 64 * KiB);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.write(image).error, EINVAL);
}

TEST_F(SimFaults, TheSecondSaveMovesNoData) {
    fault({.kind = SimFaultKind::EmptySecondSave});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> image;
    EXPECT_EQ(device.drain(image).count, 64 * KiB);
    device.set(MigState::Running);
    device.set(MigState::StopCopy);
    EXPECT_EQ(device.drain(image).count, 0U);
}

TEST_F(SimFaults, TheStateMovesBehindOurBack) {
    fault({.kind = SimFaultKind::MovedBehindBack, .after = 2s});
    auto device = open();
    device.set(MigState::StopCopy);
    std::vector<std::byte> buffer(8);
    EXPECT_EQ(device.read(buffer).count, 8U);
    clock_.advance(2s);
    EXPECT_EQ(device.read(buffer).error, ENODEV);
    EXPECT_EQ(device.state(), MigState::Running);
    EXPECT_EQ(device.set(MigState::StopCopy).error, 0) << "once";
    EXPECT_EQ(device.read(buffer).count, 8U);
}

TEST_F(SimFaults, ATestMovesTheStateBehindOurBack) {
    auto device = open();
    device.set(MigState::PreCopy);
    backend().moveBehindBack(one);
    EXPECT_EQ(device.state(), MigState::Running);
}

TEST_F(SimFaults, AResetFails) {
    fault({.kind = SimFaultKind::ResetFails, .errnoValue = EIO, .times = 1});
    auto device = open();
    device.set(MigState::Stop);
    EXPECT_EQ(device.reset(), EIO);
    EXPECT_EQ(device.state(), MigState::Stop);
    EXPECT_EQ(device.reset(), 0);
}

TEST_F(SimFaults, AnOpenFails) {
    fault({.kind = SimFaultKind::OpenFails, .errnoValue = EACCES});
    const auto device = backend().open(one);
    ASSERT_FALSE(device);
    EXPECT_TRUE(device.error().isErrno(EACCES));
    EXPECT_FALSE(backend().isOpen(one));
}

TEST_F(SimTest, AHolderMakesItsWholeGroupBusy) {
    auto& held = add("mlx5");
    held.group = 7;
    held.holders.push_back({4711, "qemu-system-x86"});
    add("mlx5", two).group = 7;
    for (const char* address : {one, two}) {
        const auto opened = backend().open(address);
        ASSERT_FALSE(opened);
        EXPECT_TRUE(opened.error().isErrno(EBUSY));
        EXPECT_NE(opened.error().detail.find("4711"), std::string::npos);
    }
}

TEST_F(SimTest, AGroupWithAHostDriverCannotBeOpened) {
    add("mlx5").group = 7;
    add("host", two).group = 7;
    const auto opened = backend().open(one);
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().isErrno(EPERM));
    EXPECT_NE(opened.error().detail.find("igb"), std::string::npos);
    EXPECT_TRUE(backend().open(two).error().isErrno(ENOENT));
    EXPECT_TRUE(backend().open("0000:ff:00.0").error().is(Errc::NotFound));
}

TEST_F(SimTest, TwoDevicesOfOneViableGroupAreOpenedTogether) {
    add("mlx5").group = 7;
    add("mlx5", two).group = 7;
    auto first = open(one);
    auto second = open(two);
    EXPECT_EQ(first.set(MigState::Stop).error, 0);
    EXPECT_EQ(second.state(), MigState::Running);
}

TEST_F(SimFaults, TheKernelAsksForTheDeviceBack) {
    fault({.kind = SimFaultKind::AskedBack, .after = 5s});
    std::vector<std::pair<std::string, Ns>> heard;
    std::mutex mutex;
    auto done = clock_.makeCondition();
    backend().listen([&](const std::string& device) {
        const std::lock_guard lock(mutex);
        heard.emplace_back(device, clock_.now());
        done->notifyAll();
    });
    Clock::Member self(clock_);
    self.adopt();
    auto device = open();
    const Ns opened = clock_.now();
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(done->waitFor(lock, clock_.now() + 1min, [&] { return !heard.empty(); }));
    }
    backend().listen({});
    self.release();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].first, one);
    EXPECT_EQ(heard[0].second - opened, 5s);
}

TEST_F(SimFaults, ATestAsksForTheDeviceBack) {
    std::string heard;
    backend().askBack(one);
    backend().listen([&](const std::string& device) { heard = device; });
    backend().askBack(one);
    EXPECT_EQ(heard, one);
}

} // namespace
} // namespace migscope
