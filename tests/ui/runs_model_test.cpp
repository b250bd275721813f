// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the list of recordings: order, words, ticks.
#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include "core/transfer/recording.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/run_sources.h"
#include "tests/ui/ui_test.h"
#include "ui/models/runs_model.h"

namespace migscope::testing {
namespace {

using runs::file;
using runs::growing;
using runs::recordingOf;

QStringList names(const RunsModel& model) {
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row, RunsModel::Name).data().toString();
    return all;
}

QString cell(const RunsModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

TEST(RunsModel, whatGrowsStandsFirstThenTheNewest) {
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    model.add(file(QStringLiteral("monday"), recordingOf(1)));
    model.add(file(QStringLiteral("wednesday"), recordingOf(3)));
    model.add(file(QStringLiteral("tuesday"), recordingOf(2)));
    const RunSourcePtr live = growing(QStringLiteral("sunday"), recordingOf(0));
    EXPECT_EQ(model.add(live, RunKind::Live), 0);
    EXPECT_EQ(names(model), QStringList({QStringLiteral("sunday"), QStringLiteral("wednesday"),
                                         QStringLiteral("tuesday"), QStringLiteral("monday")}));
    const QPersistentModelIndex kept = model.index(0, RunsModel::Name);
    live->setGrowing(false);
    model.refresh(live->id());
    EXPECT_EQ(kept.row(), 3) << "a view keeps its selection";
    EXPECT_EQ(model.rowOf(live->id()), 3);
    EXPECT_EQ(names(model).back(), QStringLiteral("sunday"));
    live->setGrowing(true);
    model.refresh(live->id());
    EXPECT_EQ(model.rowOf(live->id()), 0);
    model.refresh(live->id());
    EXPECT_EQ(names(model), QStringList({QStringLiteral("sunday"), QStringLiteral("wednesday"),
                                         QStringLiteral("tuesday"), QStringLiteral("monday")}));
    EXPECT_EQ(model.find(live->id()), live);
    EXPECT_EQ(model.find(-1), nullptr);
    model.refresh(-1);
}

TEST(RunsModel, aGrowingOneIsLookedIntoOnRefreshOnly) {
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    auto recording = recordingOf(1, true, 1);
    int looks = 0;
    const auto live = std::make_shared<RunSource>(
        QStringLiteral("f.migrec"), QString(),
        [&](const auto& see) {
            ++looks;
            see(*recording);
        },
        true);
    model.add(live, RunKind::Live);
    EXPECT_EQ(looks, 1);
    EXPECT_EQ(cell(model, 0, RunsModel::Name), QStringLiteral("3b:00.2, by hand"));
    EXPECT_EQ(cell(model, 0, RunsModel::Host), QStringLiteral("lab, simulated"));
    EXPECT_EQ(cell(model, 0, RunsModel::Outcome), QStringLiteral("live"));
    EXPECT_EQ(cell(model, 0, RunsModel::Downtime), QStringLiteral("none yet"));
    EXPECT_TRUE(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("Simulated")));
    for (const Event& event : test::migration().events)
        recording->apply(event);
    EXPECT_EQ(cell(model, 0, RunsModel::Downtime), QStringLiteral("none yet"));
    EXPECT_EQ(looks, 1) << "data() does not look";
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.refresh(live->id());
    EXPECT_EQ(looks, 2);
    EXPECT_EQ(changed.count(), 1);
    EXPECT_EQ(cell(model, 0, RunsModel::Outcome), QStringLiteral("live"));
    EXPECT_EQ(cell(model, 0, RunsModel::Downtime), QStringLiteral("93.0 ms ± 2.0"));
    EXPECT_EQ(cell(model, 0, RunsModel::Name), QStringLiteral("f.migrec"));
    recording->complete = true;
    live->setGrowing(false);
    model.refresh(live->id());
    EXPECT_EQ(cell(model, 0, RunsModel::Outcome), QStringLiteral("ok"));
}

TEST(RunsModel, severalAreTickedAndATickStaysWithItsPath) {
    RunsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Warning);
    const QSignalSpy ticked(&model, &RunsModel::tickedChanged);
    const RunSourcePtr a = file(QStringLiteral("a"), recordingOf(3));
    const RunSourcePtr b = file(QStringLiteral("b"), recordingOf(2));
    model.add(a);
    model.add(b);
    model.add(file(QStringLiteral("c"), recordingOf(1)));
    EXPECT_TRUE(model.ticked().empty());
    EXPECT_TRUE(model.flags(model.index(0, RunsModel::Name)).testFlag(Qt::ItemIsUserCheckable));
    EXPECT_FALSE(model.flags(model.index(0, RunsModel::Host)).testFlag(Qt::ItemIsUserCheckable));
    for (const int row : {1, 0})
        EXPECT_TRUE(model.setData(model.index(row, 0), Qt::Checked, Qt::CheckStateRole));
    EXPECT_TRUE(model.setData(model.index(0, 0), Qt::Checked, Qt::CheckStateRole));
    EXPECT_EQ(ticked.count(), 2) << "ticking what is ticked is no change";
    EXPECT_EQ(model.ticked(), (std::vector<RunSourcePtr>{a, b}));
    const RunSourcePtr again = file(QStringLiteral("a"), recordingOf(3));
    model.add(again);
    EXPECT_EQ(ticked.count(), 3);
    EXPECT_EQ(model.ticked(), (std::vector<RunSourcePtr>{again, b}));
    model.remove(0);
    EXPECT_EQ(ticked.count(), 4);
    EXPECT_EQ(model.ticked(), std::vector<RunSourcePtr>{b});
    model.remove(1);
    EXPECT_EQ(ticked.count(), 4);
    EXPECT_EQ(model.rowCount(), 1);
}

TEST(RunsModel, whatIsBeingRecordedHereStaysAndIsNotReplacedByItsFile) {
    RunsModel model;
    const RunSourcePtr live = growing(QStringLiteral("a"), recordingOf(1));
    model.add(live, RunKind::Live);
    EXPECT_FALSE(model.canRemove(0));
    model.remove(0);
    EXPECT_EQ(model.rowCount(), 1);
    EXPECT_EQ(model.add(growing(QStringLiteral("a"), recordingOf(1))), 0);
    EXPECT_EQ(model.entry(0).source, live);
    live->setGrowing(false);
    model.refresh(live->id());
    EXPECT_TRUE(model.canRemove(0));
    const RunSourcePtr read = file(QStringLiteral("a"), recordingOf(1));
    EXPECT_EQ(model.add(read), 0);
    EXPECT_EQ(model.entry(0).source, read);
    model.add(growing(QStringLiteral("b"), recordingOf(1)));
    EXPECT_TRUE(model.canRemove(0)) << "a file that a terminal writes may be closed";
}

} // namespace
} // namespace migscope::testing
