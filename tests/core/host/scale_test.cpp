// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What discovery costs, counted in calls and bytes: noise of the machine does not matter.
#include <malloc.h>

#include <map>
#include <mutex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/core/host/host_fixture.h"

namespace migscope::test {
namespace {

/// Counts system calls as DirectoryTree makes them on a running machine.
class CountingTree final : public HostTree {
public:
    explicit CountingTree(const HostTree& tree) : tree_(tree) {}

    Result<std::vector<DirectoryEntry>> list(const std::string& path) const override {
        auto out = tree_.list(path);
        calls += out ? 3 : 1; // open, getdents, close
        ++questions["list " + path];
        return out;
    }
    Result<std::string> read(const std::string& path, std::size_t limit) const override {
        auto out = tree_.read(path, limit);
        calls += out ? 3 : 1; // open, pread, close
        ++questions["read " + path];
        return out;
    }
    Result<std::string> readLink(const std::string& path) const override {
        ++calls;
        ++questions["link " + path];
        return tree_.readLink(path);
    }
    Result<FileFacts> stat(const std::string& path) const override {
        ++calls;
        ++questions["stat " + path];
        return tree_.stat(path);
    }
    Result<bool> usable(const std::string& path) const override {
        ++calls;
        return tree_.usable(path);
    }

    mutable std::size_t calls = 0;
    mutable std::map<std::string, int> questions;

private:
    const HostTree& tree_;
};

/// A server of `count` functions: in every 64, one physical function and 63 virtual ones, a group each; every
/// other one on VFIO.
void addFunctions(Machine& machine, int count) {
    std::string physical;
    for (int i = 0; i < count; ++i) {
        Function function;
        function.address = fmt::format("{:04x}:{:02x}:{:02x}.{}", i / 8192, i / 256 % 32, i / 8 % 32, i % 8);
        function.group = i;
        if (i % 64 == 0) {
            physical = function.address;
            function.driver = "mlx5_core";
            function.ids = "15B3:101D";
            function.totalVfs = 63;
            function.numa = 1;
        } else {
            function.ids = "15B3:101E";
            function.physicalFunction = physical;
            if (i % 2 == 0) {
                function.driver = "mlx5_vfio_pci";
                function.vfioDev = fmt::format("vfio{}", i);
            } else {
                function.driver = "mlx5_core";
            }
        }
        machine.function(function);
        if (!function.vfioDev.empty())
            machine.groupNode(std::to_string(i));
    }
    machine.aliases("alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n");
}

TEST(EnumerateCost, IsAtMostTwentyCallsADevice) {
    constexpr int count = 1024;
    Machine machine;
    addFunctions(machine, count);
    const CountingTree tree(machine.tree);
    const Topology topology = scanned(tree);
    ASSERT_EQ(topology.devices.size(), static_cast<std::size_t>(count));
    const double each = static_cast<double>(tree.calls) / count;
    RecordProperty("calls_per_device", fmt::format("{:.1f}", each));
    EXPECT_LE(each, 20.0);
}

TEST(EnumerateCost, TheDearestKindOfDeviceStaysWithinTwentyCallsMoreOrLessTheHost) {
    // Virtual functions on VFIO with both nodes: what is asked of one more of them.
    const auto callsOf = [](int count) {
        Machine machine;
        machine.function({.address = "0000:01:00.0", .driver = "igb", .group = 1000, .totalVfs = 64});
        for (int i = 0; i < count; ++i) {
            machine
                .function({.address = fmt::format("0000:02:{:02x}.{}", i / 8, i % 8),
                           .driver = "vfio-pci",
                           .group = i,
                           .vfioDev = fmt::format("vfio{}", i),
                           .physicalFunction = "0000:01:00.0"})
                .groupNode(std::to_string(i));
        }
        const CountingTree tree(machine.tree);
        (void)scanned(tree);
        return tree.calls;
    };
    EXPECT_LE(callsOf(65) - callsOf(64), 20U);
}

TEST(EnumerateCost, NothingIsReadTwiceAndNoConfigSpaceIsOpened) {
    Machine machine;
    addFunctions(machine, 128);
    machine.mdev("11111111-1111-4111-8111-111111111111", 9000, "vfio9000");
    const CountingTree tree(machine.tree);
    Topology topology = scanned(tree);
    enrich(tree, topology);
    for (const auto& [question, times] : tree.questions) {
        EXPECT_EQ(times, 1) << question;
        EXPECT_FALSE(question.starts_with("read /sys/") && question.ends_with("/config")) << question;
        EXPECT_FALSE(question.ends_with("/migration/state")) << question;
        EXPECT_FALSE(question.starts_with("read /dev/")) << question;
    }
}

TEST(EnumerateCost, GrowsLinearlyTo4096Devices) {
    const auto callsEach = [](int count) {
        Machine machine;
        addFunctions(machine, count);
        const CountingTree tree(machine.tree);
        EXPECT_EQ(scanned(tree).devices.size(), static_cast<std::size_t>(count));
        return static_cast<double>(tree.calls) / count;
    };
    EXPECT_LE(callsEach(4096), callsEach(256) * 1.01);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
// The names of pci.ids, which are longer than FakeNames', come on top.
TEST(EnumerateCost, ATopologyTakesAboutAKibibyteADevice) {
    constexpr int count = 4096;
    Machine machine;
    addFunctions(machine, count);
    const auto before = ::mallinfo2().uordblks;
    const Topology topology = scanned(machine.tree);
    const auto each = (::mallinfo2().uordblks - before) / count;
    RecordProperty("bytes_per_device", std::to_string(each));
    EXPECT_LE(each, 1088U); // a group, its node, a region and a blocker included
}
#endif

} // namespace
} // namespace migscope::test
