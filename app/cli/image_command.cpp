// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `save` and `load`: a device's state into a file, and the proof that a device accepts one.
#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "app/cli/command.h"
#include "app/cli/plan_work.h"
#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope::cli {
namespace {

std::optional<std::uint64_t> sizeOf(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(status.st_size);
}

/// What of the metrics both documents tell.
void tellMetrics(const PlanEnd& end, ImageDocument& document) {
    if (!end.standings.empty() && end.standings.front().state)
        document.finalState = stateName(*end.standings.front().state);
    if (!end.recording || end.recording->metrics().runs().empty())
        return;
    const RunMetrics& run = end.recording->metrics().runs().back();
    document.stateBytes = run.stateBytes;
    document.blackout = run.blackout;
    if (run.ended)
        document.duration = *run.ended - run.begun;
    if (!run.pairs.empty())
        document.precopyBytes = run.pairs.front().precopyBytes;
}

ExitCode finish(Context& context, PlanWork& work, const PlanEnd& end, const std::string& json,
                const std::string& text) {
    ExitCode code = ExitCode::Ok;
    if (end.failure)
        code = report(context, *end.failure);
    else
        context.console.print(context.options.json ? json : text);
    work.leaveIfHung(code);
    return code;
}

bool usedPreCopy(const Recording& recording) {
    for (const Event& event : recording.events()) {
        const auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc != nullptr && arc->to == MigState::PreCopy && arc->errnoValue == 0 && arc->error.empty())
            return true;
    }
    return false;
}

} // namespace

ExitCode runSave(Context& context) {
    const Options& options = context.options;
    if (auto failure = checkTarget(options.file, options.force, "create"))
        return report(context, *failure);
    auto host = lookAtHost(options, false);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, options.device);
    if (!device)
        return report(context, device.error());

    PlanWork work(context, *host);
    PlanEnd end;
    if (auto failure = work.open({*device})) {
        end = work.giveUp(std::move(*failure));
        return finish(context, work, end, {}, {});
    }
    Plan plan;
    plan.kind = PlanKind::Save;
    plan.mode = options.mode;
    plan.limits = options.limits;
    plan.pairs = {{0, std::nullopt}};
    RunFiles files;
    files.savePath = options.file;
    files.raw = options.raw;
    files.overwrite = options.force;
    files.header.simulated = host->topology.simulated;
    files.header.tool = work.header().tool;
    files.header.device = (*device)->name;
    files.header.driver = (*device)->driver;
    files.header.pciId = work.header().devices.front().pciId;
    files.header.flags = work.probe(0).flags.raw();
    files.header.kernel = work.header().kernel;
    files.header.realtimeNs = work.header().realtime.count();
    const bool preCopy = options.mode != CopyMode::StopCopy && work.probe(0).flags.preCopy();
    files.header.mode = preCopy ? "pre-copy" : "stop-copy";
    end = work.run(std::move(plan), std::move(files));

    ImageDocument document;
    document.simulated = host->topology.simulated;
    document.device = (*device)->name;
    document.file = escapeText(options.file);
    document.raw = options.raw;
    tellMetrics(end, document);
    document.fileBytes = sizeOf(options.file);
    if (end.recording)
        document.mode = usedPreCopy(*end.recording) ? "pre-copy" : "stop-copy";
    return finish(
        context, work, end, saveJson(document),
        fmt::format("{}: {} saved to {} ({}{}), dark for {}; {} now{}\n", document.device,
                    document.stateBytes ? formatBytes(*document.stateBytes) : "state of unknown size",
                    document.file, document.mode, options.raw ? ", bare stream" : "",
                    document.blackout ? formatDuration(*document.blackout) : "an unknown time",
                    document.finalState.value_or("unknown"),
                    document.simulated ? " · simulated" : " · idle function"));
}

ExitCode runLoad(Context& context) {
    const Options& options = context.options;
    ImageDocument document;
    // A file is judged as a whole before any device is opened; a pipe can only be judged as it comes.
    if (options.file != "-") {
        const auto image = ImageReader::open(options.file);
        if (!image)
            return report(context, actFailure({}, image.error(), Stage::File));
        document.verified = (*image)->verified();
        document.raw = !(*image)->header();
        if ((*image)->header())
            document.savedFrom = escapeText((*image)->header()->device);
        if (!(*image)->verified())
            context.console.note(fmt::format("{}: a bare stream, not verified: it has no checksums",
                                             escapeText(options.file)));
    }
    auto host = lookAtHost(options, false);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, options.device);
    if (!device)
        return report(context, device.error());

    PlanWork work(context, *host);
    PlanEnd end;
    if (auto failure = work.open({*device})) {
        end = work.giveUp(std::move(*failure));
        return finish(context, work, end, {}, {});
    }
    Plan plan;
    plan.kind = PlanKind::Load;
    plan.pairs = {{std::nullopt, 0}};
    plan.loadThenRun = options.run;
    RunFiles files;
    files.loadPath = options.file;
    end = work.run(std::move(plan), std::move(files));

    document.simulated = host->topology.simulated;
    document.device = (*device)->name;
    document.file = escapeText(options.file);
    document.loadedStateRuns = options.run;
    tellMetrics(end, document);
    return finish(
        context, work, end, loadJson(document),
        fmt::format("{}: accepted {} from {}; {}; {} now{}\n", document.device,
                    document.stateBytes ? formatBytes(*document.stateBytes) : "state of unknown size",
                    options.file == "-" ? "standard input" : document.file,
                    options.run ? "the loaded state runs" : "reset, the loaded state is gone",
                    document.finalState.value_or("unknown"), document.simulated ? " · simulated" : ""));
}

} // namespace migscope::cli
