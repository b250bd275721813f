// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One window on the lab's misbehaving driver: turns knobs, keeps what the window said and what the driver
// saw.
#pragma once

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonObject>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "tests/lab/drive.h"

namespace migscope {

/// The devices of type miglab-7: all migration flags.
inline const std::string labSource = "70000000-0000-4000-8000-00000000000a";
inline const std::string labDestination = "70000000-0000-4000-8000-00000000000b";

/// The longest time in which the event loop of the window's thread did not come round; and beside it how long
/// a thread that does nothing but sleep was late: so much is the machine's own load.
class Pulse : public QObject {
public:
    Pulse();
    ~Pulse() override;
    /// From now on: what went before, and this call, do not count.
    void restart();
    [[nodiscard]] std::chrono::milliseconds longest() const { return longest_; }
    [[nodiscard]] std::chrono::milliseconds machine() const {
        return std::chrono::milliseconds(late_.load());
    }
    /// The thread is about to do something that is not the window's; restart() comes after it.
    void look();

private:
    QTimer timer_;
    std::chrono::steady_clock::time_point last_;
    std::chrono::milliseconds longest_{0};
    std::atomic<std::int64_t> late_{0};
    std::jthread sleeper_;
};

/// Writes into `folder` a line of JSON a case (window.jsonl), and what the driver saw of it (CASE.truth,
/// CASE.left: as driver/guest-lib leaves them).
class FaultBench {
public:
    explicit FaultBench(const QString& folder);

    [[nodiscard]] Drive& drive() { return drive_; }
    /// Writes a knob of a device: Missed when the driver refuses.
    void turn(const std::string& device, const char* knob, const QString& value);
    /// Selects it in the tab Inspect; it is opened when it is not.
    void open(const std::string& device);
    /// Closed, so that what is turned now is what an opening finds.
    void closed(const std::string& device);
    /// Keeps what the window says now, under a name.
    void say(const char* when);
    /// The device hangs from now on: only what comes counts for the next say().
    void hangs() { pulse_.restart(); }
    /// The device that say() is about.
    void about(const std::string& device) { about_ = device; }
    /// A file to be written or read, by name; those of former cases are there.
    [[nodiscard]] QString file(const char* name) const;
    /// The file that the stream's buttons are given.
    void choose(const char* name);

    /// One case from calm devices that are RUNNING to such; opened ones stay open, since an opening is dear
    /// in emulation. What did not come about stands in its line. Throws Missed when the devices cannot be had
    /// back.
    void run(const char* name, const std::function<void(FaultBench&)>& play);
    [[nodiscard]] int missed() const { return missed_; }
    void write(const char* name);
    void calm();

private:
    void clear();
    void keepTruth(const QString& name);

    QString folder_;
    QFile lines_;
    Drive drive_;
    Pulse pulse_;
    std::string about_ = labSource;
    QJsonArray said_;
    QElapsedTimer since_; ///< the case began
    QString missing_;
    int firstRow_ = 0;
    int missed_ = 0;
};

} // namespace migscope
