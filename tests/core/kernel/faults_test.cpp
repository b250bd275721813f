// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every call on the way made to fail: the errno is kept, the place named, and each descriptor closed exactly
// once.
#include "core/vfio/device_feature.h"
#include "tests/core/kernel/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

namespace migscope::test {
namespace {

using testing::IsEmpty;

/// A device's whole life: opened, asked, driven into a stream, read, reset, closed. The first error ends it.
Result<void> wholeLife(FakeKernel& kernel, const DeviceLocation& location) {
    auto io = kernel.open(location);
    if (!io)
        return std::unexpected(io.error());
    if (auto info = (*io)->info(); !info)
        return std::unexpected(info.error());
    FeatureCall<uapi::VfioDeviceFeatureMigState> set(uapi::featureMigDeviceState | uapi::featureSet,
                                                     {uapi::stateStopCopy, uapi::noDataFd});
    if (auto done = (*io)->feature(set.bytes()); !done)
        return done;
    auto stream = (*io)->takeStream(set.payload().dataFd);
    if (!stream)
        return std::unexpected(stream.error());
    if (auto precopy = (*stream)->precopyInfo(); !precopy)
        return std::unexpected(precopy.error());
    std::array<std::byte, 16> buffer{};
    for (;;) {
        auto count = (*stream)->read(buffer);
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
    }
    stream->reset();
    return (*io)->reset();
}

struct Path {
    const char* name;
    DeviceLocation location;
};

class EveryCall : public testing::TestWithParam<int> {};

TEST_P(EveryCall, FailedOnceLeaksNothingAndIsReported) {
    const int errnoValue = GetParam();
    for (const Path& path : {Path{"group", viaGroup()}, Path{"cdev", viaCdev()}}) {
        int failing = 0;
        for (bool ended = false; !ended;) {
            ++failing;
            FakeKernel kernel;
            kernel.syscalls->reads = {16, 8, -EAGAIN};
            kernel.syscalls->failCall(failing, errnoValue);
            const auto result = wholeLife(kernel, path.location);
            ended = kernel.syscalls->calls < failing;
            const std::string at = std::string(path.name) + " call " + std::to_string(failing);
            EXPECT_THAT(kernel.syscalls->openFds, IsEmpty()) << at;
            EXPECT_THAT(kernel.syscalls->violations, IsEmpty()) << at;
            EXPECT_FALSE(kernel.held->contains(path.location.name)) << at;
            if (ended) {
                EXPECT_TRUE(result) << at;
                break;
            }
            const std::string& step = kernel.syscalls->log[static_cast<std::size_t>(failing) - 1];
            if (step.starts_with("close"))
                EXPECT_TRUE(result) << at << " " << step << ": a failed close is no failed act";
            else if (result)
                ADD_FAILURE() << at << " " << step << " failed and nobody said so";
            else
                EXPECT_TRUE(result.error().isErrno(errnoValue))
                    << at << " " << step << ": " << describe(result.error());
        }
        EXPECT_GT(failing, 12) << path.name;
    }
}

// EINTR and EAGAIN have their own tests: some calls rightly repeat them.
INSTANTIATE_TEST_SUITE_P(Errnos, EveryCall,
                         testing::Values(EPERM, EACCES, EBUSY, EINVAL, ENODEV, ENOTTY, EIO, ENOMEM, EBADF,
                                         EBADFD, EFAULT, E2BIG, EMFILE, ENOMSG, EOVERFLOW, ENOTCONN));

struct OpenFault {
    const char* step;
    int errnoValue;
    const char* where;
    bool cdev;
    bool explained;
};

class OpeningFails : public testing::TestWithParam<OpenFault> {};

TEST_P(OpeningFails, WithErrnoStepPlaceAndMeaning) {
    const OpenFault& fault = GetParam();
    FakeKernel kernel;
    kernel.syscalls->failStep(fault.step, fault.errnoValue);
    auto io = kernel.open(fault.cdev ? viaCdev() : viaGroup());
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().isErrno(fault.errnoValue));
    const std::string step = fault.step;
    EXPECT_EQ(io.error().what, step.starts_with("open ") ? "open" : step);
    EXPECT_THAT(io.error().where, testing::HasSubstr(fault.where));
    EXPECT_EQ(!io.error().detail.empty(), fault.explained) << describe(io.error());
    EXPECT_THAT(kernel.syscalls->openFds, IsEmpty());
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Causes, OpeningFails,
    testing::Values(OpenFault{"open group", EBUSY, "/dev/vfio/41", false, true},
                    OpenFault{"open group", ENODEV, "/dev/vfio/41", false, true},
                    OpenFault{"open group", EPERM, "/dev/vfio/41", false, true},
                    OpenFault{"open group", EACCES, "/dev/vfio/41", false, true},
                    OpenFault{"open group", ENOENT, "/dev/vfio/41", false, true},
                    OpenFault{"open group", EMFILE, "/dev/vfio/41", false, true},
                    OpenFault{"open container", ENOENT, "/dev/vfio/vfio", false, true},
                    OpenFault{"VFIO_GET_API_VERSION", ENOTTY, "/dev/vfio/vfio", false, false},
                    OpenFault{"VFIO_GROUP_GET_STATUS", ENODEV, "/dev/vfio/41", false, true},
                    OpenFault{"VFIO_CHECK_EXTENSION", EINVAL, "/dev/vfio/vfio", false, false},
                    OpenFault{"VFIO_GROUP_SET_CONTAINER", EPERM, "/dev/vfio/41", false, true},
                    OpenFault{"VFIO_GROUP_SET_CONTAINER", EBUSY, "/dev/vfio/41", false, true},
                    OpenFault{"VFIO_GROUP_SET_CONTAINER", EBADFD, "/dev/vfio/41", false, true},
                    OpenFault{"VFIO_SET_IOMMU", EPERM, "/dev/vfio/vfio", false, true},
                    OpenFault{"VFIO_SET_IOMMU", ENODEV, "/dev/vfio/vfio", false, true},
                    OpenFault{"VFIO_GROUP_GET_DEVICE_FD", ENODEV, "0000:3b:00.2", false, true},
                    OpenFault{"VFIO_GROUP_GET_DEVICE_FD", EACCES, "0000:3b:00.2", false, true},
                    OpenFault{"VFIO_GROUP_GET_DEVICE_FD", EAGAIN, "0000:3b:00.2", false, true},
                    OpenFault{"VFIO_GROUP_GET_DEVICE_FD", EIO, "0000:3b:00.2", false, true},
                    OpenFault{"open iommufd", ENOENT, "/dev/iommu", true, true},
                    OpenFault{"IOMMU_IOAS_ALLOC", ENOMEM, "/dev/iommu", true, false},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", EBUSY, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", EPERM, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", EINVAL, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", EACCES, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", ENODEV, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", EBADFD, "/dev/vfio/devices/vfio3", true, true},
                    OpenFault{"VFIO_DEVICE_BIND_IOMMUFD", E2BIG, "/dev/vfio/devices/vfio3", true, false},
                    OpenFault{"VFIO_DEVICE_ATTACH_IOMMUFD_PT", EBUSY, "/dev/vfio/devices/vfio3", true,
                              true}));

} // namespace
} // namespace migscope::test
