// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a recorded call, field by field, in the kernel's spelling.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
    Payload,  ///< bytes of a feature that is not taken apart: their number
    TooShort, ///< fewer bytes than the call has: their number
};

struct CallField {
    std::string name; ///< as the kernel's header has it
    CallFieldKind kind{};
    std::uint64_t value = 0;
    std::string spelled; ///< "SET | MIG_DEVICE_STATE (feature 2)", "STOP_COPY"; empty for plain numbers
};

/// `op` as MigrationDevice names its calls; `answer`: what came back. Bytes that make no sense give TooShort
/// or unknown bits, never a failure. *Reentrant.* Layouts: core/uapi/vfio.h.
[[nodiscard]] std::vector<CallField> callFields(std::string_view op, std::span<const std::uint8_t> bytes,
                                                bool answer);

} // namespace migscope
