// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of several sets of runs against each other.
#include "core/transfer/compare.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/transfer/report_values.h"

namespace migscope {
namespace {

void addOnce(std::vector<std::string>& list, std::string value) {
    if (std::find(list.begin(), list.end(), value) == list.end())
        list.push_back(std::move(value));
}

std::vector<Caution> cautionsOf(const ComparedSide& base, const ComparedSide& other) {
    std::vector<Caution> found;
    if (base.simulated != other.simulated)
        found.push_back(Caution::SimulatedAgainstReal);
    if (base.plans != other.plans)
        found.push_back(Caution::OtherPlan);
    if (base.workloads != other.workloads)
        found.push_back(Caution::OtherWorkload);
    if (base.kernels != other.kernels)
        found.push_back(Caution::OtherKernel);
    if (base.counted < base.runs || other.counted < other.runs)
        found.push_back(Caution::FailedRuns);
    return found;
}

ComparedTo compareTo(const ComparedSide& base, ComparedSide other) {
    ComparedTo made;
    for (const Figure figure : allFigures()) {
        const auto ours = base.values.find(figure);
        const auto theirs = other.values.find(figure);
        if (ours == base.values.end() || theirs == other.values.end())
            continue;
        made.figures.push_back({figure, differenceOf(ours->second, theirs->second)});
    }
    made.cautions = cautionsOf(base, other);
    made.side = std::move(other);
    return made;
}

} // namespace

void addRuns(ComparedSide& side, const Recording& recording, bool withoutFirst) {
    const RecordingHeader& header = recording.header();
    side.simulated = side.simulated || header.simulated;
    addOnce(side.workloads, reportWorkload(header));
    addOnce(side.kernels, header.kernel);
    const auto& runs = recording.metrics().runs();
    for (std::size_t at = withoutFirst && runs.size() > 1 ? 1 : 0; at < runs.size(); ++at) {
        const RunMetrics& run = runs[at];
        ++side.runs;
        if (run.plan)
            addOnce(side.plans,
                    fmt::format("{} ({})", planKindWord(run.plan->kind), copyModeWord(run.plan->mode)));
        if (!counts(run))
            continue;
        ++side.counted;
        for (const Figure figure : allFigures()) {
            if (const auto value = valueOf(run, figure))
                side.values[figure].push_back(*value);
        }
    }
}

const ComparedFigure* ComparedTo::judged() const {
    for (const Figure wanted : {Figure::Downtime, Figure::Blackout, Figure::Total}) {
        for (const ComparedFigure& each : figures) {
            if (each.figure == wanted)
                return &each;
        }
    }
    return nullptr;
}

Comparison compareSides(ComparedSide base, std::vector<ComparedSide> others) {
    Comparison made;
    made.base = std::move(base);
    for (ComparedSide& other : others)
        made.others.push_back(compareTo(made.base, std::move(other)));
    return made;
}

std::string_view findingWord(const ComparedFigure& figure) {
    const Better better = betterOf(figure.figure);
    switch (figure.difference.finding) {
    case Finding::TooFew:
        return "too few to tell";
    case Finding::NoDifference:
        return "no difference seen";
    case Finding::Lower:
        return better == Better::Neither ? "fewer" : better == Better::Lower ? "faster" : "slower";
    case Finding::Higher:
        return better == Better::Neither ? "more" : better == Better::Lower ? "slower" : "faster";
    }
    return "";
}

bool isWorse(const ComparedFigure& figure) {
    const Better better = betterOf(figure.figure);
    return (figure.difference.finding == Finding::Higher && better == Better::Lower) ||
           (figure.difference.finding == Finding::Lower && better == Better::Higher);
}

std::string_view cautionId(Caution caution) {
    switch (caution) {
    case Caution::SimulatedAgainstReal:
        return "simulated-against-real";
    case Caution::OtherPlan:
        return "other-plan";
    case Caution::OtherWorkload:
        return "other-workload";
    case Caution::OtherKernel:
        return "other-kernel";
    case Caution::FailedRuns:
        return "failed-runs";
    }
    return "";
}

} // namespace migscope
