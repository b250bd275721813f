// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Barriers and shared state of a run.
#include "core/transfer/run_context.h"

#include <fmt/format.h>

namespace migscope {

RunContext::RunContext(Clock& clockToUse, EventSink& sinkToUse, Plan planToUse, RunFiles filesToUse,
                       std::size_t pairCount)
    : clock(clockToUse)
    , sink(sinkToUse)
    , plan(std::move(planToUse))
    , files(std::move(filesToUse))
    , pairs(pairCount)
    , changed(clockToUse.makeCondition()) {
    progress_.runs = plan.runs;
}

void RunContext::cancel() {
    cancelled_ = true;
    {
        // Taken so that no waiter stands between its check and its wait.
        const std::lock_guard lock(mutex);
    }
    changed->notifyAll();
}

void RunContext::fail(const Error& error) {
    {
        const std::lock_guard lock(mutex);
        if (!error_)
            error_ = error;
        failed_ = true;
    }
    changed->notifyAll();
}

Result<void> RunContext::goOn(const char* what, const RunDevice& end) const {
    if (cancelled())
        return migscope::fail(Errc::Cancelled, what, end.session->name);
    if (failed())
        return migscope::fail(Errc::Cancelled, what, end.session->name, "another device of the run failed");
    return {};
}

bool RunContext::pause(Ns time) {
    std::unique_lock lock(mutex);
    changed->waitFor(lock, clock.now() + time, [&] { return cancelled() || failed(); });
    return !cancelled();
}

Result<void> RunContext::barrier(const char* name, const RunDevice& end) {
    if (pairs < 2)
        return goOn(name, end);
    const std::string key = fmt::format("{}/{}", run.load(), name);
    const Ns from = clock.now();
    {
        std::unique_lock lock(mutex);
        const std::size_t arrived = ++arrived_[key];
        if (arrived == pairs)
            changed->notifyAll();
        changed->waitFor(lock, std::nullopt,
                         [&] { return arrived_[key] == pairs || cancelled() || failed(); });
    }
    const Ns to = clock.now();
    end.route().push(to, event::Wait{name, from, to});
    return goOn(name, end);
}

void RunContext::meet(const std::function<void()>& once) {
    std::unique_lock lock(mutex);
    const auto meeting = meeting_;
    if (++met_ == pairs) {
        met_ = 0;
        lock.unlock();
        once();
        lock.lock();
        ++meeting_;
        changed->notifyAll();
        return;
    }
    changed->waitFor(lock, std::nullopt, [&] { return meeting_ != meeting; });
}

bool RunContext::allReady() {
    std::unique_lock lock(mutex);
    if (noNext_)
        return false;
    const auto round = readyRound_;
    if (++ready_ == pairs) {
        ready_ = 0;
        ++readyRound_;
        changed->notifyAll();
        return true;
    }
    changed->waitFor(lock, std::nullopt, [&] { return readyRound_ != round || cancelled(); });
    noNext_ = readyRound_ == round;
    return !noNext_;
}

void RunContext::finish(const std::function<void()>& once) {
    std::unique_lock lock(mutex);
    const auto ending = ending_;
    if (++ended_ == pairs) {
        ended_ = 0;
        lock.unlock();
        once();
        lock.lock();
        ++ending_;
        changed->notifyAll();
        return;
    }
    // Cancelled and failed stay so until all meet again: there is no next run to wait for then. While ended_
    // is 0 the last one is here and about to let us go.
    changed->waitFor(lock, std::nullopt,
                     [&] { return ending_ != ending || ((cancelled() || failed()) && ended_ != 0); });
}

void RunContext::progress(const std::function<void(RunProgress&)>& edit) {
    const std::lock_guard lock(mutex);
    edit(progress_);
}

RunProgress RunContext::progress() const {
    const std::lock_guard lock(mutex);
    return progress_;
}

std::optional<Error> RunContext::firstError() const {
    const std::lock_guard lock(mutex);
    return error_;
}

void RunContext::clearFailure() {
    const std::lock_guard lock(mutex);
    error_.reset();
    failed_ = false;
}

} // namespace migscope
