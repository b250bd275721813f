// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is done in a window that pictures are taken of.
#include "app/gui/stage.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QTabWidget>

#include <cstdio>
#include <functional>

#include "app/gui/gui_main.h"
#include "app/gui/ordinary_host.h"
#include "core/transfer/chart_content.h"
#include "ui/check_presenter.h"
#include "ui/event_wait.h"
#include "ui/images.h"
#include "ui/panels/compliance_page.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/hex_view.h"
#include "ui/panels/images_window.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/panels/what_if_panel.h"
#include "ui/recordings.h"
#include "ui/run_presenter.h"
#include "ui/selection.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"

namespace migscope {
namespace {

/// A loaded machine may take long: a picture is worth it.
bool waited(const std::function<bool()>& ready) {
    return waitUntil(ready, 15'000);
}

} // namespace

Stage::Stage(const MainWindow::About& about, const QString& state, const QSize& size)
    : size_(size)
    , host_(std::make_unique<HostSession>(backendFactory(), state))
    , window_(std::make_unique<MainWindow>(*host_, about)) {
    window_->resize(size);
    window_->show();
}

Stage::~Stage() {
    window_->hide();
}

bool Stage::machine(const QString& spec, const QString& device) {
    window_->presenter().useMachine(spec);
    window_->presenter().selectSoon(device);
    return waited([this] {
        return !host_->scanning() && host_->backend() != nullptr &&
               (host_->topology() || host_->scanError().has_value());
    });
}

bool Stage::open(const std::string& device) {
    host_->openDevice(device);
    return idle(device);
}

bool Stage::step(const std::string& device, MigState goal) {
    host_->step(device, goal, false);
    return idle(device);
}

bool Stage::idle(const std::string& device) {
    return waited([&] {
               const SessionState* state = host_->state(device);
               return state != nullptr &&
                      (state->phase == SessionPhase::Idle ||
                       (state->phase == SessionPhase::Closed && state->error.has_value()));
           }) &&
           host_->isOpen(device);
}

bool Stage::stuck(const std::string& device, MigState goal) {
    host_->step(device, goal, false);
    return waited([&] { return host_->state(device)->phase == SessionPhase::Stuck; });
}

bool Stage::recording(const QString& path) {
    const RunsModel& runs = window_->parts().runs->model();
    const int before = runs.rowCount();
    window_->parts().recordings->open(path);
    return waited([&] { return runs.rowCount() > before; });
}

bool Stage::run(const std::string& source, const std::string& destination) {
    if (!machine(QStringLiteral("sim:lab"), QString::fromStdString(source)) || !open(source) ||
        !open(destination))
        return false;
    window_->parts().tabs->setCurrentWidget(window_->parts().migrate);
    RunRequest request;
    request.source = source;
    request.destination = destination;
    return host_->startRun(request).has_value();
}

bool Stage::runEnded() {
    return waited([this] { return !host_->runActive() && !host_->run()->metrics.empty(); });
}

bool Stage::moved(double share) {
    return waited([this, share] {
        const RunProgress& now = host_->run()->progress;
        return !host_->runActive() ||
               (now.expectedBytes &&
                static_cast<double>(now.movedBytes) > share * static_cast<double>(*now.expectedBytes));
    });
}

void Stage::pickPhase(PhaseName phase) {
    const RunSourcePtr source = host_->run()->source;
    std::optional<std::size_t> event;
    source->look([&](const Recording& recording) {
        event = phaseEvent(recording, recording.metrics().runs().front(), phase);
    });
    if (event)
        window_->parts().selection->set(Pick{source->id(), *event});
}

bool Stage::timeline() {
    const RunSourcePtr source = host_->run()->source;
    window_->parts().runPresenter->showRun(source);
    TimeRange dark;
    source->look([&](const Recording& recording) {
        const PairMetrics* pair = criticalPair(recording.metrics().runs().front());
        if (pair != nullptr && pair->stamps.t0 && pair->stamps.t4)
            dark = {*pair->stamps.t0, *pair->stamps.t4};
    });
    spin(100);
    window_->parts().selection->select(TimeStretch{source->id(), dark});
    window_->parts().selection->moveCursor(TimeCursor{source->id(), dark.from + dark.length() / 3});
    return dark.length() > Ns{1};
}

bool Stage::whatIf() {
    if (!timeline())
        return false;
    window_->parts().timeline->showPage(RunView::WhatIfPage);
    spin(50);
    for (auto* box : window_->parts().timeline->whatIfPanel()->findChildren<QDoubleSpinBox*>()) {
        if (box->suffix().contains(QStringLiteral("×")))
            box->setValue(0.5); // half the bandwidth
    }
    return true;
}

bool Stage::repeated(const QString& folder, const char* name, double slower, int seed) {
    const QString path = QStringLiteral("%1/%2.json").arg(folder, QLatin1String(name));
    if (!writePacedPair(path, QLatin1String(name), slower, seed))
        return false;
    RunRequest request;
    request.source = "0000:01:00.1";
    request.destination = "0000:01:00.2";
    request.mode = CopyMode::StopCopy;
    request.runs = 16;
    if (!machine(QStringLiteral("sim:") + path) || !open(request.source) || !open(request.destination) ||
        !host_->startRun(request) || !runEnded())
        return false;
    const RunSourcePtr source = host_->run()->source;
    const QString saved = QStringLiteral("%1/%2.migrec").arg(folder, QLatin1String(name));
    bool written = false;
    const QObject here; // the connection ends with what it writes to
    QObject::connect(window_->parts().recordings, &Recordings::saved, &here,
                     [&](const QString& where) { written = where == saved; });
    window_->parts().recordings->saveAs(source, saved);
    return waited([&] { return written; });
}

void Stage::tick(const char* word) {
    RunsModel& runs = window_->parts().runs->model();
    for (int row = 0; row < runs.rowCount(); ++row) {
        if (runs.entry(row).name.contains(QLatin1String(word)))
            runs.setData(runs.index(row, 0), Qt::Checked, Qt::CheckStateRole);
    }
}

bool Stage::compare() {
    const QTemporaryDir folder;
    if (!repeated(folder.path(), "before", 1.0, 1) || !repeated(folder.path(), "after", 1.12, 77))
        return false;
    for (const char* name : {"before", "after"}) {
        if (!recording(QStringLiteral("%1/%2.migrec").arg(folder.path(), QLatin1String(name))))
            return false;
    }
    tick("before.migrec");
    tick("after.migrec");
    return true;
}

bool Stage::dirty(const std::string& device) {
    if (!machine(QStringLiteral("sim:lab"), QString::fromStdString(device)) || !open(device))
        return false;
    window_->parts().tabs->setCurrentWidget(window_->parts().dirty);
    job::DmaCost cost;
    cost.most = {0, std::uint64_t{1} << 32U};
    host_->measureDma(device, cost);
    if (!idle(device))
        return false;
    job::DmaLog log;
    log.ranges = {{0, std::uint64_t{1} << 28U}, {std::uint64_t{1} << 32U, std::uint64_t{1} << 28U}};
    log.interval = std::chrono::milliseconds(50);
    log.rounds = 30;
    host_->logDma(device, log);
    return idle(device);
}

bool Stage::check(const std::string& device, const std::string& peer) {
    if (!machine(QStringLiteral("sim:lab"), QString::fromStdString(device)))
        return false;
    window_->parts().tabs->setCurrentWidget(window_->parts().compliance);
    auto* peers = window_->findChild<QComboBox*>(QStringLiteral("check peer"));
    peers->setCurrentIndex(peers->findData(QString::fromStdString(peer)));
    window_->parts().checkPresenter->start();
    return host_->activeCheck() != nullptr && waited([this] { return host_->activeCheck() == nullptr; });
}

void Stage::pickPair(MigState from, MigState to) {
    window_->parts().compliance->showPair(from, to);
}

bool Stage::images() {
    if (!machine(QStringLiteral("sim:lab"), QStringLiteral("0000:3b:00.2")))
        return false;
    QStringList paths;
    for (const char* device : {"0000:3b:00.2", "0000:3b:00.3"}) {
        paths << folder_.filePath(QStringLiteral("vf-%1.migstate").arg(paths.size() + 2));
        RunRequest request;
        request.kind = PlanKind::Save;
        request.source = device;
        request.mode = CopyMode::StopCopy;
        request.path = paths.back().toStdString();
        if (!open(device) || !host_->startRun(request) || !runEnded())
            return false;
    }
    window_->parts().images->open(paths);
    ImagesWindow& shown = window_->parts().images->view();
    shown.resize(size_);
    front_ = &shown;
    return waited([&] { return !shown.command().isEmpty() && shown.hex()->loaded(); });
}

bool Stage::film(const QString& folder) {
    int number = 0;
    bool good = true;
    const auto frame = [&](int milliseconds) {
        spin(milliseconds);
        good &= window_->grab().save(
            QStringLiteral("%1/frame-%2.png").arg(folder).arg(number++, 3, 10, QLatin1Char('0')));
    };
    while (host_->runActive())
        frame(90);
    if (!runEnded())
        return false;
    frame(200);
    pickPhase(PhaseName::Load);
    for (int hold = 0; hold < 8; ++hold)
        frame(60);
    return good;
}

void Stage::point(MigState state) {
    window_->parts().inspect->grid()->button(state)->setFocus();
}

bool Stage::picture(const QString& file, int settle) {
    spin(settle); // the last events, and what they change
    QWidget& shown = front_ != nullptr ? *front_ : *window_;
    const bool saved = shown.grab().save(file);
    std::printf("%s%s\n", qPrintable(file), saved ? "" : ": NOT WRITTEN");
    // A part whose smallest size is too large widens the window.
    const bool fits = shown.size() == size_;
    if (!fits)
        std::fprintf(stderr, "migscope: the window of %s takes %d x %d, not %d x %d\n", qPrintable(file),
                     shown.width(), shown.height(), size_.width(), size_.height());
    return saved && fits;
}

} // namespace migscope
