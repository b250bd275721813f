// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings written anew: from memory, and as copies of files.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "core/base/unique_fd.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/recording_save.h"
#include "tests/core/transfer/recording_lines.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

LookAtRecording lookAt(const Recording& recording) {
    return [&recording](const auto& see) { see(recording); };
}

/// All times zero but the order kept, as on a clock that does not move.
std::vector<Event> withoutTime(std::vector<Event> events) {
    for (Event& event : events) {
        event.time = Ns{0};
        if (auto* samples = std::get_if<event::Samples>(&event.body))
            std::fill(samples->time.begin(), samples->time.end(), Ns{0});
        else if (auto* arc = std::get_if<event::ArcEnd>(&event.body))
            arc->called = arc->returned = Ns{0};
    }
    return events;
}

TEST(SaveRecording, WhatIsWrittenFromMemoryLoadsToTheSameNumbers) {
    for (const bool time : {true, false}) {
        const std::vector<Event> events = time ? migration().events : withoutTime(migration().events);
        Recording recording(header());
        for (const Event& event : events)
            recording.apply(event);
        recording.complete = true;
        const Folder folder;
        ASSERT_TRUE(saveRecording(lookAt(recording), folder.file("saved.migrec")));
        const auto loaded = loadRecording(folder.file("saved.migrec"));
        ASSERT_TRUE(loaded);
        EXPECT_TRUE((*loaded)->complete);
        EXPECT_TRUE((*loaded)->notes.empty());
        EXPECT_EQ(summaryLine(**loaded), summaryLine(recording));
    }
}

TEST(SaveRecording, ManySamplesOfTwoStreamsKeepTheirPlaces) {
    Recording recording(header());
    RunBuilder run;
    for (int step = 0; step < 40; ++step) {
        for (std::uint32_t stream : {1U, 2U}) {
            event::Samples samples{stream, {}, {}, {}, {}};
            for (int i = 0; i < 700; ++i) {
                samples.time.emplace_back(step * 1000 + i);
                samples.bytes.push_back(static_cast<std::uint64_t>(step + i));
                samples.source.emplace_back(1);
                samples.destination.emplace_back(2);
            }
            run.add(Ns{step * 1000 + 699}, 0, samples);
        }
        run.add(Ns{step * 1000}, 0, event::Mark{std::to_string(step)});
    }
    for (const Event& event : run.events)
        recording.apply(event);
    const Folder folder;
    std::uint64_t last = 0;
    ASSERT_TRUE(saveRecording(lookAt(recording), folder.file("s"), [&](std::uint64_t done, std::uint64_t of) {
        EXPECT_EQ(of, 40U + 40U * 2U * 700U);
        last = done;
        return true;
    }));
    EXPECT_EQ(last, 40U + 40U * 2U * 700U);
    const auto loaded = loadRecording(folder.file("s"));
    ASSERT_TRUE(loaded);
    EXPECT_FALSE((*loaded)->complete) << "it was not complete in memory either";
    ASSERT_EQ((*loaded)->events().size(), 40U);
    for (const std::uint32_t stream : {1U, 2U}) {
        const SampleColumns& ours = recording.samples().at(stream);
        const SampleColumns& theirs = (*loaded)->samples().at(stream);
        ASSERT_EQ(theirs.size(), ours.size());
        EXPECT_EQ(theirs.totalBytes(), ours.totalBytes());
        ASSERT_EQ(theirs.places.size(), ours.places.size());
        for (std::size_t i = 0; i < ours.places.size(); ++i) {
            EXPECT_EQ(theirs.places[i].event, ours.places[i].event);
            EXPECT_EQ(theirs.places[i].sample, ours.places[i].sample);
        }
    }
}

TEST(SaveRecording, TheBytesOfAFileAreCopiedUnchangedOrUpToTheirLastWholeLine) {
    const Folder folder;
    const std::string text = joined(linesOf(migration().events)) + "{\"half";
    writeAll(folder.file("from"), text);
    const UniqueFd from(::open(folder.file("from").c_str(), O_RDONLY | O_CLOEXEC));
    writeAll(folder.file("to"), "what stood there");
    ASSERT_TRUE(saveRecordingFile(from.get(), false, folder.file("to")));
    EXPECT_EQ(readAll(folder.file("to")), text);
    ASSERT_TRUE(saveRecordingFile(from.get(), true, folder.file("to")));
    EXPECT_EQ(readAll(folder.file("to")), text.substr(0, text.size() - 6));
}

TEST(SaveRecording, WhatCannotBeSavedLeavesWhatStoodThereAndKeepsTheErrno) {
    const Folder folder;
    Recording recording(header());
    for (const Event& event : migration().events)
        recording.apply(event);
    const auto count = [&] {
        return std::distance(std::filesystem::directory_iterator(folder.file("")),
                             std::filesystem::directory_iterator());
    };
    writeAll(folder.file("to"), "kept");
    const auto cancelled =
        saveRecording(lookAt(recording), folder.file("to"), [](auto, auto) { return false; });
    ASSERT_FALSE(cancelled);
    EXPECT_TRUE(cancelled.error().is(Errc::Cancelled));
    EXPECT_EQ(cancelled.error().where, folder.file("to"));
    EXPECT_EQ(readAll(folder.file("to")), "kept");
    EXPECT_EQ(count(), 1) << "no half file is left";
    EXPECT_TRUE(saveRecording(lookAt(recording), folder.file("no/such/x")).error().isErrno(ENOENT));
    EXPECT_TRUE(saveRecording(lookAt(recording), folder.file("")).error().is(Errc::InvalidArgument));
    EXPECT_TRUE(saveRecording(lookAt(recording), "/dev/full").error().is(Errc::InvalidArgument));
    const UniqueFd self(::open(folder.file("to").c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(saveRecordingFile(self.get(), false, folder.file("to")).error().is(Errc::Refused));
    const auto full = writeRecording(lookAt(recording), [](std::string_view) -> Result<void> {
        return failErrno(ENOSPC, "save recording", "x");
    });
    EXPECT_TRUE(full.error().isErrno(ENOSPC));
}

} // namespace
} // namespace migscope::test
