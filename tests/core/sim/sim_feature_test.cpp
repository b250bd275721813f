// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// VFIO_DEVICE_FEATURE is decoded in the kernel's order of decisions.
#include <cerrno>
#include <cstring>

#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::uint64_t>;

constexpr std::uint32_t get = uapi::featureGet;
constexpr std::uint32_t set = uapi::featureSet;
constexpr std::uint32_t probe = uapi::featureProbe;

TEST_F(SimTest, TheHeaderIsJudgedBeforeTheFeature) {
    add("mlx5");
    auto device = open();
    Words words(1, 0);
    std::array<std::byte, 4> tooShort{};
    const auto fault = device.io().feature(tooShort);
    ASSERT_FALSE(fault);
    EXPECT_TRUE(fault.error().isErrno(EFAULT));
    EXPECT_EQ(device.feature(999 | get, words, 7), EINVAL) << "argsz";
    EXPECT_EQ(device.feature(999 | get | (1U << 20U), words), EINVAL) << "unknown flag";
    EXPECT_EQ(device.feature(999 | get | set, words), EINVAL) << "GET and SET";
    EXPECT_EQ(device.feature(999 | get | set | probe, words), ENOTTY);
    EXPECT_EQ(device.feature(999 | get, words), ENOTTY);
    EXPECT_EQ(device.feature(999), ENOTTY) << "the feature is unknown before its operation is";
}

TEST_F(SimTest, TheOperationIsJudgedBeforeTheSize) {
    add("mlx5");
    auto device = open();
    Words words(1, 0);
    EXPECT_EQ(device.feature(uapi::featureMigration | set, words), EINVAL);
    EXPECT_EQ(device.feature(uapi::featureMigration | set | probe, words), EINVAL);
    EXPECT_EQ(device.feature(uapi::featureMigration | get | probe), 0) << "a probe needs no data";
    EXPECT_EQ(device.feature(uapi::featureMigDeviceState | get | set | probe), 0);
    EXPECT_EQ(device.feature(uapi::featureMigration | probe), 0);
    EXPECT_EQ(device.feature(uapi::featureMigration), EINVAL) << "neither GET nor SET";
    EXPECT_EQ(device.feature(uapi::featureMigration | get, words, 15), EINVAL) << "too short";
    Words larger(3, 0);
    EXPECT_EQ(device.feature(uapi::featureMigration | get, larger), 0) << "larger is fine";
    EXPECT_EQ(larger[0], 7U);
}

TEST_F(SimTest, ADeviceWithoutMigrationAnswersEnotty) {
    add("vfio-pci");
    add("v1", two);
    for (const char* address : {one, two}) {
        auto device = open(address);
        Words words(1, 0);
        EXPECT_EQ(device.feature(uapi::featureMigration | get, words), ENOTTY);
        EXPECT_EQ(device.feature(uapi::featureMigDeviceState | get, words), ENOTTY);
        EXPECT_EQ(device.feature(uapi::featureMigDataSize | get, words), ENOTTY);
        EXPECT_EQ(device.feature(uapi::featureDmaLoggingStart | set | probe), ENOTTY);
    }
}

TEST_F(SimTest, TheWithdrawnProtocolShowsAsARegion) {
    add("v1");
    auto device = open();
    const auto info = device.io().info();
    ASSERT_TRUE(info);
    EXPECT_EQ(info->regions, 10U);
    const auto region = device.io().regionInfo(9);
    ASSERT_TRUE(region);
    EXPECT_EQ(region->type, 3U);
    EXPECT_EQ(region->subtype, 1U);
    EXPECT_FALSE(device.io().regionInfo(0)->type);
    EXPECT_TRUE(device.io().regionInfo(10).error().isErrno(EINVAL));
}

TEST_F(SimTest, PrecopyInfoV2TellsAnOldKernelFromADeviceWithoutPreCopy) {
    add("mlx5").precopyInfoV2 = true;
    auto& noPreCopy = add("pds", two);
    noPreCopy.precopyInfoV2 = true;
    add("qat", "0000:03:00.0").precopyInfoV2 = false;
    EXPECT_EQ(open().feature(uapi::featureMigPrecopyInfoV2 | set | probe), 0);
    EXPECT_EQ(open(two).feature(uapi::featureMigPrecopyInfoV2 | set | probe), EINVAL);
    EXPECT_EQ(open("0000:03:00.0").feature(uapi::featureMigPrecopyInfoV2 | set | probe), ENOTTY);
}

TEST_F(SimTest, TheSizeIsFixedOrLiveOrAnErrnoThatLeaked) {
    add("hisi_acc");
    auto& live = add("mlx5", two);
    auto& leaking = add("pds", "0000:03:00.0");
    leaking.faults.push_back({.kind = SimFaultKind::DataSizeErrno, .errnoValue = EIO});
    auto& old = add("qat", "0000:04:00.0");
    old.sizeAnswer = SimSizeAnswer::None;
    EXPECT_EQ(open().dataSize(), 176U);
    const std::uint64_t state = live.stateBytes;
    auto mlx5 = open(two);
    EXPECT_EQ(mlx5.dataSize(), state);
    mlx5.set(MigState::StopCopy);
    std::vector<std::byte> buffer(1U << 20U);
    ASSERT_EQ(mlx5.read(buffer).count, buffer.size());
    EXPECT_EQ(mlx5.dataSize(), state - buffer.size());
    EXPECT_EQ(open("0000:03:00.0").dataSize(), static_cast<std::uint64_t>(-EIO));
    Words words(1, 0);
    EXPECT_EQ(open("0000:04:00.0").feature(uapi::featureMigDataSize | get, words), ENOTTY);
}

class SimDmaLogging : public SimTest {
protected:
    static constexpr std::uint64_t page = 4096;

    SimDmaLogging() {
        auto& device = add("mlx5");
        device.dirtyBytesPerSecond = 1000 * page;
        device.workingSetBytes = 64 * page;
        device.resetTime = 0ns;
    }
    int start(Opened& device, std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> ranges,
              std::uint64_t pageSize = page, std::optional<std::uint32_t> count = {}) {
        uapi::VfioDeviceFeatureDmaLoggingControl control{};
        control.pageSize = pageSize;
        control.numRanges = count.value_or(static_cast<std::uint32_t>(ranges.size()));
        control.ranges = reinterpret_cast<std::uintptr_t>(ranges.data());
        Words words(sizeof control / 8, 0);
        std::memcpy(words.data(), &control, sizeof control);
        return device.feature(uapi::featureDmaLoggingStart | set, words);
    }
    int report(Opened& device, std::uint64_t iova, std::uint64_t length, Words& bitmap,
               std::uint64_t pageSize = page) {
        const uapi::VfioDeviceFeatureDmaLoggingReport report{iova, length, pageSize,
                                                             reinterpret_cast<std::uintptr_t>(bitmap.data())};
        Words words(sizeof report / 8, 0);
        std::memcpy(words.data(), &report, sizeof report);
        return device.feature(uapi::featureDmaLoggingReport | get, words);
    }
};

TEST_F(SimDmaLogging, ReportsThePagesTouchedSinceTheLastReport) {
    auto device = open();
    ASSERT_EQ(start(device, {{0x100000, 128 * page}}), 0);
    clock_.advance(5ms); // five pages
    Words bitmap(2, 0);
    ASSERT_EQ(report(device, 0x100000, 128 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], 0b1'1111U);
    EXPECT_EQ(bitmap[1], 0U);
    clock_.advance(2ms);
    bitmap = {1, 0}; // bits are only set, never cleared
    ASSERT_EQ(report(device, 0x100000, 128 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], 0b110'0001U);
    clock_.advance(1s);
    bitmap = {0, 0};
    ASSERT_EQ(report(device, 0x100000, 128 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], ~std::uint64_t{0}) << "the working set, round and round";
    EXPECT_EQ(bitmap[1], 0U);
}

TEST_F(SimDmaLogging, AStoppedDeviceTouchesNothing) {
    auto device = open();
    device.set(MigState::Stop);
    ASSERT_EQ(start(device, {{0, 64 * page}}), 0);
    clock_.advance(1s);
    Words bitmap(1, 0);
    ASSERT_EQ(report(device, 0, 64 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], 0U);
}

TEST_F(SimDmaLogging, StartAndReportTakeTimeByTheirBytes) {
    constexpr std::uint64_t gib = std::uint64_t{1} << 30U;
    auto& slow = add("pds", two);
    slow.dmaLogStartPerGib = 2ms;
    slow.dmaLogReportPerGib = 4ms;
    auto device = open(two);
    const Ns begun = clock_.now();
    ASSERT_EQ(start(device, {{0, gib}, {4 * gib, 2 * gib}}), 0);
    EXPECT_EQ(clock_.now() - begun, 6ms);
    Words bitmap(2 * gib / page / 64, 0);
    ASSERT_EQ(report(device, 4 * gib, gib / 2, bitmap), 0);
    EXPECT_EQ(clock_.now() - begun, 8ms);
}

TEST_F(SimDmaLogging, ASpreadWorkingSetLiesOverAllRanges) {
    auto& spread = add("mlx5", two);
    spread.dirtyBytesPerSecond = 1000 * page;
    spread.workingSetBytes = 8 * page;
    spread.dmaPattern = SimDmaPattern::Spread;
    auto device = open(two);
    ASSERT_EQ(start(device, {{0, 64 * page}, {1024 * page, 64 * page}}), 0);
    clock_.advance(1s);
    Words bitmap(1, 0);
    ASSERT_EQ(report(device, 0, 64 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], 0x0001'0001'0001'0001U) << "every sixteenth page of the first range";
    bitmap[0] = 0;
    ASSERT_EQ(report(device, 1024 * page, 64 * page, bitmap), 0);
    EXPECT_EQ(bitmap[0], 0x0001'0001'0001'0001U) << "and of the second";
}

TEST_F(SimDmaLogging, FailsWithTheErrnoOfItsFaultAndIsOffAfterAReset) {
    auto& failing = add("mlx5", two);
    failing.faults.push_back({.kind = SimFaultKind::DmaStartFails, .errnoValue = ENOMEM, .times = 1});
    failing.faults.push_back({.kind = SimFaultKind::DmaReportFails, .errnoValue = EIO, .times = 1});
    auto device = open(two);
    EXPECT_EQ(start(device, {{0, page}}), ENOMEM);
    EXPECT_FALSE(backend().logsDma(two));
    ASSERT_EQ(start(device, {{0, page}}), 0);
    EXPECT_TRUE(backend().logsDma(two));
    Words bitmap(1, 0);
    EXPECT_EQ(report(device, 0, page, bitmap), EIO);
    EXPECT_EQ(report(device, 0, page, bitmap), 0);
    ASSERT_EQ(device.reset(), 0);
    EXPECT_FALSE(backend().logsDma(two));
}

TEST_F(SimDmaLogging, RefusesWhatTheKernelRefuses) {
    auto device = open();
    Words bitmap(1, 0);
    EXPECT_EQ(report(device, 0, page, bitmap), EINVAL) << "not active";
    EXPECT_EQ(start(device, {}), EINVAL);
    EXPECT_EQ(start(device, {{0, page}}, 0), EINVAL);
    EXPECT_EQ(start(device, {{0, page}}, 5000), EINVAL);
    EXPECT_EQ(start(device, {{12, page}}), EINVAL);
    EXPECT_EQ(start(device, {{0, 2 * page}, {page, page}}), EINVAL);
    EXPECT_EQ(start(device, {{~std::uint64_t{0} - page + 1, page}}), EOVERFLOW);
    EXPECT_EQ(start(device, {{0, page}}, page, 257), E2BIG);
    ASSERT_EQ(start(device, {{0, page}}), 0);
    EXPECT_EQ(start(device, {{0, page}}), EINVAL) << "already active";
    EXPECT_EQ(report(device, 0, page, bitmap, 512), EINVAL);
    EXPECT_EQ(report(device, 0, page, bitmap, 4097), EINVAL);
    EXPECT_EQ(report(device, ~std::uint64_t{0} - 5, page, bitmap), EOVERFLOW);
    EXPECT_EQ(device.feature(uapi::featureDmaLoggingStop | set), 0);
    EXPECT_EQ(device.feature(uapi::featureDmaLoggingStop | set), 0) << "a stop without a start is fine";
}

} // namespace
} // namespace migscope
