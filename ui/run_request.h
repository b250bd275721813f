// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run as it is asked for, as it stands, and the devices to choose from: plain values.
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/device/capabilities.h"
#include "core/transfer/device_session.h"
#include "core/transfer/plan.h"
#include "core/transfer/run_metrics.h"
#include "core/transfer/transfer_run.h"
#include "ui/run_source.h"

namespace migscope {

struct RunRequest {
    PlanKind kind = PlanKind::Migrate;
    std::string source;      ///< a device; empty for a load
    std::string destination; ///< a device: Migrate and Load
    std::string path;        ///< Save: is written; Load: is read
    bool raw = false;        ///< Save: the bare stream
    bool overwrite = false;  ///< Save: a file of that name is replaced
    bool loadThenRun = true; ///< Load: the loaded state runs; false: STOP, and only a reset is left
    CopyMode mode = CopyMode::Auto;
    PreCopyLimits limits;
    std::uint32_t runs = 1;
    bool recordCalls = false;
    std::string workload = "none"; ///< what uses the source meanwhile; "none": an idle function

    /// By their index in the recording.
    [[nodiscard]] std::vector<std::string> devices() const;
    [[nodiscard]] Plan plan() const;
    friend bool operator==(const RunRequest& a, const RunRequest& b);
};

/// The run of the window: under way, or the last one.
struct RunStatus {
    RunRequest request;
    bool running = false;
    bool cancelling = false;
    RunProgress progress;
    QString stuck; ///< "3b:00.2 is stuck in SET STOP for 12 s"; empty when every call returns
    /// How it ended, with where each device stands; absent when it never began, or while it runs.
    std::optional<RunResult> result;
    std::optional<Error> error;      ///< the first cause; of a run that never began, why
    std::vector<RunMetrics> metrics; ///< of the runs, when all has been read
    RunSourcePtr source;             ///< null when it never began
    Ns since{0};                     ///< of the backend's clock
};

/// A device as an end of a run.
struct RunCandidate {
    std::string name;
    QString label; ///< what it is, for people
    std::string driver;
    std::string pciId;
    bool canOpen = true; ///< false on a captured host
    bool open = false;
    SessionPhase phase = SessionPhase::Closed;
    std::optional<Capabilities> capabilities; ///< when it was asked
    std::optional<MigState> state;
    bool needsReset = false;
    bool handedOver = false;

    friend bool operator==(const RunCandidate& a, const RunCandidate& b);
};

/// The other device would take the state, as far as one knows without trying: same driver, same function.
[[nodiscard]] bool fits(const RunCandidate& source, const RunCandidate& destination);
/// Why a run cannot start, in words with the act that comes first; empty when it can. *Reentrant.*
[[nodiscard]] QString whyNotStart(const std::vector<RunCandidate>& devices, const RunRequest& request);

} // namespace migscope
