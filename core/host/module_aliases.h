// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The vfio_pci: aliases of a kernel's modules: which variant driver takes which PCI function.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/device/topology.h"

namespace migscope {

/// Variant drivers never bind by themselves: their aliases begin with vfio_pci: instead of pci:, and name who
/// could take a function. The catch-all of vfio-pci itself and drivers without migration are left out.
class ModuleAliases {
public:
    /// Lines "alias vfio_pci:v… module" of modules.alias; other lines are skipped.
    void addAliasFile(std::string_view text);
    /// NUL-separated "module.alias=vfio_pci:v…" of modules.builtin.modinfo: drivers built into the kernel.
    void addBuiltinInfo(std::string_view text);

    /// The module that takes this function; empty when none.
    [[nodiscard]] std::string_view match(const PciFacts& pci) const;
    [[nodiscard]] bool empty() const { return byVendor_.empty(); }

private:
    struct Pattern {
        std::optional<std::uint32_t> device, subsystemVendor, subsystemDevice;
        std::optional<std::uint32_t> classCode, subclass, interface;
        std::string module;
    };
    void add(std::string_view alias, std::string_view module);

    std::map<std::uint32_t, std::vector<Pattern>> byVendor_;
};

} // namespace migscope
