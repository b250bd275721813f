// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts lanes, curves and phases to a window: at most a few values a pixel column.
#include "core/transfer/chart_content.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <variant>

namespace migscope {
namespace {

double seconds(Ns time) {
    return std::chrono::duration<double>(time).count();
}

Ns columnWidth(const ChartWindow& window) {
    const auto columns = static_cast<std::int64_t>(std::max<std::size_t>(window.columns, 1));
    return std::max(Ns{1}, (window.to - window.from) / columns);
}

std::vector<LanePiece> cutBands(const DeviceChart& chart, const ChartWindow& window) {
    std::vector<LanePiece> pieces;
    const Ns column = columnWidth(window);
    Ns at = window.from;
    while (at < window.to) {
        const auto next = std::upper_bound(chart.bands.begin(), chart.bands.end(), at,
                                           [](Ns time, const LaneBand& band) { return time < band.begin; });
        const LaneBand* band = next == chart.bands.begin() ? nullptr : &*std::prev(next);
        const Ns end = band != nullptr ? band->end.value_or(std::max(window.now, band->begin)) : Ns{0};
        if (band == nullptr || end <= at) {
            if (next == chart.bands.end() || next->begin >= window.to)
                break;
            at = next->begin;
            continue;
        }
        const Ns cut = std::min(end, window.to);
        pieces.push_back({at, cut, band->state, band->event});
        at = std::max(cut, at + column); // what is narrower than a column hides its neighbours in it
    }
    return pieces;
}

std::vector<ArcPiece> cutArcs(const DeviceChart& chart, const ChartWindow& window) {
    std::vector<ArcPiece> pieces;
    const Ns column = columnWidth(window);
    const auto endOf = [&](const LaneArc& arc) {
        return arc.returned.value_or(std::max(window.now, arc.called));
    };
    auto at = std::lower_bound(chart.arcs.begin(), chart.arcs.end(), window.from,
                               [&](const LaneArc& arc, Ns time) { return endOf(arc) < time; });
    while (at != chart.arcs.end() && at->called <= window.to) {
        // Of several in one column a refusal is shown; the rest would lie under it.
        auto shown = at;
        for (auto other = at;
             other != chart.arcs.end() && other->called < at->called + column && other - at < 16; ++other) {
            if (other->failed) {
                shown = other;
                break;
            }
        }
        pieces.push_back({std::max(shown->called, window.from), std::min(endOf(*shown), window.to),
                          shown->from, shown->to, shown->failed, shown->returned.has_value(), shown->event});
        const Ns after = at->called + column;
        const auto further = std::lower_bound(std::next(at), chart.arcs.end(), after,
                                              [](const LaneArc& arc, Ns time) { return arc.called < time; });
        // An arc that is wider than its column ends behind it: the next one begins there.
        at = further == std::next(at) ? std::next(at) : further;
    }
    return pieces;
}

std::vector<ChartMark> cutMarks(const std::deque<ChartMark>& marks, const ChartWindow& window) {
    std::vector<ChartMark> cut;
    const Ns column = columnWidth(window);
    const auto before = [](const ChartMark& mark, Ns time) { return mark.time < time; };
    auto at = std::lower_bound(marks.begin(), marks.end(), window.from, before);
    while (at != marks.end() && at->time <= window.to) {
        cut.push_back(*at);
        at = std::lower_bound(std::next(at), marks.end(), at->time + column, before);
    }
    return cut;
}

/// A curve that jumps at points and holds between them.
template<class Points, class Value>
std::vector<CurveStep> cutPoints(const Points& points, const ChartWindow& window, Value value) {
    std::vector<CurveStep> steps;
    const Ns column = columnWidth(window);
    auto at = std::upper_bound(points.begin(), points.end(), window.from,
                               [](Ns time, const auto& point) { return time < point.time; });
    if (at != points.begin())
        --at; // what holds at the left edge
    while (at != points.end() && at->time <= window.to) {
        const Ns begin = std::max(at->time, window.from);
        CurveStep step{begin, begin, std::numeric_limits<double>::max(), 0, 0};
        bool any = false;
        for (; at != points.end() && at->time <= std::min(begin + column, window.to); ++at) {
            const std::optional<double> height = value(*at);
            if (!height)
                continue;
            step.low = std::min(step.low, *height);
            step.high = std::max(step.high, *height);
            step.last = *height;
            step.end = std::max(begin, at->time);
            any = true;
        }
        if (any)
            steps.push_back(step);
    }
    return steps;
}

/// Holds the last value of a curve up to where it is still true.
void hold(std::vector<CurveStep>& steps, Ns until, const ChartWindow& window) {
    const Ns end = std::min(until, window.to);
    if (!steps.empty() && end > steps.back().end)
        steps.push_back({end, end, steps.back().last, steps.back().last, steps.back().last});
}

void addStream(ChartContent& content, std::uint32_t stream, const SampleColumns& columns,
               ChartDetail detail) {
    const ChartWindow& window = content.window;
    if (columns.size() == 0 || columns.time().front() > window.to || columns.time().back() < window.from)
        return;
    const auto curve = [&](CurveKind kind) {
        return Curve{kind, columns.device.value_or(0), columns.run, stream, {}};
    };
    Curve moved = curve(CurveKind::Moved);
    Curve wall = curve(CurveKind::WallRate);
    Curve source = curve(CurveKind::SourceRate);
    Curve destination = curve(CurveKind::DestinationRate);
    // The sample that ends behind the right edge is under way inside the window.
    const auto behind = std::upper_bound(columns.time().begin(), columns.time().end(), window.to);
    const Ns to = behind == columns.time().end() ? window.to : *behind;
    auto sum = static_cast<double>(columns.bytesBefore(window.from));
    const auto first = std::lower_bound(columns.time().begin(), columns.time().end(), window.from);
    Ns previous = first == columns.time().begin() ? columns.time().front() : *std::prev(first);
    if (first != columns.time().begin())
        moved.steps.push_back({window.from, window.from, sum, sum, sum});
    const auto rate = [&](Curve& into, Ns begin, Ns end, std::uint64_t bytes, Ns spent) {
        if (spent <= Ns{0})
            return;
        const double value = static_cast<double>(bytes) / seconds(spent);
        into.steps.push_back({std::clamp(begin, window.from, window.to),
                              std::clamp(end, window.from, window.to), value, value, value});
        content.highestRate = std::max(content.highestRate, value);
    };
    for (const auto& bucket : columns.buckets(window.from, to, window.columns)) {
        const double before = sum;
        sum += static_cast<double>(bucket.sumBytes);
        if (bucket.begin <= window.to)
            moved.steps.push_back({bucket.begin, std::min(bucket.end, window.to), before, sum, sum});
        if (detail == ChartDetail::All)
            rate(wall, previous, bucket.end, bucket.sumBytes, bucket.end - previous);
        // A read that found nothing, or the end, has a time but no throughput.
        if (bucket.sumBytes > 0)
            rate(source, previous, bucket.end, bucket.sumBytes, bucket.source);
        if (bucket.sumBytes > 0 && detail == ChartDetail::All)
            rate(destination, previous, bucket.end, bucket.sumBytes, bucket.destination);
        previous = bucket.end;
    }
    if (behind != columns.time().end())
        hold(moved.steps, window.to, window);
    for (const CurveStep& step : moved.steps)
        content.highestSize = std::max(content.highestSize, step.high);
    content.sizes.push_back(std::move(moved));
    for (Curve* each : {&wall, &source, &destination}) {
        if (!each->steps.empty())
            content.rates.push_back(std::move(*each));
    }
}

/// When the last saving session of the device ended: what it announced is not true after it.
Ns announcedUntil(const DeviceChart& chart, Ns now) {
    const auto last = std::find_if(chart.bands.rbegin(), chart.bands.rend(),
                                   [](const LaneBand& band) { return band.state && isSaving(*band.state); });
    return last == chart.bands.rend() ? now : last->end.value_or(now);
}

void addSizes(ChartContent& content, int device, const DeviceChart& chart) {
    const ChartWindow& window = content.window;
    const Ns until = announcedUntil(chart, window.now);
    const auto add = [&](CurveKind kind, std::vector<CurveStep> steps) {
        if (steps.empty())
            return;
        hold(steps, until, window);
        for (const CurveStep& step : steps)
            content.highestSize = std::max(content.highestSize, step.high);
        content.sizes.push_back({kind, device, std::nullopt, 0, std::move(steps)});
    };
    add(CurveKind::Initial, cutPoints(chart.precopy, window, [](const PrecopyPoint& point) {
            return std::optional(static_cast<double>(point.initialBytes));
        }));
    add(CurveKind::Dirty, cutPoints(chart.precopy, window, [](const PrecopyPoint& point) {
            return std::optional(static_cast<double>(point.dirtyBytes));
        }));
    add(CurveKind::Estimate,
        cutPoints(chart.estimates, window, [](const EstimatePoint& point) -> std::optional<double> {
            return point.bytes ? std::optional(static_cast<double>(*point.bytes)) : std::nullopt;
        }));
}

/// The rounds of the runs whose source the device is, and that touch [from, to].
std::vector<RoundPiece> roundsOf(const Recording& recording, int device, Ns from, Ns to) {
    std::vector<RoundPiece> pieces;
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (run.begun > to || run.ended.value_or(to) < from)
            continue;
        for (const PairMetrics& pair : run.pairs) {
            if (pair.pair.source != device)
                continue;
            for (std::size_t at = 0; at < pair.rounds.size(); ++at) {
                const PrecopyRound& round = pair.rounds[at];
                if (round.begin <= to && round.end >= from)
                    pieces.push_back({round.begin, round.end, at + 1, run.run, round.bytes});
            }
        }
    }
    return pieces;
}

/// One a column: nobody sees more.
std::vector<RoundPiece> cutRounds(const Recording& recording, int device, const ChartWindow& window) {
    std::vector<RoundPiece> cut;
    const Ns column = columnWidth(window);
    for (const RoundPiece& piece : roundsOf(recording, device, window.from, window.to)) {
        if (cut.empty() || piece.begin >= cut.back().begin + column)
            cut.push_back(piece);
    }
    return cut;
}

std::vector<LaneStall> cutStalls(const DeviceChart& chart, const ChartWindow& window) {
    std::vector<LaneStall> cut;
    for (LaneStall stall : chart.stalls) {
        if (stall.begin > window.to || stall.end < window.from)
            continue;
        stall.begin = std::max(stall.begin, window.from);
        stall.end = std::min(stall.end, window.to);
        cut.push_back(stall);
    }
    return cut;
}

Ns overlap(Ns begin, Ns end, Ns from, Ns to) {
    return std::max(Ns{0}, std::min(end, to) - std::max(begin, from));
}

} // namespace

ChartContent chartContent(const Recording& recording, const ChartWindow& window, ChartDetail detail,
                          std::optional<int> run) {
    ChartContent content;
    content.window = window;
    content.window.to = std::max(window.to, window.from + Ns{1});
    content.window.now = std::max(window.now, recording.lastTime());
    const auto& devices = recording.header().devices;
    for (const auto& [device, chart] : recording.charts().devices()) {
        LaneContent lane;
        lane.device = device;
        const auto at = static_cast<std::size_t>(device);
        lane.name = device >= 0 && at < devices.size() ? devices[at].name : std::to_string(device);
        lane.bands = cutBands(chart, content.window);
        lane.arcs = cutArcs(chart, content.window);
        lane.marks = cutMarks(chart.marks, content.window);
        lane.rounds = cutRounds(recording, device, content.window);
        lane.stalls = cutStalls(chart, content.window);
        content.lanes.push_back(std::move(lane));
        if (detail == ChartDetail::All)
            addSizes(content, device, chart);
    }
    for (const auto& [stream, columns] : recording.samples()) {
        if (!run || !columns.run || *columns.run == *run)
            addStream(content, stream, columns, detail);
    }
    if (detail == ChartDetail::Outline)
        return content;
    for (const ChartMark& mark : cutMarks(recording.charts().marks(), content.window)) {
        // A line of the kernel's log concerns whatever runs, a person's note the whole picture.
        if (mark.what == ChartMark::What::KernelLog || mark.what == ChartMark::What::KernelError) {
            content.marks.push_back(mark);
            continue;
        }
        const auto* note = std::get_if<event::Mark>(&recording.events()[mark.event].body);
        content.notes.push_back(
            {mark.time, mark.what, note != nullptr ? note->text : std::string(), mark.event});
    }
    for (const RunMetrics& each : recording.metrics().runs()) {
        for (const PhaseSpan& span : phaseSpans(each)) {
            if (span.end >= window.from && span.begin <= window.to)
                content.phases.push_back(
                    {span.name, std::max(span.begin, window.from), std::min(span.end, window.to), span.run});
        }
    }
    return content;
}

const PairMetrics* criticalPair(const RunMetrics& run) {
    const PairMetrics* critical = nullptr;
    for (const PairMetrics& pair : run.pairs) {
        if (critical == nullptr ||
            pair.stamps.t4.value_or(Ns::min()) > critical->stamps.t4.value_or(Ns::min()))
            critical = &pair;
    }
    return critical;
}

std::vector<PhaseSpan> phaseSpans(const RunMetrics& run) {
    std::vector<PhaseSpan> spans;
    const PairMetrics* pair = criticalPair(run);
    if (pair == nullptr)
        return spans;
    const Stamps& at = pair->stamps;
    const auto add = [&](PhaseName name, const std::optional<Ns>& begin, const std::optional<Ns>& end) {
        if (begin && end && *end > *begin)
            spans.push_back({name, *begin, *end, run.run});
    };
    add(PhaseName::Stop, at.t0, at.t1);
    add(PhaseName::Save, at.t1, at.t2);
    add(PhaseName::Load, at.t2, at.t3);
    add(PhaseName::Resume, at.t3, at.t4);
    if (!at.t3 && at.t2 && at.t0 && pair->blackout)
        add(PhaseName::Resume, at.t2, *at.t0 + *pair->blackout);
    return spans;
}

Ns timeInCalls(const Recording& recording, const PairMetrics& pair, Ns from, Ns to) {
    Ns sum{0};
    for (const auto& end : {pair.pair.source, pair.pair.destination}) {
        if (!end ||
            (end == pair.pair.destination && pair.pair.source == pair.pair.destination && sum != Ns{0}))
            continue;
        const auto found = recording.charts().devices().find(*end);
        if (found == recording.charts().devices().end())
            continue;
        const auto& arcs = found->second.arcs;
        auto at = std::lower_bound(arcs.begin(), arcs.end(), from, [](const LaneArc& arc, Ns time) {
            return arc.returned.value_or(Ns::max()) < time;
        });
        for (; at != arcs.end() && at->called < to; ++at)
            sum += overlap(at->called, at->returned.value_or(to), from, to);
    }
    for (const auto& [stream, columns] : recording.samples()) {
        if (columns.device != pair.pair.source && columns.device != pair.pair.destination)
            continue;
        // A sample tells of the time up to it: one that ends at `from` lies before it.
        for (const auto& bucket : columns.buckets(from + Ns{1}, to, 1))
            sum += bucket.source + bucket.destination;
    }
    return std::min(sum, std::max(to - from, Ns{0}));
}

std::optional<std::size_t> phaseEvent(const Recording& recording, const RunMetrics& run, PhaseName phase) {
    const PairMetrics* pair = criticalPair(run);
    if (pair == nullptr || phase == PhaseName::Wait)
        return std::nullopt;
    const Stamps& at = pair->stamps;
    const bool begins = phase == PhaseName::Stop || phase == PhaseName::Save;
    const std::optional<int> device =
        begins || !pair->pair.destination ? pair->pair.source : pair->pair.destination;
    const std::optional<Ns> stamp = phase == PhaseName::Stop   ? at.t0
                                    : phase == PhaseName::Save ? at.t1
                                    : phase == PhaseName::Load ? at.t3
                                                               : at.t4;
    const auto found = recording.charts().devices().find(device.value_or(-1));
    if (!stamp || found == recording.charts().devices().end())
        return std::nullopt;
    const auto& arcs = found->second.arcs;
    const auto after = std::upper_bound(arcs.begin(), arcs.end(), *stamp,
                                        [](Ns time, const LaneArc& arc) { return time < arc.called; });
    for (auto arc = std::make_reverse_iterator(after); arc != arcs.rend(); ++arc) {
        if (begins ? arc->called == *stamp : arc->returned == stamp)
            return arc->event;
        if (arc->returned.value_or(*stamp) < *stamp)
            break;
    }
    return std::nullopt;
}

Readout readoutAt(const Recording& recording, Ns time) {
    Readout readout;
    readout.time = time;
    const auto lastBefore = [time](const auto& points) {
        const auto after = std::upper_bound(points.begin(), points.end(), time,
                                            [](Ns at, const auto& point) { return at < point.time; });
        return after == points.begin() ? std::nullopt : std::optional(*std::prev(after));
    };
    for (const auto& [device, chart] : recording.charts().devices()) {
        Readout::Of of;
        of.device = device;
        if (const LaneArc* arc = arcAt(chart, time))
            of.asked = arc->to;
        else if (const LaneBand* band = bandAt(chart, time))
            of.state = band->state;
        of.precopy = lastBefore(chart.precopy);
        of.estimate = lastBefore(chart.estimates);
        for (const RoundPiece& piece : roundsOf(recording, device, time, time))
            of.round = piece.number;
        for (const LaneStall& stall : chart.stalls) {
            if (time >= stall.begin && time < stall.end)
                of.stall = stall;
        }
        readout.devices.push_back(of);
    }
    for (const auto& entry : recording.samples()) { // no binding: the analyzer loses those in a lambda
        const SampleColumns& columns = entry.second;
        if (columns.size() == 0 || time > columns.time().back())
            continue;
        const auto at = static_cast<std::size_t>(
            std::lower_bound(columns.time().begin(), columns.time().end(), time) - columns.time().begin());
        if (at == 0 && time < columns.time().front())
            continue;
        const auto rate = [&](Ns spent) -> std::optional<double> {
            return spent > Ns{0} ? std::optional(static_cast<double>(columns.bytes()[at]) / seconds(spent))
                                 : std::nullopt;
        };
        readout.streams.push_back({entry.first, columns.device, columns.bytesBefore(time + Ns{1}),
                                   rate(columns.source()[at]), rate(columns.destination()[at])});
    }
    for (const RunMetrics& run : recording.metrics().runs()) {
        for (const PhaseSpan& span : phaseSpans(run)) {
            if (time >= span.begin && time < span.end)
                readout.phase = span.name;
        }
    }
    return readout;
}

} // namespace migscope
