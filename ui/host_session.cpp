// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The machine that the window shows: its backend, what was found on it, and the devices opened on it.
#include "ui/host_session.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "ui/host_parts.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr int liveIntervalMs = 33;
constexpr int idleIntervalMs = 1000;
/// The recorder hands events over at least every 50 ms: so many ticks after the last change nothing is late.
constexpr int quietTicksUntilRest = 10;

bool isBusy(SessionPhase phase) {
    return phase == SessionPhase::Working || phase == SessionPhase::Stuck || phase == SessionPhase::Lent;
}

} // namespace

HostSession::HostSession(BackendFactory factory, QString stateFolder, QObject* parent)
    : QObject(parent)
    , factory_(std::move(factory))
    , stateFolder_(std::move(stateFolder))
    , discovery_(background_)
    , outside_(background_)
    , postbox_(this) {
    timer_.setInterval(liveIntervalMs);
    connect(&timer_, &QTimer::timeout, this, &HostSession::tick);
    idleTimer_.setInterval(idleIntervalMs);
    connect(&idleTimer_, &QTimer::timeout, this, &HostSession::releaseIdle);
    connect(&outside_, &OutsideWatch::changed, this, &HostSession::outsideChanged);
    connect(&discovery_, &Discovery::begun, this, &HostSession::scanChanged);
    connect(&discovery_, &Discovery::ended, this, &HostSession::scanChanged);
    connect(&discovery_, &Discovery::found, this, &HostSession::takeTopology);
    connect(&discovery_, &Discovery::failed, this, &HostSession::takeScanError);
}

HostSession::~HostSession() {
    postbox_.close();
    shutdown(std::chrono::seconds(2));
    // Nobody took them: they live on all the same. Without memory for that the program may as well end.
    if (!leftovers_.empty())
        static_cast<void>(new auto(std::move(leftovers_))); // NOLINT(bugprone-unhandled-exception-at-new)
}

std::vector<std::shared_ptr<void>> HostSession::takeLeftovers() {
    return std::exchange(leftovers_, {});
}

Result<void> HostSession::use(const std::string& spec) {
    auto made = factory_(spec);
    if (!made)
        return std::unexpected(made.error());
    forgetMachine();
    spec_ = spec;
    backend_ = std::move(*made);
    backend_->listen([postbox = postbox_, this](const std::string& device) {
        postbox.post([this, device] { onAskedBack(device); });
    });
    emit backendChanged();
    refresh();
    return {};
}

void HostSession::refresh() {
    if (backend_)
        discovery_.start(backend_);
}

void HostSession::watchFromOutside(const std::string& device) {
    const Device* known = topology_ ? topology_->find(device) : nullptr;
    // One that we drive ourselves is not watched: the kernel would take each look between two of our calls.
    const bool ours = isOpen(device) || isChecked(device) || isHeld(device);
    const bool told = known != nullptr && !ours && !known->holders.empty() && known->debugfs &&
                      known->debugfs->migrationFolder;
    outside_.watch(told ? backend_ : nullptr, told ? device : std::string());
}

const Result<MigState>* HostSession::fromOutside(const std::string& device) const {
    return outside_.last() && outside_.device() == device ? &*outside_.last() : nullptr;
}

void HostSession::takeTopology(const std::shared_ptr<const Topology>& topology) {
    // What a device answered holds for the driver that answered.
    const auto same = [&](const std::string& device) {
        const Device* before = topology_ ? topology_->find(device) : nullptr;
        const Device* now = topology->find(device);
        return before == nullptr || (now != nullptr && now->driver == before->driver);
    };
    std::erase_if(last_, [&](const auto& known) { return !same(known.first) && !isOpen(known.first); });
    std::erase_if(checks_, [&](const auto& known) { return !same(known.first) && !known.second.running; });
    topology_ = topology;
    scanError_.reset();
    emit topologyChanged();
}

void HostSession::takeScanError(const Error& error) {
    scanError_ = error;
    emit topologyChanged();
}

const SessionState* HostSession::state(const std::string& device) const {
    const auto found = last_.find(device);
    return found == last_.end() ? nullptr : &found->second;
}

std::vector<std::string> HostSession::openDevices() const {
    std::vector<std::string> names;
    for (const auto& [device, opened] : opened_)
        names.push_back(device);
    return names;
}

std::vector<std::string> HostSession::devicesToBringBack() const {
    std::vector<std::string> names;
    for (const auto& [device, opened] : opened_) {
        const SessionState& state = last_.at(device);
        if (state.phase == SessionPhase::Idle && state.capabilities &&
            state.capabilities->protocol == Protocol::V2 && state.state != MigState::Running)
            names.push_back(device);
    }
    return names;
}

const Capabilities* HostSession::capabilities(const std::string& device) const {
    const SessionState* known = state(device);
    return known != nullptr && known->capabilities ? &*known->capabilities : nullptr;
}

Verdict HostSession::verdict(const Device& device) const {
    const SessionState* known = state(device.name);
    const bool openFailed = known != nullptr && known->error && !known->capabilities;
    Verdict verdict =
        judge(*topology_, device, capabilities(device.name), openFailed ? &*known->error : nullptr);
    // What stands in the way now comes before what it could.
    const bool foundSo = !verdict.reasons.empty() && verdict.reasons.front().id == "found-not-running";
    if (known != nullptr && isOpen(device.name) && known->needsReset && known->state && !foundSo)
        verdict.reasons.insert(
            verdict.reasons.begin(),
            Reason{"needs-reset", {{"state", stateName(*known->state)}, {"device", device.name}}});
    return verdict;
}

std::vector<MigState> HostSession::asked(const std::string& device) const {
    const auto found = opened_.find(device);
    return found == opened_.end() ? std::vector<MigState>{} : found->second->asked;
}

QString HostSession::journalPath(const std::string& device) const {
    const auto found = opened_.find(device);
    return found == opened_.end() ? QString() : found->second->journal->path();
}

void HostSession::openDevice(const std::string& device) {
    if (!backend_ || opened_.contains(device))
        return;
    if (isChecked(device)) {
        emit jobRefused(device, fail(Errc::JobRunning, "open", device, "it is being checked").error());
        return;
    }
    if (isHeld(device)) {
        emit jobRefused(device, fail(Errc::Refused, "open", device, std::string(heldText)).error());
        return;
    }
    RecordingHeader header = headerFor({device});
    header.detail = "calls"; // by hand there are few, and they are the evidence
    auto journal = startJournal(header, device, shown(device), tr("%1, by hand").arg(shortName(device)));
    if (!journal) {
        emit jobRefused(device, journal.error());
        return;
    }
    auto opened = std::make_unique<Opened>();
    opened->journal = std::move(*journal);
    DeviceSession::Options options;
    options.recordCalls = true;
    opened->session = std::make_unique<DeviceSession>(*backend_, device, opened->journal->sink(), 0, options);
    opened->session->onChange([postbox = postbox_, this] { postbox.post([this] { wake(); }); });
    last_.erase(device);
    last_[device].device = device;
    opened_[device] = std::move(opened);
    if (idleRelease_.count() > 0)
        idleTimer_.start();
    post(device, job::Open{});
}

void HostSession::post(const std::string& device, Job job) {
    const auto found = opened_.find(device);
    if (found == opened_.end())
        return;
    const bool close = std::holds_alternative<job::Close>(job);
    if (const auto done = found->second->session->post(std::move(job)); !done)
        emit jobRefused(device, done.error());
    else if (close)
        found->second->closing = true;
    static_cast<void>(update(device, *found->second)); // nobody may read "idle" of a session with a job
    wake();
}

void HostSession::step(const std::string& device, MigState goal, bool combined) {
    if (const auto found = opened_.find(device); found != opened_.end())
        found->second->asked.push_back(goal);
    post(device, job::Step{goal, combined});
}

void HostSession::reset(const std::string& device) {
    post(device, job::Reset{});
}
void HostSession::bringBack(const std::string& device) {
    post(device, job::BringBack{});
}
void HostSession::release(const std::string& device) {
    post(device, job::Close{});
}

void HostSession::drain(const std::string& device) {
    post(device, job::Drain{});
}
void HostSession::saveStream(const std::string& device, const std::string& path, bool raw) {
    post(device, job::SaveStream{path, raw});
}
void HostSession::loadStream(const std::string& device, const std::string& path) {
    post(device, job::LoadStream{path});
}

void HostSession::logDma(const std::string& device, const job::DmaLog& job) {
    post(device, job);
}
void HostSession::measureDma(const std::string& device, const job::DmaCost& job) {
    post(device, job);
}

void HostSession::cancel(const std::string& device) {
    if (const auto found = opened_.find(device); found != opened_.end())
        found->second->session->cancel();
}

void HostSession::onAskedBack(const std::string& device) {
    if (device.empty()) {
        refresh();
        return;
    }
    if (isChecked(device)) {
        cancelCheck();
        emit askedBack(device);
        return;
    }
    const auto found = opened_.find(device);
    if (found == opened_.end())
        return;
    found->second->closing = true;
    found->second->session->askedBack(backend_->name());
    emit askedBack(device);
    wake();
}

void HostSession::wake() {
    quietTicks_ = 0;
    if (!timer_.isActive() && (!opened_.empty() || checking_)) {
        timer_.start();
        tick();
    }
}

bool HostSession::update(const std::string& device, Opened& opened) {
    SessionState state = opened.session->state();
    const SessionState before = last_[device];
    const bool changed = state.revision != before.revision || state.phase != before.phase;
    const bool live = isBusy(state.phase);
    if (state.phase == SessionPhase::Closed && !state.error && !state.capabilities)
        state.capabilities = before.capabilities; // what it answered stays true after its release
    const bool begun = state.capabilities.has_value();
    last_[device] = std::move(state); // also the clock of a call moves on
    const std::shared_ptr<Journal> journal = opened.journal;
    const bool grew = follow(*journal, begun, device);
    if (changed)
        emit sessionChanged(device);
    return live || changed || grew;
}

void HostSession::tick() {
    bool live = false;
    for (const std::string& device : openDevices()) {
        const auto found = opened_.find(device);
        if (found == opened_.end())
            continue; // released by what a signal led to
        live |= update(device, *found->second);
        const auto still = opened_.find(device);
        if (still == opened_.end())
            continue;
        const SessionState& state = last_[device];
        if (state.phase == SessionPhase::Closed && (state.error || still->second->closing)) {
            retire(device);
            live = true;
        }
    }
    live |= updateRun();
    live |= updateCheck();
    emit ticked();
    quietTicks_ = live ? 0 : quietTicks_ + 1;
    if ((opened_.empty() && !active_ && !checking_) || quietTicks_ > quietTicksUntilRest)
        timer_.stop();
}

void HostSession::retire(const std::string& device) {
    auto opened = std::move(opened_.at(device));
    opened_.erase(device);
    opened->session.reset(); // closed: its worker waits for nothing
    const SessionState& last = last_[device];
    const bool keep = last.capabilities.has_value() || !last.error || opened->journal->hasEvents();
    finishInBackground(opened->journal, keep, device);
    emit sessionChanged(device);
    refresh(); // the last close resets the function, and whoever else waits may have it now
}

void HostSession::setIdleRelease(std::chrono::minutes after) {
    idleRelease_ = after;
    if (after.count() > 0 && !opened_.empty())
        idleTimer_.start();
    else
        idleTimer_.stop();
}

void HostSession::releaseIdle() {
    if (opened_.empty())
        idleTimer_.stop();
    for (const std::string& device : openDevices()) {
        const auto found = opened_.find(device);
        if (found == opened_.end())
            continue;
        Opened& opened = *found->second;
        const SessionState state = opened.session->state();
        const bool v2 = state.capabilities && state.capabilities->protocol == Protocol::V2;
        const bool rests = state.phase == SessionPhase::Idle && (!v2 || state.state == MigState::Running);
        if (!rests || opened.closing) {
            opened.idleSince.reset();
        } else if (!opened.idleSince || opened.idleRevision != state.revision) {
            opened.idleSince = now();
            opened.idleRevision = state.revision;
        } else if (now() - *opened.idleSince >= idleRelease_) {
            opened.idleSince.reset();
            emit idleReleased(device);
            release(device);
        }
    }
}

} // namespace migscope
