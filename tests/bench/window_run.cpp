// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a benchmark drives the window.
#include "tests/bench/window_run.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTabWidget>
#include <QTimer>
#include <QTreeView>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"

namespace migscope::bench {
namespace {

/// As waitUntil(), but without its pauses: they would stand in the figures.
bool waitAwake(const std::function<bool()>& ready, int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (!ready()) {
        if (timer.elapsed() > milliseconds)
            return false;
        QApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 5);
    }
    return true;
}

} // namespace

void spinAsleep(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
}

Ns processStart() {
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string field;
    for (int number = 3; number <= 22 && fields >> field; ++number) {
    }
    const long hertz = ::sysconf(_SC_CLK_TCK);
    return Ns{std::strtoll(field.c_str(), nullptr, 10) * (1'000'000'000LL / hertz)};
}

std::size_t waitForList(HostSession& host, MainWindow& window) {
    const auto listed = [&] {
        std::size_t rows = 0;
        const auto* model = window.parts().machines->tree()->model();
        for (int group = 0; group < model->rowCount(); ++group)
            rows += static_cast<std::size_t>(model->rowCount(model->index(group, 0)));
        return rows;
    };
    const bool there = waitAwake(
        [&] { return host.topology() != nullptr && listed() >= host.topology()->devices.size(); }, 30'000);
    if (!there) {
        std::fputs("the devices were not listed\n", stderr);
        std::exit(1);
    }
    return listed();
}

void openAndWait(HostSession& host, MainWindow& window, const std::string& device) {
    window.parts().machines->select(QString::fromStdString(device));
    host.openDevice(device);
    const bool open = waitAwake(
        [&] {
            const SessionState* state = host.state(device);
            return state != nullptr && state->phase == SessionPhase::Idle;
        },
        10'000);
    if (!open) {
        std::fprintf(stderr, "%s did not open\n", device.c_str());
        std::exit(1);
    }
}

RunFigures runInWindow(HostSession& host, MainWindow& window, const std::string& source,
                       const std::string& destination) {
    window.parts().tabs->setCurrentWidget(window.parts().migrate);
    RunRequest request;
    request.kind = PlanKind::Migrate;
    request.source = source;
    request.destination = destination;
    QElapsedTimer timer;
    timer.start();
    if (const auto started = host.startRun(request); !started) {
        std::fprintf(stderr, "%s\n", describe(started.error()).c_str());
        std::exit(1);
    }
    QEventLoop loop;
    QObject::connect(&host, &HostSession::runChanged, &loop, [&] {
        if (!host.runActive() && !host.run()->metrics.empty())
            loop.quit();
    });
    loop.exec();
    RunFigures figures;
    figures.seconds = static_cast<double>(timer.elapsed()) / 1000;
    figures.outcome = outcomeWord(host.run()->result->outcome);
    figures.stateBytes = host.run()->metrics.front().stateBytes;
    return figures;
}

} // namespace migscope::bench
