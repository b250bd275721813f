// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which SETs a check may make: those of our own tables, and a short list beside them that harms no kernel.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/device/migration_state.h"

namespace migscope {

/// A kind of target outside the table of arcs that may be asked for, and why no kernel minds.
struct OutsideTable {
    std::string_view what;
    std::string_view why;
    bool (*matches)(MigFlags flags, std::uint32_t target);
};
[[nodiscard]] std::span<const OutsideTable> allowedOutsideTable();

/// Where a device stands, as far as a SET minds.
struct SetStanding {
    MigFlags flags;
    std::optional<MigState> state; ///< absent: unknown
    bool resetOnly = false;        ///< found not RUNNING, RESUMING without our stream, or a write failed
    bool stopsWhenRefused = false; ///< its driver stops the function at a SET that it refuses
};

/// Why a SET of this number is not made; absent: it may be. *Reentrant.*
[[nodiscard]] std::optional<std::string_view> setForbidden(const SetStanding& standing, std::uint32_t target);

/// The driver stops the whole function when a SET is refused (xe: xe_sriov_vfio_error in main.c).
[[nodiscard]] bool stopsWhenSetRefused(std::string_view driver);

} // namespace migscope
