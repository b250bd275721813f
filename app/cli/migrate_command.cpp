// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `migrate`: one device or several to others, or onto themselves, measured.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/plan_work.h"
#include "core/base/byte_size.h"

namespace migscope::cli {
namespace {

/// The devices of a plan in recording order, and the pairs of indexes into them.
struct Ends {
    std::vector<const Device*> devices;
    std::vector<PlanPair> pairs;
    bool loopback = false;
};

OrFailure<Ends> findEnds(const Host& host, const Options& options) {
    Ends ends;
    auto wrong = [](std::string text, std::string next) {
        return std::unexpected(actFailure(
            {}, Error{make_error_code(Errc::InvalidArgument), "read the devices", {}, std::move(text)},
            Stage::Usage, std::move(next)));
    };
    std::size_t loops = 0;
    auto add = [&](const Device* device) -> std::optional<int> {
        if (std::ranges::find(ends.devices, device) != ends.devices.end())
            return std::nullopt;
        ends.devices.push_back(device);
        return static_cast<int>(ends.devices.size()) - 1;
    };
    for (std::size_t i = 0; i < options.sources.size(); ++i) {
        const auto source = findDevice(host, options.sources[i]);
        if (!source)
            return std::unexpected(source.error());
        const auto destination = findDevice(host, options.destinations[i]);
        if (!destination)
            return std::unexpected(destination.error());
        const auto from = add(*source);
        const bool loop = *source == *destination;
        const auto to = loop ? from : add(*destination);
        if (!from || !to)
            return wrong(fmt::format("{} is named twice", (from ? *destination : *source)->name),
                         "name every device once");
        loops += loop ? 1 : 0;
        ends.pairs.push_back({from, to});
    }
    if (loops != 0 && loops != ends.pairs.size())
        return wrong("loopbacks and migrations in one run", "run them one after the other");
    ends.loopback = loops != 0;
    return ends;
}

/// Exit 4: the worst downtime of the runs against --budget.
std::optional<Failure> overBudget(const Options& options, const Recording& recording) {
    if (!options.budget)
        return std::nullopt;
    std::optional<Ns> worst;
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (run.downtime && (!worst || *run.downtime > *worst))
            worst = run.downtime;
    }
    if (worst && *worst <= *options.budget)
        return std::nullopt;
    Failure failure;
    failure.code = ExitCode::OverBudget;
    failure.error = Error{{},
                          "over budget",
                          {},
                          fmt::format("downtime {}, budget {}", worst ? formatDuration(*worst) : "unknown",
                                      formatDuration(*options.budget))};
    failure.next = "see the phases for what takes the time";
    return failure;
}

} // namespace

ExitCode runMigrate(Context& context) {
    const Options& options = context.options;
    if (!options.record.empty() && options.record != "-") {
        if (auto failure = checkTarget(options.record, options.force, "create"))
            return report(context, *failure);
    }
    auto host = lookAtHost(options, false);
    if (!host)
        return report(context, host.error());
    auto ends = findEnds(*host, options);
    if (!ends)
        return report(context, ends.error());

    PlanWork work(context, *host);
    PlanEnd end;
    if (auto failure = work.open(ends->devices)) {
        end = work.giveUp(std::move(*failure));
    } else {
        Plan plan;
        plan.kind = ends->loopback ? PlanKind::Loopback : PlanKind::Migrate;
        plan.mode = options.mode;
        plan.pairs = ends->pairs;
        plan.limits = options.limits;
        plan.runs = options.runs;
        RunFiles files;
        files.hook = makeHook(options.hooks, context.console);
        end = work.run(std::move(plan), std::move(files));
    }
    if (!end.failure && end.recording)
        end.failure = overBudget(options, *end.recording);

    ExitCode code = ExitCode::Ok;
    const bool ran = end.recording && !end.recording->metrics().runs().empty();
    const bool measured = ran && (!end.failure || end.failure->code == ExitCode::OverBudget);
    if (options.json) {
        // Over budget is a finding about a run that went well: its report is the answer.
        if (measured)
            context.console.print(reportJson(*end.recording) + "\n");
        else
            code = report(context, *end.failure, {nullptr, ran ? reportJson(*end.recording) : std::string()});
    } else if (ran) {
        if (options.record == "-")
            context.console.note(reportText(*end.recording));
        else
            context.console.print(reportText(*end.recording));
    }
    if (end.failure && (measured || !options.json)) {
        context.console.note(fmt::format("migscope-cli: {}", failureLine(*end.failure)));
        code = end.failure->code;
    }
    work.leaveIfHung(code);
    return code;
}

} // namespace migscope::cli
