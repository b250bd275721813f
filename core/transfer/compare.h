// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Are these runs slower than those? Figures of several sets of runs, with what chance makes of them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/transfer/recording.h"
#include "core/transfer/run_figures.h"
#include "core/transfer/statistics.h"

namespace migscope {

/// Runs that are taken as measurements of one thing.
struct ComparedSide {
    std::string name;
    bool simulated = false;
    std::size_t runs = 0;               ///< all of them
    std::size_t counted = 0;            ///< those that ended ok: only their figures are compared
    std::vector<std::string> workloads; ///< what differs between its recordings stands here once each
    std::vector<std::string> plans;     ///< "migrate (stop-copy)"
    std::vector<std::string> kernels;
    std::map<Figure, std::vector<double>> values;
};

/// Adds the runs of a recording. `withoutFirst` leaves its first run out, whose effects are those of a cold
/// start; a recording with one run keeps it.
void addRuns(ComparedSide& side, const Recording& recording, bool withoutFirst = false);

struct ComparedFigure {
    Figure figure{};
    Difference difference;
};

/// Why a difference may not be what it looks like. Each is a fact about the two sides.
enum class Caution { SimulatedAgainstReal, OtherPlan, OtherWorkload, OtherKernel, FailedRuns };

struct ComparedTo {
    ComparedSide side;
    std::vector<ComparedFigure> figures; ///< those that both sides have, in the order of allFigures()
    std::vector<Caution> cautions;
    /// Downtime; without one blackout; without one the whole run. nullopt: no figure in common.
    [[nodiscard]] const ComparedFigure* judged() const;
};

struct Comparison {
    ComparedSide base;
    std::vector<ComparedTo> others;
};

/// *Reentrant.* The same sides give the same answer, bootstrap included.
[[nodiscard]] Comparison compareSides(ComparedSide base, std::vector<ComparedSide> others);

/// "slower", "faster", "more", "fewer", "no difference seen", "too few to tell".
[[nodiscard]] std::string_view findingWord(const ComparedFigure& figure);
/// The figure is worse than the base's, and not by chance.
[[nodiscard]] bool isWorse(const ComparedFigure& figure);
/// A stable id: "other-plan" …
[[nodiscard]] std::string_view cautionId(Caution caution);

/// For people: the verdict first, then the table.
[[nodiscard]] std::string compareText(const Comparison& comparison);
/// Schema migscope.compare/1, one line.
[[nodiscard]] std::string compareJson(const Comparison& comparison);

/// A figure's value as people read it: "412 ms", "300.0 MiB", "1.21 GiB/s", "3".
[[nodiscard]] std::string figureText(FigureUnit unit, double value);

} // namespace migscope
