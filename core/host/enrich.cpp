// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second stage of discovery: kernel configuration and debugfs. Holders are in holders.cpp.
#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"
#include "core/host/enumerate.h"
#include "core/host/holders.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope {
namespace {

constexpr std::size_t configLimit = 4U << 20U;
constexpr const char* debugfsFolder = "/sys/kernel/debug/vfio";

/// Options that are not in the file are not set: the kernel does not have them at all, or not for this
/// machine.
KernelConfig parseConfig(std::string_view text) {
    KernelConfig config;
    for (const std::string_view name : relevantKernelOptions())
        config.emplace(name, 'n');
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        constexpr std::string_view lead = "CONFIG_";
        const std::size_t equals = line.find('=');
        if (!line.starts_with(lead) || equals == std::string_view::npos)
            continue;
        const auto option = config.find(std::string(line.substr(lead.size(), equals - lead.size())));
        const std::string_view value = line.substr(equals + 1);
        if (option != config.end() && (value == "y" || value == "m"))
            option->second = value.front();
    }
    return config;
}

void readConfig(const HostTree& tree, Topology& topology) {
    const std::string& release = topology.host.kernelRelease;
    if (!isPlainName(release))
        return;
    for (const std::string& path :
         {fmt::format("/boot/config-{}", release), fmt::format("/lib/modules/{}/config", release)}) {
        const auto text = tree.read(path, configLimit);
        if (text) {
            topology.host.config = parseConfig(*text);
            return;
        }
        if (scan::absenceOf(text.error()) != scan::Absence::Missing)
            topology.problems.push_back(scan::problemText(path, text.error()));
    }
    if (tree.stat("/proc/config.gz")) {
        topology.problems.push_back(fmt::format(
            "kernel options: /proc/config.gz is compressed and not read; as root: zcat /proc/config.gz > "
            "/boot/config-{}",
            release));
    }
}

DebugfsFacts readFeatures(const HostTree& tree, const std::string& folder, Device& device) {
    DebugfsFacts facts;
    facts.migrationFolder = true;
    const auto text = tree.read(folder + "/features", scan::attributeLimit);
    if (!text) {
        if (scan::absenceOf(text.error()) != scan::Absence::Missing)
            device.problems.push_back(scan::problemText("debugfs features", text.error()));
        return facts;
    }
    std::uint64_t flags = 0;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view word = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (word == "stop-copy")
            flags |= MigFlags::StopCopy;
        else if (word == "p2p")
            flags |= MigFlags::P2p;
        else if (word == "pre-copy")
            flags |= MigFlags::PreCopy;
        else if (word == "dirty-tracking")
            facts.dirtyTracking = true;
        else if (!word.empty())
            device.problems.push_back(scan::invalidText("debugfs features", word));
    }
    facts.flags = MigFlags(flags);
    return facts;
}

/// `state` beside `features` is left alone: its read waits for a running SET.
void readDebugfs(const HostTree& tree, Topology& topology) {
    const auto entries = tree.list(debugfsFolder);
    topology.host.debugfsVfio = entries.has_value();
    if (!entries)
        return;
    std::unordered_set<std::string> present;
    for (const DirectoryEntry& entry : *entries)
        present.insert(entry.name);
    for (Device& device : topology.devices) {
        if (!device.boundToVfio() || !present.contains(device.name))
            continue;
        const std::string folder = fmt::format("{}/{}/migration", debugfsFolder, device.name);
        if (tree.stat(folder))
            device.debugfs = readFeatures(tree, folder, device);
        else
            device.debugfs = DebugfsFacts{};
    }
}

} // namespace

void enrich(const HostTree& tree, Topology& topology) {
    readConfig(tree, topology);
    readDebugfs(tree, topology);
    readHolders(tree, topology);
    topology.enriched = true;
}

} // namespace migscope
