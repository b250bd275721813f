// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Quantiles, bootstrap and rank test.
#include "core/transfer/statistics.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace migscope {
namespace {

constexpr std::size_t resamples = 2000;

double middle(std::vector<double>& values) {
    const std::size_t half = values.size() / 2;
    const auto upper = values.begin() + static_cast<std::ptrdiff_t>(half);
    std::nth_element(values.begin(), upper, values.end());
    if (values.size() % 2 == 1)
        return *upper;
    return (*std::max_element(values.begin(), upper) + *upper) / 2;
}

double resampledMedian(const std::vector<double>& from, std::vector<double>& into, std::mt19937_64& random) {
    for (double& value : into)
        value = from[random() % from.size()]; // the bias of % is below 1e-17 here
    return middle(into);
}

Interval bootstrap(const std::vector<double>& base, const std::vector<double>& other, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<double> drawnBase(base.size());
    std::vector<double> drawnOther(other.size());
    std::vector<double> differences(resamples);
    for (double& difference : differences)
        difference = resampledMedian(other, drawnOther, random) - resampledMedian(base, drawnBase, random);
    std::sort(differences.begin(), differences.end());
    constexpr std::size_t tail = resamples / 40; // 2.5 % on each side
    return {differences[tail], differences[resamples - 1 - tail]};
}

/// Normal approximation with the corrections for ties and continuity.
double rankProbability(const std::vector<double>& base, const std::vector<double>& other) {
    std::vector<std::pair<double, bool>> all; // value, of the base
    all.reserve(base.size() + other.size());
    for (const double value : base)
        all.emplace_back(value, true);
    for (const double value : other)
        all.emplace_back(value, false);
    std::sort(all.begin(), all.end());
    double rankSum = 0;
    double ties = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        std::size_t ofBase = 0;
        while (end < all.size() && all[end].first == all[begin].first)
            ofBase += all[end++].second ? 1U : 0U;
        rankSum += static_cast<double>(ofBase) * static_cast<double>(begin + 1 + end) / 2;
        const auto tied = static_cast<double>(end - begin);
        ties += tied * tied * tied - tied;
        begin = end;
    }
    const auto n = static_cast<double>(base.size());
    const auto m = static_cast<double>(other.size());
    const double u = rankSum - n * (n + 1) / 2;
    const double variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)));
    if (variance <= 0)
        return 1; // all values are the same
    const double z = std::max(0.0, std::abs(u - n * m / 2) - 0.5) / std::sqrt(variance);
    return std::erfc(z / std::sqrt(2.0));
}

} // namespace

std::optional<double> medianOf(std::vector<double> values) {
    if (values.empty())
        return std::nullopt;
    return middle(values);
}

std::optional<double> quantileOf(const std::vector<double>& sorted, double share) {
    if (sorted.empty())
        return std::nullopt;
    const double rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

Difference differenceOf(const std::vector<double>& base, const std::vector<double>& other,
                        std::uint64_t seed) {
    Difference made;
    made.baseCount = base.size();
    made.otherCount = other.size();
    made.baseMedian = medianOf(base).value_or(0);
    made.otherMedian = medianOf(other).value_or(0);
    if (base.size() < enoughValues || other.size() < enoughValues)
        return made;
    made.interval95 = bootstrap(base, other, seed);
    made.rankProbability = rankProbability(base, other);
    const bool ranked = made.rankProbability < 0.05;
    made.finding = ranked && made.interval95->high < 0  ? Finding::Lower
                   : ranked && made.interval95->low > 0 ? Finding::Higher
                                                        : Finding::NoDifference;
    return made;
}

std::vector<std::size_t> outliersOf(const std::vector<double>& values) {
    if (values.size() < enoughValues)
        return {};
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const double lower = *quantileOf(sorted, 0.25);
    const double upper = *quantileOf(sorted, 0.75);
    const double reach = 1.5 * (upper - lower);
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < values.size(); ++at) {
        if (values[at] < lower - reach || values[at] > upper + reach)
            found.push_back(at);
    }
    return found;
}

} // namespace migscope
