// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing JSON text directly: lines of recordings and reports, without a tree of values in between.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base/clock.h"

namespace migscope {

/// Integers from here on are not exact in every reader of JSON (doubles): they are written as null, with the
/// number in hexadecimal beside it.
inline constexpr std::uint64_t jsonIntegerEnd = std::uint64_t{1} << 53;

/// Puts the commas. Text is made valid UTF-8 (what is not becomes U+FFFD). *Reentrant*, one thread a writer.
class JsonWriter {
public:
    JsonWriter& beginObject();
    JsonWriter& endObject();
    JsonWriter& beginArray();
    JsonWriter& endArray();
    JsonWriter& key(std::string_view name);
    JsonWriter& null();
    JsonWriter& text(std::string_view value);
    JsonWriter& boolean(bool value);
    template<std::integral T>
    JsonWriter& number(T value) {
        comma();
        const fmt::format_int digits(value);
        out_.append(digits.data(), digits.size());
        return *this;
    }
    JsonWriter& number(Ns value) { return number(value.count()); }
    template<class T>
    JsonWriter& number(const std::optional<T>& value) {
        return value ? number(*value) : null();
    }
    /// A number of the driver's: null when it is not exact, then its key is remembered for rawNumbers().
    JsonWriter& driverNumber(std::string_view name, std::uint64_t value);
    /// "raw": "0x…" for the one number that became null; an object by key for several; nothing for none.
    JsonWriter& rawNumbers();
    /// One whole JSON value as it stands.
    JsonWriter& raw(std::string_view json);
    /// The members of a JSON object, into the object that is open.
    JsonWriter& members(std::string_view object);

    [[nodiscard]] const std::string& str() const { return out_; }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    void comma();

    struct Inexact {
        std::string key;
        std::uint64_t value;
    };
    std::string out_;
    bool needComma_ = false;
    std::vector<Inexact> inexact_;
};

/// The text of the members of `object` (one valid JSON object) whose keys are not in `known`, as an object of
/// their own and byte for byte; empty when there are none.
[[nodiscard]] std::string unknownMembers(std::string_view object, const std::vector<std::string_view>& known);
/// The text of one member's value; empty when it is not there.
[[nodiscard]] std::string_view memberText(std::string_view object, std::string_view key);
/// The text of the next element of the array text `rest` (from its '[' on), which moves behind it; empty at
/// the end.
[[nodiscard]] std::string_view nextElement(std::string_view& rest);

} // namespace migscope
