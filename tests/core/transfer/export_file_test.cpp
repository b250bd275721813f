// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Exports as files, and looking into a saved state without reading all of it.
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

#include "core/transfer/image_bytes.h"
#include "core/transfer/image_file.h"
#include "core/transfer/recording_export.h"
#include "tests/core/transfer/recording_lines.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

std::shared_ptr<Recording> migrated() {
    auto recording = std::make_shared<Recording>(header());
    for (const Event& event : migration().events)
        recording->apply(event);
    recording->complete = true;
    return recording;
}

LookAtRecording lookAt(const Recording& recording) {
    return [&recording](const auto& see) { see(recording); };
}

std::size_t filesIn(const Folder& folder) {
    const std::filesystem::directory_iterator all(folder.file(""));
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(ExportFile, HoldsWhatAnExportOfTheRecordingItselfGives) {
    const auto recording = migrated();
    const Folder folder;
    for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::Json, ExportFormat::Trace}) {
        std::string direct;
        const ExportSink out = [&](std::string_view text) -> Result<void> {
            direct += text;
            return {};
        };
        ASSERT_TRUE(format == ExportFormat::Csv    ? exportCsv(*recording, out)
                    : format == ExportFormat::Json ? exportJson(*recording, out)
                                                   : exportTrace(*recording, out));
        const std::string path = folder.file(exportFormatWord(format));
        ASSERT_TRUE(exportRecording(lookAt(*recording), format, path));
        EXPECT_EQ(readAll(path), direct) << exportFormatWord(format);
        EXPECT_NE(direct.find(format == ExportFormat::Csv ? "SIMULATED" : "\"simulated\":true"),
                  std::string::npos)
            << exportFormatWord(format);
    }
}

TEST(ExportFile, WhatIsSaidOfTheRecordingStaysSaid) {
    const auto recording = migrated();
    recording->complete = false;
    recording->notes = {"cut off after line 9"};
    const Folder folder;
    ASSERT_TRUE(exportRecording(lookAt(*recording), ExportFormat::Trace, folder.file("x")));
    const std::string text = readAll(folder.file("x"));
    EXPECT_NE(text.find("\"notes\":[\"cut off after line 9\"]"), std::string::npos);
    EXPECT_NE(text.find("\"complete\":false"), std::string::npos);
}

TEST(ExportFile, OfManyEventsTellsHowFarItIsAndLeavesNothingWhenCancelled) {
    Recording recording(header());
    for (int i = 0; i < 30'000; ++i) {
        Event event;
        event.time = Ns{i};
        event.body = event::Mark{"a mark of some length, so that there are several blocks"};
        recording.apply(event);
    }
    const Folder folder;
    std::vector<double> shares;
    ASSERT_TRUE(exportRecording(lookAt(recording), ExportFormat::Csv, folder.file("whole"),
                                [&](std::uint64_t done, std::uint64_t total) {
                                    shares.push_back(static_cast<double>(done) / static_cast<double>(total));
                                    return true;
                                }));
    ASSERT_GT(shares.size(), 10U);
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_LT(shares.front(), 0.2);
    EXPECT_GT(shares.back(), 0.95);
    EXPECT_LE(shares.back(), 1.0);
    writeAll(folder.file("old"), "what stood there");
    for (const double when : {0.1, 0.8}) { // while it is copied, and while it is written
        for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::Json, ExportFormat::Trace}) {
            const auto cancelled = exportRecording(
                lookAt(recording), format, folder.file("old"), [&](std::uint64_t done, std::uint64_t total) {
                    return static_cast<double>(done) < when * static_cast<double>(total);
                });
            ASSERT_FALSE(cancelled) << when << exportFormatWord(format);
            EXPECT_TRUE(cancelled.error().is(Errc::Cancelled));
            EXPECT_EQ(cancelled.error().where, folder.file("old"));
            EXPECT_EQ(readAll(folder.file("old")), "what stood there");
            EXPECT_EQ(filesIn(folder), 2U) << "no half file is left";
        }
    }
}

TEST(ExportFile, KeepsTheErrnoOfAPlaceThatCannotBeWritten) {
    const auto recording = migrated();
    const auto nowhere = exportRecording(lookAt(*recording), ExportFormat::Csv, "/does/not/exist/x");
    ASSERT_FALSE(nowhere);
    EXPECT_TRUE(nowhere.error().isErrno(ENOENT));
    EXPECT_TRUE(exportRecording(lookAt(*recording), ExportFormat::Csv, "/dev/full")
                    .error()
                    .is(Errc::InvalidArgument));
    // A sink that fails ends it at once, and its error is the export's.
    for (auto* make : {exportCsv, exportJson, exportTrace}) {
        int calls = 0;
        const auto full = make(*recording, [&](std::string_view) -> Result<void> {
            ++calls;
            return failErrno(ENOSPC, "write", "x");
        });
        ASSERT_FALSE(full);
        EXPECT_TRUE(full.error().isErrno(ENOSPC));
        EXPECT_EQ(calls, 1);
    }
}

std::string patternOf(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>((i * 131) >> 3U);
    return text;
}

std::string textAt(const ImageBytes& bytes, std::uint64_t offset, std::size_t count) {
    const auto read = bytes.read(offset, count);
    EXPECT_TRUE(read);
    return read ? std::string(reinterpret_cast<const char*>(read->data()), read->size()) : "?";
}

TEST(ImageBytes, AnyBytesOfAContainerOverTheEndsOfItsChunks) {
    const Folder folder;
    const std::string content = patternOf(2'500'000);
    auto writer = ImageWriter::create(folder.file("s"), {}, false, false);
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->append(std::as_bytes(std::span(content))));
    ASSERT_TRUE((*writer)->finish());
    const auto bytes = ImageBytes::open(folder.file("s"));
    ASSERT_TRUE(bytes);
    EXPECT_EQ((*bytes)->size(), content.size());
    for (const std::size_t at : {std::size_t{0}, std::size_t{1'048'570}, std::size_t{2'097'151}})
        EXPECT_EQ(textAt(**bytes, at, 100), content.substr(at, 100)) << at;
    EXPECT_EQ(textAt(**bytes, 1'000'000, 1'200'000), content.substr(1'000'000, 1'200'000));
    EXPECT_EQ(textAt(**bytes, 2'499'990, 100), content.substr(2'499'990)) << "fewer at the end";
    EXPECT_EQ(textAt(**bytes, 2'500'000, 100), "");
    EXPECT_EQ(textAt(**bytes, ~0ULL, 100), "");
}

TEST(ImageBytes, OfABareStreamAndOfWhatIsNone) {
    const Folder folder;
    writeAll(folder.file("bare"), "0123456789");
    const auto bare = ImageBytes::open(folder.file("bare"));
    ASSERT_TRUE(bare);
    EXPECT_EQ(textAt(**bare, 3, 4), "3456");
    writeAll(folder.file("bare"), "0123");
    const auto changed = (*bare)->read(3, 4);
    ASSERT_FALSE(changed) << "what is shown must be what was compared";
    EXPECT_TRUE(changed.error().is(Errc::Incomplete));
    EXPECT_TRUE(ImageBytes::open(folder.file("gone")).error().isErrno(ENOENT));
    EXPECT_TRUE(ImageBytes::open("/dev/zero").error().is(Errc::InvalidArgument));
    EXPECT_TRUE(ImageBytes::open("/").error().is(Errc::InvalidArgument));
    // A container whose end is missing, and one whose chunk claims what cannot be.
    auto writer = ImageWriter::create(folder.file("s"), {}, false, false);
    const std::string content = patternOf(5000);
    ASSERT_TRUE(writer && (*writer)->append(std::as_bytes(std::span(content))) && (*writer)->finish());
    const std::string whole = readAll(folder.file("s"));
    writeAll(folder.file("cut"), whole.substr(0, whole.size() - 45));
    EXPECT_TRUE(ImageBytes::open(folder.file("cut")).error().is(Errc::Incomplete));
    std::string claims = whole;
    claims[whole.find("MSTCHUNK") + 14] = '\x7f';
    writeAll(folder.file("claims"), claims);
    EXPECT_TRUE(ImageBytes::open(folder.file("claims")).error().is(Errc::Damaged));
}

TEST(ImageReader, TellsHowFarItHasVerifiedAndCanBeStopped) {
    const Folder folder;
    auto writer = ImageWriter::create(folder.file("s"), {}, false, false);
    const std::string content = patternOf(5'000'000);
    ASSERT_TRUE(writer && (*writer)->append(std::as_bytes(std::span(content))) && (*writer)->finish());
    std::vector<std::uint64_t> seen;
    ASSERT_TRUE(ImageReader::open(folder.file("s"), [&](std::uint64_t done, std::uint64_t total) {
        EXPECT_EQ(total, std::filesystem::file_size(folder.file("s")));
        seen.push_back(done);
        return true;
    }));
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    const auto stopped =
        ImageReader::open(folder.file("s"), [](std::uint64_t, std::uint64_t) { return false; });
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().is(Errc::Cancelled));
}

} // namespace
} // namespace migscope::test
