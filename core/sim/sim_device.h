// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device: its state, its one session, its time and its faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/sim/sim_backend.h"
#include "core/sim/sim_dma_log.h"
#include "core/sim/sim_log.h"
#include "core/sim/sim_pattern.h"
#include "core/sim/sim_profile.h"
#include "core/vfio/device_io.h"

namespace migscope {

/// What the devices of a machine did that hardware would not have survived. *Thread-safe.*
class SimViolations {
public:
    void add(std::string text);
    [[nodiscard]] std::vector<std::string> list() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::string> list_;
};

/// One saving or resuming session. Guarded by its device's mutex; dead as soon as the device left the state.
struct SimSession {
    bool saving = true;
    bool alive = true;
    SimHeader header;
    // saving
    std::uint64_t offset = 0; ///< read so far
    std::uint64_t queued = 0; ///< can be read up to here
    std::uint64_t total = 0;  ///< 0: more may come
    std::uint64_t initialEnd = 0;
    Ns dirtyTakenAt{0}; ///< running time up to which dirty data was queued
    unsigned infos = 0;
    bool empty = false;
    // resuming
    std::optional<SimVerifier> verifier;
    bool writeFailed = false;
    // both
    std::uint64_t pacedBytes = 0; ///< bytes whose time was spent
};

/// *Thread-safe*: one mutex, which every sleep gives back. Functions that answer int answer 0 or an errno.
class SimDevice {
public:
    SimDevice(SimDeviceProfile profile, Clock& clock, std::shared_ptr<SimViolations> violations,
              std::shared_ptr<SimLog> log);

    [[nodiscard]] const SimDeviceProfile& profile() const { return profile_; }

    // The life of an opening. openDevice() sleeps.
    [[nodiscard]] int openDevice();
    void closeDevice();
    [[nodiscard]] bool isOpen() const;

    // What a device fd does.
    [[nodiscard]] MigState get();
    /// `token` is written on success only.
    [[nodiscard]] int set(std::uint32_t wanted, std::int32_t& token);
    [[nodiscard]] std::shared_ptr<SimSession> takeSession(std::int32_t token);
    [[nodiscard]] std::uint64_t dataSize();
    [[nodiscard]] int reset();
    void optInPrecopyInfoV2();
    [[nodiscard]] int startLogging(uapi::VfioDeviceFeatureDmaLoggingControl& control);
    void stopLogging();
    [[nodiscard]] int reportLogging(const uapi::VfioDeviceFeatureDmaLoggingReport& report);
    void interruptSet();

    // What a data fd does. `stop` belongs to the stream and is guarded by this device's mutex.
    [[nodiscard]] Result<std::size_t> read(SimSession& session, std::span<std::byte> into, bool& stop);
    [[nodiscard]] Result<std::size_t> write(SimSession& session, std::span<const std::byte> from, bool& stop);
    [[nodiscard]] Result<RawPrecopyInfo> precopyInfo(SimSession& session, bool& stop);
    void interruptStream(bool& stop);

    // What tests and the machine do.
    void releaseStuck();
    void moveBehindBack();
    [[nodiscard]] MigState state() const;
    [[nodiscard]] bool logsDma() const;
    [[nodiscard]] std::vector<SimArc> arcs() const;
    [[nodiscard]] SimLoad lastLoad() const;
    [[nodiscard]] std::uint64_t savedSeed() const;

private:
    using Lock = std::unique_lock<std::mutex>;

    /// The pace of the stream that opens now; the first is number 0.
    void drawPace();
    /// Gives the mutex back while it sleeps, `time` at the stream's pace; false when `stop` became true.
    bool sleep(Lock& lock, Ns time, const bool* stop);
    [[nodiscard]] int step(Lock& lock, MigState to, std::int32_t& token);
    [[nodiscard]] int finishLoad();
    void startSession(MigState to);
    void finishSaving();
    void endSession();
    void applyDue();
    void becomeRunning();
    /// Counts the time that the device ran, up to now.
    void accrue();
    [[nodiscard]] bool dirties() const;
    [[nodiscard]] std::uint64_t dirtyBytes(const SimSession& session) const;
    void queueDirty(SimSession& session);
    [[nodiscard]] std::uint64_t bytesLeft() const;
    [[nodiscard]] SimHeader ownHeader() const;
    /// The first fault of the kind that applies to this arc and SET; counts it.
    const SimFault* strike(SimFaultKind kind, std::optional<std::pair<MigState, MigState>> arc = {});
    /// The fault of the kind when it lies at or behind `offset`, without counting it.
    [[nodiscard]] const SimFault* ahead(SimFaultKind kind, std::uint64_t offset) const;
    [[nodiscard]] std::size_t shortened(std::size_t count, std::uint64_t offset, SimFaultKind limit,
                                        SimFaultKind stall, SimFaultKind error) const;
    [[nodiscard]] Ns pace(SimSession& session, std::uint64_t bytes, std::uint64_t rate) const;
    [[nodiscard]] std::unexpected<Error> refuse(int number, const char* call) const;
    void violate(const std::string& what);

    const SimDeviceProfile profile_;
    Clock& clock_;
    const std::shared_ptr<SimViolations> violations_;
    const std::shared_ptr<SimLog> kernelLog_;

    mutable std::mutex mutex_;
    std::unique_ptr<Condition> condition_;
    bool open_ = false;
    bool everOpened_ = false;
    bool foundNotRunning_ = false; ///< only a reset is survived
    MigState state_ = MigState::Running;
    std::shared_ptr<SimSession> session_;
    std::vector<std::pair<std::int32_t, std::shared_ptr<SimSession>>> tokens_;
    std::int32_t nextToken_ = 0;
    bool inSet_ = false;
    bool setInterrupted_ = false;
    bool stuckReleased_ = false;
    bool movePending_ = false; ///< moved behind our back while a SET runs: takes effect when it returns
    bool moved_ = false;       ///< the timed move of this opening was done
    unsigned sets_ = 0;        ///< since the open
    unsigned savings_ = 0;     ///< since the open
    unsigned resets_ = 0;
    std::uint64_t sessions_ = 0;
    std::vector<unsigned> strikes_; ///< by fault
    std::uint64_t paces_ = 0;       ///< drawn so far
    double pace_ = 1;
    bool precopyInfoV2_ = false;
    Ns openedAt_{0};
    Ns ranUntil_{0}; ///< accrue() counted up to here
    Ns ran_{0};      ///< time in which data became dirty
    std::uint64_t loggedBytes_ = 0;
    Ns logStart_{0};
    SimDmaLog log_;
    std::vector<SimArc> arcs_;
    SimLoad lastLoad_;
    std::uint64_t savedSeed_ = 0;
    std::optional<std::uint64_t> loadedSeed_; ///< of the state that was loaded, until the device runs
};

/// bytes / (bytes per second) as time, rounded down; 0 for an unlimited rate.
[[nodiscard]] Ns simTimeOf(std::uint64_t bytes, std::uint64_t bytesPerSecond);
/// The time of so many bytes at a time for each GiB, rounded down; an hour at most.
[[nodiscard]] Ns simTimeOfGib(std::uint64_t bytes, Ns perGib);
/// The bytes of a time at a rate, rounded down.
[[nodiscard]] std::uint64_t simBytesIn(Ns time, std::uint64_t bytesPerSecond);

/// Closes the device when the last of its handle and streams is gone.
class SimHandle {
public:
    explicit SimHandle(std::shared_ptr<SimDevice> device) : device_(std::move(device)) {}
    SimHandle(const SimHandle&) = delete;
    SimHandle& operator=(const SimHandle&) = delete;
    ~SimHandle() { device_->closeDevice(); }

    [[nodiscard]] SimDevice& device() const { return *device_; }

private:
    std::shared_ptr<SimDevice> device_;
};

[[nodiscard]] std::unique_ptr<DeviceIo> makeSimDeviceIo(std::shared_ptr<SimHandle> handle);
[[nodiscard]] std::unique_ptr<DataStream> makeSimStream(std::shared_ptr<SimHandle> handle,
                                                        std::shared_ptr<SimSession> session);

} // namespace migscope
