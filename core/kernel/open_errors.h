// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an errno means at each step of opening a device: kernel errnos are reused, the step tells them apart.
#pragma once

#include "core/base/error.h"

#include <string>

namespace migscope {

enum class OpenStep {
    Node,            ///< open() of a group, container, device or iommufd node
    ApiVersion,      ///< VFIO_GET_API_VERSION
    CheckExtension,  ///< VFIO_CHECK_EXTENSION
    GroupStatus,     ///< VFIO_GROUP_GET_STATUS
    SetContainer,    ///< VFIO_GROUP_SET_CONTAINER
    SetIommu,        ///< VFIO_SET_IOMMU
    GetDeviceFd,     ///< VFIO_GROUP_GET_DEVICE_FD
    IoasAlloc,       ///< IOMMU_IOAS_ALLOC
    BindIommufd,     ///< VFIO_DEVICE_BIND_IOMMUFD
    AttachIommufdPt, ///< VFIO_DEVICE_ATTACH_IOMMUFD_PT
};

/// The field's name for the step: "VFIO_GROUP_SET_CONTAINER". Reentrant.
[[nodiscard]] const char* openStepName(OpenStep step);

/// The errno as it came, the step, where, and (in `detail`) what it means there. Reentrant.
[[nodiscard]] Error openError(OpenStep step, int errnoValue, const std::string& where);

} // namespace migscope
