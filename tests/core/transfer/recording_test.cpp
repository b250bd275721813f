// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings as files and in memory.
#include <algorithm>

#include <gtest/gtest.h>

#include "core/transfer/recording_export.h"
#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

RecordingHeader header() {
    RecordingHeader header;
    header.simulated = true;
    header.devices.resize(2);
    header.devices[0].name = "0000:01:00.1";
    header.devices[1].name = "0000:01:00.2";
    return header;
}

std::vector<std::string> lines(const RunBuilder& run) {
    std::vector<std::string> all{headerLine(header())};
    for (const Event& event : run.events)
        all.push_back(eventLine(event));
    return all;
}

ExportSink into(std::string& text) {
    return [&text](std::string_view part) -> Result<void> {
        text += part;
        return {};
    };
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines)
        text += line + "\n";
    return text;
}

std::string summaryOf(const RunBuilder& run) {
    Recording recording(header());
    for (const Event& event : run.events)
        recording.apply(event);
    return summaryLine(recording);
}

std::shared_ptr<Recording> load(const std::string& text) {
    const Folder folder;
    writeAll(folder.file("r.migrec"), text);
    auto loaded = loadRecording(folder.file("r.migrec"));
    EXPECT_TRUE(loaded) << (loaded ? "" : describe(loaded.error()));
    return loaded ? *loaded : nullptr;
}

const RunMetrics& only(const Recording& recording) {
    return recording.metrics().runs().at(0);
}

/// Adds `by` to the number behind `key` in the one line that holds all of `marks`.
std::string moved(std::vector<std::string> lines, const std::vector<std::string>& marks,
                  const std::string& key, std::int64_t by) {
    int found = 0;
    for (std::string& line : lines) {
        if (!std::all_of(marks.begin(), marks.end(),
                         [&](const std::string& mark) { return line.find(mark) != std::string::npos; }))
            continue;
        ++found;
        const std::size_t at = line.find("\"" + key + "\":") + key.size() + 3;
        std::size_t length = 0;
        const std::int64_t value = std::stoll(line.substr(at), &length);
        line.replace(at, length, std::to_string(value + by));
    }
    EXPECT_EQ(found, 1) << marks.front();
    return joined(lines);
}

struct MovedStamp {
    const char* stamp;
    std::vector<std::string> marks;
    const char* key;
    Ns downtime, stop, save, load, resume; ///< what moves with +1 ms
};

class OneStampMoved : public testing::TestWithParam<MovedStamp> {};

TEST_P(OneStampMoved, MovesItsPhasesAndTheDowntimeByExactlyAsMuch) {
    const MovedStamp& expected = GetParam();
    const auto file = lines(migration());
    const RunMetrics before = only(*load(joined(file)));
    for (const int sign : {1, -1}) {
        const RunMetrics after = only(*load(moved(file, expected.marks, expected.key, sign * 1'000'000)));
        const auto change = [&](PhaseName name) {
            return *phase(after.phases, name) - *phase(before.phases, name);
        };
        EXPECT_EQ(*after.downtime - *before.downtime, sign * expected.downtime);
        EXPECT_EQ(change(PhaseName::Stop), sign * expected.stop);
        EXPECT_EQ(change(PhaseName::Save), sign * expected.save);
        EXPECT_EQ(change(PhaseName::Load), sign * expected.load);
        EXPECT_EQ(change(PhaseName::Resume), sign * expected.resume);
        EXPECT_EQ(sumOf(after.phases), *after.downtime);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Stamps, OneStampMoved,
    testing::Values(MovedStamp{"t0",
                               {"\"arc\"", "\"dev\":0", "\"from\":\"RUNNING\""},
                               "t_call_ns",
                               ms(-1),
                               ms(-1),
                               ms(0),
                               ms(0),
                               ms(0)},
                    MovedStamp{"t1",
                               {"\"arc\"", "\"dev\":0", "\"to\":\"STOP_COPY\""},
                               "t_call_ns",
                               ms(0),
                               ms(1),
                               ms(-1),
                               ms(0),
                               ms(0)},
                    MovedStamp{"t2", {"\"stream\"", "\"eof\""}, "t_ns", ms(0), ms(0), ms(1), ms(-1), ms(0)},
                    MovedStamp{"t3",
                               {"\"arc\"", "\"dev\":1", "\"from\":\"RESUMING\""},
                               "t_return_ns",
                               ms(0),
                               ms(0),
                               ms(0),
                               ms(1),
                               ms(-1)},
                    MovedStamp{"t4",
                               {"\"arc\"", "\"dev\":1", "\"to\":\"RUNNING\""},
                               "t_return_ns",
                               ms(1),
                               ms(0),
                               ms(0),
                               ms(0),
                               ms(1)}),
    [](const auto& stamp) { return stamp.param.stamp; });

TEST(LoadRecording, AWholeFileGivesWhatTheLiveRunGave) {
    const RunBuilder run = migration();
    auto all = lines(run);
    all.push_back(summaryOf(run));
    const auto loaded = load(joined(all));
    EXPECT_TRUE(loaded->complete);
    EXPECT_TRUE(loaded->notes.empty()) << loaded->notes.front();
    EXPECT_EQ(only(*loaded).downtime, ms(93));
    EXPECT_EQ(only(*loaded).stateBytes, 3U << 20U);
    EXPECT_EQ(loaded->samples().at(1).size(), 3U);
}

TEST(LoadRecording, ASummaryThatDiffersFromTheEventsIsSaid) {
    const RunBuilder run = migration();
    auto all = lines(run);
    std::string summary = summaryOf(run);
    const std::string number = "\"downtime_ns\":93000000";
    summary.replace(summary.rfind(number), number.size(), "\"downtime_ns\":92000000");
    all.push_back(summary);
    const auto loaded = load(joined(all));
    ASSERT_EQ(loaded->notes.size(), 1U);
    EXPECT_NE(loaded->notes[0].find("downtime_ns is 92000000 in the file's summary, 93000000 by its events"),
              std::string::npos)
        << loaded->notes[0];
    EXPECT_EQ(only(*loaded).downtime, ms(93));
}

TEST(LoadRecording, KeysThatOnlyOneSideHasAreNoDifference) {
    const RunBuilder run = migration();
    auto all = lines(run);
    std::string summary = summaryOf(run);
    summary.insert(1, "\"newer\":1,");
    all.push_back(summary);
    EXPECT_TRUE(load(joined(all))->notes.empty());
}

TEST(LoadRecording, CutAtEveryByteItLoadsToItsLastWholeLineAndIsNotOk) {
    const RunBuilder run = migration();
    auto all = lines(run);
    all.push_back(summaryOf(run));
    const std::string text = joined(all);
    const Folder folder;
    const std::size_t headerEnd = all.front().size();
    for (std::size_t length = headerEnd + 1; length < text.size() - 1; length += 7) {
        writeAll(folder.file("cut"), text.substr(0, length));
        const auto loaded = loadRecording(folder.file("cut"));
        ASSERT_TRUE(loaded) << length << describe(loaded.error());
        EXPECT_FALSE((*loaded)->complete);
        EXPECT_EQ((*loaded)->notes.size(), 1U);
        EXPECT_NE(reportJson(**loaded).find("\"outcome\":\"failed\",\"incomplete\":true"), std::string::npos);
    }
    writeAll(folder.file("cut"), text.substr(0, headerEnd / 2));
    EXPECT_FALSE(loadRecording(folder.file("cut")));
    writeAll(folder.file("cut"), "");
    EXPECT_TRUE(loadRecording(folder.file("cut")).error().is(Errc::Incomplete));
}

TEST(LoadRecording, OnlyAMissingLastNewlineIsNoDamage) {
    const RunBuilder run = migration();
    auto all = lines(run);
    all.push_back(summaryOf(run));
    std::string text = joined(all);
    text.pop_back();
    EXPECT_TRUE(load(text)->complete);
}

TEST(LoadRecording, ADamagedLineInTheMiddleIsNamed) {
    auto all = lines(migration());
    all[4] = "{\"kind\":\"arc\"}";
    const Folder folder;
    writeAll(folder.file("bad"), joined(all));
    const auto loaded = loadRecording(folder.file("bad"));
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(loaded.error().is(Errc::Damaged));
    EXPECT_EQ(loaded.error().where, folder.file("bad") + ":5");
}

TEST(LoadRecording, AMissingFileKeepsItsErrno) {
    const auto loaded = loadRecording("/nowhere/at/all.migrec");
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(loaded.error().isErrno(ENOENT));
    EXPECT_TRUE(loadRecording("/").error().isErrno(EISDIR));
}

TEST(LoadRecording, ProgressCanCancel) {
    const Folder folder;
    writeAll(folder.file("r"), joined(lines(migration())));
    std::uint64_t total = 0;
    const auto loaded = loadRecording(folder.file("r"), [&](std::uint64_t, std::uint64_t all) {
        total = all;
        return false;
    });
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(loaded.error().is(Errc::Cancelled));
    EXPECT_EQ(total, std::filesystem::file_size(folder.file("r")));
}

event::Samples manySamples(std::size_t count) {
    event::Samples samples;
    for (std::size_t i = 0; i < count; ++i) {
        samples.time.push_back(Ns{static_cast<std::int64_t>(i) * 10});
        samples.bytes.push_back((i * 7919) % 1000);
        samples.source.push_back(Ns{1});
        samples.destination.push_back(Ns{2});
    }
    return samples;
}

TEST(SampleColumns, BucketsCoverTheRangeExactly) {
    SampleColumns columns;
    const auto all = manySamples(10'007);
    columns.append(all);
    EXPECT_EQ(columns.size(), 10'007U);
    for (const std::size_t want : {1U, 7U, 100U, 2000U, 20000U}) {
        for (const auto& [low, high] :
             {std::pair<std::size_t, std::size_t>{0, 10'007}, {3, 9'990}, {5'000, 5'040}}) {
            const auto buckets = columns.buckets(all.time[low], all.time[high - 1], want);
            std::uint64_t sum = 0;
            std::uint64_t largest = 0;
            std::uint64_t smallest = ~std::uint64_t{0};
            Ns source{0};
            for (const auto& bucket : buckets) {
                sum += bucket.sumBytes;
                source += bucket.source;
                largest = std::max(largest, bucket.maxBytes);
                smallest = std::min(smallest, bucket.minBytes);
            }
            const auto begin = all.bytes.begin() + static_cast<std::ptrdiff_t>(low);
            const auto end = all.bytes.begin() + static_cast<std::ptrdiff_t>(high);
            std::uint64_t expected = 0;
            std::for_each(begin, end, [&](std::uint64_t bytes) { expected += bytes; });
            EXPECT_EQ(sum, expected) << want;
            EXPECT_EQ(source, Ns{static_cast<std::int64_t>(high - low)});
            EXPECT_EQ(largest, *std::max_element(begin, end));
            EXPECT_EQ(smallest, *std::min_element(begin, end));
            EXPECT_EQ(buckets.front().begin, all.time[low]);
            EXPECT_EQ(buckets.back().end, all.time[high - 1]);
            EXPECT_LE(buckets.size(), want + 2);
        }
    }
    EXPECT_TRUE(columns.buckets(Ns{-5}, Ns{-1}, 10).empty());
}

TEST(SampleColumns, AppendingInPiecesIsTheSameAsAtOnce) {
    SampleColumns whole;
    SampleColumns pieces;
    whole.append(manySamples(1000));
    for (std::size_t i = 0; i < 1000; ++i) {
        const auto all = manySamples(1000);
        pieces.append({1, {all.time[i]}, {all.bytes[i]}, {all.source[i]}, {all.destination[i]}});
    }
    const auto a = whole.buckets(Ns{0}, Ns{10000}, 40);
    const auto b = pieces.buckets(Ns{0}, Ns{10000}, 40);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].sumBytes, b[i].sumBytes);
        EXPECT_EQ(a[i].maxBytes, b[i].maxBytes);
    }
}

TEST(Export, CsvHasARowForEverySampleAndEventInTheOrderOfTime) {
    const auto recording = load(joined(lines(migration())));
    std::string csv;
    ASSERT_TRUE(exportCsv(*recording, into(csv)));
    EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')),
              2 + migration().events.size());
    EXPECT_NE(csv.find("\n0,header,,,,,,,,,,,,,,SIMULATED\n"), std::string::npos);
    const std::size_t eof = csv.find("save eof");
    EXPECT_LT(csv.find("129000000,sample,0,1,1,1048576,2000000,1000000,"), eof);
    std::size_t columns = 0;
    std::size_t at = 0;
    while (at < csv.size()) { // no cell of this recording needs quotes
        const std::size_t end = csv.find('\n', at);
        const auto commas =
            static_cast<std::size_t>(std::count(csv.begin() + static_cast<std::ptrdiff_t>(at),
                                                csv.begin() + static_cast<std::ptrdiff_t>(end), ','));
        columns = columns == 0 ? commas : columns;
        EXPECT_EQ(commas, columns) << csv.substr(at, end - at);
        at = end + 1;
    }
}

TEST(Export, CsvQuotesForeignText) {
    Recording recording(header());
    Event event;
    event.body = event::Mark{"a,\"b\"\nc"};
    recording.apply(event);
    std::string csv;
    ASSERT_TRUE(exportCsv(recording, into(csv)));
    EXPECT_NE(csv.find("\"a,\"\"b\"\"\nc\""), std::string::npos) << csv;
}

TEST(Export, JsonHoldsHeaderReportEventsAndSamples) {
    const auto recording = load(joined(lines(migration())));
    std::string json;
    ASSERT_TRUE(exportJson(*recording, into(json)));
    json.erase(std::remove(json.begin(), json.end(), '\n'), json.end());
    // One valid document: taken as a line of an unknown kind it passes the parser.
    json.insert(1, "\"kind\":\"x\",\"t_ns\":0,");
    EXPECT_TRUE(parseRecordingLine(json, false, "x"));
    EXPECT_NE(json.find("\"samples\":[{\"stream\":1,\"dev\":0,\"run\":1,\"t_ns\":[129000000,"),
              std::string::npos);
}

} // namespace
} // namespace migscope::test
