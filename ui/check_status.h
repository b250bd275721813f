// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run of the compliance checks as the window sees it: plain values.
#pragma once

#include <QString>

#include "core/base/clock.h"
#include "core/check/check_run.h"
#include "core/check/document.h"
#include "ui/run_source.h"

namespace migscope {

struct CheckStatus {
    CheckRequest request;
    bool running = false;
    bool cancelling = false;
    CheckProgress progress;
    QString stuck;          ///< "3b:00.2 is stuck in SET STOP for 12 s"; empty when every call returns
    bool abandoned = false; ///< a call never returned: its worker was left behind
    /// What reports say of it. Its results grow while it runs; the rest of the report comes with the end.
    CheckDocument document;
    RunSourcePtr source; ///< every call, as a recording
    Ns since{0};         ///< of the backend's clock
};

} // namespace migscope
