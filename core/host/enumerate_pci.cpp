// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of PCI functions. Their `config` is never opened: reading it goes to the hardware.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope::scan {
namespace {

/// "8086:10CA" as in uevent.
bool parseIdPair(std::string_view text, std::uint16_t& first, std::uint16_t& second) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return false;
    const auto a = parseNumber<std::uint16_t>(text.substr(0, colon), 16);
    const auto b = parseNumber<std::uint16_t>(text.substr(colon + 1), 16);
    if (a)
        first = *a;
    if (b)
        second = *b;
    return a && b;
}

/// A number in an attribute file of its own, into `out`; what is wrong goes to the device's problems.
template<class Number, class Parse>
void readAttribute(const Shared& shared, const std::string& folder, const char* name, Device& device,
                   Number& out, Parse parse) {
    const auto text = shared.tree.read(folder + "/" + name, attributeLimit);
    if (!text) {
        if (absenceOf(text.error()) != Absence::Missing)
            device.problems.push_back(problemText(name, text.error()));
        return;
    }
    if (const auto value = parse(chomp(*text))) {
        // NOLINTNEXTLINE(bugprone-optional-value-conversion): the types are equal in one use only
        out = static_cast<Number>(*value);
    } else {
        device.problems.push_back(invalidText(name, *text));
    }
}

template<std::uint64_t Most>
std::optional<std::uint64_t> hexUpTo(std::string_view text) {
    const auto value = parsePrefixedHex(text);
    return value && *value <= Most ? value : std::nullopt;
}

/// A tree without uevent files (written by other tools) still has the attributes.
void readIds(const Shared& shared, const std::string& folder, Device& device) {
    PciFacts& pci = *device.pci;
    readAttribute(shared, folder, "vendor", device, pci.vendor, hexUpTo<0xffff>);
    readAttribute(shared, folder, "device", device, pci.device, hexUpTo<0xffff>);
    readAttribute(shared, folder, "subsystem_vendor", device, pci.subsystemVendor, hexUpTo<0xffff>);
    readAttribute(shared, folder, "subsystem_device", device, pci.subsystemDevice, hexUpTo<0xffff>);
    readAttribute(shared, folder, "class", device, pci.classCode, hexUpTo<0xffffff>);
}

void parseUevent(std::string_view uevent, Device& device) {
    PciFacts& pci = *device.pci;
    bool haveIds = false;
    bool haveClass = false;
    forEachUeventLine(uevent, [&](std::string_view key, std::string_view value) {
        bool good = true;
        if (key == "PCI_ID") {
            haveIds = good = parseIdPair(value, pci.vendor, pci.device);
        } else if (key == "PCI_SUBSYS_ID") {
            good = parseIdPair(value, pci.subsystemVendor, pci.subsystemDevice);
        } else if (key == "PCI_CLASS") {
            const auto code = parseNumber<std::uint32_t>(value, 16);
            haveClass = good = code && *code <= 0xffffff;
            pci.classCode = good ? *code : 0;
        }
        if (!good)
            device.problems.push_back(invalidText(key, value));
    });
    if ((!haveIds || !haveClass) && device.problems.empty())
        device.problems.emplace_back("uevent lacks PCI_ID or PCI_CLASS");
}

void readFunctionLinks(const Shared& shared, const std::string& folder, Device& device) {
    PciFacts& pci = *device.pci;
    const auto physfn = shared.tree.readLink(folder + "/physfn");
    if (physfn) {
        const std::string_view name = baseName(*physfn);
        if (isPciAddress(name))
            pci.physicalFunction = name;
        else
            device.problems.push_back(invalidText("physfn", *physfn));
        return;
    }
    if (absenceOf(physfn.error()) != Absence::Missing)
        device.problems.push_back(problemText("physfn", physfn.error()));
    std::optional<std::uint16_t> total;
    readAttribute(shared, folder, "sriov_totalvfs", device, total,
                  [](std::string_view text) { return parseNumber<std::uint16_t>(text); });
    if (total)
        pci.totalVfs = *total;
}

/// What pci_dev of the physical function is bound to, when it is in no group of ours.
std::string outsideDriver(const Shared& shared, const std::string& address) {
    const std::string folder = "/sys/bus/pci/devices/" + address;
    std::string driver;
    if (const auto uevent = shared.tree.read(folder + "/uevent", attributeLimit)) {
        forEachUeventLine(*uevent, [&](std::string_view key, std::string_view value) {
            if (key == "DRIVER")
                driver = escapeText(value);
        });
    } else if (const auto link = shared.tree.readLink(folder + "/driver")) {
        driver = escapeText(baseName(*link));
    }
    return driver;
}

Device* findDevice(Topology& topology, const std::string& name) {
    return const_cast<Device*>(std::as_const(topology).find(name));
}

} // namespace

void readPci(const Shared& shared, const std::string& folder, std::string_view uevent, Device& device) {
    device.pci = std::make_unique<PciFacts>();
    if (uevent.empty())
        readIds(shared, folder, device);
    else
        parseUevent(uevent, device);
    PciFacts& pci = *device.pci;
    readAttribute(shared, folder, "revision", device, pci.revision, hexUpTo<0xff>);
    const bool bridge = (pci.classCode >> 16U) == 0x06;
    if (!bridge)
        readFunctionLinks(shared, folder, device);
    // A virtual function sits where its physical function sits: linkFunctions() copies it.
    if (shared.manyNumaNodes && pci.physicalFunction.empty()) {
        int node = -1;
        readAttribute(shared, folder, "numa_node", device, node, [](std::string_view text) {
            const auto value = parseNumber<int>(text);
            return value && *value >= -1 ? value : std::nullopt;
        });
        if (node >= 0)
            device.numaNode = node;
    }
    if (!bridge)
        device.variantDriver = shared.aliases.match(pci);
}

void linkFunctions(Shared& shared, PciNames& names) {
    Topology& topology = shared.topology;
    std::unordered_map<std::string, std::string> outside; // drivers of physical functions without a row
    for (Device& device : topology.devices) {
        if (!device.pci)
            continue;
        PciFacts& pci = *device.pci;
        pci.vendorName = names.vendor(pci.vendor);
        pci.deviceName = names.device(pci.vendor, pci.device);
        pci.className = names.deviceClass(pci.classCode);
        if (pci.physicalFunction.empty())
            continue;
        if (Device* physical = findDevice(topology, pci.physicalFunction)) {
            pci.physicalFunctionDriver = physical->driver;
            device.numaNode = physical->numaNode;
            if (physical->pci)
                physical->pci->virtualFunctions.push_back(device.name); // devices are sorted, so these are
            continue;
        }
        const auto [at, isNew] = outside.try_emplace(pci.physicalFunction);
        if (isNew)
            at->second = outsideDriver(shared, pci.physicalFunction);
        pci.physicalFunctionDriver = at->second;
    }
}

} // namespace migscope::scan
