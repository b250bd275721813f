// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Phases add up exactly, as integers: each is what its stamps enclose, less what another phase claims of it.
#include "core/transfer/pair_phases.h"

#include <algorithm>

namespace migscope {
namespace {

/// The part of [from, to] that the pair spent at barriers.
Ns waited(const PairWork& work, Ns from, Ns to) {
    Ns sum{0};
    for (const auto& wait : work.waits)
        sum += std::max(Ns{0}, std::min(wait.to, to) - std::max(wait.from, from));
    return std::min(sum, std::max(to - from, Ns{0}));
}

bool drains(PlanKind kind) {
    return kind == PlanKind::Save || kind == PlanKind::Discard;
}

void computePhases(PairMetrics& pair, const PairWork& work, PlanKind kind) {
    const Stamps& at = pair.stamps;
    pair.phases.clear();
    Ns waits{0};
    const auto between = [&](Ns from, Ns to) {
        const Ns wait = waited(work, from, to);
        waits += wait;
        return to - from - wait;
    };
    const bool loadsWhileSaving = kind == PlanKind::Migrate && pair.pair.destination;
    Ns early{0};
    if (at.t0 && at.t1)
        pair.phases.push_back(
            {PhaseName::Stop, work.stopInside ? std::nullopt : std::optional(between(*at.t0, *at.t1))});
    if (at.t1 && at.t2) {
        const Ns window = between(*at.t1, *at.t2);
        if (loadsWhileSaving)
            early = std::clamp(work.destinationInSave, Ns{0}, std::max(window, Ns{0}));
        pair.phases.push_back({PhaseName::Save, window - early});
    }
    const std::optional<Ns> loadFrom = pair.pair.source ? at.t2 : work.loadBegun;
    if (loadFrom && at.t3)
        pair.phases.push_back({PhaseName::Load, between(*loadFrom, *at.t3) + early});
    if (at.t3 && at.t4)
        pair.phases.push_back(
            {PhaseName::Resume, work.resumeInside ? std::nullopt : std::optional(between(*at.t3, *at.t4))});
    else if (drains(kind) && at.t2 && work.returned)
        pair.phases.push_back({PhaseName::Resume, between(*at.t2, *work.returned)});
    if (!work.waits.empty())
        pair.phases.push_back({PhaseName::Wait, waits});
}

void computePair(RunMetrics& run, PairMetrics& pair, const PairWork& work) {
    const PlanKind kind = run.plan ? run.plan->kind : PlanKind::Migrate;
    computePhases(pair, work, kind);
    const Stamps& at = pair.stamps;
    const bool counts = !run.outcome || *run.outcome == RunOutcome::Ok;
    pair.downtime.reset();
    pair.blackout.reset();
    pair.downtimeError = Ns{0};
    if (at.t0)
        pair.downtimeError = at.t0CallLength;
    if (counts && at.t0 && at.t4)
        pair.downtime = *at.t4 - *at.t0;
    else if (at.t0 && work.returned)
        pair.blackout = *work.returned - *at.t0;
}

bool belongsTo(PhaseName phase, Role role) {
    const bool sources = phase == PhaseName::Stop || phase == PhaseName::Save || phase == PhaseName::Wait;
    return sources == (role == Role::Source);
}

void computeDevices(RunMetrics& run) {
    std::size_t next = 0;
    const auto fill = [&](const PairMetrics& pair, Role role, bool only) {
        DeviceMetrics& device = run.devices[next++];
        device.stateBytes = pair.stateBytes;
        device.phases.clear();
        for (const Phase& phase : pair.phases) {
            if (only || belongsTo(phase.name, role))
                device.phases.push_back(phase);
        }
    };
    for (const PairMetrics& pair : run.pairs) { // in the order in which the devices were listed
        const bool both = pair.pair.source && pair.pair.destination;
        if (pair.pair.source)
            fill(pair, Role::Source, !both);
        if (pair.pair.destination)
            fill(pair, Role::Destination, !both);
    }
}

} // namespace

void computeRun(RunMetrics& run, const std::vector<PairWork>& works) {
    run.downtime.reset();
    run.blackout.reset();
    run.downtimeError = Ns{0};
    run.phases.clear();
    run.stateBytes = 0;
    std::optional<Ns> first;    // min t0
    std::optional<Ns> lastEnd;  // max t4
    std::optional<Ns> lastBack; // max of the sources' return
    bool allBack = true;
    bool allEnded = !run.pairs.empty();
    const PairMetrics* critical = nullptr;
    Ns criticalEnd{0};
    for (std::size_t i = 0; i < run.pairs.size(); ++i) {
        PairMetrics& pair = run.pairs[i];
        computePair(run, pair, works[i]);
        run.stateBytes += pair.stateBytes;
        const Stamps& at = pair.stamps;
        if (at.t0 && (!first || *at.t0 < *first)) {
            first = at.t0;
            run.downtimeError = at.t0CallLength;
        }
        if (pair.downtime)
            lastEnd = std::max(lastEnd.value_or(*at.t4), *at.t4);
        else
            allEnded = false;
        if (at.t0 && works[i].returned)
            lastBack = std::max(lastBack.value_or(*works[i].returned), *works[i].returned);
        else if (at.t0)
            allBack = false;
        const std::optional<Ns> ended = at.t4 ? at.t4 : works[i].returned;
        if (!critical || (ended && *ended > criticalEnd)) {
            critical = &pair;
            criticalEnd = ended.value_or(Ns{0});
        }
    }
    if (first && lastEnd && allEnded)
        run.downtime = *lastEnd - *first;
    else if (first && lastBack && allBack)
        run.blackout = *lastBack - *first;
    if (critical) {
        run.phases = critical->phases;
        const Ns late = run.downtime && critical->stamps.t0 ? *critical->stamps.t0 - *first : Ns{0};
        if (late > Ns{0}) {
            const auto wait = std::find_if(run.phases.begin(), run.phases.end(),
                                           [](const Phase& phase) { return phase.name == PhaseName::Wait; });
            if (wait == run.phases.end())
                run.phases.push_back({PhaseName::Wait, late});
            else if (wait->duration)
                *wait->duration += late;
        }
    }
    computeDevices(run);
}

} // namespace migscope
