// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened within a stretch of time: states, calls, bytes, rates, with their spread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/recording.h"
#include "core/transfer/run_figures.h"

namespace migscope {

/// Of values of one unit. Without a value there is none of it.
struct Spread {
    std::size_t count = 0;
    double minimum = 0;
    double mean = 0;
    double maximum = 0;
    double p50 = 0;
    double p90 = 0;
    double p99 = 0;
    /// The sum, where it means something: times and bytes, not rates and levels.
    std::optional<double> total;
};
[[nodiscard]] Spread spreadOf(std::vector<double> values, bool withTotal);

enum class RangeWhat {
    State,           ///< time in a state, as far as it lies within the range
    Arc,             ///< calls that began within the range, in full
    Reset,           ///< the same of VFIO_DEVICE_RESET
    Bytes,           ///< of the samples of a stream
    SourceRate,      ///< bytes a second of time inside calls on the source, a sample each
    DestinationRate, ///< the same of the destination
    ClockRate,       ///< bytes of the range by its length: one value
    Initial,         ///< initial_bytes, as answered
    Dirty,           ///< dirty_bytes
    Estimate,        ///< MIG_DATA_SIZE
};

struct RangeRow {
    RangeWhat what{};
    std::optional<int> device;
    std::optional<MigState> state; ///< of State; the goal of an Arc
    std::optional<MigState> from;  ///< of an Arc
    std::uint32_t stream = 0;
    FigureUnit unit{};
    Spread spread;
    /// More than one sample a value: there were too many to look at each. Sums are exact all the same.
    bool grouped = false;
};

struct RangeStats {
    Ns from{0};
    Ns to{0};
    std::vector<RangeRow> rows; ///< device by device: states, calls, sizes, streams
    std::size_t events = 0;     ///< that became known within the range, without samples
    std::size_t failedCalls = 0;
    std::size_t marks = 0;
    [[nodiscard]] Ns length() const { return to - from; }
};

/// Both ends belong to it. Costs the events and at most 200 000 samples a stream. *Reentrant.*
[[nodiscard]] RangeStats rangeStats(const Recording& recording, Ns from, Ns to);

} // namespace migscope
