// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one run of a host session: begun, followed, ended; the thread of the window never waits for it.
#include "ui/words.h"

#include <algorithm>
#include <utility>

#include "ui/host_parts.h"
#include "ui/run_words.h"

namespace migscope {

std::vector<RunCandidate> HostSession::runCandidates() const {
    std::vector<RunCandidate> candidates;
    if (!topology_)
        return candidates;
    for (const Device& device : topology_->devices) {
        if (!isOpen(device.name) && verdict(device).kind == VerdictKind::NotMigratable)
            continue;
        RunCandidate candidate;
        candidate.name = device.name;
        candidate.label = device.label.empty() ? deviceKindText(device) : shown(device.label);
        candidate.driver = device.driver;
        candidate.pciId = recordedDevice(device, nullptr).pciId;
        candidate.canOpen = backend_->canOpen();
        candidate.open = isOpen(device.name);
        if (const SessionState* known = state(device.name); known != nullptr) {
            candidate.phase = known->phase;
            candidate.capabilities = known->capabilities;
            candidate.state = known->state;
            candidate.needsReset = known->needsReset;
            candidate.handedOver = known->handedOver;
        }
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

Result<void> HostSession::startRun(const RunRequest& request) {
    if (runActive())
        return fail(Errc::JobRunning, "run", requestWords(request).toStdString(),
                    "a run is under way: " + requestWords(run_->request).toStdString());
    run_ = RunStatus{};
    run_->request = request;
    run_->since = now();
    auto begun = beginRun(request);
    if (begun) {
        run_->running = true;
        run_->progress = active_->transfer->progress();
        run_->source = active_->journal->source();
        // Nobody may read "idle" of a session that lent its device.
        for (const std::string& device : request.devices())
            static_cast<void>(update(device, *opened_.at(device)));
    } else {
        run_->error = begun.error();
    }
    emit runChanged();
    wake();
    return begun;
}

Result<void> HostSession::beginRun(const RunRequest& request) {
    std::vector<DeviceSession*> sessions;
    for (const std::string& device : request.devices()) {
        const auto found = opened_.find(device);
        if (found == opened_.end())
            return fail(Errc::Refused, "run", device, "the device is not open: open it first");
        sessions.push_back(found->second->session.get());
    }
    const Plan plan = request.plan();
    RecordingHeader header = headerFor(request.devices());
    for (RecordedDevice& device : header.devices)
        device.workload = request.workload.empty() ? "none" : request.workload;
    header.detail = request.recordCalls ? "calls" : "arcs";
    header.plan = plan;
    const std::string first = request.devices().front();
    auto journal = startJournal(header, first, QStringLiteral("run-") + shown(first), requestWords(request));
    if (!journal)
        return std::unexpected(journal.error());
    RunFiles files;
    files.savePath = request.kind == PlanKind::Save ? request.path : std::string();
    files.loadPath = request.kind == PlanKind::Load ? request.path : std::string();
    files.raw = request.raw;
    files.overwrite = request.overwrite;
    files.recordCalls = request.recordCalls;
    files.header.simulated = header.simulated;
    files.header.tool = header.tool;
    files.header.driver = header.devices.front().driver;
    files.header.pciId = header.devices.front().pciId;
    files.header.kernel = header.kernel;
    files.header.realtimeNs = header.realtime.count();
    auto transfer = TransferRun::start(backend_->clock(), std::move(sessions), (*journal)->sink(), plan,
                                       std::move(files));
    if (!transfer) {
        finishInBackground(*journal, false, first);
        return std::unexpected(transfer.error());
    }
    active_ = std::make_unique<ActiveRun>(ActiveRun{std::move(*journal), std::move(*transfer)});
    return {};
}

void HostSession::cancelRun() {
    if (!active_ || run_->cancelling)
        return;
    run_->cancelling = true;
    active_->transfer->cancel();
    emit runChanged();
    wake();
}

bool HostSession::updateRun() {
    if (!active_)
        return false;
    const std::shared_ptr<Journal> journal = active_->journal;
    static_cast<void>(follow(*journal, true, run_->request.devices().front()));
    if (!active_)
        return true; // ended by what a signal led to
    run_->progress = active_->transfer->progress();
    run_->stuck.clear();
    for (const std::string& device : run_->request.devices()) {
        const SessionState* known = state(device);
        if (known != nullptr && known->phase == SessionPhase::Stuck && run_->stuck.isEmpty())
            run_->stuck = tr("%1 is %2").arg(shortName(device), shown(known->stuckText(now())));
    }
    if (active_->transfer->finished())
        concludeRun();
    emit runChanged();
    return true;
}

void HostSession::concludeRun() {
    const auto ended = std::exchange(active_, nullptr);
    run_->result = ended->transfer->wait(now()); // it has finished: this does not wait
    run_->error = run_->result ? run_->result->error : std::nullopt;
    run_->running = false;
    run_->stuck.clear();
    ended->journal->recorder()->look([this](const Recording& recording) { takeFigures(recording); });
    finishInBackground(ended->journal, true, run_->request.devices().front());
    // Whoever hears of the end reads where the devices stand now.
    for (const std::string& device : run_->request.devices()) {
        if (const auto found = opened_.find(device); found != opened_.end())
            static_cast<void>(update(device, *found->second));
    }
}

void HostSession::takeFigures(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
    const bool whole = !runs.empty() && runs.back().ended.has_value();
    run_->metrics = whole ? runs : std::vector<RunMetrics>{};
}

} // namespace migscope
