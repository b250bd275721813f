// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics of a stretch of time, on runs made by hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/transfer/range_stats.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

const RangeRow* row(const RangeStats& stats, RangeWhat what, int device,
                    std::optional<State> state = std::nullopt) {
    const auto found = std::find_if(stats.rows.begin(), stats.rows.end(), [&](const RangeRow& each) {
        return each.what == what && each.device == device && (!state || each.state == state);
    });
    return found == stats.rows.end() ? nullptr : &*found;
}

TEST(RangeStats, statesAreClippedCallsAreNot) {
    // STOP_COPY of device 0 holds from 120 to 200 ms (the arcs that lead there and away lie around it).
    const Recording recording = recorded({migration()});
    const RangeStats stats = rangeStats(recording, ms(115), ms(150));
    const RangeRow* stopCopy = row(stats, RangeWhat::State, 0, State::StopCopy);
    ASSERT_NE(stopCopy, nullptr);
    EXPECT_EQ(stopCopy->spread.total, static_cast<double>(ms(30).count()));
    EXPECT_EQ(row(stats, RangeWhat::Arc, 0, State::StopCopy), nullptr) << "it began before the range";
    const RangeStats more = rangeStats(recording, ms(112), ms(150));
    const RangeRow* arc = row(more, RangeWhat::Arc, 0, State::StopCopy);
    ASSERT_NE(arc, nullptr);
    EXPECT_EQ(arc->from, State::Stop);
    EXPECT_EQ(arc->spread.total, static_cast<double>(ms(8).count()));
    EXPECT_EQ(arc->spread.count, 1U);
}

TEST(RangeStats, samplesOfTheRangeOnly) {
    // Three samples of 1 MiB at 129, 138, 147 ms: 2 ms in reads each, 1, 1 and 2 ms in writes.
    const Recording recording = recorded({migration()});
    const RangeStats two = rangeStats(recording, ms(130), ms(150));
    const RangeRow* bytes = row(two, RangeWhat::Bytes, 0);
    ASSERT_NE(bytes, nullptr);
    EXPECT_EQ(bytes->spread.count, 2U);
    EXPECT_EQ(bytes->spread.total, 2.0 * (1U << 20U));
    EXPECT_FALSE(bytes->grouped);
    const RangeRow* source = row(two, RangeWhat::SourceRate, 0);
    ASSERT_NE(source, nullptr);
    EXPECT_DOUBLE_EQ(source->spread.mean, (1U << 20U) / 0.002);
    EXPECT_FALSE(source->spread.total) << "a sum of rates means nothing";
    const RangeRow* destination = row(two, RangeWhat::DestinationRate, 0);
    ASSERT_NE(destination, nullptr);
    EXPECT_DOUBLE_EQ(destination->spread.minimum, (1U << 20U) / 0.002);
    EXPECT_DOUBLE_EQ(destination->spread.maximum, (1U << 20U) / 0.001);
    const RangeRow* clock = row(two, RangeWhat::ClockRate, 0);
    ASSERT_NE(clock, nullptr);
    EXPECT_DOUBLE_EQ(clock->spread.mean, 2.0 * (1U << 20U) / 0.020);
    EXPECT_EQ(row(rangeStats(recording, ms(148), ms(400)), RangeWhat::Bytes, 0), nullptr);
}

TEST(RangeStats, oneStampMovesOneNumber) {
    RunBuilder run = migration();
    const double before =
        row(rangeStats(recorded({run}), ms(0), ms(210)), RangeWhat::Arc, 0, State::StopCopy)->spread.mean;
    for (Event& event : run.events) {
        auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && arc->to == State::StopCopy)
            arc->returned += ms(1);
    }
    const double after =
        row(rangeStats(recorded({run}), ms(0), ms(210)), RangeWhat::Arc, 0, State::StopCopy)->spread.mean;
    EXPECT_EQ(after - before, static_cast<double>(ms(1).count()));
}

TEST(RangeStats, levelsMarksAndFailures) {
    RunBuilder run;
    run.add(ms(1), 0, event::Precopy{100, 10, false});
    run.add(ms(2), 0, event::Precopy{0, 30, false});
    run.add(ms(3), 0, event::Estimate{4096, 0});
    run.add(ms(4), {}, event::Mark{"here"});
    run.failedArc(0, State::Running, State::PreCopy, ms(5), ms(6), 16, State::Running);
    run.add(ms(9), 0, event::Precopy{0, 1000, false});
    const RangeStats stats = rangeStats(recorded({run}), ms(1), ms(7));
    EXPECT_EQ(row(stats, RangeWhat::Dirty, 0)->spread.maximum, 30);
    EXPECT_EQ(row(stats, RangeWhat::Dirty, 0)->spread.mean, 20);
    EXPECT_EQ(row(stats, RangeWhat::Initial, 0)->spread.maximum, 100);
    EXPECT_EQ(row(stats, RangeWhat::Estimate, 0)->spread.p50, 4096);
    EXPECT_EQ(stats.marks, 1U);
    EXPECT_EQ(stats.failedCalls, 1U);
    EXPECT_EQ(stats.events, 5U);
}

TEST(RangeStats, manySamplesAreGroupedAndTheirSumStaysExact) {
    RecordingHeader header;
    header.devices = {{"a", "", "", {}, "", 7}};
    Recording recording(header);
    constexpr std::size_t count = 450'000;
    for (std::size_t done = 0; done < count; done += 500) {
        event::Samples samples;
        samples.stream = 1;
        for (std::size_t i = 0; i < 500; ++i) {
            samples.time.emplace_back(static_cast<std::int64_t>(done + i) * 1000);
            samples.bytes.push_back(7);
            samples.source.emplace_back(10);
            samples.destination.emplace_back(0);
        }
        Event event;
        event.device = 0;
        event.body = samples;
        recording.apply(event);
    }
    const RangeStats stats = rangeStats(recording, Ns{0}, Ns{count * 1000});
    const RangeRow* bytes = row(stats, RangeWhat::Bytes, 0);
    ASSERT_NE(bytes, nullptr);
    EXPECT_TRUE(bytes->grouped);
    EXPECT_LE(bytes->spread.count, 225'000U);
    EXPECT_EQ(bytes->spread.total, 7.0 * count);
    EXPECT_EQ(row(stats, RangeWhat::DestinationRate, 0), nullptr) << "no time in its calls is no rate of 0";
}

} // namespace
} // namespace migscope::test
