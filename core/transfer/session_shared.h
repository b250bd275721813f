// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a session's worker owns together with the session: shared, because a worker that the kernel does not
// give back outlives it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/transfer/device_session.h"
#include "core/transfer/stream_meter.h"

namespace migscope {

/// Writes what the device does into the recording and into the session's state. Used by whichever thread
/// works with the device.
class SessionObserver final : public DeviceObserver {
public:
    explicit SessionObserver(DeviceSession::Shared& shared) : shared_(shared) {}
    void arcBegin(const ArcStart& arc) override;
    void arcEnd(const ArcOutcome& outcome) override;
    void blockingCall(const char* what) override;
    [[nodiscard]] bool wantsCalls() const override { return recordCalls; }
    void call(const CallRecord& record) override;

    /// The id of the stream that is open, in the recording of the route.
    [[nodiscard]] std::uint32_t stream() const { return stream_; }
    [[nodiscard]] bool streamOpen() const { return streamOpen_; }
    void streamNews(event::StreamWhat what, Ns time, int errnoValue = 0);
    /// Bytes moved on the open stream; whoever moves them adds here.
    std::uint64_t streamBytes = 0;

    EventRoute route;
    bool recordCalls = false;

private:
    DeviceSession::Shared& shared_;
    std::uint32_t stream_ = 0;
    bool streamOpen_ = false;
    bool streamSaves_ = true;
};

/// A device on loan: the worker that lends it waits until it is given back.
struct DeviceSession::Shared {
    Shared(Backend& useBackend, std::string useDevice, EventRoute ownRoute, Options useOptions);

    Backend& backend;
    Clock& clock;
    const std::string name;
    const EventRoute home; ///< where the events of the session's own jobs go
    const Options options;
    std::atomic<std::uint32_t> streams{0};

    mutable std::mutex mutex;
    std::unique_ptr<Condition> changed;
    SessionState state;              // under mutex, but for the fields of the call
    std::optional<Job> pending;      // under mutex
    std::function<void()> loanWork;  // under mutex: what a run wants done on this worker
    std::function<void()> cancelRun; // under mutex: while lent
    std::function<void()>
        leaveLoan; // under mutex: while lent; ends the wait for a device that does not come back
    std::function<void()> onChange; // under mutex
    bool quitting = false;          // under mutex
    bool exited = false;            // under mutex
    bool releaseWanted = false;     // under mutex: asked back
    std::atomic<bool> cancelled{false};
    std::atomic<bool> abandoned{false};

    // The call under way, readable without the mutex: the worker is in the kernel then.
    std::atomic<const char*> callName{nullptr};
    std::atomic<std::int64_t> callSince{0};
    std::atomic<std::int64_t> callThread{0};

    // interrupt() may come while the device is being replaced: this guards the pointer, not the device.
    std::mutex deviceMutex;
    MigrationDevice* interruptible = nullptr; // under deviceMutex

    // Only for the thread that has the device.
    std::unique_ptr<MigrationDevice> device;
    SessionObserver observer{*this};

    void interrupt();
    void setInterruptible(MigrationDevice* target);
    void change(const std::function<void(SessionState&)>& edit);
    [[nodiscard]] SessionState snapshot() const;
    /// Copies what the device knows of itself into the state.
    void syncFromDevice(SessionState& to) const;
};

/// "SET STOP_COPY" and the like as literals, for names that are read without a lock.
[[nodiscard]] const char* setCallName(MigState goal);

/// To RUNNING by the shortest permitted way; by reset where only that is left. Error (DeviceLost) says where
/// the device stands. Used by sessions and runs. `note` tells what was done.
[[nodiscard]] Result<void> bringToRunning(MigrationDevice& device, bool mustReset, const EventRoute& route,
                                          std::string& note);
/// reset() with its event.
ResetResult resetWithEvent(MigrationDevice& device, const EventRoute& route);
/// setState() of the last outcome: the state, or its error. An EINTR that left the state alone is tried again
/// up to `retries` times.
[[nodiscard]] Result<MigState> walkTo(MigrationDevice& device, MigState goal, bool combined = false,
                                      int retries = 0);

} // namespace migscope
