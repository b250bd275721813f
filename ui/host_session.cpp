// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The machine that the window shows: its backend, what was found on it, and the devices opened on it.
#include "ui/host_session.h"

#include <QDateTime>
#include <QDir>
#include <QFile>

#include <algorithm>
#include <thread>
#include <utility>

#include "ui/words.h"

namespace migscope {
namespace {

constexpr int liveIntervalMs = 50;
/// The recorder hands events over at least every 50 ms: so many ticks after the last change nothing is late.
constexpr int quietTicksUntilRest = 8;

bool isBusy(SessionPhase phase) {
    return phase == SessionPhase::Working || phase == SessionPhase::Stuck || phase == SessionPhase::Lent;
}

} // namespace

struct HostSession::Opened {
    std::unique_ptr<Recorder> recorder; // before the session, which pushes into it until it is gone
    std::unique_ptr<DeviceSession> session;
    QString path;
    Ns start{0};
    std::size_t cursor = 0;
    std::vector<MigState> asked;
    bool closing = false;
    bool journalFailed = false;
};

HostSession::HostSession(BackendFactory factory, QString stateFolder, QObject* parent)
    : QObject(parent)
    , factory_(std::move(factory))
    , stateFolder_(std::move(stateFolder))
    , discovery_(background_)
    , postbox_(this) {
    timer_.setInterval(liveIntervalMs);
    connect(&timer_, &QTimer::timeout, this, &HostSession::tick);
    connect(&discovery_, &Discovery::begun, this, &HostSession::scanChanged);
    connect(&discovery_, &Discovery::ended, this, &HostSession::scanChanged);
    connect(&discovery_, &Discovery::found, this, &HostSession::takeTopology);
    connect(&discovery_, &Discovery::failed, this, &HostSession::takeScanError);
}

HostSession::~HostSession() {
    postbox_.close();
    shutdown(std::chrono::seconds(2));
    if (!leftovers_.empty()) // nobody took them: they live on all the same
        static_cast<void>(new auto(std::move(leftovers_)));
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

void HostSession::forgetMachine() {
    if (!backend_)
        return;
    shutdown(std::chrono::seconds(1));
    discovery_.forget();
    topology_.reset();
    scanError_.reset();
    last_.clear();
    backend_.reset();
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
    for (auto& [device, opened] : opened_) {
        const bool stuck = opened->session->state().phase == SessionPhase::Stuck;
        const bool answered = opened->session->release(stuck ? std::chrono::milliseconds(0) : left());
        if (answered)
            opened->session.reset();
        // The journal, whatever the kernel holds: what happened until now must be on disk.
        auto recorder = std::shared_ptr<Recorder>(std::move(opened->recorder));
        background_.run([recorder] { static_cast<void>(recorder->finish()); });
        if (!answered) {
            // A thread that the kernel holds may still come back to these: they outlive everything.
            leftBehind_ = true;
            struct Left {
                std::shared_ptr<Backend> backend;
                std::shared_ptr<Recorder> recorder;
                std::unique_ptr<DeviceSession> session;
            };
            leftovers_.push_back(
                std::make_shared<Left>(Left{backend_, recorder, std::move(opened->session)}));
        }
    }
    opened_.clear();
    if (!background_.waitIdle(std::max(left(), std::chrono::milliseconds(300))))
        leftBehind_ = true;
    return !leftBehind_;
}

void HostSession::refresh() {
    if (backend_)
        discovery_.start(backend_);
}

void HostSession::takeTopology(const std::shared_ptr<const Topology>& topology) {
    // What a device answered holds for the driver that answered.
    for (auto it = last_.begin(); it != last_.end();) {
        const Device* before = topology_ ? topology_->find(it->first) : nullptr;
        const Device* now = topology->find(it->first);
        const bool same = before == nullptr || (now != nullptr && now->driver == before->driver);
        it = same || opened_.contains(it->first) ? std::next(it) : last_.erase(it);
    }
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
    return judge(*topology_, device, capabilities(device.name), openFailed ? &*known->error : nullptr);
}

std::vector<MigState> HostSession::asked(const std::string& device) const {
    const auto found = opened_.find(device);
    return found == opened_.end() ? std::vector<MigState>{} : found->second->asked;
}

QString HostSession::journalPath(const std::string& device) const {
    const auto found = opened_.find(device);
    return found == opened_.end() ? QString() : found->second->path;
}

Result<std::unique_ptr<Recorder>> HostSession::startRecorder(const std::string& device, QString& path) {
    RecordedDevice recorded;
    recorded.name = device;
    if (const Device* known = topology_ ? topology_->find(device) : nullptr; known != nullptr) {
        recorded.driver = known->driver;
        recorded.group = known->iommuGroup;
        if (known->pci)
            recorded.pciId =
                QString::asprintf("%04x:%04x", known->pci->vendor, known->pci->device).toStdString();
    }
    RecordingHeader header = makeHeader(backend_->clock(), backend_->simulated(), {recorded});
    if (topology_) {
        header.hostName = topology_->host.hostName;
        header.kernel = topology_->host.kernelRelease;
    }
    const QDir folder(stateFolder_ + QStringLiteral("/migscope/journals"));
    QDir().mkpath(folder.path());
    QString safe = shown(device);
    safe.replace(QLatin1Char('/'), QLatin1Char('_')).replace(QLatin1Char(':'), QLatin1Char('-'));
    path = folder.filePath(
        QStringLiteral("%1-%2.migrec")
            .arg(QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz")), safe));
    Recorder::Options options;
    options.path = path.toStdString();
    auto recorder = Recorder::start(backend_->clock(), header, options);
    if (recorder)
        return recorder;
    // No journal is no reason to lose the session: it is said, and the events stay in memory.
    emit journalFailed(device, recorder.error());
    path.clear();
    return Recorder::start(backend_->clock(), header, {});
}

void HostSession::openDevice(const std::string& device) {
    if (!backend_ || opened_.contains(device))
        return;
    auto opened = std::make_unique<Opened>();
    auto recorder = startRecorder(device, opened->path);
    if (!recorder) {
        emit jobRefused(device, recorder.error());
        return;
    }
    opened->recorder = std::move(*recorder);
    opened->recorder->look([&opened](const Recording& recording) { opened->start = recording.header().t0; });
    opened->session = std::make_unique<DeviceSession>(*backend_, device, opened->recorder->sink(), 0);
    opened->session->onChange([postbox = postbox_, this] { postbox.post([this] { wake(); }); });
    last_.erase(device);
    last_[device].device = device;
    opened_[device] = std::move(opened);
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

void HostSession::cancel(const std::string& device) {
    if (const auto found = opened_.find(device); found != opened_.end())
        found->second->session->cancel();
}

void HostSession::onAskedBack(const std::string& device) {
    if (device.empty()) {
        refresh();
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
    if (!timer_.isActive() && !opened_.empty()) {
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
    last_[device] = std::move(state);             // also the clock of a call moves on
    const std::vector<Event> events = opened.recorder->since(opened.cursor);
    if (!events.empty())
        emit eventsArrived(device, opened.start, events);
    if (const auto error = opened.recorder->writeError(); error && !opened.journalFailed) {
        opened.journalFailed = true;
        emit journalFailed(device, *error);
    }
    if (changed)
        emit sessionChanged(device);
    return live || changed || !events.empty();
}

void HostSession::tick() {
    bool live = false;
    for (const std::string& device : openDevices()) {
        const auto found = opened_.find(device);
        if (found == opened_.end())
            continue; // released by what a signal led to
        live |= update(device, *found->second);
        const SessionState& state = last_[device];
        if (state.phase == SessionPhase::Closed && (state.error || found->second->closing)) {
            retire(device);
            live = true;
        }
    }
    emit ticked();
    quietTicks_ = live ? 0 : quietTicks_ + 1;
    if (opened_.empty() || quietTicks_ > quietTicksUntilRest)
        timer_.stop();
}

void HostSession::retire(const std::string& device) {
    auto opened = std::move(opened_.at(device));
    opened_.erase(device);
    opened->session.reset(); // closed: its worker waits for nothing
    const std::vector<Event> rest = opened->recorder->since(opened->cursor);
    if (!rest.empty())
        emit eventsArrived(device, opened->start, rest);
    const SessionState& last = last_[device];
    finishInBackground(std::move(opened->recorder), opened->path,
                       last.capabilities.has_value() || !last.error);
    emit sessionChanged(device);
    refresh(); // the last close resets the function, and whoever else waits may have it now
}

void HostSession::finishInBackground(std::unique_ptr<Recorder> recorder, const QString& path, bool keep) {
    background_.run(
        [recorder = std::shared_ptr<Recorder>(std::move(recorder)), path, keep, postbox = postbox_, this] {
            auto recording = recorder->finish();
            if (!keep)
                QFile::remove(path); // nothing happened: the device could not be opened
            else if (recording)
                postbox.post([this, path, whole = *recording] { emit recordingFinished(path, whole); });
        });
}

} // namespace migscope
