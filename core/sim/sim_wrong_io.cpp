// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device that misbehaves: its states as GET says them, its streams and its resets.
#include "core/sim/sim_wrong_io.h"

#include "core/vfio/device_feature.h"

namespace migscope {
namespace simwrong {
namespace {

class DeadStream final : public DataStream {
public:
    Result<std::size_t> read(std::span<std::byte> /*into*/) override { return refuse(ENODEV, "read"); }
    Result<std::size_t> write(std::span<const std::byte> /*from*/) override {
        return refuse(ENODEV, "write");
    }
    Result<RawPrecopyInfo> precopyInfo() override { return refuse(ENODEV, "GET_PRECOPY_INFO"); }
    void interrupt() override {}
};

class DeadDeviceIo final : public DeviceIo {
public:
    Result<void> feature(std::span<std::byte> /*bytes*/) override { return refuse(ENODEV, "feature"); }
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t /*token*/) override {
        return refuse(EBADF, "take stream");
    }
    Result<DeviceInfo> info() override { return refuse(ENODEV, "info"); }
    Result<RegionInfo> regionInfo(std::uint32_t /*index*/) override { return refuse(ENODEV, "region info"); }
    Result<void> reset() override { return refuse(ENODEV, "RESET"); }
    void interrupt() override {}
    std::string access() const override { return "simulated"; }
};

} // namespace

Result<void> WrongIo::get(std::span<std::byte> bytes) {
    if (has(StateDrifts) && core_->now() == MigState::StopCopy && !std::exchange(wrongs_->drifted, true))
        (void)setInner(MigState::Stop);
    if (auto done = core_->inner->feature(bytes); !done)
        return done;
    auto payload = load<StatePayload>(bytes);
    if (has(GetHasFd))
        payload.dataFd = 0;
    if (foundStop_)
        payload.deviceState = uapi::stateStop;
    if (inError_)
        payload.deviceState = uapi::stateError;
    if (lags_)
        payload.deviceState = uapi::statePreCopyP2p;
    if (has(GetEndsSession) && payload.deviceState == uapi::stateStopCopy)
        kill();
    store(bytes, payload);
    return {};
}

Result<std::unique_ptr<DataStream>> WrongIo::takeStream(std::int32_t token) {
    if (token == strayToken)
        return std::make_unique<DeadStream>();
    auto taken = core_->inner->takeStream(token);
    const auto session = tokens_.extract(token);
    if (!taken || session.empty())
        return taken;
    return misbehave(std::move(*taken), core_, session.mapped());
}

Result<void> WrongIo::reset() {
    const MigState state = core_->now();
    const auto& session = core_->session;
    if (inError_) {
        if (!std::exchange(errorResetTried_, true))
            return refuse(EIO, "RESET");
        inError_ = false;
    }
    if (has(ResetFailsAtTimes) && state == MigState::Resuming && !std::exchange(wrongs_->resetFailed, true))
        return refuse(EIO, "RESET");
    if (has(ResetStaysInStop) && state == MigState::Stop && stopFromRunning_)
        return {};
    if (has(SecondResetFails) && std::exchange(resetInRunning_, false))
        return refuse(EIO, "RESET");
    if (has(LogsWithoutReason) && wrongs_->complain)
        wrongs_->complain();
    halfLoad_ = has(ResetKeepsHalfALoad) && state == MigState::Resuming && session && session->written > 0 &&
                !session->writeFailed && !session->refused;
    emptyNext_ = has(ResetEmptiesNextSave) && state == MigState::StopCopy && session && session->read > 0;
    auto done = core_->inner->reset();
    if (!done)
        return done;
    resetInRunning_ = state == MigState::Running;
    foundStop_ = lags_ = false;
    core_->loaded = false;
    unread_ = 0;
    givenUp_ = 0;
    if (session)
        session->end = End::ByReset;
    core_->session.reset();
    return done;
}

} // namespace simwrong

MigState SimWrongCore::now() {
    FeatureCall<simwrong::StatePayload> call(uapi::featureGet | uapi::featureMigDeviceState,
                                             {0, uapi::noDataFd});
    if (!inner->feature(call.bytes()))
        return MigState::Error;
    return static_cast<MigState>(call.payload().deviceState);
}

bool SimWrongCore::buffersLoads() const {
    return has(SimMisbehaviour::JunkAccepted) || has(SimMisbehaviour::CutImageAccepted) ||
           has(SimMisbehaviour::ForeignImageAccepted) || has(SimMisbehaviour::BytesBehindImageAccepted);
}

std::unique_ptr<DeviceIo> misbehave(std::unique_ptr<DeviceIo> inner, std::shared_ptr<SimWrongs> wrongs) {
    return std::make_unique<simwrong::WrongIo>(std::move(inner), std::move(wrongs));
}

std::unique_ptr<DeviceIo> makeDeadDeviceIo() {
    return std::make_unique<simwrong::DeadDeviceIo>();
}

} // namespace migscope
