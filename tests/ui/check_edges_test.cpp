// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compliance tab where something else happens meanwhile: another machine, another driver, a call that
// stays away.
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>
#include <set>
#include <utility>

#include "app/backends.h"
#include "tests/ui/ui_test.h"
#include "ui/actions.h"
#include "ui/check_presenter.h"
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

CheckRequest requestOf(const char* device, const char* driver) {
    CheckRequest request;
    request.device = {device, driver, {}, false};
    request.classes = {CheckClass::Passive, CheckClass::Session};
    return request;
}

class CheckEdges : public WindowTest {
protected:
    void show(const char* device) {
        machine("sim:lab");
        select(device);
        (*parts().actions)[ActionId::ShowCompliance]->trigger();
        spin(20);
    }
    [[nodiscard]] bool ended() {
        return waitUntil([this] { return host_->activeCheck() == nullptr; }, longWait);
    }
    [[nodiscard]] bool mayOpen() const { return (*parts().actions)[ActionId::OpenDevice]->isEnabled(); }
    QString label(const char* name) {
        auto* found = parts().compliance->findChild<QLabel*>(QLatin1String(name));
        return found->isVisible() ? found->text() : QString();
    }
};

TEST_F(CheckEdges, aSlotMayChangeTheMachineWhileItsCallsArrive) {
    machine("sim:lab");
    bool changed = false;
    QObject::connect(host_.get(), &HostSession::eventsArrived, host_.get(), [&] {
        if (!std::exchange(changed, true)) {
            EXPECT_NE(host_->activeCheck(), nullptr);
            ASSERT_TRUE(host_->use("sim:lab"));
        }
    });
    ASSERT_TRUE(host_->startCheck(requestOf(virtioA, "virtio_vfio_pci")));
    ASSERT_TRUE(waitUntil([&] { return changed; }));
    EXPECT_EQ(host_->activeCheck(), nullptr);
    EXPECT_EQ(host_->check(virtioA), nullptr);
}

TEST_F(CheckEdges, anotherMachineIsNotTakenForTheOneBefore) {
    show(slowOne);
    ASSERT_TRUE(host_->startCheck(requestOf(slowOne, "mlx5_vfio_pci")));
    EXPECT_FALSE(mayOpen());
    show(slowOne); // the same names
    EXPECT_TRUE(mayOpen());
    ASSERT_TRUE(host_->startCheck(requestOf(slowOne, "mlx5_vfio_pci")));
    EXPECT_FALSE(mayOpen()) << "it is being checked";
    host_->cancelCheck();
    ASSERT_TRUE(ended());
}

TEST_F(CheckEdges, aWorkerThatWasGivenUpKeepsItsDevice) {
    show(stuckOne);
    host_->setCheckPatience(std::chrono::seconds(2));
    ASSERT_TRUE(host_->startCheck(requestOf(stuckOne, "mlx5_vfio_pci")));
    ASSERT_TRUE(waitUntil([this] { return !host_->activeCheck()->stuck.isEmpty(); }, longWait));
    host_->cancelCheck();
    ASSERT_TRUE(ended()) << "given up after a while";
    spin(50);
    ASSERT_TRUE(host_->check(stuckOne)->abandoned);
    EXPECT_TRUE(sim_->isOpen(stuckOne)) << "by its worker";
    EXPECT_FALSE(mayOpen());
    host_->openDevice(stuckOne);
    EXPECT_FALSE(host_->isOpen(stuckOne));
    EXPECT_TRUE(parts().notice->text().contains(QStringLiteral("has not returned")))
        << parts().notice->text().toStdString();
    const auto again = host_->startCheck(requestOf(stuckOne, "mlx5_vfio_pci"));
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().is(Errc::Refused));
    EXPECT_FALSE(parts().compliance->findChild<QPushButton*>(QStringLiteral("check start"))->isEnabled());
    EXPECT_TRUE(label("check why").contains(QStringLiteral("has not returned")))
        << label("check why").toStdString();
    // It came back after all.
    sim_->releaseStuck();
    ASSERT_TRUE(waitUntil([this] { return !sim_->isOpen(stuckOne); }));
    ASSERT_TRUE(waitUntil([this] { return !host_->isHeld(stuckOne); }));
    EXPECT_TRUE(host_->startCheck(requestOf(stuckOne, "mlx5_vfio_pci")));
    host_->cancelCheck();
    ASSERT_TRUE(ended());
}

TEST_F(CheckEdges, aRecordingThatIsListedIsKeptAndEnds) {
    show(foundResuming);
    ASSERT_TRUE(host_->startCheck(requestOf(foundResuming, "mtty")));
    QThread::msleep(300); // its few calls have arrived by the first look
    ASSERT_TRUE(ended());
    spin(50);
    ASSERT_TRUE(host_->check(foundResuming)->document.report.error);
    ASSERT_EQ(parts().runs->model().rowCount(), 1);
    EXPECT_TRUE(waitUntil([&] { return !parts().runs->model().entry(0).growing; }, 2000))
        << "nobody works on it any more";
    EXPECT_TRUE(QFile::exists(parts().runs->model().entry(0).source->path()));
}

TEST_F(CheckEdges, whatIsReadStaysWhereItIs) {
    show(failing);
    ASSERT_TRUE(host_->startCheck(requestOf(failing, "mlx5_vfio_pci")));
    ASSERT_TRUE(ended());
    spin(50);
    CheckEvidence& evidence = *parts().compliance->evidence();
    auto* table = evidence.findChild<QTableView*>();
    ASSERT_GT(evidence.calls().rowCount(), 1);
    table->setCurrentIndex(evidence.calls().index(0, 0));
    const QSignalSpy resets(&evidence.calls(), &QAbstractItemModel::modelReset);
    host_->refresh();
    ASSERT_TRUE(waitUntil([this] { return !host_->scanning(); }));
    spin(50);
    EXPECT_EQ(resets.count(), 0) << "nothing of it has changed";
    EXPECT_EQ(table->currentIndex().row(), 0);
}

TEST_F(CheckEdges, nothingIsSaidOfFlagsThatNobodyRead) {
    show(virtioA);
    const auto& model = *qobject_cast<StatePairModel*>(parts().compliance->pairs()->model());
    const QString words =
        model.indexOf(MigState::Running, MigState::Stop).data(Qt::AccessibleTextRole).toString();
    EXPECT_FALSE(words.contains(QStringLiteral("flags lack"))) << words.toStdString();
}

TEST_F(CheckEdges, noLetterIsThatOfAMenu) {
    show(slowOne);
    std::set<QString> menus;
    for (const QAction* menu : window_->menuBar()->actions())
        menus.insert(QKeySequence::mnemonic(menu->text()).toString());
    ASSERT_GE(menus.size(), 4U);
    std::size_t looked = 0;
    for (const auto* button : parts().compliance->findChildren<QAbstractButton*>()) {
        if (button->shortcut().isEmpty())
            continue;
        ++looked;
        EXPECT_FALSE(menus.contains(button->shortcut().toString())) << button->text().toStdString();
    }
    EXPECT_GT(looked, 5U);
}

TEST_F(CheckEdges, noClassIsNotAllOfThem) {
    show(virtioA);
    EXPECT_FALSE(parts().checkPresenter->command().isEmpty());
    for (auto* box : parts().compliance->findChildren<QCheckBox*>()) {
        if (box->objectName().startsWith(QLatin1String("check class")))
            box->setChecked(false);
    }
    EXPECT_TRUE(parts().checkPresenter->command().isEmpty()) << "it would ask all of them";
}

TEST_F(CheckEdges, aDeviceThatDidNotComeBackKeepsTheWindowOpen) {
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("wrong.json"));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    // Its arcs take long, so that somebody can ask for the end; nothing brings it back.
    file.write(R"({"schema": "migscope.sim-profile/1", "name": "wrong", "devices": [
        {"address": "0000:01:00.1", "family": "mlx5", "arc_ns": 2000000000, "interruptible": true,
         "faults": [{"kind": "fail-set", "arc": "RUNNING_P2P->RUNNING", "errno": "EIO", "leaves": "ERROR"},
                    {"kind": "reset-fails", "errno": "EIO"}]}]})");
    file.close();
    machine("sim:" + path.toStdString());
    select("0000:01:00.1");
    ASSERT_TRUE(host_->startCheck(requestOf("0000:01:00.1", "mlx5_vfio_pci")));
    ASSERT_TRUE(waitUntil(
        [this] {
            return host_->activeCheck() == nullptr || host_->activeCheck()->progress.call.op == "SET STOP";
        },
        longWait));
    ASSERT_NE(host_->activeCheck(), nullptr);
    EXPECT_FALSE(window_->close());
    for (auto* button : parts().notice->findChildren<QAbstractButton*>()) {
        if (button->text().remove(QLatin1Char('&')) == QStringLiteral("Bring back and close"))
            button->click();
    }
    ASSERT_TRUE(ended());
    spin(50);
    ASSERT_FALSE(host_->check("0000:01:00.1")->document.report.safe());
    EXPECT_TRUE(window_->isVisible());
    EXPECT_TRUE(parts().notice->text().contains(QStringLiteral("LEFT in")))
        << parts().notice->text().toStdString();
    EXPECT_TRUE(window_->close()) << "told once";
}

// --- a machine that changes

/// The simulated lab, and what somebody does to it meanwhile.
class ChangingBackend : public Backend {
public:
    explicit ChangingBackend(std::unique_ptr<Backend> inner) : inner_(std::move(inner)) {}
    std::string name() const override { return inner_->name(); }
    bool simulated() const override { return true; }
    bool canOpen() const override { return true; }
    Clock& clock() const override { return inner_->clock(); }
    Result<Topology> scan() override { return inner_->scan(); }
    void enrich(Topology& topology) override {
        inner_->enrich(topology);
        for (Device& device : topology.devices) {
            if (device.name != slowOne)
                continue;
            if (rebound)
                device.driver = "another_vfio_pci";
            if (held)
                device.holders.push_back({1, "migscope", "/dev/vfio/1"});
            if (!device.debugfs)
                device.debugfs.emplace();
            device.debugfs->migrationFolder = true;
        }
    }
    Result<MigState> stateFromOutside(const std::string& device, Ns) override {
        looks += device == slowOne ? 1 : 0;
        return MigState::Running;
    }
    Result<std::unique_ptr<DeviceIo>> open(const std::string& device) override {
        return inner_->open(device);
    }
    void listen(Listener listener) override { inner_->listen(std::move(listener)); }

    std::atomic<bool> rebound{false};
    std::atomic<bool> held{false};
    std::atomic<int> looks{0};

private:
    std::unique_ptr<Backend> inner_;
};

class ChangingMachine : public ::testing::Test {
protected:
    ChangingMachine() {
        auto inner = makeBackend("sim:lab");
        EXPECT_TRUE(inner);
        backend_ = std::make_shared<ChangingBackend>(std::move(*inner));
        host_ = std::make_unique<HostSession>(
            [this](const std::string&) -> Result<std::shared_ptr<Backend>> { return backend_; },
            temporaryFolder());
        EXPECT_TRUE(host_->use("sim:lab"));
        scanned();
    }
    void scanned() {
        ASSERT_TRUE(waitUntil(
            [this] { return host_->topology() && host_->topology()->enriched && !host_->scanning(); }));
    }
    [[nodiscard]] bool ended() {
        return waitUntil([this] { return host_->activeCheck() == nullptr; }, longWait);
    }
    std::shared_ptr<ChangingBackend> backend_;
    std::unique_ptr<HostSession> host_;
};

TEST_F(ChangingMachine, whatOneDriverAnsweredIsNotToldOfAnother) {
    ASSERT_TRUE(host_->startCheck(requestOf(slowOne, "mlx5_vfio_pci")));
    host_->cancelCheck();
    ASSERT_TRUE(ended());
    scanned();
    host_->refresh();
    scanned();
    EXPECT_NE(host_->check(slowOne), nullptr);
    backend_->rebound = true;
    host_->refresh();
    scanned();
    EXPECT_EQ(host_->check(slowOne), nullptr);
}

TEST_F(ChangingMachine, aDeviceUnderCheckIsNotLookedAtFromOutside) {
    ASSERT_TRUE(host_->startCheck(requestOf(slowOne, "mlx5_vfio_pci")));
    backend_->held = true; // by ourselves, as the kernel tells it
    host_->refresh();
    scanned();
    ASSERT_NE(host_->activeCheck(), nullptr);
    host_->watchFromOutside(slowOne);
    spin(200);
    EXPECT_EQ(backend_->looks, 0);
    host_->cancelCheck();
    ASSERT_TRUE(ended());
    host_->watchFromOutside(slowOne);
    EXPECT_TRUE(waitUntil([this] { return backend_->looks > 0; })) << "somebody else's is";
}

// --- words

CheckStatus runningStatus() {
    CheckStatus status;
    status.running = true;
    status.document.device = virtioA;
    status.progress.all = 3;
    return status;
}

TEST(CheckEdgeWords, theLastCheckIsTheLastOne) {
    CheckStatus status = runningStatus();
    EXPECT_TRUE(checkSummary(status, Ns{0}).startsWith(QStringLiteral("Opening")));
    status.progress.id = "MIG-FSM-001";
    status.progress.done = 2;
    EXPECT_TRUE(checkSummary(status, Ns{0}).startsWith(QStringLiteral("Check 3 of 3, MIG-FSM-001")));
    for (const char* id : {"MIG-FSM-001", ""}) { // all were asked, the devices are not closed yet
        status.progress.id = id;
        status.progress.done = 3;
        EXPECT_TRUE(checkSummary(status, Ns{0}).startsWith(QStringLiteral("Closing")))
            << checkSummary(status, Ns{0}).toStdString();
    }
}

TEST(CheckEdgeWords, whatWasGivenUpWasNotChecked) {
    CheckStatus status = runningStatus();
    status.running = false;
    status.abandoned = true;
    EXPECT_TRUE(checkSummary(status, Ns{0}).startsWith(QStringLiteral("Given up")));
    status.abandoned = false;
    EXPECT_TRUE(checkSummary(status, Ns{0}).startsWith(QStringLiteral("Checked")));
}

TEST(CheckEdgeWords, aPairThatFailedWithoutATimeHasNone) {
    StatePair pair;
    pair.verdict = PairVerdict::Fails;
    pair.failed = {"MIG-FSM-001"};
    EXPECT_EQ(pairMark(pair), QStringLiteral("✗"));
}

/// Devices whose names people do not tell apart by their ends.
TEST(CheckEdgeForm, aShortNameThatTwoDevicesHaveAllowsNone) {
    CheckFormView view;
    view.device = {"83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", {}, false, false};
    view.peers = {{"83b8f4f2-aaaa-382f-3c1e-e6bfe0fa1001", {}, false, false}};
    CheckForm form;
    form.setView(view);
    form.findChild<QCheckBox*>(QStringLiteral("check class hostile"))->setChecked(true);
    form.findChild<QComboBox*>(QStringLiteral("check peer"))->setCurrentIndex(1);
    auto* names = form.findChild<QLineEdit*>(QStringLiteral("check hostile"));
    names->setText(QStringLiteral("83b8f4f2…1001"));
    EXPECT_FALSE(form.choice().hostileDevice);
    EXPECT_FALSE(form.choice().hostilePeer);
    EXPECT_TRUE(names->placeholderText().contains(QStringLiteral("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001")))
        << "what is to be typed";
    EXPECT_TRUE(form.whyNot().contains(QStringLiteral("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001")));
    names->setText(QStringLiteral("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"));
    EXPECT_TRUE(form.choice().hostileDevice);
    EXPECT_FALSE(form.choice().hostilePeer);
}

} // namespace
} // namespace migscope::testing
