// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that waits for input on a descriptor.
#include "core/kernel/fd_watch.h"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace migscope {

Result<std::unique_ptr<FdWatch>> FdWatch::start(int fd, Calls calls, const std::string& what) {
    UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
    if (!stop.valid())
        return failErrno(errno, what, "eventfd");
    return std::unique_ptr<FdWatch>(new FdWatch(fd, std::move(stop), std::move(calls)));
}

FdWatch::FdWatch(int fd, UniqueFd stop, Calls calls)
    : fd_(fd), stop_(std::move(stop)), calls_(std::move(calls)), thread_([this] { run(); }) {}

FdWatch::~FdWatch() {
    const std::uint64_t one = 1;
    // Cannot fail: the counter is at zero.
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
}

void FdWatch::run() {
    pollfd fds[2] = {{.fd = fd_, .events = POLLIN, .revents = 0},
                     {.fd = stop_.get(), .events = POLLIN, .revents = 0}};
    for (;;) {
        if (::poll(fds, 2, -1) < 0 && errno != EINTR)
            return;
        if (fds[1].revents != 0)
            break;
        if (!calls_.input())
            return; // the destructor finds the thread ended
    }
    if (calls_.ending)
        calls_.ending();
}

} // namespace migscope
