// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Text from outside (sysfs, files, drivers) made safe to print.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace migscope {

/// Control characters, bytes that are not UTF-8, and Unicode direction overrides become \xNN; all else stays.
/// For every text of foreign origin before it reaches a terminal, a label or a log.
[[nodiscard]] std::string escapeText(std::string_view raw);
/// The text between single quotes of a POSIX shell when it needs them: for commands offered to be copied.
[[nodiscard]] std::string shellQuote(std::string_view raw);
/// Two hexadecimal digits a byte.
[[nodiscard]] std::string hexText(std::span<const std::byte> bytes);

} // namespace migscope
