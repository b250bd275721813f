// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run is to do: the ends, the mode, the limits. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"

namespace migscope {

enum class PlanKind {
    Migrate,  ///< source to another device
    Loopback, ///< one device onto itself, spooled to a file
    Save,     ///< to a file; ends with the source running again
    Discard,  ///< drained to nowhere: state size and blackout
    Load,     ///< from a file into a device
};
enum class CopyMode { Auto, StopCopy, PreCopy }; ///< Auto: pre-copy where the device has it
enum class OnNoConvergence { Go, GiveUp };
enum class Role { Source, Destination };

/// Indexes into the recording's list of devices. Loopback: both are the same.
struct PlanPair {
    std::optional<int> source;
    std::optional<int> destination;
};

struct PreCopyLimits {
    /// Leave pre-copy when initial_bytes is 0 and (dirty_bytes + size estimate if known) / measured rate is
    /// below it.
    Ns downtimeLimit = std::chrono::milliseconds(300);
    std::uint32_t maxRounds = 30;
    Ns maxTime = std::chrono::seconds(30);
    OnNoConvergence onNoConvergence = OnNoConvergence::Go;
};

struct Plan {
    PlanKind kind = PlanKind::Migrate;
    CopyMode mode = CopyMode::Auto;
    std::vector<PlanPair> pairs;
    PreCopyLimits limits;
    std::uint32_t runs = 1;
    bool loadThenRun = true; ///< Load: end RUNNING; false: end in STOP, then the device is reset at close
    std::string extra = {};  ///< unknown keys of a recording, as one JSON object; written back unchanged
};

[[nodiscard]] std::string planKindWord(PlanKind kind); ///< "migrate", "loopback", "save", "discard", "load"
[[nodiscard]] std::string copyModeWord(CopyMode mode); ///< "auto", "stop-copy", "pre-copy"
[[nodiscard]] std::optional<PlanKind> parsePlanKind(std::string_view word);
[[nodiscard]] std::optional<CopyMode> parseCopyMode(std::string_view word);

} // namespace migscope
