// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window without a display.
#include "app/gui/screenshots.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSettings>
#include <QStyleFactory>
#include <QTemporaryDir>
#include <QThread>

#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "app/gui/ordinary_host.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/runs_panel.h"
#include "ui/recordings.h"
#include "ui/state_button.h"
#include "ui/state_grid.h"
#include "ui/theme.h"

namespace migscope {
namespace {

constexpr int patienceMs = 15'000;

void spin(int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    do {
        QApplication::processEvents(QEventLoop::AllEvents, 20);
        QThread::msleep(2);
    } while (timer.elapsed() < milliseconds);
}

bool waitUntil(const std::function<bool()>& ready) {
    QElapsedTimer timer;
    timer.start();
    while (!ready()) {
        if (timer.elapsed() > patienceMs)
            return false;
        spin(10);
    }
    return true;
}

/// One window on one machine, in the sequence of a scene.
class Stage {
public:
    Stage(const MainWindow::About& about, const QString& state, const QSize& size)
        : host_(std::make_unique<HostSession>(backendFactory(), state))
        , window_(std::make_unique<MainWindow>(*host_, about)) {
        window_->resize(size);
        window_->show();
    }
    ~Stage() { window_->hide(); }

    bool machine(const QString& spec, const QString& device = {}) {
        window_->presenter().useMachine(spec);
        window_->presenter().selectSoon(device);
        return waitUntil([this] {
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
        return waitUntil([&] {
                   const SessionState* state = host_->state(device);
                   return state != nullptr &&
                          (state->phase == SessionPhase::Idle ||
                           (state->phase == SessionPhase::Closed && state->error.has_value()));
               }) &&
               host_->isOpen(device);
    }
    bool stuck(const std::string& device, MigState goal) {
        host_->step(device, goal, false);
        return waitUntil([&] { return host_->state(device)->phase == SessionPhase::Stuck; });
    }
    bool recording(const QString& path) {
        const RunsModel& runs = window_->parts().runs->model();
        const int before = runs.rowCount();
        window_->parts().recordings->open(path);
        return waitUntil([&] { return runs.rowCount() > before; });
    }
    void point(MigState state) { window_->parts().inspect->grid()->button(state)->setFocus(); }
    bool picture(const QString& file) {
        spin(600); // the last events, and what they change
        const bool saved = window_->grab().save(file);
        std::printf("%s%s\n", qPrintable(file), saved ? "" : ": NOT WRITTEN");
        return saved;
    }
    [[nodiscard]] HostSession& host() { return *host_; }
    [[nodiscard]] Presenter& presenter() { return window_->presenter(); }

private:
    std::unique_ptr<HostSession> host_;
    std::unique_ptr<MainWindow> window_;
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
        {"device",
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
            Stage stage(about, folder.path(), options.size.isEmpty() ? QSize(1280, 800) : options.size);
            if (!scene.play(stage)) {
                std::fprintf(stderr, "migscope: the scene %s did not come about\n", scene.name);
                done.code = 1;
            }
            const QString name =
                QStringLiteral("%1-%2.png")
                    .arg(QLatin1String(scene.name), dark ? QStringLiteral("dark") : QStringLiteral("light"));
            if (!stage.picture(QDir(options.screenshots).filePath(name)))
                done.code = 6;
            done.leftBehind |= !stage.host().shutdown(std::chrono::milliseconds(800));
        }
    }
    std::fflush(stdout);
    return done;
}

} // namespace migscope
