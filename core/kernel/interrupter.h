// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Wakes a thread out of an interruptible sleep in the kernel, from another thread.
#pragma once

#include <atomic>
#include <ctime>
#include <memory>
#include <mutex>
#include <sys/types.h>

namespace migscope {

/// A flag and a repeated signal. One signal would not do: it can arrive between the look at the flag and the
/// sleep, and be lost. So the kernel repeats it (a timer aimed at the thread) until the call has returned.
/// The signal is a real-time one of ours with an empty handler without SA_RESTART, so that calls return
/// EINTR.
///
/// Calls are made by one thread at a time; interrupt() and requested() are *thread-safe*.
class Interrupter {
public:
    Interrupter();
    Interrupter(const Interrupter&) = delete;
    Interrupter& operator=(const Interrupter&) = delete;
    ~Interrupter();

    /// While it lives, the thread that made it is inside a call and may be signalled.
    class Call {
    public:
        explicit Call(Interrupter& owner);
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call();

    private:
        Interrupter& owner_;
    };

    /// Signals the call under way, if any; the request stays until consumed. Returns at once.
    void interrupt();
    [[nodiscard]] bool requested() const { return requested_.load(std::memory_order_acquire); }
    /// True when an interruption was asked for; forgets it.
    bool consume() { return requested_.exchange(false, std::memory_order_acq_rel); }
    /// The signal in use, for a program that blocks signals in its threads.
    [[nodiscard]] static int signalNumber();

private:
    void disarm(); // with mutex_ held

    std::mutex mutex_;
    std::atomic<bool> requested_ = false;
    pid_t caller_ = 0; // thread in the call; 0 = none
    bool armed_ = false;
    timer_t timer_{};
};

} // namespace migscope
