// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Work outside the GUI thread that can be abandoned, and the way back into it.
#include "ui/background.h"

#include <QMetaObject>

#include <thread>
#include <utility>

namespace migscope {

Postbox::Postbox(QObject* target) : shared_(std::make_shared<Shared>()) {
    shared_->target = target;
}

void Postbox::post(std::function<void()> function) const {
    // Under the lock the target cannot die; a queued functor dies with its context object.
    const std::lock_guard lock(shared_->mutex);
    if (shared_->target != nullptr)
        QMetaObject::invokeMethod(shared_->target, std::move(function), Qt::QueuedConnection);
}

void Postbox::close() {
    const std::lock_guard lock(shared_->mutex);
    shared_->target = nullptr;
}

namespace {
using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds progressAfter{200};
constexpr std::chrono::milliseconds progressEach{100};
} // namespace

Pace::Pace() : next_(Steady::now() + progressAfter) {}

bool Pace::due() {
    const auto now = Steady::now();
    if (now < next_)
        return false;
    next_ = now + progressEach;
    return true;
}

Background::Background() : shared_(std::make_shared<Shared>()) {}

void Background::run(std::function<void()> function) {
    {
        const std::lock_guard lock(shared_->mutex);
        ++shared_->running;
    }
    std::thread([shared = shared_, work = std::move(function)]() mutable {
        work();
        work = nullptr; // what it owned is gone before it counts as ended
        const std::lock_guard lock(shared->mutex);
        --shared->running;
        shared->changed.notify_all();
    }).detach();
}

bool Background::waitIdle(std::chrono::milliseconds patience) {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed.wait_for(lock, patience, [this] { return shared_->running == 0; });
}

} // namespace migscope
