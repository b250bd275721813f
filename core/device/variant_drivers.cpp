// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The table of VFIO drivers.
#include "core/device/variant_drivers.h"

#include <algorithm>
#include <array>

namespace migscope {
namespace {

constexpr std::array mlx5Ids{PciId{0x15b3, 0x101e}};
constexpr std::array hisiIds{PciId{0x19e5, 0xa251}, PciId{0x19e5, 0xa256}, PciId{0x19e5, 0xa259}};
constexpr std::array pdsIds{PciId{0x1dd8, 0x1003}};
constexpr std::array virtioIds{PciId{0x1af4, 0x1041}, PciId{0x1af4, 0x1042}};
constexpr std::array qatIds{PciId{0x8086, 0x4941}, PciId{0x8086, 0x4943}, PciId{0x8086, 0x4945},
                            PciId{0x8086, 0x4947}, PciId{0x8086, 0x4949}};

const std::array table{
    VariantDriver{"mlx5_vfio_pci", "mlx5_vfio_pci", "MLX5_VFIO_PCI", "mlx5", "5.18", "mlx5_core", mlx5Ids},
    VariantDriver{"hisi_acc_vfio_pci", "hisi_acc_vfio_pci", "HISI_ACC_VFIO_PCI", "hisi", "5.18", "", hisiIds},
    VariantDriver{"pds_vfio_pci", "pds_vfio_pci", "PDS_VFIO_PCI", "pds", "6.6", "pds_core", pdsIds},
    VariantDriver{"virtio_vfio_pci", "virtio_vfio_pci", "VIRTIO_VFIO_PCI", "virtio", "6.13", "virtio-pci",
                  virtioIds},
    VariantDriver{"qat_vfio_pci", "qat_vfio_pci", "QAT_VFIO_PCI", "qat", "6.10", "4xxx", qatIds},
    VariantDriver{"xe-vfio-pci", "xe_vfio_pci", "XE_VFIO_PCI", "xe", "6.19", "xe", {}},
    VariantDriver{"mtty", "mtty", "SAMPLE_VFIO_MDEV_MTTY", "mtty", "6.7", "", {}},
};

constexpr std::array withoutMigration{
    std::string_view{"vfio_pci"},      std::string_view{"nvgrace_gpu_vfio_pci"},
    std::string_view{"nvgrace_gpu"},   std::string_view{"ism_vfio_pci"},
    std::string_view{"vfio_cdx"},      std::string_view{"vfio_fsl_mc"},
    std::string_view{"vfio_platform"}, std::string_view{"vfio_amba"},
    std::string_view{"vfio_ap"},       std::string_view{"vfio_ccw"},
    std::string_view{"mdpy"},          std::string_view{"mbochs"},
    std::string_view{"vfio_ap_mdev"},
};

constexpr std::array<std::string_view, 27> options{
    "VFIO",
    "VFIO_GROUP",
    "VFIO_CONTAINER",
    "VFIO_IOMMU_TYPE1",
    "VFIO_PCI",
    "VFIO_MDEV",
    "VFIO_NOIOMMU",
    "VFIO_DEBUGFS",
    "VFIO_DEVICE_CDEV",
    "IOMMUFD",
    "IOMMU_SUPPORT",
    "INTEL_IOMMU",
    "INTEL_IOMMU_DEFAULT_ON",
    "AMD_IOMMU",
    "ARM_SMMU_V3",
    "VIRTIO_IOMMU",
    "PCI_IOV",
    "DEBUG_FS",
    "IOMMU_DEFAULT_PASSTHROUGH",
    "IOMMUFD_VFIO_CONTAINER",
    "MLX5_VFIO_PCI",
    "HISI_ACC_VFIO_PCI",
    "PDS_VFIO_PCI",
    "VIRTIO_VFIO_PCI",
    "QAT_VFIO_PCI",
    "XE_VFIO_PCI",
    "SAMPLE_VFIO_MDEV_MTTY",
};

/// Module tools take '-' and '_' for the same.
bool sameName(std::string_view a, std::string_view b) {
    const auto fold = [](char c) { return c == '-' ? '_' : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return fold(x) == fold(y); });
}

} // namespace

std::span<const VariantDriver> variantDrivers() {
    return table;
}

const VariantDriver* findVariantDriver(std::string_view name) {
    for (const VariantDriver& entry : table) {
        if (sameName(entry.driver, name) || sameName(entry.module, name))
            return &entry;
    }
    return nullptr;
}

const VariantDriver* variantDriverFor(PciId id) {
    for (const VariantDriver& entry : table) {
        for (const PciId& known : entry.ids) {
            if (known.vendor == id.vendor && known.device == id.device)
                return &entry;
        }
    }
    return nullptr;
}

bool isDriverWithoutMigration(std::string_view name) {
    return std::any_of(withoutMigration.begin(), withoutMigration.end(),
                       [&](std::string_view known) { return sameName(known, name); });
}

bool isPlainVfioPci(std::string_view name) {
    return sameName(name, "vfio_pci");
}

bool leavesGroupViable(std::string_view driver) {
    // pci-stub and the port driver do no DMA of their own; all VFIO drivers give the ownership to the user.
    return driver.empty() || driver == "pci-stub" || driver == "pcieport" ||
           isDriverWithoutMigration(driver) || findVariantDriver(driver) != nullptr;
}

std::span<const std::string_view> relevantKernelOptions() {
    return options;
}

} // namespace migscope
