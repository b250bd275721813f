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
