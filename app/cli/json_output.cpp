// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The documents of --json: the one file of the command line that knows the JSON library.
#include "app/cli/json_output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace migscope::cli {
namespace {

/// Keys in the order in which they are written here: people read these documents too.
using Json = nlohmann::ordered_json;

std::string textOf(const Json& document) {
    // Names from the host are escaped by the core; a stray byte must still not throw.
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

template<class T>
Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}
Json orNull(const std::optional<Ns>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}
Json orNull(const std::string& value) {
    return value.empty() ? Json(nullptr) : Json(value);
}

Json reasonsJson(const std::vector<Reason>& reasons) {
    Json list = Json::array();
    for (const Reason& reason : reasons) {
        const ReasonText& text = reasonText(reason.id);
        static constexpr const char* severities[] = {"info", "warning", "blocker"};
        list.push_back({{"id", reason.id},
                        {"severity", severities[static_cast<int>(text.severity)]},
                        {"text", fillTemplate(text.text, reason.values)},
                        {"next", fillTemplate(text.next, reason.values)}});
    }
    return list;
}

Json nodeJson(const NodeFacts& node) {
    if (node.path.empty())
        return nullptr;
    return {{"path", node.path},
            {"exists", node.exists},
            {"mode", node.exists ? Json(fmt::format("{:04o}", node.mode)) : Json(nullptr)},
            {"uid", node.exists ? Json(node.uid) : Json(nullptr)},
            {"gid", node.exists ? Json(node.gid) : Json(nullptr)},
            {"usable", orNull(node.usable)}};
}

Json holdersJson(const Device& device) {
    static constexpr const char* knowledge[] = {"not-looked", "complete", "not-permitted"};
    Json list = Json::array();
    for (const Holder& holder : device.holders)
        list.push_back({{"pid", holder.pid}, {"command", holder.command}, {"via", holder.via}});
    return {{"knowledge", knowledge[static_cast<int>(device.holderKnowledge)]},
            {"processes", std::move(list)}};
}

Json pciJson(const Device& device) {
    if (!device.pci)
        return nullptr;
    const PciFacts& pci = *device.pci;
    return {{"id", fmt::format("{:04x}:{:04x}", pci.vendor, pci.device)},
            {"subsystem", fmt::format("{:04x}:{:04x}", pci.subsystemVendor, pci.subsystemDevice)},
            {"class", fmt::format("{:06x}", pci.classCode)},
            {"revision", pci.revision},
            {"vendor_name", orNull(pci.vendorName)},
            {"device_name", orNull(pci.deviceName)},
            {"class_name", orNull(pci.className)},
            {"physical_function", orNull(pci.physicalFunction)},
            {"physical_function_driver", orNull(pci.physicalFunctionDriver)},
            {"virtual_functions", pci.virtualFunctions},
            {"total_vfs", orNull(pci.totalVfs)}};
}

Json mdevJson(const Device& device) {
    if (!device.mdev)
        return nullptr;
    return {{"parent", orNull(device.mdev->parent)},
            {"type", orNull(device.mdev->typeId)},
            {"type_name", orNull(device.mdev->typeName)}};
}

Json debugfsJson(const Device& device) {
    if (!device.debugfs)
        return nullptr;
    return {{"migration", device.debugfs->migrationFolder},
            {"flags", device.debugfs->flags ? Json(device.debugfs->flags->raw()) : Json(nullptr)},
            {"state", device.debugfs->state ? Json(stateName(*device.debugfs->state)) : Json(nullptr)},
            {"dirty_tracking", device.debugfs->dirtyTracking}};
}

/// The ways to open it, with our own rights: those are this process's, so that they stand apart from the
/// facts.
Json accessJson(const Topology& topology, const Device& device) {
    const Group* group = device.iommuGroup ? topology.group(*device.iommuGroup) : nullptr;
    return {{"group", group != nullptr ? nodeJson(group->node) : Json(nullptr)},
            {"cdev", nodeJson(device.cdev)}};
}

Json deviceJson(const Topology& topology, const Device& device, const Capabilities* probe) {
    const Verdict verdict = judge(topology, device, probe);
    return {{"name", device.name},
            {"label", orNull(device.label)},
            {"bus", device.bus},
            {"driver", orNull(device.driver)},
            {"iommu_group", orNull(device.iommuGroup)},
            {"vfio_dev", orNull(device.vfioDev)},
            {"verdict", verdictWord(verdict.kind)},
            {"evidence", evidenceWord(verdict.evidence)},
            {"reasons", reasonsJson(verdict.reasons)},
            {"variant_driver", orNull(device.variantDriver)},
            {"driver_override", orNull(device.driverOverride)},
            {"iommu_unit", orNull(device.iommuUnit)},
            {"numa_node", orNull(device.numaNode)},
            {"pci", pciJson(device)},
            {"mdev", mdevJson(device)},
            {"access", accessJson(topology, device)},
            {"debugfs", debugfsJson(device)},
            {"holders", holdersJson(device)},
            {"problems", device.problems}};
}

Json groupJson(const Group& group) {
    static constexpr const char* kinds[] = {"physical", "emulated", "noiommu"};
    Json regions = Json::array();
    for (const ReservedRegion& region : group.reservedRegions)
        regions.push_back({{"start", fmt::format("{:#x}", region.start)},
                           {"end", fmt::format("{:#x}", region.end)},
                           {"type", region.type}});
    return {{"id", group.id},
            {"kind", kinds[static_cast<int>(group.kind)]},
            {"type", orNull(group.type)},
            {"name", orNull(group.name)},
            {"viable", orNull(group.viable)},
            {"blockers", group.blockers},
            {"devices", group.devices},
            {"node", orNull(group.node.path)},
            {"reserved_regions", std::move(regions)}};
}

Json hostJson(const Topology& topology) {
    const HostFacts& host = topology.host;
    Json units = Json::array();
    for (const IommuUnit& unit : host.iommuUnits)
        units.push_back({{"name", unit.name}, {"devices", unit.devices}});
    Json config = nullptr;
    if (host.config) {
        config = Json::object();
        for (const auto& [name, value] : *host.config)
            config[name] = std::string(1, value);
    }
    return {{"name", orNull(host.hostName)},
            {"kernel", orNull(host.kernelRelease)},
            {"iommu_units", std::move(units)},
            {"iommu_groups", host.iommuGroupsPresent},
            {"vfio", host.vfioModule},
            {"vfio_pci", host.vfioPciModule},
            {"iommufd", host.iommufdNode},
            {"debugfs", host.debugfsVfio},
            {"unsafe_noiommu", host.unsafeNoIommu},
            {"container", nodeJson(host.container)},
            {"config", std::move(config)},
            {"memlock_bytes", orNull(host.memlockBytes)},
            {"reasons", reasonsJson(judgeHost(topology))}};
}

Json probeJson(const Capabilities* probe) {
    if (probe == nullptr)
        return nullptr;
    static constexpr const char* protocols[] = {"v2", "v1-only", "none"};
    static constexpr const char* infoV2[] = {"available", "no-pre-copy", "kernel-too-old"};
    const bool v2 = probe->protocol == Protocol::V2;
    return {{"protocol", protocols[static_cast<int>(probe->protocol)]},
            {"flags", v2 ? Json(probe->flags.raw()) : Json(nullptr)},
            {"flags_text", v2 ? Json(probe->flags.text()) : Json(nullptr)},
            {"state", probe->stateFound ? Json(stateName(*probe->stateFound)) : Json(nullptr)},
            {"needs_reset", probe->needsReset},
            {"stop_copy_bytes", orNull(probe->stopCopySize.bytes)},
            {"stop_copy_unknown", orNull(probe->stopCopySize.whyUnknown)},
            {"dma_logging", probe->dmaLogging},
            {"precopy_info_v2", v2 ? Json(infoV2[static_cast<int>(probe->precopyInfoV2)]) : Json(nullptr)},
            {"reset", probe->resetAdvertised},
            {"regions", probe->regions},
            {"irqs", probe->irqs},
            {"access", orNull(probe->access)}};
}

Json arcLines(const std::vector<ArcLine>& lines) {
    Json list = Json::array();
    for (const ArcLine& line : lines)
        list.push_back({{"from", orNull(line.from)},
                        {"to", orNull(line.to)},
                        {"duration_ns", orNull(line.duration)},
                        {"errno", line.errnoValue == 0 ? Json(nullptr) : Json(errnoName(line.errnoValue))},
                        {"error", orNull(line.error)},
                        {"combined", line.combined},
                        {"call", line.reset ? "RESET" : "SET"}});
    return list;
}

void addArcs(Json& document, const ArcsDocument& arcs) {
    document["simulated"] = arcs.simulated;
    document["device"] = arcs.device;
    document["arcs"] = arcLines(arcs.arcs);
    document["reached"] = orNull(arcs.reached);
    document["bring_back"] = arcLines(arcs.bringBack);
    document["final_state"] = orNull(arcs.finalState);
}

Json imageJson(const char* schema, const ImageDocument& document) {
    return {{"schema", schema},
            {"simulated", document.simulated},
            {"workload", "none"},
            {"device", document.device},
            {"file", document.file},
            {"raw", document.raw},
            {"state_bytes", orNull(document.stateBytes)},
            {"duration_ns", orNull(document.duration)},
            {"final_state", orNull(document.finalState)}};
}

/// For failures that no call and no rule caused.
std::string codeOf(ExitCode code) {
    return code == ExitCode::OverBudget ? "over-budget" : "usage";
}

} // namespace

std::string topologyJson(const Topology& topology) {
    Json groups = Json::array();
    for (const Group& group : topology.groups)
        groups.push_back(groupJson(group));
    Json devices = Json::array();
    for (const Device& device : topology.devices)
        devices.push_back(deviceJson(topology, device, nullptr));
    return textOf({{"schema", "migscope.topology/1"},
                   {"simulated", topology.simulated},
                   {"source", topology.source},
                   {"host", hostJson(topology)},
                   {"groups", std::move(groups)},
                   {"devices", std::move(devices)},
                   {"problems", topology.problems}});
}

std::string showJson(const Topology& topology, const Device& device, const Capabilities* probe) {
    const Group* group = device.iommuGroup ? topology.group(*device.iommuGroup) : nullptr;
    return textOf({{"schema", "migscope.show/1"},
                   {"simulated", topology.simulated},
                   {"source", topology.source},
                   {"device", deviceJson(topology, device, probe)},
                   {"group", group != nullptr ? groupJson(*group) : Json(nullptr)},
                   {"probe", probeJson(probe)}});
}

std::string arcsJson(const ArcsDocument& document) {
    Json json{{"schema", "migscope.arcs/1"}};
    addArcs(json, document);
    return textOf(json);
}

std::string saveJson(const ImageDocument& document) {
    Json json = imageJson("migscope.save/1", document);
    json["mode"] = orNull(document.mode);
    json["precopy_bytes"] = orNull(document.precopyBytes);
    json["file_bytes"] = orNull(document.fileBytes);
    json["blackout_ns"] = orNull(document.blackout);
    return textOf(json);
}

std::string loadJson(const ImageDocument& document) {
    Json json = imageJson("migscope.load/1", document);
    json["accepted"] = true;
    json["verified"] = orNull(document.verified);
    json["saved_from"] = orNull(document.savedFrom);
    json["loaded_state_runs"] = document.loadedStateRuns;
    return textOf(json);
}

std::string captureJson(const CaptureDocument& document) {
    return textOf({{"schema", "migscope.capture/1"},
                   {"folder", document.folder},
                   {"files", document.files},
                   {"size_bytes", document.bytes},
                   {"groups", document.groups},
                   {"devices", document.devices}});
}

std::string exportedJson(const std::string& file, const std::string& format, std::uint64_t bytes) {
    return textOf(
        {{"schema", "migscope.exported/1"}, {"file", file}, {"format", format}, {"size_bytes", bytes}});
}

std::string versionJson(const VersionDocument& document) {
    Json offers = Json::array();
    for (const Offer& offer : document.offers)
        offers.push_back({{"id", offer.id},
                          {"text", offer.text},
                          {"offered", orNull(offer.offered)},
                          {"since", orNull(offer.since)},
                          {"evidence", offer.evidence}});
    return textOf({{"schema", "migscope.version/1"},
                   {"version", document.version},
                   {"build", document.build},
                   {"uapi_baseline", document.baseline},
                   {"backend", document.backend},
                   {"simulated", document.simulated},
                   {"kernel", orNull(document.kernel)},
                   {"uapi", std::move(offers)}});
}

std::string errorJson(const Failure& failure, const FailureExtras& extras) {
    const int number = failure.error.errnoValue();
    Json json{{"schema", "migscope.error/1"},
              {"error",
               {{"what", describe(failure.error)},
                {"device", orNull(failure.device)},
                {"call", orNull(failure.call)},
                {"errno", number == 0 ? Json(nullptr) : Json(errnoName(number))},
                {"code", failure.error.code ? codeName(failure.error.code) : codeOf(failure.code)},
                {"state", orNull(failure.state)},
                {"next", orNull(failure.next)},
                {"exit_code", static_cast<int>(failure.code)}}}};
    if (!failure.devices.empty()) {
        Json devices = Json::array();
        for (const auto& [name, state] : failure.devices)
            devices.push_back({{"name", name}, {"final_state", orNull(state)}});
        json["devices"] = std::move(devices);
    }
    if (extras.arcs != nullptr)
        addArcs(json, *extras.arcs);
    if (!extras.report.empty())
        json["report"] = Json::parse(extras.report, nullptr, false);
    return textOf(json);
}

} // namespace migscope::cli
