// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in profile, and what discovery says of it.
#include <algorithm>
#include <cerrno>

#include "core/device/topology.h"
#include "core/vfio/migration_device.h"
#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

class SimLab : public ::testing::Test {
protected:
    SimLab() {
        auto made = makeSimBackend("lab", clock_);
        EXPECT_TRUE(made) << describe(made.error());
        backend_ = std::move(*made);
        auto scanned = backend_->scan();
        EXPECT_TRUE(scanned) << describe(scanned.error());
        topology_ = std::move(*scanned);
        backend_->enrich(topology_);
    }
    const Device& labelled(const std::string& label) {
        const auto found = std::find_if(topology_.devices.begin(), topology_.devices.end(),
                                        [&](const auto& device) { return device.label == label; });
        EXPECT_NE(found, topology_.devices.end()) << label;
        return found != topology_.devices.end() ? *found : topology_.devices.front();
    }
    VirtualClock clock_;
    std::unique_ptr<SimBackend> backend_;
    Topology topology_;
};

TEST_F(SimLab, ListsItsDevicesInTheProfilesOrderWithoutAProblem) {
    std::vector<std::string> expected;
    for (const auto& device : backend_->profile().devices)
        expected.push_back(device.address);
    std::vector<std::string> listed;
    for (const auto& device : topology_.devices) {
        listed.push_back(device.name);
        EXPECT_TRUE(device.problems.empty()) << device.name << ": " << device.problems.front();
    }
    EXPECT_EQ(listed, expected);
    EXPECT_TRUE(topology_.problems.empty()) << topology_.problems.front();
    EXPECT_TRUE(topology_.simulated);
    EXPECT_EQ(topology_.source, "sim:lab");
}

TEST_F(SimLab, TheStateFromOutsideIsThatOfWhoHasTheDeviceOpen) {
    const auto state = [&](const std::string& device) { return backend_->stateFromOutside(device, Ns(0)); };
    const std::string name = labelled("mlx5 A").name;
    EXPECT_EQ(state(name), MigState::Running);
    EXPECT_EQ(state(labelled("found RESUMING").name), MigState::Resuming);
    auto io = backend_->open(name);
    ASSERT_TRUE(io) << describe(io.error());
    MigrationDevice device(name, std::move(*io), clock_);
    ASSERT_TRUE(device.probe());
    ASSERT_TRUE(device.setState(MigState::PreCopy));
    EXPECT_EQ(state(name), MigState::PreCopy);
    for (const char* without : {"no migration", "v1 only"}) {
        const auto none = state(labelled(without).name);
        ASSERT_FALSE(none) << without;
        EXPECT_TRUE(none.error().isErrno(ENOENT)) << describe(none.error());
    }
}

TEST_F(SimLab, HealthyDevicesHaveTheirDriversAndNames) {
    const std::vector<std::pair<std::string, std::string>> drivers{
        {"mlx5 A", "mlx5_vfio_pci"}, {"hisi_acc A", "hisi_acc_vfio_pci"}, {"pds A", "pds_vfio_pci"},
        {"qat A", "qat_vfio_pci"},   {"virtio A", "virtio_vfio_pci"},     {"mlx5 D", "mlx5_vfio_pci"}};
    for (const auto& [label, driver] : drivers) {
        const auto& device = labelled(label);
        EXPECT_EQ(device.driver, driver);
        EXPECT_EQ(device.variantDriver, driver) << label;
        EXPECT_TRUE(device.boundToVfio()) << label;
        ASSERT_TRUE(device.pci) << label;
        EXPECT_FALSE(device.pci->physicalFunction.empty()) << label;
        EXPECT_FALSE(device.pci->physicalFunctionDriver.empty()) << label;
        ASSERT_TRUE(device.iommuGroup) << label;
        ASSERT_NE(topology_.group(*device.iommuGroup), nullptr);
        EXPECT_EQ(topology_.group(*device.iommuGroup)->viable, true) << label;
        ASSERT_TRUE(device.debugfs) << label;
        EXPECT_EQ(device.debugfs->flags->raw(), backend_->profile().find(device.name)->flags.raw());
    }
    EXPECT_EQ(labelled("mlx5 A").pci->vendor, 0x15b3);
    EXPECT_EQ(labelled("mlx5 A").pci->classCode, 0x020000U);
    EXPECT_EQ(labelled("blocks the group").numaNode, 1);
    EXPECT_EQ(labelled("mlx5 A").iommuUnit, "dmar0");
}

TEST_F(SimLab, TheFaultyOnesLookAsTheyWouldOnAHost) {
    EXPECT_EQ(labelled("no migration").driver, "vfio-pci");
    EXPECT_EQ(labelled("no migration").variantDriver, "mlx5_vfio_pci");
    EXPECT_EQ(labelled("no driver").driver, "");
    EXPECT_FALSE(labelled("no driver").boundToVfio());
    const auto& busy = labelled("busy");
    ASSERT_EQ(busy.holders.size(), 1U);
    EXPECT_EQ(busy.holders[0].pid, 4711);
    EXPECT_EQ(busy.holders[0].command, "qemu-system-x86");
    const auto* shared = topology_.group(*labelled("group not viable").iommuGroup);
    ASSERT_NE(shared, nullptr);
    EXPECT_EQ(shared->viable, false);
    EXPECT_EQ(shared->blockers, std::vector<std::string>{"0000:83:00.0"});
    const auto* viable = topology_.group(*labelled("shared group A").iommuGroup);
    ASSERT_NE(viable, nullptr);
    EXPECT_EQ(viable->devices.size(), 2U);
    EXPECT_EQ(viable->viable, true);
    const auto& found = labelled("found RESUMING");
    EXPECT_EQ(found.bus, "mdev");
    ASSERT_TRUE(found.mdev);
    EXPECT_EQ(found.mdev->typeId, "mtty-mtty-2");
    EXPECT_EQ(topology_.group(*found.iommuGroup)->kind, GroupKind::Emulated);
}

TEST_F(SimLab, TheHostsConfigurationIsRead) {
    ASSERT_TRUE(topology_.host.config);
    EXPECT_EQ(topology_.host.hostName, "migscope-lab");
    EXPECT_EQ(topology_.host.kernelRelease, "7.3.0-lab");
    EXPECT_TRUE(topology_.host.iommuGroupsPresent);
    EXPECT_TRUE(topology_.host.debugfsVfio);
}

TEST_F(SimLab, HealthyPairsMigrateAndFaultyOnesAreRefusedAtOpen) {
    for (const char* family : {"mlx5", "hisi_acc", "pds", "qat", "virtio"}) {
        Opened source(*backend_, labelled(std::string(family) + " A").name);
        Opened target(*backend_, labelled(std::string(family) + " B").name);
        const Ns before = clock_.now();
        target.set(MigState::Resuming);
        ASSERT_EQ(source.set(MigState::StopCopy).error, 0);
        std::vector<std::byte> buffer(1U << 20U);
        while (const auto count = source.read(buffer).count)
            ASSERT_EQ(target.write(std::span(buffer).first(count)).count, count);
        EXPECT_EQ(target.set(MigState::Running).error, 0) << family;
        EXPECT_LT(clock_.now() - before, std::chrono::milliseconds(1500)) << "a demo takes about a second";
    }
    EXPECT_TRUE(backend_->open(labelled("busy").name).error().isErrno(EBUSY));
    EXPECT_TRUE(backend_->open(labelled("group not viable").name).error().isErrno(EPERM));
    EXPECT_TRUE(backend_->open(labelled("no driver").name).error().isErrno(ENOENT));
    EXPECT_TRUE(backend_->violations().empty());
}

} // namespace
} // namespace migscope
