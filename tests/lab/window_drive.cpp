// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The real window on a real kernel, driven by clicks: opens a device, walks its states, migrates it, draws
// itself.
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QPushButton>
#include <QSettings>
#include <QStyleFactory>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeView>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "app/gui/gui_main.h"
#include "ui/actions.h"
#include "ui/main_window.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_panel.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"
#include "ui/theme.h"

namespace migscope {
namespace {

constexpr int patienceMs = 20'000; // the guest is an emulated machine

/// Clicks and waits; the first thing that does not come about ends the drive with its words.
class Drive {
public:
    Drive(HostSession& host, MainWindow& window) : host_(host), window_(window) {}

    void until(const char* what, const std::function<bool()>& ready) {
        QElapsedTimer timer;
        timer.start();
        while (!ready()) {
            if (timer.elapsed() > patienceMs) {
                std::fprintf(stderr, "window_drive: not within %d s: %s\n", patienceMs / 1000, what);
                std::fflush(stderr);
                host_.shutdown(std::chrono::seconds(2));
                std::_Exit(1);
            }
            QApplication::processEvents(QEventLoop::AllEvents, 10);
        }
    }
    void click(QAbstractButton* button) { QTest::mouseClick(button, Qt::LeftButton); }
    void select(const std::string& device) {
        QTreeView* tree = window_.parts().machines->tree();
        window_.parts().machines->select({});
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
        until("the device is selected", [&] { return window_.presenter().device().toStdString() == device; });
    }
    void open(const std::string& device) {
        select(device);
        QAction* act = (*window_.parts().actions)[ActionId::OpenDevice];
        for (auto* button : window_.parts().inspect->findChildren<QToolButton*>()) {
            if (button->defaultAction() == act)
                click(button);
        }
        idle(device);
    }
    void idle(const std::string& device) {
        until("the device is idle", [&] {
            const SessionState* state = host_.state(device);
            return state != nullptr && state->phase == SessionPhase::Idle;
        });
    }
    void state(const std::string& device, MigState goal) {
        StateButton* button = window_.parts().inspect->grid()->button(goal);
        click(button);
        if (button->face().asking)
            click(button);
        until(stateName(goal).c_str(), [&] {
            const SessionState& now = *host_.state(device);
            return now.phase == SessionPhase::Idle && now.state == goal && button->face().current;
        });
        std::printf("%s\n", stateName(goal).c_str());
    }
    void picture(const char* folder, const char* name) {
        QApplication::processEvents();
        const QString path = QStringLiteral("%1/%2").arg(QLatin1String(folder), QLatin1String(name));
        if (!window_.grab().save(path)) {
            std::fprintf(stderr, "window_drive: %s could not be written\n", qPrintable(path));
            std::_Exit(1);
        }
    }

private:
    HostSession& host_;
    MainWindow& window_;
};

int drive(const std::string& source, const std::string& destination, const char* folder) {
    auto host = std::make_unique<HostSession>(backendFactory(), stateFolder());
    auto window = std::make_unique<MainWindow>(*host, MainWindow::About{QStringLiteral("lab"), {}});
    window->resize(1280, 800);
    window->show();
    window->presenter().useMachine(QStringLiteral("kernel"));
    Drive driver(*host, *window);
    driver.until("the machine is read",
                 [&] { return host->topology() && host->topology()->enriched && !host->scanning(); });
    driver.open(source);
    for (const MigState goal : {MigState::PreCopy, MigState::PreCopyP2p, MigState::StopCopy, MigState::Stop,
                                MigState::RunningP2p, MigState::Running})
        driver.state(source, goal);
    driver.picture(folder, "window-inspect.png");
    driver.open(destination);
    driver.select(source);
    QTabWidget* tabs = window->parts().tabs;
    QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {},
                      tabs->tabBar()->tabRect(tabs->indexOf(window->parts().migrate)).center());
    RunPanel* panel = window->parts().migrate->panel();
    auto* to = panel->findChild<QComboBox*>(QStringLiteral("run destination"));
    to->setCurrentIndex(to->findData(QString::fromStdString(destination)));
    auto* start = panel->findChild<QPushButton*>(QStringLiteral("run start"));
    driver.until("Start can be pressed", [&] { return start->isEnabled(); });
    driver.click(start);
    driver.until("the run has ended", [&] { return host->run() && host->run()->result.has_value(); });
    const RunResult& result = *host->run()->result;
    std::printf("run %s\n", outcomeWord(result.outcome).c_str());
    driver.picture(folder, "window-migrate.png");
    // The source stands in STOP: the window asks, and brings it back.
    window->close();
    for (auto* button : window->parts().notice->findChildren<QPushButton*>()) {
        if (button->text() == QStringLiteral("Bring back and close"))
            driver.click(button);
    }
    driver.until("the window is closed", [&] { return !window->isVisible(); });
    const bool left = !host->shutdown(std::chrono::seconds(3));
    std::printf("left behind %s\n", left ? "yes" : "nothing");
    std::fflush(stdout);
    return result.outcome == RunOutcome::Ok && !left ? 0 : 1;
}

} // namespace
} // namespace migscope

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: window_drive SOURCE DESTINATION FOLDER\n", stderr);
        return 2;
    }
    QApplication::setOrganizationName(QStringLiteral("migscope"));
    QApplication::setApplicationName(QStringLiteral("migscope-lab"));
    const QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(migscope::lightPalette());
    return migscope::drive(argv[1], argv[2], argv[3]);
}
