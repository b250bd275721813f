// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Work outside the GUI thread that can be abandoned, and the way back into it.
#pragma once

#include <QObject>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace migscope {

/// Runs functions in the thread of its target, from any thread, as long as the target lives: afterwards they
/// are dropped. Copies share the target. post() is *thread-safe*.
class Postbox {
public:
    explicit Postbox(QObject* target);
    void post(std::function<void()> function) const;
    /// Called by the target's destructor, first thing.
    void close();

private:
    struct Shared {
        std::mutex mutex;
        QObject* target = nullptr;
    };
    std::shared_ptr<Shared> shared_;
};

/// Says yes when work that takes long has something to tell again: to none of the first 200 ms, then to at
/// most one call each 100 ms. *Thread-bound.*
class Pace {
public:
    Pace();
    [[nodiscard]] bool due();

private:
    std::chrono::steady_clock::time_point next_;
};

/// Detached threads that can be counted. A read of sysfs or an fsync may block for good, so nobody joins;
/// what the functions use they must own. *Thread-safe.*
class Background {
public:
    Background();
    void run(std::function<void()> function);
    /// Waits (wall clock) until none runs; false when `patience` ended first.
    [[nodiscard]] bool waitIdle(std::chrono::milliseconds patience);

private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        int running = 0;
    };
    std::shared_ptr<Shared> shared_;
};

} // namespace migscope
