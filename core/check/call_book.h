// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The calls that checks make: evidence of each, and the one that is under way.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/device/dma_range.h"
#include "core/device/migration_state.h"
#include "core/transfer/event.h"
#include "core/vfio/migration_device.h"

namespace migscope {

/// What its bytes do not tell of a call.
struct CallExtra {
    std::uint64_t bytes = 0;                  ///< moved by a read or a write
    std::optional<std::uint64_t> offset = {}; ///< in its stream, of a read or a write
    std::vector<DmaRange> ranges = {};        ///< of a START of DMA logging: the first of those it named
    bool unanswered = false; ///< it ended with neither success nor errno: interrupted, or not possible here
};

/// A call as evidence. Reads and writes that went well and followed each other are one entry.
struct CheckCall {
    int device = 0; ///< 0 the device, 1 the peer
    CallRecord record;
    std::uint64_t times = 1;
    std::uint64_t bytes = 0;             ///< moved by reads and writes
    std::optional<std::uint64_t> offset; ///< in the stream, of the first of them
    std::vector<DmaRange> ranges;        ///< as CallExtra has them
    bool unanswered = false;
};

/// A SET of the migration state that was made where the device's state was known.
struct CheckedSet {
    int device = 0; ///< 0 the device, 1 the peer
    MigState from{};
    MigState to{};
    int error = 0; ///< errno; 0: it succeeded
    Ns called{0};
    Ns returned{0};
};

/// A call that has not returned.
struct CallUnderWay {
    std::string op; ///< empty: none
    int device = 0;
    Ns since{0};
    std::int64_t thread = 0;
};

/// *Thread-bound*, but for underWay(). At most `most` entries are kept of a check: its first and its last.
class CallBook {
public:
    static constexpr std::size_t most = 200;

    /// `sink` may be null; else every single call becomes an event, whatever is kept here.
    CallBook(Clock& clock, EventSink* sink) : clock_(clock), sink_(sink) {}

    /// Directly before a call: `op` is a string literal.
    Ns begin(int device, const char* op);
    /// Directly after it.
    void end(int device, CallRecord record, CallExtra extra = {});
    /// What was kept since the last take(); `leftOut`: entries that were not.
    [[nodiscard]] std::vector<CheckCall> take(std::uint64_t& leftOut);
    /// Of SETs nothing is left out: each is a cell of a matrix.
    void noteSet(const CheckedSet& set) { sets_.push_back(set); }
    [[nodiscard]] std::vector<CheckedSet> takeSets() { return std::exchange(sets_, {}); }
    /// A note on the time line of the recording.
    void mark(const std::string& text);
    /// *Thread-safe.*
    [[nodiscard]] CallUnderWay underWay() const;
    [[nodiscard]] Clock& clock() const { return clock_; }

private:
    Clock& clock_;
    EventSink* sink_;
    std::vector<CheckCall> calls_;
    std::vector<CheckedSet> sets_;
    std::uint64_t leftOut_ = 0;
    std::atomic<const char*> op_{nullptr};
    std::atomic<int> device_{0};
    std::atomic<std::int64_t> since_{0};
    std::atomic<std::int64_t> thread_{0};
};

} // namespace migscope
