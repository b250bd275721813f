// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: rows, the words of its filter, times, and the selected event taken apart.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "tests/ui/log_events.h"
#include "tests/ui/ui_test.h"
#include "ui/panels/event_log_panel.h"

namespace migscope::testing {
namespace {

using namespace std::chrono_literals;

class EventLog : public ::testing::Test {
protected:
    EventLog() { model_.addSource(source_.source); }
    void append(const std::vector<Event>& events) {
        model_.append(source_.source->id(), next_, events);
        next_ += events.size();
    }
    Source source_;
    EventLogModel model_;
    QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Warning};
    std::size_t next_ = 0;
};

TEST_F(EventLog, theEndOfAnArcChangesTheRowOfItsBegin) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model_.rowCount(), 1);
    EXPECT_TRUE(cell(model_, 0, EventLogModel::Text).contains(QStringLiteral("…")));
    const QSignalSpy inserted(&model_, &QAbstractItemModel::rowsInserted);
    append({arcEnd(3ms, MigState::Running, MigState::Stop)});
    EXPECT_EQ(inserted.count(), 0);
    EXPECT_EQ(cell(model_, 0, EventLogModel::Text), QStringLiteral("RUNNING → STOP   2.00 ms"));
    EXPECT_EQ(cell(model_, 0, EventLogModel::Time), QStringLiteral("0.000000")) << "when it began";
    EXPECT_EQ(cell(model_, 0, EventLogModel::DeviceName), QStringLiteral("3b:00.2"));
    EXPECT_EQ(model_.row(0).pick.event, 1U) << "the arc's end";
    EXPECT_EQ(model_.rowOf({source_.source->id(), 0}), 0);
    EXPECT_EQ(model_.rowOf({source_.source->id(), 1}), 0);
    EXPECT_EQ(model_.rowOf({source_.source->id(), 2}), -1);
}

TEST_F(EventLog, beginAndEndInOneBatchAreOneRow) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop), arcEnd(3ms, MigState::Running, MigState::Stop),
            arcBegin(4ms, MigState::Stop, MigState::StopCopy),
            arcEnd(9ms, MigState::Stop, MigState::StopCopy, EIO)});
    ASSERT_EQ(model_.rowCount(), 2);
    const QString text = cell(model_, 1, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("refused: EIO"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("the device stands in ERROR"))) << text.toStdString();
}

TEST_F(EventLog, arcsOfTwoDevicesAtOnceDoNotMix) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop)});
    append({arcBegin(2ms, MigState::Running, MigState::RunningP2p, 1)});
    append({arcEnd(3ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model_.rowCount(), 2);
    EXPECT_TRUE(cell(model_, 0, EventLogModel::Text).startsWith(QStringLiteral("RUNNING → STOP ")));
    EXPECT_TRUE(cell(model_, 1, EventLogModel::Text).contains(QStringLiteral("…")));
}

TEST_F(EventLog, eachFurtherSecondOfAStuckCallIsTheSameRow) {
    const auto stuck = [](Ns time) {
        return at(time, event::Stuck{"SET STOP_COPY", 1s, "request_wait_answer"});
    };
    append({stuck(3s)});
    append({stuck(4s)});
    ASSERT_EQ(model_.rowCount(), 1);
    const QString text = cell(model_, 0, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("3.0 s"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("request_wait_answer"))) << text.toStdString();
}

TEST_F(EventLog, theCallOfAnArcIsItsEvidenceAndOtherCallsAreRows) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop), at(3ms, setCall(1ms, 3ms, 1, "ffffffff")),
            arcEnd(3ms, MigState::Running, MigState::Stop),
            at(5ms, event::Call{"read", "", "", 0, 4ms, 5ms})});
    ASSERT_EQ(model_.rowCount(), 2);
    EXPECT_TRUE(model_.row(1).isCall);
    EventViewModel view;
    view.setLog(model_);
    EXPECT_EQ(view.rowCount(), 1) << "calls are shown when they are asked for";
    view.setShowCalls(true);
    EXPECT_EQ(view.rowCount(), 2);
    view.setShowCalls(false);
    view.setFilter(EventFilter::parse(QStringLiteral("kind:call")));
    EXPECT_EQ(view.rowCount(), 1);
}

TEST_F(EventLog, theCallOfAnArcLeadsToTheRowOfTheArc) {
    append({arcBegin(1ms, MigState::Running, MigState::Stop), at(3ms, setCall(1ms, 3ms, 1, "ffffffff")),
            arcEnd(3ms, MigState::Running, MigState::Stop)});
    EXPECT_EQ(model_.rowOf({source_.source->id(), 1}), 0);
}

TEST_F(EventLog, anotherStuckCallIsAnotherRow) {
    append({at(3s, event::Stuck{"SET STOP", 1s, ""})});
    append({at(9s, event::Stuck{"SET STOP_COPY", 7s, ""})});
    append({at(10s, event::Stuck{"SET STOP_COPY", 7s, ""})});
    ASSERT_EQ(model_.rowCount(), 2);
    EXPECT_TRUE(cell(model_, 0, EventLogModel::Text).contains(QStringLiteral("SET STOP,")))
        << cell(model_, 0, EventLogModel::Text).toStdString();
    EXPECT_EQ(model_.rowOf({source_.source->id(), 1}), 1);
    EXPECT_EQ(model_.rowOf({source_.source->id(), 2}), 1);
}

TEST_F(EventLog, anUnknownWallClockIsNotTheYear1970) {
    RecordingHeader header;
    const auto without = wholeSource(QStringLiteral("b"), {}, std::make_shared<Recording>(header));
    model_.addSource(without);
    model_.append(without->id(), 0, {at(1s, event::Mark{"a"})});
    EventViewModel view;
    view.setLog(model_);
    view.setTimeFrom(TimeFrom::WallClock);
    EXPECT_EQ(cell(view, 0, EventLogModel::Time), QStringLiteral("unknown"));
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
    EXPECT_LE(model_.rowCount(), static_cast<int>(EventLogModel::capacity));
    EXPECT_GT(model_.rowCount(), static_cast<int>(EventLogModel::capacity) * 8 / 10);
    const std::size_t first = EventLogModel::capacity + 3 - static_cast<std::size_t>(model_.rowCount());
    EXPECT_EQ(cell(model_, 0, EventLogModel::Text), QString::number(first));
    EXPECT_EQ(model_.rowOf({source_.source->id(), first}), 0);
    EXPECT_EQ(model_.rowOf({source_.source->id(), first - 1}), -1);
}

TEST_F(EventLog, timesCountFromWhatWasChosen) {
    append({at(1s, event::Mark{"a"}), at(1500ms, event::Mark{"second"}), at(4s, event::Mark{"c"})});
    EventViewModel view;
    view.setLog(model_);
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
    view.setCursor(model_.clockTime({source_.source->id(), 2s}));
    EXPECT_EQ(cell(view, 0, EventLogModel::Time), QStringLiteral("-1.000000"));
    EXPECT_EQ(cell(view, 2, EventLogModel::Time), QStringLiteral("2.000000"));
    view.setTimeFrom(TimeFrom::WallClock);
    EXPECT_TRUE(cell(view, 1, EventLogModel::Time).endsWith(QStringLiteral(":21.500000")))
        << cell(view, 1, EventLogModel::Time).toStdString(); // 1 700 000 001.5 s after the epoch
    EXPECT_EQ(view.headerData(EventLogModel::Time, Qt::Horizontal).toString(), QStringLiteral("Wall clock"));
}

TEST_F(EventLog, linesOfTheKernelsLogAreRowsAndErrorsAmongThemAreBad) {
    const event::KernelLog line{3, 77, "mlx5_vfio_pci 0000:3b:00.2: x\x1b[31m", 7};
    const event::KernelLog advice{12, 78, "hello", 7};
    append({at(1ms, line), at(2ms, advice)});
    ASSERT_EQ(model_.rowCount(), 2);
    EXPECT_TRUE(cell(model_, 0, EventLogModel::Text)
                    .startsWith(QStringLiteral("kernel: mlx5_vfio_pci 0000:3b:00.2: x")));
    EXPECT_FALSE(cell(model_, 0, EventLogModel::Text).contains(QChar(0x1b)));
    EXPECT_EQ(cell(model_, 1, EventLogModel::Text), QStringLiteral("kernel log, by a program: hello"));
    EXPECT_TRUE(isBadEvent(at(1ms, line)));
    EXPECT_FALSE(isBadEvent(at(1ms, advice))) << "a warning";
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
    const Event logged = at(1ms, event::KernelLog{3, 77, "DMAR: fault", 7});
    EXPECT_TRUE(accepts("kind:kernel-log DMAR", logged));
    EXPECT_FALSE(accepts("kind:kernel-log", good));
}

TEST(EventFilter, aQuotedTermIsAPhraseWhateverItLooksLike) {
    const Event note = at(1ms, event::Mark{"a >10ms dev:none -x"});
    for (const char* words : {"\">10ms\"", "\"dev:none\"", "\"-x\"", "\">10ms dev\"", "-\"not there\"",
                              "!\"dev:some\"", "\"errno:NOSUCH", "kind:\"mark\""}) {
        if (QLatin1String(words) == QLatin1String("\"errno:NOSUCH"))
            EXPECT_FALSE(accepts(words, note)) << "a quote that is still open is a phrase too";
        else
            EXPECT_TRUE(accepts(words, note)) << words;
    }
    EXPECT_FALSE(accepts("-\"dev:none\"", note));
}

TEST(EventFilter, anyFailureIsAnyFailure) {
    event::Reset busy;
    busy.outcome = "failed";
    EXPECT_TRUE(accepts("errno:*", at(1ms, busy)));
    busy.outcome = "done";
    EXPECT_FALSE(accepts("errno:*", at(1ms, busy)));
    event::RunEnd end;
    end.outcome = RunOutcome::Failed;
    EXPECT_TRUE(accepts("errno:*", at(1ms, end)));
    end.outcome = RunOutcome::Cancelled;
    EXPECT_FALSE(accepts("errno:*", at(1ms, end)));
    EXPECT_TRUE(accepts("errno:ENOTSUP", arcEnd(3ms, MigState::Stop, MigState::StopCopy, EOPNOTSUPP)));
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

class LogPanel : public ::testing::Test {
protected:
    LogPanel() {
        panel_.resize(900, 260);
        panel_.show();
    }
    [[nodiscard]] QString decoded() const { return panel_.decode()->toPlainText(); }
    Source source_{{arcBegin(1ms, MigState::Running, MigState::Stop),
                    arcEnd(3ms, MigState::Running, MigState::Stop),
                    arcBegin(40ms, MigState::Stop, MigState::StopCopy),
                    arcEnd(49ms, MigState::Stop, MigState::StopCopy, EIO)},
                   5s,
                   true};
    Selection selection_;
    EventLogPanel panel_{
        selection_, [this](SourceId id) { return id == source_.source->id() ? source_.source : nullptr; }};
};

TEST_F(LogPanel, aRowIsPickedByAClickAndTakenApart) {
    panel_.showSource(source_.source);
    ASSERT_EQ(panel_.view().rowCount(), 2);
    const QRect row = panel_.table()->visualRect(panel_.view().index(1, EventLogModel::Text));
    QTest::mouseClick(panel_.table()->viewport(), Qt::LeftButton, {}, row.center());
    ASSERT_TRUE(selection_.pick().has_value());
    EXPECT_EQ(*selection_.pick(), (Pick{source_.source->id(), 3}));
    EXPECT_TRUE(decoded().contains(QStringLiteral("EIO"))) << decoded().toStdString();
    QTest::keyClick(panel_.table(), Qt::Key_Up);
    EXPECT_EQ(selection_.pick()->event, 1U);
}

TEST_F(LogPanel, whatIsPickedElsewhereIsSelectedHere) {
    panel_.showSource(source_.source);
    selection_.set(Pick{source_.source->id(), 1});
    EXPECT_EQ(panel_.table()->currentIndex().row(), 0);
    EXPECT_TRUE(decoded().startsWith(QStringLiteral("RUNNING → STOP")));
}

TEST_F(LogPanel, aHiddenPickIsToldAndCanBeShown) {
    panel_.showSource(source_.source);
    panel_.filter()->setText(QStringLiteral("errno:EIO"));
    ASSERT_EQ(panel_.view().rowCount(), 1);
    selection_.set(Pick{source_.source->id(), 1});
    EXPECT_TRUE(panel_.message()->isVisible());
    EXPECT_TRUE(panel_.message()->text().contains(QStringLiteral("hidden by the filter")));
    for (auto* button : panel_.findChildren<QToolButton*>()) {
        if (button->text() == QStringLiteral("Show it"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    EXPECT_FALSE(panel_.message()->isVisible());
    EXPECT_EQ(panel_.table()->currentIndex().row(), 0);
}

TEST_F(LogPanel, aWrongFilterIsToldUnderTheField) {
    panel_.showSource(source_.source);
    QTest::keyClicks(panel_.filter(), QStringLiteral("errno:NOSUCH"));
    EXPECT_TRUE(panel_.message()->isVisible());
    EXPECT_TRUE(panel_.message()->text().contains(QStringLiteral("errno:NOSUCH")));
    EXPECT_EQ(panel_.view().rowCount(), 2) << "it filters nothing";
}

TEST_F(LogPanel, aGrowingSourceGoesOn) {
    panel_.showSource(source_.source);
    source_.add(arcBegin(60ms, MigState::StopCopy, MigState::Stop));
    panel_.grew(source_.source->id());
    EXPECT_EQ(panel_.view().rowCount(), 3);
    panel_.showLive();
    EXPECT_EQ(panel_.view().rowCount(), 0);
    panel_.showSource(source_.source);
    EXPECT_EQ(panel_.view().rowCount(), 3);
}

TEST_F(LogPanel, aLargeSourceFillsInPortions) {
    for (int i = 0; i < 9000; ++i)
        source_.add(at(Ns{100'000'000 + i}, event::Mark{std::to_string(i)}));
    panel_.showSource(source_.source);
    EXPECT_LT(panel_.view().rowCount(), 9000) << "the first portion only: the window goes on meanwhile";
    EXPECT_TRUE(waitUntil([this] { return panel_.view().rowCount() == 9002; }));
}

TEST_F(LogPanel, theCursorIsAZeroOfTimes) {
    panel_.showSource(source_.source);
    panel_.timeFrom()->setCurrentIndex(2);
    selection_.moveCursor(TimeCursor{source_.source->id(), 41ms});
    EXPECT_EQ(cell(panel_.view(), 1, EventLogModel::Time), QStringLiteral("-0.001000"));
}

void click(EventLogPanel& panel, int row, Qt::KeyboardModifiers keys = {}) {
    const QRect at = panel.table()->visualRect(panel.view().index(row, EventLogModel::Text));
    QTest::mouseClick(panel.table()->viewport(), Qt::LeftButton, keys, at.center());
}

TEST_F(LogPanel, severalRowsCanBeSelectedAndCopied) {
    panel_.showSource(source_.source);
    click(panel_, 0);
    click(panel_, 1, Qt::ControlModifier);
    EXPECT_EQ(panel_.table()->selectionModel()->selectedRows().size(), 2);
    EXPECT_EQ(selection_.pick()->event, 3U) << "the last one is picked";
    panel_.copy();
    EXPECT_EQ(QGuiApplication::clipboard()->text().count(u'\n'), 2);
    click(panel_, 1, Qt::ControlModifier);
    EXPECT_EQ(panel_.table()->selectionModel()->selectedRows().size(), 1);
}

TEST_F(LogPanel, aRowCanBePickedAgainAfterSomethingElseWas) {
    panel_.showSource(source_.source);
    click(panel_, 1);
    selection_.set(Pick{source_.source->id() + 100, 0}); // of another recording
    EXPECT_TRUE(panel_.table()->selectionModel()->selectedRows().isEmpty());
    click(panel_, 1);
    ASSERT_TRUE(selection_.pick().has_value());
    EXPECT_EQ(*selection_.pick(), (Pick{source_.source->id(), 3}));
    selection_.set(std::nullopt);
    EXPECT_TRUE(panel_.table()->selectionModel()->selectedRows().isEmpty());
    EXPECT_TRUE(decoded().isEmpty());
}

TEST_F(LogPanel, anArcIsOneWhicheverOfItsEventsWasPicked) {
    panel_.showSource(source_.source);
    selection_.set(Pick{source_.source->id(), 2}); // its announcement
    EXPECT_EQ(panel_.table()->currentIndex().row(), 1);
    EXPECT_TRUE(decoded().contains(QStringLiteral("EIO"))) << decoded().toStdString();
}

TEST_F(LogPanel, aPickedArcIsTakenApartAnewWhenItEnds) {
    source_.add(arcBegin(60ms, MigState::StopCopy, MigState::Stop));
    panel_.showSource(source_.source);
    click(panel_, 2);
    EXPECT_TRUE(decoded().contains(QStringLiteral("thread")));
    source_.add(arcEnd(75ms, MigState::StopCopy, MigState::Stop, ENODEV));
    panel_.grew(source_.source->id());
    EXPECT_TRUE(waitUntil([this] { return decoded().contains(QStringLiteral("ENODEV")); }));
    EXPECT_EQ(panel_.table()->selectionModel()->selectedRows().size(), 1);
}

TEST_F(LogPanel, callsStayAwayWhenAnotherEventIsUnhidden) {
    source_.add(at(90ms, event::Call{"read", "0000100000000000", "0000100000000000", 0, 80ms, 90ms}));
    panel_.showSource(source_.source);
    QToolButton* show = [this]() -> QToolButton* {
        for (auto* button : panel_.findChildren<QToolButton*>()) {
            if (button->text() == QStringLiteral("Show it"))
                return button;
        }
        return nullptr;
    }();
    ASSERT_NE(show, nullptr);
    panel_.filter()->setText(QStringLiteral("errno:EIO"));
    selection_.set(Pick{source_.source->id(), 1});
    QTest::mouseClick(show, Qt::LeftButton);
    EXPECT_FALSE(panel_.calls()->isChecked());
    selection_.set(Pick{source_.source->id(), 4}); // the read
    EXPECT_TRUE(panel_.message()->text().contains(QStringLiteral("calls are not shown")))
        << panel_.message()->text().toStdString();
    QTest::mouseClick(show, Qt::LeftButton);
    EXPECT_TRUE(panel_.calls()->isChecked());
    EXPECT_EQ(panel_.table()->currentIndex().row(), 2);
    EXPECT_FALSE(panel_.message()->isVisible());
}

TEST_F(LogPanel, theLiveLogIsFollowedAgainAfterARecordingWasShown) {
    panel_.model().addSource(source_.source);
    std::vector<Event> many;
    for (int i = 0; i < 300; ++i)
        many.push_back(at(Ns{i}, event::Mark{"x"}));
    panel_.model().append(source_.source->id(), 1000, many);
    panel_.showSource(source_.source);
    panel_.showLive();
    spin(20);
    panel_.model().append(source_.source->id(), 2000, many);
    spin(20);
    const QScrollBar* bar = panel_.table()->verticalScrollBar();
    EXPECT_GT(bar->maximum(), 0);
    EXPECT_EQ(bar->value(), bar->maximum());
}

TEST_F(LogPanel, aVeryLargeSourceIsReadInPortionsBetweenOtherWork) {
    for (int i = 0; i < 200'000; ++i)
        source_.add(at(Ns{100'000'000 + i}, event::Mark{"x"}));
    int largest = 0;
    int portions = 0;
    QObject::connect(&panel_.view(), &QAbstractItemModel::rowsInserted, &panel_,
                     [&](const QModelIndex&, int first, int last) {
                         largest = std::max(largest, last - first + 1);
                         ++portions;
                     });
    panel_.showSource(source_.source);
    const auto last = Pick{source_.source->id(), source_.recording->events().size() - 1};
    ASSERT_TRUE(waitUntil(
        [&] {
            return panel_.view().rowCount() > 0 &&
                   panel_.view().rowAt(panel_.view().rowCount() - 1).pick == last;
        },
        60'000));
    EXPECT_LE(largest, 2000) << "so much at a time: how long that takes is the benchmark's business";
    EXPECT_GE(portions, 50);
    EXPECT_GT(panel_.view().rowCount(), static_cast<int>(EventLogModel::capacity) * 8 / 10);
}

} // namespace
} // namespace migscope::testing
