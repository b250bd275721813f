// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Signals by signalfd in a thread of their own: a command that is stuck in the kernel can still be left.
#include "app/cli/interrupts.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace migscope::cli {
namespace {

constexpr int cancelledExit = 130;

/// The signals that are not ignored: under nohup SIGHUP stays without effect.
sigset_t wantedSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action{};
        if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaddset(&set, number);
    }
    return set;
}

} // namespace

Interrupts::Interrupts() {
    const sigset_t wanted = wantedSignals();
    ::pthread_sigmask(SIG_BLOCK, &wanted, &before_);
    signals_.reset(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    stop_.reset(::eventfd(0, EFD_CLOEXEC));
    if (signals_.valid() && stop_.valid())
        thread_ = std::thread([this] { watch(); });
    else
        ::pthread_sigmask(SIG_SETMASK, &before_,
                          nullptr); // without descriptors: the default, which ends the process
}

Interrupts::~Interrupts() {
    if (!thread_.joinable())
        return;
    const std::uint64_t one = 1;
    if (::write(stop_.get(), &one, sizeof one) == sizeof one)
        thread_.join();
    else
        thread_.detach();
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupts::onLeave(std::function<int()> leave) {
    const std::scoped_lock lock(mutex_);
    leave_ = std::move(leave);
}

void Interrupts::watch() {
    std::array<pollfd, 2> waited{{{signals_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    for (;;) {
        if (::poll(waited.data(), waited.size(), -1) < 0)
            continue;
        if (waited[1].revents != 0)
            return;
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != sizeof info)
            continue;
        const std::scoped_lock lock(mutex_);
        if (!leave_) {
            static constexpr std::string_view text = "migscope-cli: cancelled before any device was opened\n";
            [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
            ::_exit(cancelledExit);
        }
        if (count_.fetch_add(1) >= 1)
            ::_exit(leave_());
    }
}

} // namespace migscope::cli
