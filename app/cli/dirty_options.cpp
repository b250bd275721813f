// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is checked before a device is opened for `dirty`.
#include "app/cli/dirty_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope::cli {

std::optional<Complaint> convertDirty(const RawDirty& raw, Options& options) {
    static constexpr std::uint64_t sweepBytes = std::uint64_t{64} << 30U;
    constexpr std::uint32_t usualRounds = 10;
    constexpr std::uint32_t sweepRounds = 3;
    if (raw.page.empty()) {
        options.pageBytes = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 4096L));
    } else {
        const auto page = parseByteSize(raw.page);
        if (!page)
            return std::pair(fmt::format("--page {}: no size", escapeText(raw.page)), "--page 4096, or 64K");
        options.pageBytes = *page;
    }
    options.interval = fromSeconds(raw.intervalMs / 1e3);
    options.dirtyRounds = raw.rounds >= 0 ? static_cast<std::uint32_t>(raw.rounds)
                          : options.sweep ? sweepRounds
                                          : usualRounds;
    if (options.sweep && options.dirtyRounds == 0)
        return std::pair("--sweep --rounds 0: a sweep has an end",
                         "--rounds N reports of each size, from 1 on");
    if (raw.ranges.empty() && !options.sweep)
        return std::pair("no range to log", "--range IOVA+LENGTH, as in 0x100000000+4G, or --sweep");
    if (raw.ranges.empty())
        options.ranges.push_back({0, sweepBytes});
    else
        for (const std::string& text : splitList(raw.ranges)) {
            const auto range = parseDmaRange(text);
            if (!range)
                return std::pair(fmt::format("--range {}: no range", range.error().where),
                                 "IOVA+LENGTH[,IOVA+LENGTH…], as in 0x100000000+4G");
            options.ranges.push_back(*range);
        }
    if (const auto good = checkDmaRanges(options.ranges, options.pageBytes); !good)
        return std::pair(fmt::format("ranges of DMA logging: {}", good.error().detail),
                         "whole pages (--page), apart from each other, at most 256 ranges");
    if (options.sweep && options.ranges.size() != 1)
        return std::pair("--sweep with several ranges: it logs one at a time", "name one, the largest");
    if (options.json && options.record == "-")
        return std::pair("--json with --record -: both would write to standard output",
                         "leave out --json, or name a file");
    return std::nullopt;
}

} // namespace migscope::cli
