// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fold from DMA logging to what is drawn of it: a heat map, dirty pages a round, a rate, the cost of
// calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

/// One round of reports over all ranges; several when there were more rounds than are kept.
struct DirtyRound {
    Ns begin{0}; ///< of the time in which the pages were written: the START or the round before
    Ns end{0};
    bool beginKnown = true; ///< false: the log began before we looked
    std::uint64_t rounds = 1;
    std::uint64_t dirtyPages = 0; ///< a page counts once a round
    std::uint64_t dirtyBytes = 0;
    struct Cell {
        std::uint64_t bucket = 0; ///< of DirtyFold::bucketBytes(), counted from address 0
        std::uint64_t bytes = 0;
    };
    std::vector<Cell> cells; ///< by bucket, dirty ones only

    /// Bytes a second; absent when the time is not known.
    [[nodiscard]] std::optional<double> rate() const;
};

/// Calls over the same number of bytes.
struct DirtyCost {
    std::uint64_t calls = 0; ///< that succeeded
    std::uint64_t failed = 0;
    int lastErrno = 0; ///< of the last that failed
    Ns least{0};
    Ns most{0};
    Ns sum{0};
    [[nodiscard]] std::optional<Ns> mean() const;
};

/// *Thread-bound.* Bounded memory: rounds and addresses are put together when there are too many. apply()
/// costs the runs of the event and a bounded number of buckets, whatever came before.
class DirtyFold {
public:
    static constexpr std::size_t mostRounds = 1024;
    static constexpr std::size_t mostBuckets = 512;
    static constexpr std::size_t mostWindows = 256;
    static constexpr std::size_t mostCosts = 256;

    /// Of one device of the recording; without it of every event that it is given.
    explicit DirtyFold(std::optional<int> device = std::nullopt) : device_(device) {}

    void apply(const Event& event);

    [[nodiscard]] bool empty() const { return rounds_.empty(); }
    /// In the order of time; the last one may still grow.
    [[nodiscard]] const std::vector<DirtyRound>& rounds() const { return rounds_; }
    /// What was logged, by address, without overlap: of a START, or of the reports.
    [[nodiscard]] const std::vector<DmaRange>& windows() const { return windows_; }
    [[nodiscard]] std::uint64_t bucketBytes() const { return std::uint64_t{1} << bucketShift_; }
    [[nodiscard]] std::uint64_t pageBytes() const { return pageBytes_; } ///< of the last report; 0: none yet
    [[nodiscard]] std::uint64_t totalDirtyPages() const { return totalPages_; }
    [[nodiscard]] std::uint64_t roundCount() const { return roundCount_; }
    /// Reports came, and no page was dirty in any: an idle function.
    [[nodiscard]] bool nothingWritten() const { return roundCount_ != 0 && totalPages_ == 0; }
    /// A START without a STOP.
    [[nodiscard]] bool active() const { return active_; }

    /// By bytes: START over all its ranges together, REPORT over the range that it asked for.
    [[nodiscard]] const std::map<std::uint64_t, DirtyCost>& startCosts() const { return startCosts_; }
    [[nodiscard]] const std::map<std::uint64_t, DirtyCost>& reportCosts() const { return reportCosts_; }
    [[nodiscard]] const DirtyCost& stopCost() const { return stopCost_; }

private:
    void apply(const event::Dirty& body, Ns time);
    void apply(const event::DmaLog& body);
    void widen(DmaRange window);
    void addWindow(DmaRange window);
    [[nodiscard]] std::uint64_t spannedBuckets() const;
    void coarsen();
    DirtyRound& roundFor(std::uint64_t iova, Ns time);
    void halveRounds();

    std::optional<int> device_;
    std::vector<DirtyRound> rounds_;
    std::uint64_t roundsEach_ = 1;
    std::vector<DmaRange> windows_;
    unsigned bucketShift_ = 12;
    std::uint64_t pageBytes_ = 0;
    std::uint64_t totalPages_ = 0;
    std::uint64_t roundCount_ = 0;
    std::optional<std::uint64_t> lastIova_; ///< of the round that is under way
    std::optional<Ns> lastEnd_;             ///< of the round before it, or of START
    bool active_ = false;
    std::map<std::uint64_t, DirtyCost> startCosts_;
    std::map<std::uint64_t, DirtyCost> reportCosts_;
    DirtyCost stopCost_;
};

/// DMA logging of one device in a recording. *Thread-bound.* Bounded memory.
class DirtyLog {
public:
    static constexpr std::size_t mostLoggings = 32;

    void apply(const Event& event);

    /// From a START to the one after it: each has ranges, a time and a resolution of its own. The oldest are
    /// dropped when there are too many. A START that failed is none.
    [[nodiscard]] const std::deque<DirtyFold>& loggings() const { return loggings_; }
    [[nodiscard]] std::size_t dropped() const { return dropped_; }
    /// Over all of them: the costs, the totals.
    [[nodiscard]] const DirtyFold& all() const { return all_; }

private:
    DirtyFold all_;
    std::deque<DirtyFold> loggings_;
    std::size_t dropped_ = 0;
};

/// A heat map cut for drawing. Columns share the time from `begin` to `end` evenly, rows the logged bytes:
/// gaps between ranges take no room.
struct HeatMap {
    std::size_t columns = 0;
    std::size_t rows = 0;
    Ns begin{0};
    Ns end{0};
    std::vector<std::uint64_t> rowIova; ///< where each row begins, lowest first
    std::uint64_t rowBytes = 0;         ///< of a row: a power of two, at least a page; the last may be less
    std::vector<std::size_t> gaps;      ///< rows in which another range begins
    /// Row by row: the share of the cell's pages that a report found dirty, 0 to 1; below 0 where there was
    /// no report.
    std::vector<float> share;
    float highest = 0; ///< the largest share

    [[nodiscard]] float at(std::size_t column, std::size_t row) const {
        return share[row * columns + column];
    }
};
/// At most `columns` x `rows`; empty (0 x 0) when there is nothing to draw. *Reentrant.*
[[nodiscard]] HeatMap heatMap(const DirtyFold& fold, std::size_t columns, std::size_t rows);

} // namespace migscope
