// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A plan on opened devices, recorded: what `save`, `load` and `migrate` have in common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "core/transfer/kernel_log_feed.h"
#include "core/transfer/plan.h"
#include "core/transfer/recorder.h"
#include "core/transfer/transfer_run.h"

namespace migscope::cli {

/// What became of a plan. The recording is there whenever the devices came open.
struct PlanEnd {
    std::optional<Failure> failure;
    std::shared_ptr<const Recording> recording;
    std::optional<RunResult> result;
    std::vector<Standing> standings;
};

/// *Thread-bound.*
class PlanWork {
public:
    PlanWork(Context& context, Host& host);

    /// Opens the devices, in this order (device i of the recording).
    [[nodiscard]] std::optional<Failure> open(const std::vector<const Device*>& devices);
    [[nodiscard]] const Capabilities& probe(std::size_t device) const { return probes_[device]; }
    [[nodiscard]] const RecordingHeader& header() const { return header_; }
    /// Runs the plan, brings every device back, closes it, and finishes the recording.
    [[nodiscard]] PlanEnd run(Plan plan, RunFiles files);
    /// Without a run: brings back, closes, and says so in `failure`.
    [[nodiscard]] PlanEnd giveUp(Failure failure);
    void leaveIfHung(ExitCode code) { work_.leaveIfHung(code); }

private:
    void watchKernelLog(const std::vector<const Device*>& devices);
    [[nodiscard]] std::optional<Failure> startRecorder();
    [[nodiscard]] std::optional<Failure> carryOut(Plan plan, RunFiles files, PlanEnd& end);
    [[nodiscard]] Failure runFailure(const Error& error, const RunFiles& files) const;
    [[nodiscard]] std::string progressText(const RunProgress& progress);

    Context& context_;
    Host& host_;
    DeviceWork work_;
    RecordingHeader header_;
    std::vector<const Device*> devices_;
    std::vector<Capabilities> probes_;
    std::unique_ptr<Recorder> recorder_;
    std::unique_ptr<KernelLogWatch> kernelLog_; ///< speaks into work_
    std::uint64_t rateBytes_ = 0;
    Ns rateTime_{0};
    std::string rateText_;
};

/// The hook that carries out --hook, on the worker's thread; its output goes to standard error.
[[nodiscard]] std::function<void(const std::string&)>
makeHook(const std::vector<std::pair<std::string, std::string>>& hooks, Console& console);

} // namespace migscope::cli
