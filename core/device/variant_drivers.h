// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of VFIO drivers by name: which can migrate, on which hardware, and what else they need.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace migscope {

struct PciId {
    std::uint16_t vendor = 0;
    std::uint16_t device = 0;
};

/// A driver with migration protocol v2. Being bound to it proves nothing: each needs more (`family` selects
/// the sentences of the catalogue).
struct VariantDriver {
    std::string_view driver;     ///< the name in sysfs: "mlx5_vfio_pci", "xe-vfio-pci"
    std::string_view module;     ///< for modprobe
    std::string_view option;     ///< kernel option without CONFIG_
    std::string_view family;     ///< first part of the reason ids: "mlx5", "hisi", …
    std::string_view since;      ///< first kernel with migration in it
    std::string_view hostDriver; ///< the physical function's driver that it works with; empty when any
    std::span<const PciId> ids;  ///< virtual functions that it takes; empty when there are too many to list
};

[[nodiscard]] std::span<const VariantDriver> variantDrivers();
/// By driver or module name ('-' and '_' are the same to module tools). Null when not in the table.
[[nodiscard]] const VariantDriver* findVariantDriver(std::string_view name);
/// By PCI id, for kernels whose module aliases do not have it. Null when none is known.
[[nodiscard]] const VariantDriver* variantDriverFor(PciId id);
/// Drivers of the VFIO family that are known to have no migration (vfio-pci itself, sample and vendor ones).
[[nodiscard]] bool isDriverWithoutMigration(std::string_view name);
/// vfio-pci by either spelling.
[[nodiscard]] bool isPlainVfioPci(std::string_view name);
/// Drivers that leave the DMA of their group alone, so that a group with them stays viable.
[[nodiscard]] bool leavesGroupViable(std::string_view driver);

/// The kernel options that decide something here, without CONFIG_.
[[nodiscard]] std::span<const std::string_view> relevantKernelOptions();

} // namespace migscope
