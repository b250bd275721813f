// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings as traces: what a slice says, where it lies, and how many points a curve has.
#include <cerrno>
#include <map>

#include <gtest/gtest.h>

#include "core/transfer/json_text.h"
#include "core/transfer/recording_export.h"
#include "core/transfer/trace_writer.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

RecordingHeader header() {
    RecordingHeader header;
    header.hostName = "desk";
    header.devices.resize(2);
    header.devices[0].name = "0000:01:00.1";
    header.devices[1].name = "0000:01:00.2";
    return header;
}

Recording recordingOf(const RunBuilder& run, RecordingHeader header = test::header()) {
    return recorded({run}, std::move(header));
}

/// The events of the document as text; what stands before them as the first one.
std::vector<std::string> trace(const Recording& recording, std::size_t* longest = nullptr) {
    std::string text;
    const auto done = exportTrace(recording, [&](std::string_view piece) -> Result<void> {
        text += piece;
        if (longest != nullptr)
            *longest = std::max(*longest, piece.size());
        return {};
    });
    EXPECT_TRUE(done);
    const std::size_t at = text.find("\"traceEvents\":");
    EXPECT_NE(at, std::string::npos);
    std::vector<std::string> events{text.substr(0, at)};
    std::string_view rest = std::string_view(text).substr(at + 14);
    for (auto each = nextElement(rest); !each.empty(); each = nextElement(rest))
        events.emplace_back(each);
    return events;
}

std::string member(std::string_view event, std::string_view key) {
    return std::string(memberText(event, key));
}

std::string arg(std::string_view event, std::string_view key) {
    return std::string(memberText(memberText(event, "args"), key));
}

std::vector<std::string> with(const std::vector<std::string>& events, std::string_view key,
                              std::string_view value) {
    std::vector<std::string> found;
    for (const std::string& event : events) {
        if (memberText(event, key) == value)
            found.push_back(event);
    }
    return found;
}

std::string only(const std::vector<std::string>& events, std::string_view name) {
    const auto found = with(events, "name", name);
    EXPECT_EQ(found.size(), 1U) << name;
    return found.empty() ? "" : found.front();
}

TEST(TraceExport, ASliceLiesWhereItsCallDoes) {
    const auto events = trace(recordingOf(migration()));
    const std::string arc = only(events, "\"STOP → STOP_COPY\"");
    EXPECT_EQ(member(arc, "ts"), "112000.000");
    EXPECT_EQ(member(arc, "dur"), "8000.000");
    EXPECT_EQ(arg(arc, "goal"), "\"STOP_COPY\"");
    EXPECT_EQ(arg(arc, "state_after"), "\"STOP_COPY\"");
    EXPECT_EQ(arg(arc, "errno"), "");
    const auto run = with(events, "cat", "\"run\"");
    ASSERT_EQ(run.size(), 1U);
    EXPECT_EQ(member(run[0], "dur"), "210000.000");
    EXPECT_EQ(arg(run[0], "downtime_ns"), "93000000");
}

TEST(TraceExport, AStampThatMovesMovesItsOwnSlicesOnly) {
    RunBuilder late = migration();
    // The source's way back to STOP begins 1 ms and 1 ns later: no phase depends on it.
    for (Event& event : late.events) {
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body); arc && arc->from == State::StopCopy)
            arc->called += ms(1) - Ns{1};
    }
    const auto before = trace(recordingOf(migration()));
    const auto after = trace(recordingOf(late));
    ASSERT_EQ(before.size(), after.size());
    std::map<std::string, std::pair<std::string, std::string>> moved;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] != after[i])
            moved[member(after[i], "name")] = {member(after[i], "ts"), member(after[i], "dur")};
    }
    const std::map<std::string, std::pair<std::string, std::string>> wanted{
        {"\"STOP_COPY → STOP\"", {"200999.999", "0.001"}},
        {"\"STOP_COPY\"", {"120000.000", "80999.999"}}, // the band before it
    };
    EXPECT_EQ(moved, wanted);
}

TEST(TraceExport, PhasesTellTheReportsDurations) {
    const Recording recording = recordingOf(migration());
    const auto phases = with(trace(recording), "cat", "\"phase\"");
    const RunMetrics& run = recording.metrics().runs().at(0);
    ASSERT_EQ(phases.size(), 4U);
    for (std::size_t i = 0; i < phases.size(); ++i) {
        EXPECT_EQ(member(phases[i], "name"), "\"" + phaseWord(run.phases[i].name) + "\"");
        EXPECT_EQ(arg(phases[i], "duration_ns"), std::to_string(run.phases[i].duration->count()));
    }
    // 4 ms of the save's stretch are the destination's writes: they are load.
    EXPECT_EQ(member(phases[1], "dur"), "38000.000");
    EXPECT_EQ(arg(phases[1], "duration_ns"), "34000000");
}

TEST(TraceExport, WaitsOfTheCriticalPairLieInsideItsPhases) {
    RunBuilder run = migration();
    const Event end = run.events.back();
    run.events.pop_back();
    run.add(ms(112), 0, event::Wait{"stopped", ms(110), ms(112)});
    run.events.push_back(end);
    const Recording recording = recordingOf(run);
    const auto phases = with(trace(recording), "cat", "\"phase\"");
    const std::string wait = only(phases, "\"wait\"");
    EXPECT_EQ(member(wait, "ts"), "110000.000");
    EXPECT_EQ(member(wait, "dur"), "2000.000");
    EXPECT_EQ(phase(recording.metrics().runs().at(0).phases, PhaseName::Wait), ms(2));
    EXPECT_EQ(arg(only(phases, "\"stop\""), "duration_ns"), "10000000");
    EXPECT_EQ(member(only(phases, "\"stop\""), "dur"), "12000.000");
}

TEST(TraceExport, AFailureTellsItsErrnoByName) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.failedArc(0, State::Running, State::Stop, ms(1), ms(2), EBUSY, State::Running);
    const std::string arc = only(trace(recordingOf(run)), "\"RUNNING → STOP\"");
    EXPECT_EQ(arg(arc, "errno"), "\"EBUSY\"");
    EXPECT_EQ(member(arc, "cname"), "\"terrible\"");
}

TEST(TraceExport, StrangeNamesAreEscaped) {
    RecordingHeader strange = header();
    strange.simulated = true;
    strange.devices[0].name = "a\"\\\n\x01\x7f\xff]}";
    strange.devices[1].name = strange.devices[0].name;
    RunBuilder run = migration();
    run.add(ms(205), 0, event::Mark{"note \"\x02\xc3"});
    const auto events = trace(recordingOf(run, strange));
    EXPECT_EQ(arg(only(events, "\"process_name\""), "name"), "\"desk (simulated)\"");
    EXPECT_EQ(member(only(events, "\"note \\\"\\u0002\xEF\xBF\xBD\""), "s"), "\"t\"");
    const auto threads = with(events, "name", "\"thread_name\"");
    ASSERT_EQ(threads.size(), 5U);
    // Two devices of one name are told apart: their counters have nothing but it.
    EXPECT_EQ(arg(threads[1], "name"), "\"a\\\"\\\\\\n\\u0001\\u007f\xEF\xBF\xBD]} #0 state\"");
    EXPECT_EQ(arg(threads[3], "name"), "\"a\\\"\\\\\\n\\u0001\\u007f\xEF\xBF\xBD]} #1 state\"");
    for (const std::string& event : events)
        EXPECT_EQ(event.find_first_of("\x01\x02\x7f\xff"), std::string::npos) << event;
}

TEST(TraceExport, WhatIsUnderWayEndsWithTheRecordingAndIsMarked) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::Stop, ms(10), ms(20));
    event::ArcBegin begin;
    begin.from = State::Stop;
    begin.to = begin.goal = State::StopCopy;
    run.add(ms(30), 0, begin);
    run.add(ms(75), 0, event::Stuck{"SET", ms(30), "vfio"});
    const auto events = trace(recordingOf(run));
    const std::string arc = only(events, "\"STOP → STOP_COPY\"");
    EXPECT_EQ(member(arc, "ts"), "30000.000");
    EXPECT_EQ(member(arc, "dur"), "45000.000");
    EXPECT_EQ(arg(arc, "unfinished"), "true");
    EXPECT_EQ(arg(with(events, "cat", "\"run\"").at(0), "unfinished"), "true");
    EXPECT_EQ(member(with(events, "cat", "\"run\"").at(0), "dur"), "75000.000");
    EXPECT_EQ(arg(with(events, "name", "\"STOP\"").at(0), "unfinished"), "") << "the band ended at the call";
    EXPECT_EQ(arg(only(events, "\"process_labels\""), "labels"), "\"incomplete\"");
    EXPECT_EQ(arg(only(events, "\"stuck\""), "wchan"), "\"vfio\"");
}

TEST(TraceExport, LanesOfTheChartsInTheHeadersOrder) {
    const auto events = trace(recordingOf(migration(1, 0))); // heard of in another order
    std::map<int, std::string> names;
    std::map<std::string, std::string> byTid;
    for (const std::string& event : with(events, "name", "\"thread_name\""))
        byTid[member(event, "tid")] = arg(event, "name");
    for (const std::string& event : with(events, "name", "\"thread_sort_index\""))
        names[std::stoi(arg(event, "sort_index"))] = byTid[member(event, "tid")];
    std::vector<std::string> order;
    order.reserve(names.size());
    for (const auto& [place, name] : names)
        order.push_back(name);
    const std::vector<std::string> wanted{"\"runs\"", "\"0000:01:00.1 state\"", "\"0000:01:00.1 calls\"",
                                          "\"0000:01:00.2 state\"", "\"0000:01:00.2 calls\""};
    EXPECT_EQ(order, wanted);
}

TEST(TraceExport, ManySamplesAreDecimatedAndTheTotalIsExact) {
    constexpr std::size_t count = 5 * tracePointsPerStream + 7;
    event::Samples samples{1, {}, {}, {}, {}};
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        samples.time.emplace_back(static_cast<Ns::rep>(i) * 1000);
        samples.bytes.push_back(i % 13);
        samples.source.emplace_back(1);
        samples.destination.emplace_back(1);
        total += i % 13;
    }
    RunBuilder run;
    run.add(ms(200), 0, samples);
    std::size_t longest = 0;
    const auto events = trace(recordingOf(run), &longest);
    const auto moved = with(events, "name", "\"0000:01:00.1: stream 1 moved\"");
    EXPECT_LE(moved.size(), tracePointsPerStream + 1);
    EXPECT_GT(moved.size(), tracePointsPerStream / 2);
    EXPECT_EQ(arg(moved.back(), "bytes"), std::to_string(total));
    EXPECT_NE(events[0].find(fmt::format("\"stream\":1,\"samples\":{}", count)), std::string::npos);
    EXPECT_LT(longest, 1000U) << "goes out piece by piece";
}

TEST(TraceExport, FewSamplesAreAllThere) {
    const auto events = trace(recordingOf(migration()));
    const auto moved = with(events, "name", "\"0000:01:00.1: stream 1 moved\"");
    ASSERT_EQ(moved.size(), 3U);
    EXPECT_EQ(member(moved[1], "ts"), "138000.000");
    EXPECT_EQ(arg(moved[1], "bytes"), "2097152");
    EXPECT_NE(events[0].find("\"decimated\":[]"), std::string::npos);
    const auto rate = with(events, "name", "\"0000:01:00.1: stream 1 throughput\"");
    ASSERT_EQ(rate.size(), 3U);
    EXPECT_EQ(arg(rate[0], "bytes_per_second"), "116508444.4"); // 1 MiB in 9 ms, from where they began
    EXPECT_EQ(member(rate[0], "ts"), "129000.000");
    EXPECT_EQ(arg(rate[2], "bytes_per_second"), "0");
}

TEST(TraceExport, UnknownIsNeverZero) {
    RunBuilder run;
    run.add(ms(1), 0, event::Estimate{std::nullopt, ENOTTY});
    run.add(ms(2), 0, event::Precopy{~std::uint64_t{0}, 5, false});
    const auto events = trace(recordingOf(run));
    EXPECT_TRUE(with(events, "name", "\"0000:01:00.1: estimate\"").empty());
    // As a double: an integer reader would overflow.
    EXPECT_EQ(arg(only(events, "\"0000:01:00.1: initial_bytes\""), "bytes"), "18446744073709551616.0");
}

TEST(TraceRows, SlicesThatCrossGoToRowsOfTheirOwn) {
    const auto slice = [](int begin, int end) { return TraceSlice{Ns{begin}, Ns{end}, 0, 0, false}; };
    std::vector<TraceSlice> slices{slice(6, 12), slice(2, 4),   slice(0, 10),
                                   slice(0, 10), slice(10, 20), slice(11, 13)};
    const auto rows = nestRows(slices);
    std::vector<std::tuple<int, int, std::size_t>> placed;
    for (std::size_t i = 0; i < slices.size(); ++i)
        placed.emplace_back(slices[i].begin.count(), slices[i].end.count(), rows[i]);
    const std::vector<std::tuple<int, int, std::size_t>> wanted{{0, 10, 0}, {0, 10, 0},  {2, 4, 0},
                                                                {6, 12, 1}, {10, 20, 0}, {11, 13, 0}};
    EXPECT_EQ(placed, wanted);
}

TEST(TraceRows, MicrosecondsKeepEveryNanosecond) {
    EXPECT_EQ(TraceWriter::microseconds(Ns{1234567}), "1234.567");
    EXPECT_EQ(TraceWriter::microseconds(Ns{7}), "0.007");
    EXPECT_EQ(TraceWriter::microseconds(Ns{-7}), "0.000");
}

TEST(TraceExport, DmaLoggingIsSlicesAndACurveOfWhatWasWritten) {
    Recording recording(header());
    const auto add = [&](Ns at, event::Body body) {
        Event event;
        event.time = at;
        event.device = 1;
        event.body = std::move(body);
        recording.apply(std::move(event));
    };
    add(Ns{9'000}, event::DmaLog{event::DmaLog::Op::Start, {{0, 8192}}, 4096, Ns{4'000}, Ns{9'000}, 0, {}});
    add(Ns{20'000},
        event::DmaLog{event::DmaLog::Op::Report, {{0, 8192}}, 4096, Ns{15'000}, Ns{20'000}, EIO, {}});
    add(Ns{20'000}, event::Dirty{0, 4096, 2, {{1, 1}}, {}});
    const auto events = trace(recording);
    const std::string start = only(events, "\"DMA logging: start\"");
    EXPECT_EQ(member(start, "ts"), "4.000");
    EXPECT_EQ(member(start, "dur"), "5.000");
    EXPECT_EQ(arg(start, "bytes"), "8192");
    EXPECT_EQ(arg(only(events, "\"DMA logging: report\""), "errno"), "\"EIO\"");
    EXPECT_EQ(arg(only(events, "\"0000:01:00.2: pages written\""), "bytes"), "4096");
}

TEST(TraceExport, RoundsAndStallsAreSlicesOfTheirDevice) {
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.arc(0, State::Running, State::PreCopy, ms(1), ms(2));
    run.stream(0, 1, true, event::StreamWhat::Open, ms(2));
    for (int at = 1; at <= 8; ++at)
        run.sample(0, 1, ms(10 * at), 1000, ms(2), ms(1));
    run.sample(0, 1, ms(300), 1000, ms(200), ms(1));
    const auto events = trace(recordingOf(run));
    const std::string round = only(events, "\"pre-copy round 1\"");
    EXPECT_EQ(member(round, "ts"), "7000.000");
    EXPECT_EQ(member(round, "dur"), "293000.000");
    EXPECT_EQ(arg(round, "bytes"), "9000");
    const std::string stall = only(events, "\"read stalls\"");
    EXPECT_EQ(member(stall, "ts"), "99000.000");
    EXPECT_EQ(member(stall, "dur"), "200000.000");
    EXPECT_EQ(member(stall, "tid"), member(round, "tid"));
}

} // namespace
} // namespace migscope::test
