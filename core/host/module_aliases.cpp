// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parsing and matching of vfio_pci: module aliases.
#include "core/host/module_aliases.h"

#include <array>

#include "core/device/variant_drivers.h"
#include "core/host/sysfs_text.h"

namespace migscope {
namespace {

constexpr std::string_view scheme = "vfio_pci:";

/// Cuts one field ("v000015B3", "bc*") off an alias. False when it is not as expected.
bool field(std::string_view& alias, std::string_view key, std::size_t digits,
           std::optional<std::uint32_t>& out) {
    if (!alias.starts_with(key))
        return false;
    alias.remove_prefix(key.size());
    if (alias.starts_with('*')) {
        alias.remove_prefix(1);
        return true;
    }
    out = parseNumber<std::uint32_t>(alias.substr(0, digits), 16);
    if (!out || alias.size() < digits)
        return false;
    alias.remove_prefix(digits);
    return true;
}

bool fits(const std::optional<std::uint32_t>& wanted, std::uint32_t value) {
    return !wanted || *wanted == value;
}

} // namespace

void ModuleAliases::add(std::string_view alias, std::string_view module) {
    if (!alias.starts_with(scheme) || !isPlainName(module) || isDriverWithoutMigration(module))
        return;
    alias.remove_prefix(scheme.size());
    std::optional<std::uint32_t> vendor;
    Pattern pattern;
    pattern.module = module;
    const bool understood =
        field(alias, "v", 8, vendor) && field(alias, "d", 8, pattern.device) &&
        field(alias, "sv", 8, pattern.subsystemVendor) && field(alias, "sd", 8, pattern.subsystemDevice) &&
        field(alias, "bc", 2, pattern.classCode) && field(alias, "sc", 2, pattern.subclass) &&
        field(alias, "i", 2, pattern.interface);
    // A driver that takes every vendor is no variant driver for any of them.
    if (understood && vendor)
        byVendor_[*vendor].push_back(std::move(pattern));
}

void ModuleAliases::addAliasFile(std::string_view text) {
    constexpr std::string_view lead = "alias vfio_pci:";
    // The file has tens of thousands of lines, a handful of them ours.
    for (std::size_t at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
        if (at != 0 && text[at - 1] != '\n')
            continue;
        std::string_view line = text.substr(at, text.find('\n', at) - at);
        line.remove_prefix(6); // "alias "
        const std::size_t space = line.find(' ');
        if (space != std::string_view::npos)
            add(line.substr(0, space), line.substr(space + 1));
    }
}

void ModuleAliases::addBuiltinInfo(std::string_view text) {
    constexpr std::string_view lead = ".alias=vfio_pci:";
    for (std::size_t at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
        const std::size_t before = text.rfind('\0', at);
        const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
        const std::size_t value = at + 7; // ".alias="
        add(text.substr(value, text.find('\0', at) - value), text.substr(begin, at - begin));
    }
}

std::string_view ModuleAliases::match(const PciFacts& pci) const {
    const auto vendor = byVendor_.find(pci.vendor);
    if (vendor == byVendor_.end())
        return {};
    for (const Pattern& pattern : vendor->second) {
        if (fits(pattern.device, pci.device) && fits(pattern.subsystemVendor, pci.subsystemVendor) &&
            fits(pattern.subsystemDevice, pci.subsystemDevice) &&
            fits(pattern.classCode, pci.classCode >> 16U) &&
            fits(pattern.subclass, (pci.classCode >> 8U) & 0xffU) &&
            fits(pattern.interface, pci.classCode & 0xffU))
            return pattern.module;
    }
    return {};
}

} // namespace migscope
