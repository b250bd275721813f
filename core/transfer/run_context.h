// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the pairs of one run share: cancel, failure, barriers, progress.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/transfer/session_shared.h"
#include "core/transfer/transfer_run.h"

namespace migscope {

/// One device of a run, for the time of the loan.
struct RunDevice {
    std::shared_ptr<DeviceSession::Shared> session;
    int index = 0;
    MigrationDevice* device = nullptr; ///< set while the pair has it

    [[nodiscard]] SessionObserver& observer() const { return session->observer; }
    [[nodiscard]] const EventRoute& route() const { return session->observer.route; }
};

/// *Thread-safe* where not said otherwise.
class RunContext {
public:
    RunContext(Clock& clockToUse, EventSink& sinkToUse, Plan planToUse, RunFiles filesToUse,
               std::size_t pairCount);

    Clock& clock;
    EventSink& sink;
    const Plan plan;
    const RunFiles files;
    const std::size_t pairs;
    std::atomic<int> run{0};

    /// Asks all pairs to stop; the caller interrupts the devices.
    void cancel();
    [[nodiscard]] bool cancelled() const { return cancelled_.load(); }
    /// A pair failed: the others stop at their next safe point.
    void fail(const Error& error);
    [[nodiscard]] bool failed() const { return failed_.load(); }
    /// Cancelled, or another pair failed: `what` is not done with that device any more.
    [[nodiscard]] Result<void> goOn(const char* what, const RunDevice& end) const;
    /// False when cancelled meanwhile.
    bool pause(Ns time);

    /// All pairs meet here on their way (nothing for one pair). Fails when one of them failed or the run was
    /// cancelled. `end` gets the wait event.
    [[nodiscard]] Result<void> barrier(const char* name, const RunDevice& end);
    /// All pairs meet here before a run, whatever happened; the last to come runs `once`.
    void meet(const std::function<void()>& once);
    /// All pairs meet here when they are ready for the next run. False, for all, when the run was cancelled
    /// before the last one came: a pair whose call does not return keeps no other's devices.
    [[nodiscard]] bool allReady();
    /// At the end of a run, whatever happened: the last to come runs `once`. The others wait for it only as
    /// long as there may be a next run.
    void finish(const std::function<void()>& once);

    void progress(const std::function<void(RunProgress&)>& edit);
    [[nodiscard]] RunProgress progress() const;
    /// The first cause of the failure of the current run.
    [[nodiscard]] std::optional<Error> firstError() const;
    void clearFailure();

    mutable std::mutex mutex;
    std::unique_ptr<Condition> changed;

private:
    std::atomic<bool> cancelled_{false};
    std::atomic<bool> failed_{false};
    std::optional<Error> error_;                 // under mutex
    RunProgress progress_;                       // under mutex
    std::map<std::string, std::size_t> arrived_; // under mutex: by barrier and run
    std::size_t met_ = 0;                        // under mutex
    std::uint64_t meeting_ = 0;                  // under mutex
    std::size_t ready_ = 0;                      // under mutex
    std::uint64_t readyRound_ = 0;               // under mutex
    bool noNext_ = false;                        // under mutex: somebody waited no longer for the others
    std::size_t ended_ = 0;                      // under mutex
    std::uint64_t ending_ = 0;                   // under mutex
};

} // namespace migscope
