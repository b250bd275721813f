// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The judgement of a host as a whole: what it lacks before any of its devices could migrate.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/escape.h"
#include "core/device/variant_drivers.h"
#include "core/device/verdict.h"

namespace migscope {
namespace {

Reason hostReason(const Topology& topology, std::string_view id,
                  std::map<std::string, std::string> values = {}) {
    const std::string& release = topology.host.kernelRelease;
    values.emplace("release", release.empty() ? "unknown release" : escapeText(release));
    return {std::string(id), std::move(values)};
}

/// 'y', 'm', 'n'; 0 when unknown.
char option(const Topology& topology, std::string_view name) {
    if (!topology.host.config)
        return 0;
    const auto at = topology.host.config->find(std::string(name));
    return at == topology.host.config->end() ? '\0' : at->second;
}

bool hasPhysicalGroup(const Topology& topology) {
    return std::any_of(topology.groups.begin(), topology.groups.end(),
                       [](const Group& group) { return group.kind == GroupKind::Physical; });
}

/// Options of variant drivers that the kernel was built without; empty when it has at least one.
std::vector<std::string> missingVariantOptions(const Topology& topology) {
    std::vector<std::string> missing;
    for (const VariantDriver& driver : variantDrivers()) {
        const char value = option(topology, driver.option);
        if (value == 'y' || value == 'm')
            return {};
        // The sample device is for labs; a kernel without it lacks nothing.
        if (value == 'n' && !driver.option.starts_with("SAMPLE_"))
            missing.push_back(fmt::format("CONFIG_{}", driver.option));
    }
    return missing;
}

bool refused(const NodeFacts& node) {
    return !node.exists || node.usable == false;
}

bool mayOpenNothing(const Topology& topology) {
    bool anyNode = false;
    for (const Group& group : topology.groups) {
        anyNode = anyNode || (group.node.exists && group.node.usable.has_value());
        if (!refused(group.node))
            return false;
    }
    for (const Device& device : topology.devices) {
        anyNode = anyNode || (device.cdev.exists && device.cdev.usable.has_value());
        if (!refused(device.cdev))
            return false;
    }
    return anyNode;
}

} // namespace

std::vector<Reason> judgeHost(const Topology& topology) {
    std::vector<Reason> reasons;
    const HostFacts& host = topology.host;
    const auto add = [&](std::string_view id, std::map<std::string, std::string> values = {}) {
        reasons.push_back(hostReason(topology, id, std::move(values)));
    };
    const bool withoutVfio = option(topology, "VFIO") == 'n' && !host.vfioModule;
    const bool anyBound = std::any_of(topology.devices.begin(), topology.devices.end(),
                                      [](const Device& device) { return device.boundToVfio(); });
    const bool anyVariantBound =
        std::any_of(topology.devices.begin(), topology.devices.end(), [](const Device& device) {
            return !device.driver.empty() && findVariantDriver(device.driver) != nullptr;
        });
    if (!hasPhysicalGroup(topology))
        add("host-no-iommu");
    if (withoutVfio)
        add("host-no-vfio-option");
    else if (!host.vfioModule && !anyBound)
        add("host-vfio-not-loaded");
    if (host.unsafeNoIommu)
        add("host-unsafe-noiommu");
    const auto missing = missingVariantOptions(topology);
    if (!missing.empty() && !anyVariantBound)
        add("host-no-variant-driver", {{"options", fmt::format("{}", fmt::join(missing, ", "))}});
    if (!anyBound)
        add("host-nothing-bound");
    else if (mayOpenNothing(topology))
        add("host-no-rights");
    // Modules may be built with more than the kernel's own configuration says: what is seen counts.
    const bool anyCdev =
        std::ranges::any_of(topology.devices, [](const Device& device) { return device.cdev.exists; });
    if (option(topology, "VFIO_DEVICE_CDEV") == 'n' && !withoutVfio && !anyCdev)
        add("host-no-cdev");
    if (option(topology, "VFIO_DEBUGFS") == 'n' && !withoutVfio && !host.debugfsVfio)
        add("host-no-debugfs");
    if (option(topology, "IOMMU_DEFAULT_PASSTHROUGH") == 'y')
        add("host-iommu-passthrough");
    if (topology.enriched && !host.config && !topology.simulated)
        add("host-config-unknown");
    return reasons;
}

} // namespace migscope
