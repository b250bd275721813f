// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are being written.
#include <sys/stat.h>

#include <cerrno>
#include <random>

#include <gtest/gtest.h>

#include "core/transfer/journal_file.h"
#include "core/transfer/recorder.h"
#include "core/transfer/recording_follow.h"
#include "core/transfer/recording_io.h"
#include "tests/core/transfer/recording_lines.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

void append(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::app) << text;
}

/// What a view would show of it.
std::string numbers(const RecordingFollower& follower) {
    std::string text;
    follower.look([&](const Recording& recording) { text = summaryLine(recording); });
    return text;
}

std::vector<std::string> notes(const RecordingFollower& follower) {
    std::vector<std::string> found;
    follower.look([&](const Recording& recording) { found = recording.notes; });
    return found;
}

bool complete(const RecordingFollower& follower) {
    bool is = false;
    follower.look([&](const Recording& recording) { is = recording.complete; });
    return is;
}

std::unique_ptr<RecordingFollower> follow(const std::string& path) {
    auto opened = RecordingFollower::open(path);
    EXPECT_TRUE(opened) << (opened ? "" : describe(opened.error()));
    return opened ? std::move(*opened) : nullptr;
}

bool news(RecordingFollower& follower) {
    const auto polled = follower.poll();
    EXPECT_TRUE(polled);
    return polled && *polled;
}

TEST(RecordingFollower, FedInAnyPiecesItHasAtEachWholeLineTheNumbersOfItsEvents) {
    std::vector<Event> events = migration().events;
    const std::vector<Event> more = migration(1, 0, 7).events;
    for (Event event : more) {
        event.run = 2;
        events.push_back(event);
    }
    const std::vector<std::string> lines = linesOf(events);
    const std::string text = joined(lines);
    for (const unsigned seed : {1U, 2U, 3U}) {
        std::mt19937 random(seed);
        const Folder folder;
        const std::string path = folder.file("grows.migrec");
        writeAll(path, "");
        const auto follower = follow(path);
        EXPECT_FALSE(follower->hasHeader());
        Recording expected(header());
        std::size_t whole = 0; // lines, of those that are written
        std::size_t wholeEnd = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t piece = std::min<std::size_t>(
                text.size() - at, std::uniform_int_distribution<std::size_t>(1, 1 + 90 * seed)(random));
            append(path, text.substr(at, piece));
            at += piece;
            while (whole < lines.size() && wholeEnd + lines[whole].size() < at) {
                if (whole > 0 && whole <= events.size())
                    expected.apply(events[whole - 1]);
                wholeEnd += lines[whole].size() + 1;
                ++whole;
            }
            (void)news(*follower);
            ASSERT_EQ(follower->hasHeader(), whole > 0);
            if (whole > 0 && whole < lines.size()) {
                ASSERT_EQ(numbers(*follower), summaryLine(expected)) << "at byte " << at;
            }
        }
        EXPECT_EQ(follower->state(), FollowState::Ended);
        EXPECT_TRUE(complete(*follower));
        EXPECT_TRUE(notes(*follower).empty());
        const auto loaded = loadRecording(path);
        ASSERT_TRUE(loaded);
        EXPECT_EQ(numbers(*follower), summaryLine(**loaded));
        EXPECT_EQ(numbers(*follower), lines.back());
    }
}

TEST(RecordingFollower, HalfALineWaitsAndIsNoNews) {
    const Folder folder;
    const std::string path = folder.file("r.migrec");
    const auto lines = linesOf(migration().events);
    writeAll(path, lines[0] + "\n" + lines[1].substr(0, 10));
    const auto follower = follow(path);
    EXPECT_FALSE(news(*follower));
    append(path, lines[1].substr(10));
    EXPECT_FALSE(news(*follower));
    append(path, "\n");
    EXPECT_TRUE(news(*follower));
    EXPECT_EQ(follower->state(), FollowState::Growing);
    EXPECT_TRUE(notes(*follower).empty()) << "it grows: nothing is cut off";
    EXPECT_FALSE(complete(*follower));
}

TEST(RecordingFollower, ASummaryWithoutItsNewlineIsTheEnd) {
    const Folder folder;
    std::string text = joined(linesOf(migration().events));
    text.pop_back();
    writeAll(folder.file("r.migrec"), text);
    const auto follower = follow(folder.file("r.migrec"));
    EXPECT_EQ(follower->state(), FollowState::Ended);
    EXPECT_TRUE(complete(*follower));
}

TEST(RecordingFollower, ADamagedLineEndsItAndWhatWasGoodStays) {
    const Folder folder;
    const std::string path = folder.file("r.migrec");
    const auto lines = linesOf(migration().events);
    writeAll(path, lines[0] + "\n" + lines[1] + "\n");
    const auto follower = follow(path);
    append(path, lines[2] + "\n{\"kind\":\n" + lines[3] + "\n");
    EXPECT_TRUE(news(*follower));
    EXPECT_EQ(follower->state(), FollowState::Damaged);
    ASSERT_TRUE(follower->error());
    EXPECT_TRUE(follower->error()->is(Errc::Damaged));
    EXPECT_EQ(follower->error()->where, path + ":4");
    follower->look([&](const Recording& recording) { EXPECT_EQ(recording.events().size(), 2U); });
    ASSERT_EQ(notes(*follower).size(), 1U);
    EXPECT_NE(notes(*follower)[0].find("shown up to line 3"), std::string::npos) << notes(*follower)[0];
    append(path, lines[4] + "\n");
    EXPECT_FALSE(news(*follower)) << "nothing behind a damaged line is trusted";
}

TEST(RecordingFollower, AFileThatIsNoRecordingIsAnErrorWithItsPlace) {
    const Folder folder;
    writeAll(folder.file("x"), "hello\n");
    const auto opened = RecordingFollower::open(folder.file("x"));
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().is(Errc::Damaged));
    EXPECT_EQ(opened.error().where, folder.file("x") + ":1");
    EXPECT_TRUE(RecordingFollower::open(folder.file("none")).error().isErrno(ENOENT));
}

TEST(RecordingFollower, ShorterReplacedOrRemovedIsSaidAndEndsTheReading) {
    const auto lines = linesOf(migration().events);
    const std::string good = lines[0] + "\n" + lines[1] + "\n";
    const auto after = [&](const std::function<void(const std::string&)>& change) {
        const Folder folder;
        const std::string path = folder.file("r.migrec");
        writeAll(path, good);
        auto follower = follow(path);
        EXPECT_TRUE(follower->unchanged());
        change(path);
        EXPECT_FALSE(follower->unchanged());
        EXPECT_TRUE(news(*follower));
        EXPECT_EQ(follower->state(), FollowState::Replaced);
        follower->look([&](const Recording& recording) {
            EXPECT_EQ(recording.events().size(), 1U);
            EXPECT_FALSE(recording.complete);
            EXPECT_EQ(recording.notes.size(), 1U);
        });
        return follower->error().value_or(Error{}).detail;
    };
    EXPECT_EQ(after([&](const std::string& path) { writeAll(path, lines[0] + "\n"); }),
              "it became shorter than what was read of it");
    EXPECT_EQ(after([](const std::string& path) { std::filesystem::remove(path); }), "it was removed");
    EXPECT_EQ(after([&](const std::string& path) {
                  writeAll(path + ".new", good + lines[2] + "\n");
                  std::filesystem::rename(path + ".new", path);
              }),
              "another file stands in its place");
}

TEST(RecordingFollower, DirectoriesDevicesAndPipesAreRefusedInWords) {
    const Folder folder;
    const auto refused = [](const std::string& path) {
        const auto opened = RecordingFollower::open(path);
        EXPECT_FALSE(opened);
        EXPECT_TRUE(opened.error().is(Errc::InvalidArgument)) << path;
        return opened.error().detail;
    };
    ASSERT_EQ(::mkfifo(folder.file("fifo").c_str(), 0600), 0);
    EXPECT_EQ(refused(folder.file("")), "it is a directory");
    EXPECT_EQ(refused("/dev/null"), "it is a device");
    EXPECT_NE(refused(folder.file("fifo")).find("pipe"), std::string::npos);
}

TEST(RecordingFollower, ACancelledReadingGoesOnWhereItStood) {
    const Folder folder;
    const std::string path = folder.file("r.migrec");
    std::vector<Event> events = migration().events;
    std::string text = headerLine(header()) + "\n";
    for (int round = 0; round < 400; ++round) {
        for (const Event& event : events)
            text += eventLine(event) + "\n";
    }
    ASSERT_GT(text.size(), 600U << 10U);
    writeAll(path, headerLine(header()) + "\n");
    const auto follower = follow(path);
    writeAll(path, text);
    int calls = 0;
    const auto cancelled = follower->poll([&](std::uint64_t read, std::uint64_t total) {
        EXPECT_EQ(total, text.size());
        EXPECT_LE(read, total);
        return ++calls < 2;
    });
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(Errc::Cancelled));
    EXPECT_EQ(calls, 2);
    EXPECT_LT(follower->bytesRead(), text.size());
    EXPECT_TRUE(news(*follower));
    EXPECT_EQ(follower->bytesRead(), text.size());
    EXPECT_FALSE(RecordingFollower::open(path, [](auto, auto) { return false; }));
}

TEST(RecordingFollower, OneThatNobodyWritesSaysHowItEndsUntilMoreComes) {
    const Folder folder;
    const std::string path = folder.file("r.migrec");
    const auto lines = linesOf(migration().events);
    writeAll(path, lines[0] + "\n" + lines[1] + "\n" + lines[2].substr(0, 9));
    const auto follower = follow(path);
    EXPECT_FALSE(follower->held());
    follower->settle();
    ASSERT_EQ(notes(*follower).size(), 1U);
    EXPECT_EQ(notes(*follower)[0], "cut off in line 3: shown up to line 2, the last whole one");
    EXPECT_FALSE(news(*follower));
    EXPECT_EQ(notes(*follower).size(), 1U);
    append(path, lines[2].substr(9) + "\n");
    EXPECT_TRUE(news(*follower));
    EXPECT_TRUE(notes(*follower).empty());
}

TEST(JournalLock, IsHeldAsLongAsTheRecorderWrites) {
    const Folder folder;
    SteadyClock clock;
    Recorder::Options options;
    options.path = folder.file("held.migrec");
    auto recorder = Recorder::start(clock, header(), options);
    ASSERT_TRUE(recorder);
    const auto follower = follow(options.path);
    ASSERT_NE(follower, nullptr);
    EXPECT_TRUE(follower->held());
    EXPECT_TRUE(follower->held()) << "asking takes nothing";
    Event mark;
    mark.time = clock.now();
    mark.body = event::Mark{"here"};
    (*recorder)->sink().push(mark);
    ASSERT_TRUE((*recorder)->finish());
    EXPECT_FALSE(follower->held());
    EXPECT_TRUE(news(*follower));
    EXPECT_EQ(follower->state(), FollowState::Ended);
    follower->look([](const Recording& recording) { EXPECT_EQ(recording.events().size(), 1U); });
}

} // namespace
} // namespace migscope::test
