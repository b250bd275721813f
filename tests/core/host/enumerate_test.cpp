// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of healthy machines: what they have is what is reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/host/host_fixture.h"

namespace migscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// An Intel server: a PF on the host's driver, two VFs on vfio-pci, a bridge, a shared group.
void addIntel(Machine& machine) {
    machine
        .function({.address = "0000:00:08.0",
                   .ids = "1B36:000C",
                   .driver = "pcieport",
                   .pciClass = "60400",
                   .group = 5})
        .function({.address = "0000:01:00.0",
                   .ids = "8086:10C9",
                   .driver = "igb",
                   .group = 9,
                   .totalVfs = 7,
                   .numa = 1})
        .function({.address = "0000:01:10.0",
                   .driver = "vfio-pci",
                   .group = 12,
                   .vfioDev = "vfio0",
                   .physicalFunction = "0000:01:00.0"})
        .function({.address = "0000:01:10.2",
                   .driver = "vfio-pci",
                   .group = 13,
                   .vfioDev = "vfio1",
                   .physicalFunction = "0000:01:00.0"})
        .function({.address = "0000:00:1f.0", .ids = "8086:2918", .pciClass = "60100", .group = 8})
        .function({.address = "0000:00:1f.2",
                   .ids = "8086:2922",
                   .driver = "ahci",
                   .pciClass = "10601",
                   .group = 8})
        .function({.address = "0000:00:1f.3",
                   .ids = "8086:2930",
                   .driver = "vfio-pci",
                   .pciClass = "C0500",
                   .group = 8,
                   .vfioDev = "vfio2"})
        .groupNode("12")
        .groupNode("13")
        .groupNode("8");
    machine.tree.addNode("/dev/vfio/vfio", 0666, 0, 0, true);
    machine.tree.addDirectory("/sys/devices/virtual/iommu/dmar0/devices/0000:01:10.0");
    machine.tree.addDirectory("/sys/devices/virtual/iommu/dmar0/devices/0000:01:00.0");
    machine.tree.addLink("/sys/class/iommu/dmar0", "../../devices/virtual/iommu/dmar0");
}

TEST(Enumerate, ReportsTheFactsOfAVirtualFunction) {
    Machine machine;
    addIntel(machine);
    const Topology topology = scanned(machine.tree);
    const Device* vf = topology.find("0000:01:10.0");
    ASSERT_NE(vf, nullptr);
    EXPECT_EQ(vf->bus, "pci");
    EXPECT_EQ(vf->driver, "vfio-pci");
    EXPECT_EQ(vf->iommuGroup, 12);
    EXPECT_EQ(vf->vfioDev, "vfio0");
    EXPECT_EQ(vf->iommuUnit, "dmar0");
    EXPECT_EQ(vf->numaNode, 1) << "a virtual function sits where its physical function sits";
    ASSERT_TRUE(vf->pci);
    EXPECT_EQ(vf->pci->vendor, 0x8086);
    EXPECT_EQ(vf->pci->device, 0x10ca);
    EXPECT_EQ(vf->pci->subsystemDevice, 0xa01f);
    EXPECT_EQ(vf->pci->classCode, 0x020000U);
    EXPECT_EQ(vf->pci->revision, 1);
    EXPECT_EQ(vf->pci->physicalFunction, "0000:01:00.0");
    EXPECT_EQ(vf->pci->physicalFunctionDriver, "igb");
    EXPECT_EQ(vf->pci->deviceName, "device 8086:10ca");
    EXPECT_THAT(vf->problems, IsEmpty());
    EXPECT_THAT(topology.problems, IsEmpty());
}

TEST(Enumerate, APhysicalFunctionKnowsItsVirtualFunctions) {
    Machine machine;
    addIntel(machine);
    const Topology topology = scanned(machine.tree);
    const Device* pf = topology.find("0000:01:00.0");
    ASSERT_NE(pf, nullptr);
    EXPECT_EQ(pf->pci->totalVfs, 7);
    EXPECT_THAT(pf->pci->virtualFunctions, ElementsAre("0000:01:10.0", "0000:01:10.2"));
}

TEST(Enumerate, ReportsGroupsInOrderWithTypeRegionsAndNode) {
    Machine machine;
    addIntel(machine);
    machine.tree.addFile("/sys/kernel/iommu_groups/8/reserved_regions",
                         "0x0000000000000000 0x0000000000ffffff direct-relaxable\n"
                         "0x00000000fee00000 0x00000000feefffff msi\n");
    const Topology topology = scanned(machine.tree);
    ASSERT_EQ(topology.groups.size(), 5U);
    EXPECT_EQ(topology.groups[0].id, 5);
    const Group* group = topology.group(8);
    ASSERT_NE(group, nullptr);
    EXPECT_EQ(group->type, "DMA-FQ");
    EXPECT_EQ(group->kind, GroupKind::Physical);
    ASSERT_EQ(group->reservedRegions.size(), 2U);
    EXPECT_EQ(group->reservedRegions[0].end, 0xffffffU);
    EXPECT_EQ(group->reservedRegions[0].type, "direct-relaxable");
    EXPECT_EQ(group->node.path, "/dev/vfio/8");
    EXPECT_EQ(group->node.mode, 0600U);
    EXPECT_EQ(group->node.usable, true);
}

TEST(Enumerate, AGroupWithAHostDriverIsNotViableAndNamesIt) {
    Machine machine;
    addIntel(machine);
    const Topology topology = scanned(machine.tree);
    const Group* mixed = topology.group(8);
    EXPECT_EQ(mixed->viable, false);
    EXPECT_THAT(mixed->blockers, ElementsAre("0000:00:1f.2")) << "not the bridge, not the VFIO device";
    EXPECT_EQ(topology.group(12)->viable, true);
    EXPECT_EQ(topology.group(5)->viable, true) << "port drivers leave the DMA alone";
}

TEST(Enumerate, AVfioClassEntryWithoutANodeIsNoDeviceNode) {
    Machine machine;
    addIntel(machine);
    const Topology topology = scanned(machine.tree);
    EXPECT_FALSE(topology.find("0000:01:10.0")->cdev.exists);
    EXPECT_TRUE(topology.find("0000:01:10.0")->boundToVfio());
}

TEST(Enumerate, ADeviceNodeIsReportedWithItsRights) {
    Machine machine;
    addIntel(machine);
    machine.deviceNode("vfio0", false);
    const Topology topology = scanned(machine.tree);
    const NodeFacts& cdev = topology.find("0000:01:10.0")->cdev;
    EXPECT_TRUE(cdev.exists);
    EXPECT_EQ(cdev.path, "/dev/vfio/devices/vfio0");
    EXPECT_EQ(cdev.usable, false);
}

TEST(Enumerate, ReportsTheHost) {
    Machine machine;
    addIntel(machine);
    machine.tree.addFile("/proc/self/limits",
                         "Limit  Soft Limit  Hard Limit  Units\n"
                         "Max locked memory         8388608              8388608              bytes     \n");
    const HostFacts host = scanned(machine.tree).host;
    EXPECT_EQ(host.hostName, "lab");
    EXPECT_EQ(host.kernelRelease, "6.12.95+deb12-amd64");
    EXPECT_TRUE(host.iommuGroupsPresent);
    EXPECT_TRUE(host.vfioModule);
    EXPECT_FALSE(host.iommufdNode);
    EXPECT_EQ(host.container.mode, 0666U);
    EXPECT_EQ(host.memlockBytes, 8388608U);
    ASSERT_EQ(host.iommuUnits.size(), 1U);
    EXPECT_EQ(host.iommuUnits[0].name, "dmar0");
    EXPECT_EQ(host.iommuUnits[0].devices, 2U);
}

TEST(Enumerate, AnMdevIsInAnEmulatedGroupWhateverItsName) {
    Machine machine;
    machine.mdev("11111111-1111-4111-8111-111111111111", 14, "vfio5").groupNode("14");
    const Topology topology = scanned(machine.tree);
    const Device* mdev = topology.find("11111111-1111-4111-8111-111111111111");
    ASSERT_NE(mdev, nullptr);
    EXPECT_EQ(mdev->bus, "mdev");
    EXPECT_EQ(mdev->driver, "mtty");
    ASSERT_TRUE(mdev->mdev);
    EXPECT_EQ(mdev->mdev->parent, "mtty");
    EXPECT_EQ(mdev->mdev->typeId, "mtty-2");
    EXPECT_EQ(mdev->mdev->typeName, "Dual port serial");
    EXPECT_EQ(topology.group(14)->name, "vfio-noiommu");
    EXPECT_EQ(topology.group(14)->kind, GroupKind::Emulated);
    EXPECT_EQ(topology.group(14)->viable, true);
}

TEST(Enumerate, ANoIommuGroupIsKnownByItsNode) {
    Machine machine;
    machine.function({.address = "0000:00:03.0", .driver = "vfio-pci", .group = 0, .vfioDev = "vfio0"})
        .groupNode("noiommu-0");
    machine.tree.addFile("/sys/kernel/iommu_groups/0/type", "unknown\n");
    machine.tree.addFile("/sys/kernel/iommu_groups/0/name", "vfio-noiommu\n");
    machine.tree.addFile("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.group(0)->kind, GroupKind::NoIommu);
    EXPECT_EQ(topology.group(0)->node.path, "/dev/vfio/noiommu-0");
    EXPECT_TRUE(topology.host.unsafeNoIommu);
}

TEST(Enumerate, WithoutAnIommuListsWhatAVariantDriverCouldTake) {
    Machine machine;
    machine.function({.address = "0000:3b:00.2", .ids = "15B3:101E", .driver = "mlx5_core"})
        .function({.address = "0000:00:02.0", .ids = "8086:1237"})
        .aliases("alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n");
    const Topology topology = scanned(machine.tree);
    EXPECT_FALSE(topology.host.iommuGroupsPresent);
    ASSERT_EQ(topology.devices.size(), 1U);
    EXPECT_EQ(topology.devices[0].name, "0000:3b:00.2");
    EXPECT_EQ(topology.devices[0].variantDriver, "mlx5_vfio_pci");
    EXPECT_EQ(topology.devices[0].iommuGroup, std::nullopt);
}

TEST(Enumerate, APhysicalFunctionOutsideAllGroupsStillTellsItsDriver) {
    Machine machine;
    machine.function({.address = "0000:3b:00.0", .ids = "15B3:101D", .driver = "mlx5_core"})
        .function({.address = "0000:3b:00.2",
                   .ids = "15B3:101E",
                   .driver = "mlx5_vfio_pci",
                   .group = 41,
                   .vfioDev = "vfio3",
                   .physicalFunction = "0000:3b:00.0"});
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.find("0000:3b:00.2")->pci->physicalFunctionDriver, "mlx5_core");
}

TEST(Enumerate, ReadsTheOverrideOfADeviceWithoutADriver) {
    Machine machine;
    machine.function({.address = "0000:02:00.0", .group = 1});
    machine.tree.addFile("/sys/devices/pci0000:00/0000:02:00.0/driver_override", "mlx5_vfio_pci\n");
    EXPECT_EQ(scanned(machine.tree).find("0000:02:00.0")->driverOverride, "mlx5_vfio_pci");
}

TEST(Enumerate, ATreeWithoutUeventFilesIsReadFromItsAttributes) {
    Machine machine;
    machine.function({.address = "0000:02:00.0", .driver = "vfio-pci", .group = 1, .vfioDev = "vfio0"});
    const std::string folder = "/sys/devices/pci0000:00/0000:02:00.0";
    machine.tree.remove(folder + "/uevent");
    machine.tree.addFile(folder + "/vendor", "0x15b3\n");
    machine.tree.addFile(folder + "/device", "0x101e\n");
    machine.tree.addFile(folder + "/class", "0x020000\n");
    machine.tree.addLink(folder + "/driver", "../../../bus/pci/drivers/vfio-pci");
    const Topology topology = scanned(machine.tree);
    const Device* device = topology.find("0000:02:00.0");
    ASSERT_NE(device, nullptr);
    EXPECT_EQ(device->driver, "vfio-pci");
    EXPECT_EQ(device->pci->device, 0x101e);
}

TEST(Enumerate, DevicesOfOtherBusesAreRowsToo) {
    Machine machine;
    machine.tree.addFile("/sys/devices/platform/fe200000.gpu/uevent", "DRIVER=panfrost\nOF_NAME=gpu\n");
    machine.tree.addLink("/sys/devices/platform/fe200000.gpu/subsystem", "../../../bus/platform");
    machine.tree.addLink("/sys/kernel/iommu_groups/3/devices/fe200000.gpu",
                         "../../../../devices/platform/fe200000.gpu");
    machine.tree.addFile("/sys/kernel/iommu_groups/3/type", "DMA\n");
    const Topology topology = scanned(machine.tree);
    ASSERT_EQ(topology.devices.size(), 1U);
    EXPECT_EQ(topology.devices[0].bus, "platform");
    EXPECT_EQ(topology.devices[0].driver, "panfrost");
    EXPECT_EQ(topology.group(3)->viable, false);
}

} // namespace
} // namespace migscope::test
