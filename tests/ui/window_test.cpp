// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window on the simulated lab, driven by real clicks and keys.
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

#include "app/gui/ordinary_host.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/facts.h"
#include "ui/panels/command_box.h"
#include "ui/panels/device_header.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/host_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_form.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recordings.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"
#include "ui/theme.h"

#include "test_paths.h"

namespace migscope::testing {
namespace {

class Window : public WindowTest {
protected:
    [[nodiscard]] StateGrid* grid() const { return parts().inspect->grid(); }
    [[nodiscard]] StateButton* button(MigState state) const { return grid()->button(state); }
    void click(MigState state) { QTest::mouseClick(button(state), Qt::LeftButton); }
    [[nodiscard]] bool waitState(const std::string& device, MigState goal) {
        return waitUntil([&] {
            return state(device).phase == SessionPhase::Idle && state(device).state == goal &&
                   button(goal)->face().current;
        });
    }
    [[nodiscard]] bool noticeHas(const char* words) const {
        return parts().notice->isVisible() && parts().notice->text().contains(QLatin1String(words));
    }
    void pressNotice(const char* words) {
        for (auto* candidate : parts().notice->findChildren<QPushButton*>()) {
            if (candidate->isVisible() && candidate->text() == QLatin1String(words)) {
                QTest::mouseClick(candidate, Qt::LeftButton);
                return;
            }
        }
        ADD_FAILURE() << "no button " << words;
    }
};

TEST_F(Window, theStateOfADeviceThatOthersDriveIsFollowedFromOutside) {
    const QTemporaryDir folder;
    QFile profile(folder.filePath(QStringLiteral("held.json")));
    ASSERT_TRUE(profile.open(QIODevice::WriteOnly));
    profile.write(R"({"schema": "migscope.sim-profile/1", "name": "held",
        "host": {"name": "held", "debugfs": true}, "devices": [
        {"address": "5196c0de-0000-4000-8000-000000000001", "family": "mtty", "found_state": "RESUMING",
         "holders": [{"pid": 4711, "command": "qemu-system-x86"}]},
        {"address": "0000:3b:00.3", "family": "mlx5"}]})");
    profile.close();
    machine("sim:" + profile.fileName().toStdString());
    ASSERT_TRUE(sim_) << "the profile is read";
    const auto stateFact = [&] {
        for (const FactSection& section : factsOf(*host_->topology(), *host_->topology()->find(foundResuming),
                                                  nullptr, host_->fromOutside(foundResuming))) {
            for (const Fact& fact : section.facts) {
                if (fact.name == QStringLiteral("state"))
                    return fact.value;
            }
        }
        return QString();
    };
    select(foundResuming);
    ASSERT_TRUE(waitUntil([&] { return !stateFact().isEmpty(); }));
    EXPECT_EQ(stateFact(), QStringLiteral("RESUMING (from debugfs, live)"));
    const auto isShown = [&](const QString& words) {
        const auto labels = parts().facts->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->text().contains(words); });
    };
    EXPECT_TRUE(isShown(QStringLiteral("RESUMING (from debugfs, live)")));
    sim_->moveBehindBack(foundResuming);
    EXPECT_TRUE(waitUntil([&] { return isShown(QStringLiteral("RUNNING (from debugfs, live)")); }));
    EXPECT_FALSE(sim_->isOpen(foundResuming));
    select(mlx5B); // nobody holds it: nothing is asked
    EXPECT_EQ(host_->fromOutside(foundResuming), nullptr);
    EXPECT_EQ(host_->fromOutside(mlx5B), nullptr);
}

TEST_F(Window, clicksDriveADeviceAndTheGridFollows) {
    machine("sim:lab");
    open(mlx5A);
    EXPECT_TRUE(button(MigState::Running)->face().current);
    for (const MigState goal : {MigState::RunningP2p, MigState::Stop, MigState::StopCopy}) {
        click(goal);
        ASSERT_TRUE(waitState(mlx5A, goal)) << stateName(goal);
        EXPECT_EQ(sim_->stateOf(mlx5A), goal);
    }
    EXPECT_TRUE(state(mlx5A).stream.has_value());
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Window, keysDriveADeviceToo) {
    machine("sim:lab");
    open(mlx5A);
    button(MigState::Running)->setFocus();
    QTest::keyClick(button(MigState::Running), Qt::Key_Right);
    EXPECT_TRUE(button(MigState::RunningP2p)->hasFocus());
    QTest::keyClick(button(MigState::RunningP2p), Qt::Key_Right);
    ASSERT_TRUE(button(MigState::Stop)->hasFocus());
    QTest::keyClick(button(MigState::Stop), Qt::Key_Return);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    QTest::keyClick(button(MigState::Stop), Qt::Key_Down);
    EXPECT_TRUE(button(MigState::StopCopy)->hasFocus());
    QTest::keyClick(button(MigState::StopCopy), Qt::Key_R);
    EXPECT_TRUE(grid()->resetButton()->hasFocus());
    EXPECT_EQ(sim_->arcs(mlx5A).size(), 2U) << "one SET an arc";
}

TEST_F(Window, ctrlMakesOneSetOfTheWholeWay) {
    machine("sim:lab");
    open(mlx5A);
    QTest::mouseClick(button(MigState::Stop), Qt::LeftButton, Qt::ControlModifier);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    ASSERT_EQ(state(mlx5A).latencies.size(), 1U);
    EXPECT_EQ(state(mlx5A).latencies.front().from, MigState::Running);
    EXPECT_EQ(state(mlx5A).latencies.front().to, MigState::Stop);
}

TEST_F(Window, losingAStreamAsksInPlaceAndThePressesMustFollowSoon) {
    machine("sim:lab");
    open(mlx5A);
    grid()->setAskTime(300);
    click(MigState::PreCopy);
    ASSERT_TRUE(waitState(mlx5A, MigState::PreCopy));
    click(MigState::Running);
    EXPECT_TRUE(button(MigState::Running)->face().asking);
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::PreCopy);
    EXPECT_TRUE(waitUntil([this] { return !button(MigState::Running)->face().asking; }))
        << "the question ends";
    click(MigState::Running);
    EXPECT_TRUE(button(MigState::Running)->face().asking);
    click(MigState::Running);
    ASSERT_TRUE(waitState(mlx5A, MigState::Running));
}

TEST_F(Window, resetAsksInPlaceThenResets) {
    machine("sim:lab");
    open(failing);
    click(MigState::StopCopy);
    ASSERT_TRUE(waitState(failing, MigState::Error));
    EXPECT_EQ(button(MigState::StopCopy)->face().note.text, QStringLiteral("refused: EIO"));
    EXPECT_TRUE(parts().inspect->status()->text().contains(QStringLiteral("EIO")))
        << parts().inspect->status()->text().toStdString();
    EXPECT_TRUE(parts().inspect->status()->text().contains(QStringLiteral("ERROR")));
    EXPECT_TRUE(parts().header->verdictLabel()->text().startsWith(QStringLiteral("Stands in ERROR")))
        << parts().header->verdictLabel()->text().toStdString();
    QTest::mouseClick(grid()->resetButton(), Qt::LeftButton);
    EXPECT_EQ(grid()->resetButton()->text(), QStringLiteral("Reset now: state is lost"));
    EXPECT_EQ(sim_->stateOf(failing), MigState::Error);
    QTest::mouseClick(grid()->resetButton(), Qt::LeftButton);
    ASSERT_TRUE(waitState(failing, MigState::Running));
    EXPECT_TRUE(waitUntil(
        [this] { return parts().header->verdictLabel()->text().startsWith(QStringLiteral("Migratable")); }));
}

TEST_F(Window, hoverLightsThePathAndSaysItsPrice) {
    machine("sim:lab");
    open(mlx5A);
    button(MigState::StopCopy)->setFocus();
    EXPECT_TRUE(button(MigState::Stop)->face().onPath);
    EXPECT_TRUE(button(MigState::RunningP2p)->face().onPath);
    EXPECT_FALSE(button(MigState::Resuming)->face().onPath);
    EXPECT_TRUE(button(MigState::StopCopy)->accessibleDescription().contains(QStringLiteral("new stream")));
    EXPECT_TRUE(parts()
                    .inspect->findChild<QLabel*>(QStringLiteral("grid words"))
                    ->text()
                    .contains(QStringLiteral("new stream")));
}

TEST_F(Window, statesThatTheDeviceLacksStayWhereTheyAreAndSaySo) {
    machine("sim:lab");
    const QRect before = button(MigState::PreCopyP2p)->geometry();
    open(hisiA);
    EXPECT_FALSE(button(MigState::RunningP2p)->face().present);
    EXPECT_EQ(button(MigState::RunningP2p)->face().note.text, QStringLiteral("no P2P"));
    click(MigState::RunningP2p);
    spin(50);
    EXPECT_EQ(sim_->stateOf(hisiA), MigState::Running);
    EXPECT_TRUE(button(MigState::PreCopyP2p)->isVisible());
    EXPECT_GT(before.width(), 0);
}

TEST_F(Window, aDeviceFoundResumingCanOnlyBeReset) {
    machine("sim:lab");
    open(foundResuming);
    EXPECT_TRUE(state(foundResuming).needsReset);
    click(MigState::Stop);
    spin(50);
    EXPECT_EQ(sim_->stateOf(foundResuming), MigState::Resuming);
    EXPECT_TRUE(parts().inspect->status()->text().contains(QStringLiteral("reset"), Qt::CaseInsensitive));
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Window, theEventLogFillsAndIsCopied) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    ASSERT_TRUE(waitUntil([this] { return parts().log->model().rowCount() >= 2; }));
    parts().log->filter()->setText(QStringLiteral("arc way"));
    parts().log->copy();
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_TRUE(copied.contains(QStringLiteral("RUNNING → RUNNING_P2P"))) << copied.toStdString();
    EXPECT_EQ(copied.count(QLatin1Char('\n')), 1);
}

TEST_F(Window, aReleasedDeviceLeavesItsRecordingInTheList) {
    machine("sim:lab");
    open(mlx5A);
    const QString journal = host_->journalPath(mlx5A);
    EXPECT_TRUE(QFile::exists(journal)) << "written as it happens";
    EXPECT_TRUE(journal.startsWith(temporaryFolder() + QStringLiteral("/migscope/journals/")));
    (*parts().actions)[ActionId::ReleaseDevice]->trigger();
    ASSERT_TRUE(waitUntil(
        [this] { return parts().runs->model().rowCount() == 1 && !parts().runs->model().entry(0).growing; }));
    EXPECT_FALSE(sim_->isOpen(mlx5A));
    EXPECT_FALSE(host_->isOpen(mlx5A));
    EXPECT_EQ(parts().runs->model().index(0, RunsModel::Name).data().toString(),
              QStringLiteral("3b:00.2, by hand"));
    parts().runs->model().entry(0).source->look(
        [](const Recording& recording) { EXPECT_TRUE(recording.complete); });
}

TEST_F(Window, anOpenedRecordingIsShownInWordsAndWithItsEvents) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    const QString journal = host_->journalPath(mlx5A);
    (*parts().actions)[ActionId::ReleaseDevice]->trigger();
    ASSERT_TRUE(waitUntil(
        [this] { return parts().runs->model().rowCount() == 1 && !parts().runs->model().entry(0).growing; }));
    EXPECT_FALSE(parts().timeline->isVisible());
    parts().recordings->open(journal);
    ASSERT_TRUE(waitUntil([this] { return parts().timeline->isVisible(); }));
    EXPECT_EQ(parts().runs->model().rowCount(), 1) << "the same file is the same row";
    ASSERT_TRUE(waitUntil([this] { return parts().log->view().rowCount() >= 2; }))
        << "the log shows the events of this recording";
    parts().timeline->showPage(RunView::ReportPage);
    EXPECT_GT(parts().timeline->findChild<QPlainTextEdit*>()->toPlainText().size(), 20);
}

TEST_F(Window, aFileThatIsNoRecordingIsToldInPlace) {
    machine("sim:lab");
    parts().recordings->open(QStringLiteral("/does/not/exist.migrec"));
    ASSERT_TRUE(waitUntil([this] { return noticeHas("/does/not/exist.migrec could not be opened"); }));
    EXPECT_TRUE(noticeHas("ENOENT") || noticeHas("not found")) << parts().notice->text().toStdString();
}

TEST_F(Window, aDeviceInUseSaysByWhomAndLeavesNoEmptyRecording) {
    machine("sim:lab");
    select("0000:82:00.2");
    (*parts().actions)[ActionId::OpenDevice]->trigger();
    ASSERT_TRUE(
        waitUntil([this] { return parts().inspect->status()->text().contains(QStringLiteral("EBUSY")); }));
    ASSERT_TRUE(waitUntil([this] { return !host_->isOpen("0000:82:00.2"); }));
    spin(200);
    EXPECT_EQ(parts().runs->model().rowCount(), 0);
    EXPECT_TRUE(QDir(temporaryFolder() + QStringLiteral("/migscope/journals"))
                    .entryList({QStringLiteral("*82-00.2.migrec")})
                    .isEmpty());
}

TEST_F(Window, copiesWhatWasDoneAsACommand) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    (*parts().actions)[ActionId::CopyCommand]->trigger();
    EXPECT_EQ(QGuiApplication::clipboard()->text(),
              QStringLiteral("migscope-cli --backend sim:lab set 0000:3b:00.2 STOP"));
}

TEST_F(Window, aRefreshKeepsTheSelectionAndTheOpenDevice) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    (*parts().actions)[ActionId::Refresh]->trigger();
    ASSERT_TRUE(waitUntil([this] { return !host_->scanning(); }));
    EXPECT_EQ(window_->presenter().device(), QLatin1String(mlx5A));
    EXPECT_TRUE(button(MigState::Stop)->face().current);
}

TEST_F(Window, saysSimulatedInTitleAndStatusBar) {
    machine("sim:lab");
    EXPECT_TRUE(window_->windowTitle().contains(QStringLiteral("(Simulated)")))
        << window_->windowTitle().toStdString();
    const QString status = parts().status->text();
    EXPECT_TRUE(status.contains(QStringLiteral("simulated machine “lab”"))) << status.toStdString();
    EXPECT_TRUE(status.contains(QStringLiteral("uAPI baseline 7.3")));
    EXPECT_TRUE(status.contains(QStringLiteral("worker idle")));
}

TEST_F(Window, disabledActionsSayWhy) {
    machine("sim:lab");
    QAction* open = (*parts().actions)[ActionId::OpenDevice];
    EXPECT_FALSE(open->isEnabled());
    EXPECT_TRUE(open->toolTip().contains(QStringLiteral("Select a device first.")));
    select(mlx5A);
    EXPECT_TRUE(open->isEnabled());
    EXPECT_TRUE(open->text().contains(QStringLiteral("resets the function")));
}

TEST_F(Window, nothingIsOpenedBySelecting) {
    machine("sim:lab");
    for (const Device& device : host_->topology()->devices)
        select(device.name);
    spin(50);
    for (const Device& device : host_->topology()->devices)
        EXPECT_FALSE(sim_->isOpen(device.name)) << device.name;
}

TEST_F(Window, everyDeviceOfTheLabHasItsVerdictInWordsAndNextSteps) {
    machine("sim:lab");
    for (const Device& device : host_->topology()->devices) {
        select(device.name);
        auto* verdict = window_->findChild<QLabel*>(QStringLiteral("verdict"));
        EXPECT_GT(verdict->text().size(), 8) << device.name;
        EXPECT_FALSE(verdict->text().contains(QLatin1Char('{'))) << verdict->text().toStdString();
    }
}

TEST_F(Window, anOrdinaryMachineSaysWhatItHasWhyNotAndTheWayOn) {
    const QTemporaryDir folder;
    ASSERT_TRUE(writeOrdinaryHost(folder.path()));
    machine("capture:" + folder.path().toStdString());
    ASSERT_TRUE(waitUntil([this] {
        auto* head = window_->findChild<QLabel*>(QStringLiteral("host head"));
        return head != nullptr && head->text() == QStringLiteral("Nothing here can migrate");
    }));
    EXPECT_EQ(parts().centre->currentWidget(), parts().hostPage);
    QStringList all;
    for (auto* label : parts().hostPage->findChildren<QLabel*>()) {
        if (!label->isHidden())
            all << label->text();
    }
    const QString text = all.join(QLatin1Char('\n'));
    for (const char* words :
         {"What this host has", "Why each device cannot", "01:00.0", "vfio-pci", "6.1.0-44-amd64", "Next:"})
        EXPECT_TRUE(text.contains(QLatin1String(words))) << words << " is missing in\n" << text.toStdString();
    EXPECT_FALSE(text.contains(QLatin1Char('{'))) << text.toStdString();
    auto* lab = parts().hostPage->findChild<QPushButton*>(QStringLiteral("open lab"));
    ASSERT_NE(lab, nullptr);
    QTest::mouseClick(lab, Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return host_->simulated() && host_->topology() != nullptr; }));
    EXPECT_TRUE(window_->windowTitle().contains(QStringLiteral("Simulated")));
}

TEST_F(Window, closingAsksOnceAndBringsTheDeviceBack) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    window_->close();
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(noticeHas("3b:00.2 is in STOP"));
    pressNotice("Bring back and close");
    EXPECT_TRUE(waitUntil([this] { return !window_->isVisible(); }));
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Running);
    EXPECT_TRUE(host_->shutdown(std::chrono::seconds(2)));
}

TEST_F(Window, closingCanBeTakenBack) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    window_->close();
    pressNotice("Stay");
    spin(50);
    EXPECT_TRUE(window_->isVisible());
    EXPECT_EQ(sim_->stateOf(mlx5A), MigState::Stop);
}

TEST_F(Window, closingWithARunningDeviceAsksNothing) {
    machine("sim:lab");
    open(mlx5A);
    window_->close();
    EXPECT_FALSE(window_->isVisible());
    EXPECT_TRUE(host_->shutdown(std::chrono::seconds(2)));
    EXPECT_FALSE(sim_->isOpen(mlx5A));
}

TEST_F(Window, aStuckDeviceIsToldWithinTwoSecondsAndAnotherIsDrivenMeanwhile) {
    machine("sim:lab");
    open(mlx5A);
    open(stuckOne);
    QElapsedTimer timer;
    timer.start();
    click(MigState::StopCopy);
    ASSERT_TRUE(waitUntil(
        [this] { return parts().inspect->status()->text().startsWith(QStringLiteral("Stuck in SET")); }));
    EXPECT_LT(timer.elapsed(), 2600) << "2 s by the engine, and a tick";
    EXPECT_TRUE(parts().status->text().contains(QStringLiteral("stuck in SET")));
    select(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    EXPECT_TRUE(parts().status->text().contains(QStringLiteral("88:00.2 stuck")))
        << parts().status->text().toStdString();
    click(MigState::Running);
    ASSERT_TRUE(waitState(mlx5A, MigState::Running));
    window_->close();
    EXPECT_FALSE(window_->isVisible()) << "a stuck device holds nobody up";
    timer.start();
    EXPECT_FALSE(host_->shutdown(std::chrono::milliseconds(1500)));
    EXPECT_LT(timer.elapsed(), 2000);
}

TEST_F(Window, cancelWakesACallThatCanBeWoken) {
    machine("sim:lab");
    open(mlx5A);
    open(slowOne);
    QAction* cancel = (*parts().actions)[ActionId::CancelRun];
    EXPECT_FALSE(cancel->isEnabled()) << "nothing is under way";
    click(MigState::RunningP2p);
    ASSERT_TRUE(waitUntil(
        [this] { return parts().inspect->status()->text().startsWith(QStringLiteral("Stuck in SET")); }));
    EXPECT_TRUE(parts().inspect->status()->text().contains(QStringLiteral("Cancel wakes")));
    select(mlx5A);
    EXPECT_FALSE(cancel->isEnabled()) << "this device has nothing to cancel";
    select(slowOne);
    ASSERT_TRUE(cancel->isEnabled()) << cancel->toolTip().toStdString();
    cancel->trigger();
    ASSERT_TRUE(waitIdle(slowOne)) << "an arc of ten seconds does not hold it";
    EXPECT_EQ(state(slowOne).state, MigState::Running);
    EXPECT_FALSE(cancel->isEnabled());
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Window, theKernelGetsADeviceThatItAsksFor) {
    machine("sim:lab");
    open(mlx5A);
    click(MigState::Stop);
    ASSERT_TRUE(waitState(mlx5A, MigState::Stop));
    sim_->askBack(mlx5A);
    ASSERT_TRUE(waitUntil([this] { return !host_->isOpen(mlx5A); }));
    EXPECT_FALSE(sim_->isOpen(mlx5A));
    EXPECT_TRUE(noticeHas("The kernel asked for 3b:00.2"));
}

TEST_F(Window, anotherMachineReleasesWhatWasOpen) {
    machine("sim:lab");
    open(mlx5A);
    const auto before = sim_;
    machine("sim:lab");
    EXPECT_FALSE(before->isOpen(mlx5A));
    EXPECT_TRUE(host_->openDevices().empty());
}

TEST_F(Window, aMachineThatDoesNotExistIsToldAndTheWayOnIsOffered) {
    window_->presenter().useMachine(QStringLiteral("sim:/does/not/exist.json"));
    EXPECT_TRUE(noticeHas("/does/not/exist.json")) << parts().notice->text().toStdString();
    ASSERT_NE(parts().hostPage->findChild<QPushButton*>(QStringLiteral("open lab")), nullptr);
    machine("sim:lab");
    EXPECT_FALSE(parts().notice->isVisible());
}

TEST_F(Window, followsAChangeOfThePaletteWhileItRuns) {
    machine("sim:lab");
    open(mlx5A);
    const auto background = [this] { return grid()->grab().toImage().pixelColor(2, 2).lightness(); };
    EXPECT_GT(background(), 200);
    QApplication::setPalette(darkPalette());
    spin(50);
    EXPECT_LT(background(), 60);
    QApplication::setPalette(lightPalette());
    spin(50);
    EXPECT_GT(background(), 200);
}

TEST(MainWindowFile, staysSmall) {
    QFile file(QStringLiteral(MIGSCOPE_SOURCE_DIR "/ui/main_window.cpp"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_LT(file.readAll().count('\n'), 250);
}

} // namespace
} // namespace migscope::testing
