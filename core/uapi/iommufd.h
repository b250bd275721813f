// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our own declarations of the iommufd kernel ABI: the little that a device's character device needs.
//
// A device that is bound but attached to nothing is in blocking-DMA state. We attach an empty IOAS, which is
// what an empty type1 container is on the group path, and map no memory.
#pragma once

#include "core/uapi/vfio.h"

#include <cstdint>

namespace migscope::uapi {

inline constexpr unsigned long ioctlIommuDestroy = vfioIoctl(0x80);   ///< since 6.2. IommuDestroy.
inline constexpr unsigned long ioctlIommuIoasAlloc = vfioIoctl(0x81); ///< since 6.2. IommuIoasAlloc.

/// since 6.2. ioctlIommuDestroy.
struct IommuDestroy {
    std::uint32_t size; ///< Of this struct.
    std::uint32_t id;
};

/// since 6.2. ioctlIommuIoasAlloc.
struct IommuIoasAlloc {
    std::uint32_t size;  ///< Of this struct.
    std::uint32_t flags; ///< 0.
    std::uint32_t outIoasId;
};

} // namespace migscope::uapi
