// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a session of a simulated device holds, how much there is of it, and what becomes dirty meanwhile.
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "core/sim/sim_device.h"

namespace migscope {
namespace {

constexpr std::uint64_t nsPerSecond = 1'000'000'000;

std::uint64_t fnv(std::string_view text) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325ULL;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3ULL;
    return hash;
}

} // namespace

Ns simTimeOf(std::uint64_t bytes, std::uint64_t bytesPerSecond) {
    if (bytesPerSecond == 0)
        return Ns{0};
    const std::uint64_t whole = bytes / bytesPerSecond;
    const std::uint64_t rest = bytes % bytesPerSecond;
    return Ns(static_cast<std::int64_t>(whole * nsPerSecond + rest * nsPerSecond / bytesPerSecond));
}

Ns simTimeOfGib(std::uint64_t bytes, Ns perGib) {
    constexpr double gib = 1024.0 * 1024.0 * 1024.0;
    constexpr double hour = 3.6e12;
    return Ns(static_cast<std::int64_t>(
        std::min(static_cast<double>(bytes) / gib * static_cast<double>(perGib.count()), hour)));
}

std::uint64_t simBytesIn(Ns time, std::uint64_t bytesPerSecond) {
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0));
    return ns / nsPerSecond * bytesPerSecond + ns % nsPerSecond * bytesPerSecond / nsPerSecond;
}

SimHeader SimDevice::ownHeader() const {
    SimHeader header;
    header.likeness = (std::uint64_t{profile_.vendorId} << 48U) | (std::uint64_t{profile_.deviceId} << 32U) |
                      (fnv(profile_.family) & 0xffff'ffffU);
    // A device with a fixed layout takes no other size; firmware with a state of its own does.
    header.configuration = (profile_.flags.raw() << 56U) ^
                           (profile_.sizeAnswer == SimSizeAnswer::Live ? 0 : profile_.stateBytes);
    return header;
}

void SimDevice::startSession(MigState to) {
    auto session = std::make_shared<SimSession>();
    session->saving = to != MigState::Resuming;
    session->header = ownHeader();
    if (session->saving) {
        session->header.seed = fnv(fmt::format("{} {}", profile_.address, ++sessions_));
        // What was loaded and did not run yet is the same state still.
        if (loadedSeed_)
            session->header.seed = *loadedSeed_;
        savedSeed_ = session->header.seed;
        session->empty = ++savings_ > 1 && strike(SimFaultKind::EmptySecondSave) != nullptr;
        session->dirtyTakenAt = ran_;
        if (to == MigState::StopCopy) {
            session->queued = profile_.stateBytes;
            session->total = profile_.stateBytes;
        } else {
            session->queued = profile_.precopyInitialBytes;
            session->initialEnd = session->queued;
        }
    } else {
        session->verifier.emplace(ownHeader());
    }
    session_ = std::move(session);
}

/// The device stopped: what became dirty since it was last queued, and the part that only STOP_COPY has.
void SimDevice::finishSaving() {
    queueDirty(*session_);
    session_->queued += profile_.stopCopyBytes;
    session_->total = session_->queued;
}

void SimDevice::endSession() {
    if (!session_)
        return;
    session_->alive = false;
    session_.reset();
}

std::shared_ptr<SimSession> SimDevice::takeSession(std::int32_t token) {
    const Lock lock(mutex_);
    const auto found =
        std::find_if(tokens_.begin(), tokens_.end(), [&](const auto& entry) { return entry.first == token; });
    if (found == tokens_.end())
        return nullptr;
    auto session = std::move(found->second);
    tokens_.erase(found);
    return session;
}

bool SimDevice::dirties() const {
    return isFullyRunning(state_) || (isRunning(state_) && !profile_.p2pStopsDma);
}

void SimDevice::accrue() {
    const Ns now = clock_.now();
    if (dirties())
        ran_ += now - ranUntil_;
    ranUntil_ = now;
    if (log_.active()) {
        const std::uint64_t bytes = simBytesIn(ran_ - logStart_, profile_.dirtyBytesPerSecond);
        log_.touch(bytes - loggedBytes_);
        loggedBytes_ = bytes;
    }
}

int SimDevice::startLogging(uapi::VfioDeviceFeatureDmaLoggingControl& control) {
    Lock lock(mutex_);
    if (const auto* fault = strike(SimFaultKind::DmaStartFails))
        return fault->errnoValue;
    accrue();
    const int error =
        log_.start(control, profile_.workingSetBytes, profile_.dmaPattern == SimDmaPattern::Spread);
    if (error != 0)
        return error;
    logStart_ = ran_;
    loggedBytes_ = 0;
    sleep(lock, simTimeOfGib(log_.trackedBytes(), profile_.dmaLogStartPerGib), nullptr);
    return 0;
}

void SimDevice::stopLogging() {
    const Lock lock(mutex_);
    log_.stop();
}

int SimDevice::reportLogging(const uapi::VfioDeviceFeatureDmaLoggingReport& report) {
    Lock lock(mutex_);
    sleep(lock, simTimeOfGib(report.length, profile_.dmaLogReportPerGib), nullptr);
    if (const auto* fault = strike(SimFaultKind::DmaReportFails))
        return fault->errnoValue;
    accrue();
    return log_.report(report);
}

bool SimDevice::logsDma() const {
    const Lock lock(mutex_);
    return log_.active();
}

std::uint64_t SimDevice::dirtyBytes(const SimSession& session) const {
    std::uint64_t bytes = simBytesIn(ran_ - session.dirtyTakenAt, profile_.dirtyBytesPerSecond);
    if (profile_.workingSetBytes != 0)
        bytes = std::min(bytes, profile_.workingSetBytes);
    return bytes - bytes % 8;
}

void SimDevice::queueDirty(SimSession& session) {
    const std::uint64_t bytes = dirtyBytes(session);
    if (bytes == 0)
        return;
    session.queued += bytes;
    session.dirtyTakenAt = ran_;
}

std::uint64_t SimDevice::bytesLeft() const {
    if (!session_ || !session_->saving)
        return profile_.stateBytes;
    const std::uint64_t unread = session_->queued - session_->offset;
    return session_->total != 0 ? unread : unread + dirtyBytes(*session_) + profile_.stopCopyBytes;
}

std::uint64_t SimDevice::dataSize() {
    Lock lock(mutex_);
    sleep(lock, profile_.getTime, nullptr);
    applyDue();
    if (const auto* fault = strike(SimFaultKind::DataSizeErrno))
        return static_cast<std::uint64_t>(-static_cast<std::int64_t>(fault->errnoValue));
    if (profile_.sizeAnswer == SimSizeAnswer::Fixed)
        return profile_.stateBytes;
    accrue();
    return bytesLeft();
}

Ns SimDevice::pace(SimSession& session, std::uint64_t bytes, std::uint64_t rate) const {
    // Rounded once for the whole stream, so that the sum does not depend on the sizes of the calls.
    const Ns before = simTimeOf(session.pacedBytes, rate);
    session.pacedBytes += bytes;
    return simTimeOf(session.pacedBytes, rate) - before;
}

} // namespace migscope
