// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a person looked, and the way back and forward.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/clock.h"

namespace migscope {

struct TimeRange {
    Ns from{0};
    Ns to{1};
    [[nodiscard]] Ns length() const { return to - from; }
    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// All of a recording that ends at `last`, with a little room behind: its last mark must not touch the frame.
[[nodiscard]] TimeRange wholeRange(Ns last);

inline constexpr double clickDistance = 4;  ///< pixels; a shorter drag is a click
inline constexpr double wheelFactor = 1.25; ///< of the zoom, a notch

/// `wanted`, not narrower than stamps mean something (2 µs) and inside `all`: a look beyond an end shows
/// nothing.
[[nodiscard]] TimeRange placedIn(const TimeRange& all, const TimeRange& wanted);
/// `factor` times as long; `at` keeps its place.
[[nodiscard]] TimeRange scaledAt(const TimeRange& range, Ns at, double factor);

/// As in a browser: a new place drops what lay ahead. Small steps in a row (a wheel, a pan) are one place.
class ZoomStack {
public:
    [[nodiscard]] TimeRange current() const { return places_[at_]; }
    /// A new place; `merge`: it replaces the current one when that came by a merge too.
    void go(TimeRange range, bool merge = false);
    /// The current place changes without a step of its own: the newest data moved it.
    void replace(TimeRange range) { places_[at_] = range; }
    void reset(TimeRange range);
    [[nodiscard]] bool canGoBack() const { return at_ > 0; }
    [[nodiscard]] bool canGoForward() const { return at_ + 1 < places_.size(); }
    void back();
    void forward();

private:
    static constexpr std::size_t most = 100;
    std::vector<TimeRange> places_{TimeRange{}};
    std::size_t at_ = 0;
    bool merging_ = false;
};

} // namespace migscope
