// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Names for people: what an ioctl number, a feature index or a raw state is called in the kernel's headers.
#pragma once

#include "core/uapi/iommufd.h"
#include "core/uapi/vfio.h"

#include <string_view>

namespace migscope::uapi {

/// What kind of fd an ioctl was made on; needed because numbers are reused between them.
enum class FdKind { Container, Group, Device, Data, Iommufd };

/// Reentrant. Empty when we do not know the number on that kind of fd.
constexpr std::string_view ioctlName(FdKind kind, unsigned long request) {
    switch (kind) {
    case FdKind::Container:
        switch (request) {
        case ioctlGetApiVersion:
            return "VFIO_GET_API_VERSION";
        case ioctlCheckExtension:
            return "VFIO_CHECK_EXTENSION";
        case ioctlSetIommu:
            return "VFIO_SET_IOMMU";
        default:
            return {};
        }
    case FdKind::Group:
        switch (request) {
        case ioctlGroupGetStatus:
            return "VFIO_GROUP_GET_STATUS";
        case ioctlGroupSetContainer:
            return "VFIO_GROUP_SET_CONTAINER";
        case ioctlGroupUnsetContainer:
            return "VFIO_GROUP_UNSET_CONTAINER";
        case ioctlGroupGetDeviceFd:
            return "VFIO_GROUP_GET_DEVICE_FD";
        default:
            return {};
        }
    case FdKind::Device:
        switch (request) {
        case ioctlDeviceGetInfo:
            return "VFIO_DEVICE_GET_INFO";
        case ioctlDeviceGetRegionInfo:
            return "VFIO_DEVICE_GET_REGION_INFO";
        case ioctlDeviceReset:
            return "VFIO_DEVICE_RESET";
        case ioctlDeviceFeature:
            return "VFIO_DEVICE_FEATURE";
        case ioctlDeviceBindIommufd:
            return "VFIO_DEVICE_BIND_IOMMUFD";
        case ioctlDeviceAttachIommufdPt:
            return "VFIO_DEVICE_ATTACH_IOMMUFD_PT";
        case ioctlDeviceDetachIommufdPt:
            return "VFIO_DEVICE_DETACH_IOMMUFD_PT";
        default:
            return {};
        }
    case FdKind::Data:
        return request == ioctlMigGetPrecopyInfo ? std::string_view("VFIO_MIG_GET_PRECOPY_INFO")
                                                 : std::string_view();
    case FdKind::Iommufd:
        return request == ioctlIommuIoasAlloc ? std::string_view("IOMMU_IOAS_ALLOC")
               : request == ioctlIommuDestroy ? std::string_view("IOMMU_DESTROY")
                                              : std::string_view();
    }
    return {};
}

/// Reentrant. The feature's name without the common prefix, by index; empty for one newer than the baseline.
constexpr std::string_view featureName(std::uint32_t index) {
    constexpr std::string_view names[] = {"PCI_VF_TOKEN",
                                          "MIGRATION",
                                          "MIG_DEVICE_STATE",
                                          "LOW_POWER_ENTRY",
                                          "LOW_POWER_ENTRY_WITH_WAKEUP",
                                          "LOW_POWER_EXIT",
                                          "DMA_LOGGING_START",
                                          "DMA_LOGGING_STOP",
                                          "DMA_LOGGING_REPORT",
                                          "MIG_DATA_SIZE",
                                          "BUS_MASTER",
                                          "DMA_BUF",
                                          "MIG_PRECOPY_INFOv2",
                                          "ZPCI_ERROR"};
    return index < sizeof(names) / sizeof(names[0]) ? names[index] : std::string_view();
}

} // namespace migscope::uapi
