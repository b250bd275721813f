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
#include <utility>
#include <vector>

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

/// A call on the device that moved data, and took far longer than the others of its stream did.
struct LaneStall {
    Ns begin{0};
    Ns end{0};
    std::uint32_t stream = 0;
    bool save = true; ///< a read; else a write
};

/// Finds calls that stall, a side of a stream. Constant time a sample: each is compared with the mean of
/// those before it, the first ones with the first that follow.
class StallFinder {
public:
    /// Shorter calls stall nobody.
    static constexpr Ns least = std::chrono::milliseconds(50);
    /// So many times as long as a usual call for its bytes.
    static constexpr double factor = 8;

    /// `end`: of the call; `spent`: in it. Appends what turns out to be a stall.
    void add(Ns end, std::uint64_t bytes, Ns spent, std::vector<std::pair<Ns, Ns>>& found);

private:
    static constexpr std::size_t early = 6;
    struct Call {
        Ns end{0};
        double bytes = 0;
        double spent = 0; ///< ns
    };
    [[nodiscard]] bool isSlow(const Call& call) const;
    void judge(const Call& call, std::vector<std::pair<Ns, Ns>>& found) const;
    void count(const Call& call);
    std::vector<Call> first_; ///< until there are enough to compare with
    std::size_t count_ = 0;
    double bytes_ = 0;
    double spent_ = 0; ///< of all that were not slow
};

struct DeviceChart {
    std::deque<LaneBand> bands; ///< in the order of time, without overlap
    std::deque<LaneArc> arcs;   ///< in the order of their begin
    std::deque<PrecopyPoint> precopy;
    std::deque<EstimatePoint> estimates;
    std::deque<ChartMark> marks;
    std::deque<LaneStall> stalls; ///< in the order of time for each stream and side; at most mostStalls
    static constexpr std::size_t mostStalls = 4096;
};

/// *Thread-bound.* apply() costs constant time an event; the indexes are those of Recording::events().
class ChartFold {
public:
    void apply(const Event& event, std::size_t index);
    /// Samples of the event, which Recording::events() does not have.
    void apply(const Event& event, const event::Samples& samples);
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
    std::map<int, int> destinationOf_;                             ///< by source, of the last run
    std::map<std::pair<std::uint32_t, bool>, StallFinder> stalls_; ///< by stream and side
    std::vector<std::pair<Ns, Ns>> found_;                         ///< kept for its memory
    std::deque<ChartMark> marks_;
};

/// The band that holds at `time`; null between bands and outside them.
[[nodiscard]] const LaneBand* bandAt(const DeviceChart& chart, Ns time);
/// The call under way at `time`; null when there is none.
[[nodiscard]] const LaneArc* arcAt(const DeviceChart& chart, Ns time);

} // namespace migscope
