// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT and SIGTERM as an ordinary leave.
#include "app/gui/quit_signals.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace migscope {
namespace {

std::atomic<int> writeEnd{-1};

void onSignal(int /*number*/) {
    const int before = errno;
    const char byte = 0;
    if (::write(writeEnd.load(), &byte, 1) < 0) {
        // A full pipe: a signal waits already.
    }
    errno = before;
}

void handle(void (*handler)(int)) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(number, &action, nullptr);
}

} // namespace

QuitSignals::QuitSignals(QObject* parent) : QObject(parent) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return; // then the signals end the program as they always do
    pipe_[0].reset(ends[0]);
    pipe_[1].reset(ends[1]);
    writeEnd = ends[1];
    auto* notifier = new QSocketNotifier(ends[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, &QuitSignals::take);
    handle(&onSignal);
}

QuitSignals::~QuitSignals() {
    if (pipe_[0].valid())
        handle(SIG_DFL);
}

void QuitSignals::take() {
    char bytes[64];
    while (::read(pipe_[0].get(), bytes, sizeof bytes) > 0) {
    }
    emit quitAsked();
}

} // namespace migscope
