// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting in the event loop.
#include "ui/event_wait.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QThread>

namespace migscope {

void spin(int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    do {
        QApplication::processEvents(QEventLoop::AllEvents, 10);
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QThread::msleep(1); // others need the processor, too
    } while (timer.elapsed() < milliseconds);
}

bool waitUntil(const std::function<bool()>& ready, int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (!ready()) {
        if (timer.elapsed() > milliseconds)
            return false;
        spin(5);
    }
    return true;
}

} // namespace migscope
