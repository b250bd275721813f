// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Saving and loading, family by family, in exact times.
#include <sys/resource.h>

#include <cerrno>

#include "core/sim/sim_pattern.h"
#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t MiB = 1U << 20U;

class SimRoundTrip : public SimTest, public ::testing::WithParamInterface<const char*> {};

/// Stop-copy from one device into another of its family, every byte through both.
TEST_P(SimRoundTrip, AStoppedDeviceIsSavedAndTheOtherAcceptsIt) {
    const auto family = add(GetParam());
    add(GetParam(), two);
    auto source = open(one);
    auto target = open(two);
    ASSERT_EQ(target.set(MigState::Resuming).error, 0);
    ASSERT_EQ(source.set(MigState::StopCopy).error, 0);
    std::vector<std::byte> buffer(MiB);
    std::uint64_t bytes = 0;
    while (true) {
        const auto got = source.read(buffer);
        ASSERT_EQ(got.error, 0);
        if (got.count == 0)
            break;
        ASSERT_EQ(target.write(std::span(buffer).first(got.count)).count, got.count);
        bytes += got.count;
    }
    EXPECT_EQ(bytes, family.stateBytes);
    ASSERT_EQ(target.set(MigState::Running).error, 0);
    ASSERT_EQ(source.set(MigState::Stop).error, 0);
    EXPECT_EQ(source.read(buffer).error, ENODEV) << "the session ended";
    EXPECT_TRUE(backend().lastLoad(two).accepted);
    EXPECT_EQ(backend().lastLoad(two).bytes, bytes);
    EXPECT_EQ(backend().lastLoad(two).seed, backend().savedSeed(one));
    EXPECT_TRUE(backend().violations().empty());
}

INSTANTIATE_TEST_SUITE_P(Families, SimRoundTrip,
                         ::testing::Values("mlx5", "hisi_acc", "pds", "qat", "virtio"));

TEST_F(SimTest, Mlx5SpendsTheSaveInReadsAndTheLoadInWrites) {
    auto& source = add("mlx5");
    source.stateBytes = 8 * MiB;
    source.saveBytesPerSecond = 4 * MiB;
    source.streamCallTime = 1us;
    auto& target = add("mlx5", two);
    target.stateBytes = 8 * MiB;
    target.loadBytesPerSecond = 2 * MiB;
    target.streamCallTime = 2us;
    const Ns leaving = target.timeOf(MigState::Resuming, MigState::Stop);
    auto from = open(one);
    auto to = open(two);
    EXPECT_EQ(from.set(MigState::StopCopy).took, 6ms + 5ms + 3ms);
    std::vector<std::byte> image;
    const auto drained = from.drain(image, MiB);
    EXPECT_EQ(drained.count, 8 * MiB);
    EXPECT_EQ(drained.took, 2s + 9us) << "eight reads and the one that finds the end";
    to.set(MigState::Resuming);
    EXPECT_EQ(to.write(image).took, 4s + 2us);
    EXPECT_EQ(to.set(MigState::Stop).took, leaving);
}

TEST_F(SimTest, ThePaceDoesNotDependOnTheSizeOfTheCalls) {
    auto& device = add("mlx5");
    device.stateBytes = 1 * MiB;
    device.saveBytesPerSecond = 3'333'333;
    device.streamCallTime = 0ns;
    auto opened = open();
    std::vector<Ns> times;
    for (const std::size_t chunk : {8U, 1000U, 1048576U}) {
        opened.set(MigState::StopCopy);
        std::vector<std::byte> image;
        times.push_back(opened.drain(image, chunk).took);
        opened.set(MigState::Stop);
    }
    EXPECT_EQ(times[0], times[1]);
    EXPECT_EQ(times[1], times[2]);
    EXPECT_EQ(times[2], Ns(1048576ULL * 1'000'000'000 / 3'333'333));
}

TEST_F(SimTest, PdsSavesAndLoadsInsideTheSets) {
    const auto family = add("pds");
    add("pds", two);
    auto from = open(one);
    auto to = open(two);
    from.set(MigState::Stop);
    EXPECT_EQ(from.set(MigState::StopCopy).took,
              family.arcTime + Ns(family.stateBytes * 1'000'000'000 / family.saveBytesPerSecond));
    std::vector<std::byte> image;
    EXPECT_EQ(from.drain(image).took, 2 * family.streamCallTime);
    to.set(MigState::Resuming);
    EXPECT_EQ(to.write(image).took, family.streamCallTime);
    EXPECT_EQ(to.set(MigState::Stop).took,
              family.arcTime + Ns(family.stateBytes * 1'000'000'000 / family.loadBytesPerSecond));
}

TEST_F(SimTest, HisiAccAnswersZeroWhenDrainedAndSends176Bytes) {
    add("hisi_acc");
    auto device = open();
    device.set(MigState::PreCopy);
    EXPECT_EQ(device.precopyInfo().initialBytes, 40U);
    std::vector<std::byte> image;
    const auto drained = device.drain(image);
    EXPECT_EQ(drained.count, 40U);
    EXPECT_EQ(drained.error, 0) << "a count of zero, not ENOMSG";
    EXPECT_EQ(device.precopyInfo().initialBytes, 0U);
    EXPECT_EQ(device.set(MigState::StopCopy).fd, -1) << "the same stream goes on";
    EXPECT_EQ(device.drain(image).count, 136U);
}

class SimPreCopy : public SimTest {
protected:
    SimPreCopy() {
        device_ = &add("mlx5");
        device_->stateBytes = 12 * MiB;
        device_->precopyInitialBytes = 8 * MiB;
        device_->stopCopyBytes = 4 * MiB;
        device_->dirtyBytesPerSecond = 10 * MiB;
        device_->workingSetBytes = 2 * MiB;
        device_->saveBytesPerSecond = 0;
        device_->streamCallTime = 0ns;
        device_->arcTimes.clear();
        device_->arcTime = 0ns;
    }
    SimDeviceProfile* device_;
};

TEST_F(SimPreCopy, DirtyDataGrowsWithRunningTimeUpToTheWorkingSet) {
    auto device = open();
    device.set(MigState::PreCopy);
    EXPECT_EQ(device.precopyInfo().initialBytes, 8 * MiB);
    EXPECT_EQ(device.precopyInfo().dirtyBytes, 0U);
    std::vector<std::byte> image;
    EXPECT_EQ(device.drain(image).error, ENOMSG);
    clock_.advance(100ms);
    EXPECT_EQ(device.precopyInfo().dirtyBytes, MiB);
    clock_.advance(10s);
    EXPECT_EQ(device.precopyInfo().dirtyBytes, 3 * MiB) << "one MiB queued, and a whole working set since";
    EXPECT_EQ(device.drain(image).count, 3 * MiB);
}

TEST_F(SimPreCopy, OfMlx5NewDataAppearsOnlyAfterItWasAskedFor) {
    auto device = open();
    device.set(MigState::PreCopy);
    std::vector<std::byte> image;
    device.drain(image);
    clock_.advance(100ms);
    EXPECT_EQ(device.drain(image).count, 0U);
    device.precopyInfo();
    EXPECT_EQ(device.drain(image).count, MiB);
}

TEST_F(SimPreCopy, OtherDriversQueueItThemselves) {
    device_->dirtyOnInfo = false;
    auto device = open();
    device.set(MigState::PreCopy);
    std::vector<std::byte> image;
    device.drain(image);
    clock_.advance(100ms);
    EXPECT_EQ(device.drain(image).count, MiB);
}

TEST_F(SimPreCopy, TheP2pStateFreezesTheDirtying) {
    auto device = open();
    device.set(MigState::PreCopy);
    std::vector<std::byte> image;
    device.drain(image);
    clock_.advance(50ms);
    device.set(MigState::PreCopyP2p);
    clock_.advance(10s);
    EXPECT_EQ(device.precopyInfo().dirtyBytes, MiB / 2);
    device.set(MigState::PreCopy);
    clock_.advance(50ms);
    EXPECT_EQ(device.precopyInfo().dirtyBytes, MiB);
}

TEST_F(SimPreCopy, StopCopySendsTheRestAndTheDestinationAcceptsAll) {
    add("mlx5", two).dirtyBytesPerSecond = 1;
    auto device = open();
    auto target = open(two);
    device.set(MigState::PreCopy);
    std::vector<std::byte> image;
    std::vector<std::byte> part(5 * MiB);
    ASSERT_EQ(device.read(part).count, 5 * MiB);
    image.insert(image.end(), part.begin(), part.end());
    clock_.advance(100ms);
    device.set(MigState::StopCopy);
    const auto info = device.stream().precopyInfo();
    ASSERT_FALSE(info);
    EXPECT_TRUE(info.error().isErrno(EINVAL));
    const auto rest = device.drain(image);
    EXPECT_EQ(rest.error, 0);
    EXPECT_EQ(rest.count, 3 * MiB + MiB + 4 * MiB) << "unread, dirty, and the stop-copy part";
    target.set(MigState::Resuming);
    ASSERT_EQ(target.write(image).error, 0);
    EXPECT_EQ(target.set(MigState::Running).error, 0);
}

TEST_F(SimPreCopy, ReinitIsFlaggedOnlyAfterTheOptIn) {
    device_->reinitAtInfo = 2;
    auto device = open();
    for (const bool optIn : {false, true}) {
        if (optIn) {
            ASSERT_EQ(device.feature(uapi::featureMigPrecopyInfoV2 | uapi::featureSet), 0);
        }
        device.set(MigState::PreCopy);
        std::vector<std::byte> image;
        device.drain(image);
        EXPECT_EQ(device.precopyInfo().initialBytes, 0U);
        const auto info = device.precopyInfo();
        EXPECT_EQ(info.initialBytes, 8 * MiB);
        EXPECT_EQ(info.flags, optIn ? uapi::precopyInfoReinit : 0U);
        device.set(MigState::Running);
    }
}

TEST_F(SimTest, PrecopyInfoIsUnknownWithoutPreCopyAndToResumingStreams) {
    add("pds");
    add("mlx5", two);
    auto pds = open();
    pds.set(MigState::StopCopy);
    EXPECT_TRUE(pds.stream().precopyInfo().error().isErrno(ENOTTY));
    auto mlx5 = open(two);
    mlx5.set(MigState::Resuming);
    EXPECT_TRUE(mlx5.stream().precopyInfo().error().isErrno(ENOTTY));
}

TEST_F(SimTest, AStreamHasOneDirection) {
    add("qat");
    auto device = open();
    std::vector<std::byte> buffer(8);
    device.set(MigState::StopCopy);
    EXPECT_EQ(device.write(buffer).error, EBADF);
    device.set(MigState::Resuming);
    EXPECT_EQ(device.read(buffer).error, EBADF);
}

class SimImage : public SimTest {
protected:
    SimImage() {
        add("qat");
        add("qat", two);
    }
    std::vector<std::byte> image() {
        auto source = open();
        source.set(MigState::StopCopy);
        std::vector<std::byte> bytes;
        source.drain(bytes);
        return bytes;
    }
};

TEST_F(SimImage, AForeignOneIsRefusedByTheWriteAndThatEndsTheSession) {
    add("virtio", "0000:03:00.0");
    const auto bytes = image();
    auto target = open("0000:03:00.0");
    target.set(MigState::Resuming);
    EXPECT_EQ(target.write(bytes).error, EINVAL);
    EXPECT_TRUE(backend().violations().empty());
    EXPECT_EQ(target.write(bytes).error, ENODEV);
    EXPECT_EQ(backend().violations().size(), 1U) << "a second write after a failed one";
    EXPECT_EQ(target.state(), MigState::Resuming);
    EXPECT_EQ(target.reset(), 0);
    EXPECT_EQ(target.set(MigState::Resuming).error, 0);
    EXPECT_EQ(backend().violations().size(), 1U);
}

TEST_F(SimImage, ACutOneIsRefusedWhenResumingIsLeftAndTheStateStays) {
    auto bytes = image();
    bytes.pop_back();
    auto target = open(two);
    target.set(MigState::Resuming);
    EXPECT_EQ(target.write(bytes).count, bytes.size());
    EXPECT_EQ(target.set(MigState::Running).error, EINVAL);
    EXPECT_EQ(target.state(), MigState::Resuming);
    EXPECT_FALSE(backend().lastLoad(two).accepted);
}

TEST_F(SimImage, NothingAtAllIsRefusedToo) {
    auto target = open(two);
    target.set(MigState::Resuming);
    EXPECT_EQ(target.set(MigState::Stop).error, EINVAL);
    EXPECT_EQ(target.state(), MigState::Resuming);
}

TEST_F(SimImage, AFlippedByteIsFoundByTheSetWhereTheSetLoads) {
    auto bytes = image();
    bytes[3000] ^= std::byte{1};
    auto target = open(two);
    target.set(MigState::Resuming);
    EXPECT_EQ(target.write(bytes).error, 0);
    EXPECT_EQ(target.set(MigState::Stop).error, EINVAL);
}

TEST_F(SimTest, AFlippedByteIsFoundByTheWriteWhereWritesLoad) {
    for (const char* address : {one, two}) {
        auto& device = add("mlx5", address);
        device.stateBytes = MiB;
    }
    auto source = open();
    source.set(MigState::StopCopy);
    std::vector<std::byte> bytes;
    source.drain(bytes);
    bytes[700'000] ^= std::byte{1};
    auto target = open(two);
    target.set(MigState::Resuming);
    EXPECT_EQ(target.write(std::span(bytes).first(700'000)).error, 0);
    EXPECT_EQ(target.write(std::span(bytes).subspan(700'000)).error, EINVAL);
}

TEST_F(SimImage, MoreThanTheStateIsRefusedWithEnomem) {
    auto bytes = image();
    bytes.push_back(std::byte{0});
    auto target = open(two);
    target.set(MigState::Resuming);
    EXPECT_EQ(target.write(std::span(bytes).first(4096)).count, 4096U);
    EXPECT_EQ(target.write(std::span(bytes).last(1)).error, ENOMEM);
}

long residentKiB() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

TEST_F(SimTest, EightGibibytesCostNoMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr std::uint64_t total = 512 * MiB; // instrumented loops are slow
#else
    constexpr std::uint64_t total = 8192 * MiB;
#endif
    for (const char* address : {one, two}) {
        auto& device = add("mlx5", address);
        device.stateBytes = total;
    }
    auto source = open(one);
    auto target = open(two);
    target.set(MigState::Resuming);
    source.set(MigState::StopCopy);
    std::vector<std::byte> buffer(4 * MiB);
    const long before = residentKiB();
    std::uint64_t moved = 0;
    while (const auto count = source.read(buffer).count) {
        ASSERT_EQ(target.write(std::span(buffer).first(count)).count, count);
        moved += count;
    }
    EXPECT_EQ(moved, total);
    EXPECT_LT(residentKiB() - before, 16 * 1024);
    EXPECT_EQ(target.set(MigState::Running).error, 0);
    EXPECT_EQ(backend().lastLoad(two).bytes, total);
}

} // namespace
} // namespace migscope
