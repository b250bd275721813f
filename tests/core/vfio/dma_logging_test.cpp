// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DMA logging against a scripted driver: what it is asked, what odd answers become, and that it never stays
// on.
#include "core/vfio/migration_device.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/uapi/vfio.h"

namespace migscope {
namespace {

/// Knows nothing but DMA logging and the questions of probe().
class LoggingDriver final : public DeviceIo {
public:
    struct Script {
        bool offered = true;
        std::vector<std::string> calls; ///< "start 4096 0+8192", "report 4096 0+8192", "stop"
        std::uint64_t choosesPage = 0;  ///< 0: what was asked for
        std::deque<int> startErrnos;
        std::deque<int> reportErrnos;
        std::deque<int> stopErrnos;
        std::uint64_t setsBits = 0; ///< OR-ed into the first word
        bool bitmapWasClean = true;
        bool logging = false;
        int resetErrno = 0;
    };
    explicit LoggingDriver(Script& script) : script_(script) {}

    Result<void> feature(std::span<std::byte> bytes) override {
        uapi::VfioDeviceFeature header{};
        std::memcpy(&header, bytes.data(), sizeof header);
        EXPECT_EQ(header.argsz, bytes.size());
        const auto index = header.flags & uapi::featureMask;
        if ((header.flags & uapi::featureProbe) != 0)
            return answer(index == uapi::featureDmaLoggingStart && script_.offered ? 0 : ENOTTY);
        switch (index) {
        case uapi::featureMigration:
            put(bytes, uapi::VfioDeviceFeatureMigration{3});
            return {};
        case uapi::featureMigDeviceState:
            put(bytes, uapi::VfioDeviceFeatureMigState{uapi::stateRunning, -1});
            return {};
        case uapi::featureDmaLoggingStart:
            EXPECT_EQ(header.flags, uapi::featureSet | uapi::featureDmaLoggingStart);
            return start(bytes);
        case uapi::featureDmaLoggingReport:
            EXPECT_EQ(header.flags, uapi::featureGet | uapi::featureDmaLoggingReport)
                << "the direction is GET";
            return report(bytes);
        case uapi::featureDmaLoggingStop:
            EXPECT_EQ(bytes.size(), sizeof header) << "no payload";
            script_.calls.emplace_back("stop");
            if (const int error = next(script_.stopErrnos); error != 0)
                return answer(error);
            script_.logging = false;
            return {};
        default:
            return answer(ENOTTY);
        }
    }
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t) override { return failErrno(EBADF, "", ""); }
    Result<DeviceInfo> info() override { return DeviceInfo{}; }
    Result<RegionInfo> regionInfo(std::uint32_t) override { return RegionInfo{}; }
    Result<void> reset() override { return answer(script_.resetErrno); }
    void interrupt() override {}
    std::string access() const override { return "scripted"; }

private:
    Result<void> start(std::span<std::byte> bytes) {
        uapi::VfioDeviceFeatureDmaLoggingControl control{};
        std::memcpy(&control, bytes.data() + sizeof(uapi::VfioDeviceFeature), sizeof control);
        std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> ranges(control.numRanges);
        std::memcpy(ranges.data(), reinterpret_cast<const void*>(control.ranges), // NOLINT
                    ranges.size() * sizeof ranges[0]);
        std::string text = fmt::format("start {}", control.pageSize);
        for (const auto& range : ranges)
            text += fmt::format(" {}+{}", range.iova, range.length);
        script_.calls.push_back(text);
        if (const int error = next(script_.startErrnos); error != 0)
            return answer(error);
        if (script_.logging)
            return answer(EINVAL);
        script_.logging = true;
        if (script_.choosesPage != 0)
            control.pageSize = script_.choosesPage == oddPage ? 3 : script_.choosesPage;
        put(bytes, control);
        return {};
    }
    Result<void> report(std::span<std::byte> bytes) {
        uapi::VfioDeviceFeatureDmaLoggingReport asked{};
        std::memcpy(&asked, bytes.data() + sizeof(uapi::VfioDeviceFeature), sizeof asked);
        script_.calls.push_back(fmt::format("report {} {}+{}", asked.pageSize, asked.iova, asked.length));
        auto* words = reinterpret_cast<std::uint64_t*>(asked.bitmap); // NOLINT
        const std::uint64_t count = (asked.length / asked.pageSize + 63) / 64;
        script_.bitmapWasClean =
            std::all_of(words, words + count, [](std::uint64_t word) { return word == 0; });
        words[0] |= script_.setsBits;
        return answer(next(script_.reportErrnos));
    }
    static int next(std::deque<int>& errnos) {
        if (errnos.empty())
            return 0;
        const int first = errnos.front();
        errnos.pop_front();
        return first;
    }
    static Result<void> answer(int errnoValue) {
        return errnoValue == 0 ? Result<void>{} : failErrno(errnoValue, "VFIO_DEVICE_FEATURE", "scripted");
    }
    template<class Payload>
    static void put(std::span<std::byte> bytes, const Payload& payload) {
        ASSERT_GE(bytes.size(), sizeof(uapi::VfioDeviceFeature) + sizeof payload);
        std::memcpy(bytes.data() + sizeof(uapi::VfioDeviceFeature), &payload, sizeof payload);
    }

public:
    static constexpr std::uint64_t oddPage = 1;

private:
    Script& script_;
};

constexpr std::uint64_t page = 4096;

class DmaLoggingTest : public ::testing::Test {
protected:
    MigrationDevice& device() {
        if (!device_) {
            device_ = std::make_unique<MigrationDevice>("0000:01:00.1",
                                                        std::make_unique<LoggingDriver>(script_), clock_);
            EXPECT_TRUE(device_->probe());
        }
        return *device_;
    }
    DmaLogCall start(std::vector<DmaRange> ranges = {{0, 128 * page}}, std::uint64_t pageBytes = page) {
        return device().startDmaLogging(ranges, pageBytes);
    }
    DmaLogCall report(DmaRange range = {0, 128 * page}) {
        return device().reportDmaLogging(range, page, bitmap_);
    }

    VirtualClock clock_;
    LoggingDriver::Script script_;
    std::unique_ptr<MigrationDevice> device_;
    DirtyBitmap bitmap_;
};

using Calls = std::vector<std::string>;

TEST_F(DmaLoggingTest, rangesGoDownSortedAndTheDevicesPageComesBack) {
    script_.choosesPage = 2 * page;
    const auto begun = start({{1U << 20U, 2 * page}, {0, page}});
    ASSERT_FALSE(begun.error) << describe(*begun.error);
    EXPECT_TRUE(begun.made);
    EXPECT_EQ(begun.pageBytes, 2 * page);
    EXPECT_TRUE(device().logsDma());
    EXPECT_EQ(script_.calls, (Calls{"start 4096 0+4096 1048576+8192"}));
    EXPECT_FALSE(device().stopDmaLogging().error);
    EXPECT_FALSE(device().logsDma());
    EXPECT_EQ(script_.calls.back(), "stop");
}

TEST_F(DmaLoggingTest, withoutTheFeatureNothingIsCalled) {
    script_.offered = false;
    const auto refused = start();
    ASSERT_TRUE(refused.error);
    EXPECT_TRUE(refused.error->is(Errc::Unsupported));
    EXPECT_FALSE(refused.made);
    EXPECT_TRUE(script_.calls.empty());
}

TEST_F(DmaLoggingTest, whatTheKernelWouldRefuseIsNotAsked) {
    const std::uint64_t top = ~std::uint64_t{0} - page + 1;
    for (const auto& ranges : std::vector<std::vector<DmaRange>>{{},
                                                                 {{0, 0}},
                                                                 {{12, page}},
                                                                 {{0, 12}},
                                                                 {{top, page}},
                                                                 {{0, 2 * page}, {page, page}},
                                                                 std::vector<DmaRange>(257, {0, page})}) {
        const auto refused = start(ranges);
        ASSERT_TRUE(refused.error);
        EXPECT_TRUE(refused.error->is(Errc::InvalidArgument)) << describe(*refused.error);
        EXPECT_FALSE(refused.made);
    }
    for (const std::uint64_t odd : {0U, 512U, 4097U, 12288U})
        EXPECT_TRUE(start({{0, 12288}}, odd).error->is(Errc::InvalidArgument)) << odd;
    EXPECT_TRUE(script_.calls.empty());
    EXPECT_FALSE(start({{0, page}, {page, page}}).error) << "neighbours do not overlap";
    EXPECT_TRUE(start().error->is(Errc::Refused)) << "it logs already";
    EXPECT_EQ(script_.calls.size(), 1U);
}

TEST_F(DmaLoggingTest, theBitmapIsCleanBeforeEachReport) {
    ASSERT_FALSE(start().error);
    script_.setsBits = 0b1011;
    ASSERT_FALSE(report().error);
    EXPECT_EQ(bitmap_.pages(), 128U);
    EXPECT_EQ(bitmap_.runs(9).runs, (std::vector<PageRun>{{0, 2}, {3, 1}}));
    script_.setsBits = 0b100;
    ASSERT_FALSE(report().error);
    EXPECT_TRUE(script_.bitmapWasClean) << "the kernel only sets bits";
    EXPECT_EQ(bitmap_.runs(9).runs, (std::vector<PageRun>{{2, 1}}));
}

TEST_F(DmaLoggingTest, bitsBehindTheRangeAreDropped) {
    ASSERT_FALSE(start().error);
    script_.setsBits = ~std::uint64_t{0};
    ASSERT_FALSE(report({0, 3 * page}).error);
    EXPECT_EQ(bitmap_.runs(9).dirtyPages, 3U);
}

TEST_F(DmaLoggingTest, aReportOutsideWhatIsLoggedIsNotAsked) {
    EXPECT_TRUE(report().error->is(Errc::Refused)) << "nothing is logged";
    ASSERT_FALSE(start({{page, page}, {4 * page, page}}).error);
    for (const DmaRange range : {DmaRange{0, page}, DmaRange{page, 2 * page}, DmaRange{page, 0},
                                 DmaRange{page, 4 * page}, DmaRange{2 * page, ~std::uint64_t{0}}})
        EXPECT_TRUE(report(range).error->is(Errc::InvalidArgument)) << range.iova << "+" << range.length;
    EXPECT_TRUE(device().reportDmaLogging({page, page}, 512, bitmap_).error->is(Errc::InvalidArgument));
    EXPECT_EQ(script_.calls.size(), 1U);
}

TEST_F(DmaLoggingTest, aReportOfMoreThanItsBitmapMayHoldIsNotAsked) {
    const DmaRange whole{0, mostReportPages * page + page};
    ASSERT_FALSE(start({whole}).error);
    EXPECT_TRUE(report(whole).error->is(Errc::InvalidArgument));
}

TEST_F(DmaLoggingTest, errnosAreKeptAndAFailedReportTellsNoPages) {
    script_.startErrnos = {E2BIG};
    EXPECT_TRUE(start().error->isErrno(E2BIG));
    EXPECT_FALSE(device().logsDma());
    ASSERT_FALSE(start().error);
    script_.setsBits = 7;
    script_.reportErrnos = {EIO};
    const auto failed = report();
    EXPECT_TRUE(failed.error->isErrno(EIO));
    EXPECT_TRUE(failed.made);
    EXPECT_EQ(bitmap_.pages(), 0U) << "an error means that everything may be dirty";
    EXPECT_TRUE(device().logsDma());
}

TEST_F(DmaLoggingTest, aKernelThatCannotReportIsNotTakenForADriverThatFails) {
    ASSERT_FALSE(start().error);
    script_.reportErrnos = {EOPNOTSUPP, EIO};
    const auto kernel = report();
    EXPECT_TRUE(kernel.error->isErrno(EOPNOTSUPP));
    EXPECT_NE(kernel.error->detail.find("IOMMUFD_DRIVER"), std::string::npos);
    EXPECT_EQ(report().error->detail.find("IOMMUFD_DRIVER"), std::string::npos);
}

TEST_F(DmaLoggingTest, aPageThatIsNoneEndsTheLogging) {
    script_.choosesPage = LoggingDriver::oddPage;
    const auto begun = start();
    ASSERT_TRUE(begun.error);
    EXPECT_TRUE(begun.error->is(Errc::ProtocolViolation));
    EXPECT_EQ(script_.calls.back(), "stop");
    EXPECT_FALSE(script_.logging);
}

TEST_F(DmaLoggingTest, itNeverStaysOnWhenTheDeviceGoesOutOfScope) {
    ASSERT_FALSE(start().error);
    script_.stopErrnos = {EINTR, EINTR};
    device_.reset();
    EXPECT_FALSE(script_.logging);
    EXPECT_EQ(std::ranges::count(script_.calls, "stop"), 3) << "an interrupted STOP is asked again";
}

TEST_F(DmaLoggingTest, aDeviceThatNeverLoggedIsNotStopped) {
    (void)device();
    EXPECT_TRUE(device().stopDmaLogging().error->is(Errc::Refused));
    device_.reset();
    EXPECT_TRUE(script_.calls.empty());
}

TEST_F(DmaLoggingTest, aResetLosesTheLogAndTheNextStartClearsWhatMayBeLeft) {
    ASSERT_FALSE(start().error);
    ASSERT_EQ(device().reset().outcome, ResetOutcome::Done);
    EXPECT_FALSE(device().logsDma());
    EXPECT_TRUE(report().error->is(Errc::Refused)) << "everything may be dirty";
    script_.calls.clear();
    ASSERT_FALSE(start().error);
    EXPECT_EQ(script_.calls, (Calls{"stop", "start 4096 0+524288"}));
}

TEST_F(DmaLoggingTest, anInterruptedStartMayHaveBegun) {
    script_.startErrnos = {EINTR};
    EXPECT_TRUE(start().error->isErrno(EINTR));
    EXPECT_FALSE(device().logsDma());
    EXPECT_TRUE(device().mayLogDma());
    script_.logging = true;
    device_.reset();
    EXPECT_FALSE(script_.logging);
}

TEST(DirtyBitmap, runsGoOverWordsAndAreExact) {
    DirtyBitmap bitmap;
    bitmap.clear(200);
    ASSERT_EQ(bitmap.words().size(), 4U);
    bitmap.words()[0] = std::uint64_t{1} << 63U;
    bitmap.words()[1] = ~std::uint64_t{0};
    bitmap.words()[2] = 0b101;
    const auto found = bitmap.runs(100);
    EXPECT_EQ(found.runs, (std::vector<PageRun>{{63, 66}, {130, 1}}));
    EXPECT_EQ(found.dirtyPages, 67U);
    EXPECT_FALSE(found.merged);
    bitmap.clear(64);
    EXPECT_TRUE(bitmap.runs(100).runs.empty());
}

TEST(DirtyBitmap, tooManyRunsArePutTogetherAndTheCountStaysExact) {
    DirtyBitmap bitmap;
    bitmap.clear(std::uint64_t{1} << 16U);
    for (auto& word : bitmap.words())
        word = 0x5555'5555'5555'5555ULL;
    bitmap.words().back() = 0;
    const auto found = bitmap.runs(16);
    EXPECT_LE(found.runs.size(), 16U);
    EXPECT_TRUE(found.merged);
    EXPECT_EQ(found.dirtyPages, (std::uint64_t{1} << 15U) - 32);
    EXPECT_EQ(found.runs.front().first, 0U);
    EXPECT_LE(found.runs.back().first + found.runs.back().count, (std::uint64_t{1} << 16U) - 64)
        << "nothing behind the last dirty page";
    EXPECT_EQ(bitmap.runs(1).runs.size(), 1U);
}

} // namespace
} // namespace migscope
