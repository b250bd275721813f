// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel shows of a device's migration state to who does not have it open.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/device/migration_state.h"

namespace migscope {

/// /sys/kernel/debug/vfio/<device>/migration/state (Linux 6.8, CONFIG_VFIO_DEBUGFS, root). InvalidArgument
/// for a name that is no plain file name.
[[nodiscard]] Result<std::string> outsideStatePath(const std::string& device);

/// The one word in that file. ProtocolViolation when it is no state of the uAPI: the kernel writes "Invalid"
/// for a number that it does not know.
[[nodiscard]] Result<MigState> parseOutsideState(std::string_view text, const std::string& path);

} // namespace migscope
