// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Wakes a thread out of an interruptible sleep in the kernel, from another thread.
#include "core/kernel/interrupter.h"

#include <csignal>
#include <cstring>
#include <unistd.h>

// glibc before 2.38 (and musl) name the field only through the union.
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace migscope {
namespace {

constexpr long repeatNanoseconds = 2'000'000;

extern "C" void migscopeWakeHandler(int) {} // its only effect is that a system call returns EINTR

void installHandlerOnce() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction action{};
        action.sa_handler = migscopeWakeHandler;
        sigemptyset(&action.sa_mask);
        action.sa_flags = 0; // no SA_RESTART: that is the point
        sigaction(Interrupter::signalNumber(), &action, nullptr);
    });
}

} // namespace

int Interrupter::signalNumber() {
    // Away from the lowest ones, which other libraries like to take.
    return SIGRTMIN + 7;
}

Interrupter::Interrupter() {
    installHandlerOnce();
}

Interrupter::~Interrupter() {
    const std::lock_guard lock(mutex_);
    disarm();
}

Interrupter::Call::Call(Interrupter& owner) : owner_(owner) {
    thread_local bool unblocked = false;
    if (!unblocked) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, signalNumber());
        pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
        unblocked = true;
    }
    thread_local const pid_t self = gettid();
    const std::lock_guard lock(owner_.mutex_);
    owner_.caller_ = self;
}

Interrupter::Call::~Call() {
    const std::lock_guard lock(owner_.mutex_);
    owner_.caller_ = 0;
    owner_.disarm();
}

void Interrupter::interrupt() {
    const std::lock_guard lock(mutex_);
    requested_.store(true, std::memory_order_release);
    if (caller_ == 0 || armed_)
        return;
    struct sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signalNumber();
    event.sigev_notify_thread_id = caller_;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0) {
        // No timer to be had: one signal is better than none.
        tgkill(getpid(), caller_, signalNumber());
        return;
    }
    armed_ = true;
    struct itimerspec spec{};
    spec.it_value.tv_nsec = 1; // at once
    spec.it_interval.tv_nsec = repeatNanoseconds;
    timer_settime(timer_, 0, &spec, nullptr);
}

void Interrupter::disarm() {
    if (!armed_)
        return;
    timer_delete(timer_);
    armed_ = false;
}

} // namespace migscope
