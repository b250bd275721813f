// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Steady and virtual clocks.
#include "core/base/clock.h"

#include <algorithm>
#include <condition_variable>
#include <list>

#include <time.h>

namespace migscope {

bool& Clock::onMemberThread() {
    thread_local bool member = false;
    return member;
}

void Clock::Member::adopt() {
    if (clock_)
        onMemberThread() = true;
}

void Clock::Member::release() {
    if (auto* clock = std::exchange(clock_, nullptr)) {
        onMemberThread() = false;
        clock->leave();
    }
}

namespace {

class SteadyCondition final : public Condition {
public:
    bool wait(std::unique_lock<std::mutex>& lock, std::optional<Ns> deadline) override {
        if (!deadline) {
            condition_.wait(lock);
            return true;
        }
        // steady_clock is CLOCK_MONOTONIC in libstdc++; gcc 12 waits with pthread_cond_clockwait on it.
        const std::chrono::steady_clock::time_point due{*deadline};
        return condition_.wait_until(lock, due) == std::cv_status::no_timeout;
    }
    void notifyAll() override { condition_.notify_all(); }

private:
    std::condition_variable condition_;
};

} // namespace

Ns SteadyClock::now() const {
    timespec stamp{};
    ::clock_gettime(CLOCK_MONOTONIC, &stamp);
    return std::chrono::seconds(stamp.tv_sec) + Ns(stamp.tv_nsec);
}

std::unique_ptr<Condition> SteadyClock::makeCondition() {
    return std::make_unique<SteadyCondition>();
}

/// A waiter counts as running again at the moment somebody wakes it, not when its thread gets a CPU:
/// otherwise the clock would jump in between, and runs would depend on the scheduler.
struct VirtualClock::Shared {
    struct Waiter {
        const void* condition = nullptr;
        std::optional<Ns> deadline;
        bool member = false;
        bool woken = false;
        bool timedOut = false;
        std::condition_variable wake;
    };

    std::mutex mutex;
    Ns now{0};
    int members = 0;
    int waitingMembers = 0;
    std::list<Waiter*> waiters;

    void wake(Waiter& waiter, bool timedOut) {
        if (waiter.woken)
            return;
        waiter.woken = true;
        waiter.timedOut = timedOut;
        if (waiter.member)
            --waitingMembers;
        waiter.wake.notify_one();
    }

    void wakeDue() {
        for (auto* waiter : waiters) {
            if (waiter->deadline && *waiter->deadline <= now)
                wake(*waiter, true);
        }
    }

    [[nodiscard]] std::optional<Ns> earliestDeadline(bool member) const {
        std::optional<Ns> earliest;
        for (const auto* waiter : waiters) {
            if (!waiter->woken && waiter->deadline && waiter->member == member)
                earliest = earliest ? std::min(*earliest, *waiter->deadline) : *waiter->deadline;
        }
        return earliest;
    }

    void advanceIfIdle() {
        if (waitingMembers < members)
            return;
        // Members come first; when none of them waits for a time, whoever else does (a test, a destructor's
        // grace) may move it.
        auto earliest = earliestDeadline(true);
        if (!earliest)
            earliest = earliestDeadline(false);
        if (!earliest)
            return;
        now = std::max(now, *earliest);
        wakeDue();
    }
};

namespace {

class VirtualCondition final : public Condition {
public:
    VirtualCondition(std::shared_ptr<VirtualClock::Shared> shared, bool& (*memberThread)())
        : shared_(std::move(shared)), memberThread_(memberThread) {}

    bool wait(std::unique_lock<std::mutex>& lock, std::optional<Ns> deadline) override {
        VirtualClock::Shared::Waiter self;
        self.condition = this;
        self.deadline = deadline;
        self.member = memberThread_();
        std::unique_lock inner(shared_->mutex);
        if (deadline && *deadline <= shared_->now)
            return false;
        shared_->waiters.push_back(&self);
        if (self.member)
            ++shared_->waitingMembers;
        // The caller's lock is held until we stand in the list, so that no notification falls in between.
        lock.unlock();
        shared_->advanceIfIdle();
        self.wake.wait(inner, [&] { return self.woken; });
        shared_->waiters.remove(&self);
        inner.unlock();
        lock.lock();
        return !self.timedOut;
    }

    void notifyAll() override {
        const std::lock_guard inner(shared_->mutex);
        for (auto* waiter : shared_->waiters) {
            if (waiter->condition == this)
                shared_->wake(*waiter, false);
        }
    }

private:
    std::shared_ptr<VirtualClock::Shared> shared_;
    bool& (*memberThread_)();
};

} // namespace

VirtualClock::VirtualClock(Ns start) : shared_(std::make_shared<Shared>()) {
    shared_->now = start;
}

VirtualClock::~VirtualClock() = default;

Ns VirtualClock::now() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->now;
}

std::unique_ptr<Condition> VirtualClock::makeCondition() {
    return std::make_unique<VirtualCondition>(shared_, &Clock::onMemberThread);
}

void VirtualClock::advance(Ns by) {
    const std::lock_guard lock(shared_->mutex);
    shared_->now += by;
    shared_->wakeDue();
}

void VirtualClock::join() {
    const std::lock_guard lock(shared_->mutex);
    ++shared_->members;
}

void VirtualClock::leave() {
    const std::lock_guard lock(shared_->mutex);
    --shared_->members;
    shared_->advanceIfIdle();
}

Sleeper::Sleeper(Clock& clock) : condition_(clock.makeCondition()) {}

bool Sleeper::sleepUntil(std::optional<Ns> deadline) {
    std::unique_lock lock(mutex_);
    condition_->waitFor(lock, deadline, [this] { return interrupted_; });
    return !std::exchange(interrupted_, false);
}

void Sleeper::interrupt() {
    // Notified under the lock: whoever sleeps may destroy us as soon as it has seen the flag.
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    condition_->notifyAll();
}

} // namespace migscope
