// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Stamps out of events: which call began and which ended the dark time of each pair of devices.
#include "core/transfer/run_metrics.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/transfer/pair_phases.h"

namespace migscope {

struct MetricsFold::Working {
    std::size_t index = 0; ///< in runs_
    std::vector<PairWork> pairs;
    std::map<std::uint32_t, bool> saves; ///< direction by stream
};

namespace {

bool succeeded(const event::ArcEnd& arc) {
    return arc.errnoValue == 0 && arc.error.empty();
}

/// Where the device is after the SET; absent: unknown.
std::optional<MigState> arrivalOf(const event::ArcEnd& arc) {
    return succeeded(arc) ? std::optional(arc.to) : arc.stateAfter;
}

bool loops(const PairMetrics& pair) {
    return pair.pair.source && pair.pair.source == pair.pair.destination;
}

void destinationArc(PairMetrics& pair, PairWork& work, const event::ArcEnd& arc) {
    const auto arrived = arrivalOf(arc);
    Stamps& stamps = pair.stamps;
    if (arrived == MigState::Resuming && arc.from != MigState::Resuming) {
        stamps.t3.reset();
        stamps.t4.reset();
        work.loadBegun = arc.returned;
    } else if (succeeded(arc) && arc.from == MigState::Resuming && arrived != MigState::Resuming) {
        stamps.t3 = arc.returned;
        work.resumeInside = arrived == MigState::Running;
        if (work.resumeInside)
            stamps.t4 = arc.returned;
    } else if (arrived == MigState::Running && stamps.t3 && !stamps.t4) {
        stamps.t4 = arc.returned;
    }
}

void sourceArc(PairMetrics& pair, PairWork& work, const event::ArcEnd& arc) {
    Stamps& stamps = pair.stamps;
    if (stamps.t4)
        return; // the destination runs: what the source does is no longer part of it
    const auto arrived = arrivalOf(arc);
    const bool runs = arrived && isFullyRunning(*arrived);
    if (isFullyRunning(arc.from) && !runs) {
        // A stop that was taken back is forgotten here: t0 is the last one.
        stamps.t0 = arc.called;
        stamps.t0CallLength = arc.returned - arc.called;
        stamps.t1.reset();
        stamps.t2.reset();
        work.returned.reset();
        work.destinationInSave = Ns{0};
        work.stopInside = arc.to == MigState::StopCopy;
        if (work.stopInside)
            stamps.t1 = arc.called;
    } else if (arc.to == MigState::StopCopy && arc.from != MigState::StopCopy) {
        stamps.t1 = arc.called;
        stamps.t2.reset();
    }
    if (runs && !isFullyRunning(arc.from) && stamps.t0)
        work.returned = arc.returned;
}

void sawStream(PairMetrics& pair, PairWork& work, std::uint32_t stream, bool save) {
    if (save != pair.pair.source.has_value())
        return; // bytes are counted where they come from
    pair.streamSeen = true;
    if (work.stream == stream)
        return;
    work.stream = stream; // a new stream starts the state from its first byte
    pair.stateBytes = pair.precopyBytes = pair.stopCopyBytes = 0;
    pair.precopyRounds = 0;
    pair.rounds.clear();
    work.roundOver = true;
}

/// Order, not time, says where a round ends; the samples of one event belong to one.
void roundSamples(PairMetrics& pair, PairWork& work, const event::Samples& body, std::uint64_t bytes) {
    const bool begins = std::exchange(work.roundOver, false);
    pair.precopyRounds += begins ? 1 : 0;
    if (pair.precopyRounds > PairMetrics::mostRounds || body.time.empty())
        return;
    if (begins) {
        const Ns before = pair.rounds.empty() ? Ns{0} : pair.rounds.back().end;
        const Ns inCalls = body.source.front() + body.destination.front();
        const Ns begin = std::max(before, body.time.front() - inCalls);
        pair.rounds.push_back({begin, begin, 0});
    }
    pair.rounds.back().end = std::max(pair.rounds.back().end, body.time.back());
    pair.rounds.back().bytes += bytes;
}

void streamEvent(PairMetrics& pair, PairWork& work, const Event& event, const event::Stream& body) {
    sawStream(pair, work, body.stream, body.save);
    if (body.save && event.device == pair.pair.source) {
        if (body.what == event::StreamWhat::Eof && pair.stamps.t1)
            pair.stamps.t2 = event.time;
        else if (body.what == event::StreamWhat::Empty)
            work.roundOver = true;
    } else if (!body.save && body.what == event::StreamWhat::Open) {
        work.loadBegun = event.time;
    }
}

void samplesEvent(PairMetrics& pair, PairWork& work, const event::Samples& body, bool save) {
    const auto sum = [](const std::vector<Ns>& values) {
        return std::accumulate(values.begin(), values.end(), Ns{0});
    };
    const Ns destination = sum(body.destination);
    pair.sourceCallTime += sum(body.source);
    pair.destinationCallTime += destination;
    // Order, not time, says on which side of a stamp a sample lies: equal times are common on coarse clocks.
    if (pair.stamps.t1 && !pair.stamps.t2)
        work.destinationInSave += destination;
    sawStream(pair, work, body.stream, save);
    if (work.stream != body.stream)
        return;
    const std::uint64_t bytes = std::accumulate(body.bytes.begin(), body.bytes.end(), std::uint64_t{0});
    pair.stateBytes += bytes;
    if (!pair.pair.source)
        return;
    if (!pair.stamps.t1 && bytes > 0)
        roundSamples(pair, work, body, bytes);
    (pair.stamps.t1 ? pair.stopCopyBytes : pair.precopyBytes) += bytes;
}

void resetEvent(PairMetrics& pair, PairWork& work, const Event& event, const event::Reset& body) {
    Stamps& stamps = pair.stamps;
    if (body.outcome != "done" || stamps.t4)
        return;
    if (event.device == pair.pair.destination) { // what was loaded is gone
        stamps.t3.reset();
        work.loadBegun.reset();
    }
    if (event.device == pair.pair.source && stamps.t0 && !work.returned &&
        isFullyRunning(body.stateAfter.value_or(MigState::Running)))
        work.returned = body.returned;
}

/// Where an event says that its device is now; the outer optional: it says nothing.
std::optional<std::optional<MigState>> stateSaid(const Event& event) {
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body))
        return arrivalOf(*arc);
    if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
        if (reset->outcome == "done" && !reset->stateAfter)
            return MigState::Running;
        if (reset->outcome == "done" || reset->stateAfter)
            return reset->stateAfter;
    }
    if (const auto* moved = std::get_if<event::StateMoved>(&event.body))
        return moved->found;
    return std::nullopt;
}

void applyToPair(PairMetrics& pair, PairWork& work, const Event& event,
                 const std::map<std::uint32_t, bool>& saves) {
    const bool source = event.device == pair.pair.source;
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
        // One device in both roles: it is the source until it was loaded.
        const bool loaded = loops(pair) && pair.stamps.t3.has_value();
        if (event.device == pair.pair.destination)
            destinationArc(pair, work, *arc);
        if (source && !loaded && !(loops(pair) && arc->from == MigState::Resuming))
            sourceArc(pair, work, *arc);
        else if (source && loops(pair) && !pair.stamps.t3 && arrivalOf(*arc) == MigState::Running)
            work.returned = arc->returned;
        if (arc->stream)
            sawStream(pair, work, *arc->stream, saves.at(*arc->stream));
    } else if (const auto* stream = std::get_if<event::Stream>(&event.body)) {
        streamEvent(pair, work, event, *stream);
    } else if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
        const auto known = saves.find(samples->stream);
        samplesEvent(pair, work, *samples, known == saves.end() ? source : known->second);
    } else if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
        resetEvent(pair, work, event, *reset);
    } else if (source && std::holds_alternative<event::Precopy>(event.body)) {
        work.roundOver =
            true; // a round may end at what was announced, without the device having said "drained"
    } else if (const auto* wait = std::get_if<event::Wait>(&event.body)) {
        work.waits.push_back(*wait);
    } else if (const auto* moved = std::get_if<event::StateMoved>(&event.body)) {
        if (source && moved->found && isFullyRunning(*moved->found) && pair.stamps.t0 && !pair.stamps.t4 &&
            !work.returned)
            work.returned = event.time;
    }
}

RunMetrics begin(int number, const Event& event, const event::RunBegin& body) {
    RunMetrics run;
    run.run = number;
    run.begun = event.time;
    run.plan = body.plan;
    for (const PlanPair& pair : body.plan.pairs) {
        run.pairs.emplace_back().pair = pair;
        if (pair.source)
            run.devices.push_back({*pair.source, Role::Source, {}, 0, {}});
        if (pair.destination)
            run.devices.push_back({*pair.destination, Role::Destination, {}, 0, {}});
    }
    return run;
}

void end(RunMetrics& run, const Event& event, const event::RunEnd& body) {
    run.outcome = body.outcome;
    run.reason = body.reason;
    run.ended = event.time;
    for (DeviceMetrics& device : run.devices) {
        if (const auto state = body.states.find(device.device); state != body.states.end())
            device.finalState = state->second;
    }
}

} // namespace

std::string phaseWord(PhaseName name) {
    switch (name) {
    case PhaseName::Stop:
        return "stop";
    case PhaseName::Save:
        return "save";
    case PhaseName::Load:
        return "load";
    case PhaseName::Resume:
        return "resume";
    case PhaseName::Wait:
        break;
    }
    return "wait";
}

MetricsFold::MetricsFold() = default;
MetricsFold::~MetricsFold() = default;
MetricsFold::MetricsFold(MetricsFold&& other) noexcept = default;
MetricsFold::MetricsFold(const MetricsFold& other) : runs_(other.runs_), lost_(other.lost_) {
    for (const auto& [run, working] : other.working_)
        working_.emplace(run, std::make_unique<Working>(*working));
}
MetricsFold& MetricsFold::operator=(MetricsFold other) noexcept {
    std::swap(runs_, other.runs_);
    std::swap(working_, other.working_);
    std::swap(lost_, other.lost_);
    return *this;
}

void MetricsFold::apply(const Event& event) {
    if (const auto* lost = std::get_if<event::Lost>(&event.body))
        lost_ += lost->count;
    if (!event.run)
        return;
    if (const auto* body = std::get_if<event::RunBegin>(&event.body)) {
        auto working = std::make_unique<Working>();
        working->index = runs_.size();
        working->pairs.resize(body->plan.pairs.size());
        runs_.push_back(begin(*event.run, event, *body));
        working_[*event.run] = std::move(working);
        return;
    }
    const auto found = working_.find(*event.run);
    if (found == working_.end())
        return; // its beginning is not in this recording, so neither are the roles
    Working& working = *found->second;
    RunMetrics& run = runs_[working.index];

    if (const auto* stream = std::get_if<event::Stream>(&event.body))
        working.saves[stream->stream] = stream->save;
    else if (const auto* arc = std::get_if<event::ArcEnd>(&event.body); arc && arc->stream)
        working.saves[*arc->stream] = isSaving(arc->to);

    if (const auto* body = std::get_if<event::RunEnd>(&event.body)) {
        end(run, event, *body);
    } else if (event.device) {
        for (std::size_t i = 0; i < run.pairs.size(); ++i) {
            PairMetrics& pair = run.pairs[i];
            if (pair.pair.source == event.device || pair.pair.destination == event.device)
                applyToPair(pair, working.pairs[i], event, working.saves);
        }
        if (const auto said = stateSaid(event)) {
            for (DeviceMetrics& device : run.devices) {
                if (device.device == *event.device)
                    device.finalState = *said;
            }
        }
    }
    computeRun(run, working.pairs);
}

Distribution distributionOf(std::vector<Ns> values) {
    Distribution result;
    result.count = values.size();
    if (values.empty())
        return result;
    std::sort(values.begin(), values.end());
    const auto rank = [&](std::size_t percent) {
        return values[(values.size() * percent + 99) / 100 - 1]; // nearest rank: the ceiling
    };
    result.minimum = values.front();
    result.p50 = rank(50);
    result.p90 = rank(90);
    result.p99 = rank(99);
    result.maximum = values.back();
    return result;
}

} // namespace migscope
