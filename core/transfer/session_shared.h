// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a session's worker owns together with the session: shared, because a worker that the kernel does not
// give back outlives it.
#pragma once

#include <atomic>
#include <exception>
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
    void streamNews(event::StreamWhat what, Ns time, int errnoValue = 0);
    /// Says that the stream is closed where no arc said it: a reset or a failed call dropped it.
    void noteDropped(const MigrationDevice& device);
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

    mutable std::mutex mutex;
    std::unique_ptr<Condition> changed;
    SessionState state;              // under mutex, but for the fields of the call
    std::optional<Job> pending;      // under mutex
    std::function<void()> loanWork;  // under mutex: what a run wants done on this worker
    std::function<void()> cancelRun; // under mutex: while lent
    const void* borrower = nullptr;  // under mutex: the run that has the device
    std::function<void()> onChange;  // under mutex
    std::mutex telling;         // held while onChange is called: who ends it waits for the call under way
    bool quitting = false;      // under mutex
    bool exited = false;        // under mutex
    bool releaseWanted = false; // under mutex: asked back
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
    /// With the mutex held: the running job is told to stop. What comes back, if anything, is to be called
    /// without the mutex.
    [[nodiscard]] std::function<void()> cancelLocked();
    void setInterruptible(MigrationDevice* target);
    void change(const std::function<void(SessionState&)>& edit);
    [[nodiscard]] SessionState snapshot() const;
    /// Copies what the device knows of itself into the state.
    void syncFromDevice(SessionState& to) const;
};

/// What was thrown (memory, a caller's function), as an Error: no exception leaves a worker.
[[nodiscard]] Error errorOf(const std::exception& thrown, std::string what, std::string where);

/// "SET STOP_COPY" and the like as literals, for names that are read without a lock.
[[nodiscard]] const char* setCallName(MigState goal);

/// To RUNNING by the shortest permitted way; by reset where only that is left. Error (DeviceLost) says where
/// the device stands. Used by sessions and runs. `note` tells what was done.
[[nodiscard]] Result<void> bringToRunning(MigrationDevice& device, bool mustReset, const EventRoute& route,
                                          std::string& note);
/// reset() with its event.
ResetResult resetWithEvent(MigrationDevice& device, const EventRoute& route);
/// A cancel, or several, may hit calls that must come to their end: the way back, the start of a destination.
constexpr int interruptedRetries = 20;
/// setState() of the last outcome: the state, or its error. A SET that was interrupted and left the device
/// where the arc begins is tried again up to `retries` times. Cancelled when `stop` said so between two arcs.
struct Walk {
    bool combined = false;
    int retries = 0;
    std::function<bool()> stop = {};
};
[[nodiscard]] Result<MigState> walkTo(MigrationDevice& device, MigState goal, const Walk& how = {});

} // namespace migscope
