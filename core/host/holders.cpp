// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Holders of devices, from /proc.
#include "core/host/holders.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/host/scan.h"
#include "core/host/sysfs_text.h"

namespace migscope {
namespace {

constexpr std::string_view deviceLink = "anon_inode:[vfio-device]";
constexpr std::string_view vfioFolder = "/dev/vfio/";
constexpr std::string_view containerNode = "/dev/vfio/vfio";

/// What one process has open.
struct Findings {
    std::map<std::string, std::string> devices; ///< device name -> via
    std::vector<std::pair<int, std::string>> groups;
};

/// The device that fdinfo names; empty on kernels before 6.18.
std::string deviceOfFd(const HostTree& tree, const std::string& process, const std::string& fd) {
    const auto text = tree.read(fmt::format("{}/fdinfo/{}", process, fd), 16384);
    if (!text)
        return {};
    constexpr std::string_view key = "vfio-device-syspath:";
    std::size_t at = text->find(key);
    while (at != std::string::npos && at != 0 && (*text)[at - 1] != '\n')
        at = text->find(key, at + 1);
    if (at == std::string::npos)
        return {};
    std::string_view value = std::string_view(*text).substr(at + key.size());
    value = value.substr(0, value.find('\n'));
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return std::string(baseName(value));
}

void look(const HostTree& tree, const std::string& process, const std::string& fd, const std::string& target,
          const std::unordered_map<std::string, std::string>& byVfioDev, Findings& findings) {
    if (target == deviceLink) {
        const std::string name = deviceOfFd(tree, process, fd);
        if (!name.empty()) // else the group link of the same process tells
            findings.devices[name] = "vfio-device-syspath";
        return;
    }
    std::string_view node = std::string_view(target).substr(vfioFolder.size());
    if (node.starts_with("devices/")) {
        const auto device = byVfioDev.find(std::string(node.substr(8)));
        if (device != byVfioDev.end())
            findings.devices.emplace(device->second, target);
        return;
    }
    if (node.starts_with("noiommu-"))
        node.remove_prefix(8);
    if (const auto group = parseGroupId(node))
        findings.groups.emplace_back(*group, target);
}

void report(const HostTree& tree, const std::string& process, std::int64_t pid, const Findings& findings,
            Topology& topology) {
    std::string command;
    if (const auto comm = tree.read(process + "/comm", 256))
        command = escapeText(chomp(*comm));
    for (Device& device : topology.devices) {
        if (!device.boundToVfio())
            continue;
        if (const auto own = findings.devices.find(device.name); own != findings.devices.end()) {
            device.holders.push_back({pid, command, escapeText(own->second)});
            continue;
        }
        for (const auto& [group, via] : findings.groups) {
            if (device.iommuGroup == group) {
                device.holders.push_back({pid, command, escapeText(via)});
                break;
            }
        }
    }
}

} // namespace

bool isVfioLink(std::string_view target) {
    return target == deviceLink || (target.starts_with(vfioFolder) && target != containerNode);
}

void readHolders(const HostTree& tree, Topology& topology) {
    std::unordered_map<std::string, std::string> byVfioDev;
    for (const Device& device : topology.devices) {
        if (device.boundToVfio())
            byVfioDev.emplace(device.vfioDev, device.name);
    }
    if (byVfioDev.empty())
        return;
    const auto processes = tree.list("/proc");
    if (!processes)
        return;
    HolderKnowledge knowledge = HolderKnowledge::NotLooked; // a tree without processes
    for (const DirectoryEntry& entry : *processes) {
        const auto pid = parseGroupId(entry.name);
        if (!pid)
            continue;
        if (knowledge == HolderKnowledge::NotLooked)
            knowledge = HolderKnowledge::Complete;
        const std::string process = "/proc/" + entry.name;
        const auto fds = tree.list(process + "/fd");
        if (!fds) {
            if (scan::absenceOf(fds.error()) != scan::Absence::Missing) // a process that ended is no gap
                knowledge = HolderKnowledge::NotPermitted;
            continue;
        }
        Findings findings;
        for (const DirectoryEntry& fd : *fds) {
            const auto target = tree.readLink(fmt::format("{}/fd/{}", process, fd.name));
            if (target && isVfioLink(*target))
                look(tree, process, fd.name, *target, byVfioDev, findings);
        }
        if (!findings.devices.empty() || !findings.groups.empty())
            report(tree, process, *pid, findings, topology);
    }
    for (Device& device : topology.devices) {
        if (!device.boundToVfio())
            continue;
        device.holderKnowledge = knowledge;
        std::sort(device.holders.begin(), device.holders.end(),
                  [](const Holder& a, const Holder& b) { return a.pid < b.pid; });
    }
}

} // namespace migscope
