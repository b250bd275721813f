// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where one device is on this host, looked up when it is to be opened.
#include "core/kernel/device_location.h"

#include <charconv>

namespace migscope {
namespace {

std::string baseName(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

bool exists(const HostTree& tree, const std::string& path) {
    return tree.stat(path).has_value();
}

bool usable(const HostTree& tree, const std::string& path) {
    const auto answer = tree.usable(path);
    return answer && *answer;
}

/// The device's folder under one of the buses; empty when no bus has it.
std::string findDevice(const HostTree& tree, const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..")
        return {};
    const auto buses = tree.list("/sys/bus");
    if (!buses)
        return {};
    for (const DirectoryEntry& bus : *buses) {
        std::string path = "/sys/bus/" + bus.name + "/devices/" + name;
        if (exists(tree, path))
            return path;
    }
    return {};
}

} // namespace

Result<DeviceLocation> locateDevice(const HostTree& tree, const std::string& name) {
    const std::string folder = findDevice(tree, name);
    if (folder.empty())
        return fail(Errc::NotFound, "find device", name, "no bus of this host has it");

    std::string driver;
    if (const auto link = tree.readLink(folder + "/driver"))
        driver = baseName(*link);

    DeviceLocation location;
    location.name = name;
    const auto groupLink = tree.readLink(folder + "/iommu_group");
    if (!groupLink)
        return fail(Errc::Refused, "open", name,
                    "it has no IOMMU group: no IOMMU is active, or no VFIO driver is bound to it");
    const std::string group = baseName(*groupLink);
    const auto parsed = std::from_chars(group.data(), group.data() + group.size(), location.group);
    if (parsed.ec != std::errc() || parsed.ptr != group.data() + group.size())
        return fail(Errc::Damaged, "read IOMMU group", folder + "/iommu_group", group);

    if (exists(tree, "/dev/vfio/noiommu-" + group))
        return fail(
            Errc::Refused, "open", "/dev/vfio/noiommu-" + group,
            "no-IOMMU mode: nothing would keep the device from writing anywhere in memory, so Migscope "
            "recognises such devices and does not open them");

    if (exists(tree, "/dev/vfio/" + group)) {
        location.groupNode = "/dev/vfio/" + group;
        location.containerNode = "/dev/vfio/vfio";
        location.groupUsable = usable(tree, location.groupNode) && usable(tree, location.containerNode);
    }
    if (const auto entries = tree.list(folder + "/vfio-dev")) {
        for (const DirectoryEntry& entry : *entries) {
            if (entry.name.starts_with("noiommu-"))
                return fail(Errc::Refused, "open", name, "no-IOMMU mode: recognised, never opened");
            const std::string node = "/dev/vfio/devices/" + entry.name;
            if (exists(tree, node)) {
                location.cdevNode = node;
                location.iommufdNode = "/dev/iommu";
                location.cdevUsable = usable(tree, node) && usable(tree, location.iommufdNode);
            }
        }
    }
    if (location.groupNode.empty() && location.cdevNode.empty())
        return fail(Errc::Refused, "open", name,
                    driver.empty() ? "no driver is bound to it, so it has no VFIO node"
                                   : "it has no VFIO node: its driver is " + driver);
    return location;
}

} // namespace migscope
