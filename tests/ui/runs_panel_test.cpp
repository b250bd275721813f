// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of recordings: what a person does with it.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QUrl>

#include "core/transfer/recording.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/run_sources.h"
#include "tests/ui/ui_test.h"
#include "ui/panels/loading_rows.h"
#include "ui/panels/runs_panel.h"

namespace migscope::testing {
namespace {

using runs::file;
using runs::growing;
using runs::recordingOf;

void migrate(Recording& recording) {
    for (const Event& event : test::migration().events)
        recording.apply(event);
    recording.complete = true;
}

QString cell(const RunsModel& model, int row, int column) {
    return model.index(row, column).data().toString();
}

struct RunsList : ::testing::Test {
    RunsList() {
        panel.resize(420, 260);
        panel.show();
        QApplication::setActiveWindow(&panel);
        QObject::connect(&panel, &RunsPanel::runSelected, &panel,
                         [this](const RunSourcePtr& source) { selected.push_back(source); });
        QObject::connect(&panel, &RunsPanel::closed, &panel, [this](SourceId id) { closed.push_back(id); });
        QObject::connect(&panel, &RunsPanel::saveAsAsked, &panel,
                         [this](const RunSourcePtr& source) { saves.push_back(source); });
    }
    [[nodiscard]] QToolButton* button(const QString& name) const {
        for (auto* each : panel.findChildren<QToolButton*>()) {
            if (each->accessibleName() == name && each->isVisible())
                return each;
        }
        return nullptr;
    }
    void click(const QString& name) {
        ASSERT_NE(button(name), nullptr) << name.toStdString();
        QTest::mouseClick(button(name), Qt::LeftButton);
    }
    [[nodiscard]] bool visible(const QString& start) const {
        for (const auto* label : panel.findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().startsWith(start))
                return true;
        }
        return false;
    }

    std::vector<RunSourcePtr> selected;
    std::vector<RunSourcePtr> saves;
    std::vector<SourceId> closed;
    RunsPanel panel;
    const RunSourcePtr a = file(QStringLiteral("a.migrec"), recordingOf(2));
    const RunSourcePtr b = file(QStringLiteral("b.migrec"), recordingOf(1));
};

const QString saveButton = QStringLiteral("Save the selected recording as");
const QString closeButton = QStringLiteral("Close the selected recording");

TEST_F(RunsList, anEmptyListExplainsItself) {
    EXPECT_TRUE(visible(QStringLiteral("No recording yet")));
    EXPECT_FALSE(panel.table()->isVisible());
    EXPECT_FALSE(button(saveButton)->isEnabled());
    EXPECT_FALSE(button(closeButton)->isEnabled());
    panel.add(a, false);
    EXPECT_FALSE(visible(QStringLiteral("No recording yet")));
    EXPECT_TRUE(panel.table()->isVisible());
    EXPECT_TRUE(selected.empty());
    EXPECT_FALSE(button(saveButton)->isEnabled()) << "none is selected";
}

TEST_F(RunsList, spaceTicksAndEnterShows) {
    panel.add(a, false);
    panel.add(b, false);
    panel.table()->setFocus();
    EXPECT_TRUE(selected.empty()) << "coming in with Tab shows nothing";
    QTest::keyClick(panel.table(), Qt::Key_Return);
    ASSERT_EQ(selected.size(), 1U);
    EXPECT_EQ(selected.back(), a);
    const QSignalSpy ticked(&panel, &RunsPanel::tickedChanged);
    QTest::keyClick(panel.table(), Qt::Key_Space);
    EXPECT_EQ(panel.model().ticked(), std::vector<RunSourcePtr>{a});
    QTest::keyClick(panel.table(), Qt::Key_Down);
    EXPECT_EQ(selected.back(), b);
    QTest::keyClick(panel.table(), Qt::Key_Right);
    QTest::keyClick(panel.table(), Qt::Key_Space);
    EXPECT_EQ(panel.model().ticked(), (std::vector<RunSourcePtr>{a, b}));
    QTest::keyClick(panel.table(), Qt::Key_Space);
    EXPECT_EQ(panel.model().ticked(), std::vector<RunSourcePtr>{a});
    EXPECT_EQ(ticked.count(), 3);
    selected.clear();
    QTest::keyClick(panel.table(), Qt::Key_Enter);
    EXPECT_EQ(selected, std::vector<RunSourcePtr>{b}) << "again: the person may have gone elsewhere";
}

TEST_F(RunsList, aClickOnTheTickTicks) {
    panel.add(a, false);
    const QRect row = panel.table()->visualRect(panel.model().index(0, RunsModel::Name));
    QTest::mouseClick(panel.table()->viewport(), Qt::LeftButton, {}, {row.left() + 9, row.center().y()});
    EXPECT_EQ(panel.model().ticked(), std::vector<RunSourcePtr>{a});
}

TEST_F(RunsList, anAddedOneIsShownOnceAndAReadAgainOneTakesItsPlace) {
    panel.add(b, true);
    EXPECT_EQ(selected, std::vector<RunSourcePtr>{b});
    panel.add(a, false);
    EXPECT_EQ(panel.current(), b) << "the selection moved down with its row";
    EXPECT_EQ(selected.size(), 1U);
    const RunSourcePtr again = file(QStringLiteral("b.migrec"), recordingOf(1));
    panel.add(again, true);
    EXPECT_EQ(selected, (std::vector<RunSourcePtr>{b, again}));
    EXPECT_EQ(panel.find(b->id()), nullptr);
    EXPECT_EQ(panel.find(again->id()), again);
    auto recording = recordingOf(0);
    const RunSourcePtr live = growing(QStringLiteral("live"), recording);
    panel.add(live, false, RunKind::Live);
    EXPECT_EQ(panel.model().entry(0).source, live);
    migrate(*recording);
    live->setGrowing(false);
    panel.refresh(live->id());
    EXPECT_EQ(panel.model().rowOf(live->id()), 2);
    EXPECT_EQ(cell(panel.model(), 2, RunsModel::Outcome), QStringLiteral("ok"));
}

TEST_F(RunsList, savesAndClosesTheSelectedOne) {
    panel.add(a, false);
    panel.add(b, true);
    click(saveButton);
    EXPECT_EQ(saves, std::vector<RunSourcePtr>{b});
    selected.clear();
    click(closeButton);
    EXPECT_EQ(closed, std::vector<SourceId>{b->id()});
    EXPECT_EQ(panel.model().rowCount(), 1);
    EXPECT_EQ(selected, std::vector<RunSourcePtr>{a}) << "the next one is shown";
    click(closeButton);
    EXPECT_EQ(closed.size(), 2U);
    EXPECT_TRUE(visible(QStringLiteral("No recording yet")));
    EXPECT_FALSE(button(closeButton)->isEnabled());
}

TEST_F(RunsList, whatIsBeingRecordedCannotBeClosedAndSaysWhy) {
    const RunSourcePtr live = growing(QStringLiteral("live"), recordingOf(1));
    panel.add(live, true, RunKind::Live);
    EXPECT_FALSE(button(closeButton)->isEnabled());
    EXPECT_TRUE(button(closeButton)->toolTip().contains(QStringLiteral("being recorded")));
    EXPECT_TRUE(button(saveButton)->isEnabled()) << "what is there by now";
    live->setGrowing(false);
    panel.refresh(live->id());
    EXPECT_TRUE(button(closeButton)->isEnabled());
}

TEST_F(RunsList, openIsAskedForAndTheMenuHasAllActs) {
    const QSignalSpy asked(&panel, &RunsPanel::openAsked);
    click(QStringLiteral("Open a recording"));
    EXPECT_EQ(asked.count(), 1);
    QStringList acts;
    for (const QAction* act : panel.table()->actions())
        acts << act->text();
    EXPECT_EQ(acts, QStringList({QStringLiteral("Open…"), QStringLiteral("Save as…"),
                                 QStringLiteral("Report…"), QStringLiteral("Close")}));
    EXPECT_EQ(panel.table()->contextMenuPolicy(), Qt::ActionsContextMenu);
}

TEST_F(RunsList, recordingsAreDroppedOntoItAndOthersAreNot) {
    QStringList dropped;
    QObject::connect(&panel, &RunsPanel::filesDropped, &panel,
                     [&](const QStringList& paths) { dropped << paths; });
    const auto drop = [&](const QList<QUrl>& urls) {
        QMimeData data;
        data.setUrls(urls);
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QApplication::sendEvent(&panel, &enter);
        if (!enter.isAccepted())
            return false;
        QDropEvent event(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&panel, &event);
        return event.isAccepted();
    };
    EXPECT_FALSE(drop({QUrl::fromLocalFile(QStringLiteral("/tmp/picture.png"))}));
    EXPECT_FALSE(drop({QUrl(QStringLiteral("https://example.org/a.migrec"))}));
    EXPECT_TRUE(dropped.isEmpty());
    EXPECT_TRUE(drop({QUrl::fromLocalFile(QStringLiteral("/tmp/a b.migrec")),
                      QUrl::fromLocalFile(QStringLiteral("/tmp/picture.png")),
                      QUrl::fromLocalFile(QStringLiteral("/tmp/c.MIGREC"))}));
    EXPECT_EQ(dropped, QStringList({QStringLiteral("/tmp/a b.migrec"), QStringLiteral("/tmp/c.MIGREC")}));
}

TEST_F(RunsList, aFileThatLoadsShowsItsAmountAndIsCancelled) {
    QStringList cancelled;
    QObject::connect(&panel, &RunsPanel::cancelAsked, &panel,
                     [&](const QString& path) { cancelled << path; });
    const QString path = QStringLiteral("/tmp/large.migrec");
    EXPECT_FALSE(panel.loading()->isVisible());
    panel.showProgress(path, 12U << 20U, 60U << 20U);
    EXPECT_EQ(panel.loading()->text(path), QStringLiteral("Reading large.migrec: 12.0 MiB of 60.0 MiB"));
    panel.showProgress(path, 30U << 20U, 60U << 20U);
    panel.showSaveProgress(QStringLiteral("/tmp/b.migrec"), 1, 4);
    EXPECT_EQ(panel.loading()->text(QStringLiteral("/tmp/b.migrec")),
              QStringLiteral("Saving b.migrec: 25 %"));
    spin(20);
    EXPECT_EQ(panel.loading()->count(), 2);
    auto* bar = panel.loading()->findChild<QProgressBar*>();
    ASSERT_NE(bar, nullptr);
    EXPECT_EQ(bar->value(), 500);
    click(QStringLiteral("Cancel large.migrec"));
    EXPECT_EQ(cancelled, QStringList(path));
    panel.endProgress(path);
    EXPECT_EQ(panel.loading()->count(), 1);
    panel.endProgress(QStringLiteral("/tmp/b.migrec"));
    panel.endProgress(path);
    EXPECT_FALSE(panel.loading()->isVisible());
    panel.showProgress(path, 1, 0);
    EXPECT_EQ(panel.loading()->text(path), QStringLiteral("Reading large.migrec: 1 B"));
}

TEST_F(RunsList, everyControlHasANameAndIsReachedByTab) {
    panel.add(a, true);
    panel.showProgress(QStringLiteral("/tmp/large.migrec"), 1, 2);
    spin(20);
    panel.table()->setFocus();
    QSet<QWidget*> reached;
    for (int press = 0; press < 12; ++press) {
        if (QWidget* now = QApplication::focusWidget()) {
            reached << now;
            QTest::keyClick(now, Qt::Key_Tab);
        }
    }
    int controls = 0;
    for (auto* widget : panel.findChildren<QWidget*>()) {
        if (!widget->isVisible() || !widget->isEnabled() || (widget->focusPolicy() & Qt::TabFocus) == 0 ||
            widget->focusProxy() != nullptr || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        ++controls;
        EXPECT_TRUE(reached.contains(widget)) << widget->accessibleName().toStdString();
        EXPECT_FALSE(QAccessible::queryAccessibleInterface(widget)->text(QAccessible::Name).isEmpty());
    }
    EXPECT_EQ(controls, 5) << "the table, three buttons, and Cancel";
}

} // namespace
} // namespace migscope::testing
