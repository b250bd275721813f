// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run measured, for the what-if model: stamps and sums out of events and samples.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/transfer/what_if.h"

namespace migscope {
namespace {

/// Data in calls; reads that moved nothing are left out.
struct Moved {
    std::uint64_t bytes = 0;
    Ns source{0};
    Ns destination{0};
    void add(const SampleColumns& columns, std::size_t at) {
        if (columns.bytes()[at] == 0)
            return;
        bytes += columns.bytes()[at];
        source += columns.source()[at];
        destination += columns.destination()[at];
    }
};

/// One answer of the pre-copy info, and what happened up to the next.
struct Look {
    std::size_t event = 0;
    Ns time{0};
    event::Precopy info;
    std::optional<std::uint64_t> estimate;
    bool drained = false;
    Moved moved;
    [[nodiscard]] std::uint64_t pending() const { return info.initialBytes + info.dirtyBytes; }
};

/// What the events of the run say besides its metrics.
struct Seen {
    std::vector<Look> looks;
    std::optional<std::uint64_t> firstEstimate; ///< before the saving session
    std::optional<Ns> sessionBegan;             ///< the SET to PRE_COPY returned
    std::size_t stopEvent = 0;                  ///< the end of the SET to STOP_COPY
    std::optional<Ns> stopReturned;             ///< of the SET at t0
    Measured<Ns> stopCopyArc;
    Measured<Ns> loadArc;
    std::optional<std::uint32_t> saveStream;
    std::optional<std::uint32_t> loadStream;
    Moved precopy;
    Moved stopCopy;
    Moved load; ///< of the loading stream: loopback
};

template<class Value>
Measured<Value> is(Value value) {
    return {value, {}};
}
template<class Value>
Measured<Value> lacks(const char* why) {
    return {std::nullopt, why};
}

Measured<Ns> between(std::optional<Ns> from, std::optional<Ns> to) {
    return from && to ? is(std::max(*to - *from, Ns{0})) : lacks<Ns>("not-seen");
}

Measured<double> rate(std::uint64_t bytes, Ns time) {
    if (bytes == 0)
        return lacks<double>("no-bytes-seen");
    if (time <= Ns{0})
        return lacks<double>("no-time-in-calls");
    return is(static_cast<double>(bytes) * 1e9 / static_cast<double>(time.count()));
}

void sourceArc(Seen& seen, const event::ArcEnd& arc, std::size_t index, const Stamps& stamps) {
    if (arc.stream && isSaving(arc.to))
        seen.saveStream = arc.stream;
    if (arc.to == MigState::PreCopy)
        seen.sessionBegan = arc.returned;
    if (arc.called == stamps.t0 && !isFullyRunning(arc.to))
        seen.stopReturned = arc.returned;
    if (arc.called == stamps.t1 && arc.to == MigState::StopCopy) {
        seen.stopEvent = index;
        seen.stopCopyArc = is(arc.returned - arc.called);
    }
}

void eventOf(Seen& seen, const Event& event, std::size_t index, const PairMetrics& pair) {
    const bool source = event.device == pair.pair.source;
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
        if (arc->errnoValue != 0 || !arc->error.empty())
            return;
        if (event.device == pair.pair.destination && arc->from == MigState::Resuming &&
            arc->returned == pair.stamps.t3)
            seen.loadArc = is(arc->returned - arc->called);
        if (event.device == pair.pair.destination && arc->to == MigState::Resuming && arc->stream)
            seen.loadStream = arc->stream;
        if (source)
            sourceArc(seen, *arc, index, pair.stamps);
    } else if (const auto* stream = std::get_if<event::Stream>(&event.body)) {
        if (stream->what == event::StreamWhat::Open)
            (stream->save ? seen.saveStream : seen.loadStream) = stream->stream;
        else if (source && stream->what == event::StreamWhat::Empty && !seen.looks.empty())
            seen.looks.back().drained = true;
    } else if (const auto* estimate = std::get_if<event::Estimate>(&event.body); estimate && source) {
        (seen.looks.empty() ? seen.firstEstimate : seen.looks.back().estimate) = estimate->stopCopyBytes;
    } else if (const auto* info = std::get_if<event::Precopy>(&event.body); info && source) {
        if (seen.stopEvent == 0)
            seen.looks.push_back({index, event.time, *info, {}, false, {}});
    }
}

/// Order, not time, says on which side of an event a sample lies.
void samplesOf(Seen& seen, const SampleColumns& columns) {
    for (std::size_t i = 0; i < columns.places.size(); ++i) {
        const auto& place = columns.places[i];
        const std::size_t to = i + 1 < columns.places.size() ? columns.places[i + 1].sample : columns.size();
        const auto next = std::lower_bound(seen.looks.begin(), seen.looks.end(), place.event,
                                           [](const Look& look, std::size_t at) { return look.event < at; });
        for (std::size_t at = place.sample; at < to; ++at) {
            if (place.event > seen.stopEvent) {
                seen.stopCopy.add(columns, at);
                continue;
            }
            seen.precopy.add(columns, at);
            if (next != seen.looks.begin())
                std::prev(next)->moved.add(columns, at);
        }
    }
}

Seen seenIn(const Recording& recording, const RunMetrics& run) {
    Seen seen;
    const PairMetrics& pair = run.pairs.front();
    for (std::size_t i = 0; i < recording.events().size(); ++i) {
        const Event& event = recording.events()[i];
        if (event.run == run.run && event.device)
            eventOf(seen, event, i, pair);
    }
    for (const auto& [stream, columns] : recording.samples()) {
        if (stream == seen.saveStream)
            samplesOf(seen, columns);
        else if (stream == seen.loadStream) {
            for (std::size_t at = 0; at < columns.size(); ++at)
                seen.load.add(columns, at);
        }
    }
    return seen;
}

/// What became dirty between two looks, by conservation: pending grew by it, and shrank by what was moved.
struct Interval {
    double bytes = 0;
    double seconds = 0;
};

std::vector<Interval> intervalsOf(const Seen& seen) {
    std::vector<Interval> intervals;
    for (std::size_t i = 0; i + 1 < seen.looks.size(); ++i) {
        const Look& look = seen.looks[i];
        const Look& next = seen.looks[i + 1];
        if (next.info.reinit || next.info.initialBytes > look.info.initialBytes)
            continue; // new initial data is not dirty data
        // While initial data is left a device does not say what is dirty already: counted from its start.
        const bool first = i == 0 && look.info.initialBytes > 0 && look.info.dirtyBytes == 0;
        const Ns from = first ? seen.sessionBegan.value_or(look.time) : look.time;
        if (next.time <= from)
            continue;
        intervals.push_back({static_cast<double>(next.pending()) + static_cast<double>(look.moved.bytes) -
                                 static_cast<double>(look.pending()),
                             static_cast<double>((next.time - from).count()) / 1e9});
    }
    return intervals;
}

/// A longer interval that left less than the faster of the shorter ones promises met the working set.
std::optional<double> workingSet(std::vector<Interval> intervals) {
    constexpr double shortest = 1e-3; // the rates of shorter ones are noise
    std::erase_if(intervals, [](const Interval& one) { return one.seconds < shortest; });
    std::sort(intervals.begin(), intervals.end(),
              [](const Interval& a, const Interval& b) { return a.seconds < b.seconds; });
    double fastest = 0;
    double most = 0;
    bool met = false;
    for (const Interval& one : intervals) {
        const double speed = one.bytes / one.seconds;
        met = met || (one.bytes > 0 && speed < 0.8 * fastest);
        fastest = std::max(fastest, speed);
        most = std::max(most, one.bytes);
    }
    return met ? std::optional(most) : std::nullopt;
}

void dirtyInputs(WhatIfInputs& inputs, const Seen& seen) {
    const auto intervals = intervalsOf(seen);
    double most = 0;
    for (const Interval& one : intervals)
        most = std::max(most, one.bytes);
    inputs.workingSetBytes = lacks<std::uint64_t>(intervals.empty() ? "no-round-seen" : "still-grows");
    const auto set = workingSet(intervals);
    if (set)
        inputs.workingSetBytes = is(static_cast<std::uint64_t>(*set));
    Interval sum;
    double fastest = 0;
    for (const Interval& one : intervals) {
        fastest = std::max(fastest, one.bytes / one.seconds);
        if (set && one.bytes >= 0.99 * *set)
            continue; // it stopped growing before the interval was over
        sum.bytes += one.bytes;
        sum.seconds += one.seconds;
    }
    const Ns window = inputs.stopWindow.value.value_or(Ns{0});
    if (sum.seconds > 0) {
        inputs.dirtyBytesPerSecond = is(std::max(sum.bytes / sum.seconds, 0.0));
    } else if (!intervals.empty()) {
        inputs.dirtyBytesPerSecond = is(fastest);
    } else if (const auto& estimate = inputs.estimate.value; estimate && estimate->live && window > Ns{0}) {
        const double rest = static_cast<double>(seen.stopCopy.bytes) -
                            static_cast<double>(estimate->bytes + seen.looks.back().pending());
        inputs.dirtyBytesPerSecond = is(std::max(rest, 0.0) * 1e9 / static_cast<double>(window.count()));
        inputs.dirtyFromRest = true;
    } else {
        inputs.dirtyBytesPerSecond = lacks<double>("no-round-seen");
    }
}

/// Fixed: the same before the saving session and at every look. Else it follows what is pending.
Measured<WhatIfEstimate> estimateOf(const Seen& seen) {
    const Look& last = seen.looks.back();
    if (!last.estimate)
        return lacks<WhatIfEstimate>("no-estimate");
    bool same = !seen.firstEstimate || seen.firstEstimate == last.estimate;
    for (const Look& look : seen.looks)
        same = same && look.estimate == last.estimate;
    if (same)
        return is(WhatIfEstimate{*last.estimate, false});
    return is(WhatIfEstimate{*last.estimate - std::min(*last.estimate, last.pending()), true});
}

Measured<bool> queuesOnRead(const Seen& seen) {
    constexpr std::uint64_t aRead = 1 << 20; // a round moves at least that much when there is as much
    bool silent = false;
    for (const Look& look : seen.looks) {
        if (look.pending() < aRead && look.moved.bytes > look.pending())
            return is(true);
        silent = silent || (look.drained && look.moved.bytes > 0);
    }
    return silent ? is(false) : lacks<bool>("no-round-seen");
}

void precopyInputs(WhatIfInputs& inputs, const Seen& seen, const RunMetrics& run, bool loopback) {
    const Look& first = seen.looks.front();
    const Look& last = seen.looks.back();
    const Stamps& at = run.pairs.front().stamps;
    inputs.rounds = is(static_cast<std::uint32_t>(seen.looks.size() - 1));
    inputs.initialBytes = is(first.info.initialBytes);
    inputs.dirtyBytes = is(last.info.dirtyBytes);
    inputs.precopyBytes = is(seen.precopy.bytes);
    const Ns written = loopback ? Ns{0} : seen.precopy.destination;
    inputs.precopySaveBytesPerSecond = rate(seen.precopy.bytes, seen.precopy.source);
    inputs.precopyLoadBytesPerSecond = rate(seen.precopy.bytes, written);
    inputs.precopyCopyBytesPerSecond = rate(seen.precopy.bytes, seen.precopy.source + written);
    inputs.stopWindow = between(last.time, seen.stopReturned);
    inputs.lastLook = between(last.time, at.t0);
    inputs.firstLook = between(seen.sessionBegan, first.time);
    inputs.before = between(run.begun, first.time);
    Ns rest{0};
    std::int64_t count = 0;
    for (std::size_t i = 0; i + 1 < seen.looks.size(); ++i) {
        const Moved& moved = seen.looks[i].moved;
        if (moved.bytes == 0)
            continue; // the engine pauses then
        rest += seen.looks[i + 1].time - seen.looks[i].time - moved.source - moved.destination;
        ++count;
    }
    inputs.roundOverhead = count > 0 ? is(std::max(rest / count, Ns{0})) : lacks<Ns>("no-round-seen");
    inputs.estimate = estimateOf(seen);
    inputs.queuesOnRead = queuesOnRead(seen);
    dirtyInputs(inputs, seen);
    const double dirtied = inputs.dirtyBytesPerSecond.value.value_or(0) *
                           static_cast<double>(inputs.stopWindow.value.value_or(Ns{0}).count()) / 1e9;
    const std::uint64_t known =
        last.pending() + static_cast<std::uint64_t>(std::llround(
                             inputs.workingSetBytes.value
                                 ? std::min(dirtied, static_cast<double>(*inputs.workingSetBytes.value))
                                 : dirtied));
    inputs.stopOnlyBytes = is(seen.stopCopy.bytes - std::min(seen.stopCopy.bytes, known));
    inputs.stateBytes = is(first.info.initialBytes + *inputs.stopOnlyBytes.value);
}

void withoutPrecopy(WhatIfInputs& inputs, const Seen& seen, const RunMetrics& run) {
    constexpr const char* none = "no-precopy-seen";
    inputs.rounds = lacks<std::uint32_t>(none);
    for (auto* bytes :
         {&inputs.initialBytes, &inputs.dirtyBytes, &inputs.precopyBytes, &inputs.workingSetBytes})
        *bytes = lacks<std::uint64_t>(none);
    for (auto* value : {&inputs.dirtyBytesPerSecond, &inputs.precopySaveBytesPerSecond,
                        &inputs.precopyLoadBytesPerSecond, &inputs.precopyCopyBytesPerSecond})
        *value = lacks<double>(none);
    for (auto* time : {&inputs.stopWindow, &inputs.lastLook, &inputs.firstLook, &inputs.roundOverhead})
        *time = lacks<Ns>(none);
    inputs.estimate = lacks<WhatIfEstimate>(none);
    inputs.queuesOnRead = lacks<bool>(none);
    inputs.stateBytes = inputs.stopOnlyBytes = is(seen.stopCopy.bytes);
    inputs.before = between(run.begun, run.pairs.front().stamps.t0);
}

std::string whyNot(const Recording& recording, const RunMetrics* run) {
    if (run == nullptr)
        return "no-such-run";
    if (!run->outcome)
        return "not-ended";
    if (*run->outcome != RunOutcome::Ok)
        return "failed-run";
    if (run->pairs.size() != 1)
        return "several-pairs";
    if (!run->downtime)
        return "no-downtime";
    if (recording.metrics().lostSamples() > 0)
        return "samples-lost";
    return {};
}

/// The dark time, cut at its stamps; what is not in a call that moved data stays as it is.
void darkInputs(WhatIfInputs& inputs, const Seen& seen, const PairMetrics& pair, bool loopback) {
    const Stamps& at = pair.stamps;
    const auto less = [](Measured<Ns> whole, Ns part) {
        if (whole.value)
            whole.value = std::max(*whole.value - part, Ns{0});
        return whole;
    };
    const Moved& stop = seen.stopCopy;
    const Moved& load = loopback ? seen.load : stop;
    inputs.stopCopyBytes = is(stop.bytes);
    inputs.movedBytes = is(seen.precopy.bytes + stop.bytes);
    inputs.saveBytesPerSecond = rate(stop.bytes, stop.source);
    inputs.loadBytesPerSecond = rate(load.bytes, load.destination);
    inputs.copyBytesPerSecond = rate(stop.bytes, stop.source + (loopback ? Ns{0} : stop.destination));
    const auto phase = [&](PhaseName name, const char* inside, std::optional<Ns> from, std::optional<Ns> to) {
        for (const Phase& one : pair.phases) {
            if (one.name == name && !one.duration)
                return lacks<Ns>(inside);
        }
        return between(from, to);
    };
    inputs.stop = phase(PhaseName::Stop, "inside-save", at.t0, at.t1);
    inputs.resume = phase(PhaseName::Resume, "inside-load", at.t3, at.t4);
    inputs.stopCopyArc = seen.stopCopyArc;
    inputs.loadArc = seen.loadArc;
    inputs.saveRest = less(between(at.t1, at.t2), seen.stopCopyArc.value.value_or(Ns{0}) + stop.source +
                                                      (loopback ? Ns{0} : stop.destination));
    inputs.loadRest = less(between(at.t2, at.t3),
                           seen.loadArc.value.value_or(Ns{0}) + (loopback ? load.destination : Ns{0}));
}

} // namespace

WhatIfInputs whatIfInputs(const Recording& recording, int run) {
    WhatIfInputs inputs;
    inputs.run = run;
    const auto& runs = recording.metrics().runs();
    const auto found =
        std::find_if(runs.begin(), runs.end(), [&](const RunMetrics& one) { return one.run == run; });
    const RunMetrics* metrics = found == runs.end() ? nullptr : &*found;
    if (metrics != nullptr && metrics->plan) {
        inputs.kind = metrics->plan->kind;
        inputs.limits = metrics->plan->limits;
    }
    inputs.why = whyNot(recording, metrics);
    if (!inputs.why.empty())
        return inputs;
    const PairMetrics& pair = metrics->pairs.front();
    const Seen seen = seenIn(recording, *metrics);
    const bool loopback = pair.pair.source == pair.pair.destination;
    inputs.preCopy = !seen.looks.empty();
    inputs.downtime = is(*metrics->downtime);
    inputs.total = between(metrics->begun, metrics->ended);
    inputs.after = between(pair.stamps.t4, metrics->ended);
    darkInputs(inputs, seen, pair, loopback);
    if (inputs.preCopy)
        precopyInputs(inputs, seen, *metrics, loopback);
    else
        withoutPrecopy(inputs, seen, *metrics);
    if (*inputs.movedBytes.value == 0)
        inputs.why = "no-bytes-seen";
    // Without them the parts would not add up to the downtime.
    if (!inputs.saveRest.value || !inputs.loadRest.value || !inputs.stopCopyArc.value ||
        !inputs.loadArc.value)
        inputs.why = "stamps-missing";
    return inputs;
}

} // namespace migscope
