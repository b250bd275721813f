// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder's thread and its journal.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <thread>

#include <gtest/gtest.h>

#include "core/base/unique_fd.h"
#include "core/transfer/recorder.h"
#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

/// Waits in real time for what another thread does.
template<class Condition>
bool eventually(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition())
            return true;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

std::unique_ptr<Recorder> started(Clock& clock, const Recorder::Options& options) {
    auto recorder = Recorder::start(clock, makeHeader(clock, true, {}), options);
    EXPECT_TRUE(recorder) << (recorder ? "" : describe(recorder.error()));
    return recorder ? std::move(*recorder) : nullptr;
}

/// The builder's times are relative; the engine's are the clock's own.
void replay(const RunBuilder& run, EventSink& sink, Ns t0) {
    for (Event event : run.events) {
        event.time += t0;
        if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            arc->called += t0;
            arc->returned += t0;
        } else if (auto* samples = std::get_if<event::Samples>(&event.body)) {
            for (Ns& time : samples->time)
                time += t0;
        }
        sink.push(std::move(event));
    }
}

TEST(Recorder, TheJournalLoadsBackAsTheRunThatWasRecorded) {
    const Folder folder;
    VirtualClock clock;
    auto recorder = started(clock, {folder.file("r.migrec"), -1, true});
    replay(migration(), recorder->sink(), clock.now());
    const auto live = recorder->finish();
    ASSERT_TRUE(live) << describe(live.error());
    const auto loaded = loadRecording(folder.file("r.migrec"));
    ASSERT_TRUE(loaded) << describe(loaded.error());
    EXPECT_TRUE((*loaded)->complete);
    EXPECT_TRUE((*loaded)->notes.empty()) << (*loaded)->notes.front();
    EXPECT_EQ((*loaded)->metrics().runs().at(0).downtime, ms(93));
    EXPECT_EQ(reportJson(**loaded), reportJson(**live));
    struct stat facts{};
    ASSERT_EQ(::stat(folder.file("r.migrec").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(Recorder, SamplesAreBatchedAndStayOnTheirSideOfAnArc) {
    const Folder folder;
    SteadyClock clock;
    auto recorder = started(clock, {folder.file("r"), -1, true});
    RunBuilder run = migration();
    replay(run, recorder->sink(), clock.now());
    ASSERT_TRUE(recorder->finish());
    const std::string text = readAll(folder.file("r"));
    const std::size_t samples = text.find("\"kind\":\"samples\"");
    EXPECT_NE(samples, std::string::npos);
    EXPECT_LT(samples, text.find("\"event\":\"eof\""));
    EXPECT_GT(samples, text.find("\"to\":\"STOP_COPY\""));
}

TEST(Recorder, AnExistingFileIsNeverTouched) {
    const Folder folder;
    writeAll(folder.file("r"), "precious");
    SteadyClock clock;
    const auto recorder = Recorder::start(clock, makeHeader(clock, true, {}), {folder.file("r"), -1, true});
    ASSERT_FALSE(recorder);
    EXPECT_TRUE(recorder.error().isErrno(EEXIST));
    EXPECT_EQ(readAll(folder.file("r")), "precious");
}

TEST(Recorder, TheJournalIsOnDiskWithinItsFlush) {
    const Folder folder;
    SteadyClock clock;
    auto recorder = started(clock, {folder.file("r"), -1, true});
    Event begin;
    begin.device = 0;
    begin.body = event::ArcBegin{State::Running, State::Stop, State::Stop, false, 0};
    recorder->sink().push(begin);
    EXPECT_TRUE(eventually([&] { return readAll(folder.file("r")).find("arc-begin") != std::string::npos; }));
    EXPECT_EQ(readAll(folder.file("r")).find("summary"), std::string::npos);
}

TEST(Recorder, TheRecorderNeitherDrivesNorHoldsAVirtualClock) {
    VirtualClock clock;
    Clock::Member member(clock);
    member.adopt();
    const Ns start = clock.now();
    auto recorder = started(clock, {});
    Event event;
    event.body = event::Mark{"x"};
    recorder->sink().push(event);
    std::this_thread::sleep_for(20ms);
    EXPECT_EQ(clock.now(), start) << "its flush must not move time";
    Sleeper sleeper(clock);
    EXPECT_TRUE(sleeper.sleepUntil(start + 10s));
    EXPECT_EQ(clock.now(), start + 10s);
}

TEST(Recorder, ACallThatDoesNotReturnIsSaidFromTwoSecondsOnEachSecond) {
    const Folder folder;
    VirtualClock clock;
    Clock::Member held(clock); // time moves only by hand
    auto recorder = started(clock, {folder.file("r"), -1, true});
    Event begin;
    begin.device = 3;
    begin.run = 1;
    begin.body = event::ArcBegin{State::Stop, State::StopCopy, State::StopCopy, false, ::syscall(SYS_gettid)};
    recorder->sink().push(begin);
    const auto stuck = [&] {
        int count = 0;
        recorder->look([&](const Recording& recording) {
            for (const Event& event : recording.events())
                count += std::holds_alternative<event::Stuck>(event.body) ? 1 : 0;
        });
        return count;
    };
    const auto seen = [&] {
        bool any = false;
        recorder->look([&](const Recording& recording) { any = !recording.events().empty(); });
        return any;
    };
    ASSERT_TRUE(eventually(seen));
    clock.advance(1999ms);
    std::this_thread::sleep_for(5ms);
    EXPECT_EQ(stuck(), 0);
    clock.advance(1ms);
    ASSERT_TRUE(eventually([&] { return stuck() == 1; }));
    clock.advance(1s);
    ASSERT_TRUE(eventually([&] { return stuck() == 2; }));
    Event end;
    end.device = 3;
    end.run = 1;
    end.body = event::ArcEnd{};
    recorder->sink().push(end);
    ASSERT_TRUE(eventually([&] {
        std::size_t size = 0;
        recorder->look([&](const Recording& recording) { size = recording.events().size(); });
        return size == 4;
    }));
    clock.advance(10s);
    std::this_thread::sleep_for(5ms);
    EXPECT_EQ(stuck(), 2);
    ASSERT_TRUE(recorder->finish());
    EXPECT_NE(
        readAll(folder.file("r"))
            .find(R"("kind":"stuck","t_ns":2000000000,"dev":3,"run":1,"call":"SET STOP_COPY","since_ns":0)"),
        std::string::npos)
        << readAll(folder.file("r"));
}

TEST(Recorder, SinceGivesEachEventOnceSamplesToo) {
    SteadyClock clock;
    auto recorder = started(clock, {});
    std::size_t cursor = 0;
    replay(migration(), recorder->sink(), clock.now());
    ASSERT_TRUE(recorder->finish());
    const auto events = recorder->since(cursor);
    std::uint64_t bytes = 0;
    for (const Event& event : events) {
        if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
            EXPECT_EQ(event.run, 1);
            for (const std::uint64_t each : samples->bytes)
                bytes += each;
        }
    }
    EXPECT_EQ(bytes, 3U << 20U);
    EXPECT_TRUE(recorder->since(cursor).empty());
    MetricsFold fold;
    for (const Event& event : events)
        fold.apply(event);
    EXPECT_EQ(fold.runs().at(0).downtime, ms(93)) << "in an order that folds";
}

TEST(Recorder, WithoutMemoryTheMetricsAreStillThere) {
    const Folder folder;
    SteadyClock clock;
    auto recorder = started(clock, {folder.file("r"), -1, false});
    replay(migration(), recorder->sink(), clock.now());
    const auto recording = recorder->finish();
    ASSERT_TRUE(recording);
    EXPECT_TRUE((*recording)->events().empty());
    EXPECT_EQ((*recording)->metrics().runs().at(0).downtime, ms(93));
    EXPECT_TRUE(loadRecording(folder.file("r")).value()->notes.empty());
}

TEST(Recorder, FinishingTwiceGivesTheSame) {
    SteadyClock clock;
    auto recorder = started(clock, {});
    const auto first = recorder->finish();
    const auto second = recorder->finish();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->get(), second->get());
    EXPECT_TRUE((*first)->complete);
}

TEST(Recorder, AReaderThatWentAwayIsSaidAndTheRunGoesOn) {
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    UniqueFd read(ends[0]);
    const UniqueFd write(ends[1]);
    SteadyClock clock;
    auto recorder = started(clock, {"", write.get(), true});
    read.reset();
    Event event;
    event.body = event::Mark{"x"};
    recorder->sink().push(event);
    ASSERT_TRUE(eventually([&] { return recorder->writeError().has_value(); }));
    EXPECT_TRUE(recorder->writeError()->isErrno(EPIPE));
    recorder->sink().push(event);
    const auto finished = recorder->finish();
    ASSERT_FALSE(finished);
    EXPECT_TRUE(finished.error().isErrno(EPIPE));
    recorder->look([](const Recording& recording) {
        EXPECT_EQ(recording.events().size(), 2U);
        EXPECT_FALSE(recording.complete);
    });
}

TEST(Recorder, ABorrowedDescriptorStaysOpen) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd read(ends[0]);
    const UniqueFd write(ends[1]);
    SteadyClock clock;
    auto recorder = started(clock, {"", write.get(), true});
    ASSERT_TRUE(recorder->finish());
    EXPECT_NE(::fcntl(write.get(), F_GETFD), -1);
    std::string text(4096, '\0');
    text.resize(static_cast<std::size_t>(::read(read.get(), text.data(), text.size())));
    EXPECT_NE(text.find("migscope.recording/1"), std::string::npos);
}

TEST(Recorder, AFullDiskIsSaid) {
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(full.valid());
    SteadyClock clock;
    const auto recorder = Recorder::start(clock, makeHeader(clock, true, {}), {"", full.get(), true});
    ASSERT_FALSE(recorder);
    EXPECT_TRUE(recorder.error().isErrno(ENOSPC));
}

TEST(Header, TellsTheMachineAndTheClock) {
    VirtualClock clock(5s);
    RecordedDevice device;
    device.name = "x";
    const RecordingHeader header = makeHeader(clock, true, {device});
    EXPECT_EQ(header.t0, Ns(5s));
    EXPECT_FALSE(header.hostName.empty());
    EXPECT_FALSE(header.kernel.empty());
    EXPECT_EQ(header.bootId.size(), 36U);
    EXPECT_FALSE(header.tool.empty());
    EXPECT_GT(header.realtime, Ns(24h * 365 * 50));
    const auto back = parseRecordingLine(headerLine(header), true, "x");
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<RecordingHeader>(*back).bootId, header.bootId);
    EXPECT_FALSE(std::get<RecordingHeader>(*back).emulated) << "said only where it is so";
}

TEST(Header, KeepsThatItsMachineIsEmulatedAndWhatItIsAbout) {
    VirtualClock clock(5s);
    RecordingHeader header = makeHeader(clock, false, {});
    header.emulated = true;
    header.about = "what \"it\" shows";
    const std::string line = headerLine(header);
    const auto back = parseRecordingLine(line, true, "x");
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::get<RecordingHeader>(*back).emulated);
    EXPECT_EQ(std::get<RecordingHeader>(*back).about, header.about);
    EXPECT_EQ(headerLine(std::get<RecordingHeader>(*back)), line)
        << "neither is an unknown key beside itself";
}

} // namespace
} // namespace migscope::test
