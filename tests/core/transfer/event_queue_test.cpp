// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bounded queue between workers and the recorder.
#include <thread>

#include <gtest/gtest.h>

#include "core/transfer/event_queue.h"
#include "tests/core/transfer/run_builder.h"

namespace migscope::test {
namespace {

constexpr Ns t0 = std::chrono::seconds(1);

Event sample(std::uint32_t stream, std::int64_t at, std::uint64_t bytes) {
    Event event;
    event.device = 0;
    event.run = 1;
    event.body = event::Samples{stream, {t0 + ms(at)}, {bytes}, {ms(1)}, {ms(2)}};
    return event;
}

Event mark(const std::string& text) {
    Event event;
    event.body = event::Mark{text};
    return event;
}

TEST(EventQueue, TimesBecomeRelative) {
    VirtualClock clock(t0 + ms(9));
    EventQueue queue(clock, t0);
    Event arc;
    arc.time = t0 + ms(5);
    event::ArcEnd body;
    body.called = t0 + ms(3);
    body.returned = t0 + ms(5);
    arc.body = body;
    queue.push(arc);
    queue.push(sample(1, 7, 10));
    queue.push(mark("no time of its own"));
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].time, ms(5));
    EXPECT_EQ(std::get<event::ArcEnd>(events[0].body).called, ms(3));
    EXPECT_EQ(std::get<event::ArcEnd>(events[0].body).returned, ms(5));
    EXPECT_EQ(std::get<event::Samples>(events[1].body).time[0], ms(7));
    EXPECT_EQ(std::get<event::Samples>(events[1].body).source[0], ms(1)) << "a duration";
    EXPECT_EQ(events[1].time, ms(7));
    EXPECT_EQ(events[2].time, ms(9));
}

TEST(EventQueue, CallsOfDmaLoggingBecomeRelative) {
    VirtualClock clock(t0 + ms(9));
    EventQueue queue(clock, t0);
    Event event;
    event.time = t0 + ms(5);
    event::DmaLog log;
    log.called = t0 + ms(3);
    log.returned = t0 + ms(5);
    event.body = log;
    queue.push(event);
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(std::get<event::DmaLog>(events[0].body).called, ms(3));
    EXPECT_EQ(std::get<event::DmaLog>(events[0].body).returned, ms(5));
}

TEST(EventQueue, WhenFullSamplesMergeAndSumsStayExact) {
    VirtualClock clock(t0);
    EventQueue queue(clock, t0, 2);
    for (int i = 1; i <= 5; ++i)
        queue.push(sample(1, i, 10));
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 3U);
    const auto& last = std::get<event::Samples>(events[1].body);
    EXPECT_EQ(last.bytes[0], 40U);
    EXPECT_EQ(last.source[0], ms(4));
    EXPECT_EQ(last.destination[0], ms(8));
    EXPECT_EQ(last.time[0], ms(5));
    EXPECT_EQ(std::get<event::Lost>(events[2].body).count, 3U);
}

TEST(EventQueue, OtherEventsAreKeptWhenFull) {
    VirtualClock clock(t0);
    EventQueue queue(clock, t0, 2);
    for (int i = 0; i < 100; ++i)
        queue.push(mark(std::to_string(i)));
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 100U);
    EXPECT_EQ(std::get<event::Mark>(events[99].body).text, "99");
}

TEST(EventQueue, SamplesDoNotMergeAcrossAnotherEvent) {
    VirtualClock clock(t0);
    EventQueue queue(clock, t0, 1);
    queue.push(sample(1, 1, 10));
    queue.push(mark("an arc"));
    queue.push(sample(1, 2, 10));
    queue.push(sample(1, 3, 10));
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(std::get<event::Samples>(events[0].body).bytes[0], 10U);
    EXPECT_EQ(std::get<event::Samples>(events[2].body).bytes[0], 20U);
    EXPECT_EQ(std::get<event::Lost>(events[3].body).count, 1U);
}

TEST(EventQueue, SamplesOfAnotherStreamDoNotMerge) {
    VirtualClock clock(t0);
    EventQueue queue(clock, t0, 1);
    queue.push(sample(1, 1, 10));
    queue.push(sample(2, 2, 10));
    queue.push(sample(1, 3, 10));
    const auto events = queue.take({});
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(std::get<event::Samples>(events[0].body).bytes[0], 20U);
    EXPECT_EQ(std::get<event::Samples>(events[1].body).bytes[0], 10U);
}

TEST(EventQueue, TakeReturnsEmptyAtItsDeadline) {
    VirtualClock clock(t0);
    EventQueue queue(clock, t0);
    EXPECT_TRUE(queue.take(t0 + ms(5)).empty());
    EXPECT_EQ(clock.now(), t0 + ms(5));
}

TEST(EventQueue, CloseWakesTheReaderAndWhatIsThereIsStillTaken) {
    SteadyClock clock;
    EventQueue queue(clock, Ns{0});
    std::vector<Event> first;
    std::thread reader([&] { first = queue.take({}); });
    queue.push(mark("one"));
    reader.join();
    EXPECT_EQ(first.size(), 1U);
    std::thread second([&] { first = queue.take({}); });
    queue.close();
    second.join();
    EXPECT_TRUE(first.empty());
    EXPECT_TRUE(queue.closed());
    queue.push(mark("too late"));
    EXPECT_TRUE(queue.take({}).empty());
}

TEST(EventQueue, ManyWritersLoseNoByte) {
    SteadyClock clock;
    EventQueue queue(clock, Ns{0}, 64);
    constexpr int writers = 4;
    constexpr int each = 5000;
    std::vector<std::thread> threads;
    for (std::uint32_t w = 0; w < writers; ++w) {
        threads.emplace_back([&queue, w] {
            for (int i = 0; i < each; ++i)
                queue.push(sample(w, i, 3));
        });
    }
    std::uint64_t bytes = 0;
    std::uint64_t entries = 0;
    std::uint64_t lost = 0;
    const auto count = [&](const std::vector<Event>& events) {
        for (const Event& event : events) {
            if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
                bytes += samples->bytes[0];
                ++entries;
            } else {
                lost += std::get<event::Lost>(event.body).count;
            }
        }
    };
    std::thread reader([&] {
        while (true) {
            const auto events = queue.take({});
            if (events.empty())
                return;
            count(events);
        }
    });
    for (auto& thread : threads)
        thread.join();
    queue.close();
    reader.join();
    EXPECT_EQ(bytes, 3U * writers * each);
    EXPECT_EQ(entries + lost, static_cast<std::uint64_t>(writers * each));
}

} // namespace
} // namespace migscope::test
