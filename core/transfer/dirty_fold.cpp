// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Dirty pages folded into buckets of address and time.
#include "core/transfer/dirty_fold.h"

#include <algorithm>
#include <limits>

namespace migscope {
namespace {

constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();

std::uint64_t plus(std::uint64_t a, std::uint64_t b) {
    return b > top - a ? top : a + b;
}
std::uint64_t times(std::uint64_t a, std::uint64_t b) {
    return a != 0 && b > top / a ? top : a * b;
}

/// Both lists by bucket; what they have in common is added up.
std::vector<DirtyRound::Cell> joined(const std::vector<DirtyRound::Cell>& a,
                                     const std::vector<DirtyRound::Cell>& b) {
    std::vector<DirtyRound::Cell> out;
    out.reserve(std::max(a.size(), b.size()));
    auto left = a.begin();
    auto right = b.begin();
    while (left != a.end() || right != b.end()) {
        if (right == b.end() || (left != a.end() && left->bucket < right->bucket))
            out.push_back(*left++);
        else if (left == a.end() || right->bucket < left->bucket)
            out.push_back(*right++);
        else {
            out.push_back({left->bucket, plus(left->bytes, right->bytes)});
            ++left;
            ++right;
        }
    }
    return out;
}

void count(std::map<std::uint64_t, DirtyCost>& costs, std::uint64_t bytes, const event::DmaLog& call) {
    auto at = costs.find(bytes);
    if (at == costs.end()) {
        // So many different lengths are no sweep: the rest is not worth a point of its own.
        if (costs.size() >= DirtyFold::mostCosts)
            return;
        at = costs.emplace(bytes, DirtyCost{}).first;
    }
    DirtyCost& cost = at->second;
    if (call.errnoValue != 0 || !call.error.empty()) {
        ++cost.failed;
        cost.lastErrno = call.errnoValue;
        return;
    }
    const Ns took = std::max(call.returned - call.called, Ns{0});
    cost.least = cost.calls == 0 ? took : std::min(cost.least, took);
    cost.most = std::max(cost.most, took);
    cost.sum += took;
    ++cost.calls;
}

} // namespace

std::optional<double> DirtyRound::rate() const {
    if (!beginKnown || end <= begin)
        return std::nullopt;
    return static_cast<double>(dirtyBytes) * 1e9 / static_cast<double>((end - begin).count());
}

std::optional<Ns> DirtyCost::mean() const {
    if (calls == 0)
        return std::nullopt;
    return sum / static_cast<std::int64_t>(calls);
}

void DirtyFold::apply(const Event& event) {
    if (device_ && event.device != device_)
        return;
    if (const auto* dirty = std::get_if<event::Dirty>(&event.body))
        apply(*dirty, event.time);
    else if (const auto* log = std::get_if<event::DmaLog>(&event.body))
        apply(*log);
}

void DirtyFold::apply(const event::DmaLog& body) {
    const std::uint64_t bytes = totalBytes(body.ranges);
    if (body.op == event::DmaLog::Op::Report)
        return count(reportCosts_, bytes, body);
    const bool good = body.errnoValue == 0 && body.error.empty();
    if (body.op == event::DmaLog::Op::Stop) {
        std::map<std::uint64_t, DirtyCost> one{{0, stopCost_}};
        count(one, 0, body);
        stopCost_ = one[0];
        active_ = active_ && !good;
        return;
    }
    count(startCosts_, bytes, body);
    if (!good)
        return;
    active_ = true;
    lastIova_.reset();
    lastEnd_ = body.returned;
    for (const DmaRange& range : body.ranges)
        widen(range);
}

std::uint64_t DirtyFold::spannedBuckets() const {
    std::uint64_t buckets = 0;
    for (const DmaRange& window : windows_)
        buckets += ((window.iova + window.length - 1) >> bucketShift_) - (window.iova >> bucketShift_) + 1;
    return buckets;
}

void DirtyFold::addWindow(DmaRange window) {
    std::uint64_t begin = window.iova;
    std::uint64_t end = window.iova + window.length;
    std::erase_if(windows_, [&](const DmaRange& known) {
        if (known.iova > end || known.iova + known.length < begin)
            return false;
        begin = std::min(begin, known.iova);
        end = std::max(end, known.iova + known.length);
        return true;
    });
    const DmaRange merged{begin, end - begin};
    windows_.insert(std::ranges::upper_bound(windows_, merged.iova, {}, &DmaRange::iova), merged);
}

void DirtyFold::widen(DmaRange window) {
    window.length = std::min(window.length, top - window.iova);
    if (window.length == 0)
        return;
    const auto after = std::ranges::upper_bound(windows_, window.iova, {}, &DmaRange::iova);
    if (after != windows_.begin()) {
        const DmaRange& known = *std::prev(after);
        if (window.iova - known.iova <= known.length &&
            window.length <= known.length - (window.iova - known.iova))
            return; // by far the most frequent: a report of what START named
    }
    addWindow(window);
    while (windows_.size() > mostWindows) {
        std::size_t nearest = 1;
        const auto gap = [&](std::size_t i) {
            return windows_[i].iova - (windows_[i - 1].iova + windows_[i - 1].length);
        };
        for (std::size_t i = 2; i < windows_.size(); ++i) {
            if (gap(i) < gap(nearest))
                nearest = i;
        }
        DmaRange& before = windows_[nearest - 1];
        before.length = windows_[nearest].iova + windows_[nearest].length - before.iova;
        windows_.erase(windows_.begin() + static_cast<std::ptrdiff_t>(nearest));
    }
    // Small ranges far from each other have a bucket each, however large it is.
    while (spannedBuckets() > std::max<std::size_t>(mostBuckets, 2 * windows_.size()))
        coarsen();
}

void DirtyFold::coarsen() {
    ++bucketShift_;
    for (DirtyRound& round : rounds_) {
        std::vector<DirtyRound::Cell> cells;
        cells.reserve(round.cells.size() / 2 + 1);
        for (const DirtyRound::Cell& cell : round.cells) {
            if (!cells.empty() && cells.back().bucket == cell.bucket / 2)
                cells.back().bytes = plus(cells.back().bytes, cell.bytes);
            else
                cells.push_back({cell.bucket / 2, cell.bytes});
        }
        round.cells = std::move(cells);
    }
}

void DirtyFold::halveRounds() {
    std::vector<DirtyRound> halved;
    halved.reserve(mostRounds);
    for (std::size_t i = 0; i + 1 < rounds_.size(); i += 2) {
        DirtyRound& first = rounds_[i];
        const DirtyRound& second = rounds_[i + 1];
        first.end = second.end;
        first.rounds += second.rounds;
        first.dirtyPages = plus(first.dirtyPages, second.dirtyPages);
        first.dirtyBytes = plus(first.dirtyBytes, second.dirtyBytes);
        first.cells = joined(first.cells, second.cells);
        halved.push_back(std::move(first));
    }
    if (rounds_.size() % 2 != 0)
        halved.push_back(std::move(rounds_.back()));
    rounds_ = std::move(halved);
    roundsEach_ *= 2;
}

/// Reports of one round come by rising address: one that does not begins the next.
DirtyRound& DirtyFold::roundFor(std::uint64_t iova, Ns time) {
    if (lastIova_ && iova > *lastIova_ && !rounds_.empty()) {
        lastIova_ = iova;
        rounds_.back().end = std::max(rounds_.back().end, time);
        return rounds_.back();
    }
    if (lastIova_)
        lastEnd_ = rounds_.back().end;
    lastIova_ = iova;
    ++roundCount_;
    const bool full = rounds_.empty() || rounds_.back().rounds >= roundsEach_;
    // A START in between leaves a gap of time in which nobody looked: not part of a round.
    const bool follows = !rounds_.empty() && lastEnd_ == rounds_.back().end;
    if (!full && follows) {
        ++rounds_.back().rounds;
        rounds_.back().end = std::max(rounds_.back().end, time);
        return rounds_.back();
    }
    if (rounds_.size() >= mostRounds)
        halveRounds();
    DirtyRound round;
    round.beginKnown = lastEnd_.has_value();
    round.begin = std::min(lastEnd_.value_or(time), time);
    round.end = time;
    rounds_.push_back(std::move(round));
    return rounds_.back();
}

void DirtyFold::apply(const event::Dirty& body, Ns time) {
    if (body.pageBytes == 0)
        return;
    widen({body.iova, times(body.pages, body.pageBytes)});
    DirtyRound& round = roundFor(body.iova, time);
    pageBytes_ = body.pageBytes;
    const std::uint64_t pages = body.dirtyPages();
    totalPages_ = plus(totalPages_, pages);
    round.dirtyPages = plus(round.dirtyPages, pages);
    round.dirtyBytes = plus(round.dirtyBytes, body.dirtyBytes());
    std::vector<DirtyRound::Cell> cells;
    for (const PageRun& run : body.runs) {
        const std::uint64_t begin = plus(body.iova, times(run.first, body.pageBytes));
        const std::uint64_t end = plus(begin, times(run.count, body.pageBytes));
        for (std::uint64_t at = begin; at < end;) {
            const std::uint64_t bucket = at >> bucketShift_;
            const std::uint64_t next = std::min(end, plus((bucket << bucketShift_), bucketBytes()));
            if (!cells.empty() && cells.back().bucket == bucket)
                cells.back().bytes = plus(cells.back().bytes, next - at);
            else
                cells.push_back({bucket, next - at});
            at = next;
        }
    }
    // Runs that were put together cover clean pages: the sum is kept, spread over what they cover.
    if (const std::uint64_t covered = totalPages(body.runs); body.exactPages && covered > pages) {
        const double part = static_cast<double>(pages) / static_cast<double>(covered);
        for (DirtyRound::Cell& cell : cells)
            cell.bytes = static_cast<std::uint64_t>(static_cast<double>(cell.bytes) * part);
    }
    round.cells = round.cells.empty() ? std::move(cells) : joined(round.cells, cells);
}

void DirtyLog::apply(const Event& event) {
    all_.apply(event);
    const auto* log = std::get_if<event::DmaLog>(&event.body);
    const bool starts =
        log != nullptr && log->op == event::DmaLog::Op::Start && log->errnoValue == 0 && log->error.empty();
    const bool pages = std::holds_alternative<event::Dirty>(event.body);
    if (starts || (pages && loggings_.empty())) // a log that began before we looked
        loggings_.emplace_back();
    if (loggings_.size() > mostLoggings) {
        loggings_.pop_front();
        ++dropped_;
    }
    if (!loggings_.empty())
        loggings_.back().apply(event);
}

} // namespace migscope
