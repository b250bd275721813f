// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a person looked, and the way back and forward.
#include "ui/charts/zoom_stack.h"

#include <algorithm>
#include <cmath>

namespace migscope {

TimeRange wholeRange(Ns last) {
    constexpr double room = 1.02;
    const auto end = static_cast<std::int64_t>(static_cast<double>(last.count()) * room);
    return {Ns{0}, std::max(Ns{end}, Ns{1'000'000})};
}

TimeRange placedIn(const TimeRange& all, const TimeRange& wanted) {
    constexpr Ns narrowest{2000};
    const Ns length = std::clamp(wanted.length(), narrowest, std::max(all.length(), narrowest));
    const Ns from = std::clamp(wanted.from, all.from, std::max(all.from, all.to - length));
    return {from, from + length};
}

TimeRange scaledAt(const TimeRange& range, Ns at, double factor) {
    const double length = static_cast<double>(range.length().count()) * factor;
    const double share =
        static_cast<double>((at - range.from).count()) / static_cast<double>(range.length().count());
    const Ns from{at.count() - std::llround(length * share)};
    return {from, from + Ns{std::llround(length)}};
}

void ZoomStack::go(TimeRange range, bool merge) {
    if (range == current())
        return;
    if (merge && merging_) {
        places_.resize(at_ + 1);
        places_[at_] = range;
        return;
    }
    places_.resize(at_ + 1);
    if (places_.size() == most) {
        places_.erase(places_.begin());
        --at_;
    }
    places_.push_back(range);
    ++at_;
    merging_ = merge;
}

void ZoomStack::reset(TimeRange range) {
    places_ = {range};
    at_ = 0;
    merging_ = false;
}

void ZoomStack::back() {
    if (canGoBack())
        --at_;
    merging_ = false;
}

void ZoomStack::forward() {
    if (canGoForward())
        ++at_;
    merging_ = false;
}

} // namespace migscope
