// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lays out the files that a kernel would show for the devices of a profile.
#include "core/sim/sim_machine.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/device/variant_drivers.h"

namespace migscope {
namespace {

constexpr int firstGroup = 40;
constexpr auto mdevParent = "/sys/devices/virtual/mtty/mtty";

std::string hex4(unsigned value) {
    return fmt::format("0x{:04x}\n", value);
}

std::string moduleOf(std::string driver) {
    std::replace(driver.begin(), driver.end(), '-', '_');
    return driver;
}

std::string pciFolder(const std::string& address) {
    return fmt::format("/sys/devices/pci{}/{}", address.substr(0, 7), address);
}

class Builder {
public:
    explicit Builder(const SimProfile& profile)
        : profile_(profile), machine_{std::make_unique<MemoryTree>(), {}}, tree_(*machine_.tree) {}

    SimMachine build() {
        place();
        host();
        for (const auto& device : profile_.devices) {
            if (device.mediated)
                mediated(device);
            else
                function(device);
            holders(device);
        }
        aliases();
        return std::move(machine_);
    }

private:
    void place() {
        std::set<int> taken;
        for (const auto& device : profile_.devices) {
            if (device.group)
                taken.insert(*device.group);
        }
        int nextGroup = firstGroup;
        int nextVfio = 0;
        for (const auto& device : profile_.devices) {
            while (!device.group && taken.contains(nextGroup))
                ++nextGroup;
            SimPlacement place;
            place.group = device.group ? *device.group : nextGroup++;
            if (device.vfio)
                place.vfioDev = fmt::format("vfio{}", nextVfio++);
            machine_.places[device.address] = std::move(place);
        }
    }

    void host() {
        const auto& host = profile_.host;
        tree_.addFile("/proc/sys/kernel/osrelease", host.kernelRelease + "\n");
        tree_.addFile("/proc/sys/kernel/hostname", host.name + "\n");
        tree_.addFile("/proc/sys/kernel/random/boot_id", "00000000-5196-4c0b-9e00-000000000001\n");
        tree_.addFile("/proc/self/limits",
                      "Limit                     Soft Limit           Hard Limit           Units     \n"
                      "Max locked memory         8388608              8388608              bytes     \n");
        for (const char* module : {"vfio", "vfio_iommu_type1", "vfio_pci", "vfio_pci_core"})
            tree_.addDirectory(fmt::format("/sys/module/{}", module));
        tree_.addFile("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "N\n");
        tree_.addDirectory("/sys/bus/pci/drivers/vfio-pci");
        tree_.addNode("/dev/vfio/vfio", 0666, 0, 0, true);
        int nodes = 0;
        for (const auto& device : profile_.devices)
            nodes = std::max(nodes, device.numaNode);
        tree_.addFile("/sys/devices/system/node/online",
                      nodes == 0 ? std::string("0\n") : fmt::format("0-{}\n", nodes));
        tree_.addDirectory("/sys/kernel/iommu_groups");
        tree_.addDirectory("/sys/devices/virtual/iommu/dmar0/devices");
        tree_.addLink("/sys/class/iommu/dmar0", "../../devices/virtual/iommu/dmar0");
        tree_.addDirectory("/sys/class/vfio-dev");
        tree_.addDirectory("/sys/class/vfio");
        if (host.debugfs)
            tree_.addDirectory("/sys/kernel/debug/vfio");
        if (!host.config.empty()) {
            std::string text;
            for (const auto& [option, value] : host.config)
                text += value == 'n' ? fmt::format("# {} is not set\n", option)
                                     : fmt::format("{}={}\n", option, value);
            tree_.addFile(fmt::format("/boot/config-{}", host.kernelRelease), std::move(text));
        }
    }

    void aliases() {
        std::string text;
        for (const auto& driver : variantDrivers()) {
            for (const auto& id : driver.ids)
                text += fmt::format("alias vfio_pci:v{:08X}d{:08X}sv*sd*bc*sc*i* {}\n", id.vendor, id.device,
                                    driver.module);
        }
        tree_.addFile(fmt::format("/lib/modules/{}/modules.alias", profile_.host.kernelRelease),
                      std::move(text));
    }

    void bind(const std::string& bus, const std::string& folder, const std::string& name,
              const std::string& driver) {
        if (driver.empty())
            return;
        const std::string at = fmt::format("/sys/bus/{}/drivers/{}", bus, driver);
        tree_.addLink(folder + "/driver", at);
        tree_.addLink(at + "/" + name, folder);
        tree_.addDirectory("/sys/module/" + moduleOf(driver));
        tree_.addLink(at + "/module", "/sys/module/" + moduleOf(driver));
    }

    void inGroup(const std::string& folder, const SimDeviceProfile& device) {
        const auto& place = machine_.places.at(device.address);
        const std::string group = fmt::format("/sys/kernel/iommu_groups/{}", place.group);
        tree_.addFile(group + "/type", device.mediated ? "unknown\n" : "DMA-FQ\n");
        tree_.addFile(group + "/reserved_regions",
                      device.mediated ? "" : "0x00000000fee00000 0x00000000feefffff msi\n");
        if (device.mediated)
            tree_.addFile(group + "/name", "vfio-noiommu\n");
        tree_.addLink(group + "/devices/" + device.address, folder);
        tree_.addLink(folder + "/iommu_group", group);
        if (!device.vfio)
            return;
        const std::string entry = folder + "/vfio-dev/" + place.vfioDev;
        tree_.addDirectory(entry);
        tree_.addLink(entry + "/device", folder);
        tree_.addLink("/sys/class/vfio-dev/" + place.vfioDev, entry);
        tree_.addDirectory(fmt::format("/sys/devices/virtual/vfio/{}", place.group));
        tree_.addLink(fmt::format("/sys/class/vfio/{}", place.group),
                      fmt::format("../../devices/virtual/vfio/{}", place.group));
        tree_.addNode(fmt::format("/dev/vfio/{}", place.group), 0600, 0, 0, profile_.host.nodesUsable);
        if (profile_.host.debugfs)
            debugfs(device);
    }

    void debugfs(const SimDeviceProfile& device) {
        const std::string folder = "/sys/kernel/debug/vfio/" + device.address;
        tree_.addDirectory(folder);
        if (device.protocol != SimProtocol::V2)
            return;
        std::string features;
        for (const auto& [has, word] :
             {std::pair{device.flags.stopCopy(), "stop-copy\n"}, std::pair{device.flags.p2p(), "p2p\n"},
              std::pair{device.flags.preCopy(), "pre-copy\n"},
              std::pair{device.dmaLogging, "dirty-tracking\n"}}) {
            if (has)
                features += word;
        }
        tree_.addFile(folder + "/migration/features", features);
        tree_.addFile(folder + "/migration/state", stateName(device.foundState) + "\n");
    }

    void attributes(const std::string& folder, const SimDeviceProfile& device) {
        tree_.addFile(folder + "/vendor", hex4(device.vendorId));
        tree_.addFile(folder + "/device", hex4(device.deviceId));
        tree_.addFile(folder + "/subsystem_vendor", hex4(device.subsystemVendorId));
        tree_.addFile(folder + "/subsystem_device", hex4(device.subsystemDeviceId));
        tree_.addFile(folder + "/class", fmt::format("0x{:06x}\n", device.classCode));
        tree_.addFile(folder + "/revision", "0x00\n");
        tree_.addFile(folder + "/numa_node", fmt::format("{}\n", device.numaNode));
        const std::string modalias = fmt::format("pci:v{:08X}d{:08X}sv{:08X}sd{:08X}bc{:02X}sc{:02X}i{:02X}",
                                                 device.vendorId, device.deviceId, device.subsystemVendorId,
                                                 device.subsystemDeviceId, device.classCode >> 16U & 0xffU,
                                                 device.classCode >> 8U & 0xffU, device.classCode & 0xffU);
        tree_.addFile(folder + "/modalias", modalias + "\n");
        tree_.addFile(folder + "/uevent",
                      fmt::format("{}PCI_CLASS={:X}\nPCI_ID={:04X}:{:04X}\nPCI_SUBSYS_ID={:04X}:{:04X}\n"
                                  "PCI_SLOT_NAME={}\nMODALIAS={}\n",
                                  device.driver.empty() ? "" : fmt::format("DRIVER={}\n", device.driver),
                                  device.classCode, device.vendorId, device.deviceId,
                                  device.subsystemVendorId, device.subsystemDeviceId, device.address,
                                  modalias));
        tree_.addLink(folder + "/subsystem", "/sys/bus/pci");
        tree_.addLink("/sys/bus/pci/devices/" + device.address,
                      "../../../" + folder.substr(std::string("/sys/").size()));
    }

    void function(const SimDeviceProfile& device) {
        const std::string folder = pciFolder(device.address);
        attributes(folder, device);
        tree_.addFile(folder + "/driver_override",
                      device.vfio ? device.driver + "\n" : std::string("(null)\n"));
        bind("pci", folder, device.address, device.driver);
        inGroup(folder, device);
        tree_.addLink(folder + "/iommu", "/sys/devices/virtual/iommu/dmar0");
        tree_.addLink("/sys/devices/virtual/iommu/dmar0/devices/" + device.address, folder);
        if (!device.physicalFunction.empty())
            parent(device, folder);
    }

    /// The physical function: only what a VF's facts are read from. It is no member of a group here, so that
    /// the lists show the devices of the profile and nothing else.
    void parent(const SimDeviceProfile& device, const std::string& folder) {
        const std::string at = pciFolder(device.physicalFunction);
        const int number = virtualFunctions_[device.physicalFunction]++;
        if (number == 0 && profile_.find(device.physicalFunction) == nullptr) {
            SimDeviceProfile physical;
            physical.address = device.physicalFunction;
            physical.driver = device.physicalFunctionDriver;
            physical.vendorId = device.vendorId;
            physical.deviceId = device.physicalFunctionId;
            physical.subsystemVendorId = device.subsystemVendorId;
            physical.classCode = device.classCode;
            physical.numaNode = device.numaNode;
            attributes(at, physical);
            tree_.addFile(at + "/driver_override", "(null)\n");
            tree_.addFile(at + "/sriov_totalvfs", "8\n");
            bind("pci", at, physical.address, device.physicalFunctionDriver);
        }
        tree_.addFile(at + "/sriov_numvfs", fmt::format("{}\n", number + 1));
        tree_.addLink(fmt::format("{}/virtfn{}", at, number), folder);
        tree_.addLink(folder + "/physfn", at);
    }

    void mediated(const SimDeviceProfile& device) {
        const std::string folder = fmt::format("{}/{}", mdevParent, device.address);
        const std::string type = fmt::format("{}/mdev_supported_types/mtty-mtty-2", mdevParent);
        tree_.addFile(type + "/name", "Dual port serial\n");
        tree_.addFile(type + "/device_api", "vfio-pci\n");
        tree_.addFile(type + "/available_instances", "11\n");
        tree_.addLink(type + "/devices/" + device.address, folder);
        tree_.addLink("/sys/class/mdev_bus/mtty", mdevParent);
        tree_.addDirectory(folder);
        tree_.addLink(folder + "/mdev_type", type);
        tree_.addLink(folder + "/subsystem", "/sys/bus/mdev");
        tree_.addLink("/sys/bus/mdev/devices/" + device.address, folder);
        bind("mdev", folder, device.address, device.driver);
        inGroup(folder, device);
    }

    void holders(const SimDeviceProfile& device) {
        const auto& place = machine_.places.at(device.address);
        for (const auto& holder : device.holders) {
            const std::string at = fmt::format("/proc/{}", holder.pid);
            tree_.addFile(at + "/comm", holder.command + "\n");
            tree_.addFile(at + "/cmdline", holder.command + '\0');
            tree_.addLink(at + "/fd/0", "/dev/null");
            tree_.addFile(at + "/fdinfo/0", "pos:\t0\nflags:\t02\n");
            tree_.addLink(at + "/fd/21", "/dev/vfio/vfio");
            tree_.addFile(at + "/fdinfo/21", "pos:\t0\nflags:\t02000002\n");
            tree_.addLink(at + "/fd/22", fmt::format("/dev/vfio/{}", place.group));
            tree_.addFile(at + "/fdinfo/22", "pos:\t0\nflags:\t02000002\n");
            tree_.addLink(at + "/fd/23", "anon_inode:[vfio-device]");
            const std::string folder = device.mediated ? fmt::format("{}/{}", mdevParent, device.address)
                                                       : pciFolder(device.address);
            tree_.addFile(at + "/fdinfo/23",
                          fmt::format("pos:\t0\nflags:\t02000002\nvfio-device-syspath: {}\n", folder));
        }
    }

    const SimProfile& profile_;
    SimMachine machine_;
    MemoryTree& tree_;
    std::map<std::string, int> virtualFunctions_;
};

} // namespace

SimMachine buildSimMachine(const SimProfile& profile) {
    return Builder(profile).build();
}

} // namespace migscope
