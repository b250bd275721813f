// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Strict parsing of what a kernel (or a hostile tree) writes into sysfs. All functions are *reentrant*.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migscope {

/// Without one trailing newline.
[[nodiscard]] std::string_view chomp(std::string_view text);
/// All of `text` is one number: no sign unless Number is signed, no blanks, no prefix.
template<class Number>
[[nodiscard]] std::optional<Number> parseNumber(std::string_view text, int base = 10) {
    Number value{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || result.ec != std::errc{} || result.ptr != text.data() + text.size())
        return {};
    return value;
}
/// "0x1af4": the prefix is required.
[[nodiscard]] std::optional<std::uint64_t> parsePrefixedHex(std::string_view text);

/// "0000:3b:00.2": lower case, domain of four to eight digits.
[[nodiscard]] bool isPciAddress(std::string_view name);
/// 8-4-4-4-12 hexadecimal digits.
[[nodiscard]] bool isUuid(std::string_view name);
/// Decimal digits without a needless zero in front, in the range of an int.
[[nodiscard]] std::optional<int> parseGroupId(std::string_view name);
/// "vfio3", "noiommu-vfio3".
[[nodiscard]] bool isVfioDevName(std::string_view name);
/// A name that a bus or driver may have: letters, digits and "._:,+@-", no dot in front, at most 128 long.
[[nodiscard]] bool isPlainName(std::string_view name);

/// The part behind the last slash.
[[nodiscard]] std::string_view baseName(std::string_view path);

/// Calls `each(key, value)` for every KEY=value line of a uevent file.
template<class Each>
void forEachUeventLine(std::string_view text, Each each) {
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (const std::size_t equals = line.find('='); equals != std::string_view::npos)
            each(line.substr(0, equals), line.substr(equals + 1));
    }
}

} // namespace migscope
