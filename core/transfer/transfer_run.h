// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A plan carried out: the coordinator of one or more opened devices.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/transfer/device_session.h"
#include "core/transfer/event.h"
#include "core/transfer/image_file.h"
#include "core/transfer/plan.h"

namespace migscope {

/// Where a plan stands, for a progress line. A value.
struct RunProgress {
    int run = 0; ///< from 1
    std::uint32_t runs = 1;
    std::string phase; ///< "pre-copy round 3", "stop", "save", "load", "resume", "bring back"
    std::uint64_t movedBytes = 0;
    std::optional<std::uint64_t> expectedBytes;
    Ns elapsed{0};
    bool finished = false;
};

/// How one device was left.
struct DeviceEnd {
    std::string device;
    int index = 0;
    std::optional<MigState> state; ///< absent: unknown
    bool hung = false;             ///< a call has not returned
    std::string note;              ///< what was done to bring it back, or why it could not
};

struct RunResult {
    RunOutcome outcome = RunOutcome::Failed;
    std::optional<Error> error; ///< the first cause
    std::vector<DeviceEnd> devices;
    /// Every device is RUNNING (or, after a load without --run, reset).
    [[nodiscard]] bool devicesSafe() const;
};

/// Files of a plan.
struct RunFiles {
    std::string savePath; ///< Save
    bool raw = false;
    bool overwrite = false;
    std::string loadPath;    ///< Load; "-" = standard input
    std::string spoolFolder; ///< Loopback; empty: the temporary folder
    ImageHeader header;      ///< Save: who writes it
    /// Every call with its bytes in the recording, for the time of the run; absent: as each session has it.
    std::optional<bool> recordCalls = {};
    /// Called on a worker at "before-stop", "stopped", "saved", "loaded", "resumed", "end". Its time is
    /// measured like everything else.
    std::function<void(const std::string& phase)> hook;
};

/// *Thread-safe.* The sessions must be open and idle, with their devices RUNNING: else start() says which act
/// comes first. They lend their device for the run and get it back with its state re-read. Rules held here:
/// the destination is in RESUMING before the source stops; the two ends are never both running; the source
/// leaves STOP_COPY only after the destination runs; it is taken back only after the destination was reset.
class TransferRun {
public:
    /// `sessions[i]` is device i of the recording. Checks the plan against capabilities before any SET
    /// (Refused with a sentence).
    [[nodiscard]] static Result<std::unique_ptr<TransferRun>>
    start(Clock& clock, std::vector<DeviceSession*> sessions, EventSink& sink, Plan plan, RunFiles files);
    /// Cancels and waits up to the sessions' grace.
    ~TransferRun();

    /// At any moment; devices are brought back first.
    void cancel();
    [[nodiscard]] RunProgress progress() const;
    [[nodiscard]] bool finished() const;
    /// Waits for the end of all runs; without a value when `deadline` came first (a call does not return).
    [[nodiscard]] std::optional<RunResult> wait(std::optional<Ns> deadline = std::nullopt);

    struct Shared;

private:
    TransferRun();
    std::shared_ptr<Shared> shared_;
};

} // namespace migscope
