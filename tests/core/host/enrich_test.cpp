// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second stage: holders, debugfs, kernel options.
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/host/host_fixture.h"

namespace migscope::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* first = "0000:01:10.0";
constexpr const char* second = "0000:01:10.1";

/// Two functions in group 12, one in group 13.
void addDevices(Machine& machine) {
    machine.function({.address = first, .driver = "vfio-pci", .group = 12, .vfioDev = "vfio0"})
        .function({.address = second, .driver = "vfio-pci", .group = 12, .vfioDev = "vfio1"})
        .function({.address = "0000:02:00.0", .driver = "vfio-pci", .group = 13, .vfioDev = "vfio2"})
        .process(1, "init", {{0, {"/dev/null", ""}}});
}

TEST(Holders, FdinfoNamesTheDeviceItself) {
    Machine machine;
    addDevices(machine);
    machine.process(2211, "qemu-system-x86",
                    {{9, {"/dev/vfio/vfio", ""}},
                     {12,
                      {"anon_inode:[vfio-device]",
                       "pos:\t0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:02:00.0\n"}}});
    const Topology topology = enriched(machine.tree);
    const Device* held = topology.find("0000:02:00.0");
    ASSERT_EQ(held->holders.size(), 1U);
    EXPECT_EQ(held->holders[0].pid, 2211);
    EXPECT_EQ(held->holders[0].command, "qemu-system-x86");
    EXPECT_EQ(held->holders[0].via, "vfio-device-syspath");
    EXPECT_EQ(held->holderKnowledge, HolderKnowledge::Complete);
    EXPECT_THAT(topology.find(first)->holders, IsEmpty());
}

TEST(Holders, OnAnOldKernelAnOpenGroupHoldsAllItsDevices) {
    Machine machine;
    addDevices(machine);
    machine.process(77, "qemu", {{5, {"/dev/vfio/12", ""}}, {6, {"anon_inode:[vfio-device]", "pos:\t0\n"}}});
    const Topology topology = enriched(machine.tree);
    ASSERT_EQ(topology.find(first)->holders.size(), 1U);
    EXPECT_EQ(topology.find(first)->holders[0].via, "/dev/vfio/12");
    EXPECT_EQ(topology.find(second)->holders.size(), 1U);
    EXPECT_THAT(topology.find("0000:02:00.0")->holders, IsEmpty());
}

TEST(Holders, AProcessWithGroupAndDeviceIsNamedOnceByTheBetterProof) {
    Machine machine;
    addDevices(machine);
    machine.process(
        77, "qemu",
        {{5, {"/dev/vfio/12", ""}},
         {6, {"anon_inode:[vfio-device]", "vfio-device-syspath: /sys/devices/pci0000:00/0000:01:10.0\n"}}});
    const Topology topology = enriched(machine.tree);
    ASSERT_EQ(topology.find(first)->holders.size(), 1U);
    EXPECT_EQ(topology.find(first)->holders[0].via, "vfio-device-syspath");
}

TEST(Holders, AnOpenDeviceNodeHoldsItsDevice) {
    Machine machine;
    addDevices(machine);
    machine.process(78, "qemu", {{5, {"/dev/vfio/devices/vfio1", ""}}});
    const Topology topology = enriched(machine.tree);
    ASSERT_EQ(topology.find(second)->holders.size(), 1U);
    EXPECT_EQ(topology.find(second)->holders[0].via, "/dev/vfio/devices/vfio1");
    EXPECT_THAT(topology.find(first)->holders, IsEmpty());
}

TEST(Holders, WhatMayNotBeReadIsUnknownNotFree) {
    Machine machine;
    addDevices(machine);
    machine.process(812, "secret", {});
    machine.tree.failAt("/proc/812/fd", EACCES);
    const Topology topology = enriched(machine.tree);
    EXPECT_THAT(topology.find(first)->holders, IsEmpty());
    EXPECT_EQ(topology.find(first)->holderKnowledge, HolderKnowledge::NotPermitted);
}

TEST(Holders, AProcessThatEndsMeanwhileIsNoGap) {
    Machine machine;
    addDevices(machine);
    machine.process(812, "short", {});
    machine.tree.failAt("/proc/812/fd", ESRCH);
    EXPECT_EQ(enriched(machine.tree).find(first)->holderKnowledge, HolderKnowledge::Complete);
}

TEST(Holders, ATreeWithoutProcessesWasNotLookedAt) {
    Machine machine;
    machine.function({.address = first, .driver = "vfio-pci", .group = 12, .vfioDev = "vfio0"});
    EXPECT_EQ(enriched(machine.tree).find(first)->holderKnowledge, HolderKnowledge::NotLooked);
}

TEST(Holders, ACommandIsEscaped) {
    Machine machine;
    addDevices(machine);
    machine.process(9, "\x1b[31mred", {{5, {"/dev/vfio/13", ""}}});
    EXPECT_EQ(enriched(machine.tree).find("0000:02:00.0")->holders.at(0).command, "\\x1b[31mred");
}

TEST(Debugfs, FeaturesTellTheFlagsOfADeviceInUse) {
    Machine machine;
    addDevices(machine);
    const std::string folder = std::string("/sys/kernel/debug/vfio/") + first;
    machine.tree.addFile(folder + "/migration/features", "stop-copy\np2p\npre-copy\ndirty-tracking\n");
    machine.tree.addFile(folder + "/migration/state", "must never be read");
    machine.tree.failAt(folder + "/migration/state", EIO);
    const Topology topology = enriched(machine.tree);
    EXPECT_TRUE(topology.host.debugfsVfio);
    const auto& facts = topology.find(first)->debugfs;
    ASSERT_TRUE(facts);
    EXPECT_TRUE(facts->migrationFolder);
    EXPECT_EQ(facts->flags, MigFlags(7));
    EXPECT_TRUE(facts->dirtyTracking);
    EXPECT_THAT(topology.find(first)->problems, IsEmpty());
}

TEST(Debugfs, BeforeFeaturesTheFolderAloneProvesMigration) {
    Machine machine;
    addDevices(machine);
    machine.tree.addDirectory(std::string("/sys/kernel/debug/vfio/") + first + "/migration");
    machine.tree.addDirectory(std::string("/sys/kernel/debug/vfio/") + second);
    const Topology topology = enriched(machine.tree);
    EXPECT_TRUE(topology.find(first)->debugfs->migrationFolder);
    EXPECT_EQ(topology.find(first)->debugfs->flags, std::nullopt);
    EXPECT_FALSE(topology.find(second)->debugfs->migrationFolder);
}

TEST(Debugfs, AnUnknownFeatureIsShownNotDropped) {
    Machine machine;
    addDevices(machine);
    machine.tree.addFile(std::string("/sys/kernel/debug/vfio/") + first + "/migration/features",
                         "stop-copy\nteleport\n");
    const Topology topology = enriched(machine.tree);
    EXPECT_EQ(topology.find(first)->debugfs->flags, MigFlags(1));
    EXPECT_THAT(topology.find(first)->problems, testing::ElementsAre(HasSubstr("teleport")));
}

TEST(KernelConfigFile, OptionsAreReadAndMissingOnesAreNotSet) {
    Machine machine;
    machine.config(
        "# CONFIG_IOMMUFD is not set\nCONFIG_VFIO=m\nCONFIG_VFIO_GROUP=y\nCONFIG_VFIO_NOIOMMU=\"odd\"\n");
    const Topology topology = enriched(machine.tree);
    ASSERT_TRUE(topology.host.config);
    EXPECT_EQ(topology.host.config->at("VFIO"), 'm');
    EXPECT_EQ(topology.host.config->at("VFIO_GROUP"), 'y');
    EXPECT_EQ(topology.host.config->at("IOMMUFD"), 'n');
    EXPECT_EQ(topology.host.config->at("MLX5_VFIO_PCI"), 'n');
    EXPECT_EQ(topology.host.config->at("VFIO_NOIOMMU"), 'n');
    EXPECT_TRUE(topology.enriched);
}

TEST(KernelConfigFile, ACompressedOneIsExplained) {
    Machine machine;
    machine.tree.addFile("/proc/config.gz", "\x1f\x8b");
    const Topology topology = enriched(machine.tree);
    EXPECT_FALSE(topology.host.config);
    EXPECT_THAT(topology.problems, testing::ElementsAre(HasSubstr("zcat /proc/config.gz")));
}

} // namespace
} // namespace migscope::test
