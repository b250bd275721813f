// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a run.
#include "core/transfer/run_figures.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace migscope {
namespace {

struct Described {
    Figure figure;
    std::string_view id;
    FigureUnit unit;
    Better better;
};

constexpr std::array described{
    Described{Figure::Downtime, "downtime", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Blackout, "blackout", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Stop, "stop", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Save, "save", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Load, "load", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Resume, "resume", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::Wait, "wait", FigureUnit::Nanoseconds, Better::Lower},
    Described{Figure::StateBytes, "state-bytes", FigureUnit::Bytes, Better::Neither},
    Described{Figure::StopCopyBytes, "stop-copy-bytes", FigureUnit::Bytes, Better::Neither},
    Described{Figure::PrecopyBytes, "pre-copy-bytes", FigureUnit::Bytes, Better::Neither},
    Described{Figure::PrecopyRounds, "pre-copy-rounds", FigureUnit::Count, Better::Neither},
    Described{Figure::SourceRate, "source-rate", FigureUnit::BytesPerSecond, Better::Higher},
    Described{Figure::DestinationRate, "destination-rate", FigureUnit::BytesPerSecond, Better::Higher},
    Described{Figure::Total, "total", FigureUnit::Nanoseconds, Better::Lower},
};

const Described& of(Figure figure) {
    return described.at(static_cast<std::size_t>(figure));
}

std::optional<double> number(const std::optional<Ns>& time) {
    if (!time)
        return std::nullopt;
    return static_cast<double>(time->count());
}

std::optional<double> phase(const RunMetrics& run, PhaseName name) {
    for (const Phase& each : run.phases) {
        if (each.name == name)
            return number(each.duration);
    }
    return std::nullopt;
}

/// Of the pairs whose stream was seen; nullopt when none was: a count that is not known is no 0.
template<class Of>
std::optional<double> sum(const RunMetrics& run, Of of) {
    std::optional<double> total;
    for (const PairMetrics& pair : run.pairs) {
        if (pair.streamSeen)
            total = total.value_or(0) + static_cast<double>(of(pair));
    }
    return total;
}

std::optional<double> rate(const RunMetrics& run, Ns PairMetrics::* time) {
    const auto bytes = sum(run, [](const PairMetrics& pair) { return pair.stateBytes; });
    const auto spent = sum(run, [time](const PairMetrics& pair) { return (pair.*time).count(); });
    if (!bytes || !spent || *spent <= 0)
        return std::nullopt;
    return *bytes * 1e9 / *spent;
}

} // namespace

const std::vector<Figure>& allFigures() {
    static const std::vector<Figure> all = [] {
        std::vector<Figure> made;
        for (const Described& each : described)
            made.push_back(each.figure);
        return made;
    }();
    return all;
}

std::string_view figureId(Figure figure) {
    return of(figure).id;
}

FigureUnit unitOf(Figure figure) {
    return of(figure).unit;
}

Better betterOf(Figure figure) {
    return of(figure).better;
}

std::optional<double> valueOf(const RunMetrics& run, Figure figure) {
    switch (figure) {
    case Figure::Downtime:
        return number(run.downtime);
    case Figure::Blackout:
        return number(run.blackout);
    case Figure::Stop:
        return phase(run, PhaseName::Stop);
    case Figure::Save:
        return phase(run, PhaseName::Save);
    case Figure::Load:
        return phase(run, PhaseName::Load);
    case Figure::Resume:
        return phase(run, PhaseName::Resume);
    case Figure::Wait:
        return phase(run, PhaseName::Wait);
    case Figure::StateBytes:
        return sum(run, [](const PairMetrics& pair) { return pair.stateBytes; });
    case Figure::StopCopyBytes:
        return sum(run, [](const PairMetrics& pair) { return pair.stopCopyBytes; });
    case Figure::PrecopyBytes:
        return sum(run, [](const PairMetrics& pair) { return pair.precopyBytes; });
    case Figure::PrecopyRounds:
        return sum(run, [](const PairMetrics& pair) { return pair.precopyRounds; });
    case Figure::SourceRate:
        return rate(run, &PairMetrics::sourceCallTime);
    case Figure::DestinationRate:
        return rate(run, &PairMetrics::destinationCallTime);
    case Figure::Total:
        if (!run.ended)
            return std::nullopt;
        return static_cast<double>((*run.ended - run.begun).count());
    }
    return std::nullopt;
}

bool counts(const RunMetrics& run) {
    return run.outcome == RunOutcome::Ok;
}

} // namespace migscope
