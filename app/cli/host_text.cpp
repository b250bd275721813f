// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `list` and `show` for people: verdict first, then evidence, then the next step.
#include "app/cli/host_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/failure.h"
#include "core/base/byte_size.h"
#include "core/device/verdict.h"

namespace migscope::cli {
namespace {

/// Character cells; names are escaped, so that every code point is one cell but for East Asian wide ones.
std::size_t cells(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(std::string_view text, std::size_t width) {
    const std::size_t have = cells(text);
    return std::string(text) + std::string(have < width ? width - have : 0, ' ');
}

std::string indented(const std::string& text, std::string_view by) {
    std::string out;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        out += fmt::format("{}{}\n", by, std::string_view(text).substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

std::string replaced(std::string text, const std::string& what, std::string_view with) {
    if (what.empty())
        return text;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

Colour colourOf(VerdictKind kind) {
    switch (kind) {
    case VerdictKind::Migratable:
        return Colour::Good;
    case VerdictKind::Likely:
        return Colour::Middling;
    case VerdictKind::NotMigratable:
        return Colour::Bad;
    case VerdictKind::Unknown:
        break;
    }
    return Colour::Plain;
}

std::string wordOf(VerdictKind kind) {
    return kind == VerdictKind::NotMigratable ? "not migratable" : std::string(verdictWord(kind));
}

std::string textOf(const Reason& reason) {
    return fillTemplate(reasonText(reason.id).text, reason.values);
}
std::string nextOf(const Reason& reason) {
    return fillTemplate(reasonText(reason.id).next, reason.values);
}

std::string reasonBlock(const std::string& text, const std::string& next, std::string_view by) {
    std::string out = indented(text, by);
    if (!next.empty()) {
        std::string lines = indented(next, fmt::format("{}      ", by));
        lines.replace(by.size(), 6, "Next: ");
        out += lines;
    }
    return out;
}

std::string nameOf(const Device& device) {
    std::string name;
    if (device.pci && !device.pci->deviceName.empty())
        name = device.pci->deviceName;
    else if (device.pci)
        name = fmt::format("{:04x}:{:04x}", device.pci->vendor, device.pci->device);
    else if (device.mdev)
        name = device.mdev->typeName.empty() ? device.mdev->typeId : device.mdev->typeName;
    if (!device.label.empty())
        name = name.empty() ? device.label : fmt::format("{} · {}", device.label, name);
    if (!device.holders.empty())
        name +=
            fmt::format(" · in use by {} ({})", device.holders.front().command, device.holders.front().pid);
    return name;
}

std::string groupText(const Group& group) {
    std::string text = group.kind == GroupKind::Emulated  ? "emulated"
                       : group.kind == GroupKind::NoIommu ? "no-IOMMU"
                                                          : (group.type.empty() ? "physical" : group.type);
    if (group.viable == false)
        text += group.blockers.empty() ? " · not viable"
                                       : fmt::format(" · not viable: {}", fmt::join(group.blockers, ", "));
    return text;
}

struct Row {
    std::string group;
    std::string groupText;
    const Device* device = nullptr;
    Verdict verdict;
};

std::vector<Row> rowsOf(const Topology& topology) {
    std::vector<Row> rows;
    std::vector<const Device*> seen;
    for (const Group& group : topology.groups) {
        bool first = true;
        for (const std::string& name : group.devices) {
            const Device* device = topology.find(name);
            if (device == nullptr)
                continue;
            rows.push_back({first ? std::to_string(group.id) : "", first ? groupText(group) : "", device,
                            judge(topology, *device)});
            seen.push_back(device);
            first = false;
        }
    }
    for (const Device& device : topology.devices) {
        if (std::ranges::find(seen, &device) == seen.end())
            rows.push_back({"-", "no group", &device, judge(topology, device)});
    }
    return rows;
}

std::string tableText(const std::vector<Row>& rows, const Console& console) {
    std::size_t group = 5;
    std::size_t device = 6;
    std::size_t verdict = 7;
    std::size_t driver = 6;
    std::size_t kind = 4;
    for (const Row& row : rows) {
        group = std::max(group, cells(row.group));
        device = std::max(device, cells(row.device->name));
        verdict = std::max(verdict, wordOf(row.verdict.kind).size());
        driver = std::max(driver, std::max<std::size_t>(cells(row.device->driver), 1));
        kind = std::max(kind, cells(row.groupText));
    }
    std::string out =
        console.paint(Colour::Bold, fmt::format("{}  {}  {}  {}  {}  NAME", padded("GROUP", group),
                                                padded("DEVICE", device), padded("VERDICT", verdict),
                                                padded("DRIVER", driver), padded("KIND", kind)));
    out += '\n';
    for (const Row& row : rows) {
        const std::string word = padded(wordOf(row.verdict.kind), verdict);
        out += fmt::format("{}  {}  {}  {}  {}  {}\n", padded(row.group, group),
                           padded(row.device->name, device), console.paint(colourOf(row.verdict.kind), word),
                           padded(row.device->driver.empty() ? "-" : row.device->driver, driver),
                           padded(row.groupText, kind), nameOf(*row.device));
    }
    return out;
}

/// One reason and everybody who has it.
struct Shared {
    std::string text;
    std::string next;
    std::string first; ///< text and next of the first device, as they are
    std::string firstNext;
    std::vector<std::string> devices;
};

std::string reasonsText(const std::vector<Row>& rows, const Console& console) {
    std::vector<Shared> shared;
    for (const Row& row : rows) {
        for (const Reason& reason : row.verdict.reasons) {
            if (reasonText(reason.id).severity == Severity::Info)
                continue;
            const std::string& name = row.device->name;
            // One entry for all whose reason differs only in the device that it names.
            Shared entry{replaced(textOf(reason), name, "DEVICE"),
                         replaced(nextOf(reason), name, "DEVICE"),
                         textOf(reason),
                         nextOf(reason),
                         {}};
            auto same = std::ranges::find_if(shared, [&](const Shared& known) {
                return known.text == entry.text && known.next == entry.next;
            });
            if (same == shared.end())
                same = shared.insert(shared.end(), std::move(entry));
            same->devices.push_back(name);
        }
    }
    std::string out;
    for (const Shared& entry : shared) {
        const bool one = entry.devices.size() == 1;
        out += fmt::format("\n{}\n",
                           console.paint(Colour::Bold, fmt::format("{}", fmt::join(entry.devices, ", "))));
        out += reasonBlock(one ? entry.first : entry.text, one ? entry.firstNext : entry.next, "  ");
    }
    return out;
}

std::string nodeText(const NodeFacts& node) {
    if (node.path.empty())
        return "none";
    if (!node.exists)
        return fmt::format("{} (does not exist)", node.path);
    const char* rights = !node.usable   ? "rights unknown"
                         : *node.usable ? "usable by you"
                                        : "not usable by you";
    return fmt::format("{} (mode {:04o}, owner {}:{}, {})", node.path, node.mode, node.uid, node.gid, rights);
}

std::string holderText(const Device& device) {
    std::vector<std::string> holders;
    holders.reserve(device.holders.size());
    for (const Holder& holder : device.holders)
        holders.push_back(fmt::format("{} (process {}, {})", holder.command, holder.pid, holder.via));
    if (!holders.empty())
        return fmt::format("{}", fmt::join(holders, ", "));
    switch (device.holderKnowledge) {
    case HolderKnowledge::Complete:
        return "nobody";
    case HolderKnowledge::NotPermitted:
        return "unknown (not permitted to look into other users' processes)";
    case HolderKnowledge::NotLooked:
        break;
    }
    return "unknown (processes were not looked at)";
}

std::string_view evidenceText(Evidence evidence) {
    switch (evidence) {
    case Evidence::Probe:
        return "the device itself was asked";
    case Evidence::Debugfs:
        return "the kernel's debugfs";
    case Evidence::Driver:
        return "the driver's name";
    case Evidence::None:
        break;
    }
    return "none";
}

using Facts = std::vector<std::pair<std::string, std::string>>;

void addIdentity(const Device& device, Facts& facts) {
    if (device.pci) {
        const PciFacts& pci = *device.pci;
        const std::string names = fmt::format("{} {}", pci.vendorName, pci.deviceName);
        facts.emplace_back("identity", fmt::format("{:04x}:{:04x} {}", pci.vendor, pci.device, names));
        if (!pci.className.empty())
            facts.emplace_back("class", pci.className);
        if (!pci.physicalFunction.empty())
            facts.emplace_back(
                "function of",
                fmt::format("{} (driver {})", pci.physicalFunction,
                            pci.physicalFunctionDriver.empty() ? "none" : pci.physicalFunctionDriver));
    }
    if (device.mdev)
        facts.emplace_back("mediated by",
                           fmt::format("{} (type {})", device.mdev->parent, device.mdev->typeId));
    facts.emplace_back("driver", device.driver.empty() ? "none" : device.driver);
    if (!device.variantDriver.empty())
        facts.emplace_back("variant driver", device.variantDriver);
}

void addAccess(const Topology& topology, const Device& device, Facts& facts) {
    if (device.iommuGroup) {
        if (const Group* group = topology.group(*device.iommuGroup)) {
            facts.emplace_back("group", fmt::format("{} ({}), {}: {}", group->id, groupText(*group),
                                                    !group->viable   ? "viability unknown"
                                                    : *group->viable ? "viable"
                                                                     : "not viable",
                                                    fmt::join(group->devices, ", ")));
            facts.emplace_back("access: group", nodeText(group->node));
        }
    } else {
        facts.emplace_back("group", "none");
    }
    facts.emplace_back("access: cdev", nodeText(device.cdev));
    facts.emplace_back("held by", holderText(device));
    if (device.numaNode)
        facts.emplace_back("NUMA node", std::to_string(*device.numaNode));
}

void addDebugfs(const Device& device, Facts& facts) {
    facts.emplace_back("debugfs", device.debugfs->flags ? device.debugfs->flags->text() : "migration");
    if (!device.debugfs->state)
        return;
    const MigState state = *device.debugfs->state;
    const bool free = device.holders.empty() && device.holderKnowledge == HolderKnowledge::Complete;
    std::string_view note = "from outside: nothing was opened";
    if (free)
        note = state == MigState::Error
                   ? "as the driver says while nobody has it open: before a first open it means nothing"
                   : "as it was left: nobody has it open";
    facts.emplace_back("state", fmt::format("{} ({})", stateName(state), note));
}

void addProbe(const Capabilities& probe, Facts& facts) {
    switch (probe.protocol) {
    case Protocol::V2:
        facts.emplace_back("protocol",
                           fmt::format("v2, flags {} ({})", probe.flags.raw(), probe.flags.text()));
        facts.emplace_back("state found", probe.stateFound ? stateName(*probe.stateFound) : "unknown");
        facts.emplace_back("stop-copy size",
                           probe.stopCopySize.bytes
                               ? formatBytes(*probe.stopCopySize.bytes)
                               : fmt::format("unknown ({})", probe.stopCopySize.whyUnknown));
        break;
    case Protocol::V1Only:
        facts.emplace_back("protocol", "v1 region only (withdrawn)");
        break;
    case Protocol::None:
        facts.emplace_back("protocol", "none");
        break;
    }
    facts.emplace_back("DMA logging", probe.dmaLogging ? "yes" : "no");
    facts.emplace_back("reset", probe.resetAdvertised ? "advertised" : "not advertised");
    facts.emplace_back("opened through", probe.access);
}

} // namespace

std::string machineText(const Topology& topology) {
    const std::string& name = topology.host.hostName;
    const std::size_t colon = topology.source.find(':');
    if (topology.simulated)
        return fmt::format("simulated machine “{}”",
                           colon == std::string::npos ? name : topology.source.substr(colon + 1));
    if (topology.source.starts_with("capture:"))
        return fmt::format("captured host “{}” ({})", name.empty() ? "unknown" : name,
                           topology.source.substr(colon + 1));
    return name.empty() ? "this host" : fmt::format("this host “{}”", name);
}

std::string listText(const Topology& topology, const Console& console) {
    const std::vector<Row> rows = rowsOf(topology);
    const auto count = [&](VerdictKind kind) {
        return std::ranges::count_if(rows, [kind](const Row& row) { return row.verdict.kind == kind; });
    };
    std::string out = fmt::format(
        "{} · kernel {} · {} devices in {} groups: {} migratable, {} likely\n", machineText(topology),
        topology.host.kernelRelease.empty() ? "unknown" : topology.host.kernelRelease, rows.size(),
        topology.groups.size(), count(VerdictKind::Migratable), count(VerdictKind::Likely));
    bool offersSim = topology.simulated || count(VerdictKind::Migratable) + count(VerdictKind::Likely) > 0;
    for (const Reason& reason : judgeHost(topology)) {
        const std::string next = nextOf(reason);
        offersSim = offersSim || next.find("--backend sim") != std::string::npos;
        out += reasonBlock(textOf(reason), next, "  ");
    }
    if (!offersSim)
        out += reasonBlock("Nothing here can migrate.",
                           "Look around in the simulated lab:\n  migscope-cli --backend sim list", "  ");
    if (!rows.empty())
        out += fmt::format("\n{}", tableText(rows, console));
    out += reasonsText(rows, console);
    for (const std::string& problem : topology.problems)
        out += fmt::format("\nProblem: {}\n", problem);
    for (const Row& row : rows) {
        for (const std::string& problem : row.device->problems)
            out += fmt::format("\nProblem with {}: {}\n", row.device->name, problem);
    }
    return out;
}

std::string showText(const Topology& topology, const Device& device, const Capabilities* probe,
                     const Console& console) {
    const Verdict verdict = judge(topology, device, probe);
    std::string out =
        fmt::format("{}{} · {}\n", device.name,
                    device.label.empty() ? "" : fmt::format(" ({})", device.label), machineText(topology));
    out += fmt::format("{} (evidence: {})\n", console.paint(colourOf(verdict.kind), wordOf(verdict.kind)),
                       evidenceText(verdict.evidence));
    for (const Reason& reason : verdict.reasons)
        out += reasonBlock(textOf(reason), nextOf(reason), "  ");
    out += '\n';
    Facts facts;
    addIdentity(device, facts);
    addAccess(topology, device, facts);
    if (device.debugfs && device.debugfs->migrationFolder)
        addDebugfs(device, facts);
    if (probe != nullptr)
        addProbe(*probe, facts);
    for (const std::string& problem : device.problems)
        facts.emplace_back("problem", problem);
    std::size_t width = 0;
    for (const auto& [key, value] : facts)
        width = std::max(width, cells(key));
    for (const auto& [key, value] : facts)
        out += fmt::format("{}  {}\n", padded(key, width), value);
    return out;
}

} // namespace migscope::cli
