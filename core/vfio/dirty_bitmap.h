// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bitmap of one DMA_LOGGING_REPORT: a bit a page, least significant first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/device/dma_range.h"

namespace migscope {

/// Runs of dirty pages. When there were more than asked for, runs with small gaps were put together and so
/// cover clean pages as well: `dirtyPages` is exact all the same.
struct DirtyRuns {
    std::vector<PageRun> runs;
    std::uint64_t dirtyPages = 0;
    bool merged = false;
};

/// *Thread-bound.*
class DirtyBitmap {
public:
    /// All pages clean. The kernel only ever sets bits: what stood there before would be reported as dirty.
    void clear(std::uint64_t pages);
    [[nodiscard]] std::uint64_t pages() const { return pages_; }
    [[nodiscard]] std::span<std::uint64_t> words() { return words_; }
    /// Drops bits behind the last page: nobody asked for them.
    void trim();
    /// At most `most` runs (at least 1).
    [[nodiscard]] DirtyRuns runs(std::size_t most) const;

private:
    std::vector<std::uint64_t> words_;
    std::uint64_t pages_ = 0;
};

} // namespace migscope
