// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report, for machines and for people.
#include <gtest/gtest.h>

#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

Recording recordingOf(const std::vector<RunBuilder>& runs) {
    RecordingHeader header = twoDevices("0000:01:00.1", "0000:01:00.2");
    header.simulated = true;
    Recording recording = recorded(runs, std::move(header));
    recording.complete = true;
    return recording;
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

RunBuilder failed(int number) {
    RunBuilder run(number);
    run.begin(PlanKind::Migrate, {{0, 1}});
    run.end(RunOutcome::Failed, ms(5), {{0, State::Running}, {1, std::nullopt}});
    return run;
}

TEST(ReportJson, HasTheKeysThatOthersRelyOn) {
    const std::string json = reportJson(recordingOf({migration()}));
    for (
        const char* part :
        {R"("schema":"migscope.report/1")", R"("simulated":true)", R"("workload":"none")",
         R"("outcome":"ok")", R"("summary":{"count":1,"min_ns":93000000,)",
         R"("downtime_ns":93000000,"downtime_error_ns":2000000,"blackout_ns":null)",
         R"("phases":[{"name":"stop","duration_ns":12000000},{"name":"save","duration_ns":34000000},{"name":"load","duration_ns":44000000},{"name":"resume","duration_ns":3000000}])",
         R"("state_bytes":3145728)", R"("role":"source","final_state":"STOP")",
         R"("name":"0000:01:00.2","role":"destination","final_state":"RUNNING")", R"("incomplete":false)",
         R"("notes":[])", R"("lost_samples":0)"})
        EXPECT_TRUE(holds(json, part)) << part << "\n" << json;
    EXPECT_EQ(json.find('\n'), std::string::npos);
}

TEST(ReportJson, WhatIsUnknownIsNullAndNeverZero) {
    const std::string json = reportJson(recordingOf({failed(1)}));
    EXPECT_TRUE(holds(json, R"("downtime_ns":null,"downtime_error_ns":null,"blackout_ns":null)")) << json;
    EXPECT_TRUE(holds(json, R"("state_bytes":null)"));
    EXPECT_FALSE(holds(json, R"("state_bytes":0)"));
    EXPECT_TRUE(holds(json, R"("role":"destination","final_state":null)"));
    EXPECT_TRUE(holds(json, R"("p50_ns":null)"));
}

TEST(ReportJson, TheOutcomeIsTheWorstOfTheRuns) {
    RunBuilder second = failed(2);
    EXPECT_TRUE(
        holds(reportJson(recordingOf({migration(), second})), R"("workload":"none","outcome":"failed")"));
}

TEST(ReportJson, ARunThatDidNotEndIsNotOk) {
    RunBuilder run = migration();
    run.events.pop_back();
    const std::string json = reportJson(recordingOf({run}));
    EXPECT_TRUE(holds(json, R"("workload":"none","outcome":"failed")"));
    EXPECT_TRUE(holds(json, "the recording ends before the run does"));
}

TEST(ReportText, BeginsWithTheVerdict) {
    const std::string text = reportText(recordingOf({migration()}));
    EXPECT_EQ(text.substr(0, text.find('\n')), "downtime 93.0 ms ± 2.0 · load is 47 %") << text;
    EXPECT_TRUE(holds(text, "SIMULATED · workload: idle function"));
    EXPECT_TRUE(holds(text, "0000:01:00.1 -> 0000:01:00.2"));
    EXPECT_TRUE(holds(text, "3.0 MiB"));
}

TEST(ReportText, SaysWhatIsIncompleteAndWhy) {
    Recording recording = recordingOf({failed(1)});
    recording.complete = false;
    recording.notes.emplace_back("cut off in line 7");
    const std::string text = reportText(recording);
    EXPECT_TRUE(holds(text, "failed · no downtime measured"));
    EXPECT_TRUE(holds(text, "INCOMPLETE"));
    EXPECT_TRUE(holds(text, "note: cut off in line 7"));
    EXPECT_TRUE(holds(text, "why: why"));
    EXPECT_TRUE(holds(text, "ended unknown"));
}

TEST(ReportText, ForeignTextCannotDriveTheTerminal) {
    RecordingHeader header;
    header.devices.resize(2);
    header.devices[0].name = "\x1b[31mred";
    Recording recording(header);
    for (const Event& event : migration().events)
        recording.apply(event);
    EXPECT_FALSE(holds(reportText(recording), "\x1b"));
}

TEST(ReportText, SeveralRunsGivePercentiles) {
    std::vector<RunBuilder> runs;
    for (int i = 1; i <= 3; ++i) {
        RunBuilder run = migration();
        for (Event& event : run.events)
            event.run = i;
        runs.push_back(run);
    }
    runs.push_back(failed(4));
    const std::string text = reportText(recordingOf(runs));
    EXPECT_TRUE(holds(text, "downtime over 3 of 4 runs: p50 93.0 ms")) << text;
    EXPECT_TRUE(holds(text, "run 4: failed"));
}

/// Run `number` of the same pair; `bytes` in each of its three samples, none for 0.
RunBuilder repeated(int number, std::uint64_t bytes) {
    RunBuilder run = migration(0, 1, static_cast<std::uint32_t>(number * 10));
    std::erase_if(run.events, [&](const Event& event) {
        return bytes == 0 && std::holds_alternative<event::Samples>(event.body);
    });
    for (Event& event : run.events) {
        event.run = number;
        if (auto* samples = std::get_if<event::Samples>(&event.body))
            samples->bytes = {bytes};
    }
    return run;
}

TEST(Report, ARunThatMovedNothingAfterOneThatDidIsNamed) {
    const Recording recording = recordingOf({repeated(1, 1U << 20U), repeated(2, 5), repeated(3, 0)});
    const std::string text = reportText(recording);
    EXPECT_TRUE(
        holds(text, "NO STATE: run 3 moved 0 bytes, run 1 moved 3.0 MiB: 0000:01:00.1 gave no state\n"))
        << text;
    EXPECT_FALSE(holds(text, "run 2 moved 0 bytes"));
    const std::string json = reportJson(recording);
    EXPECT_TRUE(holds(json,
                      R"("empty_repeats":[{"device":"0000:01:00.1","run":3,"first_run":1,"stream":null,)"
                      R"("first_stream":null,"first_state_bytes":3145728,)"))
        << json;
}

TEST(Report, RunsThatAllMoveTheirStateAreNotNamed) {
    for (const auto& runs :
         {std::vector{repeated(1, 9), repeated(2, 1)}, std::vector{repeated(1, 0), repeated(2, 0)},
          std::vector{repeated(1, 0), repeated(2, 9)}}) {
        const Recording recording = recordingOf(runs);
        EXPECT_FALSE(holds(reportText(recording), "NO STATE"));
        EXPECT_TRUE(holds(reportJson(recording), R"("empty_repeats":[])"));
    }
}

TEST(Report, ARunThatFailedOrHasNotEndedExplainsItself) {
    RunBuilder second = repeated(2, 0);
    std::get<event::RunEnd>(second.events.back().body).outcome = RunOutcome::Cancelled;
    EXPECT_FALSE(holds(reportText(recordingOf({repeated(1, 9), second})), "NO STATE"));
    second.events.pop_back();
    EXPECT_FALSE(holds(reportText(recordingOf({repeated(1, 9), second})), "NO STATE"));
}

TEST(Report, AnotherDeviceWithoutStateIsNoRepeat) {
    RunBuilder second = migration(1, 0, 20);
    std::erase_if(second.events,
                  [](const Event& event) { return std::holds_alternative<event::Samples>(event.body); });
    for (Event& event : second.events)
        event.run = 2;
    EXPECT_FALSE(holds(reportText(recordingOf({repeated(1, 9), second})), "NO STATE"));
}

TEST(Report, StreamsDrivenByHandAreComparedWhenTheyWereReadToTheEnd) {
    for (const auto& [bytes, what, named] :
         {std::tuple{0U, event::StreamWhat::Eof, true}, std::tuple{7U, event::StreamWhat::Eof, false},
          std::tuple{0U, event::StreamWhat::Close, false}}) {
        RunBuilder hand;
        hand.stream(0, 4, true, event::StreamWhat::Open, ms(1));
        hand.sample(0, 4, ms(2), 100, ms(1), ms(0));
        hand.stream(0, 4, true, event::StreamWhat::Eof, ms(3));
        hand.stream(0, 4, true, event::StreamWhat::Eof, ms(4)); // asked once more
        hand.stream(0, 5, true, event::StreamWhat::Open, ms(5));
        if (bytes > 0)
            hand.sample(0, 5, ms(6), bytes, ms(1), ms(0));
        hand.stream(0, 5, true, what, ms(7));
        for (Event& event : hand.events)
            event.run.reset();
        const Recording recording = recordingOf({hand});
        EXPECT_EQ(holds(reportText(recording), "NO STATE: stream 5 moved 0 bytes, stream 4 moved 100 B"),
                  named)
            << reportText(recording);
        EXPECT_EQ(holds(reportJson(recording), R"("run":null,"first_run":null,"stream":5,"first_stream":4,)"),
                  named);
    }
}

} // namespace
} // namespace migscope::test
