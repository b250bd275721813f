// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel takes as ranges of DMA logging.
#include "core/device/dma_range.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope {
namespace {

constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();

std::unexpected<Error> wrong(std::string detail) {
    return fail(Errc::InvalidArgument, "ranges of DMA logging", {}, std::move(detail));
}

} // namespace

Result<std::vector<DmaRange>> checkDmaRanges(std::span<const DmaRange> ranges, std::uint64_t pageBytes) {
    if (!std::has_single_bit(pageBytes) || pageBytes < smallestDmaPage)
        return wrong(fmt::format("a page of {} bytes: a power of two from {} on is expected", pageBytes,
                                 smallestDmaPage));
    if (ranges.empty())
        return wrong("there is none");
    if (ranges.size() > mostDmaRanges)
        return wrong(fmt::format("{} of them, a kernel takes {}", ranges.size(), mostDmaRanges));
    std::vector<DmaRange> sorted(ranges.begin(), ranges.end());
    std::ranges::sort(sorted, {}, &DmaRange::iova);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const DmaRange& range = sorted[i];
        if (range.length == 0)
            return wrong(fmt::format("the one at {} is empty", formatIova(range.iova)));
        if (range.iova % pageBytes != 0 || range.length % pageBytes != 0)
            return wrong(fmt::format("{} bytes at {} are not whole pages of {} bytes", range.length,
                                     formatIova(range.iova), pageBytes));
        // The kernel computes the end behind the last byte, and that must not wrap to 0 either.
        if (range.length > top - range.iova)
            return wrong(fmt::format("{} bytes at {} reach over the top of the address space", range.length,
                                     formatIova(range.iova)));
        if (i > 0 && sorted[i - 1].iova + sorted[i - 1].length > range.iova)
            return wrong(fmt::format("those at {} and {} overlap", formatIova(sorted[i - 1].iova),
                                     formatIova(range.iova)));
    }
    return sorted;
}

std::uint64_t totalBytes(std::span<const DmaRange> ranges) {
    std::uint64_t total = 0;
    for (const DmaRange& range : ranges)
        total = range.length > top - total ? top : total + range.length;
    return total;
}

std::uint64_t totalPages(std::span<const PageRun> runs) {
    std::uint64_t total = 0;
    for (const PageRun& run : runs)
        total = run.count > top - total ? top : total + run.count;
    return total;
}

Result<DmaRange> parseDmaRange(const std::string& text) {
    const auto bad = [&] {
        return fail(Errc::InvalidArgument, "read a range", escapeText(text),
                    "IOVA+LENGTH is expected, as in 0x100000000+4G");
    };
    const std::size_t plus = text.find('+');
    if (plus == std::string::npos)
        return bad();
    DmaRange range;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        const char* const end = text.data() + plus;
        const auto read = std::from_chars(text.data() + 2, end, range.iova, 16);
        if (read.ec != std::errc{} || read.ptr != end)
            return bad();
    } else {
        const auto address = parseByteSize(text.substr(0, plus));
        if (!address)
            return bad();
        range.iova = *address;
    }
    const auto length = parseByteSize(text.substr(plus + 1));
    if (!length)
        return bad();
    range.length = *length;
    return range;
}

std::vector<std::uint64_t> sweepSizes(std::uint64_t most, std::uint64_t pageBytes) {
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t size = std::max(std::uint64_t{1} << 20U, pageBytes); size <= most; size *= 4) {
        sizes.push_back(size);
        if (size > most / 4)
            break;
    }
    return sizes;
}

std::string formatIova(std::uint64_t iova) {
    return fmt::format("0x{:x}", iova);
}

std::string formatDmaRange(const DmaRange& range) {
    return fmt::format("{}+{}", formatIova(range.iova), formatBytes(range.length));
}

} // namespace migscope
