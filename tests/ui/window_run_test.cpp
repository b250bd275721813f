// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window: a migration by clicks, one selection through all views, files, and what an earlier start
// left.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QUrl>

#include "core/transfer/recording_io.h"
#include "tests/core/transfer/run_builder.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recordings.h"
#include "ui/run_presenter.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"
#include "ui/unfinished.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

class WindowRun : public WindowTest {
protected:
    void showTab(QWidget* tab) {
        QTest::mouseClick(parts().tabs->tabBar(), Qt::LeftButton, {},
                          parts().tabs->tabBar()->tabRect(parts().tabs->indexOf(tab)).center());
    }
    template<class Widget>
    [[nodiscard]] Widget* part(const char* name) const {
        return parts().migrate->findChild<Widget*>(QLatin1String(name));
    }
    void chooseDestination(const char* device) {
        auto* to = part<QComboBox>("run destination");
        ASSERT_GE(to->findData(QLatin1String(device)), 0);
        to->setCurrentIndex(to->findData(QLatin1String(device)));
    }
    /// Opens both ends by the panel's own buttons and runs until the figures are there.
    void migrate() {
        machine("sim:lab");
        select(mlx5A);
        showTab(parts().migrate);
        chooseDestination(mlx5B);
        for (const char* end : {"run end 0", "run end 1"})
            QTest::mouseClick(part<QPushButton>(end), Qt::LeftButton);
        ASSERT_TRUE(waitUntil([this] { return part<QPushButton>("run start")->isEnabled(); }));
        QTest::mouseClick(part<QPushButton>("run start"), Qt::LeftButton);
        ASSERT_TRUE(waitUntil([this] { return host_->run() && host_->run()->source; }));
    }
    [[nodiscard]] bool ended() {
        return waitUntil([this] { return !host_->runActive() && !host_->run()->metrics.empty(); }, 30'000);
    }
    [[nodiscard]] RunView& live() const { return *parts().migrate->view(); }
    /// Rows of the list of runs whose name has the words.
    [[nodiscard]] int rowNamed(const char* words) const {
        for (int row = 0; row < parts().runs->model().rowCount(); ++row) {
            if (parts().runs->model().entry(row).name.contains(QLatin1String(words)))
                return row;
        }
        return -1;
    }
};

TEST_F(WindowRun, aMigrationIsStartedWatchedLiveAndRead) {
    migrate();
    EXPECT_EQ(live().source(), host_->run()->source) << "the chart shows the run that goes on";
    EXPECT_TRUE(live().chart()->following());
    ASSERT_TRUE(waitUntil([this] { return !live().chart()->canvas().content().rates.empty(); }));
    EXPECT_TRUE(host_->runActive()) << "while it runs";
    ASSERT_TRUE(ended());
    EXPECT_EQ(host_->run()->result->outcome, RunOutcome::Ok);
    ASSERT_TRUE(
        waitUntil([this] { return live().bar()->content() && live().bar()->content()->parts.size() == 4; }));
    const RunMetrics& measured = host_->run()->metrics.front();
    Ns sum{0};
    for (const auto& each : live().bar()->content()->parts)
        sum += each.duration;
    EXPECT_EQ(sum, measured.downtime) << "the bar's phases are the recording's";
    EXPECT_EQ(live().chart()->canvas().content().lanes.size(), 2U);
    EXPECT_TRUE(waitUntil([this] { return !live().source()->growing(); }));
    EXPECT_TRUE(live().caption()->text().contains(QStringLiteral("SIMULATED")));
    EXPECT_GE(rowNamed("migrate"), 0) << "it stands in the list of runs";
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(WindowRun, aRunIsCancelledByItsActionAndTheDevicesAreBack) {
    migrate();
    QAction* cancel = (*parts().actions)[ActionId::CancelRun];
    EXPECT_TRUE(cancel->isEnabled());
    cancel->trigger();
    ASSERT_TRUE(waitUntil([this] { return !host_->runActive(); }, 30'000));
    EXPECT_EQ(host_->run()->result->outcome, RunOutcome::Cancelled);
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
    EXPECT_FALSE(cancel->isEnabled());
}

TEST_F(WindowRun, logRowChartMarkGridArcAndPhaseAreOneSelection) {
    migrate();
    ASSERT_TRUE(ended());
    ASSERT_TRUE(
        waitUntil([this] { return live().bar()->content() && live().bar()->content()->parts.size() == 4; }));
    ASSERT_TRUE(waitUntil([this] { return live().bar()->partRect(1).width() > 1; })) << "it was painted";
    // The phase "save" begins with the source's SET to STOP_COPY.
    QTest::mouseClick(live().bar(), Qt::LeftButton, {}, live().bar()->partRect(1).center().toPoint());
    const auto pick = parts().selection->pick();
    ASSERT_TRUE(pick.has_value());
    EXPECT_EQ(pick->source, host_->run()->source->id());
    const int row = parts().log->table()->currentIndex().row();
    ASSERT_GE(row, 0) << "the log selects its row";
    EXPECT_TRUE(parts()
                    .log->view()
                    .index(row, EventLogModel::Text)
                    .data()
                    .toString()
                    .contains(QStringLiteral("→ STOP_COPY")));
    EXPECT_TRUE(parts().log->decode()->toPlainText().contains(QStringLiteral("The rule")));
    ASSERT_TRUE(parts().inspect->grid()->picked().has_value()) << "the grid marks the arc";
    EXPECT_EQ(parts().inspect->grid()->picked()->second, MigState::StopCopy);
    // From the log to the bar.
    parts().log->filter()->setText(QStringLiteral("kind:arc state:RESUMING"));
    ASSERT_GE(parts().log->view().rowCount(), 1);
    const QRect last =
        parts().log->table()->visualRect(parts().log->view().index(parts().log->view().rowCount() - 1, 1));
    QTest::mouseClick(parts().log->table()->viewport(), Qt::LeftButton, {}, last.center());
    ASSERT_TRUE(live().bar()->selected().has_value());
    EXPECT_EQ(live().bar()->content()->parts[*live().bar()->selected()].name, PhaseName::Load);
}

TEST_F(WindowRun, anArcOfTheGridPicksItsEventWithItsBytes) {
    machine("sim:lab");
    open(mlx5A);
    StateGrid* grid = parts().inspect->grid();
    QTest::mouseClick(grid->button(MigState::RunningP2p), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return state(mlx5A).state == MigState::RunningP2p && waitIdle(mlx5A); }));
    spin(120); // the events of it
    QTest::mouseClick(grid, Qt::LeftButton, {},
                      grid->pointOn(MigState::Running, MigState::RunningP2p).toPoint());
    ASSERT_TRUE(parts().selection->pick().has_value());
    ASSERT_TRUE(grid->picked().has_value());
    EXPECT_EQ(grid->picked()->second, MigState::RunningP2p);
    const QString decoded = parts().log->decode()->toPlainText();
    for (const char* words : {"device_state     5", "RUNNING_P2P", "data_fd", "0x20002", "0000  10 00 00 00"})
        EXPECT_TRUE(decoded.contains(QLatin1String(words))) << words << "\nin\n" << decoded.toStdString();
}

TEST_F(WindowRun, aRecordingOfALiveSessionGrowsInTheTimeline) {
    machine("sim:lab");
    open(mlx5A);
    ASSERT_TRUE(waitUntil([this] { return rowNamed("3b:00.2, by hand") >= 0; }));
    parts().runs->table()->selectRow(rowNamed("3b:00.2, by hand"));
    QTest::keyClick(parts().runs->table(), Qt::Key_Return);
    ASSERT_EQ(parts().tabs->currentWidget(), parts().timeline);
    EXPECT_TRUE(parts().timeline->source()->growing());
    const auto bands = [this] {
        const auto& lanes = parts().timeline->chart()->canvas().content().lanes;
        return lanes.empty() ? std::size_t{0} : lanes.front().bands.size();
    };
    host_->step(mlx5A, MigState::Stop, false);
    ASSERT_TRUE(waitUntil([&] { return bands() >= 3; })) << "RUNNING, RUNNING_P2P, STOP";
    EXPECT_TRUE(parts().log->source() == parts().timeline->source()) << "the log shows the same recording";
}

TEST_F(WindowRun, aRecordingIsDroppedOntoTheWindowAndIsRecentThen) {
    machine("sim:lab");
    const QString path = QStringLiteral(MIGSCOPE_TEST_DATA "/recordings/mtty-migrate.migrec");
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(path)});
    QDragEnterEvent enter({100, 100}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &enter);
    ASSERT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(100, 100), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(window_.get(), &drop);
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->source() != nullptr; }));
    EXPECT_EQ(parts().tabs->currentWidget(), parts().timeline);
    EXPECT_EQ(parts().timeline->bar()->content()->words.figure, QStringLiteral("downtime 17.0 ms ± 2.1"));
    EXPECT_FALSE(parts().timeline->caption()->text().contains(QStringLiteral("SIMULATED")));
    emit parts().recent -> aboutToShow();
    EXPECT_EQ(parts().recent->actions().front()->text(), QStringLiteral("mtty-migrate.migrec"));
    EXPECT_GT(parts().log->view().rowCount(), 10);
}

TEST_F(WindowRun, whatAnEarlierStartLeftIsOfferedAndOpened) {
    const QString folder = temporaryFolder() + QStringLiteral("/left");
    QDir().mkpath(folder);
    test::RunBuilder builder;
    event::ArcBegin begun;
    begun.from = MigState::Stop;
    begun.to = begun.goal = MigState::StopCopy;
    builder.add(test::ms(5), 0, begun);
    RecordingHeader header;
    header.devices.resize(1);
    header.devices[0].name = "0000:3b:00.2";
    std::string text = headerLine(header) + "\n";
    for (const Event& event : builder.events)
        text += eventLine(event) + "\n";
    test::writeAll((folder + QStringLiteral("/left.migrec")).toStdString(), text);
    parts().unfinished->scan(folder);
    ASSERT_TRUE(waitUntil([this] { return parts().offer->isVisible(); }));
    EXPECT_TRUE(parts().offer->text().contains(QStringLiteral("SET STOP_COPY had not returned")))
        << parts().offer->text().toStdString();
    for (auto* button : parts().offer->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Open it"))
            QTest::mouseClick(button, Qt::LeftButton);
    }
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->source() != nullptr; }));
    EXPECT_FALSE(parts().offer->isVisible());
    parts().unfinished->scan(folder);
    spin(200);
    EXPECT_FALSE(parts().offer->isVisible()) << "what was opened is not offered again";
}

TEST_F(WindowRun, keysLeadToEveryView) {
    machine("sim:lab");
    select(mlx5A);
    const auto press = [this](ActionId id) { (*parts().actions)[id]->trigger(); };
    press(ActionId::ShowMigrate);
    EXPECT_EQ(parts().tabs->currentWidget(), parts().migrate);
    press(ActionId::ShowTimeline);
    EXPECT_EQ(parts().tabs->currentWidget(), parts().timeline);
    press(ActionId::ShowInspect);
    EXPECT_EQ(parts().tabs->currentWidget(), parts().inspect);
    window_->activateWindow();
    QApplication::setActiveWindow(window_.get());
    press(ActionId::Search);
    EXPECT_TRUE(parts().machines->filter()->hasFocus());
    press(ActionId::FilterEvents);
    EXPECT_TRUE(parts().log->filter()->hasFocus());
    for (const ActionId id : parts().actions->ids()) {
        if (id == ActionId::About)
            continue;
        EXPECT_FALSE((*parts().actions)[id]->shortcut().isEmpty()) << Actions::word(id).toStdString();
    }
}

TEST_F(WindowRun, aRunIsCopiedAsACommand) {
    machine("sim:lab");
    select(mlx5A);
    showTab(parts().migrate);
    chooseDestination(mlx5B);
    QTest::mouseClick(part<QPushButton>("run copy"), Qt::LeftButton);
    EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(
        QStringLiteral("migscope-cli --backend sim:lab migrate 0000:3b:00.2 0000:3b:00.3")))
        << QGuiApplication::clipboard()->text().toStdString();
}

TEST_F(WindowRun, theWindowFitsASmallScreen) {
    migrate();
    ASSERT_TRUE(ended());
    const auto fits = [this](const char* what) {
        window_->resize(1024, 700);
        spin(30);
        EXPECT_LE(window_->width(), 1024) << what;
        EXPECT_LE(window_->height(), 700) << what;
    };
    showTab(parts().inspect);
    fits("Inspect of an open device");
    showTab(parts().migrate);
    ASSERT_TRUE(live().chart()->isVisible());
    fits("Migrate with a chart");
    parts().runPresenter->showRun(host_->run()->source);
    ASSERT_EQ(parts().tabs->currentWidget(), parts().timeline);
    for (int page = RunView::ChartPage; page <= RunView::WhatIfPage; ++page) {
        parts().timeline->showPage(static_cast<RunView::Page>(page));
        fits(qPrintable(QStringLiteral("page %1 of Timeline").arg(page)));
    }
    const QString saved =
        temporaryFolder() + QStringLiteral("/a-recording-with-a-long-name-of-its-own.migrec");
    parts().recordings->saveAs(host_->run()->source, saved);
    ASSERT_TRUE(waitUntil([&] { return QFile::exists(saved); }));
    RunsModel& runs = parts().runs->model();
    const int before = runs.rowCount();
    parts().recordings->open(saved);
    ASSERT_TRUE(waitUntil([&] { return runs.rowCount() > before; }));
    for (int row = 0; row < runs.rowCount(); ++row)
        ASSERT_TRUE(runs.setData(runs.index(row, 0), Qt::Checked, Qt::CheckStateRole));
    ASSERT_TRUE(waitUntil([this] {
        const auto* table = parts().compare->findChild<QTableView*>();
        return table != nullptr && table->isVisible();
    }));
    fits("Compare of two");
}

} // namespace
} // namespace migscope::testing
