// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is there: a host's IOMMU groups and devices, as plain values. Nothing here was opened to be known.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/device/migration_state.h"
#include "core/device/reasons.h"

namespace migscope {

enum class GroupKind : std::uint8_t {
    Physical, ///< behind an IOMMU
    Emulated, ///< made by VFIO for mediated devices; its sysfs `name` says vfio-noiommu all the same
    NoIommu,  ///< unsafe no-IOMMU mode (node noiommu-N): recognised and explained only
};

/// A device node as far as `stat` and our own rights tell.
struct NodeFacts {
    std::string path; ///< "/dev/vfio/41"; empty when there is none
    std::uint32_t mode = 0;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    bool exists = false;
    std::optional<bool> usable; ///< readable and writable for us; unknown in a capture of another host
};

/// Inclusive end.
struct ReservedRegion {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::string type; ///< direct, direct-relaxable, reserved, msi
};

struct Group {
    int id = 0;
    GroupKind kind = GroupKind::Physical;
    std::optional<bool> viable; ///< an estimate from sysfs; absent when a member could not be read
    std::string type;           ///< the default domain: DMA, DMA-FQ, identity, …; not what VFIO attached
    std::string name;           ///< optional sysfs name
    std::vector<ReservedRegion> reservedRegions;
    std::vector<std::string> blockers; ///< members whose kernel driver owns the group's DMA
    std::vector<std::string> devices;  ///< member names, in sysfs order sorted
    NodeFacts node;
};

struct PciFacts {
    std::uint16_t vendor = 0;
    std::uint16_t device = 0;
    std::uint16_t subsystemVendor = 0;
    std::uint16_t subsystemDevice = 0;
    std::uint32_t classCode = 0; ///< 24 bits: class, subclass, interface
    std::uint8_t revision = 0;
    std::string vendorName; ///< from pci.ids; empty when unknown
    std::string deviceName;
    std::string className;
    std::string physicalFunction; ///< of a VF: the PF's address
    std::string physicalFunctionDriver;
    std::vector<std::string> virtualFunctions; ///< of a PF
    std::optional<int> totalVfs;               ///< sriov_totalvfs of a PF
};

struct MdevFacts {
    std::string parent;   ///< sysfs name of the parent device
    std::string typeId;   ///< "mtty-mtty-2"
    std::string typeName; ///< human name, optional
};

/// A process that has the device or its group open.
struct Holder {
    std::int64_t pid = 0;
    std::string command;
    std::string via; ///< "vfio-device-syspath", "/dev/vfio/41", "/dev/vfio/devices/vfio3"
};

enum class HolderKnowledge : std::uint8_t {
    NotLooked,    ///< the second stage has not come yet, or a capture without processes
    Complete,     ///< all processes could be read
    NotPermitted, ///< some processes may not be read by us: none found does not mean free
};

/// /sys/kernel/debug/vfio/<device>/migration. `state` is never read by discovery: its read waits for a
/// running SET. Who asks for one device (Backend::stateFromOutside) puts it here.
struct DebugfsFacts {
    std::optional<MigFlags> flags;                ///< since Linux 6.18
    std::optional<MigState> state = std::nullopt; ///< absent: not asked, or the kernel gave none
    bool migrationFolder = false;                 ///< the driver has v2 ops
    bool dirtyTracking = false;                   ///< device DMA logging
};

struct Device {
    std::string name; ///< PCI address, mdev UUID, or the bus's own name
    std::string bus;  ///< pci, mdev, platform, …
    std::string
        label; ///< optional: what a simulated machine calls it ("slow"); a face shows it beside the name
    std::string driver; ///< empty: no driver bound
    std::string driverOverride;
    std::string
        variantDriver; ///< a migration variant driver whose module alias matches this function (module name)
    std::optional<int> iommuGroup;
    std::string iommuUnit;       ///< dmar0, smmu3.0x…; empty when unknown
    std::optional<int> numaNode; ///< absent when the kernel says -1
    std::string vfioDev;         ///< "vfio3"; its existence does not mean that a node exists
    NodeFacts cdev;
    std::unique_ptr<PciFacts> pci;
    std::unique_ptr<MdevFacts> mdev;
    HolderKnowledge holderKnowledge = HolderKnowledge::NotLooked;
    std::vector<Holder> holders;
    std::optional<DebugfsFacts> debugfs;
    std::vector<std::string> problems; ///< what of this device could not be read, and why (one sentence each)

    Device() = default;
    Device(Device&&) noexcept = default;
    Device& operator=(Device&&) noexcept = default;
    Device(const Device& other);
    Device& operator=(const Device& other);
    ~Device() = default;

    /// The driver is of the VFIO family (vfio-pci, a variant driver, an mdev driver, …): the device has a
    /// vfio-dev entry.
    [[nodiscard]] bool boundToVfio() const { return !vfioDev.empty(); }
};

/// A kernel option: 'y', 'm', 'n' (not set).
using KernelConfig = std::map<std::string, char>;

struct IommuUnit {
    std::string name; ///< dmar0, ivhd0, smmu3.0x2b400000, virtio-iommu's device name
    std::size_t devices = 0;
};

struct HostFacts {
    std::string hostName;
    std::string kernelRelease; ///< "6.12.95+deb12-amd64"; empty when unknown
    std::string bootId;
    std::vector<IommuUnit> iommuUnits;
    bool iommuGroupsPresent = false; ///< /sys/kernel/iommu_groups exists and has entries
    bool vfioModule = false;         ///< /sys/module/vfio
    bool vfioPciModule = false;
    bool iommufdNode = false;   ///< /dev/iommu
    bool debugfsVfio = false;   ///< /sys/kernel/debug/vfio is there and readable
    bool unsafeNoIommu = false; ///< vfio.enable_unsafe_noiommu_mode = Y
    NodeFacts container;        ///< /dev/vfio/vfio
    std::optional<KernelConfig>
        config; ///< the CONFIG_ options that matter here; absent when no config could be read
    std::optional<std::uint64_t> memlockBytes;
};

/// Everything discovery knows. A value: readers on any thread hold their own (shared_ptr<const Topology>).
struct Topology {
    bool simulated = false;
    std::string source;    ///< "kernel", "sim:lab", "capture:/path"
    bool enriched = false; ///< the second stage is in: holders, debugfs, kernel config
    HostFacts host;
    std::vector<Group> groups;   ///< by id
    std::vector<Device> devices; ///< by name: members of groups and VFIO devices
    std::vector<std::string> problems;

    [[nodiscard]] const Device* find(const std::string& name) const;
    [[nodiscard]] const Group* group(int id) const;
};

/// Finds a device by PCI address (short "3b:00.2" too), mdev UUID or vfioN. NotFound lists near names.
[[nodiscard]] Result<const Device*> resolveDevice(const Topology& topology, const std::string& wanted);

} // namespace migscope
