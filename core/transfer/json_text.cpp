// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// JSON text: escaping, and the slicing of one object into its members.
#include "core/transfer/json_text.h"

#include <algorithm>
#include <array>

namespace migscope {
namespace {

/// Length of the UTF-8 character at `at`, 0 when there is none (overlong forms and surrogates included).
std::size_t characterAt(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t offset) -> unsigned {
        return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
    };
    const auto tail = [&](std::size_t offset) { return (byte(offset) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return tail(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool wrong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f);
        return !wrong && tail(1) && tail(2) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool wrong = (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f);
        return !wrong && tail(1) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

void appendString(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = characterAt(text, at);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++at;
            continue;
        }
        const char c = text[at];
        if (length > 1) {
            out.append(text.substr(at, length));
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
        at += length;
    }
    out += '"';
}

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t skipSpace(std::string_view text, std::size_t at) {
    while (at < text.size() && isSpace(text[at]))
        ++at;
    return at;
}

/// Behind the string that starts at `at`.
std::size_t skipString(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\')
            ++at;
    }
    return at + 1;
}

std::size_t skipValue(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skipString(text, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (c == '{' || c == '[')
            ++depth;
        else if (c == '}' || c == ']') {
            if (depth == 0)
                return at;
            if (--depth == 0)
                return at + 1;
        } else if (depth == 0 && (c == ',' || isSpace(c)))
            return at;
        ++at;
    }
    return at;
}

/// Calls each(key, value, member) with the raw text; the object is known to be valid JSON.
template<class Each>
void eachMember(std::string_view object, Each each) {
    std::size_t at = skipSpace(object, 0);
    if (at >= object.size() || object[at] != '{')
        return;
    ++at;
    while (true) {
        at = skipSpace(object, at);
        if (at >= object.size() || object[at] != '"')
            return;
        const std::size_t begin = at;
        const std::size_t keyEnd = skipString(object, at);
        at = skipSpace(object, keyEnd);
        if (at >= object.size() || object[at] != ':')
            return;
        at = skipSpace(object, at + 1);
        const std::size_t value = at;
        at = std::min(skipValue(object, at), object.size());
        each(object.substr(begin + 1, keyEnd - begin - 2), object.substr(value, at - value),
             object.substr(begin, at - begin));
        at = skipSpace(object, at);
        if (at >= object.size() || object[at] != ',')
            return;
        ++at;
    }
}

} // namespace

void JsonWriter::comma() {
    if (needComma_)
        out_ += ',';
    needComma_ = true;
}

JsonWriter& JsonWriter::beginObject() {
    comma();
    out_ += '{';
    needComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endObject() {
    out_ += '}';
    needComma_ = true;
    return *this;
}

JsonWriter& JsonWriter::beginArray() {
    comma();
    out_ += '[';
    needComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::endArray() {
    out_ += ']';
    needComma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    comma();
    appendString(out_, name);
    out_ += ':';
    needComma_ = false;
    return *this;
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::text(std::string_view value) {
    comma();
    appendString(out_, value);
    return *this;
}

JsonWriter& JsonWriter::boolean(bool value) {
    return raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::driverNumber(std::string_view name, std::uint64_t value) {
    key(name);
    if (value < jsonIntegerEnd)
        return number(value);
    inexact_.push_back({std::string(name), value});
    return null();
}

JsonWriter& JsonWriter::rawNumbers() {
    if (inexact_.size() == 1) {
        key("raw").text(fmt::format("{:#x}", inexact_.front().value));
    } else if (!inexact_.empty()) {
        key("raw").beginObject();
        for (const auto& [name, value] : inexact_)
            key(name).text(fmt::format("{:#x}", value));
        endObject();
    }
    inexact_.clear();
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    comma();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::members(std::string_view object) {
    eachMember(object, [this](std::string_view, std::string_view, std::string_view member) { raw(member); });
    return *this;
}

std::string unknownMembers(std::string_view object, const std::vector<std::string_view>& known) {
    std::string found;
    eachMember(object, [&](std::string_view name, std::string_view, std::string_view member) {
        if (std::find(known.begin(), known.end(), name) != known.end())
            return;
        found += found.empty() ? '{' : ',';
        found += member;
    });
    if (!found.empty())
        found += '}';
    return found;
}

std::string_view memberText(std::string_view object, std::string_view key) {
    std::string_view text;
    eachMember(object, [&](std::string_view name, std::string_view value, std::string_view) {
        if (name == key)
            text = value;
    });
    return text;
}

std::string_view nextElement(std::string_view& rest) {
    std::size_t at = skipSpace(rest, 0);
    if (at >= rest.size() || (rest[at] != '[' && rest[at] != ','))
        return {};
    at = skipSpace(rest, at + 1);
    const std::size_t end = std::min(skipValue(rest, at), rest.size());
    const std::string_view element = rest.substr(at, end - at);
    rest.remove_prefix(end);
    return element;
}

} // namespace migscope
