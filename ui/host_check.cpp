// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one compliance check of a host session: begun, followed, ended; the thread of the window never waits.
#include <algorithm>
#include <utility>

#include "ui/host_parts.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr int givenUpIntervalMs = 1000;

/// The device, and its peer where there is one.
std::vector<std::string> devicesOf(const CheckRequest& request) {
    std::vector<std::string> devices{request.device.device};
    if (request.peer)
        devices.push_back(request.peer->device);
    return devices;
}

} // namespace

const CheckStatus* HostSession::check(const std::string& device) const {
    const auto found = checks_.find(device);
    return found == checks_.end() ? nullptr : &found->second;
}

const CheckStatus* HostSession::activeCheck() const {
    return checking_ ? check(checking_->device) : nullptr;
}

bool HostSession::isChecked(const std::string& device) const {
    const CheckStatus* active = activeCheck();
    return active != nullptr && (active->request.device.device == device ||
                                 (active->request.peer && active->request.peer->device == device));
}

bool HostSession::isHeld(const std::string& device) const {
    return std::ranges::any_of(givenUp_, [&](const std::shared_ptr<GivenUpCheck>& left) {
        // Another simulated machine has devices of its own; this host has the same.
        const bool here =
            left->backend == backend_ || (backend_ && !backend_->simulated() && !left->backend->simulated());
        return here && std::ranges::find(left->devices, device) != left->devices.end() &&
               !left->session->wait(Ns{0});
    });
}

void HostSession::lookAtGivenUp() {
    const std::size_t before = givenUp_.size();
    std::erase_if(givenUp_, [](const auto& left) { return left->session->wait(Ns{0}); });
    if (givenUp_.size() != before)
        refresh(); // whoever listens reads what may be opened again
    if (!givenUp_.empty())
        QTimer::singleShot(givenUpIntervalMs, this, &HostSession::lookAtGivenUp);
}

Result<void> HostSession::mayCheck(const CheckRequest& request) const {
    const std::string& device = request.device.device;
    if (checking_)
        return fail(Errc::JobRunning, "check", device, checking_->device + " is being checked");
    if (!topology_ || !backend_->canOpen())
        return fail(Errc::Refused, "check", device, "the devices of this machine cannot be opened");
    for (const CheckTarget* target : {&request.device, request.peer ? &*request.peer : nullptr}) {
        if (target == nullptr)
            continue;
        if (topology_->find(target->device) == nullptr)
            return fail(Errc::NotFound, "check", target->device, "there is no such device any more");
        if (isHeld(target->device))
            return fail(Errc::Refused, "check", target->device, std::string(heldText));
        if (isOpen(target->device))
            return fail(Errc::Refused, "check", target->device,
                        "it is open here, and a check opens it itself: release it first");
    }
    if (const auto chosen = selectChecks(request); !chosen)
        return std::unexpected(chosen.error());
    return {};
}

Result<void> HostSession::startCheck(const CheckRequest& request) {
    if (auto may = mayCheck(request); !may)
        return may;
    const std::string device = request.device.device;
    RecordingHeader header = headerFor(devicesOf(request));
    header.detail = "calls"; // they are the evidence
    auto journal = startJournal(header, device, QStringLiteral("check-") + shown(device),
                                tr("%1, compliance check").arg(shortName(device)));
    if (!journal)
        return std::unexpected(journal.error());
    CheckStatus status;
    status.request = request;
    status.running = true;
    status.since = now();
    status.source = (*journal)->source();
    status.document.simulated = backend_->simulated();
    status.document.tool = header.tool;
    status.document.host = header.hostName;
    status.document.kernel = topology_->host.kernelRelease;
    status.document.device = device;
    status.document.driver = request.device.driver;
    status.document.peer = request.peer ? request.peer->device : std::string();
    struct Kept {
        std::shared_ptr<Backend> backend;
        std::shared_ptr<Journal> journal;
    };
    auto session = std::make_unique<CheckSession>(*backend_, request, &(*journal)->sink(),
                                                  std::make_shared<Kept>(Kept{backend_, *journal}));
    checks_[device] = std::move(status);
    checking_ = std::make_unique<ActiveCheck>(
        ActiveCheck{device, std::move(*journal), std::move(session), CallPatience(mostOfACall_)});
    emit checkChanged(device);
    wake();
    return {};
}

void HostSession::cancelCheck() {
    if (!checking_)
        return;
    CheckStatus& status = checks_.at(checking_->device);
    if (std::exchange(status.cancelling, true))
        return;
    checking_->session->cancel();
    emit checkChanged(checking_->device);
}

/// False: the call does not return, not even when it is interrupted.
bool HostSession::lookAtCall(CheckStatus& status) {
    const CallUnderWay& call = status.progress.call;
    const Ns age = now() - call.since;
    status.stuck.clear();
    if (!call.op.empty() && age >= CallPatience::tellAfter) {
        const bool peer = call.device == 1 && status.request.peer;
        status.stuck = tr("%1 is stuck in %2 for %3 (thread %4)")
                           .arg(shortName(peer ? status.request.peer->device : status.request.device.device),
                                shown(call.op), clockText(age))
                           .arg(call.thread);
    }
    switch (checking_->patience.look(call, now(), status.cancelling)) {
    case CallPatience::Act::Interrupt:
        checking_->session->giveUpCall(call.since);
        break;
    case CallPatience::Act::Abandon:
        return false;
    case CallPatience::Act::Wait:
    case CallPatience::Act::Tell:
        break;
    }
    return true;
}

bool HostSession::updateCheck() {
    if (!checking_)
        return false;
    const std::string device = checking_->device;
    const std::shared_ptr<Journal> journal = checking_->journal;
    const bool over = checking_->session->wait(Ns{0}); // only looks
    const CheckProgress progress = checking_->session->progress();
    // A device that does not come open leaves no recording.
    static_cast<void>(follow(*journal, progress.flags.raw() != 0, device));
    if (!checking_ || checking_->journal != journal)
        return true; // ended by what a signal led to
    CheckStatus& status = checks_.at(device);
    const std::size_t before = status.progress.done;
    const std::string_view idBefore = status.progress.id;
    const QString stuckBefore = status.stuck;
    status.progress = progress;
    if (over) {
        concludeCheck(status, checking_->session->report());
        return true;
    }
    if (!lookAtCall(status)) {
        status.abandoned = leftBehind_ = true;
        CheckReport report = checking_->session->abandoned();
        checking_->session->cancel(); // should it come back: nothing more is asked
        givenUp_.push_back(std::make_shared<GivenUpCheck>(
            GivenUpCheck{backend_, journal, std::move(checking_->session), devicesOf(status.request)}));
        leftovers_.push_back(givenUp_.back());
        QTimer::singleShot(givenUpIntervalMs, this, &HostSession::lookAtGivenUp);
        concludeCheck(status, std::move(report));
        return true;
    }
    status.document.report.flags = status.progress.flags;
    std::vector<CheckResult>& results = status.document.report.results;
    for (CheckResult& result : checking_->session->resultsFrom(results.size()))
        results.push_back(std::move(result));
    if (status.progress.done != before || status.progress.id != idBefore || status.stuck != stuckBefore)
        emit checkChanged(device);
    return true;
}

void HostSession::concludeCheck(CheckStatus& status, CheckReport report) {
    const auto ended = std::exchange(checking_, nullptr);
    status.running = false;
    status.stuck.clear();
    status.document.report = std::move(report);
    // What the list of runs shows is kept, also when it did not come to a check.
    const bool keep = !status.document.report.results.empty() || ended->journal->announced;
    if (!keep)
        status.source.reset();
    finishInBackground(ended->journal, keep, ended->device);
    emit checkChanged(ended->device);
    refresh(); // its close has reset the function, and whoever else waits may have it now
}

void HostSession::leaveCheck(std::chrono::milliseconds patience) {
    if (!checking_)
        return;
    CheckStatus& status = checks_.at(checking_->device);
    const bool back = status.stuck.isEmpty() && checking_->session->wait(now() + patience);
    auto ended = std::exchange(checking_, nullptr);
    status.running = false;
    status.document.report = back ? ended->session->report() : ended->session->abandoned();
    finishInBackground(ended->journal, true, ended->device);
    if (back)
        return;
    // A thread that the kernel holds may still come back to these: they outlive everything.
    status.abandoned = leftBehind_ = true;
    givenUp_.push_back(std::make_shared<GivenUpCheck>(
        GivenUpCheck{backend_, ended->journal, std::move(ended->session), devicesOf(status.request)}));
    leftovers_.push_back(givenUp_.back());
    QTimer::singleShot(givenUpIntervalMs, this, &HostSession::lookAtGivenUp);
}

} // namespace migscope
