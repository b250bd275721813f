// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The life and the arcs of a simulated device.
#include "core/sim/sim_device.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/sim/sim_fsm.h"

namespace migscope {
namespace {

/// Returns when the file answers. Without the lock: the device can still be asked about itself.
void blockInRead(std::unique_lock<std::mutex>& lock, const std::string& path) {
    lock.unlock();
    char byte = 0;
    if (const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); file.valid()) {
        // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): the lock is given up above
        while (::read(file.get(), &byte, 1) < 0 && errno == EINTR) {
        }
    }
    lock.lock();
}

} // namespace

void SimViolations::add(std::string text) {
    const std::lock_guard lock(mutex_);
    list_.push_back(std::move(text));
}

std::vector<std::string> SimViolations::list() const {
    const std::lock_guard lock(mutex_);
    return list_;
}

namespace {

/// In [0, 1), a function of `number` (splitmix64's mixing).
double uniform(std::uint64_t number) {
    std::uint64_t mixed = (number + 1) * 0x9e37'79b9'7f4a'7c15ULL;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58'476d'1ce4'e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d0'49bb'1331'11ebULL;
    mixed ^= mixed >> 31U;
    return static_cast<double>(mixed >> 11U) * 0x1p-53;
}

} // namespace

SimDevice::SimDevice(SimDeviceProfile profile, Clock& clock, std::shared_ptr<SimViolations> violations,
                     std::shared_ptr<SimLog> log)
    : profile_(std::move(profile))
    , clock_(clock)
    , violations_(std::move(violations))
    , kernelLog_(std::move(log))
    , condition_(clock.makeCondition())
    , strikes_(profile_.faults.size(), 0) {}

bool SimDevice::sleep(Lock& lock, Ns time, const bool* stop) {
    const auto stopped = [stop] { return stop != nullptr && *stop; };
    if (time > Ns{0}) {
        if (pace_ != 1)
            time = Ns{static_cast<std::int64_t>(static_cast<double>(time.count()) * pace_)};
        condition_->waitFor(lock, clock_.now() + time, stopped);
    }
    return !stopped();
}

void SimDevice::drawPace() {
    const std::uint64_t number = paces_++;
    pace_ = number == 0 ? 1 + profile_.coldPercent / 100.0 : 1;
    if (profile_.jitterPercent == 0)
        return;
    constexpr unsigned terms = 12; // the sum of twelve uniform numbers is about normal, with deviation 1
    double sum = 0;
    for (unsigned term = 0; term < terms; ++term)
        sum += uniform(profile_.jitterSeed + number * terms + term);
    constexpr double slowest = 0.2;
    pace_ *= std::max(slowest, 1 + profile_.jitterPercent / 100.0 * (sum - terms / 2.0));
}

int SimDevice::openDevice() {
    Lock lock(mutex_);
    if (const auto* fault = strike(SimFaultKind::OpenFails))
        return fault->errnoValue;
    if (open_)
        return EBUSY;
    open_ = true;
    sleep(lock, profile_.openTime, nullptr);
    // Opening a PCI function resets it; a device that keeps its state over the close is found as it was left.
    if (!profile_.keepsState)
        state_ = MigState::Running;
    else if (!everOpened_)
        state_ = profile_.foundState;
    everOpened_ = true;
    foundNotRunning_ = state_ != MigState::Running;
    openedAt_ = clock_.now();
    ranUntil_ = openedAt_;
    moved_ = false;
    sets_ = 0;
    savings_ = 0;
    return 0;
}

void SimDevice::closeDevice() {
    const Lock lock(mutex_);
    accrue();
    endSession();
    tokens_.clear();
    log_.stop();
    precopyInfoV2_ = false;
    if (!profile_.keepsState)
        state_ = MigState::Running;
    open_ = false;
}

bool SimDevice::isOpen() const {
    const Lock lock(mutex_);
    return open_;
}

MigState SimDevice::get() {
    Lock lock(mutex_);
    sleep(lock, profile_.getTime, nullptr);
    applyDue();
    return state_;
}

int SimDevice::set(std::uint32_t wanted, std::int32_t& token) {
    Lock lock(mutex_);
    applyDue();
    ++sets_;
    const auto goal = static_cast<MigState>(wanted);
    if (state_ == MigState::Error) {
        violate(fmt::format("SET {} in ERROR", stateName(goal)));
        return EINVAL;
    }
    if (foundNotRunning_) {
        violate(fmt::format("SET {} on a device found in {} at open, without a reset before", stateName(goal),
                            stateName(state_)));
        return EIO;
    }
    if (state_ == MigState::StopCopy && (goal == MigState::PreCopy || goal == MigState::PreCopyP2p)) {
        violate(fmt::format("SET {} in STOP_COPY: there are kernels that never return", stateName(goal)));
        return EINVAL;
    }
    if (session_ && session_->writeFailed)
        violate(fmt::format("SET {} after a failed write", stateName(goal)));
    if (goal == MigState::Error || !profile_.flags.has(goal))
        return EINVAL;

    inSet_ = true;
    setInterrupted_ = false;
    std::int32_t opened = uapi::noDataFd;
    int error = 0;
    while (error == 0 && state_ != goal) {
        const auto next = simNextStep(profile_.flags, state_, goal);
        error = next ? step(lock, *next, opened) : EINVAL;
    }
    inSet_ = false;
    if (movePending_) {
        movePending_ = false;
        becomeRunning();
    }
    if (error == 0)
        token = opened;
    return error;
}

int SimDevice::step(Lock& lock, MigState to, std::int32_t& token) {
    const MigState from = state_;
    const auto arc = std::make_pair(from, to);
    const bool opens = to == MigState::Resuming || (isSaving(to) && !isSaving(from));
    if (from == MigState::Running)
        drawPace(); // a stop is at the pace of the stream that follows it
    Ns time = profile_.timeOf(from, to);
    if (to == MigState::StopCopy && profile_.saveIn == SimWork::Set)
        time += simTimeOf(bytesLeft(), profile_.saveBytesPerSecond);
    if (from == MigState::Resuming && session_ && profile_.loadIn == SimWork::Set)
        time += simTimeOf(session_->verifier->bytes(), profile_.loadBytesPerSecond);

    arcs_.push_back({from, to, clock_.now(), Ns{0}, 0});
    const std::size_t entry = arcs_.size() - 1;
    const auto done = [&](int error) {
        arcs_[entry].ended = clock_.now();
        arcs_[entry].errnoValue = error;
        if (error != 0)
            kernelLog_->stepFailed(profile_, from, to, error, state_);
        return error;
    };

    if (const auto* fault = stuckReleased_ ? nullptr : strike(SimFaultKind::StuckSet, arc);
        fault != nullptr) {
        if (fault->blockOnFile.empty())
            condition_->waitFor(lock, std::nullopt, [this] { return stuckReleased_; });
        else
            blockInRead(lock, fault->blockOnFile);
    }
    if (!sleep(lock, time, profile_.interruptible ? &setInterrupted_ : nullptr)) {
        setInterrupted_ = false;
        return done(EINTR);
    }
    accrue();
    if (const auto* fault = strike(SimFaultKind::FailSet, arc)) {
        if (fault->leaves && *fault->leaves != from) {
            if (!(isSaving(from) && isSaving(*fault->leaves)))
                endSession();
            state_ = *fault->leaves;
        }
        return done(fault->errnoValue);
    }
    if (from == MigState::Resuming) {
        if (const int error = finishLoad(); error != 0)
            return done(error);
    }

    if (isSaving(from) && to == MigState::StopCopy)
        finishSaving();
    if (session_ && !(isSaving(from) && isSaving(to)))
        endSession();
    state_ = to;
    if (isRunning(to))
        loadedSeed_.reset();
    if (opens) {
        startSession(to);
        if (const auto* fault = strike(SimFaultKind::LostFd, arc)) {
            // The kernel's own reference keeps the session, but nobody can reach it any more.
            return done(fault->errnoValue);
        }
        if (!strike(SimFaultKind::NoFd, arc)) {
            token = nextToken_++;
            tokens_.emplace_back(token, session_);
        }
    } else if (strike(SimFaultKind::StrayFd, arc)) {
        auto dead = std::make_shared<SimSession>();
        dead->alive = false;
        token = nextToken_++;
        tokens_.emplace_back(token, std::move(dead));
    }
    return done(0);
}

/// Leaving RESUMING is where the device says whether it takes the image; it stays RESUMING when not.
int SimDevice::finishLoad() {
    const auto& verifier = session_ && session_->verifier ? *session_->verifier : SimVerifier(ownHeader());
    lastLoad_ = {false, verifier.bytes(), verifier.seed()};
    if (const auto* fault = strike(SimFaultKind::RefuseImage))
        return fault->errnoValue;
    if (!verifier.complete())
        return EINVAL;
    lastLoad_.accepted = true;
    loadedSeed_ = verifier.seed();
    return 0;
}

void SimDevice::applyDue() {
    if (moved_)
        return;
    if (const auto* fault = ahead(SimFaultKind::MovedBehindBack, 0);
        fault && clock_.now() >= openedAt_ + fault->after) {
        moved_ = true;
        kernelLog_->resetFromOutside(profile_);
        accrue();
        becomeRunning();
    }
}

void SimDevice::becomeRunning() {
    endSession();
    loadedSeed_.reset();
    state_ = MigState::Running;
    foundNotRunning_ = false;
}

int SimDevice::reset() {
    Lock lock(mutex_);
    if (!profile_.resetSupported)
        return EINVAL;
    if (resets_++ < profile_.busyResets)
        return EAGAIN;
    if (const auto* fault = strike(SimFaultKind::ResetFails)) {
        kernelLog_->callFailed(profile_, "reset", fault->errnoValue);
        return fault->errnoValue;
    }
    sleep(lock, profile_.resetTime, nullptr);
    accrue();
    becomeRunning();
    log_.stop();
    return 0;
}

void SimDevice::optInPrecopyInfoV2() {
    const Lock lock(mutex_);
    precopyInfoV2_ = true;
}

void SimDevice::interruptSet() {
    const Lock lock(mutex_);
    if (!inSet_)
        return;
    setInterrupted_ = true;
    condition_->notifyAll();
}

void SimDevice::releaseStuck() {
    const Lock lock(mutex_);
    stuckReleased_ = true;
    condition_->notifyAll();
}

void SimDevice::moveBehindBack() {
    const Lock lock(mutex_);
    if (inSet_) {
        movePending_ = true;
        return;
    }
    accrue();
    everOpened_ = true; // the state that it was to be found in is gone
    becomeRunning();
}

MigState SimDevice::state() const {
    const Lock lock(mutex_);
    return !everOpened_ && profile_.keepsState ? profile_.foundState : state_;
}

std::vector<SimArc> SimDevice::arcs() const {
    const Lock lock(mutex_);
    return arcs_;
}

SimLoad SimDevice::lastLoad() const {
    const Lock lock(mutex_);
    return lastLoad_;
}

std::uint64_t SimDevice::savedSeed() const {
    const Lock lock(mutex_);
    return savedSeed_;
}

const SimFault* SimDevice::strike(SimFaultKind kind, std::optional<std::pair<MigState, MigState>> arc) {
    for (std::size_t i = 0; i < profile_.faults.size(); ++i) {
        const auto& fault = profile_.faults[i];
        if (fault.kind != kind || (fault.arc && fault.arc != arc) || (fault.nth && *fault.nth != sets_))
            continue;
        if (fault.times && strikes_[i] >= *fault.times)
            continue;
        ++strikes_[i];
        return &fault;
    }
    return nullptr;
}

const SimFault* SimDevice::ahead(SimFaultKind kind, std::uint64_t offset) const {
    const SimFault* nearest = nullptr;
    for (std::size_t i = 0; i < profile_.faults.size(); ++i) {
        const auto& fault = profile_.faults[i];
        if (fault.kind != kind || fault.offset < offset || (fault.times && strikes_[i] >= *fault.times))
            continue;
        if (nearest == nullptr || fault.offset < nearest->offset)
            nearest = &fault;
    }
    return nearest;
}

std::unexpected<Error> SimDevice::refuse(int number, const char* call) const {
    return failErrno(number, call, profile_.address);
}

void SimDevice::violate(const std::string& what) {
    violations_->add(fmt::format("{}: {}", profile_.address, what));
}

} // namespace migscope
