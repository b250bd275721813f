// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Marks put into files, and stretches cut out of recordings.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/transfer/recording_edit.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/recording_save.h"
#include "tests/core/transfer/recording_lines.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

std::shared_ptr<Recording> wholeOf(const RunBuilder& run, bool complete = true) {
    auto recording = std::make_shared<Recording>(recorded({run}));
    recording->complete = complete;
    return recording;
}

std::string textOf(const Recording& recording) {
    std::string text;
    EXPECT_TRUE(writeRecording([&](const auto& see) { see(recording); },
                               [&](std::string_view part) -> Result<void> {
                                   text += part;
                                   return {};
                               }));
    return text;
}

TEST(RecordingEdit, aMarkStandsBeforeTheSummaryAndNothingElseChanges) {
    const Folder folder;
    const std::string path = folder.file("run.migrec");
    const std::string before = textOf(*wholeOf(migration()));
    writeAll(path, before);
    ASSERT_TRUE(addMark(path, ms(42), "slow \"here\""));
    const std::string after = readAll(path);
    const std::size_t mark = after.find("\"mark\"");
    ASSERT_NE(mark, std::string::npos);
    const std::size_t begin = after.rfind('\n', mark) + 1;
    const std::size_t end = after.find('\n', mark) + 1;
    EXPECT_EQ(after.substr(0, begin) + after.substr(end), before);
    EXPECT_EQ(after.substr(end).find("{\"kind\":\"summary\""), 0U) << "the summary stays the last line";
    const auto loaded = loadRecording(path);
    ASSERT_TRUE(loaded);
    EXPECT_TRUE((*loaded)->complete);
    EXPECT_TRUE((*loaded)->notes.empty()) << (*loaded)->notes.front();
    ASSERT_EQ((*loaded)->charts().marks().size(), 1U);
    EXPECT_EQ((*loaded)->charts().marks().front().time, ms(42));
    const Event& event = (*loaded)->events()[(*loaded)->charts().marks().front().event];
    EXPECT_EQ(std::get<event::Mark>(event.body).text, "slow \"here\"");
    EXPECT_EQ(event.source, "user");
    EXPECT_EQ((*loaded)->metrics().runs().front().downtime, ms(93));
}

TEST(RecordingEdit, aMarkInACutOffFileStandsBehindItsLastWholeLine) {
    const Folder folder;
    const std::string path = folder.file("cut.migrec");
    const std::string whole = textOf(*wholeOf(migration(), false));
    writeAll(path, whole + "{\"kind\":\"arc-b");
    ASSERT_TRUE(addMark(path, ms(1), "x"));
    const std::string after = readAll(path);
    EXPECT_EQ(after.substr(0, whole.size()), whole);
    EXPECT_EQ(std::count(after.begin() + static_cast<std::ptrdiff_t>(whole.size()), after.end(), '\n'), 1);
    EXPECT_TRUE(loadRecording(path));
}

TEST(RecordingEdit, whatIsNoRecordingStaysAsItIs) {
    const Folder folder;
    const std::string path = folder.file("notes.txt");
    writeAll(path, "hello\nworld\n");
    const auto refused = addMark(path, ms(1), "x");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Damaged));
    EXPECT_EQ(readAll(path), "hello\nworld\n");
    EXPECT_EQ(addMark(folder.file("missing"), ms(1), "x").error().code.value(), ENOENT);
}

TEST(RecordingEdit, aCutAroundAWholeRunKeepsItsFigures) {
    const auto recording = wholeOf(migration());
    const auto cut = cutRecording(*recording, Ns{0}, ms(500), "run.migrec");
    EXPECT_TRUE(cut->complete);
    ASSERT_EQ(cut->metrics().runs().size(), 1U);
    EXPECT_EQ(cut->metrics().runs().front().downtime, recording->metrics().runs().front().downtime);
    EXPECT_EQ(cut->metrics().runs().front().stateBytes, 3U << 20U);
    EXPECT_EQ(cut->samples().at(1).size(), 3U);
}

TEST(RecordingEdit, aCutInsideARunKnowsItsBeginningAndClaimsNoFigure) {
    const auto recording = wholeOf(migration());
    // From within STOP_COPY to within the loading.
    const auto cut = cutRecording(*recording, ms(130), ms(170), "run.migrec");
    EXPECT_FALSE(cut->complete);
    ASSERT_EQ(cut->metrics().runs().size(), 1U);
    EXPECT_FALSE(cut->metrics().runs().front().outcome);
    EXPECT_FALSE(cut->metrics().runs().front().downtime);
    const LaneBand* source = bandAt(cut->charts().devices().at(0), ms(140));
    ASSERT_NE(source, nullptr) << "what the device stood in at the begin is known";
    EXPECT_EQ(source->state, State::StopCopy);
    EXPECT_EQ(cut->samples().at(1).size(), 2U) << "138 and 147 ms";
    EXPECT_EQ(cut->samples().at(1).totalBytes(), 2U << 20U);
    const auto& marks = cut->charts().marks();
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_NE(std::get<event::Mark>(cut->events()[marks.front().event].body).text.find("run.migrec"),
              std::string::npos);
    // It can be written and read again.
    const Folder folder;
    writeAll(folder.file("cut.migrec"), textOf(*cut));
    const auto loaded = loadRecording(folder.file("cut.migrec"));
    ASSERT_TRUE(loaded);
    EXPECT_EQ((*loaded)->events().size(), cut->events().size());
}

TEST(RecordingEdit, aRunThatBeganBeforeHasNoEnd) {
    const auto recording = wholeOf(migration());
    const auto cut = cutRecording(*recording, ms(150), ms(500), "run.migrec");
    ASSERT_EQ(cut->metrics().runs().size(), 1U);
    EXPECT_FALSE(cut->metrics().runs().front().outcome) << "half a run is no run that ended";
    EXPECT_FALSE(cut->complete);
}

} // namespace
} // namespace migscope::test
