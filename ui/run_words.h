// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a run: what was asked, how far it is, how it ended.
#pragma once

#include <QString>

#include "ui/run_request.h"

namespace migscope {

/// "migrate 3b:00.2 to 3b:00.3", "save 3b:00.2 to state.bin". *Reentrant*, like all of this file.
[[nodiscard]] QString requestWords(const RunRequest& request);
/// "idle function" for "none" and nothing, else the workload's name.
[[nodiscard]] QString workloadWords(const std::string& workload);
/// "run 2 of 5 · save · 12.0 MiB of about 300.0 MiB · 1.21 GiB/s · 1.4 s"; `rate` may be empty.
[[nodiscard]] QString progressWords(const RunProgress& progress, const QString& rate);

struct RunWords {
    QString text;
    bool bad = false;
};
/// Of a run that ended or never began: its figures with the workload, or what was tried, the kernel's answer,
/// where each device stands, and what helps. Empty while it runs.
[[nodiscard]] RunWords outcomeWords(const RunStatus& status);

} // namespace migscope
