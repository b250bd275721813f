// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Comparisons, proved on simulated machines whose runs differ by chance: who calls a difference, and when.
#include <algorithm>
#include <random>
#include <vector>

#include "core/transfer/compare.h"
#include "tests/core/transfer/engine_fixture.h"

namespace migscope::test {
namespace {

constexpr int splits = 200;
constexpr std::size_t side = 20;

class CompareTest : public EngineTest {
protected:
    /// Downtimes of `count` migrations of a pair whose times are `slower` times as long, each run at a pace
    /// of its own.
    std::vector<double> downtimes(std::uint32_t count, double slower, std::uint64_t seed) {
        TearDown();
        profile_ = {};
        pairOf("mlx5");
        for (SimDeviceProfile& device : profile_.devices) {
            device.arcTime = Ns{static_cast<std::int64_t>(1e6 * slower)};
            device.saveBytesPerSecond = static_cast<std::uint64_t>(400e6 / slower);
            device.loadBytesPerSecond = static_cast<std::uint64_t>(200e6 / slower);
            device.jitterPercent = 6;
            device.jitterSeed = ++seed;
        }
        boot();
        openAll();
        Plan plan = migratePlan(CopyMode::StopCopy);
        plan.runs = count;
        EXPECT_TRUE(run(plan).error == std::nullopt);
        MetricsFold fold;
        for (const Event& event : heard_->events())
            fold.apply(event);
        std::vector<double> values;
        for (const RunMetrics& each : fold.runs()) {
            EXPECT_TRUE(counts(each));
            values.push_back(valueOf(each, Figure::Downtime).value_or(0));
        }
        EXPECT_EQ(values.size(), count);
        return values;
    }
};

TEST_F(CompareTest, runsAtAPaceOfTheirOwnDifferAndRepeat) {
    const std::vector<double> once = downtimes(40, 1, 11);
    EXPECT_EQ(once, downtimes(40, 1, 11)) << "the same seed";
    EXPECT_NE(once, downtimes(40, 1, 12)) << "another seed";
    const auto [least, most] = std::minmax_element(once.begin(), once.end());
    EXPECT_GT(*most / *least, 1.1) << "40 runs with a deviation of 6 % lie this far apart";
    EXPECT_LT(*most / *least, 2);
}

TEST_F(CompareTest, halvesOfTheSameRunsRarelyDiffer) {
    std::vector<double> pool = downtimes(40, 1, 1);
    std::mt19937_64 random(20260226);
    int called = 0;
    for (int split = 0; split < splits; ++split) {
        std::shuffle(pool.begin(), pool.end(), random);
        const std::vector<double> base(pool.begin(), pool.begin() + side);
        const std::vector<double> other(pool.begin() + side, pool.end());
        const Difference found = differenceOf(base, other);
        called += found.finding == Finding::NoDifference ? 0 : 1;
    }
    RecordProperty("called", called);
    EXPECT_LE(called, 10) << "of " << splits;
}

TEST_F(CompareTest, tenPercentSlowerIsSeen) {
    std::vector<double> base = downtimes(120, 1, 1);
    std::vector<double> slower = downtimes(120, 1.1, 1001);
    std::mt19937_64 random(20260226);
    int called = 0;
    for (int split = 0; split < splits; ++split) {
        std::shuffle(base.begin(), base.end(), random);
        std::shuffle(slower.begin(), slower.end(), random);
        const Difference found =
            differenceOf({base.begin(), base.begin() + side}, {slower.begin(), slower.begin() + side});
        called += found.finding == Finding::Higher ? 1 : 0;
    }
    RecordProperty("called", called);
    EXPECT_GE(called, 190) << "of " << splits;
}

TEST_F(CompareTest, theFirstRunOfAColdDeviceStandsApart) {
    pairOf("mlx5");
    for (SimDeviceProfile& device : profile_.devices) {
        device.saveBytesPerSecond = 400'000'000;
        device.coldPercent = 200;
    }
    boot();
    openAll();
    Plan plan = migratePlan(CopyMode::StopCopy);
    plan.runs = 6;
    static_cast<void>(run(plan));
    const double first = valueOf(metrics(0), Figure::Downtime).value_or(0);
    const double second = valueOf(metrics(1), Figure::Downtime).value_or(0);
    EXPECT_NEAR(first / second, 3, 0.1);
    EXPECT_EQ(second, valueOf(metrics(5), Figure::Downtime));
}

} // namespace
} // namespace migscope::test
