// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One window on the lab's misbehaving driver.
#include "tests/lab/faults/fault_bench.h"

#include <QDir>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

#include "tests/lab/faults/window_said.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/stream_panel.h"
#include "ui/state_grid.h"

namespace migscope {
namespace {

const QString devices = QStringLiteral("/sys/bus/mdev/devices");
const QString truths = QStringLiteral("/sys/kernel/debug/miglab");

void put(const QString& path, const QByteArray& text) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered) || file.write(text) != text.size())
        throw Missed("cannot be written: " + path.toStdString());
}

QByteArray got(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList under(const QString& folder) {
    QStringList names = QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::System);
    names.removeIf([](const QString& name) { return !name.contains(QLatin1Char('-')); });
    return names;
}

} // namespace

Pulse::Pulse() {
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(10);
    connect(&timer_, &QTimer::timeout, this, &Pulse::look);
    timer_.start();
    restart();
    sleeper_ = std::jthread([this](const std::stop_token& stop) {
        auto last = std::chrono::steady_clock::now();
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            const auto now = std::chrono::steady_clock::now();
            const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - last).count();
            if (took > late_)
                late_ = took;
            last = now;
        }
    });
}

Pulse::~Pulse() = default;

void Pulse::restart() {
    longest_ = std::chrono::milliseconds(0);
    late_ = 0;
    last_ = std::chrono::steady_clock::now();
}

void Pulse::look() {
    const auto now = std::chrono::steady_clock::now();
    longest_ = std::max(longest_, std::chrono::duration_cast<std::chrono::milliseconds>(now - last_));
    last_ = now;
}

FaultBench::FaultBench(const QString& folder)
    : folder_(folder), lines_(folder + QStringLiteral("/window.jsonl")) {
    if (!lines_.open(QIODevice::WriteOnly | QIODevice::Append))
        throw Missed("cannot be written: " + lines_.fileName().toStdString());
    since_.start();
}

void FaultBench::turn(const std::string& device, const char* knob, const QString& value) {
    put(QStringLiteral("%1/%2/lab/%3").arg(devices, QString::fromStdString(device), QLatin1String(knob)),
        value.toUtf8());
}

void FaultBench::calm() {
    for (const QString& device : under(devices))
        put(QStringLiteral("%1/%2/lab/calm").arg(devices, device), "1");
}

QString FaultBench::file(const char* name) const {
    return QStringLiteral("/lab-work/files/") + QLatin1String(name);
}

void FaultBench::choose(const char* name) {
    drive_.parts().inspect->stream()->setChooser(
        [path = file(name)](QWidget* /*parent*/, FileUse /*use*/, const QString& /*title*/) { return path; });
}

void FaultBench::say(const char* when) {
    Drive::settle(60); // what was just made is laid out
    pulse_.look();
    const auto longest = pulse_.longest();
    const auto machine = pulse_.machine();
    QJsonObject said = windowSaid(drive_, about_, firstRow_);
    said[QStringLiteral("when")] = QLatin1String(when);
    // The state as the driver has it; read without a lock, so that a call that hangs holds nobody up.
    QJsonObject states;
    for (const QString& device : under(devices))
        states[device] =
            QString::fromUtf8(got(QStringLiteral("%1/%2/lab/state").arg(devices, device)).trimmed());
    said[QStringLiteral("driver")] = states;
    said[QStringLiteral("gap_ms")] = static_cast<qint64>(longest.count());
    said[QStringLiteral("machine_gap_ms")] = static_cast<qint64>(machine.count());
    said_ << said;
    pulse_.restart();
}

void FaultBench::keepTruth(const QString& name) {
    QByteArray truth;
    QByteArray left;
    const auto note = [&left](const QString& path) {
        for (const QByteArray& line : got(path).split('\n')) {
            if (!line.isEmpty())
                left += path.toUtf8() + ':' + line + '\n';
        }
    };
    for (const QString& device : under(truths)) {
        truth += got(QStringLiteral("%1/%2/truth").arg(truths, device));
        note(QStringLiteral("%1/%2/live").arg(truths, device));
        for (const char* knob : {"state", "seed", "loaded_bytes"})
            note(QStringLiteral("%1/%2/lab/%3").arg(devices, device, QLatin1String(knob)));
    }
    put(QStringLiteral("%1/%2.truth").arg(folder_, name), truth);
    put(QStringLiteral("%1/%2.left").arg(folder_, name), left);
}

void FaultBench::open(const std::string& device) {
    if (!drive_.host().isOpen(device))
        return drive_.open(device);
    drive_.select(device);
    drive_.tab(drive_.parts().inspect);
}

void FaultBench::closed(const std::string& device) {
    if (drive_.host().isOpen(device))
        drive_.release(device);
}

/// All devices calm and RUNNING again.
void FaultBench::clear() {
    HostSession& host = drive_.host();
    calm(); // who slept wakes up
    if (host.runActive()) {
        host.cancelRun();
        drive_.runEnds();
    }
    for (const std::string& device : host.openDevices()) {
        host.cancel(device);
        drive_.idle(device);
        const SessionState& now = drive_.session(device);
        if (now.state == MigState::Running && !now.needsReset && !now.handedOver)
            continue;
        open(device);
        drive_.reset(device);
    }
}

void FaultBench::write(const char* name) {
    QJsonObject line{{QStringLiteral("case"), QLatin1String(name)},
                     {QStringLiteral("said"), said_},
                     {QStringLiteral("ms"), since_.elapsed()}};
    if (!missing_.isEmpty())
        line[QStringLiteral("missed")] = missing_;
    lines_.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
    lines_.flush();
}

void FaultBench::run(const char* name, const std::function<void(FaultBench&)>& play) {
    since_.start();
    said_ = {};
    missing_.clear();
    about_ = labSource;
    firstRow_ = drive_.parts().log->model().rowCount();
    for (const QString& device : under(truths))
        put(QStringLiteral("%1/%2/truth").arg(truths, device), "1");
    pulse_.restart();
    try {
        play(*this);
    } catch (const Missed& missed) {
        missing_ = QString::fromUtf8(missed.what());
        say("missed");
        std::fprintf(stderr, "fault_drive: %s: %s\n", name, missed.what());
        ++missed_;
    }
    clear();
    write(name);
    keepTruth(QLatin1String(name));
}

} // namespace migscope
