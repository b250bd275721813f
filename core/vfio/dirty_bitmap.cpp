// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// From bits to runs, in bounded memory.
#include "core/vfio/dirty_bitmap.h"

#include <algorithm>
#include <bit>

namespace migscope {
namespace {

constexpr std::uint64_t bitsAWord = 64;

/// Puts together what lies no further apart than `gap` pages.
void close(std::vector<PageRun>& runs, std::uint64_t gap) {
    std::size_t kept = 0;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        PageRun& last = runs[kept];
        if (runs[i].first - (last.first + last.count) <= gap)
            last.count = runs[i].first + runs[i].count - last.first;
        else
            runs[++kept] = runs[i];
    }
    runs.resize(std::min(runs.size(), kept + 1));
}

} // namespace

void DirtyBitmap::clear(std::uint64_t pages) {
    pages_ = pages;
    words_.assign(static_cast<std::size_t>(pages / bitsAWord + (pages % bitsAWord != 0 ? 1 : 0)), 0);
}

void DirtyBitmap::trim() {
    if (const std::uint64_t used = pages_ % bitsAWord; used != 0)
        words_.back() &= (std::uint64_t{1} << used) - 1;
}

DirtyRuns DirtyBitmap::runs(std::size_t most) const {
    DirtyRuns found;
    most = std::max<std::size_t>(most, 1);
    std::uint64_t gap = 0;
    const auto add = [&](std::uint64_t first, std::uint64_t count) {
        found.dirtyPages += count;
        if (!found.runs.empty()) {
            PageRun& last = found.runs.back();
            const std::uint64_t between = first - (last.first + last.count);
            if (between <= gap) {
                last.count += between + count;
                return;
            }
        }
        found.runs.push_back({first, count});
        while (found.runs.size() > most) {
            gap = gap == 0 ? 1 : gap * 2;
            found.merged = true;
            close(found.runs, gap);
        }
    };
    for (std::size_t at = 0; at < words_.size(); ++at) {
        std::uint64_t word = words_[at];
        std::uint64_t base = at * bitsAWord;
        while (word != 0) {
            const auto clean = static_cast<unsigned>(std::countr_zero(word));
            const auto dirty = static_cast<unsigned>(std::countr_one(word >> clean));
            add(base + clean, dirty);
            if (clean + dirty >= bitsAWord)
                break;
            word = word >> (clean + dirty) << (clean + dirty);
        }
    }
    return found;
}

} // namespace migscope
