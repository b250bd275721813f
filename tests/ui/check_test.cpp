// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compliance tab: what is asked for, what is shown of it, what it says.
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cerrno>

#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/check_presenter.h"
#include "ui/cli_command.h"
#include "ui/models/check_models.h"
#include "ui/panels/check_evidence.h"
#include "ui/panels/check_form.h"
#include "ui/panels/compliance_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/state_pair_view.h"

namespace migscope::testing {
namespace {

constexpr int longWait = 30'000;

class Checks : public WindowTest {
protected:
    CompliancePage& page() { return *parts().compliance; }
    template<class Widget>
    Widget* child(const char* name) {
        return page().findChild<Widget*>(QLatin1String(name));
    }
    void show(const char* device) {
        machine("sim:lab");
        select(device);
        (*parts().actions)[ActionId::ShowCompliance]->trigger();
        spin(20);
    }
    void choosePeer(const char* peer) {
        auto* peers = child<QComboBox>("check peer");
        const int at = peers->findData(QLatin1String(peer));
        ASSERT_GE(at, 0) << peer;
        peers->setCurrentIndex(at);
        emit peers->activated(at);
    }
    void leaveOut(CheckClass kind) { box(kind)->setChecked(false); }
    QCheckBox* box(CheckClass kind) {
        return child<QCheckBox>(("check class " + std::string(classWord(kind))).c_str());
    }
    void start() { QTest::mouseClick(child<QPushButton>("check start"), Qt::LeftButton); }
    [[nodiscard]] bool ended() {
        return waitUntil([this] { return host_->activeCheck() == nullptr; }, longWait);
    }
    [[nodiscard]] bool noticeHas(const char* words) const {
        return parts().notice->text().contains(QLatin1String(words));
    }
    QString label(const char* name) {
        auto* found = child<QLabel>(name);
        return found->isVisible() ? found->text() : QString();
    }
    const StatePair& pair(MigState from, MigState to) {
        auto& model = *qobject_cast<StatePairModel*>(page().pairs()->model());
        return *model.pairAt(model.indexOf(from, to));
    }
    void clickCell(MigState from, MigState to) {
        StatePairView& view = *page().pairs();
        const auto& model = *qobject_cast<StatePairModel*>(view.model());
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                          view.visualRect(model.indexOf(from, to)).center());
    }
};

TEST_F(Checks, aWholeCatalogueByOneClickAndTheDeviceIsBack) {
    show(virtioA);
    EXPECT_FALSE(child<QPushButton>("check cancel")->isEnabled());
    choosePeer(virtioB);
    start();
    ASSERT_NE(host_->activeCheck(), nullptr);
    EXPECT_TRUE(host_->isChecked(virtioA));
    EXPECT_TRUE(host_->isChecked(virtioB));
    EXPECT_FALSE(child<QPushButton>("check start")->isEnabled());
    ASSERT_TRUE(ended());
    spin(50);
    const CheckStatus& status = *host_->check(virtioA);
    EXPECT_EQ(status.document.report.results.size(), checkCatalogue().size());
    EXPECT_EQ(static_cast<std::size_t>(page().list()->model()->rowCount()), checkCatalogue().size());
    EXPECT_FALSE(status.document.report.failedMust()) << checkText(status.document);
    EXPECT_TRUE(status.document.report.safe());
    EXPECT_TRUE(label("check summary").contains(QStringLiteral("3f:00.1 back in RUNNING")));
    EXPECT_TRUE(label("check summary").contains(QStringLiteral("SIMULATED")));
    EXPECT_TRUE(
        label("check summary")
            .contains(QStringLiteral("%1 passed").arg(status.document.report.count(CheckVerdict::Pass))));
    EXPECT_FALSE(host_->isChecked(virtioA));
    EXPECT_FALSE(sim_->isOpen(virtioA));
    EXPECT_FALSE(sim_->isOpen(virtioB));
    EXPECT_TRUE(sim_->violations().empty());
    // Every call is a recording of this session.
    ASSERT_EQ(parts().runs->model().rowCount(), 1);
    EXPECT_TRUE(parts().runs->model().entry(0).name.contains(QStringLiteral("compliance check")));
    EXPECT_TRUE(waitUntil([this] { return !parts().runs->model().entry(0).growing; }));
    std::size_t sets = 0;
    status.source->look([&](const Recording& recording) {
        for (const Event& event : recording.events()) {
            const auto* call = std::get_if<event::Call>(&event.body);
            sets += call != nullptr && call->op.starts_with("SET ") ? 1U : 0U;
        }
    });
    EXPECT_GT(sets, 100U);
}

TEST_F(Checks, theMatrixTellsWhichSetsFailedAndAClickShowsThem) {
    show(failing);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(ended());
    spin(50);
    // The device fails STOP → STOP_COPY.
    const StatePair& bad = pair(MigState::Stop, MigState::StopCopy);
    EXPECT_EQ(bad.verdict, PairVerdict::Fails);
    EXPECT_EQ(bad.lastError, EIO);
    const StatePair& well = pair(MigState::RunningP2p, MigState::Stop);
    EXPECT_EQ(well.verdict, PairVerdict::Works);
    EXPECT_GT(well.median, Ns{0});
    EXPECT_EQ(pair(MigState::StopCopy, MigState::PreCopy).verdict, PairVerdict::NoWay);
    const auto& model = *qobject_cast<StatePairModel*>(page().pairs()->model());
    EXPECT_TRUE(
        model.indexOf(MigState::Stop, MigState::StopCopy).data().toString().contains(QStringLiteral("EIO")));
    // A failed must is what is shown first.
    EXPECT_TRUE(page().evidence()->words().startsWith(QStringLiteral("MIG-FSM-001 · must · failed")))
        << page().evidence()->words().toStdString();
    EXPECT_GE(page().evidence()->calls().lastBadRow(), 0);
    EXPECT_TRUE(label("check failure").contains(QStringLiteral("checks need a saved state")));

    clickCell(MigState::Stop, MigState::StopCopy);
    EXPECT_TRUE(page().evidence()->words().startsWith(QStringLiteral("STOP → STOP_COPY: ")));
    EXPECT_TRUE(page().evidence()->words().contains(QStringLiteral("MIG-FSM-001 failed by it")));
    EXPECT_EQ(static_cast<std::size_t>(page().evidence()->calls().rowCount()), bad.worked + bad.refused);
    // By the keyboard, too.
    QTest::keyClick(page().pairs(), Qt::Key_Up);
    EXPECT_TRUE(page().evidence()->words().startsWith(QStringLiteral("RUNNING_P2P → STOP_COPY: ")))
        << page().evidence()->words().toStdString();

    // A click on a check shows that.
    page().list()->setFocus();
    page().list()->setCurrentIndex(page().list()->model()->index(3, 0));
    const QString id = page().list()->model()->index(3, CheckListModel::Id).data().toString();
    EXPECT_TRUE(page().evidence()->words().startsWith(id));
    EXPECT_TRUE(page().evidence()->words().contains(QStringLiteral("Rule: ")));
}

TEST_F(Checks, theListPutsFailuresFirstAndIsFiltered) {
    show(failing);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(ended());
    spin(20);
    QAbstractItemModel& list = *page().list()->model();
    const CheckReport& report = host_->check(failing)->document.report;
    const auto failures = static_cast<int>(report.count(CheckVerdict::Fail));
    ASSERT_GT(failures, 0);
    for (int row = 0; row < list.rowCount(); ++row) {
        const bool failed = list.index(row, 0).data(CheckListModel::VerdictRole).toInt() ==
                            static_cast<int>(CheckVerdict::Fail);
        EXPECT_EQ(failed, row < failures) << row;
    }
    auto* verdict = child<QComboBox>("check verdict");
    verdict->setCurrentIndex(verdict->findText(QStringLiteral("Failed")));
    EXPECT_EQ(list.rowCount(), failures);
    verdict->setCurrentIndex(0);
    child<QLineEdit>("check words")->setText(QStringLiteral("mig-dma"));
    EXPECT_GT(list.rowCount(), 3);
    EXPECT_LT(list.rowCount(), 30);
    child<QLineEdit>("check words")->setText(QStringLiteral("no such words"));
    EXPECT_EQ(list.rowCount(), 0);
}

TEST_F(Checks, whatIsOpenHereIsReleasedFirst) {
    machine("sim:lab");
    open(virtioA);
    (*parts().actions)[ActionId::ShowCompliance]->trigger();
    spin(20);
    EXPECT_FALSE(child<QPushButton>("check start")->isEnabled());
    EXPECT_TRUE(label("check why").contains(QStringLiteral("3f:00.1 is open here")));
    const auto refused = host_->startCheck({{virtioA, "virtio_vfio_pci", {}, true}, {}, {}, {}, false});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(Errc::Refused));
    QTest::mouseClick(child<QPushButton>("check release"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return child<QPushButton>("check start")->isEnabled(); }));
    EXPECT_FALSE(child<QPushButton>("check release")->isVisible());
    EXPECT_TRUE(label("check why").isEmpty());
}

TEST_F(Checks, aDeviceUnderCheckCannotBeOpened) {
    show(slowOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_NE(host_->activeCheck(), nullptr);
    EXPECT_FALSE((*parts().actions)[ActionId::OpenDevice]->isEnabled());
    host_->openDevice(slowOne);
    EXPECT_FALSE(host_->isOpen(slowOne));
    EXPECT_TRUE(noticeHas("it is being checked")) << parts().notice->text().toStdString();
    // One check at a time, and the form of another device says so.
    select(virtioA);
    spin(20);
    EXPECT_TRUE(label("check why").contains(QStringLiteral("87:00.2 is being checked")));
    EXPECT_FALSE(child<QPushButton>("check start")->isEnabled());
    const auto second = host_->startCheck({{virtioA, "virtio_vfio_pci", {}, true}, {}, {}, {}, false});
    ASSERT_FALSE(second);
    EXPECT_TRUE(second.error().is(Errc::JobRunning));
    // The act that cancels is for whatever is under way.
    QAction* cancel = (*parts().actions)[ActionId::CancelRun];
    ASSERT_TRUE(cancel->isEnabled());
    cancel->trigger();
    ASSERT_TRUE(ended());
    const CheckReport& report = host_->check(slowOne)->document.report;
    EXPECT_TRUE(report.cancelled);
    EXPECT_TRUE(report.safe());
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Checks, cancelBringsTheDeviceBackAndWhatWasFoundStays) {
    show(slowOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(
        waitUntil([this] { return child<QTableView>("check list")->model()->rowCount() > 5; }, longWait));
    ASSERT_NE(host_->activeCheck(), nullptr) << "a device whose arcs take seconds";
    EXPECT_TRUE(label("check summary").contains(QStringLiteral("Check ")));
    QTest::mouseClick(child<QPushButton>("check cancel"), Qt::LeftButton);
    EXPECT_FALSE(child<QPushButton>("check cancel")->isEnabled());
    ASSERT_TRUE(ended());
    spin(20);
    EXPECT_TRUE(label("check summary").startsWith(QStringLiteral("Cancelled")));
    EXPECT_TRUE(label("check summary").contains(QStringLiteral("87:00.2 back in RUNNING")));
    EXPECT_TRUE(child<QPushButton>("check start")->isEnabled());
}

TEST_F(Checks, theKernelGetsADeviceBackThatItAsksFor) {
    show(slowOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(waitUntil([this] { return sim_->isOpen(slowOne); }, longWait));
    sim_->askBack(slowOne);
    ASSERT_TRUE(ended());
    EXPECT_FALSE(sim_->isOpen(slowOne));
    EXPECT_TRUE(host_->check(slowOne)->document.report.cancelled);
    EXPECT_TRUE(noticeHas("The kernel asked for 87:00.2"));
}

TEST_F(Checks, aDeviceFoundElsewhereIsLeftAloneUntilItIsSaid) {
    show(foundResuming);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(ended());
    spin(20);
    EXPECT_TRUE(label("check failure").contains(QStringLiteral("left alone")))
        << label("check failure").toStdString();
    EXPECT_TRUE(label("check failure").contains(QStringLiteral("Reset it first")));
    EXPECT_EQ(page().list()->model()->rowCount(), 0);
    child<QCheckBox>("check force")->setChecked(true);
    start();
    ASSERT_TRUE(ended());
    spin(20);
    EXPECT_TRUE(label("check failure").isEmpty()) << label("check failure").toStdString();
    EXPECT_GT(page().list()->model()->rowCount(), 50);
    EXPECT_TRUE(sim_->violations().empty());
}

TEST_F(Checks, closingTheWindowAsksAndBringsBack) {
    show(slowOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(waitUntil([this] { return sim_->isOpen(slowOne); }, longWait));
    EXPECT_FALSE(window_->close());
    EXPECT_TRUE(noticeHas("87:00.2 is being checked")) << parts().notice->text().toStdString();
    emit parts().notice -> answered(0);
    ASSERT_TRUE(waitUntil([this] { return !window_->isVisible(); }, longWait));
    EXPECT_EQ(host_->activeCheck(), nullptr);
    EXPECT_FALSE(sim_->isOpen(slowOne));
    EXPECT_TRUE(host_->shutdown(std::chrono::seconds(2)));
}

TEST_F(Checks, aCallThatNeverReturnsIsToldAndHoldsNobodyUp) {
    show(stuckOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(waitUntil([this] { return !host_->activeCheck()->stuck.isEmpty(); }, longWait));
    spin(50);
    EXPECT_TRUE(label("check summary").contains(QStringLiteral("88:00.2 is stuck in SET ")))
        << label("check summary").toStdString();
    EXPECT_TRUE(window_->close()) << "no question: nobody could answer it";
    EXPECT_FALSE(host_->shutdown(std::chrono::milliseconds(500)));
    const CheckReport& report = host_->check(stuckOne)->document.report;
    ASSERT_FALSE(report.ends.empty());
    EXPECT_FALSE(report.safe());
    EXPECT_FALSE(report.ends.front().state.has_value());
}

TEST_F(Checks, anotherMachineForgetsAndEndsIt) {
    show(slowOne);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(waitUntil([this] { return sim_->isOpen(slowOne); }, longWait));
    const auto before = sim_;
    machine("sim:lab");
    EXPECT_TRUE(waitUntil([&] { return !before->isOpen(slowOne); }));
    EXPECT_EQ(host_->activeCheck(), nullptr);
    EXPECT_EQ(host_->check(slowOne), nullptr);
    EXPECT_TRUE(before->violations().empty());
}

TEST_F(Checks, theReportIsTakenAwayInEachFormat) {
    show(failing);
    leaveOut(CheckClass::Hostile);
    start();
    ASSERT_TRUE(ended());
    const QTemporaryDir folder;
    QString proposed;
    QString path;
    parts().checkPresenter->setChooser([&](QWidget*, const TargetQuestion& question) {
        proposed = question.proposed;
        return path = folder.filePath(QStringLiteral("report.") + question.suffix);
    });
    const CheckDocument& document = host_->check(failing)->document;
    for (const auto& [kind, text] : {std::pair(CheckFileKind::Text, checkText(document)),
                                     {CheckFileKind::Json, checkJson(document)},
                                     {CheckFileKind::Ktap, checkKtap(document)},
                                     {CheckFileKind::Junit, checkJunit(document)}}) {
        emit page().saveAsked(kind);
        QFile file(path);
        ASSERT_TRUE(waitUntil([&] { return file.exists(); })) << path.toStdString();
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        EXPECT_EQ(file.readAll().toStdString(), text);
        EXPECT_TRUE(proposed.contains(QStringLiteral("check-0000-85-00.2."))) << proposed.toStdString();
    }
    EXPECT_NE(checkText(document).find("SIMULATED"), std::string::npos);
    emit page().copyReportAsked();
    EXPECT_EQ(QGuiApplication::clipboard()->text().toStdString(), checkText(document));
}

TEST_F(Checks, theCommandIsTheFormsTwin) {
    show(virtioA);
    choosePeer(virtioB);
    (*parts().actions)[ActionId::CopyCommand]->trigger();
    EXPECT_EQ(QGuiApplication::clipboard()->text(),
              QStringLiteral("migscope-cli --backend sim:lab check 0000:3f:00.1 0000:3f:00.2"));
    leaveOut(CheckClass::Hostile);
    leaveOut(CheckClass::Resets);
    child<QCheckBox>("check force")->setChecked(true);
    EXPECT_EQ(parts().checkPresenter->command(),
              QStringLiteral("migscope-cli --backend sim:lab check 0000:3f:00.1 0000:3f:00.2 --class "
                             "passive,session --force"));
    CheckRequest request;
    request.device = {"0000:3b:00.2", "mlx5_vfio_pci", {}, true};
    request.peer = CheckTarget{"0000:3b:00.3", "mlx5_vfio_pci", {}, false};
    EXPECT_EQ(cliCheck("kernel", false, request),
              QStringLiteral("migscope-cli check 0000:3b:00.2 0000:3b:00.3 --hostile 0000:3b:00.2"));
    request.device.driver = request.peer->driver = "mtty";
    EXPECT_EQ(cliCheck("kernel", false, request),
              QStringLiteral("migscope-cli check 0000:3b:00.2 0000:3b:00.3"));
}

TEST_F(Checks, aMachineThatCannotBeOpenedSaysSo) {
    machine("sim:lab");
    select("0000:80:00.2"); // bound to vfio-pci
    (*parts().actions)[ActionId::ShowCompliance]->trigger();
    spin(20);
    EXPECT_FALSE(child<QPushButton>("check start")->isEnabled());
    EXPECT_TRUE(label("check why").startsWith(QStringLiteral("Not migratable")));
}

} // namespace
} // namespace migscope::testing
