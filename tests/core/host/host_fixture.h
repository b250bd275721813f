// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machines for tests: sysfs as a kernel lays it out, in memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/device/topology.h"
#include "core/host/enumerate.h"
#include "core/host/memory_tree.h"
#include "core/host/pci_names.h"

namespace migscope::test {

/// Names that depend on no pci.ids.
class FakeNames final : public PciNames {
public:
    std::string vendor(std::uint16_t vendor) override;
    std::string device(std::uint16_t vendor, std::uint16_t device) override;
    std::string deviceClass(std::uint32_t classCode) override;
};

struct Function {
    std::string address;
    std::string ids = "8086:10CA"; ///< as uevent writes them
    std::string driver{};
    std::string pciClass = "20000"; ///< as uevent writes it
    int group = -1;                 ///< -1: none
    std::string vfioDev{};          ///< bound to VFIO
    std::string physicalFunction{};
    int totalVfs = 0; ///< of a physical function
    int numa = -1;
    std::string under = "pci0000:00"; ///< where in /sys/devices
};

/// Builds a host step by step; what is there is only what was added.
class Machine {
public:
    explicit Machine(const std::string& release = "6.12.95+deb12-amd64");

    Machine& function(const Function& function);
    Machine& mdev(const std::string& uuid, int group, const std::string& vfioDev);
    /// /dev/vfio/NAME and its class entry.
    Machine& groupNode(const std::string& name, std::uint32_t mode = 0600, std::optional<bool> usable = true);
    Machine& deviceNode(const std::string& vfioDev, std::optional<bool> usable = true);
    Machine& aliases(const std::string& text);
    Machine& config(const std::string& text);
    /// A process with open files: fd number -> (link target, fdinfo).
    Machine& process(int pid, const std::string& command,
                     const std::map<int, std::pair<std::string, std::string>>& files);

    MemoryTree tree;

    [[nodiscard]] static std::string folderOf(const Function& function);

private:
    void inGroup(const std::string& name, const std::string& folder, int group, const std::string& type);
    void vfio(const std::string& folder, const std::string& vfioDev);
    std::string release_;
};

/// enumerate() with FakeNames; fails the test on an error.
[[nodiscard]] Topology scanned(const HostTree& tree);
/// scanned() and enrich().
[[nodiscard]] Topology enriched(const HostTree& tree);
/// One text that holds everything a Topology says, for comparisons.
[[nodiscard]] std::string dump(const Topology& topology);

} // namespace migscope::test
