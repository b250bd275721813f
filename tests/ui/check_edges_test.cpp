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
