// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A plan carried out, watched and recorded.
#include "app/cli/plan_work.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope::cli {

PlanWork::PlanWork(Context& context, Host& host)
    : context_(context)
    , host_(host)
    , work_(*host.backend, context.console, *context.interrupts,
            {context.options.maxStuck, context.options.detailCalls})
    ,
    // Before the devices open: what they do then belongs to the recording, after its t0.
    header_(makeHeader(host.backend->clock(), host.topology.simulated, {})) {
    header_.detail = context.options.detailCalls ? "calls" : "arcs";
}

std::optional<Failure> PlanWork::open(const std::vector<const Device*>& devices) {
    watchKernelLog(devices);
    for (const Device* device : devices) {
        const auto opened = work_.open(device->name);
        if (!opened)
            return openFailure(host_, *device, opened.error());
        devices_.push_back(device);
        probes_.push_back(opened->capabilities.value_or(Capabilities{}));
        header_.devices.push_back(recordedDevice(*device, &probes_.back()));
        if (probes_.back().protocol != Protocol::V2)
            return noMigrationFailure(host_, *device, probes_.back());
        if (probes_.back().needsReset)
            return foundUnusableFailure(*device, "begin a transfer", probes_.back());
    }
    return std::nullopt;
}

/// From before the first open, which resets a function and makes drivers talk.
void PlanWork::watchKernelLog(const std::vector<const Device*>& devices) {
    if (context_.options.record.empty())
        return;
    std::vector<LogSubject> subjects;
    for (const Device* device : devices)
        subjects.push_back(logSubject(*device));
    auto watch = feedKernelLog(*host_.backend, subjects, work_.events());
    if (watch) {
        kernelLog_ = std::move(*watch);
        return;
    }
    work_.events().push(kernelLogMissing(work_.clock().now(), watch.error()));
    context_.console.note(fmt::format("migscope-cli: the recording has no lines of the kernel's log: {}",
                                      describe(watch.error())));
}

std::optional<Failure> PlanWork::startRecorder() {
    auto recorder = cli::startRecorder(context_.options, work_, header_, true);
    if (!recorder)
        return std::move(recorder.error());
    recorder_ = std::move(*recorder);
    return std::nullopt;
}

Failure PlanWork::runFailure(const Error& error, const RunFiles& files) const {
    auto about = [&](const std::string& path) {
        return !path.empty() && path != "-" && error.where.starts_with(escapeText(path));
    };
    const bool onDevice =
        std::ranges::any_of(devices_, [&](const Device* device) { return error.where == device->name; });
    const bool isFile =
        !onDevice && (about(files.savePath) || about(files.loadPath) || error.is(Errc::Damaged));
    Failure failure = actFailure({}, error, isFile ? Stage::File : Stage::Device);
    if (error.is(Errc::Refused))
        failure.call.clear();
    for (const Device* device : devices_) {
        if (error.where == device->name || devices_.size() == 1)
            failure.device = device->name;
    }
    if (failure.device.empty() && !devices_.empty() && !isFile)
        failure.device = devices_.front()->name;
    return failure;
}

std::string PlanWork::progressText(const RunProgress& progress) {
    // The rate of about the last half second: of the whole run it would hide a stall.
    if (progress.elapsed - rateTime_ >= std::chrono::milliseconds(500) || progress.movedBytes < rateBytes_) {
        if (progress.movedBytes >= rateBytes_ && progress.elapsed > rateTime_)
            rateText_ = formatRate(progress.movedBytes - rateBytes_, progress.elapsed - rateTime_);
        rateBytes_ = progress.movedBytes;
        rateTime_ = progress.elapsed;
    }
    std::string text = progress.runs > 1 ? fmt::format("run {} of {}: ", progress.run, progress.runs) : "";
    text += fmt::format("{} · {}", progress.phase, formatBytes(progress.movedBytes));
    if (progress.expectedBytes)
        text += fmt::format(" of about {}", formatBytes(*progress.expectedBytes));
    if (!rateText_.empty())
        text += fmt::format(" · {}", rateText_);
    return text + fmt::format(" · {}", formatDuration(progress.elapsed));
}

std::optional<Failure> PlanWork::carryOut(Plan plan, RunFiles files, PlanEnd& end) {
    header_.plan = plan;
    if (auto failure = startRecorder())
        return failure;
    const RunFiles named = files;
    auto run = TransferRun::start(work_.clock(), work_.sessions(), work_.events(), std::move(plan),
                                  std::move(files));
    if (!run)
        return runFailure(run.error(), named);
    const bool ended = work_.waitFor(
        [&](Ns deadline) {
            end.result = (*run)->wait(deadline);
            return end.result.has_value();
        },
        [&] { (*run)->cancel(); }, [&] { return progressText((*run)->progress()); });
    if (!ended) {
        // The run is left as it is: destroying it would wait for the thread that is in the kernel.
        [[maybe_unused]] const TransferRun* left = run->release();
        for (const DeviceSession* session : work_.sessions()) {
            const SessionState state = session->state();
            const Ns now = work_.clock().now();
            if (state.stuckText(now).empty())
                continue;
            return actFailure(session->device(),
                              Error{make_error_code(Errc::Stuck), state.call, session->device(),
                                    fmt::format("the call has not returned for {} (process {}, thread {})",
                                                formatDuration(now - state.callSince.value_or(now)),
                                                ::getpid(), state.thread)},
                              Stage::Device);
        }
        return actFailure({}, Error{make_error_code(Errc::Stuck), "wait for the run", {}, {}}, Stage::Device);
    }
    if (end.result->outcome == RunOutcome::Ok)
        return std::nullopt;
    const Errc fallback = end.result->outcome == RunOutcome::Cancelled ? Errc::Cancelled : Errc::Refused;
    Failure failure = runFailure(
        end.result->error.value_or(Error{make_error_code(fallback), "run the plan", {}, {}}), named);
    if (const auto stuck = work_.interrupted(); stuck && end.result->outcome != RunOutcome::Ok) {
        failure = actFailure(stuck->where, *stuck, Stage::Device);
    } else if (end.result->outcome == RunOutcome::Cancelled && work_.cancelled()) {
        tellCancelled(failure);
    } else if (end.result->outcome == RunOutcome::Cancelled) {
        failure.code = ExitCode::NoAccess;
        failure.device = work_.askedBack();
        failure.devices.emplace_back(failure.device, "closed");
        failure.error.detail = "the kernel asked for a device of this run, so it was brought back and closed";
        failure.next = "migscope-cli list shows what became of it";
    }
    return failure;
}

PlanEnd PlanWork::run(Plan plan, RunFiles files) {
    PlanEnd end;
    end.failure = carryOut(std::move(plan), std::move(files), end);
    end.standings = work_.end();
    kernelLog_.reset(); // with what was logged until the devices closed
    work_.events().close();
    if (recorder_) {
        auto recording = recorder_->finish();
        if (recording)
            end.recording = std::move(*recording);
        else if (!end.failure)
            end.failure = actFailure({}, recording.error(), Stage::File);
        else
            context_.console.note(fmt::format("migscope-cli: {}", describe(recording.error())));
    }
    tellEnd(end.failure, false, end.standings);
    return end;
}

PlanEnd PlanWork::giveUp(Failure failure) {
    PlanEnd end;
    end.standings = work_.end();
    tellStandings(failure, end.standings);
    end.failure = std::move(failure);
    return end;
}

} // namespace migscope::cli
