// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Machines for tests.
#include "tests/core/host/host_fixture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace migscope::test {

std::string FakeNames::vendor(std::uint16_t vendor) {
    return fmt::format("vendor {:04x}", vendor);
}
std::string FakeNames::device(std::uint16_t vendor, std::uint16_t device) {
    return fmt::format("device {:04x}:{:04x}", vendor, device);
}
std::string FakeNames::deviceClass(std::uint32_t classCode) {
    return fmt::format("class {:06x}", classCode);
}

Machine::Machine(const std::string& release) : release_(release) {
    tree.addFile("/proc/sys/kernel/osrelease", release + "\n");
    tree.addFile("/proc/sys/kernel/hostname", "lab\n");
    tree.addFile("/proc/sys/kernel/random/boot_id", "11112222-3333-4444-5555-666677778888\n");
    tree.addFile("/sys/devices/system/node/online", "0-1\n");
    tree.addDirectory("/sys/kernel/iommu_groups");
    tree.addDirectory("/sys/bus/pci/devices");
}

std::string Machine::folderOf(const Function& function) {
    return fmt::format("/sys/devices/{}/{}", function.under, function.address);
}

void Machine::inGroup(const std::string& name, const std::string& folder, int group,
                      const std::string& type) {
    const std::string at = fmt::format("/sys/kernel/iommu_groups/{}", group);
    tree.addLink(fmt::format("{}/devices/{}", at, name), "../../../.." + folder.substr(4));
    tree.addFile(at + "/type", type + "\n");
    tree.addFile(at + "/reserved_regions",
                 type == "unknown" ? "" : "0x00000000fee00000 0x00000000feefffff msi\n");
}

void Machine::vfio(const std::string& folder, const std::string& vfioDev) {
    tree.addFile(fmt::format("{}/vfio-dev/{}/uevent", folder, vfioDev), "");
    tree.addLink("/sys/class/vfio-dev/" + vfioDev,
                 fmt::format("../..{}/vfio-dev/{}", folder.substr(4), vfioDev));
    tree.addDirectory("/sys/module/vfio");
}

Machine& Machine::function(const Function& function) {
    const std::string folder = folderOf(function);
    std::string uevent;
    if (!function.driver.empty())
        uevent += fmt::format("DRIVER={}\n", function.driver);
    uevent += fmt::format("PCI_CLASS={}\nPCI_ID={}\nPCI_SUBSYS_ID=8086:A01F\nPCI_SLOT_NAME={}\n",
                          function.pciClass, function.ids, function.address);
    tree.addFile(folder + "/uevent", uevent);
    tree.addFile(folder + "/revision", "0x01\n");
    tree.addFile(folder + "/numa_node", fmt::format("{}\n", function.numa));
    tree.addFile(folder + "/driver_override", "(null)\n");
    tree.addFile(folder + "/config", "must never be read");
    tree.addLink(folder + "/subsystem", "/sys/bus/pci");
    tree.addLink("/sys/bus/pci/devices/" + function.address, "../../.." + folder.substr(4));
    if (!function.physicalFunction.empty())
        tree.addLink(folder + "/physfn", "../" + function.physicalFunction);
    if (function.totalVfs > 0)
        tree.addFile(folder + "/sriov_totalvfs", fmt::format("{}\n", function.totalVfs));
    if (function.group >= 0)
        inGroup(function.address, folder, function.group, "DMA-FQ");
    if (!function.vfioDev.empty())
        vfio(folder, function.vfioDev);
    return *this;
}

Machine& Machine::mdev(const std::string& uuid, int group, const std::string& vfioDev) {
    const std::string parent = "/sys/devices/virtual/mtty/mtty";
    const std::string folder = parent + "/" + uuid;
    tree.addFile(folder + "/uevent", "DRIVER=mtty\n");
    tree.addLink(folder + "/subsystem", "../../../../../bus/mdev");
    tree.addFile(parent + "/mdev_supported_types/mtty-2/name", "Dual port serial\n");
    tree.addLink(folder + "/mdev_type", "../mdev_supported_types/mtty-2");
    tree.addLink("/sys/bus/mdev/devices/" + uuid, "../../.." + folder.substr(4));
    inGroup(uuid, folder, group, "unknown");
    tree.addFile(fmt::format("/sys/kernel/iommu_groups/{}/name", group), "vfio-noiommu\n");
    vfio(folder, vfioDev);
    return *this;
}

Machine& Machine::groupNode(const std::string& name, std::uint32_t mode, std::optional<bool> usable) {
    tree.addNode("/dev/vfio/" + name, mode, 0, 0, usable);
    tree.addLink("/sys/class/vfio/" + name, "../../devices/virtual/vfio/" + name);
    return *this;
}

Machine& Machine::deviceNode(const std::string& vfioDev, std::optional<bool> usable) {
    tree.addNode("/dev/vfio/devices/" + vfioDev, 0600, 0, 0, usable);
    return *this;
}

Machine& Machine::aliases(const std::string& text) {
    tree.addFile(fmt::format("/lib/modules/{}/modules.alias", release_), text);
    return *this;
}

Machine& Machine::config(const std::string& text) {
    tree.addFile("/boot/config-" + release_, text);
    return *this;
}

Machine& Machine::process(int pid, const std::string& command,
                          const std::map<int, std::pair<std::string, std::string>>& files) {
    const std::string at = fmt::format("/proc/{}", pid);
    tree.addFile(at + "/comm", command + "\n");
    tree.addDirectory(at + "/fd");
    for (const auto& [fd, what] : files) {
        tree.addLink(fmt::format("{}/fd/{}", at, fd), what.first);
        tree.addFile(fmt::format("{}/fdinfo/{}", at, fd), what.second);
    }
    return *this;
}

Topology scanned(const HostTree& tree) {
    FakeNames names;
    auto topology = enumerate(tree, "test", false, names);
    if (!topology) {
        ADD_FAILURE() << describe(topology.error());
        return {};
    }
    return std::move(*topology);
}

Topology enriched(const HostTree& tree) {
    Topology topology = scanned(tree);
    enrich(tree, topology);
    return topology;
}

namespace {

std::string dumpNode(const NodeFacts& node) {
    const char* usable = !node.usable ? "?" : *node.usable ? "yes" : "no";
    return fmt::format("[{} {} {:o} {} {} {}]", node.path, node.exists, node.mode, node.uid, node.gid,
                       usable);
}

std::string dumpDevice(const Device& device) {
    std::string out = fmt::format(
        "device {} bus={} driver={} override={} variant={} group={} unit={} numa={} vfio={} cdev={}\n",
        device.name, device.bus, device.driver, device.driverOverride, device.variantDriver,
        device.iommuGroup.value_or(-1), device.iommuUnit, device.numaNode.value_or(-1), device.vfioDev,
        dumpNode(device.cdev));
    if (device.pci) {
        const PciFacts& pci = *device.pci;
        out += fmt::format(
            "  pci {:04x}:{:04x} {:04x}:{:04x} {:06x} rev {:02x} '{}' '{}' '{}' pf={} ({}) vfs={} of {}\n",
            pci.vendor, pci.device, pci.subsystemVendor, pci.subsystemDevice, pci.classCode, pci.revision,
            pci.vendorName, pci.deviceName, pci.className, pci.physicalFunction, pci.physicalFunctionDriver,
            fmt::join(pci.virtualFunctions, ","), pci.totalVfs.value_or(-1));
    }
    if (device.mdev)
        out +=
            fmt::format("  mdev {} {} {}\n", device.mdev->parent, device.mdev->typeId, device.mdev->typeName);
    out += fmt::format("  knowledge {}", static_cast<int>(device.holderKnowledge));
    for (const Holder& holder : device.holders)
        out += fmt::format(" ({} {} {})", holder.pid, holder.command, holder.via);
    if (device.debugfs) {
        out += fmt::format("\n  debugfs {} {} {}", device.debugfs->migrationFolder,
                           device.debugfs->flags ? device.debugfs->flags->text() : "?",
                           device.debugfs->dirtyTracking);
    }
    return fmt::format("{}\n  problems {}\n", out, fmt::join(device.problems, " | "));
}

} // namespace

std::string dump(const Topology& topology) {
    const HostFacts& host = topology.host;
    std::string out = fmt::format(
        "host {} {} {} groups={} vfio={} {} iommufd={} debugfs={} noiommu={} container={}\n", host.hostName,
        host.kernelRelease, host.bootId, host.iommuGroupsPresent, host.vfioModule, host.vfioPciModule,
        host.iommufdNode, host.debugfsVfio, host.unsafeNoIommu, dumpNode(host.container));
    for (const IommuUnit& unit : host.iommuUnits)
        out += fmt::format("unit {} {}\n", unit.name, unit.devices);
    if (host.config) {
        for (const auto& [option, value] : *host.config)
            out += fmt::format("{}={}\n", option, value);
    }
    for (const Group& group : topology.groups) {
        out +=
            fmt::format("group {} kind={} type={} name={} viable={} blockers={} devices={} node={}", group.id,
                        static_cast<int>(group.kind), group.type, group.name,
                        group.viable ? (*group.viable ? "yes" : "no") : "?", fmt::join(group.blockers, ","),
                        fmt::join(group.devices, ","), dumpNode(group.node));
        for (const ReservedRegion& region : group.reservedRegions)
            out += fmt::format(" {:x}-{:x} {}", region.start, region.end, region.type);
        out += "\n";
    }
    for (const Device& device : topology.devices)
        out += dumpDevice(device);
    return fmt::format("{}problems {}\n", out, fmt::join(topology.problems, " | "));
}

} // namespace migscope::test
