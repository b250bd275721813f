// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The handle of an opened device: bytes through, streams owned, regions read with care.
#include "core/uapi/vfio.h"
#include "core/vfio/device_feature.h"
#include "tests/core/kernel/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

namespace migscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using StateCall = FeatureCall<uapi::VfioDeviceFeatureMigState>;

StateCall setState(std::uint32_t state) {
    return StateCall(uapi::featureMigDeviceState | uapi::featureSet, {state, uapi::noDataFd});
}

class KernelDevice : public testing::Test {
protected:
    void SetUp() override {
        auto opened = kernel.open(viaGroup());
        ASSERT_TRUE(opened) << describe(opened.error());
        io = std::move(*opened);
        kernel.syscalls->log.clear();
    }

    std::vector<unsigned char> region(std::uint32_t capOffset, std::vector<unsigned char> capabilities) {
        uapi::VfioRegionInfo info{};
        info.flags = uapi::regionFlagRead | uapi::regionFlagWrite | uapi::regionFlagCaps;
        info.capOffset = capOffset;
        info.size = 4096;
        info.offset = 0x90000000000;
        std::vector<unsigned char> bytes(sizeof info);
        std::memcpy(bytes.data(), &info, sizeof info);
        bytes.insert(bytes.end(), capabilities.begin(), capabilities.end());
        return bytes;
    }
    static std::vector<unsigned char> typeCapability(std::uint16_t id, std::uint32_t next, std::uint32_t type,
                                                     std::uint32_t subtype) {
        const uapi::VfioRegionInfoCapType capability{{id, 1, next}, type, subtype};
        std::vector<unsigned char> bytes(sizeof capability);
        std::memcpy(bytes.data(), &capability, sizeof capability);
        return bytes;
    }
    Result<RegionInfo> ask(std::vector<unsigned char> answer) {
        kernel.syscalls->regions = {std::move(answer)};
        return io->regionInfo(0);
    }

    FakeKernel kernel;
    std::unique_ptr<DeviceIo> io;
};

TEST_F(KernelDevice, GivesTheKernelsErrnoUnchanged) {
    BareFeatureCall probe(uapi::featureMigDataSize | uapi::featureProbe | uapi::featureGet);
    const auto answer = io->feature(probe.bytes());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().isErrno(ENOTTY));
    EXPECT_EQ(answer.error().where, "0000:3b:00.2");
}

TEST_F(KernelDevice, NeverRepeatsAnInterruptedSet) {
    kernel.syscalls->failStep("VFIO_DEVICE_FEATURE", EINTR);
    auto set = setState(uapi::stateStop);
    const auto answer = io->feature(set.bytes());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().isErrno(EINTR));
    EXPECT_EQ(kernel.syscalls->count("VFIO_DEVICE_FEATURE"), 1U);
}

TEST_F(KernelDevice, RefusesBytesThatLieAboutTheirSize) {
    BareFeatureCall call(uapi::featureMigration | uapi::featureGet);
    call.bytes()[0] = std::byte{64};
    const auto answer = io->feature(call.bytes());
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is(Errc::InvalidArgument));
    EXPECT_EQ(kernel.syscalls->calls, 8) << "nothing more than the opening";
}

TEST_F(KernelDevice, HandsAStreamOutOnce) {
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    const auto token = set.payload().dataFd;
    auto stream = io->takeStream(token);
    ASSERT_TRUE(stream);
    const auto again = io->takeStream(token);
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().is(Errc::InvalidArgument));
}

TEST_F(KernelDevice, KnowsThatZeroIsALegalDescriptor) {
    kernel.syscalls->nextDataFd = 0;
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    ASSERT_EQ(set.payload().dataFd, 0);
    auto stream = io->takeStream(0);
    ASSERT_TRUE(stream) << describe(stream.error());
    stream->reset();
    EXPECT_EQ(kernel.syscalls->count("close data"), 1U);
}

TEST_F(KernelDevice, ClosesAStreamThatNobodyTookBeforeTheDevice) {
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    kernel.syscalls->log.clear();
    io.reset();
    EXPECT_THAT(kernel.syscalls->log,
                ElementsAre("close data", "close device", "close group", "close container"));
}

TEST_F(KernelDevice, ClosesAStreamThatNobodyTookAtTheNextSet) {
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    auto stop = setState(uapi::stateStop);
    ASSERT_TRUE(io->feature(stop.bytes()));
    EXPECT_EQ(kernel.syscalls->count("close data"), 1U);
    EXPECT_FALSE(io->takeStream(set.payload().dataFd));
}

TEST_F(KernelDevice, AFailedSetOwnsNoDescriptor) {
    auto set = setState(uapi::stateStopCopy);
    kernel.syscalls->failStep("VFIO_DEVICE_FEATURE", EMFILE);
    ASSERT_FALSE(io->feature(set.bytes()));
    EXPECT_FALSE(io->takeStream(uapi::noDataFd));
    EXPECT_FALSE(io->takeStream(100));
}

TEST_F(KernelDevice, StaysOpenAsLongAsItsStreamLives) {
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    auto stream = io->takeStream(set.payload().dataFd);
    ASSERT_TRUE(stream);
    kernel.syscalls->log.clear();
    io.reset();
    EXPECT_THAT(kernel.syscalls->log, IsEmpty());
    stream->reset();
    EXPECT_THAT(kernel.syscalls->log,
                ElementsAre("close data", "close device", "close group", "close container"));
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
}

TEST_F(KernelDevice, TellsWhatGetInfoSays) {
    const auto info = io->info();
    ASSERT_TRUE(info);
    EXPECT_EQ(info->flags, uapi::deviceFlagPci | uapi::deviceFlagReset);
    EXPECT_EQ(info->regions, 10U);
    EXPECT_EQ(info->irqs, 5U);
}

TEST_F(KernelDevice, AsksAgainForARegionsCapabilities) {
    const auto info = ask(region(32, typeCapability(uapi::regionCapType, 0, 3, 1)));
    ASSERT_TRUE(info);
    EXPECT_EQ(kernel.syscalls->count("VFIO_DEVICE_GET_REGION_INFO"), 2U);
    EXPECT_EQ(info->type, 3U);
    EXPECT_EQ(info->subtype, 1U);
    EXPECT_EQ(info->size, 4096U);
    EXPECT_EQ(info->offset, 0x90000000000U);
}

TEST_F(KernelDevice, FindsTheTypeBehindOtherCapabilities) {
    auto capabilities = typeCapability(1, 48, 9, 9);
    const auto second = typeCapability(uapi::regionCapType, 0, 3, 1);
    capabilities.insert(capabilities.end(), second.begin(), second.end());
    const auto info = ask(region(32, capabilities));
    ASSERT_TRUE(info);
    EXPECT_EQ(info->type, 3U);
}

TEST_F(KernelDevice, SurvivesCapabilitiesInARing) {
    const auto info = ask(region(32, typeCapability(1, 32, 9, 9)));
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->type);
}

TEST_F(KernelDevice, SurvivesCapabilitiesOutsideTheAnswer) {
    for (const std::uint32_t offset : {44U, 47U, 48U, 4000U, 0xfffffff8U}) {
        const auto info = ask(region(offset, typeCapability(uapi::regionCapType, 0, 3, 1)));
        ASSERT_TRUE(info) << offset;
        EXPECT_FALSE(info->type) << offset;
    }
}

TEST_F(KernelDevice, DoesNotBelieveAnEnormousRegionAnswer) {
    auto bytes = region(32, typeCapability(uapi::regionCapType, 0, 3, 1));
    bytes.resize(1 << 20);
    const auto info = ask(std::move(bytes));
    ASSERT_TRUE(info);
    EXPECT_FALSE(info->type);
    EXPECT_EQ(kernel.syscalls->count("VFIO_DEVICE_GET_REGION_INFO"), 1U);
}

TEST_F(KernelDevice, TellsTheErrnoOfAMissingRegion) {
    const auto info = io->regionInfo(7);
    ASSERT_FALSE(info);
    EXPECT_TRUE(info.error().isErrno(EINVAL));
}

TEST_F(KernelDevice, ResetsOnceAndTellsTheErrno) {
    kernel.syscalls->failStep("VFIO_DEVICE_RESET", EAGAIN);
    const auto answer = io->reset();
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().isErrno(EAGAIN));
    EXPECT_EQ(kernel.syscalls->count("VFIO_DEVICE_RESET"), 1U);
}

TEST_F(KernelDevice, NeverReadsOrWritesTheDeviceItself) {
    auto set = setState(uapi::stateStopCopy);
    ASSERT_TRUE(io->feature(set.bytes()));
    ASSERT_TRUE(io->info());
    ASSERT_TRUE(io->reset());
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
    EXPECT_EQ(kernel.syscalls->count("read") + kernel.syscalls->count("write"), 0U);
}

} // namespace
} // namespace migscope::test
