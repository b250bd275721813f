// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of compliance checks: verdicts, state pairs, how a run stands.
#pragma once

#include <QString>

#include <string>
#include <vector>

#include "core/check/state_pairs.h"
#include "ui/check_status.h"

namespace migscope {

/// A sentence of a check, translated and filled. *Reentrant*, like all of this file.
[[nodiscard]] QString sightWords(const CheckSight& sight);
/// A text of the catalogue: what a check asks, its rule.
[[nodiscard]] QString checkWords(std::string_view text);
/// "passed", "failed", "skipped".
[[nodiscard]] QString verdictWords(CheckVerdict verdict);
/// A mark that differs by shape: ✓ ✗ –
[[nodiscard]] QString verdictMark(const CheckResult& result);
[[nodiscard]] QString severityWords(CheckSeverity severity);

/// What stands in a cell of the matrix: "12 µs", "✗ EINVAL", "no way".
[[nodiscard]] QString pairMark(const StatePair& pair);
/// "STOP → STOP_COPY: 12 SETs succeeded, 8.1 µs to 20 µs, median 12 µs. MIG-FSM-001 failed by it."
[[nodiscard]] QString pairSentence(const StatePair& pair);

/// How a run stands or ended: counts, time, where the devices are.
[[nodiscard]] QString checkSummary(const CheckStatus& status, Ns now);
/// What could not be judged for want of a saved state, and why there was none; empty: nothing.
[[nodiscard]] QString notJudgedWords(const CheckReport& report);
/// Where the devices were left: "3b:00.2 back in RUNNING · 3b:00.3 LEFT in STOP".
[[nodiscard]] QString endWords(const CheckStatus& status);
/// Why it could not begin, and what helps; empty when it could.
[[nodiscard]] QString checkFailure(const CheckStatus& status);

/// A device as it can be checked.
struct CheckCandidate {
    std::string name;
    QString label;
    bool takesJunk = false; ///< hostile checks need no word of the person
    bool open = false;      ///< in this window
};

/// The devices that the form is about.
struct CheckFormView {
    CheckCandidate device; ///< empty name: none is selected
    std::vector<CheckCandidate> peers;
    QString why; ///< why no check can start, whatever is chosen; empty when one can
    bool running = false;
    bool cancelling = false;
};

} // namespace migscope
