// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Virtual time: it moves only when everybody waits, and parallel waits take the maximum.
#include "core/base/clock.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace migscope {
namespace {

using namespace std::chrono_literals;

TEST(VirtualClock, sleepersInParallelTakeTheMaximumAndNotTheSum) {
    for (int round = 0; round < 50; ++round) {
        VirtualClock clock;
        const Ns begun = clock.now();
        std::vector<Clock::Member> members;
        for (int i = 0; i < 3; ++i)
            members.emplace_back(clock);
        std::vector<std::thread> threads;
        std::vector<Ns> ends(3);
        for (std::size_t i = 0; i < 3; ++i) {
            threads.emplace_back([&, i, member = std::move(members[i])]() mutable {
                member.adopt();
                Sleeper sleeper(clock);
                for (int step = 0; step < 10; ++step)
                    EXPECT_TRUE(sleeper.sleepUntil(clock.now() + 10ms));
                ends[i] = clock.now();
            });
        }
        for (auto& thread : threads)
            thread.join();
        for (const Ns end : ends)
            EXPECT_EQ(end - begun, 100ms);
    }
}

TEST(VirtualClock, timeStandsStillWhileAMemberWorks) {
    VirtualClock clock;
    Clock::Member working(clock);
    Clock::Member sleeping(clock);
    std::atomic<bool> slept{false};
    std::thread sleeper([&, member = std::move(sleeping)]() mutable {
        member.adopt();
        Sleeper nap(clock);
        nap.sleepUntil(clock.now() + 1h);
        slept = true;
    });
    const Ns before = clock.now();
    std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(slept);
    EXPECT_EQ(clock.now(), before);
    working.release();
    sleeper.join();
    EXPECT_EQ(clock.now() - before, 1h);
}

TEST(VirtualClock, aWokenThreadCountsAsRunningBeforeItGetsACpu) {
    // A hands work to B and sleeps itself: time must not jump to A's deadline before B had its turn.
    for (int round = 0; round < 200; ++round) {
        VirtualClock clock;
        const Ns begun = clock.now();
        std::mutex mutex;
        auto condition = clock.makeCondition();
        bool posted = false;
        Clock::Member memberA(clock);
        Clock::Member memberB(clock);
        Ns seenByB{0};
        std::thread b([&, member = std::move(memberB)]() mutable {
            member.adopt();
            std::unique_lock lock(mutex);
            condition->waitFor(lock, std::nullopt, [&] { return posted; });
            seenByB = clock.now();
        });
        std::thread a([&, member = std::move(memberA)]() mutable {
            member.adopt();
            {
                const std::lock_guard lock(mutex);
                posted = true;
            }
            condition->notifyAll();
            Sleeper nap(clock);
            nap.sleepUntil(clock.now() + 5s);
        });
        a.join();
        b.join();
        EXPECT_EQ(seenByB, begun);
    }
}

TEST(VirtualClock, aWaiterThatIsNoMemberMovesTimeOnlyWhenNoMemberWould) {
    VirtualClock clock;
    const Ns begun = clock.now();
    Clock::Member member(clock);
    std::atomic<bool> stop{false};
    std::mutex mutex;
    auto condition = clock.makeCondition();
    std::thread blocked([&, mine = std::move(member)]() mutable {
        mine.adopt();
        std::unique_lock lock(mutex);
        condition->waitFor(lock, std::nullopt, [&] { return stop.load(); });
    });
    Sleeper outside(clock);
    EXPECT_TRUE(outside.sleepUntil(begun + 2s))
        << "the member waits without a deadline, so the outsider may go on";
    EXPECT_EQ(clock.now() - begun, 2s);
    {
        const std::lock_guard lock(mutex);
        stop = true;
    }
    condition->notifyAll();
    blocked.join();
}

TEST(VirtualClock, advanceWakesWhatIsDue) {
    VirtualClock clock;
    Clock::Member keepStill(clock); // so that the sleeper does not move time by itself
    const Ns begun = clock.now();
    std::atomic<bool> woke{false};
    std::thread sleeper([&] {
        Sleeper nap(clock);
        nap.sleepUntil(begun + 10ms);
        woke = true;
    });
    std::this_thread::sleep_for(5ms);
    EXPECT_FALSE(woke);
    clock.advance(10ms);
    sleeper.join();
    EXPECT_TRUE(woke);
}

TEST(Sleeper, anInterruptionEndsTheSleepAndIsConsumed) {
    SteadyClock clock;
    Sleeper nap(clock);
    std::thread waker([&] {
        std::this_thread::sleep_for(10ms);
        nap.interrupt();
    });
    EXPECT_FALSE(nap.sleepUntil(std::nullopt));
    waker.join();
    EXPECT_TRUE(nap.sleepUntil(clock.now() + 1ms));
}

TEST(Sleeper, anInterruptionBeforeTheSleepEndsItAtOnce) {
    SteadyClock clock;
    Sleeper nap(clock);
    nap.interrupt();
    EXPECT_FALSE(nap.sleepUntil(std::nullopt));
}

TEST(SteadyClock, itIsTheKernelsMonotonicClock) {
    SteadyClock clock;
    const Ns before{std::chrono::steady_clock::now().time_since_epoch()};
    const Ns now = clock.now();
    const Ns after{std::chrono::steady_clock::now().time_since_epoch()};
    EXPECT_LE(before, now);
    EXPECT_LE(now, after);
}

} // namespace
} // namespace migscope
