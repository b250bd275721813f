// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which event a place of a chart belongs to.
#include "core/transfer/chart_content.h"

#include <algorithm>
#include <iterator>
#include <variant>

namespace migscope {

std::optional<std::size_t> eventNear(const Recording& recording, std::optional<int> device, Ns time,
                                     Ns reach) {
    std::optional<std::size_t> best;
    Ns distance = reach;
    const auto consider = [&](Ns begin, Ns end, std::size_t event) {
        const Ns far = time < begin ? begin - time : std::max(Ns{0}, time - end);
        if (far > distance || (best && far == distance && far != Ns{0}))
            return;
        best = event;
        distance = far;
    };
    const auto considerMarks = [&](const std::deque<ChartMark>& marks) {
        const auto mark = std::lower_bound(marks.begin(), marks.end(), time,
                                           [](const ChartMark& each, Ns at) { return each.time < at; });
        if (mark != marks.end())
            consider(mark->time, mark->time, mark->event);
        if (mark != marks.begin())
            consider(std::prev(mark)->time, std::prev(mark)->time, std::prev(mark)->event);
    };
    for (const auto& [index, chart] : recording.charts().devices()) {
        if (device && index != *device)
            continue;
        const auto after = std::upper_bound(chart.arcs.begin(), chart.arcs.end(), time,
                                            [](Ns at, const LaneArc& arc) { return at < arc.called; });
        if (after != chart.arcs.end())
            consider(after->called, after->returned.value_or(after->called), after->event);
        if (after != chart.arcs.begin())
            consider(std::prev(after)->called, std::prev(after)->returned.value_or(Ns::max()),
                     std::prev(after)->event);
        considerMarks(chart.marks);
    }
    considerMarks(recording.charts().marks()); // they stand on every lane
    return best;
}

EventSpan spanOf(const Event& event) {
    EventSpan span{event.time, event.time, event.device};
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body))
        span.begin = arc->called, span.end = arc->returned;
    else if (const auto* reset = std::get_if<event::Reset>(&event.body))
        span.begin = reset->called, span.end = reset->returned;
    else if (const auto* call = std::get_if<event::Call>(&event.body))
        span.begin = call->called, span.end = call->returned;
    else if (const auto* wait = std::get_if<event::Wait>(&event.body))
        span.begin = wait->from, span.end = wait->to;
    else if (const auto* stuck = std::get_if<event::Stuck>(&event.body))
        span.begin = stuck->since;
    return span;
}

} // namespace migscope
