// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of recordings, written and read back.
#include <cerrno>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

Event parsed(const std::string& line) {
    auto result = parseRecordingLine(line, false, "file:2");
    EXPECT_TRUE(result) << line << (result ? "" : describe(result.error()));
    if (!result || !std::holds_alternative<Event>(*result))
        return {};
    return std::get<Event>(*result);
}

std::string rewritten(const std::string& line) {
    return eventLine(parsed(line));
}

std::string complaint(const std::string& line, bool first = false) {
    const auto result = parseRecordingLine(line, first, "file:2");
    EXPECT_FALSE(result) << line;
    return result ? "" : describe(result.error());
}

constexpr const char* headerText =
    R"({"schema":"migscope.recording/1","simulated":true,"tool":"0.1.0",)"
    R"("host":{"name":"desk","kernel":"6.12","boot_id":"b"},)"
    R"("clock":{"id":"CLOCK_MONOTONIC","t0_ns":5,"realtime_ns":1700000000000000000,"boottime_ns":7,"resolution_ns":1},)"
    R"("devices":[{"i":0,"name":"0000:01:00.1","driver":"mlx5_vfio_pci","pci_id":"15b3:101e","group":4,)"
    R"("access":"cdev","flags":7,"workload":"none"}],"plan":null,"detail":"arcs"})";

class EveryKind : public testing::TestWithParam<const char*> {};

TEST_P(EveryKind, IsWrittenBackUnchanged) {
    const std::string line = GetParam();
    const Event event = parsed(line);
    EXPECT_FALSE(std::holds_alternative<event::Unknown>(event.body)) << "a kind that we know";
    EXPECT_EQ(eventLine(event), line);
}

INSTANTIATE_TEST_SUITE_P(
    Events, EveryKind,
    testing::Values(
        R"({"kind":"run-begin","t_ns":1,"run":1,"plan":{"kind":"migrate","mode":"pre-copy","pairs":[{"source":0,"destination":1},{"source":2,"destination":null}],"runs":3,"downtime_limit_ns":5,"max_rounds":6,"max_time_ns":7,"on_no_convergence":"give-up","load_then_run":false}})",
        R"({"kind":"run-end","t_ns":1,"run":1,"outcome":"cancelled","states":{"0":"RUNNING","1":null},"reason":"user"})",
        R"({"kind":"arc-begin","t_ns":1,"dev":0,"run":1,"from":"RUNNING","to":"PRE_COPY_P2P","goal":"STOP_COPY","thread":77})",
        R"({"kind":"arc","t_ns":9,"dev":0,"run":1,"from":"RUNNING","to":"STOP_COPY","goal":"STOP_COPY","combined":true,"t_call_ns":1,"t_return_ns":9,"errno":0,"stream":3,"state_after":"STOP_COPY"})",
        R"({"kind":"arc","t_ns":9,"dev":0,"from":"STOP","to":"STOP_COPY","goal":"STOP_COPY","t_call_ns":1,"t_return_ns":9,"errno":5,"error":"protocol-violation","stream":null,"state_after":null})",
        R"({"kind":"stream","t_ns":1,"dev":1,"host":2,"src":"user","stream":4,"dir":"load","event":"eof","bytes":12,"errno":0})",
        R"({"kind":"samples","dev":0,"run":1,"stream":1,"t_ns":[1,2],"bytes":[3,4],"source_ns":[5,6],"destination_ns":[7,8]})",
        R"({"kind":"precopy","t_ns":1,"dev":0,"initial_bytes":1,"dirty_bytes":2,"reinit":true})",
        R"({"kind":"precopy","t_ns":1,"dev":0,"initial_bytes":null,"dirty_bytes":null,"reinit":false,"raw":{"initial_bytes":"0x20000000000000","dirty_bytes":"0xffffffffffffffff"}})",
        R"({"kind":"estimate","t_ns":1,"dev":0,"stop_copy_bytes":null,"errno":25})",
        R"({"kind":"estimate","t_ns":1,"dev":0,"stop_copy_bytes":9007199254740991,"errno":0})",
        R"({"kind":"estimate","t_ns":1,"dev":0,"stop_copy_bytes":null,"errno":0,"raw":"0x20000000000000"})",
        R"({"kind":"state","t_ns":1,"dev":0,"believed":"RUNNING","found":null})",
        R"({"kind":"reset","t_ns":1,"dev":0,"outcome":"busy","attempts":3,"t_call_ns":1,"t_return_ns":2,"errno":11,"state_after":"ERROR"})",
        R"({"kind":"call","t_ns":1,"dev":0,"op":"FEATURE","in":"00ff","out":"","errno":0,"t_call_ns":1,"t_return_ns":2})",
        R"({"kind":"wait","t_ns":1,"dev":0,"barrier":"p2p","t_from_ns":1,"t_to_ns":2})",
        R"({"kind":"asked-back","t_ns":1,"dev":0,"by":"remove"})",
        R"({"kind":"stuck","t_ns":1,"dev":0,"call":"SET STOP","since_ns":1,"wchan":"mlx5vf_cmd"})",
        R"({"kind":"mark","t_ns":1,"text":"say \"hi\"\n\\ ü"})",
        R"({"kind":"lost","t_ns":1,"count":4,"what":"samples merged"})",
        R"({"kind":"kernel-log","t_ns":1,"dev":0,"src":"kernel","prio":11,"seq":77,"text":"vfio-pci 0000:01:00.1: \u0007","t_printk_us":12})",
        R"({"kind":"kernel-log","t_ns":1,"src":"kernel","prio":6,"seq":null,"text":"","t_printk_us":0,"raw":"0xffffffffffffffff","cpu":1.50})",
        R"({"kind":"dirty","t_ns":1,"dev":0,"iova":4294967296,"page_bytes":4096,"pages":512,"runs":[[0,3],[7,1]]})",
        R"({"kind":"dirty","t_ns":1,"dev":0,"iova":null,"page_bytes":4096,"pages":512,"runs":[],"dirty_pages":9,"raw":"0xffff000000000000"})",
        R"({"kind":"dma-log","t_ns":9,"dev":0,"op":"start","ranges":[{"iova":0,"length_bytes":4096},{"iova":null,"length_bytes":8192,"raw":"0xffff000000000000"}],"page_bytes":4096,"t_call_ns":1,"t_return_ns":9,"errno":0})",
        R"({"kind":"dma-log","t_ns":9,"dev":0,"op":"report","ranges":[{"iova":0,"length_bytes":4096}],"page_bytes":4096,"t_call_ns":1,"t_return_ns":9,"errno":5})",
        R"({"kind":"dma-log","t_ns":9,"dev":0,"op":"stop","ranges":[],"page_bytes":0,"t_call_ns":1,"t_return_ns":9,"errno":0,"error":"protocol-violation"})"));

TEST(RecordingLine, ALineOfTheKernelsLogHasItsSeverityAndItsAuthor) {
    const auto read = [](const char* prio) {
        return std::get<event::KernelLog>(
            parsed(
                std::string(R"({"kind":"kernel-log","t_ns":5,"seq":1,"text":"x","t_printk_us":7,"prio":)") +
                prio + "}")
                .body);
    };
    EXPECT_EQ(read("3").printkUs, 7);
    EXPECT_TRUE(read("3").isError());
    EXPECT_TRUE(read("0").isError());
    EXPECT_FALSE(read("4").isError());
    EXPECT_TRUE(read("7").fromKernel());
    EXPECT_TRUE(read("11").isError()) << "facility 1, severity 3";
    EXPECT_FALSE(read("11").fromKernel());
    EXPECT_NE(complaint(R"({"kind":"kernel-log","t_ns":5,"seq":1,"text":"x","prio":3})").find("t_printk_us"),
              std::string::npos);
}

TEST(RecordingLine, DirtyPagesOutsideWhatWasLookedAtAreDamage) {
    const auto dirty = [](const char* pages, const char* runs) {
        return fmt::format(R"({{"kind":"dirty","t_ns":1,"iova":0,"page_bytes":{},"runs":{}}})", pages, runs);
    };
    for (const char* runs : {"[[0,9]]", "[[8,1]]", "[[1,1],[0,1]]", "[[0,2],[1,1]]", "[[0,0]]", "[[0]]",
                             "[[-1,2]]", "[0,1]", "[[18446744073709551615,2]]"})
        EXPECT_NE(complaint(dirty("4096,\"pages\":8", runs)).find("\"runs\""), std::string::npos) << runs;
    for (const char* pages : {"0,\"pages\":8", "3,\"pages\":8"})
        EXPECT_NE(complaint(dirty(pages, "[]")).find("\"page_bytes\""), std::string::npos) << pages;
    EXPECT_NE(
        complaint(
            R"({"kind":"dma-log","t_ns":1,"op":"stop","ranges":[1],"page_bytes":0,"t_call_ns":1,"t_return_ns":1})")
            .find("\"ranges\""),
        std::string::npos);
}

TEST(RecordingLine, NewKeysAndWordsOfDirtyAndDmaLogAreKept) {
    const std::string dirty =
        R"({"kind":"dirty","t_ns":1,"iova":0,"page_bytes":4096,"pages":8,"runs":[[0,8]],"source":"iommu"})";
    EXPECT_EQ(rewritten(dirty), dirty);
    const std::string newer =
        R"({"kind":"dma-log","t_ns":1,"op":"pause","ranges":[],"page_bytes":0,"t_call_ns":1,"t_return_ns":1,"errno":0})";
    EXPECT_TRUE(std::holds_alternative<event::Unknown>(parsed(newer).body));
    EXPECT_EQ(rewritten(newer), newer);
}

TEST(RecordingLine, AnUnknownKindIsKeptByteForByte) {
    const std::string line =
        R"({ "kind":"clock-sync", "t_ns":4, "dev":1, "offset_ns": 1e3, "pairs":[[0, 5]], "x":1.50 })";
    const Event event = parsed(line);
    EXPECT_EQ(eventKind(event), "clock-sync");
    EXPECT_EQ(event.time, Ns{4});
    EXPECT_EQ(eventLine(event), line);
}

TEST(RecordingLine, UnknownKeysOfAKnownKindAreKeptWithTheirDigits) {
    EXPECT_EQ(
        rewritten(
            R"({"colour":"r\u0065d","kind":"mark","deep":{"a":[1.50,{"b":null}]},"t_ns":3,"text":"x"})"),
        R"({"kind":"mark","t_ns":3,"text":"x","colour":"r\u0065d","deep":{"a":[1.50,{"b":null}]}})");
}

TEST(RecordingLine, UnknownKeysWithinAPlanAreKept) {
    const std::string line = rewritten(
        R"({"kind":"run-begin","t_ns":0,"run":1,"plan":{"kind":"save","mode":"auto","pairs":[],"speed":1e6}})");
    EXPECT_NE(line.find(R"("speed":1e6)"), std::string::npos) << line;
}

TEST(RecordingLine, AWordOfANewerVersionMakesTheLineUnknownNotDamaged) {
    for (
        const std::string line : {
            R"({"kind":"stream","t_ns":1,"dev":1,"stream":4,"dir":"load","event":"paused","bytes":1,"errno":0})",
            R"({"kind":"arc","t_ns":9,"dev":0,"from":"STOP","to":"SUSPENDED","goal":"STOP","t_call_ns":1,"t_return_ns":9,"errno":0})",
            R"({"kind":"run-end","t_ns":9,"run":1,"outcome":"observed","states":{}})",
        }) {
        EXPECT_TRUE(std::holds_alternative<event::Unknown>(parsed(line).body));
        EXPECT_EQ(rewritten(line), line);
    }
}

TEST(RecordingLine, AStateOfANewerProtocolIsWrittenAsNull) {
    Event event;
    event.body = event::StateMoved{static_cast<MigState>(9), MigState::Stop};
    EXPECT_EQ(eventLine(event), R"({"kind":"state","t_ns":0,"believed":null,"found":"STOP"})");
}

TEST(RecordingLine, TextThatIsNoUtf8BecomesValidJson) {
    Event event;
    event.body = event::Mark{"a\xff\xc0\x80z\x01"};
    const std::string line = eventLine(event);
    EXPECT_EQ(std::get<event::Mark>(parsed(line).body).text, "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\x01");
}

TEST(RecordingLine, DamageNamesFileLineAndKey) {
    EXPECT_NE(complaint(R"({"kind":"mark","text":"x"})").find("file:2"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"mark","text":"x"})").find("\"t_ns\" is missing"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"mark","t_ns":"1","text":"x"})").find("\"t_ns\" is no integer"),
              std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"mark","t_ns":1.5,"text":"x"})").find("\"t_ns\""), std::string::npos);
    EXPECT_NE(
        complaint(R"({"kind":"stream","t_ns":1,"stream":4294967296,"dir":"load","event":"eof","bytes":1})")
            .find("\"stream\" is out of range"),
        std::string::npos);
    EXPECT_NE(
        complaint(
            R"({"kind":"samples","stream":1,"t_ns":[1],"bytes":[],"source_ns":[1],"destination_ns":[1]})")
            .find("differ in length"),
        std::string::npos);
    complaint("[]");
    complaint("{");
    complaint("");
    complaint(std::string(100000, '['));
    complaint("{\"kind\":\"mark\",\"t_ns\":1,\"text\":\"\xff\"}");
}

TEST(RecordingHeaderLine, IsWrittenBackUnchanged) {
    const auto result = parseRecordingLine(headerText, true, "file:1");
    ASSERT_TRUE(result) << describe(result.error());
    const auto& header = std::get<RecordingHeader>(*result);
    EXPECT_EQ(header.devices.at(0).group, 4);
    EXPECT_EQ(header.realtime, Ns{1'700'000'000'000'000'000});
    EXPECT_EQ(headerLine(header), headerText);
}

TEST(RecordingHeaderLine, UnknownKeysAreKeptAtEachDepth) {
    std::string text = headerText;
    const auto put = [&](const std::string& before, const std::string& more) {
        text.insert(text.find(before), more);
    };
    put(R"("kernel":)", R"("cores":2,)");
    put(R"("boottime_ns":)", R"("tai_ns":37,)");
    put(R"("pci_id":)", R"("numa":1,)");
    put(R"("detail":)", R"("mood":[1.0],)");
    const auto result = parseRecordingLine(text, true, "file:1");
    ASSERT_TRUE(result);
    const std::string line = headerLine(std::get<RecordingHeader>(*result));
    for (const char* kept : {R"("cores":2)", R"("tai_ns":37)", R"("numa":1)", R"("mood":[1.0])"})
        EXPECT_NE(line.find(kept), std::string::npos) << kept;
}

TEST(RecordingHeaderLine, FlagsBeyondADoubleAreExact) {
    RecordingHeader header;
    header.devices.push_back({});
    header.devices[0].flags = 0x8000000000000007U;
    const std::string line = headerLine(header);
    EXPECT_NE(line.find(R"("flags":null,"raw":"0x8000000000000007")"), std::string::npos);
    const auto back = parseRecordingLine(line, true, "file:1");
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<RecordingHeader>(*back).devices[0].flags, 0x8000000000000007U);
}

TEST(RecordingHeaderLine, AnyMinorOfOurMajorIsReadAnotherMajorIsRefused) {
    const auto with = [](const std::string& version) {
        std::string text = headerText;
        text.replace(text.find("recording/1") + 10, 1, version);
        return parseRecordingLine(text, true, "file:1");
    };
    EXPECT_TRUE(with("1.9"));
    for (const char* other : {"2", "10", "0"}) {
        const auto result = with(other);
        ASSERT_FALSE(result) << other;
        EXPECT_TRUE(result.error().is(Errc::Unsupported));
        EXPECT_NE(result.error().detail.find("migscope.recording/"), std::string::npos);
    }
    EXPECT_TRUE(parseRecordingLine(R"({"schema":"other/1"})", true, "x").error().is(Errc::Damaged));
    EXPECT_TRUE(parseRecordingLine(R"({"a":1})", true, "x").error().is(Errc::Damaged));
}

TEST(RecordingReader, GivesTheSameLinesHoweverTheBytesArrive) {
    const std::string text = std::string(headerText) + "\n" + R"({"kind":"mark","t_ns":1,"text":"a"})" +
                             "\n\n" + R"({"kind":"mark","t_ns":2,"text":"b"})" + "\r\n" +
                             R"({"kind":"summary","t_ns":3})" + "\n";
    for (std::size_t step = 1; step < 40; ++step) {
        RecordingReader reader("file");
        int lines = 0;
        for (std::size_t at = 0; at < text.size(); at += step) {
            const auto fed =
                reader.feed(std::string_view(text).substr(at, step), [&](ParsedLine&&) { ++lines; });
            ASSERT_TRUE(fed) << describe(fed.error());
        }
        EXPECT_EQ(lines, 4);
        EXPECT_TRUE(reader.sawHeader());
        EXPECT_TRUE(reader.sawSummary());
        EXPECT_EQ(reader.pending(), 0U);
    }
}

TEST(RecordingReader, StopsAtADamagedLineAndNamesIt) {
    RecordingReader reader("file");
    const auto fed = reader.feed(std::string(headerText) + "\n{\"kind\":\"mark\"}\n", [](ParsedLine&&) {});
    ASSERT_FALSE(fed);
    EXPECT_TRUE(fed.error().is(Errc::Damaged));
    EXPECT_EQ(fed.error().where, "file:2");
}

TEST(RecordingReader, AFileWithoutNewlinesDoesNotFillTheMemory) {
    RecordingReader reader("file");
    const std::string block(1U << 20U, 'x');
    Result<void> fed;
    for (int i = 0; i < 40 && fed; ++i)
        fed = reader.feed(block, [](ParsedLine&&) {});
    ASSERT_FALSE(fed);
    EXPECT_LE(reader.pending(), 17U << 20U);
}

} // namespace
} // namespace migscope::test
