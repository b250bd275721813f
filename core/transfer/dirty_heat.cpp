// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The heat map of DMA logging, cut to the columns and rows of a drawing.
#include <algorithm>
#include <bit>
#include <cmath>

#include "core/transfer/dirty_fold.h"

namespace migscope {
namespace {

/// Places in the logged bytes, gaps left out.
class PackedAddresses {
public:
    explicit PackedAddresses(const std::vector<DmaRange>& windows) : windows_(windows) {
        for (const DmaRange& window : windows) {
            starts_.push_back(total_);
            total_ += static_cast<double>(window.length);
        }
    }
    [[nodiscard]] double total() const { return total_; }
    [[nodiscard]] double start(std::size_t window) const { return starts_[window]; }
    [[nodiscard]] std::uint64_t iovaAt(double place) const {
        const auto after = std::upper_bound(starts_.begin(), starts_.end(), place);
        const auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - starts_.begin(), 1) - 1);
        const double within = std::min(place - starts_[i], static_cast<double>(windows_[i].length - 1));
        return windows_[i].iova + static_cast<std::uint64_t>(std::max(within, 0.0));
    }
    /// Calls back with each part of [begin, end) that is logged: its place, and its length in bytes.
    template<class Call>
    void each(std::uint64_t begin, std::uint64_t end, Call&& call) const {
        auto at = std::ranges::upper_bound(windows_, begin, {}, &DmaRange::iova);
        if (at != windows_.begin())
            --at;
        for (; at != windows_.end() && at->iova < end; ++at) {
            const std::uint64_t from = std::max(begin, at->iova);
            const std::uint64_t to = std::min(end, at->iova + at->length);
            if (from < to)
                call(starts_[static_cast<std::size_t>(at - windows_.begin())] +
                         static_cast<double>(from - at->iova),
                     static_cast<double>(to - from));
        }
    }

private:
    const std::vector<DmaRange>& windows_;
    std::vector<double> starts_;
    double total_ = 0;
};

} // namespace

HeatMap heatMap(const DirtyFold& fold, std::size_t columns, std::size_t rows) {
    HeatMap map;
    if (fold.empty() || fold.windows().empty() || columns == 0 || rows == 0)
        return map;
    const auto& rounds = fold.rounds();
    const PackedAddresses places(fold.windows());
    map.begin = rounds.front().begin;
    map.end = std::max(rounds.back().end, map.begin + Ns{1});
    map.columns = columns;
    // Rows of a round size: an address that a person reads is one that a page has.
    const double least = std::min(std::ceil(places.total() / static_cast<double>(rows)), 0x1p62);
    map.rowBytes =
        std::max({std::bit_ceil(static_cast<std::uint64_t>(least)), fold.pageBytes(), smallestDmaPage});
    const auto rowBytes = static_cast<double>(map.rowBytes);
    rows = std::min(rows,
                    std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(places.total() / rowBytes))));
    map.rows = rows;
    for (std::size_t row = 0; row < rows; ++row)
        map.rowIova.push_back(places.iovaAt(rowBytes * static_cast<double>(row)));
    for (std::size_t window = 1; window < fold.windows().size(); ++window)
        map.gaps.push_back(std::min(static_cast<std::size_t>(places.start(window) / rowBytes), rows - 1));

    std::vector<double> dirty(columns * rows, 0); // bytes
    std::vector<double> looked(columns, 0);       // rounds
    const double columnNs = static_cast<double>((map.end - map.begin).count()) / static_cast<double>(columns);
    std::vector<double> line(rows);
    for (const DirtyRound& round : rounds) {
        std::ranges::fill(line, 0.0);
        for (const DirtyRound::Cell& cell : round.cells) {
            const std::uint64_t begin = cell.bucket * fold.bucketBytes();
            const std::uint64_t end = begin > ~std::uint64_t{0} - fold.bucketBytes()
                                          ? ~std::uint64_t{0}
                                          : begin + fold.bucketBytes();
            double logged = 0;
            places.each(begin, end, [&](double, double bytes) { logged += bytes; });
            places.each(begin, end, [&](double place, double bytes) {
                const double share = static_cast<double>(cell.bytes) / logged;
                for (double at = place; at < place + bytes;) {
                    const auto row = std::min(static_cast<std::size_t>(at / rowBytes), rows - 1);
                    const double next =
                        row + 1 == rows ? place + bytes
                                        : std::min(place + bytes, rowBytes * static_cast<double>(row + 1));
                    // Rounding may leave a step of nothing at the end of a row.
                    if (next <= at) {
                        at = std::nextafter(at, places.total() * 2);
                        continue;
                    }
                    line[row] += (next - at) * share;
                    at = next;
                }
            });
        }
        const double begin = static_cast<double>((round.begin - map.begin).count());
        const double end = std::max(static_cast<double>((round.end - map.begin).count()), begin + 1);
        auto column = std::min(static_cast<std::size_t>(begin / columnNs), columns - 1);
        for (; column < columns && columnNs * static_cast<double>(column) < end; ++column) {
            const double from = std::max(begin, columnNs * static_cast<double>(column));
            const double to = std::min(end, columnNs * static_cast<double>(column + 1));
            if (to <= from)
                continue;
            const double part = (to - from) / (end - begin);
            looked[column] += part * static_cast<double>(round.rounds);
            for (std::size_t row = 0; row < rows; ++row)
                dirty[row * columns + column] += line[row] * part;
        }
    }
    map.share.assign(columns * rows, -1.0F);
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            if (looked[column] <= 0)
                continue;
            const double here = std::min(rowBytes, places.total() - rowBytes * static_cast<double>(row));
            const double share = dirty[row * columns + column] / (std::max(here, 1.0) * looked[column]);
            float& cell = map.share[row * columns + column];
            cell = static_cast<float>(std::clamp(share, 0.0, 1.0));
            map.highest = std::max(map.highest, cell);
        }
    }
    return map;
}

} // namespace migscope
