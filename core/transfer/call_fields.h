// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a recorded call, field by field, in the kernel's spelling.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/device/migration_state.h"

namespace migscope {

enum class CallFieldKind {
    ArgSize,        ///< argsz of the struct
    FeatureFlags,   ///< VFIO_DEVICE_FEATURE flags: operation and index
    MigrationFlags, ///< what the device can
    DeviceState,
    DataFd, ///< signed
    StopCopyLength,
    PrecopyFlags,
    InitialBytes,
    DirtyBytes,
    Count,    ///< of a read or write
    Returned, ///< by a read or write
    PageSize, ///< of a DMA log: bytes
    Ranges,   ///< of a DMA log: their number
    Iova,
    Length,   ///< of a range: bytes
    Address,  ///< in the memory of who called: tells nothing any more
    Behind,   ///< bytes behind what we know of the call: their number
    TooShort, ///< fewer bytes than the call has: their number; `wanted` says how many it has
};

struct CallField {
    std::string name; ///< as the kernel's header has it
    CallFieldKind kind{};
    std::uint64_t value = 0;
    std::string spelled; ///< "SET | MIG_DEVICE_STATE (feature 2)", "STOP_COPY"; empty for plain numbers
    std::size_t wanted = 0;
};

/// `op` as MigrationDevice names its calls; `answer`: what came back. Bytes that make no sense give TooShort,
/// Behind or unknown bits, never a failure. *Reentrant.* Layouts: core/uapi/vfio.h.
[[nodiscard]] std::vector<CallField> callFields(std::string_view op, std::span<const std::uint8_t> bytes,
                                                bool answer);
/// Header and payload of the SET that asks for `target`, as MigrationDevice sends it. *Reentrant.*
[[nodiscard]] std::vector<std::uint8_t> setCallBytes(MigState target);

} // namespace migscope
