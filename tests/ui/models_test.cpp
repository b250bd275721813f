// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The models change by difference: what stays keeps its index, its selection, its expansion.
#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QItemSelectionModel>
#include <QPersistentModelIndex>
#include <QSignalSpy>
#include <QTreeView>

#include <cstdio>

#include "tests/ui/ui_test.h"
#include "ui/models/event_log_model.h"
#include "ui/models/machine_model.h"
#include "ui/models/runs_model.h"
#include "ui/models/word_filter.h"
#include "ui/panels/machines_panel.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

MachineRow deviceRow(const std::string& name, const QString& verdict = QStringLiteral("migratable")) {
    MachineRow row;
    row.key = name;
    row.name = QString::fromStdString(name);
    row.verdict = verdict;
    row.search = row.name + QLatin1Char(' ') + verdict;
    row.isDevice = true;
    return row;
}

MachineRow groupRow(int id, std::vector<MachineRow> children) {
    MachineRow row;
    row.key = "group " + std::to_string(id);
    row.name = QString::fromStdString(row.key);
    row.search = row.name;
    row.children = std::move(children);
    return row;
}

TEST(MachineModel, equalRowsChangeNothing) {
    MachineModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b")})});
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    const QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b")})});
    EXPECT_EQ(changed.count() + inserted.count() + removed.count() + reset.count(), 0);
}

TEST(MachineModel, aDeviceThatStaysKeepsItsIndexWhenItsNeighboursChange) {
    MachineModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.update({groupRow(1, {deviceRow("a")}), groupRow(4, {deviceRow("b"), deviceRow("c")})});
    const QPersistentModelIndex kept(model.indexOf("c"));
    model.update(
        {groupRow(2, {deviceRow("x")}), groupRow(4, {deviceRow("a2"), deviceRow("c"), deviceRow("d")})});
    ASSERT_TRUE(kept.isValid());
    EXPECT_EQ(kept.data(MachineModel::DeviceRole).toString(), QStringLiteral("c"));
    EXPECT_EQ(kept.row(), 1);
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_FALSE(model.indexOf("b").isValid());
}

TEST(MachineModel, rowsInAnotherOrderAreMoved) {
    MachineModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b"), deviceRow("c")})});
    const QPersistentModelIndex b(model.indexOf("b"));
    model.update({groupRow(1, {deviceRow("c"), deviceRow("a"), deviceRow("b")})});
    EXPECT_EQ(b.row(), 2);
    EXPECT_EQ(model.indexOf("c").row(), 0);
}

TEST(MachineModel, aNewVerdictIsOneChangeOfOneRow) {
    MachineModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b")})});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b", QStringLiteral("stuck"))})});
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(changed.at(0).at(0).toModelIndex().row(), 1);
}

TEST(MachinesPanel, selectionAndClosedGroupsSurviveARefresh) {
    MachinesPanel panel;
    panel.setRows({groupRow(1, {deviceRow("a")}), groupRow(2, {deviceRow("b")})});
    const QModelIndex second = panel.tree()->model()->index(1, 0);
    EXPECT_TRUE(panel.tree()->isExpanded(second)) << "a new group is shown open";
    panel.select(QStringLiteral("a"));
    panel.tree()->collapse(second);
    panel.setRows(
        {groupRow(0, {deviceRow("n")}), groupRow(1, {deviceRow("a")}), groupRow(2, {deviceRow("b")})});
    EXPECT_EQ(panel.tree()->currentIndex().data(MachineModel::DeviceRole).toString(), QStringLiteral("a"));
    EXPECT_FALSE(panel.tree()->isExpanded(panel.tree()->model()->index(2, 0)));
    EXPECT_TRUE(panel.tree()->isExpanded(panel.tree()->model()->index(0, 0)));
}

TEST(MachinesPanel, aVeryLargeMachineIsListedAtOnce) {
    std::vector<MachineRow> rows;
    for (int group = 0; group < 4096; ++group)
        rows.push_back(groupRow(group, {deviceRow("device " + std::to_string(group))}));
    MachinesPanel panel;
    panel.show();
    QElapsedTimer timer;
    timer.start();
    panel.setRows(rows);
    panel.tree()->grab();
    const qint64 first = timer.restart();
    panel.setRows(rows);
    const qint64 again = timer.restart();
    std::printf("4096 devices: listed in %lld ms, refreshed in %lld ms\n", static_cast<long long>(first),
                static_cast<long long>(again));
    EXPECT_LT(first, 3000); // far above what it takes: a guard against quadratic work, also under sanitizers
    EXPECT_LT(again, 3000);
}

TEST(WordFilter, keepsTheGroupOfADeviceThatMatchesAllWords) {
    MachineModel model;
    WordFilter filter(MachineModel::SearchRole);
    filter.setSourceModel(&model);
    model.update({groupRow(1, {deviceRow("a"), deviceRow("b", QStringLiteral("stuck"))}),
                  groupRow(2, {deviceRow("c")})});
    filter.setWords(QStringLiteral("b STUCK"));
    ASSERT_EQ(filter.rowCount(), 1);
    EXPECT_EQ(filter.rowCount(filter.index(0, 0)), 1);
}

Event arcBegin(Ns time, MigState from, MigState to) {
    Event event;
    event.time = time;
    event.device = 0;
    event.body = event::ArcBegin{from, to, to, false, 1};
    return event;
}

Event arcEnd(Ns time, MigState from, MigState to, int error = 0) {
    Event event;
    event.time = time;
    event.device = 0;
    event::ArcEnd end;
    end.from = from;
    end.to = to;
    end.goal = to;
    end.called = time - 2ms;
    end.returned = time;
    end.errnoValue = error;
    end.stateAfter = error == 0 ? to : MigState::Error;
    event.body = end;
    return event;
}

QString cell(const EventLogModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

TEST(EventLogModel, theEndOfAnArcChangesTheRowOfItsBegin) {
    EventLogModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.append("0000:3b:00.2", 5s, {arcBegin(1ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_TRUE(cell(model, 0, EventLogModel::Text).contains(QStringLiteral("…")));
    const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    model.append("0000:3b:00.2", 5s, {arcEnd(3ms, MigState::Running, MigState::Stop)});
    EXPECT_EQ(inserted.count(), 0);
    EXPECT_EQ(cell(model, 0, EventLogModel::Text), QStringLiteral("RUNNING → STOP   2.00 ms"));
    EXPECT_EQ(cell(model, 0, EventLogModel::Time), QStringLiteral("0.000000")) << "when it began";
    EXPECT_EQ(cell(model, 0, EventLogModel::DeviceName), QStringLiteral("3b:00.2"));
}

TEST(EventLogModel, beginAndEndInOneBatchAreOneRow) {
    EventLogModel model;
    model.append("a", 0s,
                 {arcBegin(1ms, MigState::Running, MigState::Stop),
                  arcEnd(3ms, MigState::Running, MigState::Stop),
                  arcBegin(4ms, MigState::Stop, MigState::StopCopy),
                  arcEnd(9ms, MigState::Stop, MigState::StopCopy, EIO)});
    ASSERT_EQ(model.rowCount(), 2);
    const QString text = cell(model, 1, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("refused: EIO"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("the device stands in ERROR"))) << text.toStdString();
}

TEST(EventLogModel, arcsOfTwoDevicesAtOnceDoNotMix) {
    EventLogModel model;
    model.append("a", 0s, {arcBegin(1ms, MigState::Running, MigState::Stop)});
    model.append("b", 0s, {arcBegin(2ms, MigState::Running, MigState::RunningP2p)});
    model.append("a", 0s, {arcEnd(3ms, MigState::Running, MigState::Stop)});
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_TRUE(cell(model, 0, EventLogModel::Text).startsWith(QStringLiteral("RUNNING → STOP ")));
    EXPECT_TRUE(cell(model, 1, EventLogModel::Text).contains(QStringLiteral("…")));
}

TEST(EventLogModel, eachFurtherSecondOfAStuckCallIsTheSameRow) {
    EventLogModel model;
    const auto stuck = [](Ns time) {
        Event event;
        event.time = time;
        event.body = event::Stuck{"SET STOP_COPY", 1s, "request_wait_answer"};
        return event;
    };
    model.append("a", 0s, {stuck(3s)});
    model.append("a", 0s, {stuck(4s)});
    ASSERT_EQ(model.rowCount(), 1);
    const QString text = cell(model, 0, EventLogModel::Text);
    EXPECT_TRUE(text.contains(QStringLiteral("3.0 s"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("request_wait_answer"))) << text.toStdString();
}

TEST(EventLogModel, foreignTextIsMadeSafe) {
    Event event;
    event.body = event::Mark{"a\x1b[31mb"};
    EXPECT_EQ(eventText(event), QStringLiteral("a\\x1b[31mb"));
}

TEST(EventLogModel, dropsTheOldestRowsAboveItsCapacity) {
    EventLogModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    std::vector<Event> many;
    for (std::size_t at = 0; at < EventLogModel::capacity + 3; ++at) {
        Event event;
        event.body = event::Mark{std::to_string(at)};
        many.push_back(event);
    }
    model.append("a", 0s, many);
    EXPECT_EQ(model.rowCount(), static_cast<int>(EventLogModel::capacity));
    EXPECT_EQ(cell(model, 0, EventLogModel::Text), QStringLiteral("3"));
}

TEST(RunsModel, aFileOpenedAgainReplacesItsRow) {
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    RecordingHeader header;
    header.hostName = "lab";
    header.devices.push_back({});
    header.devices.front().name = "0000:3b:00.2";
    const auto add = [&](const QString& path) {
        return model.add(wholeSource(path.mid(1), path, std::make_shared<Recording>(header)));
    };
    EXPECT_EQ(add(QStringLiteral("/a.migrec")), 0);
    EXPECT_EQ(add(QStringLiteral("/b.migrec")), 0) << "the newest stands first";
    EXPECT_EQ(add(QStringLiteral("/a.migrec")), 0) << "read again it is the newest";
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.index(0, RunsModel::Outcome).data().toString(), QStringLiteral("incomplete"));
    EXPECT_EQ(model.index(0, RunsModel::Downtime).data().toString(), QStringLiteral("none"));
    EXPECT_EQ(model.index(0, RunsModel::Host).data().toString(), QStringLiteral("lab"));
}

} // namespace
} // namespace migscope
