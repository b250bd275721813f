// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Data streams: what is repeated, what is passed on, and when poll is asked.
#include "core/vfio/device_feature.h"
#include "tests/core/kernel/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <span>

namespace migscope::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

class KernelStream : public testing::Test {
protected:
    void SetUp() override {
        auto opened = kernel.open(viaGroup());
        ASSERT_TRUE(opened);
        io = std::move(*opened);
        FeatureCall<uapi::VfioDeviceFeatureMigState> set(uapi::featureMigDeviceState | uapi::featureSet,
                                                         {uapi::stateStopCopy, uapi::noDataFd});
        ASSERT_TRUE(io->feature(set.bytes()));
        auto taken = io->takeStream(set.payload().dataFd);
        ASSERT_TRUE(taken);
        stream = std::move(*taken);
        kernel.syscalls->log.clear();
    }

    FakeKernel kernel;
    std::unique_ptr<DeviceIo> io;
    std::unique_ptr<DataStream> stream;
    std::array<std::byte, 64> buffer{};
};

TEST_F(KernelStream, IsMadeNonBlocking) {
    EXPECT_EQ(kernel.syscalls->statusFlags[100] & O_NONBLOCK, O_NONBLOCK);
}

TEST_F(KernelStream, PassesShortReadsOn) {
    kernel.syscalls->reads = {3, 64, 1};
    EXPECT_EQ(*stream->read(buffer), 3U);
    EXPECT_EQ(*stream->read(buffer), 64U);
    EXPECT_EQ(*stream->read(buffer), 1U);
    EXPECT_EQ(*stream->read(buffer), 0U);
}

TEST_F(KernelStream, PassesShortWritesOn) {
    kernel.syscalls->writes = {5};
    EXPECT_EQ(*stream->write(buffer), 5U);
    EXPECT_EQ(*stream->write(buffer), 64U);
}

TEST_F(KernelStream, NeverPollsBeforeEagain) {
    kernel.syscalls->reads = {16, 0};
    ASSERT_TRUE(stream->read(buffer));
    ASSERT_TRUE(stream->read(buffer));
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("read", "read"));
}

TEST_F(KernelStream, WaitsForDataAfterEagain) {
    kernel.syscalls->reads = {-EAGAIN, 16};
    EXPECT_EQ(*stream->read(buffer), 16U);
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("read", "poll", "read"));
    EXPECT_THAT(kernel.syscalls->pollTimeouts, ElementsAre(-1));
}

TEST_F(KernelStream, WaitsForRoomAfterEagain) {
    kernel.syscalls->writes = {-EAGAIN, 16};
    EXPECT_EQ(*stream->write(buffer), 16U);
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("write", "poll", "write"));
}

TEST_F(KernelStream, PausesWhenADriverIsReadyForEverButHasNothing) {
    kernel.syscalls->reads = {-EAGAIN, -EAGAIN, -EAGAIN, -EAGAIN, 16};
    EXPECT_EQ(*stream->read(buffer), 16U);
    EXPECT_EQ(kernel.syscalls->count("pause"), 3U);
    EXPECT_THAT(kernel.syscalls->pollTimeouts, ElementsAre(-1, 1, -1, 2, -1, 4, -1));
}

TEST_F(KernelStream, RepeatsAfterSomebodyElsesSignal) {
    kernel.syscalls->reads = {-EINTR, -EINTR, 16};
    EXPECT_EQ(*stream->read(buffer), 16U);
    kernel.syscalls->reads = {-EAGAIN, 8};
    kernel.syscalls->polls = {-EINTR};
    EXPECT_EQ(*stream->read(buffer), 8U);
}

TEST_F(KernelStream, PassesEveryOtherErrnoOnUnjudged) {
    for (const int number :
         {ENOMSG, ENODEV, EIO, EINVAL, EFAULT, ENOMEM, EOPNOTSUPP, EBADF, ENOTCONN, ESPIPE}) {
        kernel.syscalls->reads = {-number};
        const auto read = stream->read(buffer);
        ASSERT_FALSE(read);
        EXPECT_TRUE(read.error().isErrno(number)) << describe(read.error());
        kernel.syscalls->writes = {-number};
        const auto written = stream->write(buffer);
        ASSERT_FALSE(written);
        EXPECT_TRUE(written.error().isErrno(number)) << describe(written.error());
    }
}

TEST_F(KernelStream, TellsAPollThatFails) {
    kernel.syscalls->reads = {-EAGAIN};
    kernel.syscalls->polls = {-ENOMEM};
    const auto read = stream->read(buffer);
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().isErrno(ENOMEM));
}

TEST_F(KernelStream, AsksForPreCopyInformationWithZeroedFlags) {
    const auto info = stream->precopyInfo();
    ASSERT_TRUE(info);
    EXPECT_EQ(info->initialBytes, 64U);
    EXPECT_EQ(info->dirtyBytes, 32U);
    EXPECT_EQ(info->flags, 0U);
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
}

TEST_F(KernelStream, GivesAnIoctlTheBytesAsTheyAre) {
    uapi::VfioPrecopyInfo info{sizeof(uapi::VfioPrecopyInfo), 0, 0, 0};
    ASSERT_TRUE(stream->control(uapi::ioctlMigGetPrecopyInfo, std::as_writable_bytes(std::span(&info, 1))));
    EXPECT_EQ(info.initialBytes, 64U);
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("VFIO_MIG_GET_PRECOPY_INFO"));
    kernel.syscalls->failStep("VFIO_MIG_GET_PRECOPY_INFO", EINVAL);
    const auto refused =
        stream->control(uapi::ioctlMigGetPrecopyInfo, std::as_writable_bytes(std::span(&info, 1)));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().isErrno(EINVAL));
    stream->interrupt();
    const auto cancelled =
        stream->control(uapi::ioctlMigGetPrecopyInfo, std::as_writable_bytes(std::span(&info, 1)));
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(Errc::Cancelled));
}

TEST_F(KernelStream, PassesTheAnswerToASeekOn) {
    const auto refused = stream->rewind();
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().isErrno(ESPIPE));
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("lseek"));
}

TEST_F(KernelStream, InterruptedBeforeACallEndsThatCallOnly) {
    stream->interrupt();
    const auto cancelled = stream->read(buffer);
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(Errc::Cancelled));
    EXPECT_THAT(kernel.syscalls->log, IsEmpty()) << "nothing is asked of the driver any more";
    kernel.syscalls->reads = {4};
    EXPECT_EQ(*stream->read(buffer), 4U);
}

TEST_F(KernelStream, AFailedFcntlClosesTheDescriptor) {
    stream.reset();
    for (const char* step : {"F_GETFL", "F_SETFL"}) {
        kernel.syscalls->log.clear();
        kernel.syscalls->failStep(step, EBADF);
        FeatureCall<uapi::VfioDeviceFeatureMigState> set(uapi::featureMigDeviceState | uapi::featureSet,
                                                         {uapi::stateStopCopy, uapi::noDataFd});
        ASSERT_TRUE(io->feature(set.bytes()));
        EXPECT_FALSE(io->takeStream(set.payload().dataFd));
        EXPECT_EQ(kernel.syscalls->count("close data"), 1U) << step;
    }
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
}

} // namespace
} // namespace migscope::test
