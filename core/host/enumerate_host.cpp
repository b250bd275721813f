// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery of the host itself: kernel, modules, IOMMUs, class folders, nodes.
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope::scan {
namespace {

/// modules.alias of a kernel with every driver is below 4 MiB.
constexpr std::size_t aliasLimit = 16U << 20U;

std::string readLine(const HostTree& tree, const std::string& path) {
    const auto text = tree.read(path, attributeLimit);
    return text ? escapeText(chomp(*text)) : std::string{};
}

bool exists(const HostTree& tree, const std::string& path) {
    return tree.stat(path).has_value();
}

void listInto(Shared& shared, const std::string& path, std::unordered_set<std::string>& out) {
    const auto entries = shared.tree.list(path);
    if (!entries) {
        if (absenceOf(entries.error()) != Absence::Missing)
            shared.topology.problems.push_back(problemText(path, entries.error()));
        return;
    }
    for (const DirectoryEntry& entry : *entries)
        out.insert(entry.name);
}

/// "Max locked memory  8388608  8388608  bytes": the soft limit; absent when unlimited.
std::optional<std::uint64_t> lockedMemory(const HostTree& tree) {
    const auto text = tree.read("/proc/self/limits", 16384);
    if (!text)
        return {};
    constexpr std::string_view key = "Max locked memory";
    const std::size_t at = text->find(key);
    if (at == std::string::npos)
        return {};
    std::string_view rest = std::string_view(*text).substr(at + key.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    return parseNumber<std::uint64_t>(rest.substr(0, rest.find_first_of(" \n")));
}

void readIommus(Shared& shared) {
    const auto units = shared.tree.list("/sys/class/iommu");
    if (!units)
        return;
    for (const DirectoryEntry& unit : *units) {
        const std::string name = escapeText(unit.name);
        std::size_t count = 0;
        if (const auto devices = shared.tree.list(fmt::format("/sys/class/iommu/{}/devices", unit.name))) {
            count = devices->size();
            for (const DirectoryEntry& device : *devices)
                shared.iommuUnits.emplace(device.name, name);
        }
        shared.topology.host.iommuUnits.push_back({name, count});
    }
    std::sort(shared.topology.host.iommuUnits.begin(), shared.topology.host.iommuUnits.end(),
              [](const IommuUnit& a, const IommuUnit& b) { return a.name < b.name; });
}

/// The link of a class entry tells the whole path of its device: one call a device.
void readVfioClass(Shared& shared) {
    const auto entries = shared.tree.list("/sys/class/vfio-dev");
    if (!entries)
        return;
    for (const DirectoryEntry& entry : *entries) {
        if (!isVfioDevName(entry.name)) {
            shared.topology.problems.push_back(fmt::format(
                "/sys/class/vfio-dev holds \"{}\", which is no VFIO device name", escapeText(entry.name)));
            continue;
        }
        const auto target = shared.tree.readLink("/sys/class/vfio-dev/" + entry.name);
        if (!target)
            continue; // unbound just now
        const std::string tail = "/vfio-dev/" + entry.name;
        const std::size_t root = target->find("/devices/");
        if (!target->ends_with(tail) || root == std::string::npos) {
            shared.topology.problems.push_back(invalidText("/sys/class/vfio-dev/" + entry.name, *target));
            continue;
        }
        const std::string folder = "/sys" + target->substr(root, target->size() - tail.size() - root);
        const std::string name(baseName(folder));
        shared.vfioDevs.emplace(name, entry.name);
        shared.vfioParents.emplace(name, folder);
    }
}

void readAliases(Shared& shared) {
    const std::string& release = shared.topology.host.kernelRelease;
    if (!isPlainName(release))
        return;
    if (const auto text = shared.tree.read(fmt::format("/lib/modules/{}/modules.alias", release), aliasLimit))
        shared.aliases.addAliasFile(*text);
    if (const auto text =
            shared.tree.read(fmt::format("/lib/modules/{}/modules.builtin.modinfo", release), aliasLimit))
        shared.aliases.addBuiltinInfo(*text);
}

} // namespace

Absence absenceOf(const Error& error) {
    switch (error.errnoValue()) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTDIR:
    case ESRCH:
        return Absence::Missing;
    case EACCES:
    case EPERM:
        return Absence::NotPermitted;
    default:
        return Absence::Broken;
    }
}

std::string problemText(std::string_view field, const Error& error) {
    if (absenceOf(error) == Absence::NotPermitted)
        return fmt::format("{}: not permitted ({})", escapeText(field), codeName(error.code));
    const std::string why = error.detail.empty() ? error.code.message() : escapeText(error.detail);
    return fmt::format("{}: could not be read ({}, {})", escapeText(field), codeName(error.code), why);
}

std::string invalidText(std::string_view field, std::string_view raw) {
    constexpr std::size_t shown = 64;
    return fmt::format("{} is invalid: \"{}\"{}", escapeText(field), escapeText(raw.substr(0, shown)),
                       raw.size() > shown ? " …" : "");
}

NodeFacts readNode(const HostTree& tree, const std::string& path) {
    NodeFacts facts;
    const auto stat = tree.stat(path);
    if (!stat || stat->kind != FileKind::CharDevice)
        return facts;
    facts.path = path;
    facts.exists = true;
    facts.mode = stat->mode;
    facts.uid = stat->uid;
    facts.gid = stat->gid;
    if (const auto usable = tree.usable(path))
        facts.usable = *usable;
    return facts;
}

void readHost(Shared& shared) {
    const HostTree& tree = shared.tree;
    HostFacts& host = shared.topology.host;
    host.hostName = readLine(tree, "/proc/sys/kernel/hostname");
    host.kernelRelease = readLine(tree, "/proc/sys/kernel/osrelease");
    host.bootId = readLine(tree, "/proc/sys/kernel/random/boot_id");
    host.memlockBytes = lockedMemory(tree);
    host.vfioModule = exists(tree, "/sys/module/vfio");
    host.vfioPciModule = exists(tree, "/sys/module/vfio_pci");
    host.unsafeNoIommu = readLine(tree, "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode") == "Y";
    host.iommufdNode = exists(tree, "/dev/iommu");
    host.container = readNode(tree, "/dev/vfio/vfio");
    // One memory node: every device is on it, and asking each of them is 3 calls a device for nothing.
    const std::string nodes = readLine(tree, "/sys/devices/system/node/online");
    shared.manyNumaNodes = !nodes.empty() && nodes != "0";
    readIommus(shared);
    readVfioClass(shared);
    listInto(shared, "/dev/vfio", shared.groupNodes);
    if (shared.groupNodes.contains("devices"))
        listInto(shared, "/dev/vfio/devices", shared.deviceNodes);
    listInto(shared, "/sys/class/vfio", shared.groupClass);
    listInto(shared, "/sys/bus/mdev/devices", shared.mdevs);
    readAliases(shared);
}

} // namespace migscope::scan
