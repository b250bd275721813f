// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The answers and errors of DMA_LOGGING_START and DMA_LOGGING_REPORT.
#include "core/sim/sim_dma_log.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <limits>

namespace migscope {
namespace {

constexpr std::uint64_t smallestPage = 4096;
constexpr std::uint32_t mostRanges = 256; // a page of range structs
constexpr std::uint64_t defaultWorkingSet = 1U << 20;
constexpr std::uint64_t mostPages = 1U << 24;

/// The pointers in these payloads are the caller's own: the bytes never leave the process.
template<class T>
T* pointer(std::uint64_t address) {
    return reinterpret_cast<T*>(static_cast<std::uintptr_t>(address)); // NOLINT(performance-no-int-to-ptr)
}

bool wraps(std::uint64_t start, std::uint64_t length) {
    return length > std::numeric_limits<std::uint64_t>::max() - start;
}

} // namespace

int SimDmaLog::start(uapi::VfioDeviceFeatureDmaLoggingControl& control, std::uint64_t workingSet,
                     bool spread) {
    if (control.numRanges == 0 || !std::has_single_bit(control.pageSize))
        return EINVAL;
    if (control.numRanges > mostRanges)
        return E2BIG;
    if (control.ranges == 0)
        return EFAULT;
    if (active_)
        return EINVAL;
    const std::uint64_t page = std::max(control.pageSize, smallestPage);
    const auto* given = pointer<const uapi::VfioDeviceFeatureDmaLoggingRange>(control.ranges);
    std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> ranges(given, given + control.numRanges);
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.iova < b.iova; });
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const auto& range = ranges[i];
        if (range.iova % control.pageSize != 0 || range.length % control.pageSize != 0 || range.length == 0)
            return EINVAL;
        if (wraps(range.iova, range.length))
            return EOVERFLOW;
        if (i > 0 && ranges[i - 1].iova + ranges[i - 1].length > range.iova)
            return EINVAL;
        total += range.length;
    }
    const std::uint64_t used = std::min(total, workingSet == 0 ? defaultWorkingSet : workingSet);
    ranges_ = std::move(ranges);
    pageSize_ = page;
    control.pageSize = page;
    dirty_.assign(static_cast<std::size_t>(std::clamp<std::uint64_t>(used / page, 1, mostPages)), false);
    tracked_ = total;
    stride_ = spread ? std::max<std::uint64_t>(total / page / dirty_.size(), 1) : 1;
    cursor_ = 0;
    rest_ = 0;
    active_ = true;
    return 0;
}

void SimDmaLog::stop() {
    active_ = false;
    dirty_.clear();
}

void SimDmaLog::touch(std::uint64_t bytes) {
    if (!active_)
        return;
    rest_ += bytes;
    const std::uint64_t pages = rest_ / pageSize_;
    rest_ %= pageSize_;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(pages, dirty_.size()); ++i)
        dirty_[static_cast<std::size_t>((cursor_ + i) % dirty_.size())] = true;
    cursor_ = (cursor_ + pages) % dirty_.size();
}

std::uint64_t SimDmaLog::addressOf(std::uint64_t page) const {
    std::uint64_t left = page * stride_ * pageSize_;
    for (const auto& range : ranges_) {
        if (left < range.length)
            return range.iova + left;
        left -= range.length;
    }
    return std::numeric_limits<std::uint64_t>::max();
}

int SimDmaLog::report(const uapi::VfioDeviceFeatureDmaLoggingReport& report) {
    if (report.pageSize < smallestPage || !std::has_single_bit(report.pageSize))
        return EINVAL;
    if (wraps(report.iova, report.length))
        return EOVERFLOW;
    if (!active_)
        return EINVAL;
    if (report.bitmap == 0)
        return EFAULT;
    auto* words = pointer<std::uint64_t>(report.bitmap);
    for (std::size_t page = 0; page < dirty_.size(); ++page) {
        if (!dirty_[page])
            continue;
        const std::uint64_t from = addressOf(page);
        if (from < report.iova || from >= report.iova + report.length)
            continue;
        dirty_[page] = false;
        const std::uint64_t end = std::min(from + pageSize_, report.iova + report.length);
        for (std::uint64_t at = from; at < end; at += report.pageSize) {
            const std::uint64_t bit = (at - report.iova) / report.pageSize;
            words[bit / 64] |= std::uint64_t{1} << (bit % 64);
        }
    }
    return 0;
}

} // namespace migscope
