// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run of checks on a worker of its own.
#include <thread>

#include "core/check/check_run.h"

namespace migscope {

CheckSession::Shared::Shared(Backend& backend, CheckRequest request, EventSink* sink)
    : clock(backend.clock()), run(backend, std::move(request), sink), changed(clock.makeCondition()) {}

CheckSession::CheckSession(Backend& backend, CheckRequest request, EventSink* sink,
                           std::shared_ptr<void> keep)
    : shared_(std::make_shared<Shared>(backend, std::move(request), sink)) {
    Clock::Member member(backend.clock());
    std::thread([kept = std::move(keep), shared = shared_, worker = std::move(member)]() mutable {
        worker.adopt();
        shared->run.run();
        {
            // Under the lock: who sees the end may destroy the clock.
            const std::lock_guard lock(shared->mutex);
            shared->over = true;
            worker.release();
        }
        shared->changed->notifyAll();
        shared.reset(); // it may be the last to hold it, and what it holds is of what is kept
    }).detach();
}

CheckSession::~CheckSession() {
    cancel();
}

bool CheckSession::wait(Ns deadline) {
    std::unique_lock lock(shared_->mutex);
    return shared_->changed->waitFor(lock, deadline, [&] { return shared_->over; });
}

} // namespace migscope
