// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Finding things in a Topology.
#include "core/device/topology.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/escape.h"

namespace migscope {
namespace {

constexpr std::size_t namesInAMessage = 4;

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

/// Edit distance, for "did you mean".
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

std::string nearNames(const Topology& topology, const std::string& wanted) {
    if (topology.devices.empty())
        return "this host has no devices to choose from";
    std::vector<std::pair<std::size_t, std::string_view>> ranked;
    ranked.reserve(topology.devices.size());
    for (const Device& device : topology.devices) {
        std::size_t best = distance(wanted, device.name);
        if (device.name.size() > 5) // the short form, without the PCI domain
            best = std::min(best, distance(wanted, std::string_view(device.name).substr(5)));
        if (!device.vfioDev.empty())
            best = std::min(best, distance(wanted, device.vfioDev));
        ranked.emplace_back(best, device.name);
    }
    const std::size_t count = std::min(namesInAMessage, ranked.size());
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end());
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < count; ++i)
        names.push_back(ranked[i].second);
    const char* rest = ranked.size() > count ? ", …" : "";
    return fmt::format("near names: {}{}", fmt::join(names, ", "), rest);
}

} // namespace

Device::Device(const Device& other)
    : name(other.name)
    , bus(other.bus)
    , label(other.label)
    , driver(other.driver)
    , driverOverride(other.driverOverride)
    , variantDriver(other.variantDriver)
    , iommuGroup(other.iommuGroup)
    , iommuUnit(other.iommuUnit)
    , numaNode(other.numaNode)
    , vfioDev(other.vfioDev)
    , cdev(other.cdev)
    , pci(other.pci ? std::make_unique<PciFacts>(*other.pci) : nullptr)
    , mdev(other.mdev ? std::make_unique<MdevFacts>(*other.mdev) : nullptr)
    , holderKnowledge(other.holderKnowledge)
    , holders(other.holders)
    , debugfs(other.debugfs)
    , problems(other.problems) {}

Device& Device::operator=(const Device& other) {
    if (this != &other) {
        Device copy(other);
        *this = std::move(copy);
    }
    return *this;
}

const Device* Topology::find(const std::string& name) const {
    const auto at =
        std::lower_bound(devices.begin(), devices.end(), name,
                         [](const Device& device, const std::string& key) { return device.name < key; });
    return at != devices.end() && at->name == name ? &*at : nullptr;
}

const Group* Topology::group(int id) const {
    const auto at = std::lower_bound(groups.begin(), groups.end(), id,
                                     [](const Group& group, int key) { return group.id < key; });
    return at != groups.end() && at->id == id ? &*at : nullptr;
}

Result<const Device*> resolveDevice(const Topology& topology, const std::string& wanted) {
    if (wanted.empty())
        return fail(Errc::InvalidArgument, "find the device", "", "no device was named");
    if (const Device* device = topology.find(wanted))
        return device;
    const std::string key = lowered(wanted);
    for (const Device& device : topology.devices) {
        if (lowered(device.name) == key || (!device.vfioDev.empty() && device.vfioDev == key))
            return &device;
    }
    // As lspci prints them: the PCI domain is left out when it is 0.
    for (const Device& device : topology.devices) {
        if (device.bus == "pci" && device.name == "0000:" + key)
            return &device;
    }
    return fail(Errc::NotFound, "find the device", escapeText(wanted), nearNames(topology, key));
}

} // namespace migscope
