// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Escaping of foreign text.
#include "core/base/escape.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace migscope {
namespace {

/// Length of the UTF-8 sequence at `at` (0 when it is not valid) and its code point.
std::size_t decode(std::string_view text, std::size_t at, std::uint32_t& point) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(at);
    std::size_t length = 0;
    std::uint32_t least = 0;
    if (lead < 0x80) {
        point = lead;
        return 1;
    }
    if ((lead & 0xe0U) == 0xc0U) {
        length = 2;
        point = lead & 0x1fU;
        least = 0x80;
    } else if ((lead & 0xf0U) == 0xe0U) {
        length = 3;
        point = lead & 0x0fU;
        least = 0x800;
    } else if ((lead & 0xf8U) == 0xf0U) {
        length = 4;
        point = lead & 0x07U;
        least = 0x10000;
    } else {
        return 0;
    }
    if (at + length > text.size())
        return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xc0U) != 0x80U)
            return 0;
        point = (point << 6U) | (byte(at + i) & 0x3fU);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    return point < least || point > 0x10ffff || surrogate ? 0 : length;
}

bool printable(std::uint32_t point) {
    if (point < 0x20 || point == 0x7f || (point >= 0x80 && point < 0xa0))
        return false;
    // Direction marks, embeddings, overrides and isolates can make a name read as another one.
    const bool direction = point == 0x200e || point == 0x200f || (point >= 0x202a && point <= 0x202e) ||
                           (point >= 0x2066 && point <= 0x2069);
    return !direction && point != 0x2028 && point != 0x2029 && point != 0xfeff;
}

} // namespace

std::string escapeText(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size();) {
        std::uint32_t point = 0;
        const std::size_t length = decode(raw, at, point);
        const std::size_t taken = std::max<std::size_t>(length, 1);
        if (length != 0 && printable(point)) {
            out += raw.substr(at, length);
        } else {
            for (std::size_t i = 0; i < taken; ++i)
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(raw[at + i]));
        }
        at += taken;
    }
    return out;
}

std::string shellQuote(std::string_view raw) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_-./:,=+@%").find(c) != std::string_view::npos;
    };
    if (!raw.empty() && std::all_of(raw.begin(), raw.end(), plain))
        return std::string(raw);
    std::string out = "'";
    for (const char c : raw) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

std::string hexText(std::span<const std::byte> bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const std::byte b : bytes)
        out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
    return out;
}

} // namespace migscope
