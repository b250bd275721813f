// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The first stage of discovery at work: what its parts (host, groups, devices) share. Internal to core/host.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/device/topology.h"
#include "core/host/host_tree.h"
#include "core/host/module_aliases.h"
#include "core/host/pci_names.h"

namespace migscope::scan {

/// An attribute holds at most a page; one byte more tells that something is wrong.
inline constexpr std::size_t attributeLimit = 4097;

/// Why a read gave nothing, as the scan treats it.
enum class Absence {
    None,
    Missing,      ///< ENOENT and the like: the kernel does not offer it, or it vanished
    NotPermitted, ///< EACCES, EPERM
    Broken,       ///< all else: loops, I/O errors, no regular file
};
[[nodiscard]] Absence absenceOf(const Error& error);
/// A sentence for `problems`: "type: not permitted (EACCES)".
[[nodiscard]] std::string problemText(std::string_view field, const Error& error);
/// "type is invalid: \"DM\\x00A\"" (the raw text escaped, at most 64 bytes of it).
[[nodiscard]] std::string invalidText(std::string_view field, std::string_view raw);

/// What is read once a host and used for every device.
struct Shared {
    const HostTree& tree;
    Topology& topology;
    ModuleAliases aliases;
    std::unordered_map<std::string, std::string> iommuUnits;  ///< device name -> unit
    std::unordered_map<std::string, std::string> vfioDevs;    ///< device name -> vfioN
    std::unordered_map<std::string, std::string> vfioParents; ///< device name -> its folder, "/sys/devices/…"
    std::unordered_set<std::string> groupNodes;               ///< names in /dev/vfio
    std::unordered_set<std::string> deviceNodes;              ///< names in /dev/vfio/devices
    std::unordered_set<std::string> groupClass;               ///< names in /sys/class/vfio
    std::unordered_set<std::string> mdevs;                    ///< names in /sys/bus/mdev/devices
    bool manyNumaNodes = true;
    /// Devices or groups that went away between being listed and being read.
    std::size_t vanished = 0;
};

/// Kernel, modules, nodes and class folders.
void readHost(Shared& shared);
/// Existence, owner, mode and our rights.
[[nodiscard]] NodeFacts readNode(const HostTree& tree, const std::string& path);

/// All groups with their members' names, without the devices.
void readGroups(Shared& shared);
/// Kind, viability and blockers; needs the devices.
void judgeGroups(Shared& shared);

/// Devices of groups, VFIO devices without a group, and (without an IOMMU) PCI functions that a variant
/// driver could take.
void readDevices(Shared& shared);
/// The PCI part of a device whose uevent is `uevent`; `folder` is its sysfs folder.
void readPci(const Shared& shared, const std::string& folder, std::string_view uevent, Device& device);
/// The mdev part.
void readMdev(const Shared& shared, const std::string& folder, Device& device);
/// PF and VF sides of each other, NUMA nodes of VFs, names. The devices must be sorted.
void linkFunctions(Shared& shared, PciNames& names);

} // namespace migscope::scan
