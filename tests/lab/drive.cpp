// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Drives the real window by clicks, on the devices of the lab's guest.
#include "tests/lab/drive.h"

#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QPushButton>
#include <QSpinBox>
#include <QStyleFactory>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include "app/gui/gui_main.h"
#include "core/uapi/baseline.h"
#include "ui/event_wait.h"
#include "ui/panels/compliance_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_panel.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"
#include "ui/theme.h"

namespace migscope {

void prepareWindow(bool dark) {
    QApplication::setOrganizationName(QStringLiteral("migscope"));
    QApplication::setApplicationName(QStringLiteral("migscope-lab"));
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(dark ? darkPalette() : lightPalette());
}

Drive::Drive(const std::string& spec)
    : host_(std::make_unique<HostSession>(backendFactory(), stateFolder()))
    , window_(std::make_unique<MainWindow>(
          *host_, MainWindow::About{QStringLiteral("lab"), QLatin1String(uapi::uapiBaseline)})) {
    window_->resize(1280, 800);
    window_->show();
    window_->presenter().useMachine(QString::fromStdString(spec));
    until("the machine is read",
          [this] { return host_->topology() && host_->topology()->enriched && !host_->scanning(); });
}

Drive::~Drive() {
    window_.reset();
    host_.reset();
}

const SessionState& Drive::session(const std::string& device) const {
    const SessionState* known = host_->state(device);
    if (known == nullptr)
        throw Missed("nothing is known of " + device);
    return *known;
}

void Drive::until(const std::string& what, const std::function<bool()>& ready, int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (!ready()) {
        if (timer.elapsed() > milliseconds)
            throw Missed("not within " + std::to_string(milliseconds / 1000) + " s: " + what);
        QApplication::processEvents(QEventLoop::AllEvents, 10);
    }
}

void Drive::click(QAbstractButton* button, Qt::KeyboardModifiers held) {
    const std::string name = (button->text() + button->objectName()).toStdString();
    until("“" + name + "” can be pressed", [&] { return button->isEnabled() && button->isVisible(); });
    QTest::mouseClick(button, Qt::LeftButton, held);
}

void Drive::click(QWidget* page, const char* name) {
    auto* button = page->findChild<QAbstractButton*>(QLatin1String(name));
    if (button == nullptr)
        throw Missed(std::string("there is no button ") + name);
    click(button);
}

void Drive::act(ActionId id) {
    QAction* wanted = (*parts().actions)[id];
    for (auto* button : window_->findChildren<QToolButton*>()) {
        if (button->defaultAction() != wanted || !button->isVisible())
            continue;
        click(button);
        return;
    }
    throw Missed("no button shows the act " + wanted->text().toStdString());
}

void Drive::tab(QWidget* page) {
    QTabBar* bar = parts().tabs->tabBar();
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(parts().tabs->indexOf(page)).center());
    until("the tab is shown", [&] { return page->isVisible(); });
}

void Drive::select(const std::string& device) {
    if (window_->presenter().device().toStdString() == device)
        return; // a person looks first
    QTreeView* tree = parts().machines->tree();
    parts().machines->select({});
    for (int group = 0; group < tree->model()->rowCount(); ++group) {
        const QModelIndex parent = tree->model()->index(group, 0);
        for (int row = 0; row < tree->model()->rowCount(parent); ++row) {
            const QModelIndex index = tree->model()->index(row, 0, parent);
            if (index.data(MachineModel::DeviceRole).toString().toStdString() != device)
                continue;
            tree->scrollTo(index);
            QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(index).center());
        }
    }
    until("the device is selected", [&] { return window_->presenter().device().toStdString() == device; });
}

void Drive::open(const std::string& device) {
    select(device);
    tab(parts().inspect);
    act(ActionId::OpenDevice);
    idle(device);
}

void Drive::release(const std::string& device) {
    select(device);
    act(ActionId::ReleaseDevice);
    until("the device is closed", [&] { return !host_->isOpen(device); });
}

void Drive::idle(const std::string& device) {
    until("the device is idle", [&] {
        const SessionState* state = host_->state(device);
        return state != nullptr && state->phase == SessionPhase::Idle;
    });
}

void Drive::ask(MigState goal, bool combined) {
    StateButton* button = parts().inspect->grid()->button(goal);
    const Qt::KeyboardModifiers held = combined ? Qt::ControlModifier : Qt::NoModifier;
    click(button, held);
    if (button->face().asking)
        click(button, held);
}

void Drive::step(const std::string& device, MigState goal) {
    ask(goal);
    const StateButton* button = parts().inspect->grid()->button(goal);
    until(stateName(goal), [&] {
        const SessionState& now = session(device);
        return now.phase == SessionPhase::Idle && now.state == goal && button->face().current;
    });
}

void Drive::reset(const std::string& device) {
    QPushButton* button = parts().inspect->grid()->resetButton();
    click(button);
    click(button);
    idle(device);
}

void Drive::start(const std::string& source, const std::string& destination, int runs) {
    select(source);
    tab(parts().migrate);
    RunPanel* panel = parts().migrate->panel();
    for (const auto& [name, device] :
         {std::pair("run source", source), std::pair("run destination", destination)}) {
        auto* combo = panel->findChild<QComboBox*>(QLatin1String(name));
        const int at = combo->findData(QString::fromStdString(device));
        if (at < 0)
            throw Missed(std::string(name) + " does not offer " + device);
        combo->setCurrentIndex(at);
    }
    panel->findChild<QSpinBox*>(QStringLiteral("run count"))->setValue(runs);
    click(panel, "run start");
}

void Drive::runEnds() {
    until("the run has ended", [this] { return host_->run() && !host_->runActive(); }, 2 * patienceMs);
}

const CheckStatus& Drive::check(const std::string& device, const std::string& peer) {
    select(device);
    tab(parts().compliance);
    auto* combo = parts().compliance->findChild<QComboBox*>(QStringLiteral("check peer"));
    const int at = combo->findData(QString::fromStdString(peer));
    if (at < 0)
        throw Missed("check peer does not offer " + peer);
    combo->setCurrentIndex(at);
    emit combo->activated(at);
    click(parts().compliance, "check start");
    // Thousands of calls, each dear in emulation.
    until("the check has ended", [this] { return host_->activeCheck() == nullptr; }, 5 * patienceMs);
    return *host_->check(device);
}

void Drive::settle(int milliseconds) {
    spin(milliseconds);
}

void Drive::picture(const QString& file) {
    QApplication::processEvents();
    if (!window_->grab().save(file))
        throw Missed(file.toStdString() + " could not be written");
}

void Drive::close() {
    window_->close();
    for (auto* button : parts().notice->findChildren<QPushButton*>()) {
        if (button->isVisible() && button->text() == QStringLiteral("Bring back and close"))
            click(button);
    }
    until("the window is closed", [this] { return !window_->isVisible(); });
}

bool Drive::leave() {
    const bool clean = host_->shutdown(std::chrono::milliseconds(1500));
    window_.reset();
    host_.reset();
    return clean;
}

} // namespace migscope
