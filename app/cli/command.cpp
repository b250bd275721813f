// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the commands share, and the way from arguments to an exit code.
#include "app/cli/command.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "app/backends.h"
#include "core/base/escape.h"
#include "core/device/verdict.h"
#include "core/transfer/recorder.h"

namespace migscope::cli {
namespace {

ExitCode dispatch(Context& context) {
    switch (context.options.command) {
    case Command::List:
        return runList(context);
    case Command::Show:
        return runShow(context);
    case Command::Set:
        return runSet(context);
    case Command::Reset:
        return runReset(context);
    case Command::Save:
        return runSave(context);
    case Command::Load:
        return runLoad(context);
    case Command::Diff:
        return runDiff(context);
    case Command::Migrate:
        return runMigrate(context);
    case Command::Report:
        return runReport(context);
    case Command::Compare:
        return runCompare(context);
    case Command::Export:
        return runExport(context);
    case Command::Capture:
        return runCapture(context);
    case Command::Dirty:
        return runDirty(context);
    case Command::Check:
        return runCheck(context);
    case Command::Version:
        return runVersion(context);
    }
    return ExitCode::Usage;
}

std::string filled(const Reason& reason, bool next) {
    const ReasonText& text = reasonText(reason.id);
    std::string line = oneLine(fillTemplate(next ? text.next : text.text, reason.values));
    if (line.ends_with('.'))
        line.pop_back(); // it becomes a part of a longer line
    return line;
}

/// The reason that explains this very error: who holds a busy device, what makes any opening fail, or what
/// the error added to what was known.
const Reason* explanation(const Verdict& without, const Verdict& with, const Error& error) {
    const auto named = [&](std::string_view id) {
        const auto at =
            std::ranges::find_if(with.reasons, [&](const Reason& reason) { return reason.id == id; });
        return at == with.reasons.end() ? nullptr : &*at;
    };
    if (saysInUse(error)) {
        if (const Reason* busy = named("busy"))
            return busy;
    }
    for (const char* id : {"group-not-viable", "noiommu-group"}) {
        if (const Reason* reason = named(id))
            return reason;
    }
    for (const Reason& reason : with.reasons) {
        if (std::ranges::find(without.reasons, reason) == without.reasons.end())
            return &reason;
    }
    return with.reasons.empty() ? nullptr : &with.reasons.front();
}

} // namespace

OrFailure<Host> lookAtHost(const Options& options, bool enriched) {
    auto backend = makeBackend(options.backend);
    if (!backend) {
        const bool isFile = options.backend.starts_with("sim:") || options.backend.starts_with("capture:");
        return std::unexpected(actFailure({}, backend.error(), isFile ? Stage::File : Stage::Usage,
                                          isFile ? "" : fmt::format("--backend {}", backendWords())));
    }
    auto topology = (*backend)->scan();
    if (!topology)
        return std::unexpected(actFailure({}, topology.error(), Stage::Find, "check that /sys is mounted"));
    if (enriched)
        (*backend)->enrich(*topology);
    return Host{std::move(*backend), std::move(*topology)};
}

OrFailure<const Device*> findDevice(const Host& host, const std::string& wanted) {
    auto device = resolveDevice(host.topology, wanted);
    if (!device) {
        std::string list = "migscope-cli list";
        if (host.topology.source != "kernel")
            list = fmt::format("migscope-cli --backend {} list", shellQuote(host.topology.source));
        Failure failure = actFailure({}, device.error(), Stage::Open, list + " names the devices");
        return std::unexpected(std::move(failure));
    }
    return *device;
}

Failure openFailure(Host& host, const Device& device, const Error& error) {
    Failure failure = actFailure(device.name, error, Stage::Open);
    failure.opened = false;
    if (!host.backend->canOpen()) {
        failure.next = "use --backend kernel on the host itself";
        return failure;
    }
    const std::string name = device.name;
    if (!host.topology.enriched)
        host.backend->enrich(host.topology);
    const Device* again = host.topology.find(name);
    if (again == nullptr)
        return failure;
    const Verdict without = judge(host.topology, *again);
    const Verdict with = judge(host.topology, *again, nullptr, &error);
    if (const Reason* reason = explanation(without, with, error)) {
        // The backend may have said it already.
        const std::string text = filled(*reason, false);
        if (failure.error.detail.empty())
            failure.error.detail = text;
        else if (const auto pid = reason->values.find("pid");
                 pid != reason->values.end() && failure.error.detail.find(pid->second) == std::string::npos)
            failure.error.detail += fmt::format("; {}", text);
        if (const std::string next = filled(*reason, true); !next.empty())
            failure.next = next;
    }
    return failure;
}

Failure noMigrationFailure(const Host& host, const Device& device, const Capabilities& probe) {
    Failure failure;
    failure.code = ExitCode::Refused;
    failure.device = device.name;
    failure.error = Error{make_error_code(Errc::Unsupported), "ask for migration", device.name, {}};
    const Verdict verdict = judge(host.topology, device, &probe);
    if (!verdict.reasons.empty()) {
        failure.error.detail = filled(verdict.reasons.front(), false);
        failure.next = filled(verdict.reasons.front(), true);
    }
    return failure;
}

Failure foundUnusableFailure(const Device& device, std::string what, const Capabilities& probe) {
    const std::string found = probe.stateFound ? stateName(*probe.stateFound) : "an unknown state";
    Failure failure = actFailure(device.name,
                                 Error{make_error_code(Errc::Refused), std::move(what), device.name,
                                       fmt::format("found in {}: only a reset is safe", found)},
                                 Stage::Device, fmt::format("migscope-cli reset {}", device.name));
    failure.call.clear(); // no call was made
    failure.foundUnusable = true;
    return failure;
}

Failure actFailure(const std::string& device, const Error& error, Stage stage, std::string next) {
    Failure failure;
    failure.code = exitCodeFor(error, stage);
    failure.error = error;
    failure.device = device;
    if (stage == Stage::Open || stage == Stage::Device)
        failure.call = error.what;
    failure.next = next.empty() ? generalNext(error, stage) : std::move(next);
    return failure;
}

void tellStandings(Failure& failure, const std::vector<Standing>& standings) {
    // A device that was not opened stands where it stood; the others of its run were brought back.
    if (!failure.opened)
        failure.devices.emplace_back(failure.device, std::nullopt);
    for (const Standing& standing : standings) {
        failure.devices.emplace_back(standing.device, standing.text);
        if (failure.device.empty() && standings.size() == 1)
            failure.device = standing.device;
        if (failure.device == standing.device) {
            failure.state = standing.text;
            if (failure.foundUnusable && standing.safe())
                failure.next = "the way out has reset it, so the same command again";
        }
        if (!standing.safe())
            failure.code = ExitCode::DeviceLost;
    }
    // An interrupt freed the call, and the devices came back.
    if (failure.error.is(Errc::Stuck) && !standings.empty() &&
        std::ranges::all_of(standings, &Standing::safe)) {
        failure.code = ExitCode::Refused;
        failure.next = "see the kernel log for the driver; a larger --max-stuck waits longer";
    }
}

void tellCancelled(Failure& failure) {
    failure.code = ExitCode::Cancelled;
    failure.error.what = fmt::format("cancelled: {}", failure.error.what);
    failure.next = "nothing, it was asked for";
}

std::optional<Failure> unsafeFailure(const std::vector<Standing>& standings) {
    const auto lost =
        std::ranges::find_if(standings, [](const Standing& standing) { return !standing.safe(); });
    if (lost == standings.end())
        return std::nullopt;
    Failure failure =
        actFailure(lost->device, Error{make_error_code(Errc::DeviceLost), "bring back", lost->device, {}},
                   Stage::Device, fmt::format("migscope-cli reset {}", lost->device));
    tellStandings(failure, standings);
    return failure;
}

void tellEnd(std::optional<Failure>& failure, bool cancelled, const std::vector<Standing>& standings) {
    if (!failure) {
        failure = unsafeFailure(standings);
        return;
    }
    if (cancelled)
        tellCancelled(*failure);
    tellStandings(*failure, standings);
}

std::optional<std::string> finalState(const std::vector<Standing>& standings) {
    if (standings.empty() || !standings.front().speaksMigration || standings.front().hung ||
        !standings.front().state)
        return std::nullopt;
    return stateName(*standings.front().state);
}

OrFailure<std::unique_ptr<Recorder>> startRecorder(const Options& options, DeviceWork& work,
                                                   const RecordingHeader& header, bool keepInMemory) {
    Recorder::Options wanted;
    wanted.keepInMemory = keepInMemory;
    if (options.record == "-")
        wanted.fd = STDOUT_FILENO;
    else
        wanted.path = options.record;
    if (!wanted.path.empty() && options.force)
        ::unlink(wanted.path.c_str());
    auto recorder = Recorder::start(work.clock(), header, wanted);
    if (!recorder)
        return std::unexpected(actFailure({}, recorder.error(), Stage::File));
    work.events().forwardTo((*recorder)->sink());
    return std::move(*recorder);
}

ExitCode report(Context& context, const Failure& failure, const FailureExtras& extras) {
    if (context.options.json)
        context.console.print(errorJson(failure, extras));
    context.console.note(fmt::format("migscope-cli: {}", failureLine(failure)));
    return failure.code;
}

std::optional<Failure> checkTarget(const std::string& path, bool force, const char* what) {
    struct stat status{};
    const bool exists = ::lstat(path.c_str(), &status) == 0;
    if (exists && !S_ISREG(status.st_mode)) {
        // Replacing it would take a device node or a link of somebody's away: --force does not mean that.
        const auto special =
            migscope::fail(Errc::InvalidArgument, what, escapeText(path), "it exists and is no regular file");
        Failure failure = actFailure({}, special.error(), Stage::File);
        failure.next = "name another file";
        return failure;
    }
    if (exists && !force) {
        const auto inTheWay = failErrno(EEXIST, what, escapeText(path));
        return actFailure({}, inTheWay.error(), Stage::File);
    }
    const std::size_t slash = path.rfind('/');
    const std::string folder =
        slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        const auto refused = failErrno(errno, what, escapeText(path));
        return actFailure({}, refused.error(), Stage::File);
    }
    return std::nullopt;
}

int runCli(const std::vector<std::string>& arguments, std::FILE* out, std::FILE* err) {
    Console console(out, err);
    const Parsed parsed = parseOptions(arguments);
    if (const auto* help = std::get_if<HelpText>(&parsed)) {
        console.print(help->text);
        return console.finish() ? 0 : static_cast<int>(ExitCode::File);
    }
    Options options;
    if (const auto* usage = std::get_if<UsageError>(&parsed)) {
        options.json = usage->json;
        Context context{options, console, nullptr};
        const Error error{{}, usage->text, {}, {}};
        Failure failure = actFailure({}, error, Stage::Usage, usage->next);
        return static_cast<int>(report(context, failure));
    }
    options = std::get<Options>(parsed);
    // A reader that goes away is an error of writing, told by the exit code, not a sudden death with a device
    // open.
    ::signal(SIGPIPE, SIG_IGN);
    std::optional<Interrupts> interrupts;
    if (touchesDevice(options))
        interrupts.emplace();
    Context context{options, console, interrupts ? &*interrupts : nullptr};
    ExitCode code = dispatch(context);
    if (const auto written = console.finish(); !written && code == ExitCode::Ok) {
        console.note(fmt::format("migscope-cli: {}", describe(written.error())));
        code = ExitCode::File;
    }
    return static_cast<int>(code);
}

} // namespace migscope::cli
