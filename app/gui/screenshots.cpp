// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window without a display.
#include "app/gui/screenshots.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QEventLoop>
#include <QSettings>
#include <QStyleFactory>
#include <QTabWidget>
#include <QTemporaryDir>

#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

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
#include "ui/theme.h"

namespace migscope {
namespace {

/// A loaded machine may take long: a picture is worth it.
bool waited(const std::function<bool()>& ready) {
    return waitUntil(ready, 15'000);
}

/// One window on one machine, in the sequence of a scene.
class Stage {
public:
    Stage(const MainWindow::About& about, const QString& state, const QSize& size)
        : size_(size)
        , host_(std::make_unique<HostSession>(backendFactory(), state))
        , window_(std::make_unique<MainWindow>(*host_, about)) {
        window_->resize(size);
        window_->show();
    }
    ~Stage() { window_->hide(); }

    bool machine(const QString& spec, const QString& device = {}) {
        window_->presenter().useMachine(spec);
        window_->presenter().selectSoon(device);
        return waited([this] {
            return !host_->scanning() && host_->backend() != nullptr &&
                   (host_->topology() || host_->scanError().has_value());
        });
    }
    bool open(const std::string& device) {
        host_->openDevice(device);
        return idle(device);
    }
    bool step(const std::string& device, MigState goal) {
        host_->step(device, goal, false);
        return idle(device);
    }
    bool idle(const std::string& device) {
        return waited([&] {
                   const SessionState* state = host_->state(device);
                   return state != nullptr &&
                          (state->phase == SessionPhase::Idle ||
                           (state->phase == SessionPhase::Closed && state->error.has_value()));
               }) &&
               host_->isOpen(device);
    }
    bool stuck(const std::string& device, MigState goal) {
        host_->step(device, goal, false);
        return waited([&] { return host_->state(device)->phase == SessionPhase::Stuck; });
    }
    bool recording(const QString& path) {
        const RunsModel& runs = window_->parts().runs->model();
        const int before = runs.rowCount();
        window_->parts().recordings->open(path);
        return waited([&] { return runs.rowCount() > before; });
    }
    /// Opens both and starts a migration between them; true when it is under way.
    bool run(const std::string& source, const std::string& destination) {
        if (!machine(QStringLiteral("sim:lab"), QString::fromStdString(source)) || !open(source) ||
            !open(destination))
            return false;
        window_->parts().tabs->setCurrentWidget(window_->parts().migrate);
        RunRequest request;
        request.source = source;
        request.destination = destination;
        return host_->startRun(request).has_value();
    }
    bool runEnded() {
        return waited([this] { return !host_->runActive() && !host_->run()->metrics.empty(); });
    }
    /// Waits until that share of about all has moved.
    bool moved(double share) {
        return waited([this, share] {
            const RunProgress& now = host_->run()->progress;
            return !host_->runActive() ||
                   (now.expectedBytes &&
                    static_cast<double>(now.movedBytes) > share * static_cast<double>(*now.expectedBytes));
        });
    }
    /// Selects a phase of the last run, as a click on the bar does.
    void pickPhase(PhaseName phase) {
        const RunSourcePtr source = host_->run()->source;
        std::optional<std::size_t> event;
        source->look([&](const Recording& recording) {
            event = phaseEvent(recording, recording.metrics().runs().front(), phase);
        });
        if (event)
            window_->parts().selection->set(Pick{source->id(), *event});
    }
    /// The last run in the Timeline, the dark time of it selected, the cursor in the middle of that.
    bool timeline() {
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
    bool whatIf() {
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
    /// Sixteen runs of a pair whose times are `slower` times as long, each at a pace of its own.
    bool repeated(const QString& folder, const char* name, double slower, int seed) {
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
    /// Ticks the recordings whose names have the word.
    void tick(const char* word) {
        RunsModel& runs = window_->parts().runs->model();
        for (int row = 0; row < runs.rowCount(); ++row) {
            if (runs.entry(row).name.contains(QLatin1String(word)))
                runs.setData(runs.index(row, 0), Qt::Checked, Qt::CheckStateRole);
        }
    }
    bool compare() {
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
    /// DMA logging over two ranges for a while, then its cost.
    bool dirty(const std::string& device) {
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
    /// The catalogue of checks on a pair, hostile ones too.
    bool check(const std::string& device, const std::string& peer) {
        if (!machine(QStringLiteral("sim:lab"), QString::fromStdString(device)))
            return false;
        window_->parts().tabs->setCurrentWidget(window_->parts().compliance);
        auto* peers = window_->findChild<QComboBox*>(QStringLiteral("check peer"));
        peers->setCurrentIndex(peers->findData(QString::fromStdString(peer)));
        window_->parts().checkPresenter->start();
        return host_->activeCheck() != nullptr && waited([this] { return host_->activeCheck() == nullptr; });
    }
    void pickPair(MigState from, MigState to) { window_->parts().compliance->showPair(from, to); }
    /// Two devices are saved, and their states compared.
    bool images() {
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
    /// Frames of a whole migration, for a short film.
    bool film(const QString& folder) {
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
    void point(MigState state) { window_->parts().inspect->grid()->button(state)->setFocus(); }
    bool picture(const QString& file, int settle = 600) {
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
    [[nodiscard]] HostSession& host() { return *host_; }
    [[nodiscard]] Presenter& presenter() { return window_->presenter(); }

private:
    QSize size_; ///< asked for
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<MainWindow> window_;
    QTemporaryDir folder_;
    QWidget* front_ = nullptr; ///< the window that the picture is of, when it is another one
};

/// The offscreen platform says of each window that it has no window manager.
void onMessage(QtMsgType /*type*/, const QMessageLogContext& /*context*/, const QString& text) {
    if (!text.contains(QLatin1String("propagateSizeHints")) &&
        !text.contains(QLatin1String("XDG_RUNTIME_DIR")))
        std::fprintf(stderr, "%s\n", qPrintable(text));
}

struct Scene {
    const char* name;
    std::function<bool(Stage&)> play;
};

/// Names of devices of the built-in lab.
constexpr const char* good = "0000:3b:00.2";
constexpr const char* other = "0000:3b:00.3";
constexpr const char* failing = "0000:85:00.2";
constexpr const char* stuckOne = "0000:88:00.2";
constexpr const char* plain = "0000:80:00.2";

std::vector<Scene> scenes(const QString& ordinaryHost) {
    return {
        {"lab", [](Stage& stage) { return stage.machine(QStringLiteral("sim:lab")); }},
        {"idle",
         [](Stage& stage) {
             const bool ok = stage.machine(QStringLiteral("sim:lab"), QLatin1String(good)) &&
                             stage.open(good) && stage.step(good, MigState::PreCopy) &&
                             stage.step(good, MigState::Running) && stage.step(good, MigState::PreCopyP2p);
             stage.point(MigState::Stop);
             return ok;
         }},
        {"why-not",
         [](Stage& stage) { return stage.machine(QStringLiteral("sim:lab"), QLatin1String(plain)); }},
        {"nothing-migratable",
         [ordinaryHost](Stage& stage) { return stage.machine(QStringLiteral("capture:") + ordinaryHost); }},
        {"running", [](Stage& stage) { return stage.run(good, other) && stage.moved(0.45); }},
        {"done",
         [](Stage& stage) {
             const bool ok = stage.run(good, other) && stage.runEnded();
             stage.pickPhase(PhaseName::Load);
             return ok;
         }},
        {"timeline",
         [](Stage& stage) { return stage.run(good, other) && stage.runEnded() && stage.timeline(); }},
        {"what-if",
         [](Stage& stage) { return stage.run(good, other) && stage.runEnded() && stage.whatIf(); }},
        {"dirty", [](Stage& stage) { return stage.dirty(good); }},
        {"compliance", [](Stage& stage) { return stage.check(failing, good); }},
        {"compliant",
         [](Stage& stage) {
             const bool ok = stage.check("0000:3f:00.1", "0000:3f:00.2");
             stage.pickPair(MigState::Stop, MigState::StopCopy);
             return ok;
         }},
        {"compare", [](Stage& stage) { return stage.compare(); }},
        {"images", [](Stage& stage) { return stage.images(); }},
        {"error",
         [](Stage& stage) {
             const bool ok =
                 stage.machine(QStringLiteral("sim:lab"), QLatin1String(failing)) && stage.open(failing);
             return ok && stage.step(failing, MigState::StopCopy);
         }},
        {"stuck",
         [](Stage& stage) {
             return stage.machine(QStringLiteral("sim:lab"), QLatin1String(stuckOne)) && stage.open(other) &&
                    stage.open(stuckOne) && stage.stuck(stuckOne, MigState::StopCopy) &&
                    stage.step(other, MigState::StopCopy);
         }},
    };
}

/// Those that were asked for by name; all of them otherwise.
bool wanted(const GuiOptions& options, const char* scene) {
    return options.scenes.isEmpty() || options.scenes.contains(QLatin1String(scene));
}

QString pictureName(const char* scene, bool dark) {
    const int scale = qRound(qGuiApp->devicePixelRatio());
    return QStringLiteral("%1-%2%3.png")
        .arg(QLatin1String(scene), dark ? QStringLiteral("dark") : QStringLiteral("light"),
             scale == 1 ? QString() : QStringLiteral("-%1x").arg(scale));
}

bool one(const GuiOptions& options, const MainWindow::About& about, const QString& state) {
    Stage stage(about, state, options.size.isEmpty() ? QSize(1280, 800) : options.size);
    if (!stage.machine(options.backend, options.device))
        return false;
    if (!options.step.isEmpty()) {
        const std::string device = stage.presenter().device().toStdString();
        // A refusal is a picture too.
        if (stage.open(device))
            static_cast<void>(stage.step(device, *parseState(options.step.toStdString())));
    }
    for (const QString& recording : options.recordings) {
        if (!stage.recording(recording))
            return false;
    }
    const bool done = stage.picture(options.screenshot);
    static_cast<void>(stage.host().shutdown(std::chrono::milliseconds(500)));
    return done;
}

} // namespace

GuiExit takePictures(const GuiOptions& options, const MainWindow::About& about) {
    qInstallMessageHandler(onMessage);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QTemporaryDir folder;
    // No journal and no layout of the person's is touched for a picture.
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
    GuiExit done;
    if (!options.screenshot.isEmpty()) {
        QApplication::setPalette(options.theme == QLatin1String("dark") ? darkPalette() : lightPalette());
        done.code = one(options, about, folder.path()) ? 0 : 1;
        return done;
    }
    const QString ordinary = folder.filePath(QStringLiteral("ordinary"));
    if (!QDir().mkpath(options.screenshots) || !writeOrdinaryHost(ordinary)) {
        std::fprintf(stderr, "migscope: %s cannot be written\n", qPrintable(options.screenshots));
        return {6, false};
    }
    for (const bool dark : {false, true}) {
        QApplication::setPalette(dark ? darkPalette() : lightPalette());
        for (const Scene& scene : scenes(ordinary)) {
            if (!wanted(options, scene.name))
                continue;
            Stage stage(about, folder.path(), options.size.isEmpty() ? QSize(1280, 800) : options.size);
            if (!scene.play(stage)) {
                std::fprintf(stderr, "migscope: the scene %s did not come about\n", scene.name);
                done.code = 1;
            }
            const QString name = pictureName(scene.name, dark);
            // What runs is not waited for: the picture is of the middle of it.
            if (!stage.picture(QDir(options.screenshots).filePath(name),
                               QLatin1String(scene.name) == QLatin1String("running") ? 0 : 600))
                done.code = 6;
            done.leftBehind |= !stage.host().shutdown(std::chrono::milliseconds(800));
        }
    }
    if (options.scenes.contains(QLatin1String("film"))) {
        QApplication::setPalette(lightPalette());
        Stage stage(about, folder.path(), QSize(1100, 720));
        if (!stage.run(good, other) || !stage.film(options.screenshots))
            done.code = 1;
        done.leftBehind |= !stage.host().shutdown(std::chrono::milliseconds(800));
    }
    std::fflush(stdout);
    return done;
}

} // namespace migscope
