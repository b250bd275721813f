// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart shows of a stretch of time: plain values, cut to the window, at most a few a pixel column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/chart_fold.h"
#include "core/transfer/recording.h"

namespace migscope {

/// [from, to] since the recording's t0, drawn in `columns` pixel columns. What still goes on is drawn up to
/// `now`, which is never before the last event.
struct ChartWindow {
    Ns from{0};
    Ns to{1};
    std::size_t columns = 1000;
    Ns now{0};
};

struct LanePiece {
    Ns begin{0};
    Ns end{0};
    std::optional<MigState> state; ///< absent: unknown
    std::size_t event = 0;
};
struct ArcPiece {
    Ns begin{0};
    Ns end{0};
    std::optional<MigState> from; ///< absent: a reset
    MigState to{};
    bool failed = false;
    bool returned = true; ///< false: the call is under way
    std::size_t event = 0;
};
struct LaneContent {
    int device = 0;
    std::string name;
    std::vector<LanePiece> bands;
    std::vector<ArcPiece> arcs;
    std::vector<ChartMark> marks;
};

enum class CurveKind {
    Moved,           ///< bytes of a stream so far
    Initial,         ///< initial_bytes
    Dirty,           ///< dirty_bytes
    Estimate,        ///< MIG_DATA_SIZE
    WallRate,        ///< bytes a second by the clock
    SourceRate,      ///< bytes a second of time inside calls on the source
    DestinationRate, ///< the same of the destination
};

/// A step of a curve: until `begin` the last value before holds; between begin and end the curve is within
/// [low, high]; then it is `last`.
struct CurveStep {
    Ns begin{0};
    Ns end{0};
    double low = 0;
    double high = 0;
    double last = 0;
};
struct Curve {
    CurveKind kind{};
    int device = 0;
    std::optional<int> run;
    std::uint32_t stream = 0; ///< 0: not of a stream
    std::vector<CurveStep> steps;
    /// Of several recordings in one chart: which one, from 0. Its colour and its name in the legend.
    std::optional<int> series = {};
    std::string label = {};
};

/// The time between two stamps of a run's critical pair. Its length is not the phase's duration where time
/// inside it belongs to another phase.
struct PhaseSpan {
    PhaseName name{};
    Ns begin{0};
    Ns end{0};
    int run = 0;
};

/// What concerns no device: a person's note, lost samples.
struct NotePiece {
    Ns time{0};
    ChartMark::What what{};
    std::string text;
    std::size_t event = 0;
};

struct ChartContent {
    ChartWindow window;
    std::vector<LaneContent> lanes;
    std::vector<ChartMark> marks; ///< of no device: they concern every lane
    std::vector<Curve> sizes;     ///< bytes
    std::vector<Curve> rates;     ///< bytes a second
    std::vector<PhaseSpan> phases;
    std::vector<NotePiece> notes;
    double highestSize = 0;
    double highestRate = 0;
};

/// What is cut of a recording. One of many in a chart is drawn with few of its curves.
enum class ChartDetail {
    All,
    Outline, ///< lanes and marks; of curves Moved and SourceRate
};
/// Costs the columns, not the events: O(columns · log samples) a curve. `run`: streams of that run, and of
/// none, only. *Reentrant.*
[[nodiscard]] ChartContent chartContent(const Recording& recording, const ChartWindow& window,
                                        ChartDetail detail = ChartDetail::All,
                                        std::optional<int> run = std::nullopt);

/// The pair of the run whose end is the run's end; null for a run without pairs.
[[nodiscard]] const PairMetrics* criticalPair(const RunMetrics& run);
/// The stretches between the stamps of the run's critical pair.
[[nodiscard]] std::vector<PhaseSpan> phaseSpans(const RunMetrics& run);
/// Time inside calls on the pair's devices within the span: arcs, reads and writes. Never above its length.
[[nodiscard]] Ns timeInCalls(const Recording& recording, const PairMetrics& pair, Ns from, Ns to);
/// The arc that a phase begins with (stop, save), or ends with (load, resume), as an index into events().
[[nodiscard]] std::optional<std::size_t> phaseEvent(const Recording& recording, const RunMetrics& run,
                                                    PhaseName phase);

/// What holds at one moment, for a cursor through all tracks. Missing is unknown, never 0.
struct Readout {
    struct Of {
        int device = 0;
        std::optional<MigState> state; ///< absent: inside a call, or unknown
        std::optional<MigState> asked; ///< inside a SET (or reset) to this
        std::optional<PrecopyPoint> precopy;
        std::optional<EstimatePoint> estimate;
    };
    struct Stream {
        std::uint32_t stream = 0;
        std::optional<int> device;
        std::uint64_t movedBytes = 0;
        std::optional<double> sourceRate;      ///< bytes a second inside calls, of the sample at the moment
        std::optional<double> destinationRate; ///< the same
    };
    Ns time{0};
    std::vector<Of> devices;
    std::vector<Stream> streams; ///< those with samples around the moment
    std::optional<PhaseName> phase;
};
[[nodiscard]] Readout readoutAt(const Recording& recording, Ns time);

/// The event whose stamp is nearest to `time` on the device's lane (any device: nullopt), within `reach`.
[[nodiscard]] std::optional<std::size_t> eventNear(const Recording& recording, std::optional<int> device,
                                                   Ns time, Ns reach);
/// The stretch that an event covers: an arc its call, a sample-less moment its time.
struct EventSpan {
    Ns begin{0};
    Ns end{0};
    std::optional<int> device;
};
[[nodiscard]] EventSpan spanOf(const Event& event);

} // namespace migscope
