// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Everything of the window's program but main().
#include "app/gui/gui_main.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QStyleFactory>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "app/backends.h"
#include "app/gui/quit_signals.h"
#include "app/gui/render_file.h"
#include "app/gui/screenshots.h"
#include "core/uapi/baseline.h"
#include "ui/main_window.h"
#include "ui/once_painted.h"
#include "ui/recordings.h"
#include "ui/theme.h"
#include "ui/unfinished.h"

namespace migscope {
namespace {

/// The first migratable device of the built-in lab.
constexpr const char* demoDevice = "0000:3b:00.2";

/// Pictures need no display; Qt must know before it starts.
/// Words after which nothing is shown on a display: pictures, and texts on the terminal.
bool needsNoDisplay(std::string_view word) {
    return word.starts_with("--screenshot") || word.starts_with("--render") || word == "--help" ||
           word == "-h" || word == "--help-all" || word == "--version" || word == "-v";
}

void choosePlatform(int argc, char** argv) {
    if (qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        return;
    if (std::any_of(argv + 1, argv + argc, needsNoDisplay))
        qputenv("QT_QPA_PLATFORM", "offscreen");
}

bool haveDisplay() {
    return qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
}

Result<GuiOptions> parse(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "options", "Inspect, drive and measure VFIO device migration. Looking opens no device."));
    const auto text = [](const char* words) { return QCoreApplication::translate("options", words); };
    const QCommandLineOption backend(QStringLiteral("backend"),
                                     text("Where the devices live: kernel (this host, the default), sim, "
                                          "sim:PROFILE, capture:DIR."),
                                     QStringLiteral("BACKEND"), QStringLiteral("kernel"));
    const QCommandLineOption device(QStringLiteral("device"),
                                    text("Select this device: a PCI address, an mdev UUID or vfioN."),
                                    QStringLiteral("DEVICE"));
    const QCommandLineOption demo(QStringLiteral("demo"), text("Show the simulated lab."));
    const QCommandLineOption step(
        QStringLiteral("step"),
        text("Open the device of --device (this resets the function) and ask for STATE at once."),
        QStringLiteral("STATE"));
    const QCommandLineOption screenshot(QStringLiteral("screenshot"),
                                        text("Draw the window into FILE (PNG) without a display, and leave."),
                                        QStringLiteral("FILE"));
    const QCommandLineOption screenshots(QStringLiteral("screenshots"),
                                         text("Draw the main views into DIR without a display, and leave."),
                                         QStringLiteral("DIR"));
    const QCommandLineOption scene(
        QStringLiteral("scene"),
        text("Only this view of --screenshots; \"film\": the frames of a migration."),
        QStringLiteral("NAME"));
    const QCommandLineOption theme(QStringLiteral("theme"), text("light or dark, for pictures."),
                                   QStringLiteral("THEME"));
    const QCommandLineOption size(QStringLiteral("size"), text("Of the window, as 1280x800."),
                                  QStringLiteral("WxH"));
    const QCommandLineOption render(QStringLiteral("render"),
                                    text("Draw the chart of RECORDING, or write its report, into the file "
                                         "of --out, and leave. Given several times, with html: a report "
                                         "that compares the others with the first."),
                                    QStringLiteral("RECORDING"));
    const QCommandLineOption to(QStringLiteral("to"),
                                text("svg, png or pdf: the chart; html: a whole report; of --render."),
                                QStringLiteral("FORMAT"));
    const QCommandLineOption out(QStringLiteral("out"), text("The file that --render writes."),
                                 QStringLiteral("FILE"));
    parser.addOptions(
        {backend, device, demo, step, screenshot, screenshots, scene, render, to, out, theme, size});
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("RECORDING…"), text("Recordings (*.migrec) to open."),
                                 QStringLiteral("[RECORDING…]"));
    parser.process(arguments); // ends the program on --help, --version and unknown options
    GuiOptions options;
    options.backend = parser.value(backend);
    if (options.backend == QLatin1String("sim"))
        options.backend = QStringLiteral("sim:lab");
    options.device = parser.value(device);
    if (parser.isSet(demo)) {
        options.backend = QStringLiteral("sim:lab");
        if (options.device.isEmpty())
            options.device = QLatin1String(demoDevice);
    }
    options.step = parser.value(step);
    options.screenshot = parser.value(screenshot);
    options.screenshots = parser.value(screenshots);
    options.scenes = parser.values(scene);
    options.theme = parser.value(theme);
    options.render = parser.values(render);
    options.renderTo = parser.value(to);
    options.renderOut = parser.value(out);
    options.recordings = parser.positionalArguments();
    if (!options.step.isEmpty()) {
        if (const auto state = parseState(options.step.toStdString()); !state)
            return std::unexpected(state.error());
        if (options.device.isEmpty())
            return fail(Errc::InvalidArgument, "read --step", options.step.toStdString(),
                        "--device must name the device");
    }
    if (parser.isSet(size)) {
        const QStringList parts = parser.value(size).split(QLatin1Char('x'));
        options.size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
        if (options.size.isEmpty())
            return fail(Errc::InvalidArgument, "read --size", parser.value(size).toStdString(),
                        "it is WIDTHxHEIGHT, as 1280x800");
    }
    if (parser.isSet(render) != parser.isSet(out) || (parser.isSet(to) && !parser.isSet(render)))
        return fail(Errc::InvalidArgument, "read --render", options.render.value(0).toStdString(),
                    "--render RECORDING, --to FORMAT and --out FILE go together");
    if (!options.theme.isEmpty() && options.theme != QLatin1String("light") &&
        options.theme != QLatin1String("dark"))
        return fail(Errc::InvalidArgument, "read --theme", options.theme.toStdString(),
                    "it is light or dark");
    return options;
}

/// Opens the device as soon as it is known, then asks for the state. Both are the person's explicit act.
class StepAtStart : public QObject {
public:
    StepAtStart(HostSession& host, MainWindow& window, MigState goal)
        : QObject(&window), host_(host), presenter_(window.presenter()), goal_(goal) {
        connect(&host, &HostSession::topologyChanged, this, &StepAtStart::go);
        connect(&host, &HostSession::sessionChanged, this, &StepAtStart::go);
    }

private:
    void go() {
        const std::string device = presenter_.device().toStdString();
        if (device.empty() || stepped_)
            return;
        if (!opened_) {
            opened_ = true;
            host_.openDevice(device);
        }
        const SessionState* state = host_.state(device);
        if (state != nullptr && state->phase == SessionPhase::Idle) {
            stepped_ = true;
            host_.step(device, goal_, false);
        }
    }
    HostSession& host_;
    Presenter& presenter_;
    MigState goal_;
    bool opened_ = false;
    bool stepped_ = false;
};

} // namespace

BackendFactory backendFactory() {
    return [](const std::string& spec) -> Result<std::shared_ptr<Backend>> {
        auto made = makeBackend(spec);
        if (!made)
            return std::unexpected(made.error());
        return std::shared_ptr<Backend>(std::move(*made));
    };
}

QString stateFolder() {
    const QString set = qEnvironmentVariable("XDG_STATE_HOME");
    return QDir::isAbsolutePath(set) ? set : QDir::homePath() + QStringLiteral("/.local/state");
}

GuiExit guiMain(int argc, char** argv) {
    choosePlatform(argc, argv);
    if (!haveDisplay()) {
        std::fputs("migscope: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set). "
                   "migscope --screenshot FILE draws the window without one; migscope-cli needs none.\n",
                   stderr);
        return {3, false};
    }
    QApplication::setOrganizationName(QStringLiteral("migscope"));
    QApplication::setApplicationName(QStringLiteral("migscope"));
    QApplication::setApplicationVersion(QStringLiteral(MIGSCOPE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("io.github.migscope.Migscope"));
    auto application = std::make_unique<QApplication>(argc, argv);
    const auto options = parse(QApplication::arguments());
    if (!options) {
        std::fprintf(stderr, "migscope: %s\n", describe(options.error()).c_str());
        return {2, false};
    }
    const MainWindow::About about{QStringLiteral(MIGSCOPE_VERSION), QLatin1String(uapi::uapiBaseline)};
    if (!options->render.isEmpty())
        return renderFile(*options);
    if (!options->screenshots.isEmpty() || !options->screenshot.isEmpty())
        return takePictures(*options, about);
    if (!options->theme.isEmpty()) {
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        QApplication::setPalette(options->theme == QLatin1String("dark") ? darkPalette() : lightPalette());
    }
    auto host = std::make_unique<HostSession>(backendFactory(), stateFolder());
    auto window = std::make_unique<MainWindow>(*host, about);
    if (!options->size.isEmpty())
        window->resize(options->size);
    oncePainted(*window, std::chrono::milliseconds(200),
                [&presenter = window->presenter(), &options] { presenter.useMachine(options->backend); });
    window->presenter().selectSoon(options->device);
    if (!options->step.isEmpty())
        new StepAtStart(*host, *window, *parseState(options->step.toStdString()));
    for (const QString& recording : options->recordings)
        window->parts().recordings->open(recording);
    window->show();
    window->parts().unfinished->scan(stateFolder() + QStringLiteral("/migscope/journals"));
    const QuitSignals signalled;
    QObject::connect(&signalled, &QuitSignals::quitAsked, application.get(),
                     [] { QCoreApplication::exit(0); });
    GuiExit done;
    done.code = QApplication::exec();
    // In this order: the journals, the windows, the connection to the display. A bare _exit would leave a
    // dead window on the screen.
    done.leftBehind = !host->shutdown(std::chrono::milliseconds(1500));
    window.reset();
    host.reset();
    application.reset();
    return done;
}

} // namespace migscope
