// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opening devices: the calls in order, who shares what, and what is closed when.
#include "tests/core/kernel/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <fcntl.h>

namespace migscope::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(GroupAccess, OpensInTheOrderOfTheInterface) {
    FakeKernel kernel;
    auto io = kernel.open(viaGroup());
    ASSERT_TRUE(io) << describe(io.error());
    EXPECT_THAT(kernel.syscalls->log,
                ElementsAre("open container", "open group", "VFIO_GET_API_VERSION", "VFIO_GROUP_GET_STATUS",
                            "VFIO_CHECK_EXTENSION", "VFIO_GROUP_SET_CONTAINER", "VFIO_SET_IOMMU",
                            "VFIO_GROUP_GET_DEVICE_FD"));
    EXPECT_EQ((*io)->access(), "group+type1v2");
    EXPECT_EQ(kernel.syscalls->lastOpenFlags, O_RDWR | O_CLOEXEC);
}

TEST(GroupAccess, ClosesDeviceThenGroupThenContainer) {
    FakeKernel kernel;
    auto io = kernel.open(viaGroup());
    ASSERT_TRUE(io);
    kernel.syscalls->log.clear();
    io->reset();
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("close device", "close group", "close container"));
    EXPECT_THAT(kernel.syscalls->openFds, IsEmpty());
}

TEST(GroupAccess, IsSharedByTheDevicesOfTheGroup) {
    FakeKernel kernel;
    auto first = kernel.open(viaGroup("0000:3b:00.2"));
    auto second = kernel.open(viaGroup("0000:3b:00.3"));
    ASSERT_TRUE(first);
    ASSERT_TRUE(second) << describe(second.error());
    EXPECT_EQ(kernel.syscalls->count("open group"), 1U);
    EXPECT_EQ(kernel.syscalls->count("open container"), 1U);
    EXPECT_EQ(kernel.syscalls->count("VFIO_GROUP_GET_DEVICE_FD"), 2U);
    first->reset();
    EXPECT_EQ(kernel.syscalls->count("close group"), 0U);
    second->reset();
    EXPECT_EQ(kernel.syscalls->count("close group"), 1U);
    EXPECT_THAT(kernel.syscalls->violations, IsEmpty());
}

TEST(GroupAccess, CanBeOpenedAgainAfterTheLastDeviceLeft) {
    FakeKernel kernel;
    for (int round = 0; round < 3; ++round)
        ASSERT_TRUE(kernel.open(viaGroup())) << round;
    EXPECT_EQ(kernel.syscalls->count("open group"), 3U);
    EXPECT_THAT(kernel.syscalls->openFds, IsEmpty());
}

TEST(GroupAccess, OfAnotherGroupIsItsOwn) {
    FakeKernel kernel;
    auto first = kernel.open(viaGroup());
    DeviceLocation other = viaGroup("0000:5e:00.1");
    other.group = 42;
    other.groupNode = "/dev/vfio/42";
    // The scripted kernel has one group node only, and says so: what counts is that a second one is asked
    // for.
    auto second = kernel.open(other);
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().isErrno(EBUSY));
    EXPECT_EQ(second.error().where, "/dev/vfio/42");
}

TEST(GroupAccess, RefusesANonViableGroupBeforeJoiningIt) {
    FakeKernel kernel;
    kernel.syscalls->viable = false;
    auto io = kernel.open(viaGroup());
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().is(Errc::Refused));
    EXPECT_EQ(io.error().where, "/dev/vfio/41");
    EXPECT_THAT(io.error().detail, HasSubstr("not viable"));
    EXPECT_EQ(kernel.syscalls->count("VFIO_GROUP_SET_CONTAINER"), 0U);
    EXPECT_THAT(kernel.syscalls->openFds, IsEmpty());
}

TEST(GroupAccess, SaysWhenTheHostHasNoType1v2) {
    FakeKernel kernel;
    kernel.syscalls->hasType1v2 = false;
    auto io = kernel.open(viaGroup());
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().is(Errc::Unsupported));
    EXPECT_THAT(kernel.syscalls->openFds, IsEmpty());
}

TEST(GroupAccess, SaysWhenTheKernelSpeaksAnotherVersion) {
    FakeKernel kernel;
    kernel.syscalls->apiVersion = 1;
    auto io = kernel.open(viaGroup());
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().is(Errc::Unsupported));
}

TEST(CdevAccess, BindsBeforeAnythingElseAndAttachesAnEmptyAddressSpace) {
    FakeKernel kernel;
    auto io = kernel.open(viaCdev());
    ASSERT_TRUE(io) << describe(io.error());
    EXPECT_THAT(kernel.syscalls->log,
                ElementsAre("open iommufd", "IOMMU_IOAS_ALLOC", "open cdev", "VFIO_DEVICE_BIND_IOMMUFD",
                            "VFIO_DEVICE_ATTACH_IOMMUFD_PT"));
    EXPECT_EQ((*io)->access(), "cdev+iommufd");
    kernel.syscalls->log.clear();
    io->reset();
    EXPECT_THAT(kernel.syscalls->log, ElementsAre("close cdev", "close iommufd"));
}

TEST(CdevAccess, BindsWithTheSizeThatTheFirstKernelsKnow) {
    FakeKernel kernel;
    ASSERT_TRUE(kernel.open(viaCdev()));
    EXPECT_EQ(kernel.syscalls->lastBind.size(), 16U);
}

TEST(CdevAccess, SharesOneIommufdWithinAGroup) {
    FakeKernel kernel;
    auto first = kernel.open(viaCdev("a"));
    auto second = kernel.open(viaCdev("b"));
    ASSERT_TRUE(second);
    EXPECT_EQ(kernel.syscalls->count("open iommufd"), 1U);
    second->reset();
    EXPECT_EQ(kernel.syscalls->count("close iommufd"), 0U);
}

TEST(AccessChoice, PrefersTheGroupNodeWhenBothAreAllowed) {
    FakeKernel kernel;
    DeviceLocation both = viaGroup();
    both.cdevNode = viaCdev().cdevNode;
    both.iommufdNode = "/dev/iommu";
    both.cdevUsable = true;
    auto io = kernel.open(both);
    ASSERT_TRUE(io);
    EXPECT_EQ((*io)->access(), "group+type1v2");
}

TEST(AccessChoice, TakesTheDeviceNodeWhenOnlyThatIsAllowed) {
    FakeKernel kernel;
    DeviceLocation both = viaCdev();
    both.groupNode = "/dev/vfio/41";
    both.containerNode = "/dev/vfio/vfio";
    auto io = kernel.open(both);
    ASSERT_TRUE(io);
    EXPECT_EQ((*io)->access(), "cdev+iommufd");
}

TEST(AccessChoice, StaysWithTheWayThatAGroupIsOpenBy) {
    FakeKernel kernel;
    auto first = kernel.open(viaCdev("a"));
    // The rights changed meanwhile; group and device nodes still exclude each other.
    DeviceLocation second = viaGroup("b");
    second.cdevNode = "/dev/vfio/devices/vfio4";
    auto io = kernel.open(second);
    ASSERT_TRUE(io) << describe(io.error());
    EXPECT_EQ((*io)->access(), "cdev+iommufd");
    EXPECT_EQ(kernel.syscalls->count("open group"), 0U);
}

TEST(AccessChoice, WithoutRightsNamesTheNodesAndTriesNothing) {
    FakeKernel kernel;
    DeviceLocation none = viaGroup();
    none.groupUsable = false;
    none.cdevNode = "/dev/vfio/devices/vfio3";
    none.iommufdNode = "/dev/iommu";
    auto io = kernel.open(none);
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().is(Errc::NotPermitted));
    EXPECT_THAT(io.error().detail, HasSubstr("/dev/vfio/41 and /dev/vfio/vfio, or /dev/vfio/devices/vfio3"));
    EXPECT_EQ(kernel.syscalls->calls, 0);
}

TEST(OwnNodeOpener, OpensRealNodesSoThatChildrenDoNotInheritThem) {
    const auto syscalls = std::make_shared<RealSyscalls>();
    OwnNodeOpener opener(syscalls);
    const auto fd = opener.open("/dev/null");
    ASSERT_TRUE(fd) << describe(fd.error());
    EXPECT_EQ(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

TEST(OwnNodeOpener, KeepsTheErrnoAndNamesThePathOfARealFailure) {
    const auto syscalls = std::make_shared<RealSyscalls>();
    OwnNodeOpener opener(syscalls);
    const auto fd = opener.open("/nowhere/vfio");
    ASSERT_FALSE(fd);
    EXPECT_TRUE(fd.error().isErrno(ENOENT));
    EXPECT_EQ(fd.error().where, "/nowhere/vfio");
}

TEST(HeldDevices, AreThoseThatAreOpen) {
    FakeKernel kernel;
    auto io = kernel.open(viaGroup());
    EXPECT_TRUE(kernel.held->contains("0000:3b:00.2"));
    io->reset();
    EXPECT_FALSE(kernel.held->contains("0000:3b:00.2"));
}

TEST(HeldDevices, AreNotOpenedASecondTime) {
    FakeKernel kernel;
    auto first = kernel.open(viaGroup());
    ASSERT_TRUE(first);
    kernel.syscalls->log.clear();
    const auto second = kernel.open(viaGroup());
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().isErrno(EBUSY));
    EXPECT_THAT(kernel.syscalls->log, IsEmpty());
    EXPECT_TRUE(kernel.held->contains("0000:3b:00.2")) << "the refusal must not forget the first";
    first->reset();
    EXPECT_TRUE(kernel.open(viaGroup()));
}

} // namespace
} // namespace migscope::test
