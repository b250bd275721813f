// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The judgement of one device: from what is known to a verdict with reasons.
#include "core/device/verdict.h"

#include <cerrno>
#include <string_view>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"

namespace migscope {
namespace {

using Values = std::map<std::string, std::string>;

/// Everything that the rules look at, gathered once.
struct Case {
    const Topology& topology;
    const Device& device;
    const Group* group = nullptr;
    const VariantDriver* bound = nullptr;  ///< the bound driver, when it is one of the table
    const VariantDriver* wanted = nullptr; ///< what could take this function, from the table
    std::string wantedDriver;              ///< its driver name; also for drivers outside the table
    bool wantedIsInstalled = false;        ///< a module alias of this kernel matches

    [[nodiscard]] bool isVf() const { return device.pci && !device.pci->physicalFunction.empty(); }
};

Case makeCase(const Topology& topology, const Device& device) {
    Case out{topology, device, {}, {}, {}, {}, {}};
    if (device.iommuGroup)
        out.group = topology.group(*device.iommuGroup);
    if (!device.driver.empty())
        out.bound = findVariantDriver(device.driver);
    if (!device.variantDriver.empty() && !isDriverWithoutMigration(device.variantDriver)) {
        out.wanted = findVariantDriver(device.variantDriver);
        out.wantedDriver = out.wanted ? std::string(out.wanted->driver) : device.variantDriver;
        out.wantedIsInstalled = true;
    } else if (device.pci) {
        out.wanted = variantDriverFor({device.pci->vendor, device.pci->device});
        if (out.wanted)
            out.wantedDriver = out.wanted->driver;
    }
    return out;
}

std::string indented(std::string_view lines) {
    std::string out;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        out += fmt::format("{}  {}", out.empty() ? "" : "\n", lines.substr(0, end));
        lines = end == std::string_view::npos ? std::string_view{} : lines.substr(end + 1);
    }
    return out;
}

/// The parameters that any sentence about a device may use.
Reason reason(const Case& c, std::string_view id, Values extra = {}) {
    Values values = std::move(extra);
    const auto add = [&](const char* key, const std::string& value) {
        values.emplace(key, escapeText(value)); // what the caller gave stays
    };
    add("device", c.device.name);
    add("driver", c.device.driver.empty() ? "none" : c.device.driver);
    add("bus", c.device.bus);
    add("group", c.device.iommuGroup ? std::to_string(*c.device.iommuGroup) : "none");
    add("pf", c.isVf() ? c.device.pci->physicalFunction : "PF");
    add("release", c.topology.host.kernelRelease.empty() ? "unknown release" : c.topology.host.kernelRelease);
    if (c.device.pci)
        add("id", fmt::format("{:04x}:{:04x}", c.device.pci->vendor, c.device.pci->device));
    const VariantDriver* about = c.wanted ? c.wanted : c.bound;
    if (about) {
        add("option", std::string(about->option));
        add("since", std::string(about->since));
        add("wanted", std::string(about->hostDriver));
    }
    if (!c.wantedDriver.empty() || about) {
        const std::string variant = c.wantedDriver.empty() ? std::string(about->driver) : c.wantedDriver;
        add("variant", variant);
        values.emplace("recipe", indented(rebindRecipe(c.device, variant)));
    }
    return {std::string(id), std::move(values)};
}

bool optionMissing(const Topology& topology, std::string_view option) {
    if (!topology.host.config)
        return false;
    const auto at = topology.host.config->find(std::string(option));
    return at != topology.host.config->end() && at->second == 'n';
}

/// The variant driver exists in the world, but not in this kernel.
Reason missingVariant(const Case& c) {
    return reason(c, optionMissing(c.topology, c.wanted->option) ? "kernel-option-missing"
                                                                 : "variant-module-missing");
}

std::string familyId(const VariantDriver* driver, std::string_view suffix) {
    return fmt::format("{}-{}", driver ? driver->family : std::string_view("variant"), suffix);
}

/// Why a device with a driver outside VFIO, or with none, cannot migrate as it stands.
void judgeUnbound(const Case& c, Verdict& verdict) {
    const Device& device = c.device;
    verdict.kind = VerdictKind::NotMigratable;
    verdict.evidence = Evidence::Driver;
    const bool bridge = device.pci && (device.pci->classCode >> 16U) == 0x06;
    if (bridge) {
        verdict.reasons.push_back(reason(c, "bridge"));
        return;
    }
    if (device.bus != "pci" && device.bus != "mdev") {
        verdict.reasons.push_back(reason(c, "unknown-bus"));
        return;
    }
    const bool wantedFits = !c.wantedDriver.empty() && c.isVf();
    if (wantedFits && c.wantedIsInstalled)
        verdict.reasons.push_back(
            reason(c, device.driver.empty() ? "no-driver-variant" : "host-driver-variant"));
    else if (wantedFits)
        verdict.reasons.push_back(missingVariant(c));
    else
        verdict.reasons.push_back(reason(c, device.driver.empty() ? "no-driver" : "host-driver"));
    if (device.driver.empty() && !device.driverOverride.empty())
        verdict.reasons.push_back(reason(c, "driver-override-waits", {{"override", device.driverOverride}}));
    if (device.pci && device.pci->totalVfs.value_or(0) > 0) {
        verdict.reasons.push_back(reason(c, "sriov-physical-function",
                                         {{"total", std::to_string(*device.pci->totalVfs)},
                                          {"now", std::to_string(device.pci->virtualFunctions.size())}}));
    }
    if (device.bus == "pci" && !device.iommuGroup)
        verdict.reasons.push_back(reason(c, "no-group"));
}

void judgePlain(const Case& c, Verdict& verdict) {
    verdict.kind = VerdictKind::NotMigratable;
    verdict.evidence = Evidence::Driver;
    if (!c.wantedDriver.empty() && !c.isVf() && c.wanted)
        verdict.reasons.push_back(reason(c, "variant-needs-vf"));
    else if (!c.wantedDriver.empty() && c.wantedIsInstalled)
        verdict.reasons.push_back(reason(c, "plain-vfio-pci-variant"));
    else if (c.wanted)
        verdict.reasons.push_back(missingVariant(c));
    else
        verdict.reasons.push_back(reason(c, "plain-vfio-pci"));
}

/// By the bound driver alone: nobody asked the device.
void judgeByDriver(const Case& c, Verdict& verdict) {
    const std::string& driver = c.device.driver;
    verdict.evidence = Evidence::Driver;
    if (!c.device.boundToVfio() && !c.bound && !isPlainVfioPci(driver)) {
        judgeUnbound(c, verdict);
    } else if (isPlainVfioPci(driver)) {
        judgePlain(c, verdict);
    } else if (isDriverWithoutMigration(driver)) {
        verdict.kind = VerdictKind::NotMigratable;
        verdict.reasons.push_back(reason(c, "driver-without-migration"));
    } else if (c.bound || (!c.wantedDriver.empty() && c.wantedDriver == driver)) {
        verdict.kind = VerdictKind::Likely;
        verdict.reasons.push_back(reason(c, familyId(c.bound, "unproved")));
    } else {
        verdict.kind = VerdictKind::Unknown;
        verdict.evidence = Evidence::None;
        verdict.reasons.push_back(reason(c, "unknown-vfio-driver"));
    }
}

void addFlagNotes(const Case& c, MigFlags flags, bool dmaLogging, Verdict& verdict) {
    if (flags.unknownBits() != 0) {
        verdict.reasons.push_back(
            reason(c, "unknown-flags", {{"bits", fmt::format("{:#x}", flags.unknownBits())}}));
    }
    if (!flags.p2p() && !flags.preCopy())
        verdict.reasons.push_back(reason(c, "stop-copy-only"));
    else if (!flags.p2p())
        verdict.reasons.push_back(reason(c, "no-p2p"));
    if (!dmaLogging)
        verdict.reasons.push_back(reason(c, "no-dma-logging"));
}

void judgeProbe(const Case& c, const Capabilities& probe, Verdict& verdict) {
    verdict.evidence = Evidence::Probe;
    verdict.kind = VerdictKind::NotMigratable;
    switch (probe.protocol) {
    case Protocol::V2:
        if (!probe.flags.stopCopy()) {
            verdict.reasons.push_back(reason(c, "no-stop-copy", {{"flags", probe.flags.text()}}));
            break;
        }
        verdict.kind = VerdictKind::Migratable;
        if (probe.needsReset) {
            verdict.reasons.push_back(
                reason(c, "found-not-running",
                       {{"state", probe.stateFound ? stateName(*probe.stateFound)
                                                   : std::string("an unknown state")}}));
        }
        addFlagNotes(c, probe.flags, probe.dmaLogging, verdict);
        break;
    case Protocol::V1Only:
        verdict.reasons.push_back(reason(c, "v1-only"));
        break;
    case Protocol::None:
        if (isPlainVfioPci(c.device.driver)) {
            judgePlain(c, verdict);
            verdict.evidence = Evidence::Probe;
        } else if (isDriverWithoutMigration(c.device.driver)) {
            verdict.reasons.push_back(reason(c, "driver-without-migration"));
        } else {
            verdict.reasons.push_back(reason(c, familyId(c.bound, "not-enabled")));
        }
        break;
    }
}

void addHolders(const Case& c, Verdict& verdict) {
    for (const Holder& holder : c.device.holders) {
        verdict.reasons.push_back(reason(
            c, "busy", {{"pid", std::to_string(holder.pid)}, {"command", escapeText(holder.command)}}));
    }
}

/// The sentence for a refused opening. The kernel uses few errnos here, each with one usual meaning.
void addOpenError(const Case& c, const Error& error, Verdict& verdict) {
    const Values shown{{"error", escapeText(describe(error))}, {"node", escapeText(error.where)}};
    if (saysInUse(error) && !c.device.holders.empty())
        return; // addHolders() has the sentence
    if (error.isErrno(EBUSY)) {
        const bool blind = c.device.holderKnowledge != HolderKnowledge::Complete;
        verdict.reasons.push_back(reason(c, blind ? "busy-holder-unknown" : "busy-no-holder"));
    } else if (error.isErrno(EAGAIN)) {
        verdict.reasons.push_back(reason(c, "device-lock-busy", shown));
    } else if (error.isErrno(ENODEV) || error.isErrno(ENOENT) || error.is(Errc::NotFound)) {
        verdict.reasons.push_back(reason(c, "gone-at-open", shown));
    } else if (error.isErrno(EACCES) || error.isErrno(EPERM) || error.is(Errc::NotPermitted)) {
        verdict.reasons.push_back(reason(c, "no-rights-open", shown));
    } else {
        verdict.reasons.push_back(reason(c, "open-failed", shown));
    }
}

void addRights(const Case& c, Verdict& verdict) {
    const NodeFacts& cdev = c.device.cdev;
    const NodeFacts* group = c.group ? &c.group->node : nullptr;
    const bool anyNode = cdev.exists || (group && group->exists);
    if (!anyNode) {
        verdict.reasons.push_back(reason(c, "no-node"));
        return;
    }
    const bool refused =
        (!cdev.exists || cdev.usable == false) && (!group || !group->exists || group->usable == false);
    if (!refused)
        return;
    const NodeFacts& node = group && group->exists ? *group : cdev;
    verdict.reasons.push_back(reason(c, "no-rights",
                                     {{"node", escapeText(node.path)},
                                      {"mode", fmt::format("{:04o}", node.mode)},
                                      {"owner", fmt::format("uid {}, gid {}", node.uid, node.gid)}}));
}

void addPhysicalFunction(const Case& c, Verdict& verdict) {
    if (!c.isVf())
        return;
    const std::string& driver = c.device.pci->physicalFunctionDriver;
    const Device* pf = c.topology.find(c.device.pci->physicalFunction);
    if (isPlainVfioPci(driver) || findVariantDriver(driver) != nullptr) {
        verdict.reasons.push_back(reason(c, "vf-token", {{"driver", driver}}));
    } else if (c.bound && !c.bound->hostDriver.empty()) {
        if (driver.empty() && pf)
            verdict.reasons.push_back(reason(c, "no-pf-driver"));
        else if (!driver.empty() && driver != c.bound->hostDriver)
            verdict.reasons.push_back(reason(c, "pf-driver", {{"driver", driver}}));
    }
}

/// What keeps anybody, or us, from opening a device that VFIO has.
void addAccess(const Case& c, const Error* openError, Verdict& verdict) {
    if (!c.device.boundToVfio())
        return;
    if (!c.group && c.device.bus == "pci")
        verdict.reasons.push_back(reason(c, "no-group"));
    addHolders(c, verdict);
    if (openError)
        addOpenError(c, *openError, verdict);
    addPhysicalFunction(c, verdict);
    if (c.group)
        addRights(c, verdict);
}

/// A group that nobody can open makes all else idle.
bool judgeGroup(const Case& c, Verdict& verdict) {
    if (!c.group || !c.device.boundToVfio())
        return false;
    if (c.group->kind == GroupKind::NoIommu) {
        verdict.reasons.push_back(reason(c, "noiommu-group"));
    } else if (c.group->viable == false) {
        const std::string blocker = c.group->blockers.empty() ? "another member" : c.group->blockers.front();
        const Device* other = c.topology.find(blocker);
        verdict.reasons.push_back(
            reason(c, "group-not-viable",
                   {{"blocker", escapeText(blocker)},
                    {"driver", other && !other->driver.empty() ? escapeText(other->driver) : "a driver"},
                    {"bus", other ? escapeText(other->bus) : "pci"}}));
    } else {
        return false;
    }
    verdict.kind = VerdictKind::NotMigratable;
    verdict.evidence = Evidence::Driver;
    return true;
}

} // namespace

std::string_view verdictWord(VerdictKind kind) {
    switch (kind) {
    case VerdictKind::Migratable:
        return "migratable";
    case VerdictKind::Likely:
        return "likely";
    case VerdictKind::NotMigratable:
        return "not-migratable";
    case VerdictKind::Unknown:
        break;
    }
    return "unknown";
}

bool saysInUse(const Error& error) {
    return error.isErrno(EBUSY) || (error.isErrno(EINVAL) && error.what == "VFIO_DEVICE_BIND_IOMMUFD");
}

std::string_view evidenceWord(Evidence evidence) {
    switch (evidence) {
    case Evidence::Probe:
        return "probe";
    case Evidence::Debugfs:
        return "debugfs";
    case Evidence::Driver:
        return "driver";
    case Evidence::None:
        break;
    }
    return "none";
}

Verdict judge(const Topology& topology, const Device& device, const Capabilities* probe,
              const Error* openError) {
    const Case c = makeCase(topology, device);
    Verdict verdict;
    if (device.bus.empty()) { // its name or its identity could not be read
        const bool hostile = device.name.find('\\') != std::string::npos || device.name.empty();
        const std::string problem =
            device.problems.empty() ? "it could not be read" : device.problems.front();
        verdict.reasons.push_back(hostile
                                      ? reason(c, "hostile-name")
                                      : reason(c, "unreadable-device", {{"problem", escapeText(problem)}}));
        return verdict;
    }
    if (probe) {
        judgeProbe(c, *probe, verdict);
        addHolders(c, verdict);
        return verdict;
    }
    const bool groupBlocks = judgeGroup(c, verdict);
    if (!groupBlocks && device.debugfs && device.debugfs->migrationFolder) {
        verdict.kind = VerdictKind::Migratable;
        verdict.evidence = Evidence::Debugfs;
        if (device.debugfs->flags)
            addFlagNotes(c, *device.debugfs->flags, device.debugfs->dirtyTracking, verdict);
    } else if (!groupBlocks) {
        judgeByDriver(c, verdict);
    } else {
        // The driver's own reason comes second: it is what remains when the group is mended.
        Verdict byDriver;
        judgeByDriver(c, byDriver);
        if (byDriver.kind == VerdictKind::NotMigratable)
            verdict.reasons.insert(verdict.reasons.end(), byDriver.reasons.begin(), byDriver.reasons.end());
    }
    addAccess(c, openError, verdict);
    return verdict;
}

std::string rebindRecipe(const Device& device, const std::string& driver) {
    if (device.bus != "pci")
        return {};
    const VariantDriver* known = findVariantDriver(driver);
    const std::string module = known ? std::string(known->module) : driver;
    const std::string name = shellQuote(device.name);
    const std::string folder = "/sys/bus/pci/devices/" + name;
    std::string out = fmt::format("sudo modprobe {}\necho {} | sudo tee {}/driver_override\n",
                                  shellQuote(module), shellQuote(driver), folder);
    if (!device.driver.empty())
        out += fmt::format("echo {} | sudo tee {}/driver/unbind\n", name, folder);
    return out + fmt::format("echo {} | sudo tee /sys/bus/pci/drivers_probe", name);
}

} // namespace migscope
