// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window without a display.
#include "app/gui/screenshots.h"

#include <QApplication>
#include <QDir>
#include <QSettings>
#include <QStyleFactory>
#include <QTemporaryDir>

#include <cstdio>
#include <functional>
#include <vector>

#include "app/gui/ordinary_host.h"
#include "app/gui/stage.h"
#include "ui/theme.h"

namespace migscope {
namespace {

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
