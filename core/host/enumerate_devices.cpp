// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of devices: identity, bus, driver, VFIO entry and node.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope::scan {
namespace {

/// What uevent tells of any device; `slot` is set for PCI functions.
struct Identity {
    std::string text; ///< the file as read; empty when the tree has none
    std::string_view driver, slot;
};

Identity parseIdentity(std::string text) {
    Identity out;
    out.text = std::move(text);
    forEachUeventLine(out.text, [&](std::string_view key, std::string_view value) {
        if (key == "DRIVER")
            out.driver = value;
        else if (key == "PCI_SLOT_NAME")
            out.slot = value;
    });
    return out;
}

void setDriver(std::string_view driver, Device& device) {
    device.driver = escapeText(driver.substr(0, 128));
    if (!driver.empty() && !isPlainName(driver))
        device.problems.push_back(invalidText("DRIVER", driver));
}

/// Never empty: an empty bus means that the device could not be read.
std::string busOf(const Shared& shared, const std::string& folder, const std::string& name) {
    if (shared.mdevs.contains(name))
        return "mdev";
    const auto subsystem = shared.tree.readLink(folder + "/subsystem");
    const std::string_view bus = subsystem ? baseName(*subsystem) : std::string_view{};
    return isPlainName(bus) ? std::string(bus) : std::string("unknown");
}

/// (null) is how the kernel writes that none is set.
void readOverride(const Shared& shared, const std::string& folder, Device& device) {
    const auto text = shared.tree.read(folder + "/driver_override", attributeLimit);
    if (!text)
        return;
    const std::string_view wanted = chomp(*text);
    if (wanted.empty() || wanted == "(null)")
        return;
    if (isPlainName(wanted))
        device.driverOverride = wanted;
    else
        device.problems.push_back(invalidText("driver_override", *text));
}

void readVfio(const Shared& shared, Device& device) {
    const auto entry = shared.vfioDevs.find(device.name);
    if (entry == shared.vfioDevs.end())
        return;
    device.vfioDev = entry->second;
    // The class entry alone does not mean that there is a node: kernels without device nodes have it too.
    if (shared.deviceNodes.contains(device.vfioDev))
        device.cdev = readNode(shared.tree, "/dev/vfio/devices/" + device.vfioDev);
}

enum class Outcome { Row, Vanished };

/// `folder` is any path to the device's folder; `linkName` what it is called there.
Outcome readDevice(const Shared& shared, const std::string& folder, const std::string& linkName,
                   Device& device) {
    device.name = linkName;
    auto uevent = shared.tree.read(folder + "/uevent", attributeLimit);
    if (!uevent && absenceOf(uevent.error()) == Absence::Missing) {
        // Gone, or a tree without uevent files.
        const auto facts = shared.tree.readLink(folder + "/subsystem");
        if (!facts)
            return Outcome::Vanished;
        uevent = std::string{};
    }
    if (!uevent) {
        device.problems.push_back(problemText("uevent", uevent.error()));
        if (!isPciAddress(linkName))
            return Outcome::Row;
        uevent = std::string{}; // one refused file is no refused device
    }
    Identity identity = parseIdentity(std::move(*uevent));
    if (isPciAddress(identity.slot))
        device.name = identity.slot; // a clash of names in a group gives the link a suffix
    if (identity.text.empty()) {
        if (const auto link = shared.tree.readLink(folder + "/driver"))
            setDriver(baseName(*link), device);
    } else {
        setDriver(identity.driver, device);
    }
    if (isPciAddress(device.name)) {
        device.bus = "pci";
        readPci(shared, folder, identity.text, device);
    } else {
        device.bus = busOf(shared, folder, device.name);
        if (device.bus == "mdev")
            readMdev(shared, folder, device);
    }
    if (const auto unit = shared.iommuUnits.find(device.name); unit != shared.iommuUnits.end())
        device.iommuUnit = unit->second;
    readVfio(shared, device);
    if (device.driver.empty())
        readOverride(shared, folder, device);
    return Outcome::Row;
}

/// A row for a name that no kernel gives: shown, never a key, never opened.
Device hostileRow(const std::string& raw, const std::string& where) {
    Device device;
    device.name = escapeText(raw);
    if (device.name == raw) // printable, and still no name: mark it so that no face takes it for one
        device.name = "\\" + raw;
    device.problems.push_back(fmt::format("\"{}\" in {} is no device name", escapeText(raw), where));
    return device;
}

/// False when the group has lost all of its members while we read: it went away, too.
bool readMembers(Shared& shared, Group& group) {
    const bool hadMembers = !group.devices.empty();
    std::vector<std::string> kept;
    kept.reserve(group.devices.size());
    for (const std::string& linkName : group.devices) {
        if (!isPlainName(linkName)) {
            shared.topology.devices.push_back(hostileRow(linkName, fmt::format("group {}", group.id)));
            kept.push_back(shared.topology.devices.back().name);
            continue;
        }
        Device device;
        const std::string folder = fmt::format("/sys/kernel/iommu_groups/{}/devices/{}", group.id, linkName);
        if (readDevice(shared, folder, linkName, device) == Outcome::Vanished) {
            ++shared.vanished;
            continue;
        }
        device.iommuGroup = group.id;
        kept.push_back(device.name);
        shared.topology.devices.push_back(std::move(device));
    }
    std::sort(kept.begin(), kept.end());
    group.devices = std::move(kept);
    return !hadMembers || !group.devices.empty();
}

void addLoose(Shared& shared, const std::string& folder, const std::string& name, std::set<std::string>& seen,
              bool onlyCandidates) {
    if (!isPlainName(name) || !seen.insert(name).second)
        return;
    Device device;
    if (readDevice(shared, folder, name, device) == Outcome::Vanished)
        return;
    const bool candidate =
        !device.variantDriver.empty() || device.boundToVfio() ||
        (device.pci && variantDriverFor({device.pci->vendor, device.pci->device}) != nullptr) ||
        (device.pci && device.pci->totalVfs.value_or(0) > 0);
    if (!onlyCandidates || candidate)
        shared.topology.devices.push_back(std::move(device));
}

} // namespace

void readMdev(const Shared& shared, const std::string& folder, Device& device) {
    device.mdev = std::make_unique<MdevFacts>();
    const auto at = shared.vfioParents.find(device.name);
    std::string path = at != shared.vfioParents.end() ? at->second : std::string{};
    if (path.empty()) { // bound to no VFIO driver: the bus link tells the same
        const auto link = shared.tree.readLink("/sys/bus/mdev/devices/" + device.name);
        path = link ? *link : std::string{};
    }
    if (const std::size_t slash = path.rfind('/'); slash != std::string::npos)
        device.mdev->parent = escapeText(baseName(std::string_view(path).substr(0, slash)));
    if (const auto type = shared.tree.readLink(folder + "/mdev_type")) {
        device.mdev->typeId = escapeText(baseName(*type));
        if (const auto name = shared.tree.read(folder + "/mdev_type/name", attributeLimit))
            device.mdev->typeName = escapeText(chomp(*name).substr(0, 128));
    } else if (absenceOf(type.error()) != Absence::Missing) {
        device.problems.push_back(problemText("mdev_type", type.error()));
    }
}

void readDevices(Shared& shared) {
    Topology& topology = shared.topology;
    std::size_t members = 0;
    for (const Group& group : topology.groups)
        members += group.devices.size();
    topology.devices.reserve(members);
    bool anyPhysical = false;
    std::erase_if(topology.groups, [&](Group& group) {
        const bool stays = readMembers(shared, group);
        anyPhysical = anyPhysical || (stays && group.type != "unknown");
        return !stays;
    });
    std::set<std::string> seen;
    for (const Device& device : topology.devices)
        seen.insert(device.name);
    for (const auto& [name, folder] : shared.vfioParents)
        addLoose(shared, folder, name, seen, false);
    for (const std::string& name : shared.mdevs)
        addLoose(shared, "/sys/bus/mdev/devices/" + name, name, seen, false);
    if (!anyPhysical) {
        // Without an IOMMU nothing has a group; show at least what could migrate on this machine with one.
        if (const auto functions = shared.tree.list("/sys/bus/pci/devices")) {
            for (const DirectoryEntry& function : *functions) {
                if (isPciAddress(function.name))
                    addLoose(shared, "/sys/bus/pci/devices/" + function.name, function.name, seen, true);
            }
        }
    }
    std::sort(topology.devices.begin(), topology.devices.end(),
              [](const Device& a, const Device& b) { return a.name < b.name; });
}

} // namespace migscope::scan
