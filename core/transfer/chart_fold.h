// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fold from events to what charts draw besides samples: lanes of states, arcs, sizes, marks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

/// A device stands in one state. While a SET is under way there is no band: the device is somewhere between.
struct LaneBand {
    Ns begin{0};
    std::optional<Ns> end;         ///< absent: it still stands so
    std::optional<MigState> state; ///< absent: unknown
    std::size_t event = 0;         ///< what it came from, an index into Recording::events()
};

/// A SET or a reset on a lane.
struct LaneArc {
    Ns called{0};
    std::optional<Ns> returned;   ///< absent: the call has not returned
    std::optional<MigState> from; ///< absent: a reset
    MigState to{};
    bool combined = false;
    bool failed = false;
    std::optional<int> run;
    std::size_t event = 0;
};

/// VFIO_MIG_GET_PRECOPY_INFO's answer, bytes.
struct PrecopyPoint {
    Ns time{0};
    std::uint64_t initialBytes = 0;
    std::uint64_t dirtyBytes = 0;
    std::size_t event = 0;
};

/// MIG_DATA_SIZE's answer, bytes; absent: not supported, or not a number.
struct EstimatePoint {
    Ns time{0};
    std::optional<std::uint64_t> bytes;
    std::size_t event = 0;
};

/// What is worth a mark on the axis of its device: a stuck call, a stream's end, a note, an ask-back, a line
/// of the kernel's log.
struct ChartMark {
    enum class What {
        Stuck,
        StreamEnd,
        StreamError,
        AskedBack,
        Moved,
        Note,
        Lost,
        KernelLog,
        KernelError, ///< the same, of severity err or worse
    };
    Ns time{0}; ///< never before the mark in front of it: a line of the kernel's log is heard of late
    What what{};
    std::size_t event = 0;
};

struct DeviceChart {
    std::deque<LaneBand> bands; ///< in the order of time, without overlap
    std::deque<LaneArc> arcs;   ///< in the order of their begin
    std::deque<PrecopyPoint> precopy;
    std::deque<EstimatePoint> estimates;
    std::deque<ChartMark> marks;
};

/// *Thread-bound.* apply() costs constant time an event; the indexes are those of Recording::events().
class ChartFold {
public:
    void apply(const Event& event, std::size_t index);
    /// By device index of the recording; a device of which nothing was heard is absent.
    [[nodiscard]] const std::map<int, DeviceChart>& devices() const { return devices_; }
    /// Marks of no device.
    [[nodiscard]] const std::deque<ChartMark>& marks() const { return marks_; }

private:
    void arcBegin(DeviceChart& chart, const Event& event, const event::ArcBegin& body, std::size_t index);
    void arcEnd(DeviceChart& chart, const Event& event, const event::ArcEnd& body, std::size_t index);
    void reset(DeviceChart& chart, const Event& event, const event::Reset& body, std::size_t index);
    void seen(int device, Ns time);
    static void addMark(std::deque<ChartMark>& marks, ChartMark mark);

    std::map<int, DeviceChart> devices_;
    std::map<int, Ns> firstSeen_;
    std::deque<ChartMark> marks_;
};

/// The band that holds at `time`; null between bands and outside them.
[[nodiscard]] const LaneBand* bandAt(const DeviceChart& chart, Ns time);
/// The call under way at `time`; null when there is none.
[[nodiscard]] const LaneArc* arcAt(const DeviceChart& chart, Ns time);

} // namespace migscope
