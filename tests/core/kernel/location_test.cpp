// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a device is found, and why it is not opened.
#include "core/host/memory_tree.h"
#include "core/kernel/device_location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope::test {
namespace {

using testing::HasSubstr;

constexpr const char* address = "0000:3b:00.2";
const std::string folder = std::string("/sys/bus/pci/devices/") + address;

class Location : public testing::Test {
protected:
    Location() {
        tree.addDirectory("/sys/bus/platform/devices");
        tree.addDirectory(folder);
        tree.addLink(folder + "/iommu_group", "../../../../kernel/iommu_groups/41");
        tree.addLink(folder + "/driver", "../../../../bus/pci/drivers/mlx5_vfio_pci");
        tree.addNode("/dev/vfio/vfio", 0666, 0, 0);
        tree.addNode("/dev/vfio/41", 0600, 0, 0);
    }
    MemoryTree tree;
};

TEST_F(Location, FindsGroupNodeAndContainer) {
    const auto found = locateDevice(tree, address);
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(found->group, 41);
    EXPECT_EQ(found->groupNode, "/dev/vfio/41");
    EXPECT_EQ(found->containerNode, "/dev/vfio/vfio");
    EXPECT_TRUE(found->groupUsable);
    EXPECT_TRUE(found->cdevNode.empty());
    EXPECT_FALSE(found->cdevUsable);
}

TEST_F(Location, FindsTheDevicesOwnNode) {
    tree.addDirectory(folder + "/vfio-dev/vfio3");
    tree.addNode("/dev/vfio/devices/vfio3", 0600, 0, 0);
    tree.addNode("/dev/iommu", 0600, 0, 0);
    const auto found = locateDevice(tree, address);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->cdevNode, "/dev/vfio/devices/vfio3");
    EXPECT_TRUE(found->cdevUsable);
}

TEST_F(Location, AClassEntryIsNoNode) {
    tree.addDirectory(folder + "/vfio-dev/vfio3");
    const auto found = locateDevice(tree, address);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->cdevNode.empty());
}

TEST_F(Location, TheContainersModeAloneGrantsNothing) {
    tree.addNode("/dev/vfio/41", 0600, 0, 0, false);
    const auto found = locateDevice(tree, address);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->groupUsable);
}

TEST_F(Location, AnUnknownRightIsNoRight) {
    tree.addNode("/dev/vfio/41", 0600, 0, 0, std::nullopt);
    const auto found = locateDevice(tree, address);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->groupUsable);
}

TEST_F(Location, RefusesNoIommuGroups) {
    tree.remove("/dev/vfio/41");
    tree.addNode("/dev/vfio/noiommu-41", 0600, 0, 0);
    const auto found = locateDevice(tree, address);
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().is(Errc::Refused));
    EXPECT_THAT(found.error().detail, HasSubstr("no-IOMMU"));
}

TEST_F(Location, RefusesNoIommuDeviceNodes) {
    tree.addDirectory(folder + "/vfio-dev/noiommu-vfio0");
    const auto found = locateDevice(tree, address);
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().is(Errc::Refused));
}

TEST_F(Location, SaysWhichDriverADeviceWithoutNodeHas) {
    tree.remove("/dev/vfio/41");
    const auto found = locateDevice(tree, address);
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().is(Errc::Refused));
    EXPECT_THAT(found.error().detail, HasSubstr("mlx5_vfio_pci"));
}

TEST_F(Location, SaysThatADeviceHasNoGroup) {
    tree.remove(folder + "/iommu_group");
    const auto found = locateDevice(tree, address);
    ASSERT_FALSE(found);
    EXPECT_TRUE(found.error().is(Errc::Refused));
    EXPECT_THAT(found.error().detail, HasSubstr("no IOMMU group"));
}

TEST_F(Location, DoesNotFindWhatIsNotThere) {
    for (const char* name : {"0000:3b:00.3", "", ".", "..", "../../etc"}) {
        const auto found = locateDevice(tree, name);
        ASSERT_FALSE(found) << name;
        EXPECT_TRUE(found.error().is(Errc::NotFound)) << name;
    }
}

TEST_F(Location, FindsMediatedDevicesByUuid) {
    const std::string uuid = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
    tree.addDirectory("/sys/bus/mdev/devices/" + uuid);
    tree.addLink("/sys/bus/mdev/devices/" + uuid + "/iommu_group", "../../../../../kernel/iommu_groups/41");
    const auto found = locateDevice(tree, uuid);
    ASSERT_TRUE(found) << describe(found.error());
    EXPECT_EQ(found->name, uuid);
}

} // namespace
} // namespace migscope::test
