// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT, SIGTERM and SIGHUP as a count that the command looks at; the second one leaves at once.
#pragma once

#include <csignal>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

#include "core/base/unique_fd.h"

namespace migscope::cli {

/// Make one before any other thread, so that all of them inherit the blocked signals and the one thread here
/// takes them. While no leave function is set (no device is open) the first signal ends the process with
/// 130. *Thread-safe.*
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Signals so far.
    [[nodiscard]] int count() const { return count_.load(); }
    /// From now on the first signal only counts; the second calls `leave` on this object's thread, and the
    /// process ends with the code that it returns. Empty: back to the start.
    void onLeave(std::function<int()> leave);

private:
    void watch();
    std::atomic<int> count_ = 0;
    std::mutex mutex_;
    std::function<int()> leave_;
    sigset_t before_{};
    UniqueFd signals_;
    UniqueFd stop_;
    std::thread thread_;
};

} // namespace migscope::cli
