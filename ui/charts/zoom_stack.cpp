// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a person looked, and the way back and forward.
#include "ui/charts/zoom_stack.h"

#include <algorithm>

namespace migscope {

TimeRange wholeRange(Ns last) {
    constexpr double room = 1.02;
    const auto end = static_cast<std::int64_t>(static_cast<double>(last.count()) * room);
    return {Ns{0}, std::max(Ns{end}, Ns{1'000'000})};
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
