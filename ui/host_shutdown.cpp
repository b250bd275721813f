// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The end of a host session, or of its machine: what answers is released, what does not is left behind alive.
#include <algorithm>
#include <utility>

#include "ui/host_parts.h"

namespace migscope {

void HostSession::forgetMachine() {
    if (!backend_)
        return;
    const std::string checked = checking_ ? checking_->device : std::string();
    shutdown(std::chrono::seconds(1));
    discovery_.forget();
    outside_.watch(nullptr, {});
    topology_.reset();
    scanError_.reset();
    last_.clear();
    run_.reset();
    checks_.clear();
    backend_.reset();
    emit runChanged();
    if (!checked.empty())
        emit checkChanged(checked); // there is none
    emit topologyChanged();
}

bool HostSession::shutdown(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    if (backend_)
        backend_->listen({});
    timer_.stop();
    const auto left = [&] {
        return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(
                                                          until - std::chrono::steady_clock::now()));
    };
    if (checking_)
        checking_->session->cancel(); // it comes back while the others do
    if (active_)
        active_->transfer->cancel(); // both ends at once: they come back together
    std::vector<std::unique_ptr<DeviceSession>> stuckOnes;
    std::vector<std::shared_ptr<Journal>> journals;
    for (auto& [device, opened] : opened_) {
        const bool stuck = opened->session->state().phase == SessionPhase::Stuck;
        if (!opened->session->release(stuck ? std::chrono::milliseconds(0) : left()))
            stuckOnes.push_back(std::move(opened->session));
        opened->session.reset();
        // The journal, whatever the kernel holds: what happened until now must be on disk.
        finishInBackground(opened->journal, true, device);
        journals.push_back(opened->journal);
    }
    opened_.clear();
    if (active_) {
        finishInBackground(active_->journal, true, run_->request.devices().front());
        journals.push_back(active_->journal);
        run_->running = false;
    }
    leaveBehind(std::move(stuckOnes), std::move(journals));
    leaveCheck(left());
    if (!background_.waitIdle(std::max(left(), std::chrono::milliseconds(300))))
        leftBehind_ = true;
    return !leftBehind_;
}

void HostSession::leaveBehind(std::vector<std::unique_ptr<DeviceSession>> stuck,
                              std::vector<std::shared_ptr<Journal>> journals) {
    auto run = std::exchange(active_, nullptr);
    if (stuck.empty())
        return; // the run has ended too: its workers have
    // A thread that the kernel holds may still come back to these: they outlive everything.
    leftBehind_ = true;
    struct Left {
        std::shared_ptr<Backend> backend;
        std::vector<std::shared_ptr<Journal>> journals;
        std::unique_ptr<ActiveRun> run;
        std::vector<std::unique_ptr<DeviceSession>> sessions;
    };
    leftovers_.push_back(
        std::make_shared<Left>(Left{backend_, std::move(journals), std::move(run), std::move(stuck)}));
}

} // namespace migscope
