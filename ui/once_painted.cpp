// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What may wait until a window stands on the screen.
#include "ui/once_painted.h"

#include <QEvent>
#include <QTimer>
#include <QWidget>

#include <utility>

namespace migscope {
namespace {

class OncePainted : public QObject {
public:
    OncePainted(QWidget& window, std::chrono::milliseconds patience, std::function<void()> then)
        : QObject(&window), then_(std::move(then)) {
        window.installEventFilter(this);
        QTimer::singleShot(patience, this, &OncePainted::go);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        // Queued: the children are painted within this very call.
        if (event->type() == QEvent::Paint)
            QMetaObject::invokeMethod(this, &OncePainted::go, Qt::QueuedConnection);
        return QObject::eventFilter(watched, event);
    }

private:
    void go() {
        if (const auto then = std::exchange(then_, nullptr)) {
            deleteLater();
            then();
        }
    }
    std::function<void()> then_;
};

} // namespace

void oncePainted(QWidget& window, std::chrono::milliseconds patience, std::function<void()> then) {
    new OncePainted(window, patience, std::move(then));
}

} // namespace migscope
