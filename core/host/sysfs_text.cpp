// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Strict parsing of sysfs text.
#include "core/host/sysfs_text.h"

#include <algorithm>

namespace migscope {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLowerHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f');
}
bool isHex(char c) {
    return isLowerHex(c) || (c >= 'A' && c <= 'F');
}

} // namespace

std::string_view chomp(std::string_view text) {
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> parsePrefixedHex(std::string_view text) {
    if (!text.starts_with("0x"))
        return {};
    return parseNumber<std::uint64_t>(text.substr(2), 16);
}

bool isPciAddress(std::string_view name) {
    constexpr std::size_t tail = 8; // ":bb:dd.f"
    if (name.size() < 4 + tail || name.size() > 8 + tail)
        return false;
    const std::string_view domain = name.substr(0, name.size() - tail);
    const std::string_view rest = name.substr(name.size() - tail);
    return std::all_of(domain.begin(), domain.end(), isLowerHex) && rest[0] == ':' && isLowerHex(rest[1]) &&
           isLowerHex(rest[2]) && rest[3] == ':' && isLowerHex(rest[4]) && isLowerHex(rest[5]) &&
           rest[6] == '.' && rest[7] >= '0' && rest[7] <= '7';
}

bool isUuid(std::string_view name) {
    if (name.size() != 36)
        return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? name[i] != '-' : !isHex(name[i]))
            return false;
    }
    return true;
}

std::optional<int> parseGroupId(std::string_view name) {
    if (!std::all_of(name.begin(), name.end(), isDigit) || (name.size() > 1 && name.front() == '0'))
        return {};
    return parseNumber<int>(name);
}

bool isVfioDevName(std::string_view name) {
    if (name.starts_with("noiommu-"))
        name.remove_prefix(8);
    return name.starts_with("vfio") && parseGroupId(name.substr(4)).has_value();
}

bool isPlainName(std::string_view name) {
    const auto plain = [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("._:,+@-").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), plain);
}

std::string_view baseName(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

} // namespace migscope
