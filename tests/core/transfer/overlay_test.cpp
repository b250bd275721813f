// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs laid over each other: aligned at t0, nothing of other runs, one colour each.
#include <gtest/gtest.h>

#include "core/transfer/overlay_content.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

/// The migration of run_builder.h, all of it `by` later.
RunBuilder later(Ns by) {
    RunBuilder run = migration();
    for (Event& event : run.events) {
        event.time += by;
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            arc->called += by;
            arc->returned += by;
        } else if (auto* samples = std::get_if<event::Samples>(&event.body)) {
            for (Ns& time : samples->time)
                time += by;
        }
    }
    return run;
}

ChartContent over(const std::vector<std::pair<const Recording*, OverlaidRun>>& runs) {
    ChartContent content;
    content.window = {ms(-200), ms(300), 500, Ns{0}};
    for (const auto& [recording, which] : runs)
        overlay(content, *recording, which);
    return content;
}

TEST(Overlay, isAlignedAtTheFirstStamp) {
    const Recording first = recorded({migration()});
    const Recording second = recorded({later(ms(5000))});
    EXPECT_EQ(alignmentOf(first, 1), ms(100));
    EXPECT_EQ(alignmentOf(second, 1), ms(5100));
    EXPECT_FALSE(alignmentOf(first, 2));
    const ChartContent content = over({{&first, {1, "first", 0}}, {&second, {1, "second", 1}}});
    ASSERT_EQ(content.lanes.size(), 4U);
    EXPECT_EQ(content.lanes[0].name, "first S");
    EXPECT_EQ(content.lanes[3].name, "second D");
    ASSERT_EQ(content.lanes[0].arcs.size(), content.lanes[2].arcs.size());
    for (std::size_t at = 0; at < content.lanes[0].arcs.size(); ++at)
        EXPECT_EQ(content.lanes[0].arcs[at].begin, content.lanes[2].arcs[at].begin);
    EXPECT_EQ(content.lanes[0].arcs[0].begin, Ns{0}) << "the SET at t0";
    ASSERT_EQ(content.sizes.size(), 2U);
    EXPECT_EQ(content.sizes[0].series, 0);
    EXPECT_EQ(content.sizes[1].series, 1);
    EXPECT_EQ(content.sizes[1].label, "second");
    EXPECT_EQ(content.sizes[0].steps.back().last, 3.0 * (1U << 20U));
    EXPECT_EQ(content.highestSize, 3.0 * (1U << 20U));
}

TEST(Overlay, anEarlierStampMovesTheWholeRun) {
    RunBuilder moved = migration();
    for (Event& event : moved.events) {
        auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && arc->to == State::RunningP2p && event.device == 0)
            arc->called -= ms(1);
    }
    const Recording recording = recorded({moved});
    EXPECT_EQ(alignmentOf(recording, 1), ms(99));
    const ChartContent content = over({{&recording, {1, "x", 0}}});
    EXPECT_EQ(content.lanes[0].arcs[1].begin, ms(4)) << "RUNNING_P2P to STOP at 103 ms";
}

TEST(Overlay, whatIsNoPartOfTheRunIsLeftOut) {
    RunBuilder second(2);
    second.begin(PlanKind::Discard, {{1, std::nullopt}});
    second.arc(1, State::Running, State::Stop, ms(400), ms(410));
    second.arc(1, State::Stop, State::StopCopy, ms(410), ms(420));
    second.end(RunOutcome::Ok, ms(450));
    for (Event& event : second.events) {
        if (event.time == Ns{0})
            event.time = ms(390);
    }
    const Recording recording = recorded({migration(), second});
    const ChartContent content = over({{&recording, {2, "second", 0}}});
    ASSERT_EQ(content.lanes.size(), 1U) << "only the device of that run";
    EXPECT_EQ(content.lanes[0].device, 1);
    EXPECT_TRUE(content.sizes.empty()) << "the other run's stream is not its own";
    EXPECT_EQ(alignedSpan(recording, 2).from, ms(390) - *alignmentOf(recording, 2));
}

TEST(Overlay, aNoteOfAnEarlierTimeIsFoundInItsPlace) {
    RunBuilder run = migration();
    run.add(ms(300), {}, event::Mark{"late"});
    run.add(ms(50), {}, event::Mark{"early"}); // written afterwards, about something before
    run.add(ms(170), {}, event::Mark{"between"});
    const Recording recording = recorded({run});
    const ChartContent all = chartContent(recording, {Ns{0}, ms(400), 400, Ns{0}});
    ASSERT_EQ(all.notes.size(), 3U);
    EXPECT_EQ(all.notes[0].text, "early");
    EXPECT_EQ(all.notes[1].text, "between");
    EXPECT_EQ(all.notes[2].text, "late");
    const ChartContent part = chartContent(recording, {ms(100), ms(200), 400, Ns{0}});
    ASSERT_EQ(part.notes.size(), 1U);
    EXPECT_EQ(part.notes[0].time, ms(170));
    EXPECT_EQ(eventNear(recording, std::nullopt, ms(51), ms(2)), all.notes[0].event);
}

} // namespace
} // namespace migscope::test
