// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges of I/O virtual addresses for DMA logging, and runs of dirty pages in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace migscope {

/// Bytes. iova + length stays below 2^64 in every range that passed checkDmaRanges().
struct DmaRange {
    std::uint64_t iova = 0;
    std::uint64_t length = 0;
    [[nodiscard]] bool operator==(const DmaRange&) const = default;
};

/// Pages, counted from the beginning of the range that was looked at.
struct PageRun {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    [[nodiscard]] bool operator==(const PageRun&) const = default;
};

/// The least page that a REPORT may ask for.
inline constexpr std::uint64_t smallestDmaPage = 4096;
/// So many ranges every kernel takes: their structs in a page of 4 KiB.
inline constexpr std::size_t mostDmaRanges = 256;
/// Of one REPORT: a bitmap of 8 MiB.
inline constexpr std::uint64_t mostReportPages = std::uint64_t{1} << 26U;

/// The ranges by address, when the kernel may be asked for them. Fails with InvalidArgument: none or too
/// many, a page size that is no power of two or below 4096, a range that is empty, not aligned to it, reaches
/// the top of the address space or overlaps another. *Reentrant.*
[[nodiscard]] Result<std::vector<DmaRange>> checkDmaRanges(std::span<const DmaRange> ranges,
                                                           std::uint64_t pageBytes);
[[nodiscard]] std::uint64_t
totalBytes(std::span<const DmaRange> ranges); ///< the largest number when it is more
[[nodiscard]] std::uint64_t totalPages(std::span<const PageRun> runs);

/// The sizes at which the cost of DMA logging is measured: 1 MiB (a page that is larger), four times as much
/// each, up to `most`. Empty when not even the first fits.
[[nodiscard]] std::vector<std::uint64_t> sweepSizes(std::uint64_t most, std::uint64_t pageBytes);

/// "0x100000000+4G", "4G+1M": address (hexadecimal with 0x, else as a size) and size. Fails with
/// InvalidArgument. *Reentrant.*
[[nodiscard]] Result<DmaRange> parseDmaRange(const std::string& text);
[[nodiscard]] std::string formatIova(std::uint64_t iova);        ///< "0x100000000"
[[nodiscard]] std::string formatDmaRange(const DmaRange& range); ///< "0x100000000+4.00 GiB"

} // namespace migscope
