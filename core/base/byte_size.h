// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Byte counts, rates and durations as people read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/base/error.h"

namespace migscope {

/// "0 B", "176 B", "64.0 KiB", "300.0 MiB", "1.21 GiB".
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);
/// "1.21 GiB/s"; "unknown" when the time is zero.
[[nodiscard]] std::string formatRate(std::uint64_t bytes, Ns time);
/// "412 ms", "3.1 us", "12.0 s": three significant digits, SI unit.
[[nodiscard]] std::string formatDuration(Ns time);
/// "412 ms ± 0.3": the value with the error in the value's unit.
[[nodiscard]] std::string formatDuration(Ns time, Ns error);

/// "64K", "300M", "1.5G", "4096" (powers of 1024; an optional "iB" or "B" behind). Fails with
/// InvalidArgument.
[[nodiscard]] Result<std::uint64_t> parseByteSize(const std::string& text);

} // namespace migscope
