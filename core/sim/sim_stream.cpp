// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The data stream of a simulated device: what reads, writes and pre-copy info do.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/sim/sim_device.h"

namespace migscope {

/// How much of a call happens before the next place where it is cut, stalls or fails.
std::size_t SimDevice::shortened(std::size_t count, std::uint64_t offset, SimFaultKind limit,
                                 SimFaultKind stall, SimFaultKind error) const {
    if (const auto* fault = ahead(limit, 0); fault && fault->bytes > 0)
        count = std::min(count, static_cast<std::size_t>(fault->bytes));
    for (const SimFaultKind kind : {stall, error, SimFaultKind::EarlyEnd}) {
        if (const auto* fault = ahead(kind, offset); fault && fault->offset > offset)
            count = static_cast<std::size_t>(std::min<std::uint64_t>(count, fault->offset - offset));
    }
    return count;
}

Result<std::size_t> SimDevice::read(SimSession& session, std::span<std::byte> into, bool& stop) {
    Lock lock(mutex_);
    applyDue();
    if (!session.saving)
        return refuse(EBADF, "read");
    if (!session.alive)
        return refuse(ENODEV, "read");
    if (into.empty())
        return std::size_t{0};
    accrue();
    const bool stopped = state_ == MigState::StopCopy;
    if (!stopped && session.offset == session.queued && !profile_.dirtyOnInfo)
        queueDirty(session);

    const auto strikesAt = [&](SimFaultKind kind) {
        const auto* fault = ahead(kind, session.offset);
        return fault != nullptr && fault->offset == session.offset;
    };
    if (strikesAt(SimFaultKind::StallRead)) {
        condition_->waitFor(lock, std::nullopt, [&] { return stop || !session.alive; });
        if (!session.alive && !stop)
            return refuse(ENODEV, "read");
    }
    std::size_t count = 0;
    if (!session.empty && !strikesAt(SimFaultKind::EarlyEnd)) {
        count =
            static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), session.queued - session.offset));
        count = shortened(count, session.offset, SimFaultKind::ShortReads, SimFaultKind::StallRead,
                          SimFaultKind::ReadError);
    }
    Ns time = profile_.streamCallTime;
    if (profile_.saveIn == SimWork::Calls)
        time += pace(session, count, profile_.saveBytesPerSecond);
    if (!sleep(lock, time, &stop)) {
        stop = false;
        session.pacedBytes -= profile_.saveIn == SimWork::Calls ? count : 0;
        return fail(Errc::Cancelled, "read", profile_.address);
    }
    if (!session.alive)
        return refuse(ENODEV, "read");
    if (const auto* fault = ahead(SimFaultKind::ReadError, session.offset);
        fault && fault->offset == session.offset) {
        kernelLog_->callFailed(profile_, "read of the saved state", fault->errnoValue);
        return refuse(fault->errnoValue, "read");
    }
    if (count == 0) {
        if (!stopped && profile_.drainedErrno != 0)
            return refuse(profile_.drainedErrno, "read");
        return count;
    }
    simFill(session.header, session.offset, session.total, into.first(count));
    if (const auto* fault = ahead(SimFaultKind::FlipByte, session.offset);
        fault && fault->offset < session.offset + count)
        into[static_cast<std::size_t>(fault->offset - session.offset)] ^= std::byte{0x40};
    session.offset += count;
    return count;
}

Result<std::size_t> SimDevice::write(SimSession& session, std::span<const std::byte> from, bool& stop) {
    Lock lock(mutex_);
    applyDue();
    if (session.saving)
        return refuse(EBADF, "write");
    if (session.writeFailed) {
        violate("write after a failed write");
        return refuse(ENODEV, "write");
    }
    if (!session.alive)
        return refuse(ENODEV, "write");
    if (from.empty())
        return std::size_t{0};
    const std::uint64_t offset = session.verifier->bytes();
    const auto failed = [&](int number) {
        session.writeFailed = true;
        kernelLog_->callFailed(profile_, "write of the state to load", number);
        return refuse(number, "write");
    };
    const auto strikesAt = [&](SimFaultKind kind) {
        const auto* fault = ahead(kind, offset);
        return fault != nullptr && fault->offset == offset ? fault : nullptr;
    };
    if (strikesAt(SimFaultKind::StallWrite))
        condition_->waitFor(lock, std::nullopt, [&] { return stop || !session.alive; });
    const std::size_t count = shortened(from.size(), offset, SimFaultKind::ShortWrites,
                                        SimFaultKind::StallWrite, SimFaultKind::WriteError);
    Ns time = profile_.streamCallTime;
    if (profile_.loadIn == SimWork::Calls)
        time += pace(session, count, profile_.loadBytesPerSecond);
    if (!sleep(lock, time, &stop)) {
        stop = false;
        session.pacedBytes -= profile_.loadIn == SimWork::Calls ? count : 0;
        return fail(Errc::Cancelled, "write", profile_.address);
    }
    if (!session.alive)
        return refuse(ENODEV, "write");
    if (const auto* fault = strikesAt(SimFaultKind::WriteError))
        return failed(fault->errnoValue);
    // A state without dirty data has a size that the device knows; more than that it does not take.
    const std::uint64_t most =
        std::max(profile_.stateBytes, profile_.precopyInitialBytes + profile_.stopCopyBytes);
    if (profile_.dirtyBytesPerSecond == 0 && !profile_.reinitAtInfo && offset + count > most)
        return failed(ENOMEM);
    switch (session.verifier->take(from.first(count))) {
    case SimVerifier::Verdict::Good:
        break;
    case SimVerifier::Verdict::Foreign:
        return failed(EINVAL);
    case SimVerifier::Verdict::Damaged:
        // A device that only looks at the image when it leaves RESUMING takes it for now.
        if (profile_.loadIn == SimWork::Calls)
            return failed(EINVAL);
        break;
    case SimVerifier::Verdict::TooMuch:
        return failed(ENOMEM);
    }
    return count;
}

Result<RawPrecopyInfo> SimDevice::precopyInfo(SimSession& session, bool& stop) {
    Lock lock(mutex_);
    applyDue();
    if (!profile_.flags.preCopy() || !session.saving)
        return refuse(ENOTTY, "GET_PRECOPY_INFO");
    if (!session.alive)
        return refuse(ENODEV, "GET_PRECOPY_INFO");
    if (state_ != MigState::PreCopy && state_ != MigState::PreCopyP2p)
        return refuse(EINVAL, "GET_PRECOPY_INFO");
    if (!sleep(lock, profile_.streamCallTime, &stop)) {
        stop = false;
        return fail(Errc::Cancelled, "GET_PRECOPY_INFO", profile_.address);
    }
    if (!session.alive)
        return refuse(ENODEV, "GET_PRECOPY_INFO");
    accrue();
    RawPrecopyInfo info;
    if (++session.infos == profile_.reinitAtInfo) {
        // New initial data replaces what was dirty.
        session.queued += profile_.precopyInitialBytes;
        session.initialEnd = session.queued;
        session.dirtyTakenAt = ran_;
        if (precopyInfoV2_)
            info.flags = uapi::precopyInfoReinit;
    }
    if (session.offset < session.initialEnd) {
        info.initialBytes = session.initialEnd - session.offset;
        return info;
    }
    // A suspended device is not asked for a new image.
    if (profile_.dirtyOnInfo && state_ == MigState::PreCopy)
        queueDirty(session);
    info.dirtyBytes = session.queued - session.offset + dirtyBytes(session);
    return info;
}

void SimDevice::interruptStream(bool& stop) {
    const Lock lock(mutex_);
    stop = true;
    condition_->notifyAll();
}

namespace {

class SimStream final : public DataStream {
public:
    SimStream(std::shared_ptr<SimHandle> handle, std::shared_ptr<SimSession> session)
        : handle_(std::move(handle)), session_(std::move(session)) {}

    Result<std::size_t> read(std::span<std::byte> into) override {
        return handle_->device().read(*session_, into, stop_);
    }
    Result<std::size_t> write(std::span<const std::byte> from) override {
        return handle_->device().write(*session_, from, stop_);
    }
    Result<RawPrecopyInfo> precopyInfo() override { return handle_->device().precopyInfo(*session_, stop_); }
    Result<void> control(unsigned long request, std::span<std::byte> bytes) override {
        uapi::VfioPrecopyInfo info{};
        if (request != uapi::ioctlMigGetPrecopyInfo || bytes.size() < sizeof info)
            return failErrno(ENOTTY, "ioctl", handle_->device().profile().address);
        std::memcpy(&info, bytes.data(), sizeof info);
        const auto answer = precopyInfo();
        if (!answer)
            return std::unexpected(answer.error());
        if (info.argsz < sizeof info)
            return failErrno(EINVAL, "GET_PRECOPY_INFO", handle_->device().profile().address);
        info.flags = answer->flags;
        info.initialBytes = answer->initialBytes;
        info.dirtyBytes = answer->dirtyBytes;
        std::memcpy(bytes.data(), &info, sizeof info);
        return {};
    }
    Result<void> rewind() override { return failErrno(ESPIPE, "lseek", handle_->device().profile().address); }
    void interrupt() override { handle_->device().interruptStream(stop_); }

private:
    std::shared_ptr<SimHandle> handle_;
    std::shared_ptr<SimSession> session_;
    bool stop_ = false; // guarded by the device's mutex
};

} // namespace

std::unique_ptr<DataStream> makeSimStream(std::shared_ptr<SimHandle> handle,
                                          std::shared_ptr<SimSession> session) {
    return std::make_unique<SimStream>(std::move(handle), std::move(session));
}

} // namespace migscope
