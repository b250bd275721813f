// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What charts draw: lanes out of arcs, and content cut to a window.
#include <gtest/gtest.h>

#include <random>

#include "core/transfer/chart_content.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

Recording recordingOf(const RunBuilder& builder) {
    return recorded({builder}, twoDevices("0000:3b:00.2", "0000:3b:00.3"));
}

const DeviceChart& chartOf(const Recording& recording, int device) {
    return recording.charts().devices().at(device);
}

TEST(ChartFold, bandsLieBetweenTheStampsOfTheCalls) {
    const Recording recording = recordingOf(migration());
    const DeviceChart& source = chartOf(recording, 0);
    ASSERT_EQ(source.bands.size(), 5U);
    EXPECT_EQ(source.bands[0].state, State::Running) << "from the run's begin to the first call";
    EXPECT_EQ(source.bands[0].end, ms(100));
    EXPECT_EQ(source.bands[1].state, State::RunningP2p);
    EXPECT_EQ(source.bands[1].begin, ms(102));
    EXPECT_EQ(source.bands[1].end, ms(103));
    EXPECT_EQ(source.bands[3].state, State::StopCopy);
    EXPECT_EQ(source.bands[3].begin, ms(120));
    EXPECT_EQ(source.bands[3].end, ms(200));
    EXPECT_EQ(source.bands[4].state, State::Stop);
    EXPECT_FALSE(source.bands[4].end.has_value()) << "it still stands so";
    ASSERT_EQ(source.arcs.size(), 4U);
    EXPECT_EQ(source.arcs[0].called, ms(100));
    EXPECT_EQ(source.arcs[0].returned, ms(102));
}

TEST(ChartFold, aMovedStampMovesItsBand) {
    for (const Ns shift : {Ns{0}, ms(1)}) {
        RunBuilder builder = migration();
        for (Event& event : builder.events) {
            if (auto* arc = std::get_if<event::ArcEnd>(&event.body);
                arc != nullptr && arc->to == State::StopCopy)
                arc->returned += shift;
        }
        const Recording recording = recordingOf(builder);
        EXPECT_EQ(chartOf(recording, 0).bands[3].begin, ms(120) + shift);
    }
}

TEST(ChartFold, theFirstArcTellsWhereTheDeviceStoodBefore) {
    RunBuilder builder;
    builder.add(ms(1), 0, event::Estimate{4096, 0});
    event::ArcBegin begin;
    begin.from = State::Running;
    begin.to = begin.goal = State::Stop;
    builder.add(ms(10), 0, begin);
    const Recording open = recordingOf(builder);
    ASSERT_EQ(chartOf(open, 0).bands.size(), 1U);
    EXPECT_EQ(chartOf(open, 0).bands[0].state, State::Running);
    EXPECT_EQ(chartOf(open, 0).bands[0].begin, ms(1));
    EXPECT_EQ(chartOf(open, 0).bands[0].end, ms(10));
    ASSERT_EQ(chartOf(open, 0).arcs.size(), 1U);
    EXPECT_FALSE(chartOf(open, 0).arcs[0].returned.has_value()) << "the call is under way";
    EXPECT_EQ(readoutAt(open, ms(12)).devices[0].asked, State::Stop);
}

TEST(ChartFold, aRefusedArcLeavesTheDeviceWhereItWasFound) {
    RunBuilder builder;
    builder.failedArc(0, State::Running, State::Stop, ms(5), ms(6), EIO, State::Running);
    builder.failedArc(0, State::Running, State::Stop, ms(8), ms(9), EIO, std::nullopt);
    const DeviceChart chart = chartOf(recordingOf(builder), 0);
    EXPECT_TRUE(chart.arcs[0].failed);
    EXPECT_EQ(bandAt(chart, ms(7))->state, State::Running);
    EXPECT_FALSE(bandAt(chart, ms(10))->state.has_value()) << "unknown, never guessed";
    EXPECT_EQ(bandAt(chart, Ns{8'500'000}), nullptr) << "inside the call";
}

TEST(ChartFold, aResetIsACallWithoutAFrom) {
    RunBuilder builder;
    builder.arc(0, State::Running, State::Stop, ms(1), ms(2)).reset(0, ms(5), ms(7));
    const DeviceChart chart = chartOf(recordingOf(builder), 0);
    EXPECT_FALSE(chart.arcs[1].from.has_value());
    EXPECT_EQ(bandAt(chart, ms(4))->state, State::Stop);
    EXPECT_EQ(bandAt(chart, ms(5)), nullptr);
    EXPECT_EQ(bandAt(chart, ms(7))->state, State::Running);
}

TEST(ChartContent, isCutToTheWindow) {
    const Recording recording = recordingOf(migration());
    const ChartContent content = chartContent(recording, {ms(115), ms(160), 450, ms(210)});
    ASSERT_EQ(content.lanes.size(), 2U);
    EXPECT_EQ(content.lanes[0].name, "0000:3b:00.2");
    for (const LaneContent& lane : content.lanes) {
        for (const LanePiece& piece : lane.bands) {
            EXPECT_GE(piece.begin, ms(115));
            EXPECT_LE(piece.end, ms(160));
        }
        for (const ArcPiece& piece : lane.arcs) {
            EXPECT_GE(piece.begin, ms(115));
            EXPECT_LE(piece.end, ms(160));
        }
    }
    for (const auto* curves : {&content.sizes, &content.rates}) {
        for (const Curve& curve : *curves) {
            for (const CurveStep& step : curve.steps) {
                EXPECT_GE(step.begin, ms(115));
                EXPECT_LE(step.end, ms(160));
            }
        }
    }
    for (const PhaseSpan& span : content.phases) {
        EXPECT_GE(span.begin, ms(115));
        EXPECT_LE(span.end, ms(160));
    }
    EXPECT_EQ(content.highestSize, 3.0 * (1U << 20U));
}

TEST(ChartContent, movedBytesAreTheSumUpToTheMoment) {
    const Recording recording = recordingOf(migration());
    const auto moved = [&](Ns time) {
        const Readout readout = readoutAt(recording, time);
        return readout.streams.empty() ? std::uint64_t{0} : readout.streams[0].movedBytes;
    };
    EXPECT_EQ(moved(ms(130)), 1U << 20U);
    EXPECT_EQ(moved(ms(138)), 2U << 20U);
    EXPECT_EQ(moved(ms(147)), 3U << 20U);
    // Zoomed in behind the first sample the curve goes on from what moved before.
    const ChartContent zoomed = chartContent(recording, {ms(130), ms(140), 100, ms(210)});
    const auto curve = std::find_if(zoomed.sizes.begin(), zoomed.sizes.end(),
                                    [](const Curve& each) { return each.kind == CurveKind::Moved; });
    ASSERT_NE(curve, zoomed.sizes.end());
    EXPECT_EQ(curve->steps.front().last, 1.0 * (1U << 20U));
    EXPECT_EQ(curve->steps.front().begin, ms(130));
}

TEST(ChartContent, ratesAreOfTheTimeInsideCalls) {
    const Recording recording = recordingOf(migration());
    const Readout readout = readoutAt(recording, ms(138)); // 1 MiB: 2 ms in reads, 1 ms in writes
    ASSERT_EQ(readout.streams.size(), 1U);
    EXPECT_DOUBLE_EQ(*readout.streams[0].sourceRate, (1U << 20U) / 0.002);
    EXPECT_DOUBLE_EQ(*readout.streams[0].destinationRate, (1U << 20U) / 0.001);
}

TEST(ChartContent, phasesAreTheStretchesBetweenTheStamps) {
    const Recording recording = recordingOf(migration());
    const RunMetrics& run = recording.metrics().runs().front();
    const auto spans = phaseSpans(run);
    ASSERT_EQ(spans.size(), 4U);
    EXPECT_EQ(spans[0].begin, ms(100));
    EXPECT_EQ(spans[1].begin, ms(112));
    EXPECT_EQ(spans[2].begin, ms(150));
    EXPECT_EQ(spans[3].begin, ms(190));
    EXPECT_EQ(spans[3].end, ms(193));
    const auto arcOf = [&](PhaseName phase) {
        return std::get<event::ArcEnd>(recording.events()[phaseEvent(recording, run, phase).value()].body);
    };
    EXPECT_EQ(arcOf(PhaseName::Stop).called, ms(100));
    EXPECT_EQ(arcOf(PhaseName::Save).to, State::StopCopy);
    EXPECT_EQ(arcOf(PhaseName::Load).from, State::Resuming);
    EXPECT_EQ(arcOf(PhaseName::Resume).to, State::Running);
    EXPECT_EQ(phaseEvent(recording, run, PhaseName::Wait), std::nullopt);
    // 8 ms of the SET and 6 + 4 ms in reads and writes, of 38 ms.
    EXPECT_EQ(timeInCalls(recording, run.pairs[0], ms(112), ms(150)), ms(18));
    EXPECT_EQ(timeInCalls(recording, run.pairs[0], ms(150), ms(190)), ms(30));
}

TEST(ChartContent, anEventIsFoundNearItsStamp) {
    const Recording recording = recordingOf(migration());
    const auto near = eventNear(recording, 0, Ns{112'100'000}, ms(1));
    ASSERT_TRUE(near.has_value());
    EXPECT_EQ(std::get<event::ArcEnd>(recording.events()[*near].body).to, State::StopCopy);
    EXPECT_EQ(eventNear(recording, 0, ms(80), ms(1)), std::nullopt);
    const EventSpan span = spanOf(recording.events()[*near]);
    EXPECT_EQ(span.begin, ms(112));
    EXPECT_EQ(span.end, ms(120));
    EXPECT_EQ(span.device, 0);
}

event::KernelLog logged(unsigned priority) {
    return {priority, 1, "mlx5_vfio_pci 0000:3b:00.2: x", 7};
}

TEST(ChartFold, linesOfTheKernelsLogAreMarksOfTheirDeviceOrOfAll) {
    RunBuilder builder = migration();
    builder.add(ms(104), 0, logged(6)).add(ms(105), 0, logged(3)).add(ms(106), {}, logged(4));
    const Recording recording = recordingOf(builder);
    std::vector<ChartMark> marks;
    for (const ChartMark& mark : chartOf(recording, 0).marks) {
        if (mark.what == ChartMark::What::KernelLog || mark.what == ChartMark::What::KernelError)
            marks.push_back(mark);
    }
    ASSERT_EQ(marks.size(), 2U);
    EXPECT_EQ(marks[0].what, ChartMark::What::KernelLog);
    EXPECT_EQ(marks[1].what, ChartMark::What::KernelError);
    const ChartContent content = chartContent(recording, {ms(0), ms(300), 1000, ms(300)});
    ASSERT_EQ(content.marks.size(), 1U) << "of no device";
    EXPECT_EQ(content.marks[0].time, ms(106));
    EXPECT_EQ(eventNear(recording, 1, ms(106), ms(1) / 2), content.marks[0].event)
        << "it stands on every lane";
}

TEST(ChartFold, aLineHeardOfLateKeepsTheMarksInOrder) {
    RunBuilder builder;
    builder.add(ms(50), 0, event::Mark{"a"}).add(ms(40), 0, logged(6)).add(ms(60), 0, logged(6));
    const Recording recording = recordingOf(builder);
    const auto& marks = chartOf(recording, 0).marks;
    ASSERT_EQ(marks.size(), 3U);
    EXPECT_EQ(marks[0].time, ms(40)) << "searched by halves";
    EXPECT_EQ(marks[0].event, 1U);
    EXPECT_EQ(marks[1].time, ms(50));
    EXPECT_EQ(marks[2].time, ms(60));
}

TEST(ChartContent, costsTheColumnsNotTheEvents) {
    RunBuilder builder;
    builder.begin(PlanKind::Discard, {{0, std::nullopt}});
    builder.stream(0, 1, true, event::StreamWhat::Open, ms(0));
    std::mt19937 random(7);
    for (int i = 1; i <= 20'000; ++i) {
        builder.arc(0, i % 2 != 0 ? State::Running : State::Stop, i % 2 != 0 ? State::Stop : State::Running,
                    Ns{i * 1000}, Ns{i * 1000 + 300});
        builder.sample(0, 1, Ns{i * 1000 + 500}, random() % 5000, Ns{400}, Ns{0});
    }
    const Recording recording = recordingOf(builder);
    const ChartContent content = chartContent(recording, {Ns{0}, Ns{20'100'000}, 500, Ns{20'100'000}});
    EXPECT_LE(content.lanes[0].bands.size(), 510U);
    EXPECT_LE(content.lanes[0].arcs.size(), 510U);
    EXPECT_GE(content.lanes[0].arcs.size(), 200U) << "what is drawn still covers the axis";
    for (const Curve& curve : content.sizes)
        EXPECT_LE(curve.steps.size(), 520U);
    std::uint64_t sum = 0;
    for (const auto& bytes : recording.samples().at(1).bytes())
        sum += bytes;
    EXPECT_EQ(content.highestSize, static_cast<double>(sum)) << "nothing is lost by the cut";
    EXPECT_EQ(recording.samples().at(1).bytesBefore(Ns{20'100'000}), sum);
}

TEST(ChartContent, aRefusalIsNotHiddenByItsNeighbours) {
    RunBuilder builder;
    for (int i = 0; i < 8; ++i)
        builder.arc(0, State::Running, State::Stop, Ns{1000 + i * 10}, Ns{1005 + i * 10});
    builder.failedArc(0, State::Stop, State::Running, Ns{1090}, Ns{1095}, EIO, State::Stop);
    const Recording recording = recordingOf(builder);
    const ChartContent content = chartContent(recording, {Ns{0}, ms(1), 100, ms(1)});
    ASSERT_EQ(content.lanes[0].arcs.size(), 1U);
    EXPECT_TRUE(content.lanes[0].arcs[0].failed);
}

TEST(ChartContent, ofARecordingWithoutEventsIsEmpty) {
    const Recording recording{RecordingHeader{}};
    const ChartContent content = chartContent(recording, {Ns{0}, ms(1), 100, Ns{0}});
    EXPECT_TRUE(content.lanes.empty());
    EXPECT_EQ(content.highestRate, 0);
    EXPECT_TRUE(readoutAt(recording, ms(1)).devices.empty());
}

/// Two rounds of pre-copy and a stop: device 0 saves into device 1.
RunBuilder preCopied() {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::PreCopy, ms(10), ms(12));
    run.stream(0, 1, true, event::StreamWhat::Open, ms(12));
    run.sample(0, 1, ms(20), 1000, ms(5), ms(1));
    run.sample(0, 1, ms(30), 2000, ms(5), ms(1));
    run.add(ms(31), 0, event::Precopy{0, 500, false});
    run.sample(0, 1, ms(50), 500, ms(6), ms(2));
    run.add(ms(51), 0, event::Precopy{0, 0, false});
    run.arc(0, State::PreCopy, State::StopCopy, ms(60), ms(70));
    run.sample(0, 1, ms(80), 700, ms(1), ms(1));
    run.stream(0, 1, true, event::StreamWhat::Eof, ms(81));
    return run;
}

TEST(ChartContent, PreCopyRoundsStandOnTheLaneOfTheSource) {
    const Recording recording = recordingOf(preCopied());
    const ChartContent content = chartContent(recording, {Ns{0}, ms(100), 1000, Ns{0}});
    ASSERT_EQ(content.lanes[0].rounds.size(), 2U);
    EXPECT_EQ(content.lanes[0].rounds[0].begin, ms(14))
        << "the first call began 6 ms before its sample ended";
    EXPECT_EQ(content.lanes[0].rounds[0].end, ms(30));
    EXPECT_EQ(content.lanes[0].rounds[0].bytes, 3000U);
    EXPECT_EQ(content.lanes[0].rounds[1].begin, ms(42));
    EXPECT_EQ(content.lanes[0].rounds[1].number, 2U);
    EXPECT_EQ(content.lanes[0].rounds[1].bytes, 500U) << "what is moved after the stop is no round";
    for (std::size_t lane = 1; lane < content.lanes.size(); ++lane)
        EXPECT_TRUE(content.lanes[lane].rounds.empty());
    EXPECT_EQ(readoutAt(recording, ms(45)).devices[0].round, 2U);
    EXPECT_EQ(readoutAt(recording, ms(35)).devices[0].round, std::nullopt) << "between them";
    const ChartContent later = chartContent(recording, {ms(40), ms(100), 1000, Ns{0}});
    ASSERT_EQ(later.lanes[0].rounds.size(), 1U);
    EXPECT_EQ(later.lanes[0].rounds[0].number, 2U) << "its number is that in the run";
}

TEST(ChartContent, ACallThatStallsStandsOnTheLaneOfItsDevice) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Stop, State::StopCopy, ms(1), ms(2));
    run.arc(1, State::Stop, State::Resuming, ms(1), ms(2));
    run.stream(0, 1, true, event::StreamWhat::Open, ms(2));
    for (int at = 1; at <= 10; ++at)
        run.sample(0, 1, ms(10 * at), 1000, ms(2), ms(3));
    run.sample(0, 1, ms(500), 1000, ms(380), ms(3));
    run.sample(0, 1, ms(900), 1000, ms(2), ms(350));
    run.sample(0, 1, ms(910), 1000, ms(2), ms(3));
    const Recording recording = recordingOf(run);
    const ChartContent content = chartContent(recording, {Ns{0}, ms(1000), 1000, Ns{0}});
    ASSERT_EQ(content.lanes.size(), 2U);
    ASSERT_EQ(content.lanes[0].stalls.size(), 1U);
    EXPECT_TRUE(content.lanes[0].stalls[0].save);
    EXPECT_EQ(content.lanes[0].stalls[0].begin, ms(500 - 3 - 380));
    EXPECT_EQ(content.lanes[0].stalls[0].end, ms(500 - 3)) << "before the write of the same sample";
    ASSERT_EQ(content.lanes[1].stalls.size(), 1U) << "a write stalls on the destination";
    EXPECT_FALSE(content.lanes[1].stalls[0].save);
    EXPECT_EQ(content.lanes[1].stalls[0].begin, ms(550));
    EXPECT_EQ(content.lanes[1].stalls[0].end, ms(900));
    ASSERT_TRUE(readoutAt(recording, ms(700)).devices[1].stall);
    EXPECT_FALSE(readoutAt(recording, ms(700)).devices[0].stall);
}

class StallFinderTest : public ::testing::Test {
protected:
    void add(int milliseconds, std::uint64_t bytes = 1000) {
        end_ += ms(milliseconds);
        finder_.add(end_, bytes, ms(milliseconds), found_);
    }
    StallFinder finder_;
    Ns end_{0};
    std::vector<std::pair<Ns, Ns>> found_;
};

TEST_F(StallFinderTest, TheFirstCallIsJudgedByThoseThatFollow) {
    add(400);
    for (int i = 0; i < 4; ++i)
        add(10);
    EXPECT_TRUE(found_.empty()) << "too few to compare with";
    add(10);
    ASSERT_EQ(found_.size(), 1U);
    EXPECT_EQ(found_[0], std::pair(Ns{0}, ms(400)));
}

TEST_F(StallFinderTest, ASlowDeviceDoesNotStall) {
    for (int i = 0; i < 20; ++i)
        add(300 + 10 * (i % 3));
    EXPECT_TRUE(found_.empty());
}

TEST_F(StallFinderTest, ManyBytesMayTakeLong) {
    for (int i = 0; i < 10; ++i)
        add(10, 1000);
    add(400, 40'000);
    EXPECT_TRUE(found_.empty()) << "the usual time for so many bytes";
    add(600, 1000);
    EXPECT_EQ(found_.size(), 1U);
}

TEST_F(StallFinderTest, ShortCallsNeverStall) {
    for (int i = 0; i < 10; ++i)
        finder_.add(Ns{i * 1000}, 10, Ns{100}, found_);
    add(49);
    EXPECT_TRUE(found_.empty());
    add(51);
    EXPECT_EQ(found_.size(), 1U);
}

TEST_F(StallFinderTest, AStallIsNotWhatIsUsual) {
    for (int i = 0; i < 10; ++i)
        add(10);
    for (int i = 0; i < 5; ++i)
        add(200);
    EXPECT_EQ(found_.size(), 5U);
}

} // namespace
} // namespace migscope::test
