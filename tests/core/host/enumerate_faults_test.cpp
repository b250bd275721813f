// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of hosts that vanish, refuse and lie: rows and sentences, never a failure.
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/host/host_fixture.h"

namespace migscope::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string folder = "/sys/devices/pci0000:00/0000:02:00.0";

void addDevice(Machine& machine) {
    machine.function({.address = "0000:02:00.0", .driver = "vfio-pci", .group = 10, .vfioDev = "vfio4"})
        .groupNode("10");
}

/// Forwards to a tree; at the n-th call that touches `path` it removes something first.
class VanishingTree final : public HostTree {
public:
    VanishingTree(MemoryTree& tree, std::string trigger, std::string victim)
        : tree_(tree), trigger_(std::move(trigger)), victim_(std::move(victim)) {}
    Result<std::vector<DirectoryEntry>> list(const std::string& path) const override {
        auto out = tree_.list(path);
        after(path);
        return out;
    }
    Result<std::string> read(const std::string& path, std::size_t limit) const override {
        auto out = tree_.read(path, limit);
        after(path);
        return out;
    }
    Result<std::string> readLink(const std::string& path) const override { return tree_.readLink(path); }
    Result<FileFacts> stat(const std::string& path) const override { return tree_.stat(path); }
    Result<bool> usable(const std::string& path) const override { return tree_.usable(path); }

private:
    void after(const std::string& path) const {
        if (path == trigger_)
            tree_.remove(victim_);
    }
    MemoryTree& tree_;
    std::string trigger_, victim_;
};

TEST(EnumerateFaults, AHostWithoutSysfsIsEmptyAndSaysSo) {
    const MemoryTree nothing;
    const Topology topology = scanned(nothing);
    EXPECT_THAT(topology.devices, IsEmpty());
    EXPECT_THAT(topology.groups, IsEmpty());
    EXPECT_THAT(topology.problems, Contains(HasSubstr("/sys")));
}

TEST(EnumerateFaults, AHostWithoutGroupsIsEmptyWithoutAProblem) {
    const Machine machine;
    const Topology topology = scanned(machine.tree);
    EXPECT_FALSE(topology.host.iommuGroupsPresent);
    EXPECT_THAT(topology.devices, IsEmpty());
    EXPECT_THAT(topology.problems, IsEmpty());
}

TEST(EnumerateFaults, ADeviceThatVanishesIsDroppedAndTheOthersStay) {
    Machine machine;
    addDevice(machine);
    machine.function({.address = "0000:02:00.1", .group = 10});
    const VanishingTree tree(machine.tree, "/sys/kernel/iommu_groups/10/devices", folder);
    const Topology topology = scanned(tree);
    ASSERT_EQ(topology.devices.size(), 1U);
    EXPECT_EQ(topology.devices[0].name, "0000:02:00.1");
}

TEST(EnumerateFaults, AGroupThatVanishesIsDropped) {
    Machine machine;
    addDevice(machine);
    machine.function({.address = "0000:03:00.0", .group = 11});
    const VanishingTree tree(machine.tree, "/sys/kernel/iommu_groups", "/sys/kernel/iommu_groups/10");
    const Topology topology = scanned(tree);
    ASSERT_EQ(topology.groups.size(), 1U);
    EXPECT_EQ(topology.groups[0].id, 11);
    EXPECT_EQ(topology.find("0000:03:00.0")->iommuGroup, 11);
}

TEST(EnumerateFaults, ADanglingMemberIsReadTwiceAtMost) {
    Machine machine;
    addDevice(machine);
    machine.tree.remove(folder); // the link in the group stays: a chase would never end
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.find("0000:02:00.0"), nullptr);
}

TEST(EnumerateFaults, ARefusedAttributeIsSaidAndTheRowIsKept) {
    Machine machine;
    addDevice(machine);
    machine.tree.failAt(folder + "/revision", EACCES);
    const Topology topology = scanned(machine.tree);
    const Device* device = topology.find("0000:02:00.0");
    ASSERT_NE(device, nullptr);
    EXPECT_THAT(device->problems, ElementsAre("revision: not permitted (EACCES)"));
    EXPECT_EQ(device->pci->device, 0x10ca);
}

TEST(EnumerateFaults, ARefusedUeventKeepsTheRow) {
    Machine machine;
    addDevice(machine);
    machine.tree.failAt(folder + "/uevent", EPERM);
    machine.tree.addFile(folder + "/vendor", "0x8086\n");
    const Topology topology = scanned(machine.tree);
    const Device* device = topology.find("0000:02:00.0");
    ASSERT_NE(device, nullptr);
    EXPECT_THAT(device->problems, Contains("uevent: not permitted (EPERM)"));
    EXPECT_EQ(device->pci->vendor, 0x8086);
    EXPECT_EQ(device->vfioDev, "vfio4");
}

struct BadText {
    const char* what;
    std::string uevent;
};

class EnumerateBadUevent : public testing::TestWithParam<BadText> {};

TEST_P(EnumerateBadUevent, IsAnInvalidFieldShownEscaped) {
    Machine machine;
    addDevice(machine);
    machine.tree.addFile(folder + "/uevent", GetParam().uevent);
    const Topology topology = scanned(machine.tree);
    const Device* device = topology.find("0000:02:00.0");
    ASSERT_NE(device, nullptr);
    EXPECT_THAT(device->problems, Not(IsEmpty()));
    for (const std::string& problem : device->problems) {
        EXPECT_EQ(problem.find_first_of(std::string("\0\x1b\n\xff", 4)), std::string::npos) << problem;
        EXPECT_LT(problem.size(), 400U);
    }
}

INSTANTIATE_TEST_SUITE_P(Texts, EnumerateBadUevent,
                         testing::Values(BadText{"negative", "PCI_ID=-1:-1\nPCI_CLASS=20000\n"},
                                         BadText{"no colon", "PCI_ID=8086\nPCI_CLASS=20000\n"},
                                         BadText{"too large", "PCI_ID=18086:10CA\nPCI_CLASS=20000\n"},
                                         BadText{"embedded NUL", std::string("PCI_ID=80\0"
                                                                             "86:10CA\nPCI_CLASS=20000\n",
                                                                             34)},
                                         BadText{"not UTF-8", "PCI_ID=8086:10CA\nPCI_CLASS=\xff\xfe\n"},
                                         BadText{"escape sequence",
                                                 "DRIVER=\x1b[31mevil\nPCI_ID=8086:10CA\nPCI_CLASS=20000\n"},
                                         BadText{"nothing in it", "NOTHING=1\n"},
                                         BadText{"a page of one letter",
                                                 "PCI_ID=" + std::string(5000, 'A') + "\nPCI_CLASS=20000\n"}),
                         [](const auto& bad) {
                             std::string name = bad.param.what;
                             for (char& c : name)
                                 c = c == ' ' || c == '-' ? '_' : c;
                             return name;
                         });

TEST(EnumerateFaults, AnAttributeWithoutNewlineIsStillANumber) {
    Machine machine;
    addDevice(machine);
    machine.tree.addFile(folder + "/revision", "0x21");
    EXPECT_EQ(scanned(machine.tree).find("0000:02:00.0")->pci->revision, 0x21);
}

TEST(EnumerateFaults, AnEmptyAttributeIsInvalidNotZero) {
    Machine machine;
    addDevice(machine);
    machine.tree.addFile(folder + "/numa_node", "");
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.find("0000:02:00.0")->numaNode, std::nullopt);
    EXPECT_THAT(topology.find("0000:02:00.0")->problems, ElementsAre("numa_node is invalid: \"\""));
}

TEST(EnumerateFaults, BadRegionsAreOneSentenceAGroup) {
    Machine machine;
    addDevice(machine);
    machine.tree.addFile("/sys/kernel/iommu_groups/10/reserved_regions",
                         "0x00 0xff msi\n0xff 0x00 msi\nrubbish\nrubbish\n");
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.group(10)->reservedRegions.size(), 1U);
    ASSERT_EQ(topology.problems.size(), 1U);
    EXPECT_THAT(topology.problems[0], HasSubstr("group 10: reserved_regions is invalid"));
}

class EnumerateHostileName : public testing::TestWithParam<std::string> {};

TEST_P(EnumerateHostileName, IsListedEscapedAndCannotBeOpened) {
    Machine machine;
    addDevice(machine);
    machine.tree.addFile("/sys/kernel/iommu_groups/10/devices/" + GetParam() + "/uevent", "DRIVER=evil\n");
    const Topology topology = scanned(machine.tree);
    ASSERT_EQ(topology.devices.size(), 2U);
    const Device& hostile = topology.devices[0].bus.empty() ? topology.devices[0] : topology.devices[1];
    EXPECT_TRUE(hostile.bus.empty());
    EXPECT_EQ(hostile.iommuGroup, std::nullopt) << "nothing to open";
    EXPECT_TRUE(hostile.vfioDev.empty());
    EXPECT_NE(hostile.name, GetParam());
    EXPECT_THAT(hostile.problems, Contains(HasSubstr("is no device name")));
    EXPECT_EQ(hostile.name.find_first_of("\n\x1b"), std::string::npos);
    EXPECT_EQ(topology.find("0000:02:00.0")->driver, "vfio-pci") << "the others are unharmed";
    EXPECT_EQ(topology.group(10)->viable, std::nullopt) << "a member that is not known could block";
}

INSTANTIATE_TEST_SUITE_P(Names, EnumerateHostileName,
                         testing::Values("<b>bold<", "two\nlines", "\x1b[2Jclear", std::string(255, 'x'),
                                         "\xe2\x80\xae"
                                         "desrever",
                                         ".hidden", "with space", "\xff\xfe"));

TEST(EnumerateFaults, AHostileGroupNameIsAProblemAndNoGroup) {
    Machine machine;
    addDevice(machine);
    for (const char* name : {"007", "12a", "-1", "99999999999", "<i>"})
        machine.tree.addDirectory(std::string("/sys/kernel/iommu_groups/") + name + "/devices");
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.groups.size(), 1U);
    EXPECT_EQ(topology.problems.size(), 5U);
}

TEST(EnumerateFaults, AHostileVfioEntryIsAProblemAndBindsNothing) {
    Machine machine;
    addDevice(machine);
    machine.tree.addLink("/sys/class/vfio-dev/vfio4x",
                         "../../devices/pci0000:00/0000:02:00.0/vfio-dev/vfio4x");
    machine.tree.addLink("/sys/class/vfio-dev/vfio9", "../../../etc/passwd");
    const Topology topology = scanned(machine.tree);
    EXPECT_EQ(topology.find("0000:02:00.0")->vfioDev, "vfio4");
    EXPECT_EQ(topology.problems.size(), 2U);
}

TEST(EnumerateFaults, ALoopOfLinksIsInvalidAndEnds) {
    Machine machine;
    addDevice(machine);
    machine.tree.addLink(folder + "/revision", "revision");
    const Topology topology = scanned(machine.tree);
    EXPECT_THAT(topology.find("0000:02:00.0")->problems,
                ElementsAre(HasSubstr("revision: could not be read (ELOOP")));
}

TEST(EnumerateFaults, APhysfnThatIsNoAddressIsInvalid) {
    Machine machine;
    addDevice(machine);
    machine.tree.addLink(folder + "/physfn", "../../../../../etc");
    const Topology topology = scanned(machine.tree);
    EXPECT_TRUE(topology.find("0000:02:00.0")->pci->physicalFunction.empty());
    EXPECT_THAT(topology.find("0000:02:00.0")->problems, ElementsAre(HasSubstr("physfn is invalid")));
}

TEST(EnumerateFaults, APlantedPipeIsRefused) {
    Machine machine;
    addDevice(machine);
    machine.tree.remove(folder + "/revision");
    machine.tree.addOther(folder + "/revision");
    const Topology topology = scanned(machine.tree);
    EXPECT_THAT(topology.find("0000:02:00.0")->problems, ElementsAre(HasSubstr("not a regular file")));
}

TEST(EnumerateFaults, AReadErrorOfTheDriverIsKeptByName) {
    Machine machine;
    addDevice(machine);
    machine.tree.failAt(folder + "/numa_node", EIO);
    const Topology topology = scanned(machine.tree);
    EXPECT_THAT(topology.find("0000:02:00.0")->problems, ElementsAre(HasSubstr("EIO")));
}

} // namespace
} // namespace migscope::test
