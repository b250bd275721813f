// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The injected clock: monotonic time, sleeping and waiting, so that tests run in virtual time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace migscope {

/// Nanoseconds; as a point in time: since the clock's own epoch (CLOCK_MONOTONIC's for SteadyClock).
using Ns = std::chrono::nanoseconds;

/// A condition variable that the clock knows of. *Thread-safe.* Works with any std::mutex of the caller's.
/// All threads that wait on one Condition use the same mutex; notifyAll() is called with that mutex held
/// or not, as with std::condition_variable.
class Condition {
public:
    Condition() = default;
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    virtual ~Condition() = default;

    /// Waits until notified, or until `deadline` on the owning clock; may wake spuriously. Returns false when
    /// the deadline was reached.
    virtual bool wait(std::unique_lock<std::mutex>& lock, std::optional<Ns> deadline) = 0;
    virtual void notifyAll() = 0;

    template<class Predicate>
    bool waitFor(std::unique_lock<std::mutex>& lock, std::optional<Ns> deadline, Predicate ready) {
        while (!ready()) {
            if (!wait(lock, deadline))
                return ready();
        }
        return true;
    }
};

/// Monotonic time. *Thread-safe.* Every wait of the core goes through it: a thread that waits elsewhere would
/// let VirtualClock run ahead of it.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Ns now() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Condition> makeCondition() = 0;

    /// A thread that VirtualClock waits for. Make one BEFORE the thread starts (by its parent), move it into
    /// the thread, and call adopt() there first; the destructor ends the membership. Without effect on
    /// SteadyClock.
    class Member {
    public:
        Member() = default;
        explicit Member(Clock& clock) : clock_(&clock) { clock.join(); }
        Member(Member&& other) noexcept : clock_(std::exchange(other.clock_, nullptr)) {}
        Member& operator=(Member&& other) noexcept {
            if (this != &other) {
                release();
                clock_ = std::exchange(other.clock_, nullptr);
            }
            return *this;
        }
        Member(const Member&) = delete;
        Member& operator=(const Member&) = delete;
        ~Member() { release(); }
        /// Marks the calling thread as this member.
        void adopt();
        void release();

    private:
        Clock* clock_ = nullptr;
    };

protected:
    virtual void join() {}
    virtual void leave() {}
    /// True on threads that adopted a Member.
    static bool& onMemberThread();
};

/// CLOCK_MONOTONIC and real waiting.
class SteadyClock final : public Clock {
public:
    [[nodiscard]] Ns now() const override;
    [[nodiscard]] std::unique_ptr<Condition> makeCondition() override;
};

/// Time that moves only when every member waits: then it jumps to the earliest deadline of a member, so
/// parallel waits take the maximum, not the sum. Threads that are no members may wait too: they are not
/// waited for, and their deadlines move the clock only when no member waits for a time.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(Ns start = Ns{1'000'000'000});
    ~VirtualClock() override;
    [[nodiscard]] Ns now() const override;
    [[nodiscard]] std::unique_ptr<Condition> makeCondition() override;
    /// Moves time by hand; wakes what became due.
    void advance(Ns by);

    struct Shared;

protected:
    void join() override;
    void leave() override;

private:
    std::shared_ptr<Shared> shared_;
};

/// An interruptible sleep, and the flag that interrupts. *Thread-safe.*
class Sleeper {
public:
    explicit Sleeper(Clock& clock);
    /// Sleeps until `deadline`; without one, for ever. True: the time came; false: interrupted (the
    /// interruption is consumed).
    bool sleepUntil(std::optional<Ns> deadline);
    /// Wakes the sleeping thread, or the next sleep at once.
    void interrupt();

private:
    std::mutex mutex_;
    std::unique_ptr<Condition> condition_;
    bool interrupted_ = false;
};

} // namespace migscope
