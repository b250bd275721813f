// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A written-down host answers as the host did.
#include "core/host/capture.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/host/directory_tree.h"
#include "tests/core/host/host_fixture.h"
#include "tests/core/host/temp_folder.h"

namespace migscope::test {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

/// Something of everything; nodes as another host's (our own rights are not part of a capture).
void addAll(Machine& machine) {
    machine
        .function({.address = "0000:3b:00.0",
                   .ids = "15B3:101D",
                   .driver = "mlx5_core",
                   .group = 40,
                   .totalVfs = 8,
                   .numa = 1})
        .function({.address = "0000:3b:00.2",
                   .ids = "15B3:101E",
                   .driver = "vfio-pci",
                   .group = 41,
                   .vfioDev = "vfio3",
                   .physicalFunction = "0000:3b:00.0"})
        .function({.address = "0000:04:00.0", .driver = "e1000e", .group = 12})
        .function({.address = "0000:04:00.1", .driver = "vfio-pci", .group = 12, .vfioDev = "vfio4"})
        .mdev("11111111-1111-4111-8111-111111111111", 14, "vfio5")
        .groupNode("41", 0660, std::nullopt)
        .groupNode("12", 0600, std::nullopt)
        .groupNode("14", 0600, std::nullopt)
        .deviceNode("vfio3", std::nullopt)
        .aliases(
            "alias pci:v00008086d* e1000e\nalias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n")
        .config("CONFIG_VFIO=m\nCONFIG_SECRET_THING=y\n# CONFIG_IOMMUFD is not set\n")
        .process(1, "init", {{0, {"/dev/null", ""}}})
        .process(500, "other", {{3, {"/home/me/secret.txt", ""}}})
        .process(2211, "qemu",
                 {{3, {"/home/me/disk.img", ""}},
                  {9, {"/dev/vfio/41", "pos:\t0\n"}},
                  {12,
                   {"anon_inode:[vfio-device]",
                    "pos:\t0\nvfio-device-syspath: /sys/devices/pci0000:00/0000:3b:00.2\n"}}});
    machine.tree.addNode("/dev/vfio/vfio", 0666, 0, 0, std::nullopt);
    machine.tree.addFile("/proc/self/limits",
                         "Max locked memory         65536              8388608              bytes     \n");
    machine.tree.addFile("/sys/kernel/debug/vfio/0000:3b:00.2/migration/features", "stop-copy\np2p\n");
    machine.tree.addLink("/sys/class/iommu/dmar0", "../../devices/virtual/iommu/dmar0");
    machine.tree.addLink("/sys/devices/virtual/iommu/dmar0/devices/0000:3b:00.2",
                         "../../../../pci0000:00/0000:3b:00.2");
}

/// Captures `tree`, reads the capture back, and expects the same Topology.
void expectSame(const HostTree& tree) {
    const TempFolder folder;
    const std::string where = (folder.path() / "host").string();
    const auto summary = captureHost(tree, where);
    ASSERT_TRUE(summary) << describe(summary.error());
    const auto again = DirectoryTree::capture(where);
    ASSERT_TRUE(again) << describe(again.error());
    EXPECT_EQ(dump(enriched(*again)), dump(enriched(tree)));
}

std::string allContent(const fs::path& folder) {
    std::ostringstream out;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        out << entry.path().string() << "\n";
        if (entry.is_symlink())
            out << fs::read_symlink(entry.path()).string() << "\n";
        else if (entry.is_regular_file())
            out << std::ifstream(entry.path()).rdbuf() << "\n";
    }
    return out.str();
}

TEST(Capture, OfAFullMachineIsTheSameTopology) {
    Machine machine;
    addAll(machine);
    expectSame(machine.tree);
}

TEST(Capture, OfAnEmptyHostIsTheSameTopology) {
    const MemoryTree nothing;
    expectSame(nothing);
    const Machine machine;
    expectSame(machine.tree);
}

TEST(Capture, KeepsWhatCouldNotBeRead) {
    Machine machine;
    addAll(machine);
    const std::string folder = "/sys/devices/pci0000:00/0000:04:00.1";
    machine.tree.failAt(folder + "/revision", EACCES);
    machine.tree.failAt("/sys/kernel/iommu_groups/12/type", EIO);
    machine.tree.failAt("/sys/kernel/debug/vfio", EACCES);
    machine.tree.failAt("/proc/500/fd", EACCES);
    machine.tree.remove("/boot/config-6.12.95+deb12-amd64");
    machine.tree.addFile("/proc/config.gz", "\x1f\x8b");
    expectSame(machine.tree);
}

TEST(Capture, KeepsHostileThingsHarmless) {
    Machine machine;
    addAll(machine);
    const std::string folder = "/sys/devices/pci0000:00/0000:04:00.1";
    machine.tree.addFile("/sys/kernel/iommu_groups/12/devices/two\nlines/uevent", "DRIVER=evil\n");
    machine.tree.addFile("/sys/kernel/iommu_groups/41/type", std::string("DM\0A\xff", 5));
    machine.tree.addLink(folder + "/revision", "revision");
    machine.tree.remove(folder + "/driver_override");
    machine.tree.addOther(folder + "/driver_override");
    machine.tree.addDirectory("/sys/kernel/iommu_groups/<b>");
    expectSame(machine.tree);
}

TEST(Capture, AProcOfOtherPeopleIsLeftOut) {
    Machine machine;
    addAll(machine);
    const TempFolder folder;
    ASSERT_TRUE(captureHost(machine.tree, (folder.path() / "host").string()));
    const std::string text = allContent(folder.path());
    EXPECT_THAT(text, Not(HasSubstr("secret.txt")));
    EXPECT_THAT(text, Not(HasSubstr("disk.img")));
    EXPECT_THAT(text, Not(HasSubstr("/proc/500/comm")));
    EXPECT_THAT(text, HasSubstr("qemu"));
    EXPECT_THAT(text, Not(HasSubstr("CONFIG_SECRET_THING")));
    EXPECT_THAT(text, Not(HasSubstr("alias pci:"))) << "other modules' aliases";
    EXPECT_THAT(text, Not(HasSubstr("must never be read")));
}

TEST(Capture, IntoAFolderWithSomethingInItIsRefused) {
    Machine machine;
    const TempFolder folder;
    std::ofstream(folder.path() / "mine") << "x";
    const auto out = captureHost(machine.tree, folder.path().string());
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().is(Errc::Refused));
    EXPECT_THAT(out.error().detail, HasSubstr("not empty"));
    EXPECT_FALSE(fs::exists(folder.path() / "sys"));
}

TEST(Capture, IntoAPlaceThatCannotBeMadeKeepsTheErrno) {
    const Machine machine;
    const auto out = captureHost(machine.tree, "/nonexistent/below/this");
    ASSERT_FALSE(out);
    EXPECT_TRUE(out.error().isErrno(ENOENT));
}

TEST(Capture, OfACaptureIsTheSameAgain) {
    Machine machine;
    addAll(machine);
    const TempFolder folder;
    const std::string where = (folder.path() / "host").string();
    ASSERT_TRUE(captureHost(machine.tree, where));
    const auto again = DirectoryTree::capture(where);
    ASSERT_TRUE(again);
    expectSame(*again);
}

} // namespace
} // namespace migscope::test
