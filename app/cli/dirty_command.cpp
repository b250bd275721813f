// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `dirty`: DMA logging of one device over given ranges, or its cost by their size.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/dirty_output.h"
#include "core/base/byte_size.h"
#include "core/transfer/recorder.h"

namespace migscope::cli {
namespace {

/// So many rounds a document holds: an hour of 20 a second.
constexpr std::size_t mostLines = 72'000;

class DirtyDrive {
public:
    DirtyDrive(Context& context, Host& host, const Device& device)
        : context_(context)
        , host_(host)
        , device_(device)
        , work_(*host.backend, context.console, *context.interrupts, {context.options.maxStuck, false})
        // Before the device opens: what it does then belongs to the recording, after its t0.
        , header_(makeHeader(host.backend->clock(), host.topology.simulated, {})) {
        document_.simulated = host.topology.simulated;
        document_.device = device.name;
        document_.sweep = context.options.sweep;
        document_.ranges = context.options.ranges;
        document_.interval = context.options.sweep ? Ns{0} : context.options.interval;
        work_.events().keepDmaLog();
    }

    ExitCode run() {
        auto failure = open();
        if (!failure)
            failure = context_.options.sweep ? sweep() : log();
        return finish(std::move(failure));
    }

private:
    std::optional<Failure> open();
    std::optional<Failure> startRecorder();
    std::optional<Failure> takenAway();
    std::optional<Failure> log();
    std::optional<Failure> sweep();
    std::optional<Failure> finishRecorder();
    void look();
    void take(const Event& event);
    void endRound();
    /// Lines for people: beside a recording on standard output they go to standard error.
    void say(const std::string& text);
    ExitCode finish(std::optional<Failure> failure);

    Context& context_;
    Host& host_;
    const Device& device_;
    DeviceWork work_;
    RecordingHeader header_;
    std::unique_ptr<Recorder> recorder_;
    DirtyFold fold_;
    DirtyDocument document_;
    std::optional<DirtyLine> line_; ///< the round whose reports are coming in
    Ns started_{0};                 ///< return of the last START
    Ns lastEnd_{0};                 ///< since it
};

std::optional<Failure> DirtyDrive::open() {
    const auto opened = work_.open(device_.name);
    if (!opened)
        return openFailure(host_, device_, opened.error());
    const Capabilities probe = opened->capabilities.value_or(Capabilities{});
    if (!probe.dmaLogging) {
        Failure failure = actFailure(
            device_.name,
            Error{make_error_code(Errc::Unsupported), "DMA logging", device_.name,
                  "the device has no DMA logging"},
            Stage::Device, fmt::format("migscope-cli show {} --probe tells what it has", device_.name));
        failure.call.clear(); // no call was made
        return failure;
    }
    header_.devices.push_back(recordedDevice(device_, &probe));
    return startRecorder();
}

std::optional<Failure> DirtyDrive::startRecorder() {
    if (context_.options.record.empty())
        return std::nullopt;
    auto recorder = cli::startRecorder(context_.options, work_, header_, false);
    if (!recorder)
        return std::move(recorder.error());
    recorder_ = std::move(*recorder);
    return std::nullopt;
}

void DirtyDrive::say(const std::string& text) {
    if (context_.options.json || text.empty())
        return;
    if (context_.options.record == "-")
        context_.console.note(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
    else
        context_.console.print(text);
    // As it happens, for who reads from a pipe; an error is kept for the end.
    [[maybe_unused]] const auto written = context_.console.finish();
}

void DirtyDrive::endRound() {
    if (!line_)
        return;
    if (!document_.sweep) {
        say(roundText(*line_));
        if (document_.rounds.size() < mostLines)
            document_.rounds.push_back(*line_);
        else
            ++document_.roundsLeftOut;
    }
    lastEnd_ = line_->end;
    line_.reset();
}

void DirtyDrive::take(const Event& event) {
    const std::uint64_t before = fold_.roundCount();
    fold_.apply(event);
    if (const auto* log = std::get_if<event::DmaLog>(&event.body)) {
        if (log->op == event::DmaLog::Op::Start && log->errnoValue == 0 && log->error.empty()) {
            endRound();
            document_.pageBytes = log->pageBytes;
            started_ = log->returned;
            lastEnd_ = Ns{0};
        }
        return;
    }
    const auto& dirty = std::get<event::Dirty>(event.body);
    if (fold_.roundCount() != before) {
        endRound();
        line_ = DirtyLine{++document_.roundCount, lastEnd_, lastEnd_, 0, 0};
    }
    if (!line_)
        return;
    line_->end = event.time - started_;
    line_->pages += dirty.dirtyPages();
    line_->bytes += dirty.dirtyBytes();
    document_.totalPages += dirty.dirtyPages();
    document_.totalBytes += dirty.dirtyBytes();
    document_.span = line_->end;
}

void DirtyDrive::look() {
    for (const Event& event : work_.events().takeDmaLog())
        take(event);
}

/// The kernel wanted the device back meanwhile: neither a cancel of the user's nor the end that was agreed
/// on.
std::optional<Failure> DirtyDrive::takenAway() {
    if (work_.askedBack().empty())
        return std::nullopt;
    const Error error{make_error_code(Errc::Cancelled), "DMA logging", device_.name,
                      "the kernel asked for the device, so it was brought back and closed"};
    Failure failure =
        actFailure(device_.name, error, Stage::Open, "migscope-cli list shows what became of it");
    failure.code = ExitCode::NoAccess;
    failure.state = "closed";
    return failure;
}

std::optional<Failure> DirtyDrive::log() {
    const Options& options = context_.options;
    job::DmaLog job;
    job.ranges = options.ranges;
    job.pageBytes = options.pageBytes;
    job.interval = options.interval;
    job.rounds = options.dirtyRounds;
    say(fmt::format("{}: DMA logging of {} in {} range{}, a report each {}{}{}\n", device_.name,
                    formatBytes(totalBytes(options.ranges)), options.ranges.size(),
                    options.ranges.size() == 1 ? "" : "s", formatDuration(options.interval),
                    options.dirtyRounds == 0 ? " until Ctrl-C" : "",
                    document_.simulated ? " · SIMULATED" : ""));
    const auto after = work_.perform(0, std::move(job), [this] { look(); });
    look();
    endRound();
    if (auto taken = takenAway())
        return taken;
    if (!after)
        return actFailure(device_.name, after.error(), Stage::Device);
    return std::nullopt;
}

std::optional<Failure> DirtyDrive::sweep() {
    const DmaRange most = context_.options.ranges.front();
    const std::uint64_t page = context_.options.pageBytes;
    if (sweepSizes(most.length, page).empty()) {
        const Error error{make_error_code(Errc::InvalidArgument), "sweep", device_.name,
                          fmt::format("{} is less than the first size", formatBytes(most.length))};
        return actFailure(device_.name, error, Stage::Usage, "name a longer range");
    }
    const auto after =
        work_.perform(0, job::DmaCost{most, page, context_.options.dirtyRounds}, [this] { look(); });
    look();
    endRound();
    if (auto taken = takenAway())
        return taken;
    if (!after)
        return actFailure(device_.name, after.error(), Stage::Device);
    return std::nullopt;
}

std::optional<Failure> DirtyDrive::finishRecorder() {
    work_.events().close();
    if (!recorder_)
        return std::nullopt;
    if (const auto done = recorder_->finish(); !done)
        return actFailure({}, done.error(), Stage::File);
    return std::nullopt;
}

ExitCode DirtyDrive::finish(std::optional<Failure> failure) {
    const std::vector<Standing> standings = work_.end();
    look();
    if (auto unwritten = finishRecorder()) {
        if (failure)
            context_.console.note(fmt::format("migscope-cli: {}", describe(unwritten->error)));
        else
            failure = std::move(unwritten);
    }
    document_.finalState = finalState(standings);
    tellEnd(failure, work_.cancelled() && !work_.gaveUp(), standings);
    ExitCode code = ExitCode::Ok;
    if (!failure || document_.roundCount != 0)
        say(dirtyText(document_, fold_));
    if (failure)
        code = report(context_, *failure);
    else if (context_.options.json)
        context_.console.print(dirtyJson(document_, fold_));
    else
        say(fmt::format("{}: {}, closed\n", device_.name,
                        standings.empty() ? "unknown" : standings.front().text));
    work_.leaveIfHung(code);
    return code;
}

} // namespace

ExitCode runDirty(Context& context) {
    if (const std::string& path = context.options.record; !path.empty() && path != "-") {
        if (auto failure = checkTarget(path, context.options.force, "create"))
            return report(context, *failure);
    }
    auto host = lookAtHost(context.options, false);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, context.options.device);
    if (!device)
        return report(context, device.error());
    DirtyDrive drive(context, *host, **device);
    return drive.run();
}

} // namespace migscope::cli
