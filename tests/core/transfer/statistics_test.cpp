// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Quantiles, outliers and differences of sets of numbers.
#include <gtest/gtest.h>

#include "core/transfer/statistics.h"

namespace migscope {
namespace {

TEST(Statistics, medianIsInTheMiddle) {
    EXPECT_FALSE(medianOf({}));
    EXPECT_EQ(medianOf({3}), 3);
    EXPECT_EQ(medianOf({9, 1, 5}), 5);
    EXPECT_EQ(medianOf({9, 1, 5, 7}), 6);
}

TEST(Statistics, quantilesAreOfTheNearestRank) {
    const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    EXPECT_EQ(quantileOf(values, 0), 1);
    EXPECT_EQ(quantileOf(values, 0.5), 5);
    EXPECT_EQ(quantileOf(values, 0.9), 9);
    EXPECT_EQ(quantileOf(values, 0.91), 10);
    EXPECT_EQ(quantileOf(values, 1), 10);
    EXPECT_FALSE(quantileOf({}, 0.5));
}

TEST(Statistics, fourOnASideAreTooFew) {
    const Difference few = differenceOf({1, 1, 1, 1}, {9, 9, 9, 9, 9});
    EXPECT_EQ(few.finding, Finding::TooFew);
    EXPECT_FALSE(few.interval95);
    EXPECT_EQ(few.change(), 8);
    EXPECT_EQ(differenceOf({1, 1.1, 1.2, 1.3, 1.4}, {9, 9.1, 9.2, 9.3, 9.4}).finding, Finding::Higher);
    EXPECT_EQ(differenceOf({9, 9.1, 9.2, 9.3, 9.4}, {1, 1.1, 1.2, 1.3, 1.4}).finding, Finding::Lower);
}

TEST(Statistics, equalValuesHaveNoDifference) {
    const Difference same = differenceOf({5, 5, 5, 5, 5, 5}, {5, 5, 5, 5, 5, 5});
    EXPECT_EQ(same.finding, Finding::NoDifference);
    EXPECT_EQ(same.rankProbability, 1);
    EXPECT_EQ(same.interval95->low, 0);
    EXPECT_EQ(same.interval95->high, 0);
}

TEST(Statistics, theIntervalHoldsTheDifferenceAndIsRepeatable) {
    std::vector<double> base;
    std::vector<double> other;
    for (int i = 0; i < 30; ++i) {
        base.push_back(100 + i % 7);
        other.push_back(110 + i % 5);
    }
    const Difference first = differenceOf(base, other, 7);
    EXPECT_LE(first.interval95->low, first.change());
    EXPECT_GE(first.interval95->high, first.change());
    EXPECT_LT(first.interval95->low, first.interval95->high);
    const Difference again = differenceOf(base, other, 7);
    EXPECT_EQ(first.interval95->low, again.interval95->low);
    EXPECT_EQ(first.interval95->high, again.interval95->high);
}

// Of a table of critical values: for 5 and 5 values U <= 2 is below 0.05 (two-sided), U = 3 is not.
TEST(Statistics, theRankTestAgreesWithItsTables) {
    EXPECT_LT(differenceOf({1, 2, 3, 4, 7}, {5, 6, 8, 9, 10}).rankProbability, 0.05); // U = 2
    EXPECT_GT(differenceOf({1, 2, 3, 5, 7}, {4, 6, 8, 9, 10}).rankProbability, 0.05); // U = 3
}

TEST(Statistics, outliersStandOutsideTheFences) {
    EXPECT_TRUE(outliersOf({1, 2, 3, 100}).empty()) << "four values";
    EXPECT_EQ(outliersOf({10, 11, 12, 11, 10, 50, 12, 11}), (std::vector<std::size_t>{5}));
    EXPECT_EQ(outliersOf({10, 11, 1, 11, 10, 12, 12, 11}), (std::vector<std::size_t>{2}));
    EXPECT_TRUE(outliersOf({1, 2, 3, 4, 5, 6}).empty());
}

} // namespace
} // namespace migscope
