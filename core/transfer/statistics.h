// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers over repeated measurements: quantiles, and whether two sets differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace migscope {

/// Of values in any order; nullopt of none. Between two values in the middle: their mean.
[[nodiscard]] std::optional<double> medianOf(std::vector<double> values);

/// By nearest rank, `share` in [0, 1], of values in ascending order; nullopt of none.
[[nodiscard]] std::optional<double> quantileOf(const std::vector<double>& sorted, double share);

struct Interval {
    double low = 0;
    double high = 0;
};

/// Fewer than this on a side say nothing.
inline constexpr std::size_t enoughValues = 5;

enum class Finding {
    TooFew,       ///< fewer than enoughValues on a side
    NoDifference, ///< none seen: not the same as none there
    Lower,        ///< `other` is lower than `base`
    Higher,
};

/// How `other` differs from `base`.
struct Difference {
    std::size_t baseCount = 0;
    std::size_t otherCount = 0;
    double baseMedian = 0;
    double otherMedian = 0;
    std::optional<Interval> interval95; ///< of otherMedian - baseMedian; absent when there are too few
    double rankProbability = 1;         ///< two-sided, of Mann and Whitney's rank test
    Finding finding = Finding::TooFew;
    [[nodiscard]] double change() const { return otherMedian - baseMedian; }
    /// Of the base's median; nullopt when that is 0.
    [[nodiscard]] std::optional<double> changeShare() const {
        return baseMedian == 0 ? std::nullopt : std::optional(change() / baseMedian);
    }
};

/// The interval is the percentile bootstrap of the difference of the medians (2000 resamples, drawn from
/// `seed`, so that the same data give the same answer). A difference is only found when the interval leaves 0
/// out *and* the rank test is below 0.05: the bootstrap alone is wrong in more than one of twenty cases on
/// twenty runs a side. Both sides must have a value. *Reentrant.*
[[nodiscard]] Difference differenceOf(const std::vector<double>& base, const std::vector<double>& other,
                                      std::uint64_t seed = 1);

/// Values far from the rest: outside the quartiles by more than 1.5 times their distance (Tukey's fences);
/// indexes into `values`, ascending. None below enoughValues.
[[nodiscard]] std::vector<std::size_t> outliersOf(const std::vector<double>& values);

} // namespace migscope
