// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window costs: frames, gaps of its event loop, idle time, start. One line of JSON a measurement.
#include <QApplication>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QMainWindow>
#include <QSettings>
#include <QStyleFactory>
#include <QTemporaryDir>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/gui/gui_main.h"
#include "core/transfer/recorder.h"
#include "tests/bench/window_run.h"
#include "ui/charts/overlay_view.h"
#include "ui/main_window.h"
#include "ui/once_painted.h"
#include "ui/panels/run_view.h"
#include "ui/theme.h"

namespace migscope::bench {
namespace {

double milliseconds(Ns time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

Ns steadyNow() {
    return SteadyClock().now();
}

Ns processTime() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + Ns{now.tv_nsec};
}

/// Of the GUI thread alone: what it spends, whatever else the machine does.
Ns threadTime() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + Ns{now.tv_nsec};
}

double residentMib() {
    std::ifstream file("/proc/self/statm");
    long pages = 0;
    long resident = 0;
    file >> pages >> resident;
    return static_cast<double>(resident) * 4096 / (1 << 20);
}

double percentile(std::vector<double> values, double share) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    return values[rank];
}

/// Feeds samples as fast as the queue takes them without merging: through the real queue, Recorder and fold.
class Feeder {
public:
    Feeder(Recorder& recorder, std::size_t count) : recorder_(recorder), count_(count) {}
    /// One sample a millisecond of recorded time, in the batches in which a worker hands them over.
    void feed(std::size_t upTo) {
        constexpr std::size_t batch = 500;
        unsigned noise = 12345;
        while (fed_ < std::min(upTo, count_)) {
            event::Samples samples;
            samples.stream = 1;
            for (std::size_t i = 0; i < batch && fed_ < count_; ++i, ++fed_) {
                noise = noise * 1103515245U + 12345U;
                samples.time.push_back(start_ + std::chrono::milliseconds(fed_ + 1));
                samples.bytes.push_back(900'000 + noise % 200'000);
                samples.source.push_back(Ns{300'000 + noise % 100'000});
                samples.destination.push_back(Ns{400'000 + noise % 150'000});
            }
            Event event;
            event.time = samples.time.back();
            event.device = 0;
            event.run = 1;
            event.body = std::move(samples);
            recorder_.sink().push(std::move(event));
            // The queue is bounded: what waits in it must not be merged, this measures drawing.
            while (waiting() > 40'000)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    }
    void begin() {
        recorder_.look([this](const Recording& recording) { start_ = recording.header().t0; });
        Plan plan;
        plan.kind = PlanKind::Discard;
        plan.pairs = {{0, std::nullopt}};
        push(start_, event::RunBegin{plan});
        event::ArcEnd arc;
        arc.from = MigState::Running;
        arc.to = arc.goal = MigState::PreCopy;
        arc.called = start_ + Ns{100'000};
        arc.returned = start_ + Ns{900'000};
        arc.stream = 1;
        arc.stateAfter = MigState::PreCopy;
        push(arc.returned, arc);
    }
    [[nodiscard]] std::size_t waiting() const {
        std::size_t held = 0;
        recorder_.look([&](const Recording& recording) {
            const auto found = recording.samples().find(1);
            held = found == recording.samples().end() ? 0 : found->second.size();
        });
        return fed_ - std::min(held, fed_.load());
    }

private:
    void push(Ns time, event::Body body) {
        Event event;
        event.time = time;
        event.device = 0;
        event.run = 1;
        event.body = std::move(body);
        recorder_.sink().push(std::move(event));
    }
    Recorder& recorder_;
    std::size_t count_;
    Ns start_{0};
    std::atomic<std::size_t> fed_{0};
};

/// Frames of the run view that holds `count` samples, while 10 000 a second still come.
int frames(std::size_t count) {
    SteadyClock clock;
    const double before = residentMib();
    RecordedDevice device;
    device.name = "0000:01:00.1";
    auto made = Recorder::start(clock, makeHeader(clock, true, {device}), {});
    if (!made)
        return 1;
    const std::shared_ptr<Recorder> recorder = std::move(*made);
    Feeder feeder(*recorder, count + 10'000'000);
    feeder.begin();
    feeder.feed(count);
    while (feeder.waiting() > 0)
        QThread::msleep(5);
    const double held = residentMib() - before;
    Selection selection;
    RunView view(selection);
    view.resize(1000, 620);
    view.setSource(liveSource(QStringLiteral("bench"), {}, recorder));
    view.show();
    QApplication::processEvents();
    std::atomic<bool> stop{false};
    std::thread more([&] {
        for (std::size_t upTo = count; !stop; upTo += 500) {
            feeder.feed(upTo);
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    std::vector<double> wall;
    std::vector<double> spent;
    for (int frame = 0; frame < 330; ++frame) {
        // A person looks around meanwhile: the whole, zoomed, panned.
        if (frame % 60 == 30)
            view.chart()->zoomIn();
        if (frame % 120 == 119)
            view.chart()->zoomAll();
        const Ns began = steadyNow();
        const Ns beganOwn = threadTime();
        view.refresh();
        QApplication::processEvents();
        const bool warm = frame >= 30;
        if (warm) {
            wall.push_back(milliseconds(steadyNow() - began));
            spent.push_back(milliseconds(threadTime() - beganOwn));
        }
        QThread::msleep(4);
    }
    stop = true;
    more.join();
    std::printf(
        "{\"bench\":\"frames\",\"samples\":%zu,\"drawn\":%llu,\"thread_ms_p50\":%.3f,\"thread_ms_p99\":%.3f,"
        "\"thread_ms_max\":%.3f,\"wall_ms_p99\":%.3f,\"memory_mib\":%.1f}\n",
        count, static_cast<unsigned long long>(view.chart()->canvas().frames()), percentile(spent, 0.5),
        percentile(spent, 0.99), percentile(spent, 1), percentile(wall, 0.99), held);
    std::fflush(stdout);
    return 0;
}

/// A migration whose stream has `count` samples, one a microsecond.
std::shared_ptr<Recording> longRun(std::size_t count, unsigned noise) {
    RecordingHeader header;
    header.simulated = true;
    header.devices.resize(2);
    header.devices[0].name = "0000:01:00.1";
    header.devices[1].name = "0000:01:00.2";
    auto recording = std::make_shared<Recording>(header);
    const auto push = [&](Ns time, std::optional<int> device, event::Body body) {
        Event event;
        event.time = time;
        event.device = device;
        event.run = 1;
        event.body = std::move(body);
        recording->apply(std::move(event));
    };
    const auto arc = [&](int device, MigState from, MigState to, Ns called, Ns returned) {
        event::ArcEnd end;
        end.from = from;
        end.to = end.goal = to;
        end.called = called;
        end.returned = returned;
        end.stateAfter = to;
        push(returned, device, end);
    };
    using std::chrono::milliseconds;
    Plan plan;
    plan.pairs = {{0, 1}};
    push(Ns{0}, {}, event::RunBegin{plan});
    arc(1, MigState::Running, MigState::Stop, milliseconds(1), milliseconds(2));
    arc(1, MigState::Stop, MigState::Resuming, milliseconds(2), milliseconds(3));
    arc(0, MigState::Running, MigState::RunningP2p, milliseconds(4), milliseconds(5));
    arc(0, MigState::RunningP2p, MigState::Stop, milliseconds(5), milliseconds(6));
    arc(0, MigState::Stop, MigState::StopCopy, milliseconds(6), milliseconds(7));
    push(milliseconds(7), 0, event::Stream{1, true, event::StreamWhat::Open, 0, 0});
    constexpr std::size_t batch = 500;
    const Ns begin = milliseconds(8);
    for (std::size_t done = 0; done < count; done += batch) {
        event::Samples samples;
        samples.stream = 1;
        for (std::size_t i = done; i < std::min(done + batch, count); ++i) {
            noise = noise * 1103515245U + 12345U;
            samples.time.push_back(begin + std::chrono::microseconds(i));
            samples.bytes.push_back(900 + noise % 200);
            samples.source.push_back(Ns{300 + noise % 100});
            samples.destination.push_back(Ns{400 + noise % 150});
        }
        const Ns last = samples.time.back();
        push(last, 0, std::move(samples));
    }
    const Ns end = begin + std::chrono::microseconds(count);
    push(end, 0, event::Stream{1, true, event::StreamWhat::Eof, 0, 0});
    arc(1, MigState::Resuming, MigState::Stop, end + milliseconds(1), end + milliseconds(2));
    arc(1, MigState::Stop, MigState::Running, end + milliseconds(2), end + milliseconds(3));
    arc(0, MigState::StopCopy, MigState::Stop, end + milliseconds(4), end + milliseconds(5));
    push(end + milliseconds(6), {}, event::RunEnd{RunOutcome::Ok, {}, {}});
    recording->complete = true;
    return recording;
}

/// Frames of so many recordings over each other, while a person zooms and pans.
int overlaid(std::size_t recordings, std::size_t count) {
    const double before = residentMib();
    std::vector<OverlayView::Item> items;
    for (std::size_t at = 0; at < recordings; ++at) {
        const std::string name = "run " + std::to_string(at + 1);
        items.push_back(
            {wholeSource(QString::fromStdString(name), {}, longRun(count, static_cast<unsigned>(at))),
             {1, name, static_cast<int>(at)}});
    }
    const double held = residentMib() - before;
    OverlayView view;
    view.resize(1000, 620);
    view.setItems(std::move(items));
    view.show();
    QApplication::processEvents();
    std::vector<double> spent;
    const auto key = [&](int code, Qt::KeyboardModifiers modifiers = {}) {
        QKeyEvent event(QEvent::KeyPress, code, modifiers);
        QApplication::sendEvent(&view, &event);
    };
    for (int frame = 0; frame < 330; ++frame) {
        const Ns began = threadTime();
        if (frame % 60 == 59)
            key(Qt::Key_Home);
        else if (frame % 10 == 0)
            key(Qt::Key_Plus);
        else
            key(frame % 20 < 10 ? Qt::Key_Right : Qt::Key_Left);
        QApplication::processEvents();
        if (frame >= 30)
            spent.push_back(milliseconds(threadTime() - began));
    }
    std::printf(
        "{\"bench\":\"overlaid\",\"recordings\":%zu,\"samples\":%zu,\"drawn\":%llu,\"thread_ms_p50\":%.3f,"
        "\"thread_ms_p99\":%.3f,\"thread_ms_max\":%.3f,\"memory_mib\":%.1f}\n",
        recordings, count, static_cast<unsigned long long>(view.canvas().frames()), percentile(spent, 0.5),
        percentile(spent, 0.99), percentile(spent, 1), held);
    std::fflush(stdout);
    return 0;
}

/// The moment when the first painting of a window is done.
class FirstPaint : public QObject {
public:
    explicit FirstPaint(QWidget& window) { window.installEventFilter(this); }
    /// Runs the event loop until then.
    Ns wait() {
        while (!done_)
            QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        return *done_;
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        // The children are painted within the same call: what is posted now comes right after it.
        if (event->type() == QEvent::Paint && !seen_) {
            seen_ = true;
            QApplication::postEvent(this, new QEvent(QEvent::User), Qt::HighEventPriority);
        }
        return QObject::eventFilter(watched, event);
    }
    bool event(QEvent* event) override {
        if (event->type() == QEvent::User)
            done_ = steadyNow();
        return QObject::event(event);
    }

private:
    bool seen_ = false;
    std::optional<Ns> done_;
};

/// From the process's begin to the first painted window; then until all devices stand in the list. In the
/// order in which the program does it.
int start(const char* spec, bool empty) {
    const Ns began = processStart();
    if (empty) {
        QMainWindow window;
        window.resize(1280, 800);
        FirstPaint paint(window);
        window.show();
        std::printf("{\"bench\":\"start\",\"window\":\"empty\",\"painted_ms\":%.2f}\n",
                    milliseconds(paint.wait() - began));
        return 0;
    }
    QTemporaryDir folder;
    Ns simulating{0}; // laying out the files of the simulated machine: a real one has them already
    const auto timed = [&simulating, make = backendFactory()](const std::string& asked) {
        const Ns before = steadyNow();
        auto made = make(asked);
        simulating = steadyNow() - before;
        return made;
    };
    auto host = std::make_unique<HostSession>(timed, folder.path());
    MainWindow window(*host, {QStringLiteral("0"), QStringLiteral("7.3")});
    oncePainted(window, std::chrono::milliseconds(200),
                [&window, spec] { window.presenter().useMachine(QString::fromLatin1(spec)); });
    FirstPaint paint(window);
    window.show();
    const Ns painted = paint.wait();
    const std::size_t devices = waitForList(*host, window);
    std::printf("{\"bench\":\"start\",\"window\":\"migscope\",\"painted_ms\":%.2f,\"listed_ms\":%.2f,"
                "\"simulating_ms\":%.2f,\"devices\":%zu}\n",
                milliseconds(painted - began), milliseconds(steadyNow() - painted), milliseconds(simulating),
                devices);
    std::fflush(stdout);
    host->shutdown(std::chrono::milliseconds(500));
    return 0;
}

/// What the window costs while nothing happens: a device open, its page shown.
int idle(const char* spec, const char* device, int seconds) {
    QTemporaryDir folder;
    auto host = std::make_unique<HostSession>(backendFactory(), folder.path());
    MainWindow window(*host, {QStringLiteral("0"), QStringLiteral("7.3")});
    window.presenter().useMachine(QString::fromLatin1(spec));
    window.show();
    static_cast<void>(waitForList(*host, window));
    openAndWait(*host, window, device);
    spin(1500);
    const Ns cpu = processTime();
    const Ns wall = steadyNow();
    spinAsleep(seconds * 1000);
    const double share = milliseconds(processTime() - cpu) / milliseconds(steadyNow() - wall) * 100;
    std::printf("{\"bench\":\"idle\",\"cpu_percent\":%.3f}\n", share);
    std::fflush(stdout);
    host->shutdown(std::chrono::milliseconds(500));
    return 0;
}

/// Gaps of the event loop while a state of the profile's size moves.
int gaps(const char* spec, const char* source, const char* destination) {
    QTemporaryDir folder;
    auto host = std::make_unique<HostSession>(backendFactory(), folder.path());
    MainWindow window(*host, {QStringLiteral("0"), QStringLiteral("7.3")});
    window.presenter().useMachine(QString::fromLatin1(spec));
    window.show();
    static_cast<void>(waitForList(*host, window));
    openAndWait(*host, window, source);
    openAndWait(*host, window, destination);
    std::vector<double> between;
    Ns last = steadyNow();
    QTimer beat;
    beat.setTimerType(Qt::PreciseTimer);
    QObject::connect(&beat, &QTimer::timeout, [&] {
        const Ns now = steadyNow();
        between.push_back(std::max(0.0, milliseconds(now - last) - 1));
        last = now;
    });
    beat.start(1);
    last = steadyNow();
    const RunFigures run = runInWindow(*host, window, source, destination);
    beat.stop();
    std::printf("{\"bench\":\"gaps\",\"state_bytes\":%llu,\"seconds\":%.2f,\"beats\":%zu,\"gap_ms_p99\":%.3f,"
                "\"gap_ms_max\":%.3f,\"outcome\":\"%s\"}\n",
                static_cast<unsigned long long>(run.stateBytes), run.seconds, between.size(),
                percentile(between, 0.99), percentile(between, 1), run.outcome.c_str());
    std::fflush(stdout);
    host->shutdown(std::chrono::seconds(1));
    return 0;
}

int usage() {
    std::fputs("usage: window_bench frames COUNT | overlaid RECORDINGS COUNT | start SPEC | start-empty | "
               "idle SPEC DEVICE SECONDS | "
               "gaps SPEC SOURCE DESTINATION\n",
               stderr);
    return 2;
}

int run(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "frames" && argc == 3)
        return frames(std::strtoull(argv[2], nullptr, 10));
    if (what == "overlaid" && argc == 4)
        return overlaid(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
    if (what == "start" && argc == 3)
        return start(argv[2], false);
    if (what == "start-empty" && argc == 2)
        return start("", true);
    if (what == "idle" && argc == 5)
        return idle(argv[2], argv[3], std::atoi(argv[4]));
    if (what == "gaps" && argc == 5)
        return gaps(argv[2], argv[3], argv[4]);
    return usage();
}

} // namespace
} // namespace migscope::bench

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication::setOrganizationName(QStringLiteral("migscope"));
    QApplication::setApplicationName(QStringLiteral("migscope-bench"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QTemporaryDir settings;
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(migscope::lightPalette());
    const int code = migscope::bench::run(argc, argv);
    return code;
}
