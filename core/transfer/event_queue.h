// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bounded queue between workers and the recorder.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

/// *Thread-safe.* push() never blocks on the reader and never fails: when full, samples merge into the last
/// of their stream (sums stay exact) and the merge is counted as lost; arcs, errors and states are always
/// kept. Times come in as the clock's own and are made relative to `t0` here; an
/// event without a time gets the clock's. Capacity counts samples and other events. Samples merge only up to
/// the last other event, so that their bytes stay on their side of an arc. After close() pushes are ignored.
class EventQueue final : public EventSink {
public:
    static constexpr std::size_t defaultCapacity = 65536;
    EventQueue(Clock& clock, Ns t0, std::size_t capacity = defaultCapacity);

    void push(Event event) override;
    [[nodiscard]] std::uint32_t nextStream() override { return ++streams_; }
    /// Everything so far, oldest first; waits up to `deadline` for something. Empty when the deadline came or
    /// close() was called and nothing is left.
    [[nodiscard]] std::vector<Event> take(std::optional<Ns> deadline);
    /// No more events come; wakes the reader.
    void close();
    [[nodiscard]] bool closed() const;

private:
    [[nodiscard]] bool mergeSample(const Event& event);

    Clock& clock_;
    Ns t0_;
    std::size_t capacity_;
    mutable std::mutex mutex_;
    std::unique_ptr<Condition> condition_;
    std::deque<Event> events_;
    std::size_t weight_ = 0; ///< entries, each sample counted
    std::uint64_t lostSamples_ = 0;
    Ns lostAt_{0};
    bool closed_ = false;
    std::atomic<std::uint32_t> streams_{0};
};

} // namespace migscope
