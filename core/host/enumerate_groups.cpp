// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of IOMMU groups: members, kind, type, reserved regions, viability.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope::scan {
namespace {

constexpr const char* groupsFolder = "/sys/kernel/iommu_groups";
/// A line is about 50 bytes; the kernel gives at most a page, a tree of another origin no more than this.
constexpr std::size_t regionsLimit = 65536;
constexpr std::size_t typeLongest = 32;

/// "0x00000000fee00000 0x00000000feefffff msi"
std::optional<ReservedRegion> parseRegion(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos)
        return {};
    const auto start = parsePrefixedHex(line.substr(0, first));
    const auto end = parsePrefixedHex(line.substr(first + 1, second - first - 1));
    const std::string_view type = line.substr(second + 1);
    if (!start || !end || *end < *start || !isPlainName(type) || type.size() > typeLongest)
        return {};
    return ReservedRegion{*start, *end, std::string(type)};
}

void readRegions(Shared& shared, const std::string& folder, Group& group) {
    const auto text = shared.tree.read(folder + "/reserved_regions", regionsLimit);
    if (!text) {
        if (absenceOf(text.error()) != Absence::Missing)
            shared.topology.problems.push_back(
                problemText(fmt::format("group {}: reserved_regions", group.id), text.error()));
        return;
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (const auto region = parseRegion(line)) {
            group.reservedRegions.push_back(*region);
        } else {
            shared.topology.problems.push_back(
                invalidText(fmt::format("group {}: reserved_regions", group.id), line));
            return; // one sentence a group, whatever a hostile file holds
        }
    }
}

/// A short word, or empty with a problem.
std::string readWord(Shared& shared, const std::string& folder, const char* name, const Group& group) {
    const auto text = shared.tree.read(folder + "/" + name, attributeLimit);
    const std::string field = fmt::format("group {}: {}", group.id, name);
    if (!text) {
        if (absenceOf(text.error()) != Absence::Missing)
            shared.topology.problems.push_back(problemText(field, text.error()));
        return {};
    }
    const std::string_view word = chomp(*text);
    if (isPlainName(word) && word.size() <= typeLongest)
        return std::string(word);
    shared.topology.problems.push_back(invalidText(field, *text));
    return {};
}

/// False when the group went away.
bool readGroup(Shared& shared, Group& group) {
    const std::string folder = fmt::format("{}/{}", groupsFolder, group.id);
    const auto members = shared.tree.list(folder + "/devices");
    if (!members) {
        if (absenceOf(members.error()) == Absence::Missing)
            return false;
        shared.topology.problems.push_back(
            problemText(fmt::format("group {}: devices", group.id), members.error()));
    } else {
        group.devices.reserve(members->size());
        for (const DirectoryEntry& member : *members)
            group.devices.push_back(member.name); // raw until the devices are read
        std::sort(group.devices.begin(), group.devices.end());
    }
    group.type = readWord(shared, folder, "type", group);
    // Only groups without a default domain have names in practice (VFIO's own ones do).
    if (group.type == "unknown" || group.type.empty())
        group.name = readWord(shared, folder, "name", group);
    readRegions(shared, folder, group);
    const std::string number = std::to_string(group.id);
    if (shared.groupNodes.contains(number))
        group.node = readNode(shared.tree, "/dev/vfio/" + number);
    else if (shared.groupNodes.contains("noiommu-" + number))
        group.node = readNode(shared.tree, "/dev/vfio/noiommu-" + number);
    return true;
}

} // namespace

void readGroups(Shared& shared) {
    const auto entries = shared.tree.list(groupsFolder);
    if (!entries) {
        if (absenceOf(entries.error()) != Absence::Missing)
            shared.topology.problems.push_back(problemText(groupsFolder, entries.error()));
        return;
    }
    Topology& topology = shared.topology;
    topology.host.iommuGroupsPresent = !entries->empty();
    topology.groups.reserve(entries->size());
    for (const DirectoryEntry& entry : *entries) {
        const auto id = parseGroupId(entry.name);
        if (!id) {
            topology.problems.push_back(fmt::format("{} holds \"{}\", which is no group number", groupsFolder,
                                                    escapeText(entry.name)));
            continue;
        }
        Group group;
        group.id = *id;
        if (readGroup(shared, group))
            topology.groups.push_back(std::move(group));
        else
            ++shared.vanished;
    }
    std::sort(topology.groups.begin(), topology.groups.end(),
              [](const Group& a, const Group& b) { return a.id < b.id; });
}

void judgeGroups(Shared& shared) {
    for (Group& group : shared.topology.groups) {
        bool anyPhysical = false;
        bool allKnown = true;
        for (const std::string& name : group.devices) {
            const Device* device = shared.topology.find(name);
            if (!device || device->bus.empty()) {
                allKnown = false;
                anyPhysical = true;
                continue;
            }
            anyPhysical = anyPhysical || device->bus != "mdev";
            const bool bridge = device->pci && (device->pci->classCode >> 16U) == 0x06;
            if (!bridge && !device->boundToVfio() && !leavesGroupViable(device->driver))
                group.blockers.push_back(name);
        }
        const std::string noIommu = fmt::format("noiommu-{}", group.id);
        if (shared.groupNodes.contains(noIommu) || shared.groupClass.contains(noIommu))
            group.kind = GroupKind::NoIommu;
        else if (!anyPhysical && (!group.devices.empty() || group.type == "unknown"))
            group.kind = GroupKind::Emulated; // the sysfs name "vfio-noiommu" is given to these, too
        if (!group.blockers.empty())
            group.viable = false;
        else if (allKnown)
            group.viable = true;
    }
}

} // namespace migscope::scan
