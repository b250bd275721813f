// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing the index of a capture.
#include "core/host/capture_index.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace migscope {
namespace {

constexpr std::string_view heading = "migscope-capture 1";

std::string encoded(std::string_view path) {
    std::string out;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == '%')
            out += fmt::format("%{:02X}", byte);
        else
            out += c;
    }
    return out;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned value = 0;
        const char* begin = text.data() + i + 1;
        if (i + 2 >= text.size() || std::from_chars(begin, begin + 2, value, 16).ptr != begin + 2)
            return {};
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

/// Cuts the next word off `line`.
std::string_view word(std::string_view& line) {
    const std::size_t space = line.find(' ');
    const std::string_view out = line.substr(0, space);
    line = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
    return out;
}

template<class Number>
bool number(std::string_view text, int base, Number& out) {
    const auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return !text.empty() && result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

} // namespace

std::string CaptureIndex::text() const {
    std::string out = fmt::format("{}\n", heading);
    for (const auto& [path, entry] : entries) {
        if (entry.errnoNumber != 0)
            out += fmt::format("error {} {} {}\n", entry.errnoNumber, errnoName(entry.errnoNumber),
                               encoded(path));
        else if (entry.other)
            out += fmt::format("other {}\n", encoded(path));
        else
            out += fmt::format("node {:04o} {} {} {}\n", entry.mode, entry.uid, entry.gid, encoded(path));
    }
    return out;
}

Result<CaptureIndex> CaptureIndex::parse(std::string_view text, const std::string& where) {
    CaptureIndex index;
    std::size_t lineNumber = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        const auto damaged = [&](const char* why) {
            return fail(Errc::Damaged, "read the capture", fmt::format("{}:{}", where, lineNumber), why);
        };
        if (++lineNumber == 1) {
            if (line != heading)
                return damaged("it does not begin with the heading of a capture");
            continue;
        }
        const std::string_view kind = word(line);
        Entry entry;
        if (kind == "node") {
            if (!number(word(line), 8, entry.mode) || !number(word(line), 10, entry.uid) ||
                !number(word(line), 10, entry.gid))
                return damaged("mode, owner or group is no number");
        } else if (kind == "error") {
            if (!number(word(line), 10, entry.errnoNumber) || entry.errnoNumber <= 0)
                return damaged("the error is no number");
            (void)word(line); // its name, for people
        } else if (kind == "other") {
            entry.other = true;
        } else {
            continue;
        }
        auto path = decoded(line);
        if (!path || !path->starts_with('/'))
            return damaged("the path is not absolute");
        index.entries.emplace(std::move(*path), entry);
    }
    if (lineNumber == 0)
        return fail(Errc::Damaged, "read the capture", where, "the index is empty");
    return index;
}

} // namespace migscope
