// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a probe of an opened device found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/device/migration_state.h"

namespace migscope {

enum class Protocol {
    V2,     ///< GET of VFIO_DEVICE_FEATURE_MIGRATION worked
    V1Only, ///< only the withdrawn region (type 3, subtype 1): explained, never driven
    None,
};

/// VFIO_DEVICE_FEATURE_MIG_PRECOPY_INFOv2: EINVAL means "no pre-copy here", ENOTTY "kernel too old".
enum class PrecopyInfoV2 { Available, DeviceHasNoPreCopy, KernelTooOld };

/// The size estimate of VFIO_DEVICE_FEATURE_MIG_DATA_SIZE: a number, or why there is none. A value with the
/// top bit set is an errno that a driver leaked, not a size.
struct SizeEstimate {
    std::optional<std::uint64_t> bytes;
    std::string
        whyUnknown; ///< "ENOTTY: kernel before 6.2", "the driver answered 18446744073709551610 (an errno)"
    int errnoValue = 0;
};

struct Capabilities {
    Protocol protocol = Protocol::None;
    MigFlags flags;
    std::optional<MigState> stateFound; ///< at open, before anything was done
    bool needsReset = false; ///< found not RUNNING, or RESUMING without our stream: only RESET is allowed
    SizeEstimate stopCopySize;
    bool dmaLogging = false;
    PrecopyInfoV2 precopyInfoV2 = PrecopyInfoV2::KernelTooOld;
    bool resetAdvertised = false; ///< the RESET bit of GET_INFO; advisory
    std::uint32_t regions = 0;
    std::uint32_t irqs = 0;
    std::uint32_t infoFlags = 0;
    std::string access; ///< "group+type1v2", "cdev+iommufd", "simulated"
};

} // namespace migscope
