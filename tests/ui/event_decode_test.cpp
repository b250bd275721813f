// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An event taken apart: every byte named, every errno explained, and nothing that makes it fail.
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <set>

#include "tests/ui/log_events.h"
#include "ui/event_decode.h"
#include "ui/event_rules.h"

namespace migscope::testing {
namespace {

using namespace std::chrono_literals;

QString decoded(std::vector<Event> events, std::size_t index) {
    const Source source(std::move(events));
    return decodeText(decodeEvent(*source.recording, index));
}

/// The note of the first line of that name; the test fails when there is none.
QString noteOf(const std::vector<DecodeLine>& lines, const char* name) {
    for (const DecodeLine& line : lines) {
        if (line.name == QLatin1String(name))
            return line.note;
    }
    ADD_FAILURE() << "no line " << name;
    return {};
}

std::vector<DecodeLine> fieldsOf(const char* op, const std::string& hex, bool answer, bool failed = false) {
    bool ok = false;
    const auto bytes = bytesOfHex(hex, ok);
    EXPECT_TRUE(ok) << hex;
    return decodeFields(op, bytes, answer, failed);
}

TEST(EventDecode, anArcIsTakenApartWithItsBytesNamedBothWays) {
    const Source source({arcBegin(1ms, MigState::Stop, MigState::StopCopy),
                         at(3ms, setCall(1ms, 3ms, 3, "07000000")),
                         arcEnd(3ms, MigState::Stop, MigState::StopCopy)});
    const QString text = decodeText(decodeEvent(*source.recording, 2));
    for (const char* words :
         {"STOP → STOP_COPY", "0000:3b:00.2", "took             2.00 ms", "ioctl VFIO_DEVICE_FEATURE",
          "argsz            16 — header and data together",
          "flags            0x20002 — SET | MIG_DEVICE_STATE (feature 2)", "device_state     3 — STOP_COPY",
          "data_fd          -1 — set to -1 by us", "data_fd          7 — a data stream",
          "0000  10 00 00 00 02 00 02 00", "The rule", "opens a readable stream"})
        EXPECT_TRUE(text.contains(QLatin1String(words)) || text.contains(QString::fromUtf8(words)))
            << words << "\nin\n"
            << text.toStdString();
}

TEST(EventDecode, anErrnoHasItsNameNumberMessageAndMeaning) {
    const Source source({arcBegin(1ms, MigState::Resuming, MigState::Stop),
                         at(3ms, setCall(1ms, 3ms, 1, "ffffffff", EINVAL)),
                         arcEnd(3ms, MigState::Resuming, MigState::Stop, EINVAL)});
    const QString text = decodeText(decodeEvent(*source.recording, 2));
    for (const char* words : {"EINVAL (22)", "Invalid argument", "here: ", "not where the device is",
                              "a bad image", "stands in        ERROR"})
        EXPECT_TRUE(text.contains(QLatin1String(words))) << words << "\nin\n" << text.toStdString();
    EXPECT_TRUE(errnoMeaning("read", ENOMSG).contains(QStringLiteral("PRE_COPY")));
    EXPECT_TRUE(errnoMeaning("RESET", EAGAIN).contains(QStringLiteral("try again")));
    EXPECT_NE(errnoMeaning("RESET", EINVAL), errnoMeaning("SET MIG_DEVICE_STATE", EINVAL));
}

TEST(EventDecode, saysWhenTheBytesWereNotRecorded) {
    const Source source({arcEnd(3ms, MigState::Running, MigState::Stop)});
    EXPECT_TRUE(decodeText(decodeEvent(*source.recording, 0)).contains(QStringLiteral("were not recorded")));
    EXPECT_TRUE(decodeEvent(*source.recording, 99).sections.empty());
}

TEST(EventDecode, everyKindHasItsHeadlineAndItsRule) {
    const Source source({
        at(1ms, event::Stream{1, true, event::StreamWhat::Eof, 96, 0}),
        at(1ms, event::Stream{1, true, event::StreamWhat::Empty, 96, 0}),
        at(1ms, event::Stream{2, false, event::StreamWhat::Error, 96, ENOMEM}),
        at(1ms, event::Precopy{24, 4096, false}),
        at(1ms, event::Estimate{std::nullopt, ENOTTY}),
        at(1ms, event::Reset{"done", 2, Ns{0}, 1ms, 0, MigState::Running}),
        at(1ms, event::StateMoved{MigState::Stop, MigState::Running}),
        at(1ms, event::Stuck{"SET STOP", Ns{0}, ""}),
        at(1ms, event::AskedBack{"the kernel"}),
    });
    for (std::size_t i = 0; i < source.recording->events().size(); ++i) {
        const Decode decode = decodeEvent(*source.recording, i);
        EXPECT_FALSE(decode.headline.isEmpty()) << i;
        EXPECT_EQ(decode.sections.back().title, QStringLiteral("The rule")) << i;
    }
    const QString failed = decodeText(decodeEvent(*source.recording, 2));
    EXPECT_TRUE(failed.contains(QStringLiteral("ENOMEM"))) << failed.toStdString();
}

TEST(EventDecode, noBytesMakeItFail) {
    std::mt19937 random(42);
    const char* const ops[] = {"GET MIGRATION",
                               "SET MIG_DEVICE_STATE",
                               "GET MIG_DATA_SIZE",
                               "GET_PRECOPY_INFO",
                               "read",
                               "write",
                               "RESET",
                               "PROBE DMA_LOGGING_START",
                               "SOMETHING NEW",
                               ""};
    for (int round = 0; round < 4000; ++round) {
        std::string in;
        std::string out;
        for (std::size_t i = random() % 80; i > 0; --i)
            in += "0123456789abcdefXY -"[random() % (round % 2 == 0 ? 16 : 20)];
        for (std::size_t i = random() % 700; i > 0; --i)
            out += "0123456789ABCDEF"[random() % 16];
        const Source source(
            {at(1ms, event::Call{ops[round % 10], in, out, static_cast<int>(random() % 140), Ns{0}, 1ms})});
        const QString text = decodeText(decodeEvent(*source.recording, 0));
        EXPECT_FALSE(text.isEmpty());
    }
    bool ok = true;
    EXPECT_TRUE(bytesOfHex("abc", ok).empty());
    EXPECT_FALSE(ok) << "an odd number of digits is no byte";
}

TEST(EventDecode, theSetIsShownAsTheUapiMakesItWhenItsBytesAreNotThere) {
    const QString text = decoded({arcEnd(3ms, MigState::Stop, MigState::Resuming)}, 0);
    for (const char* words : {"as the uAPI makes it", "were not recorded", "argsz            16",
                              "flags            0x20002", "device_state     4 — RESUMING"})
        EXPECT_TRUE(text.contains(QString::fromUtf8(words))) << words << "\nin\n" << text.toStdString();
    EXPECT_FALSE(text.contains(QStringLiteral("0000  "))) << "no dump of bytes that nobody saw";
    event::ArcEnd combined;
    combined.from = MigState::Running;
    combined.to = MigState::RunningP2p;
    combined.goal = MigState::StopCopy;
    combined.combined = true;
    EXPECT_TRUE(decoded({at(3ms, combined)}, 0).contains(QStringLiteral("device_state     3 — STOP_COPY")))
        << "one SET asks for the goal";
}

TEST(EventDecode, aSetThatNeverReturnedSaysWhatWasAsked) {
    const QString text = decoded({arcBegin(1ms, MigState::Running, MigState::Stop)}, 0);
    for (const char* words : {"asked            1.000 ms", "thread", "device_state     1 — STOP"})
        EXPECT_TRUE(text.contains(QString::fromUtf8(words))) << words << "\nin\n" << text.toStdString();
}

TEST(EventDecode, aGetIsNotReadAsASet) {
    const char* const get = "10000000020001000000000000000000"; // argsz 16, GET | 2, state 0, fd 0
    EXPECT_TRUE(noteOf(fieldsOf("GET MIG_DEVICE_STATE", get, false), "device_state")
                    .contains(QStringLiteral("not read")))
        << "a 0 that we put in is not ERROR";
    EXPECT_TRUE(noteOf(fieldsOf("GET MIG_DEVICE_STATE", get, true), "data_fd")
                    .contains(QStringLiteral("against the uAPI")));
    EXPECT_FALSE(noteOf(fieldsOf("GET MIG_DEVICE_STATE", get, true, true), "device_state")
                     .contains(QStringLiteral("SET")));
    const char* const set = "10000000020002000300000000000000"; // fd 0 is one
    EXPECT_TRUE(noteOf(fieldsOf("SET MIG_DEVICE_STATE", set, true), "data_fd")
                    .contains(QStringLiteral("a data stream")));
}

TEST(EventDecode, whatIsTooShortOrTooLongIsSaid) {
    EXPECT_TRUE(noteOf(fieldsOf("SET MIG_DEVICE_STATE", "100000000200020003", true), "bytes")
                    .contains(QStringLiteral("takes 16")));
    EXPECT_TRUE(noteOf(fieldsOf("GET_PRECOPY_INFO", "1800000000000000", true), "bytes")
                    .contains(QStringLiteral("takes 24")));
    EXPECT_FALSE(
        noteOf(fieldsOf("GET MIG_DATA_SIZE", "1800000009000100000000000000000001", true), "data").isEmpty());
    EXPECT_TRUE(
        noteOf(fieldsOf("SET MIG_DEVICE_STATE", "0800", true), "bytes").contains(QStringLiteral("takes 8")));
    for (const char* op : {"PROBE DMA_LOGGING_START", "SET MIG_PRECOPY_INFOv2"}) { // a header is all of these
        for (const DecodeLine& line :
             fieldsOf(op, op[0] == 'P' ? "0800000006000600" : "080000000c000200", true))
            EXPECT_TRUE(line.name == QStringLiteral("argsz") || line.name == QStringLiteral("flags"))
                << op << ": " << line.name.toStdString();
    }
}

TEST(EventDecode, featuresAndBitsOfANewerKernelAreShownRaw) {
    EXPECT_EQ(noteOf(fieldsOf("GET ?", "080000000d000100", true), "flags"),
              QStringLiteral("GET | ZPCI_ERROR (feature 13)"));
    const QString note = noteOf(fieldsOf("GET ?", "08000000e7030900", true), "flags");
    EXPECT_TRUE(note.contains(QStringLiteral("an unknown feature (feature 999)"))) << note.toStdString();
    EXPECT_TRUE(note.contains(QStringLiteral("unknown bits 0x80000"))) << note.toStdString();
    const auto flags = fieldsOf("GET MIGRATION", "10000000010001000f00000000000000", true);
    ASSERT_EQ(flags.size(), 3U);
    EXPECT_EQ(flags[2].note, QStringLiteral("STOP_COPY | P2P | PRE_COPY | unknown bits 0x8"));
    EXPECT_TRUE(
        noteOf(fieldsOf("SET MIG_DEVICE_STATE", "10000000020002000900000000000000", true), "device_state")
            .contains(QStringLiteral("newer protocol")));
}

TEST(EventDecode, dmaLoggingHasItsFields) {
    const std::string start = "2000000006000200"
                              "0010000000000000"
                              "02000000"
                              "00000000"
                              "00f0ff0000000000";
    const auto lines = fieldsOf("SET DMA_LOGGING_START", start, false);
    EXPECT_EQ(lines[2].value, QStringLiteral("0x1000"));
    EXPECT_EQ(lines[3].name, QStringLiteral("num_ranges"));
    EXPECT_EQ(lines[3].value, QStringLiteral("2"));
    EXPECT_EQ(lines[4].value, QStringLiteral("0xfff000"));
    const std::string report = "2800000008000100"
                               "0000100000000000"
                               "0000010000000000"
                               "0010000000000000"
                               "0000000000000000";
    EXPECT_FALSE(noteOf(fieldsOf("GET DMA_LOGGING_REPORT", report, true), "iova").isEmpty());
}

TEST(EventDecode, aFailedPrecopyInfoIsNoAnswer) {
    const auto lines =
        fieldsOf("GET_PRECOPY_INFO", std::string("18000000") + std::string(40, '0'), true, true);
    for (const char* name : {"flags", "initial_bytes", "dirty_bytes"})
        EXPECT_TRUE(noteOf(lines, name).contains(QStringLiteral("no answer")))
            << "a zero of our own: " << name;
}

TEST(EventDecode, everyCallThatWeMakeHasItsRule) {
    std::set<QString> rules;
    const char* const ops[] = {"GET MIGRATION",
                               "GET MIG_DEVICE_STATE",
                               "SET MIG_DEVICE_STATE",
                               "GET MIG_DATA_SIZE",
                               "PROBE DMA_LOGGING_START",
                               "SET MIG_PRECOPY_INFOv2",
                               "GET_PRECOPY_INFO",
                               "read",
                               "write",
                               "RESET"};
    for (const char* op : ops) {
        EXPECT_FALSE(callRule(op).isEmpty()) << op;
        rules.insert(callRule(op));
        EXPECT_TRUE(decoded({at(2ms, event::Call{op, "", "", 0, 1ms, 2ms})}, 0).contains(callRule(op))) << op;
    }
    EXPECT_EQ(rules.size(), std::size(ops)) << "each its own";
    EXPECT_TRUE(callRule("SOMETHING NEW").isEmpty());
}

TEST(EventDecode, theSameErrnoMeansWhatItMeansForThisCall) {
    EXPECT_NE(errnoMeaning("write", EINVAL), errnoMeaning("SET MIG_DEVICE_STATE", EINVAL));
    EXPECT_NE(errnoMeaning("write", EFAULT), errnoMeaning("SET MIG_DEVICE_STATE", EFAULT));
    EXPECT_NE(errnoMeaning("PROBE MIG_PRECOPY_INFOv2", EINVAL),
              errnoMeaning("PROBE DMA_LOGGING_START", EINVAL));
    for (const auto& [op, number] :
         {std::pair("SET MIG_DEVICE_STATE", EIO), std::pair("SET MIG_DEVICE_STATE", EMFILE),
          std::pair("GET_PRECOPY_INFO", ENOTTY), std::pair("RESET", ENOTTY), std::pair("read", EAGAIN),
          std::pair("read", EBADF), std::pair("write", EOPNOTSUPP), std::pair("read", ENODEV),
          std::pair("SET DMA_LOGGING_START", E2BIG), std::pair("SET DMA_LOGGING_START", EOVERFLOW)})
        EXPECT_FALSE(errnoMeaning(op, number).isEmpty()) << op << ' ' << number;
}

TEST(EventDecode, aLineOfTheKernelsLogSaysItsSeverityItsStampAndWhoWroteIt) {
    event::KernelLog line{3, 77, "mlx5_vfio_pci 0000:3b:00.2: x\n", 86'103'448'817};
    const QString text = decoded({at(1ms, line)}, 0);
    for (const char* words : {"kernel-log", "mlx5_vfio_pci 0000:3b:00.2: x", "severity         err (3)",
                              "number           77", "86103.448817 s"})
        EXPECT_TRUE(text.contains(QLatin1String(words))) << words << "\nin\n" << text.toStdString();
    EXPECT_FALSE(text.contains(QStringLiteral("a program wrote")));
    line.priority = 14;
    const QString written = decoded({at(1ms, line)}, 0);
    EXPECT_TRUE(written.contains(QStringLiteral("info (6)"))) << written.toStdString();
    EXPECT_TRUE(written.contains(QStringLiteral("a program wrote it"))) << written.toStdString();
}

TEST(EventDecode, otherKindsSayWhatTheyKnow) {
    Event extra = at(1ms, event::Precopy{24, 4096, true});
    extra.extra = R"({"colour":"red"})";
    const QString precopy = decoded({extra}, 0);
    EXPECT_TRUE(precopy.contains(QStringLiteral("REINIT"))) << precopy.toStdString();
    EXPECT_TRUE(precopy.contains(QStringLiteral("colour"))) << "keys of a newer version are not dropped";
    const QString moved = decoded({at(1ms, event::StateMoved{MigState::Stop, std::nullopt})}, 0);
    EXPECT_TRUE(moved.contains(QStringLiteral("believed         STOP"))) << moved.toStdString();
    EXPECT_TRUE(moved.contains(QStringLiteral("found            unknown"))) << moved.toStdString();
    const QString wait = decoded({at(5ms, event::Wait{"p2p", 1ms, 4ms})}, 0);
    EXPECT_TRUE(wait.contains(QStringLiteral("took             3.00 ms"))) << wait.toStdString();
    event::RunEnd end;
    end.states[1] = MigState::Running;
    const QString ended = decoded({at(5ms, end)}, 0);
    EXPECT_TRUE(ended.contains(QStringLiteral("0000:3b:00.3"))) << ended.toStdString();
}

} // namespace
} // namespace migscope::testing
