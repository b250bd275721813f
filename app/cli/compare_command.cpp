// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `compare`: runs of several recordings against each other.
#include <fmt/format.h>

#include <utility>

#include "app/cli/command.h"
#include "core/base/escape.h"
#include "core/transfer/compare.h"

namespace migscope::cli {
namespace {

/// Adds a recording's runs; what is to be said about the file goes to standard error.
std::optional<Failure> add(Context& context, ComparedSide& side, const std::string& path) {
    const auto recording = loadRecording(path);
    if (!recording)
        return actFailure({}, recording.error(), Stage::File);
    addRuns(side, **recording, context.options.withoutFirst);
    for (const std::string& note : (*recording)->notes)
        context.console.note(escapeText(path) + ": " + note);
    return std::nullopt;
}

/// Worse than the baseline, and not by chance.
std::optional<Failure> worseFailure(const Comparison& comparison) {
    for (const ComparedTo& other : comparison.others) {
        const ComparedFigure* judged = other.judged();
        if (judged == nullptr || !isWorse(*judged))
            continue;
        const FigureUnit unit = unitOf(judged->figure);
        Failure failure;
        failure.code = ExitCode::OverBudget;
        failure.error = Error{{},
                              "worse than the baseline",
                              escapeText(other.side.name),
                              fmt::format("{} {} against {}", figureId(judged->figure),
                                          figureText(unit, judged->difference.otherMedian),
                                          figureText(unit, judged->difference.baseMedian))};
        failure.next = "see the table for which phase takes the time";
        return failure;
    }
    return std::nullopt;
}

} // namespace

ExitCode runCompare(Context& context) {
    const Options& options = context.options;
    std::vector<std::string> paths = options.recordings;
    std::string basePath = options.baseline;
    if (basePath.empty()) {
        basePath = paths.front();
        paths.erase(paths.begin());
    }
    ComparedSide base;
    base.name = basePath;
    if (auto failure = add(context, base, basePath))
        return report(context, *failure);
    std::vector<ComparedSide> others;
    for (const std::string& path : paths) {
        if (others.empty() || !options.pool) {
            others.emplace_back();
            others.back().name =
                options.pool && paths.size() > 1 ? fmt::format("{} recordings", paths.size()) : path;
        }
        if (auto failure = add(context, others.back(), path))
            return report(context, *failure);
    }
    const Comparison comparison = compareSides(std::move(base), std::move(others));
    context.console.print(options.json ? compareJson(comparison) + "\n" : compareText(comparison));
    if (!options.baseline.empty()) {
        if (const auto failure = worseFailure(comparison)) {
            context.console.note("migscope-cli: " +
                                 failureLine(*failure)); // the document on standard output is the comparison
            return failure->code;
        }
    }
    return ExitCode::Ok;
}

} // namespace migscope::cli
