// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Formatting and parsing of amounts.
#include "core/base/byte_size.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

namespace migscope {
namespace {

struct Unit {
    double factor;
    const char* name;
};

/// Three significant digits, as "412", "41.2", "4.12"; a value that rounds up to 1000 stays in its unit as
/// "1000".
std::string significant(double value) {
    if (value >= 99.95)
        return fmt::format("{:.0f}", value);
    if (value >= 9.995)
        return fmt::format("{:.1f}", value);
    return fmt::format("{:.2f}", value);
}

Unit unitOf(Ns time) {
    const double ns = std::abs(static_cast<double>(time.count()));
    if (ns < 1e3)
        return {1, "ns"};
    if (ns < 1e6)
        return {1e3, "us"};
    if (ns < 1e9)
        return {1e6, "ms"};
    return {1e9, "s"};
}

} // namespace

std::string formatBytes(std::uint64_t bytes) {
    static constexpr std::array<const char*, 6> names{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024)
        return fmt::format("{} B", bytes);
    auto value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1023.95 && unit + 1 < names.size()) {
        value /= 1024;
        ++unit;
    }
    return unit >= 2 ? fmt::format("{:.2f} {}", value, names.at(unit))
                     : fmt::format("{:.1f} {}", value, names.at(unit));
}

std::string formatRate(std::uint64_t bytes, Ns time) {
    if (time.count() <= 0)
        return "unknown";
    const double perSecond = static_cast<double>(bytes) / (static_cast<double>(time.count()) / 1e9);
    return formatBytes(static_cast<std::uint64_t>(perSecond)) + "/s";
}

std::string formatDuration(Ns time) {
    const Unit unit = unitOf(time);
    if (unit.factor == 1)
        return fmt::format("{} ns", time.count());
    const double value = static_cast<double>(time.count()) / unit.factor;
    return fmt::format("{}{} {}", value < 0 ? "-" : "", significant(std::abs(value)), unit.name);
}

std::string formatDuration(Ns time, Ns error) {
    const Unit unit = unitOf(time);
    const double inUnit = static_cast<double>(error.count()) / unit.factor;
    if (inUnit == 0)
        return formatDuration(time) + " ± 0";
    // More digits than the error carries would claim a precision that the stamps do not have.
    const std::string digits = inUnit >= 10  ? fmt::format("{:.0f}", inUnit)
                               : inUnit >= 1 ? fmt::format("{:.1f}", inUnit)
                                             : fmt::format("{:.1g}", inUnit);
    return fmt::format("{} ± {}", formatDuration(time), digits);
}

Result<std::uint64_t> parseByteSize(const std::string& text) {
    const auto bad = [&] {
        return fail(Errc::InvalidArgument, "parse byte size", text,
                    "expected a number with K, M, G or T behind it");
    };
    // strtod would take hexadecimal and signs as well.
    if (text.empty() || text.front() < '0' || text.front() > '9' ||
        text.find_first_of("xX") != std::string::npos)
        return bad();
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    std::string suffix(end);
    for (const char* tail : {"iB", "B"}) {
        const std::string_view view(tail);
        if (suffix.size() >= view.size() && suffix.ends_with(view)) {
            suffix.resize(suffix.size() - view.size());
            break;
        }
    }
    double factor = 1;
    if (suffix == "K" || suffix == "k")
        factor = 1024.0;
    else if (suffix == "M")
        factor = 1024.0 * 1024;
    else if (suffix == "G")
        factor = 1024.0 * 1024 * 1024;
    else if (suffix == "T")
        factor = 1024.0 * 1024 * 1024 * 1024;
    else if (!suffix.empty())
        return bad();
    const double bytes = number * factor;
    if (!std::isfinite(bytes) || bytes < 0 || bytes >= 9.2e18)
        return bad();
    return static_cast<std::uint64_t>(bytes);
}

} // namespace migscope
