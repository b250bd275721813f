// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Lanes of states out of arcs, resets and what was found.
#include "core/transfer/chart_fold.h"

#include <algorithm>
#include <variant>

namespace migscope {
namespace {

/// The open band ends at `time`; one that would have no length is taken back.
void closeBand(DeviceChart& chart, Ns time) {
    if (chart.bands.empty() || chart.bands.back().end)
        return;
    if (time <= chart.bands.back().begin)
        chart.bands.pop_back();
    else
        chart.bands.back().end = time;
}

void openBand(DeviceChart& chart, Ns time, std::optional<MigState> state, std::size_t index) {
    closeBand(chart, time);
    chart.bands.push_back({time, std::nullopt, state, index});
}

bool failed(const event::ArcEnd& body) {
    return body.errnoValue != 0 || !body.error.empty();
}

} // namespace

void ChartFold::seen(int device, Ns time) {
    firstSeen_.try_emplace(device, time);
}

void ChartFold::arcBegin(DeviceChart& chart, const Event& event, const event::ArcBegin& body,
                         std::size_t index) {
    // Until now it stood where the arc begins: the first arc tells of the time before it.
    if (chart.bands.empty() && chart.arcs.empty() && firstSeen_.at(*event.device) < event.time)
        chart.bands.push_back({firstSeen_.at(*event.device), std::nullopt, body.from, index});
    closeBand(chart, event.time);
    chart.arcs.push_back({event.time, std::nullopt, body.from, body.combined ? body.goal : body.to,
                          body.combined, false, event.run, index});
}

void ChartFold::arcEnd(DeviceChart& chart, const Event& event, const event::ArcEnd& body, std::size_t index) {
    const bool known = !chart.arcs.empty() && !chart.arcs.back().returned;
    if (!known)
        arcBegin(chart, event, {body.from, body.to, body.goal, body.combined, 0}, index);
    LaneArc& arc = chart.arcs.back();
    arc.called = body.called;
    arc.returned = body.returned;
    arc.to = body.to;
    arc.failed = failed(body);
    arc.event = index;
    // The stamp next to the call is nearer to the truth than the time of its announcement.
    if (!chart.bands.empty() && chart.bands.back().begin < body.called)
        chart.bands.back().end = body.called;
    openBand(chart, body.returned, arc.failed ? body.stateAfter : std::optional(body.to), index);
}

void ChartFold::reset(DeviceChart& chart, const Event& event, const event::Reset& body, std::size_t index) {
    const bool done = body.outcome == "done";
    closeBand(chart, body.called);
    chart.arcs.push_back({body.called, body.returned, std::nullopt,
                          body.stateAfter.value_or(MigState::Running), false, !done, event.run, index});
    openBand(chart, body.returned, done && !body.stateAfter ? MigState::Running : body.stateAfter, index);
}

/// A note and a line of the kernel's log are about an earlier time than the one at which they became known;
/// whoever looks a mark up searches by halves. They are near the end, so that this costs little.
void ChartFold::addMark(std::deque<ChartMark>& marks, ChartMark mark) {
    auto at = marks.end();
    while (at != marks.begin() && std::prev(at)->time > mark.time)
        --at;
    marks.insert(at, mark);
}

bool StallFinder::isSlow(const Call& call) const {
    // A call for many bytes may take long; one for few may take what a call takes.
    const double usual = std::max(spent_ / static_cast<double>(count_), spent_ / bytes_ * call.bytes);
    return call.spent >= factor * usual;
}

void StallFinder::judge(const Call& call, std::vector<std::pair<Ns, Ns>>& found) const {
    if (call.spent >= static_cast<double>(least.count()) && isSlow(call))
        found.emplace_back(call.end - Ns{static_cast<std::int64_t>(call.spent)}, call.end);
}

void StallFinder::count(const Call& call) {
    ++count_;
    bytes_ += call.bytes;
    spent_ += call.spent;
}

void StallFinder::add(Ns end, std::uint64_t bytes, Ns spent, std::vector<std::pair<Ns, Ns>>& found) {
    if (spent <= Ns{0} || bytes == 0)
        return; // that found nothing: how long it waited is the device's to say
    const Call call{end, static_cast<double>(bytes), static_cast<double>(spent.count())};
    if (first_.size() < early) {
        first_.push_back(call);
        if (first_.size() < early)
            return;
        // The faster half of the first is what is usual until more is known.
        std::vector<Call> sorted = first_;
        std::sort(sorted.begin(), sorted.end(),
                  [](const Call& a, const Call& b) { return a.spent < b.spent; });
        for (std::size_t at = 0; at <= early / 2; ++at)
            count(sorted[at]);
        for (const Call& each : first_)
            judge(each, found);
        return;
    }
    judge(call, found);
    if (!isSlow(call))
        count(call);
}

void ChartFold::apply(const Event& event, const event::Samples& samples) {
    if (!event.device)
        return;
    const auto look = [&](bool save, const std::vector<Ns>& spent) {
        const auto partner = destinationOf_.find(*event.device);
        const int device = save || partner == destinationOf_.end() ? *event.device : partner->second;
        StallFinder& finder = stalls_[{samples.stream, save}];
        found_.clear();
        for (std::size_t at = 0; at < samples.time.size(); ++at) {
            // A sample ends with its last call, the write on the destination.
            const Ns after = save ? samples.destination[at] : Ns{0};
            finder.add(samples.time[at] - after, samples.bytes[at], spent[at], found_);
        }
        std::deque<LaneStall>& stalls = devices_[device].stalls;
        for (const auto& [begin, end] : found_) {
            if (stalls.size() < DeviceChart::mostStalls)
                stalls.push_back({begin, end, samples.stream, save});
        }
    };
    look(true, samples.source);
    look(false, samples.destination);
}

void ChartFold::apply(const Event& event, std::size_t index) {
    if (const auto* begin = std::get_if<event::RunBegin>(&event.body)) {
        destinationOf_.clear();
        for (const PlanPair& pair : begin->plan.pairs) {
            if (pair.source && pair.destination)
                destinationOf_[*pair.source] = *pair.destination;
            for (const auto& end : {pair.source, pair.destination}) {
                if (end)
                    seen(*end, event.time);
            }
        }
    }
    std::optional<ChartMark::What> mark;
    if (std::holds_alternative<event::Stuck>(event.body))
        mark = ChartMark::What::Stuck;
    else if (std::holds_alternative<event::AskedBack>(event.body))
        mark = ChartMark::What::AskedBack;
    else if (std::holds_alternative<event::Mark>(event.body))
        mark = ChartMark::What::Note;
    else if (std::holds_alternative<event::Lost>(event.body))
        mark = ChartMark::What::Lost;
    else if (std::holds_alternative<event::StateMoved>(event.body))
        mark = ChartMark::What::Moved;
    else if (const auto* line = std::get_if<event::KernelLog>(&event.body))
        mark = line->isError() ? ChartMark::What::KernelError : ChartMark::What::KernelLog;
    else if (const auto* stream = std::get_if<event::Stream>(&event.body)) {
        if (stream->what == event::StreamWhat::Eof)
            mark = ChartMark::What::StreamEnd;
        else if (stream->what == event::StreamWhat::Error)
            mark = ChartMark::What::StreamError;
    }
    if (!event.device) {
        if (mark)
            addMark(marks_, {event.time, *mark, index});
        return;
    }
    seen(*event.device, event.time);
    DeviceChart& chart = devices_[*event.device];
    if (mark)
        addMark(chart.marks, {event.time, *mark, index});
    if (const auto* begun = std::get_if<event::ArcBegin>(&event.body))
        arcBegin(chart, event, *begun, index);
    else if (const auto* ended = std::get_if<event::ArcEnd>(&event.body))
        arcEnd(chart, event, *ended, index);
    else if (const auto* body = std::get_if<event::Reset>(&event.body))
        reset(chart, event, *body, index);
    else if (const auto* moved = std::get_if<event::StateMoved>(&event.body))
        openBand(chart, event.time, moved->found, index);
    else if (const auto* info = std::get_if<event::Precopy>(&event.body))
        chart.precopy.push_back({event.time, info->initialBytes, info->dirtyBytes, index});
    else if (const auto* estimate = std::get_if<event::Estimate>(&event.body))
        chart.estimates.push_back({event.time, estimate->stopCopyBytes, index});
}

const LaneBand* bandAt(const DeviceChart& chart, Ns time) {
    const auto after = std::upper_bound(chart.bands.begin(), chart.bands.end(), time,
                                        [](Ns at, const LaneBand& band) { return at < band.begin; });
    if (after == chart.bands.begin())
        return nullptr;
    const LaneBand& band = *std::prev(after);
    return band.end && time >= *band.end ? nullptr : &band;
}

const LaneArc* arcAt(const DeviceChart& chart, Ns time) {
    const auto after = std::upper_bound(chart.arcs.begin(), chart.arcs.end(), time,
                                        [](Ns at, const LaneArc& arc) { return at < arc.called; });
    if (after == chart.arcs.begin())
        return nullptr;
    const LaneArc& arc = *std::prev(after);
    return arc.returned && time >= *arc.returned ? nullptr : &arc;
}

} // namespace migscope
