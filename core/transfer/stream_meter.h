// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what moves on a stream and turns it into batched samples.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

/// Where the events of a device go while somebody works with it.
struct EventRoute {
    EventSink* sink = nullptr;
    int device = 0;
    std::optional<int> run;

    void push(Ns time, event::Body body, const char* source = "engine") const {
        if (sink != nullptr)
            sink->push({time, device, run, 0, source, std::move(body), {}});
    }
};

/// At most one sample a millisecond; a line at 50 ms or 500 samples. *Thread-bound.* flush() at every
/// boundary of a phase: no sample may reach over one, or the phases would not add up.
class StreamMeter {
public:
    StreamMeter(EventRoute route, std::uint32_t stream);
    /// `end` is the end of the last call.
    void add(Ns end, std::uint64_t bytes, Ns source, Ns destination);
    void flush();
    [[nodiscard]] std::uint64_t total() const { return total_; }
    [[nodiscard]] std::uint32_t stream() const { return batch_.stream; }

private:
    void closeSample();

    EventRoute route_;
    event::Samples batch_;
    Ns batchBegan_{0};
    Ns sampleBegan_{0};
    Ns end_{0};
    std::uint64_t bytes_ = 0;
    Ns source_{0};
    Ns destination_{0};
    bool open_ = false;
    std::uint64_t total_ = 0;
};

/// Flushes on every way out of a block, a cancel's too: bytes that moved are not lost from the recording.
class FlushAtEnd {
public:
    explicit FlushAtEnd(StreamMeter& meter) : meter_(meter) {}
    FlushAtEnd(const FlushAtEnd&) = delete;
    FlushAtEnd& operator=(const FlushAtEnd&) = delete;
    ~FlushAtEnd() { meter_.flush(); }

private:
    StreamMeter& meter_;
};

} // namespace migscope
