// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The device of a simulated one that misbehaves: for the files that make it up, and for nobody else.
#pragma once

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/sim/sim_wrong.h"
#include "core/uapi/vfio.h"

namespace migscope::simwrong {

using enum SimMisbehaviour;
using End = SimWrongSession::End;
using uapi::featureGet;
using uapi::featureProbe;
using uapi::featureSet;

inline std::unexpected<Error> refuse(int number, const char* call) {
    return failErrno(number, call, "simulated");
}

using StatePayload = uapi::VfioDeviceFeatureMigState;

/// The rules for what stands behind a header.
template<class T>
T load(std::span<const std::byte> bytes) {
    T value{};
    std::memcpy(&value, bytes.data() + sizeof(uapi::VfioDeviceFeature), sizeof value);
    return value;
}
template<class T>
void store(std::span<std::byte> bytes, const T& value) {
    std::memcpy(bytes.data() + sizeof(uapi::VfioDeviceFeature), &value, sizeof value);
}

class WrongIo final : public DeviceIo {
public:
    WrongIo(std::unique_ptr<DeviceIo> inner, std::shared_ptr<SimWrongs> wrongs)
        : core_(std::make_shared<SimWrongCore>()), wrongs_(std::move(wrongs)) {
        core_->inner = std::move(inner);
        core_->wrongs = wrongs_;
        foundStop_ = std::exchange(wrongs_->keptStop, false);
    }
    ~WrongIo() override {
        const MigState state = core_->now();
        wrongs_->keptStop = has(CloseKeepsStop) && state == MigState::Stop && !foundStop_;
        wrongs_->keptBusy = has(CloseKeepsSession) && state == MigState::StopCopy && core_->session &&
                            core_->session->read > 0;
    }

    Result<void> feature(std::span<std::byte> bytes) override;
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) override;
    Result<DeviceInfo> info() override {
        auto found = core_->inner->info();
        if (found && has(ResetNotAdvertised))
            found->flags &= ~uapi::deviceFlagReset;
        return found;
    }
    Result<RegionInfo> regionInfo(std::uint32_t index) override { return core_->inner->regionInfo(index); }
    Result<void> reset() override;
    void interrupt() override { core_->inner->interrupt(); }
    std::string access() const override { return core_->inner->access(); }

private:
    [[nodiscard]] bool has(SimMisbehaviour kind) const { return wrongs_->has(kind); }
    /// What the header alone decides; absent: it is decoded as it should be.
    [[nodiscard]] std::optional<int> decode(const uapi::VfioDeviceFeature& head, std::size_t room);
    void change(std::span<std::byte> bytes, std::uint32_t index);
    [[nodiscard]] Result<void> get(std::span<std::byte> bytes);
    [[nodiscard]] Result<void> set(std::span<std::byte> bytes);
    [[nodiscard]] std::optional<int> refused(MigState from, MigState to);
    [[nodiscard]] Result<void> setInner(MigState to);
    [[nodiscard]] std::optional<int> leaveLoad();
    [[nodiscard]] bool takesForState(const SimWrongSession& session) const;
    void moved(MigState from, MigState to, StatePayload& payload);
    void begin(MigState from, MigState to);
    [[nodiscard]] std::optional<int> dmaStart(std::span<std::byte> bytes);
    [[nodiscard]] std::optional<int> dmaReport(std::span<std::byte> bytes);
    void kill() {
        if (core_->session)
            core_->session->killed = true;
    }

    static constexpr std::int32_t strayToken = 100'000;

    std::shared_ptr<SimWrongCore> core_;
    std::shared_ptr<SimWrongs> wrongs_;
    std::map<std::int32_t, std::shared_ptr<SimWrongSession>> tokens_;
    bool foundStop_ = false;
    bool inError_ = false;
    bool errorResetTried_ = false;
    bool lags_ = false;
    bool stopFromRunning_ = false; ///< STOP was reached from a running state
    bool resetInRunning_ = false;  ///< the last act was a RESET in RUNNING
    bool logging_ = false;
    bool halfLoad_ = false;     ///< a reset came in the middle of a load
    bool emptyNext_ = false;    ///< the next save is empty
    unsigned unread_ = 0;       ///< sessions in a row of which nothing was read
    std::uint64_t givenUp_ = 0; ///< bytes that were read of the session before
};

} // namespace migscope::simwrong
