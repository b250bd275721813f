// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One opened device and the one worker thread that ever calls into it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/device/capabilities.h"
#include "core/transfer/event.h"
#include "core/vfio/backend.h"
#include "core/vfio/migration_device.h"

namespace migscope {

/// Jobs are plain values, so that the same mailbox can stand behind a pipe.
namespace job {
struct Open {}; ///< opens (resets the function) and probes
struct Probe {};
/// To a state, one SET per arc; `combined`: one SET for all. From states that need it the answer is Refused.
struct Step {
    MigState goal{};
    bool combined = false;
};
struct Drain {}; ///< reads the stream of a click until drained or its end
struct SaveStream {
    std::string path;
    bool raw = false;
}; ///< the same, into a file
struct LoadStream {
    std::string path;
}; ///< writes a file into the open resuming stream
/// Which pages the device writes: START over the ranges, a REPORT each interval, STOP. Leaves the migration
/// state alone. Unsupported where the device has no DMA logging.
struct DmaLog {
    std::vector<DmaRange> ranges; ///< checkDmaRanges()
    std::uint64_t pageBytes = smallestDmaPage;
    Ns interval = std::chrono::milliseconds(100);       ///< from one round to the next
    std::uint32_t rounds = 0;                           ///< 0: until cancelled, which then is no error
    std::uint64_t chunkBytes = std::uint64_t{4} << 30U; ///< a range above it is reported in parts
};
/// The cost of DMA logging by size: START, `rounds` REPORTs at once and STOP for each of sweepSizes(). A
/// START that the kernel refuses is an event, and an error only when it refused all. InvalidArgument: no size
/// fits.
struct DmaCost {
    DmaRange most; ///< the largest
    std::uint64_t pageBytes = smallestDmaPage;
    std::uint32_t rounds = 3; ///< at least 1
};
struct Reset {};
struct BringBack {}; ///< to RUNNING by the shortest permitted way; by reset where only that is left
struct Close {};     ///< brings nothing back; releases the device
} // namespace job
using Job = std::variant<job::Open, job::Probe, job::Step, job::Drain, job::SaveStream, job::LoadStream,
                         job::DmaLog, job::DmaCost, job::Reset, job::BringBack, job::Close>;
[[nodiscard]] std::string jobWord(const Job& job); ///< "open", "step to STOP_COPY", …

enum class SessionPhase {
    Closed, ///< the device is not open
    Idle,
    Working,
    Stuck,     ///< in a call for longer than Options::stuckAfter
    Lent,      ///< a run has the device
    Abandoned, ///< the kernel did not give the thread back
};

/// A stream that came from a click.
struct HandStream {
    StreamDirection direction{};
    std::uint64_t bytes = 0;
    bool drained = false;
    bool ended = false;
};

struct ArcLatency {
    MigState from{};
    MigState to{};
    Ns last{0};
    std::optional<Error> refused; ///< the last attempt failed with this
};

/// Of the last DMA logging; pages of `pageBytes`.
struct DmaLogProgress {
    bool active = false;
    std::uint32_t round = 0;  ///< rounds that are done
    std::uint32_t rounds = 0; ///< 0: until cancelled
    std::uint64_t pageBytes = 0;
    std::uint64_t trackedBytes = 0;
    std::uint64_t lastPages = 0; ///< dirty in the last round
    Ns lastSpan{0};              ///< the time in which they were written
    std::uint64_t totalPages = 0;
};

/// A value; read by any thread.
struct SessionState {
    std::string device;
    SessionPhase phase = SessionPhase::Closed;
    std::optional<Capabilities> capabilities;
    std::optional<MigState> state; ///< absent: unknown
    bool needsReset = false;
    /// The state was handed to another device, or was loaded and not started: running it again here would
    /// make a twin. Only a reset (or a close) ends this.
    bool handedOver = false;
    std::optional<HandStream> stream;
    std::optional<DmaLogProgress> dmaLog;
    std::string job;  ///< what runs, or ran last
    std::string call; ///< the call that has not returned, "SET STOP_COPY"
    std::optional<Ns> callSince;
    std::int64_t thread = 0;      ///< kernel thread id of the worker
    std::optional<Error> error;   ///< of the last job; empty after success
    std::optional<MigState> goal; ///< of the last step
    std::vector<ArcLatency> latencies;
    std::uint64_t revision = 0; ///< grows with every change

    /// "stuck in SET STOP_COPY for 12 s" at `now`; empty when not.
    [[nodiscard]] std::string stuckText(Ns now) const;
};

/// *Thread-safe.* Events go to `sink` with `deviceIndex`. The destructor asks the worker to close and waits
/// for `grace`; a worker that the kernel does not give back is abandoned (its state is shared-owned), never
/// joined.
class DeviceSession {
public:
    struct Options {
        /// Below the 2 s within which a person must read it: whoever shows it looks only now and then.
        Ns stuckAfter = std::chrono::milliseconds(1500);
        Ns grace = std::chrono::seconds(1);
        bool recordCalls = false;
    };
    DeviceSession(Backend& backend, std::string device, EventSink& sink, int deviceIndex, Options options);
    DeviceSession(Backend& backend, std::string device, EventSink& sink, int deviceIndex)
        : DeviceSession(backend, std::move(device), sink, deviceIndex, Options{}) {}
    ~DeviceSession();
    DeviceSession(const DeviceSession&) = delete;
    DeviceSession& operator=(const DeviceSession&) = delete;

    /// Posts a job. JobRunning (with what runs and since when) while another is under way; Stuck when the
    /// kernel has not returned.
    [[nodiscard]] Result<void> post(Job job);
    /// Asks the running job to stop at the next safe point and wakes an interruptible wait.
    void cancel();
    [[nodiscard]] SessionState state() const;
    /// Waits until no job runs, or the deadline; the state then. For the command line and tests.
    SessionState wait(std::optional<Ns> deadline = std::nullopt);
    /// post() and wait(): the error of the job, or Stuck when `deadline` came first.
    [[nodiscard]] Result<SessionState> perform(Job job, std::optional<Ns> deadline = std::nullopt);
    /// The kernel wants the device back: says so in the recording, cancels what runs, brings the device back
    /// and closes it; no job is taken meanwhile, and wait() waits for it. `by` is who asked.
    void askedBack(const std::string& by);
    /// Closes and waits up to `grace` for the worker; a run that has the device is cancelled and gives it
    /// back first. True: the device is closed. False: the kernel has not given the thread back; it is
    /// abandoned, and backend, clock and sink must live on until the process leaves by _exit. Idempotent.
    bool release(Ns grace);
    [[nodiscard]] const std::string& device() const;

    /// Called (on the thread that works with the device) after every change of state(); must be quick and
    /// must not call back into the session. When this returns, the former callback is no longer under way.
    /// For waking a GUI.
    void onChange(std::function<void()> callback);

    struct Shared; ///< what the worker owns together with us

private:
    friend class TransferRun;
    std::shared_ptr<Shared> shared_;
};

} // namespace migscope
