// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of the catalogue found, as text: a report for people, documents for programs, and the formats of
// test runners.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/check/check_run.h"

namespace migscope {

/// Names are as the host has them; they are escaped here.
struct CheckDocument {
    bool simulated = false;
    std::string tool; ///< version
    std::string host;
    std::string kernel;
    std::string device;
    std::string driver;
    std::string peer; ///< empty: none
    CheckReport report;
};

/// Where a device was left: "RUNNING", "unknown".
[[nodiscard]] std::string endText(const CheckEnd& end);

/// "clean-up, brought back by reset, the peer by SET"; "clean-up" where it was in RUNNING.
[[nodiscard]] std::string broughtBackText(const CheckResult& result);
/// "1 must, 2 should": the severities of what failed; empty: nothing did.
[[nodiscard]] std::string failedWords(const CheckReport& report);
/// "17 checks need a saved state, and there was none: …"; empty: they were asked.
[[nodiscard]] std::string notJudgedText(const CheckReport& report);

/// Gives the id of a failed check the colour of a terminal.
using PaintFailed = std::function<std::string(bool must, std::string_view id)>;

/// Failures first, each with its calls; then what passed and what was skipped. *Reentrant*, as all of these.
[[nodiscard]] std::string checkText(const CheckDocument& document, const PaintFailed& paint = {});
/// migscope.check/1
[[nodiscard]] std::string checkJson(const CheckDocument& document);
/// KTAP version 1 (Documentation/dev-tools/ktap.rst): only a failed must is a plain "not ok".
[[nodiscard]] std::string checkKtap(const CheckDocument& document);
/// JUnit XML: only a failed must is a failure.
[[nodiscard]] std::string checkJunit(const CheckDocument& document);

[[nodiscard]] std::string checkListText();
/// migscope.check-list/1
[[nodiscard]] std::string checkListJson();

} // namespace migscope
