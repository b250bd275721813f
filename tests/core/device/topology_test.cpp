// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Topology values: copies, finding, naming a device.
#include "core/device/topology.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope {
namespace {

using testing::HasSubstr;

Device makeDevice(const std::string& name, const std::string& bus, const std::string& vfioDev = {}) {
    Device device;
    device.name = name;
    device.bus = bus;
    device.vfioDev = vfioDev;
    return device;
}

Topology makeTopology() {
    Topology topology;
    topology.devices.push_back(makeDevice("0000:3b:00.2", "pci", "vfio3"));
    topology.devices.push_back(makeDevice("0000:3b:00.3", "pci"));
    topology.devices.push_back(makeDevice("0001:3b:00.2", "pci"));
    topology.devices.push_back(makeDevice("a297db4a-f4c2-11e6-90f6-d3b88d6c9525", "mdev", "vfio9"));
    for (const int id : {3, 12, 41}) {
        topology.groups.emplace_back();
        topology.groups.back().id = id;
    }
    return topology;
}

TEST(Topology, ACopyOfADeviceHasItsOwnFacts) {
    Device device = makeDevice("0000:3b:00.2", "pci", "vfio3");
    device.label = "slow";
    device.pci = std::make_unique<PciFacts>();
    device.pci->vendor = 0x15b3;
    device.mdev = std::make_unique<MdevFacts>();
    device.mdev->typeId = "mtty-2";
    device.holders.push_back({1, "init", "/dev/vfio/1"});
    device.debugfs = DebugfsFacts{.flags = MigFlags(7), .migrationFolder = true, .dirtyTracking = true};
    device.problems = {"one"};
    Device copy(device);
    device.pci->vendor = 0;
    device.mdev->typeId.clear();
    EXPECT_EQ(copy.pci->vendor, 0x15b3);
    EXPECT_EQ(copy.mdev->typeId, "mtty-2");
    EXPECT_EQ(copy.label, "slow");
    EXPECT_EQ(copy.holders.size(), 1U);
    EXPECT_TRUE(copy.debugfs->migrationFolder);
    EXPECT_EQ(copy.problems.size(), 1U);
    Device assigned;
    assigned = copy;
    EXPECT_EQ(assigned.pci->vendor, 0x15b3);
    EXPECT_NE(assigned.pci.get(), copy.pci.get());
}

TEST(Topology, FindsDevicesAndGroupsByKey) {
    const Topology topology = makeTopology();
    ASSERT_NE(topology.find("0000:3b:00.3"), nullptr);
    EXPECT_EQ(topology.find("0000:3b:00.3")->name, "0000:3b:00.3");
    EXPECT_EQ(topology.find("0000:3b:00.9"), nullptr);
    EXPECT_EQ(topology.group(12)->id, 12);
    EXPECT_EQ(topology.group(13), nullptr);
}

TEST(ResolveDevice, TakesTheFullAddressTheShortOneTheUuidAndVfioN) {
    const Topology topology = makeTopology();
    for (const auto& [wanted, name] :
         {std::pair{"0000:3b:00.2", "0000:3b:00.2"}, std::pair{"3b:00.2", "0000:3b:00.2"},
          std::pair{"3B:00.3", "0000:3b:00.3"}, std::pair{"0001:3B:00.2", "0001:3b:00.2"},
          std::pair{"vfio3", "0000:3b:00.2"},
          std::pair{"A297DB4A-F4C2-11E6-90F6-D3B88D6C9525", "a297db4a-f4c2-11e6-90f6-d3b88d6c9525"}}) {
        const auto device = resolveDevice(topology, wanted);
        ASSERT_TRUE(device) << wanted;
        EXPECT_EQ((*device)->name, name);
    }
}

TEST(ResolveDevice, AMissNamesWhatIsNear) {
    const auto device = resolveDevice(makeTopology(), "3b:00.4");
    ASSERT_FALSE(device);
    EXPECT_TRUE(device.error().is(Errc::NotFound));
    EXPECT_THAT(device.error().detail, HasSubstr("0000:3b:00.2"));
    EXPECT_THAT(device.error().detail, HasSubstr("0000:3b:00.3"));
}

TEST(ResolveDevice, AMissOnAnEmptyHostSaysSo) {
    const auto device = resolveDevice(Topology{}, "3b:00.4");
    ASSERT_FALSE(device);
    EXPECT_THAT(device.error().detail, HasSubstr("no devices"));
}

TEST(ResolveDevice, AnEmptyNameIsAnInvalidArgument) {
    EXPECT_TRUE(resolveDevice(makeTopology(), "").error().is(Errc::InvalidArgument));
}

TEST(ResolveDevice, AHostileNameIsEscapedInTheError) {
    EXPECT_EQ(resolveDevice(makeTopology(), "\x1b[31m").error().where, "\\x1b[31m");
}

} // namespace
} // namespace migscope
