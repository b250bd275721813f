// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: rows, the words of its filter, times, and the selected event taken apart.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <cerrno>
#include <random>

#include "tests/ui/ui_test.h"
#include "ui/event_decode.h"
#include "ui/panels/event_log_panel.h"

namespace migscope::testing {
namespace {

using namespace std::chrono_literals;

Event at(Ns time, event::Body body, int device = 0) {
    Event event;
    event.time = time;
    event.device = device;
    event.body = std::move(body);
    return event;
}

Event arcBegin(Ns time, MigState from, MigState to, int device = 0) {
    return at(time, event::ArcBegin{from, to, to, false, 1}, device);
}

Event arcEnd(Ns time, MigState from, MigState to, int error = 0, int device = 0) {
    event::ArcEnd end;
    end.from = from;
    end.to = to;
    end.goal = to;
    end.called = time - 2ms;
    end.returned = time;
    end.errnoValue = error;
    end.stateAfter = error == 0 ? to : MigState::Error;
    return at(time, end, device);
}

/// What a SET to `state` looks like: argsz 16, SET | MIG_DEVICE_STATE, the state, data_fd.
event::Call setCall(Ns called, Ns returned, std::uint8_t state, const std::string& fd, int error = 0) {
    const std::string head = "1000000002000200";
    const std::string number = std::string("0") + static_cast<char>('0' + state) + "000000";
    return {"SET MIG_DEVICE_STATE", head + number + "ffffffff", head + number + fd, error, called, returned};
}

struct Source {
    std::shared_ptr<Recording> recording;
    RunSourcePtr source;
    explicit Source(std::vector<Event> events = {}, Ns t0 = 5s, bool growing = false) {
        RecordingHeader header;
        header.t0 = t0;
        header.realtime = 1'700'000'000s;
        header.devices.resize(2);
        header.devices[0].name = "0000:3b:00.2";
        header.devices[1].name = "0000:3b:00.3";
        recording = std::make_shared<Recording>(std::move(header));
        for (Event& event : events)
            recording->apply(std::move(event));
        source = std::make_shared<RunSource>(
            QStringLiteral("a"), QString(), [whole = recording](const auto& see) { see(*whole); }, growing);
    }
    void add(Event event) { recording->apply(std::move(event)); }
};

QString cell(const QAbstractItemModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

class EventLog : public ::testing::Test {
protected:
    EventLog() { model.addSource(source.source); }
    void append(const std::vector<Event>& events) {
        model.append(source.source->id(), next, events);
        next += events.size();
    }
    Source source;
    EventLogModel model;
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Warning};
    std::size_t next = 0;
};

TEST_F(EventLog, theEndOfAnArcChangesTheRowOfItsBegin) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_TRUE(cell(model, 0, EventLogModel::Text).contains(QStringLiteral("…")));
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    append({arcEnd(3ms, MigState::Running, MigState::Stop)});
    EXPECT_EQ(inserted.count(), 0);
    EXPECT_EQ(cell(model, 0, EventLogModel::Text), QStringLiteral("RUNNING → STOP   2.00 ms"));
    EXPECT_EQ(cell(model, 0, EventLogModel::Time), QStringLiteral("0.000000")) << "when it began";
    EXPECT_EQ(cell(model, 0, EventLogModel::DeviceName), QStringLiteral("3b:00.2"));
    EXPECT_EQ(model.row(0).pick.event, 1U) << "the arc's end";
    EXPECT_EQ(model.rowOf({source.source->id(), 0}), 0);
    EXPECT_EQ(model.rowOf({source.source->id(), 1}), 0);
    EXPECT_EQ(model.rowOf({source.source->id(), 2}), -1);
}

TEST_F(EventLog, beginAndEndInOneBatchAreOneRow) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop), arcEnd(3ms, MigState::Running, MigState::Stop),
            arcBegin(4ms, MigState::Stop, MigState::StopCopy),
            arcEnd(9ms, MigState::Stop, MigState::StopCopy, EIO)});
    ASSERT_EQ(model.rowCount(), 2);
    const QString text = cell(model, 1, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("refused: EIO"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("the device stands in ERROR"))) << text.toStdString();
}

TEST_F(EventLog, arcsOfTwoDevicesAtOnceDoNotMix) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop)});
    append({arcBegin(2ms, MigState::Running, MigState::RunningP2p, 1)});
    append({arcEnd(3ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_TRUE(cell(model, 0, EventLogModel::Text).startsWith(QStringLiteral("RUNNING → STOP ")));
    EXPECT_TRUE(cell(model, 1, EventLogModel::Text).contains(QStringLiteral("…")));
}

TEST_F(EventLog, eachFurtherSecondOfAStuckCallIsTheSameRow) {
    const auto stuck = [](Ns time) {
        return at(time, event::Stuck{"SET STOP_COPY", 1s, "request_wait_answer"});
    };
    append({stuck(3s)});
    append({stuck(4s)});
    ASSERT_EQ(model.rowCount(), 1);
    const QString text = cell(model, 0, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("3.0 s"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("request_wait_answer"))) << text.toStdString();
}

TEST_F(EventLog, theCallOfAnArcIsItsEvidenceAndOtherCallsAreRows) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop), at(3ms, setCall(1ms, 3ms, 1, "ffffffff")),
            arcEnd(3ms, MigState::Running, MigState::Stop),
            at(5ms, event::Call{"read", "", "", 0, 4ms, 5ms})});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_TRUE(model.row(1).isCall);
    EventViewModel view;
    view.setLog(model);
    EXPECT_EQ(view.rowCount(), 1) << "calls are shown when they are asked for";
    view.setShowCalls(true);
    EXPECT_EQ(view.rowCount(), 2);
    view.setShowCalls(false);
    view.setFilter(EventFilter::parse(QStringLiteral("kind:call")));
    EXPECT_EQ(view.rowCount(), 1);
}

TEST_F(EventLog, foreignTextIsMadeSafe) {
    Event event;
    event.body = event::Mark{"a\x1b[31mb"};
    EXPECT_EQ(eventText(event), QStringLiteral("a\\x1b[31mb"));
}

TEST_F(EventLog, dropsTheOldestRowsAboveItsCapacity) {
    std::vector<Event> many;
    for (std::size_t i = 0; i < EventLogModel::capacity + 3; ++i)
        many.push_back(at(Ns{static_cast<std::int64_t>(i)}, event::Mark{std::to_string(i)}));
    append(many);
    EXPECT_LE(model.rowCount(), static_cast<int>(EventLogModel::capacity));
    EXPECT_GT(model.rowCount(), static_cast<int>(EventLogModel::capacity) * 8 / 10);
    const std::size_t first = EventLogModel::capacity + 3 - static_cast<std::size_t>(model.rowCount());
    EXPECT_EQ(cell(model, 0, EventLogModel::Text), QString::number(first));
    EXPECT_EQ(model.rowOf({source.source->id(), first}), 0);
    EXPECT_EQ(model.rowOf({source.source->id(), first - 1}), -1);
}

TEST_F(EventLog, timesCountFromWhatWasChosen) {
    append({at(1s, event::Mark{"a"}), at(1500ms, event::Mark{"second"}), at(4s, event::Mark{"c"})});
    EventViewModel view;
    view.setLog(model);
    {
        // Not for "since previous": there a row that goes changes the one after it.
        const QAbstractItemModelTester viewTester(&view,
                                                  QAbstractItemModelTester::FailureReportingMode::Warning);
        view.setFilter(EventFilter::parse(QStringLiteral("-second")));
        EXPECT_EQ(view.rowCount(), 2);
        view.setTimeFrom(TimeFrom::WallClock);
        view.setTimeFrom(TimeFrom::Start);
        view.setFilter({});
    }
    EXPECT_EQ(cell(view, 2, EventLogModel::Time), QStringLiteral("3.000000"));
    view.setTimeFrom(TimeFrom::Previous);
    EXPECT_EQ(cell(view, 2, EventLogModel::Time), QStringLiteral("2.500000"));
    view.setFilter(EventFilter::parse(QStringLiteral("-second")));
    EXPECT_EQ(cell(view, 1, EventLogModel::Time), QStringLiteral("3.000000")) << "of the rows that are shown";
    view.setFilter({});
    view.setTimeFrom(TimeFrom::Cursor);
    EXPECT_EQ(cell(view, 0, EventLogModel::Time), QStringLiteral("no cursor"));
    view.setCursor(model.clockTime({source.source->id(), 2s}));
    EXPECT_EQ(cell(view, 0, EventLogModel::Time), QStringLiteral("-1.000000"));
    EXPECT_EQ(cell(view, 2, EventLogModel::Time), QStringLiteral("2.000000"));
    view.setTimeFrom(TimeFrom::WallClock);
    EXPECT_TRUE(cell(view, 1, EventLogModel::Time).endsWith(QStringLiteral(":21.500000")))
        << cell(view, 1, EventLogModel::Time).toStdString(); // 1 700 000 001.5 s after the epoch
    EXPECT_EQ(view.headerData(EventLogModel::Time, Qt::Horizontal).toString(), QStringLiteral("Wall clock"));
}

bool accepts(const char* words, const Event& event, const char* device = "0000:3b:00.2") {
    const EventFilter filter = EventFilter::parse(QString::fromUtf8(words));
    EXPECT_TRUE(filter.errors().isEmpty()) << words << ": " << filter.errors().join(u'\n').toStdString();
    return filter.accepts(filterSubject(event, QLatin1String(device), eventText(event)));
}

TEST(EventFilter, itsWordsMeanWhatTheHelpSays) {
    Event refused = arcEnd(30ms, MigState::Stop, MigState::StopCopy, EBUSY); // took 2 ms
    refused.run = 3;
    const Event good = arcEnd(30ms, MigState::Running, MigState::Stop);
    for (const char* words : {"",
                              "dev:3b:00.2",
                              "dev:0000:3b",
                              "kind:arc",
                              "KIND:ARC",
                              "errno:EBUSY",
                              "errno:ebusy",
                              "errno:16",
                              "errno:*",
                              "state:STOP_COPY",
                              "state:stop",
                              "state:ERROR",
                              "run:3",
                              "src:engine",
                              ">1ms",
                              "<3ms",
                              ">=2ms",
                              "<=2ms",
                              ">1999us",
                              "refused",
                              "\"refused: EBUSY\"",
                              "-kind:reset",
                              "!errno:EIO",
                              "dev:3b:00.2 kind:arc errno:EBUSY >1ms"})
        EXPECT_TRUE(accepts(words, refused)) << words;
    for (const char* words :
         {"dev:3b:00.3", "kind:reset", "errno:EIO", "state:RUNNING", "run:2", "src:user", ">2ms", "<2ms",
          ">10ms", "wonderful", "-errno:*", "!refused", "dev:3b:00.2 kind:arc errno:EBUSY >10ms"})
        EXPECT_FALSE(accepts(words, refused)) << words;
    EXPECT_FALSE(accepts("errno:*", good));
    EXPECT_TRUE(accepts("-errno:*", good));
    EXPECT_FALSE(accepts(">0ms", at(1ms, event::Mark{"x"}))) << "a note has no length";
}

TEST(EventFilter, whatItCannotReadIsToldAndFiltersNothing) {
    for (const char* words : {"errno:NOSUCH", ">10parsecs", "state:FLYING", "run:zero", "dev:", ">"}) {
        const EventFilter filter = EventFilter::parse(QLatin1String(words));
        ASSERT_EQ(filter.errors().size(), 1) << words;
        EXPECT_TRUE(filter.errors().front().startsWith(QLatin1String(words)));
        EXPECT_TRUE(filter.empty());
    }
    const EventFilter both = EventFilter::parse(QStringLiteral("errno:NOSUCH kind:arc"));
    EXPECT_EQ(both.errors().size(), 1);
    EXPECT_FALSE(both.empty());
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

class LogPanel : public ::testing::Test {
protected:
    LogPanel() {
        panel.resize(900, 260);
        panel.show();
    }
    [[nodiscard]] QString decoded() const { return panel.decode()->toPlainText(); }
    Source source{{arcBegin(1ms, MigState::Running, MigState::Stop),
                   arcEnd(3ms, MigState::Running, MigState::Stop),
                   arcBegin(40ms, MigState::Stop, MigState::StopCopy),
                   arcEnd(49ms, MigState::Stop, MigState::StopCopy, EIO)},
                  5s,
                  true};
    Selection selection;
    EventLogPanel panel{selection,
                        [this](SourceId id) { return id == source.source->id() ? source.source : nullptr; }};
};

TEST_F(LogPanel, aRowIsPickedByAClickAndTakenApart) {
    panel.showSource(source.source);
    ASSERT_EQ(panel.view().rowCount(), 2);
    const QRect row = panel.table()->visualRect(panel.view().index(1, EventLogModel::Text));
    QTest::mouseClick(panel.table()->viewport(), Qt::LeftButton, {}, row.center());
    ASSERT_TRUE(selection.pick().has_value());
    EXPECT_EQ(*selection.pick(), (Pick{source.source->id(), 3}));
    EXPECT_TRUE(decoded().contains(QStringLiteral("EIO"))) << decoded().toStdString();
    QTest::keyClick(panel.table(), Qt::Key_Up);
    EXPECT_EQ(selection.pick()->event, 1U);
}

TEST_F(LogPanel, whatIsPickedElsewhereIsSelectedHere) {
    panel.showSource(source.source);
    selection.set(Pick{source.source->id(), 1});
    EXPECT_EQ(panel.table()->currentIndex().row(), 0);
    EXPECT_TRUE(decoded().startsWith(QStringLiteral("RUNNING → STOP")));
}

TEST_F(LogPanel, aHiddenPickIsToldAndCanBeShown) {
    panel.showSource(source.source);
    panel.filter()->setText(QStringLiteral("errno:EIO"));
    ASSERT_EQ(panel.view().rowCount(), 1);
    selection.set(Pick{source.source->id(), 1});
    EXPECT_TRUE(panel.message()->isVisible());
    EXPECT_TRUE(panel.message()->text().contains(QStringLiteral("hidden by the filter")));
    for (auto* button : panel.findChildren<QToolButton*>()) {
        if (button->text() == QStringLiteral("Show it"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    EXPECT_FALSE(panel.message()->isVisible());
    EXPECT_EQ(panel.table()->currentIndex().row(), 0);
}

TEST_F(LogPanel, aWrongFilterIsToldUnderTheField) {
    panel.showSource(source.source);
    QTest::keyClicks(panel.filter(), QStringLiteral("errno:NOSUCH"));
    EXPECT_TRUE(panel.message()->isVisible());
    EXPECT_TRUE(panel.message()->text().contains(QStringLiteral("errno:NOSUCH")));
    EXPECT_EQ(panel.view().rowCount(), 2) << "it filters nothing";
}

TEST_F(LogPanel, aGrowingSourceGoesOn) {
    panel.showSource(source.source);
    source.add(arcBegin(60ms, MigState::StopCopy, MigState::Stop));
    panel.grew(source.source->id());
    EXPECT_EQ(panel.view().rowCount(), 3);
    panel.showLive();
    EXPECT_EQ(panel.view().rowCount(), 0);
    panel.showSource(source.source);
    EXPECT_EQ(panel.view().rowCount(), 3);
}

TEST_F(LogPanel, aLargeSourceFillsInPortions) {
    for (int i = 0; i < 9000; ++i)
        source.add(at(Ns{100'000'000 + i}, event::Mark{std::to_string(i)}));
    panel.showSource(source.source);
    EXPECT_LT(panel.view().rowCount(), 9000) << "the first portion only: the window goes on meanwhile";
    EXPECT_TRUE(waitUntil([this] { return panel.view().rowCount() == 9002; }));
}

TEST_F(LogPanel, theCursorIsAZeroOfTimes) {
    panel.showSource(source.source);
    panel.timeFrom()->setCurrentIndex(2);
    selection.moveCursor(TimeCursor{source.source->id(), 41ms});
    EXPECT_EQ(cell(panel.view(), 1, EventLogModel::Time), QStringLiteral("-0.001000"));
}

} // namespace
} // namespace migscope::testing
