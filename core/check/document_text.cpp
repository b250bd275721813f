// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of `check` for people, and the list of checks.
#include "core/check/document.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope {
namespace {

/// Calls of one failed check that people see; --json has all that were kept.
constexpr std::size_t shownCalls = 40;

std::string callLine(const CheckCall& call, Ns begun, bool pair) {
    std::string line = fmt::format(
        "      {:>+12.3f} ms  {:<24} {}", static_cast<double>((call.record.called - begun).count()) / 1e6,
        call.record.op, call.record.errnoValue == 0 ? "ok" : errnoName(call.record.errnoValue));
    if (call.bytes > 0)
        line += fmt::format("  {}", formatBytes(call.bytes));
    if (call.times > 1)
        line += fmt::format(" in {} calls", call.times);
    line += fmt::format("  {}", formatDuration(call.record.returned - call.record.called));
    if (pair && call.device == 1)
        line += "  (peer)";
    return line + "\n";
}

std::string callLines(const CheckResult& result, bool pair) {
    std::string text;
    const std::size_t count = result.calls.size();
    const std::size_t first = count <= shownCalls ? count : shownCalls / 2;
    const std::size_t last = count <= shownCalls ? count : count - shownCalls / 2;
    for (std::size_t i = 0; i < first; ++i)
        text += callLine(result.calls[i], result.begun, pair);
    if (last > first || result.callsLeftOut > 0)
        text += fmt::format("      … {} calls more\n", last - first + result.callsLeftOut);
    for (std::size_t i = std::max(first, last); i < count; ++i)
        text += callLine(result.calls[i], result.begun, pair);
    return text;
}

std::string failure(const CheckResult& result, const PaintFailed& paint, bool pair) {
    const std::string id =
        paint ? paint(failedMust(result), result.check->id) : std::string(result.check->id);
    std::string text =
        fmt::format("  {}  {}  {}\n", id, severityWord(result.check->severity), result.check->asks);
    text += fmt::format("    seen: {}\n", result.outcome.seen.filled());
    text += fmt::format("    rule: {}\n", result.check->rule);
    for (const std::string& line : result.kernelLog)
        text += fmt::format("    kernel: {}\n", escapeText(line));
    if (!result.calls.empty())
        text += "    calls:\n" + callLines(result, pair);
    if (!result.broughtBack.empty())
        text += fmt::format("    brought back by {}\n", result.broughtBack);
    return text + "\n";
}

std::string rows(const CheckReport& report, CheckVerdict verdict) {
    std::string text;
    for (const CheckResult& result : report.results) {
        if (result.outcome.verdict == verdict)
            text += fmt::format("  {:<16} {}\n", result.check->id,
                                verdict == CheckVerdict::Skip ? result.outcome.seen.filled()
                                                              : std::string(result.check->asks));
    }
    return text;
}

} // namespace

std::string endText(const CheckEnd& end) {
    return end.state ? stateName(*end.state) : "unknown";
}

std::string checkText(const CheckDocument& document, const PaintFailed& paint) {
    const CheckReport& report = document.report;
    std::string text =
        fmt::format("Compliance of {} ({})", escapeText(document.device), escapeText(document.driver));
    if (!document.peer.empty())
        text += fmt::format(" with {}", escapeText(document.peer));
    text += document.simulated ? " · SIMULATED\n" : "\n";
    text += fmt::format("  migscope {}, kernel {} on {}, flags {} ({}), access {}\n", document.tool,
                        document.kernel.empty() ? "unknown" : escapeText(document.kernel),
                        escapeText(document.host), report.flags.text(), report.flags.raw(),
                        report.access.empty() ? "none" : report.access);
    const auto must = std::ranges::count_if(report.results, &migscope::failedMust);
    text += fmt::format("  {} checks in {}: {} failed ({} of them must), {} passed, {} skipped{}\n\n",
                        report.results.size(), formatDuration(report.ended - report.begun),
                        report.count(CheckVerdict::Fail), must, report.count(CheckVerdict::Pass),
                        report.count(CheckVerdict::Skip), report.cancelled ? "; cancelled" : "");
    if (report.count(CheckVerdict::Fail) > 0) {
        text += "Failed\n";
        for (const CheckResult& result : report.results) {
            if (result.outcome.verdict == CheckVerdict::Fail)
                text += failure(result, paint, !document.peer.empty());
        }
    }
    if (report.count(CheckVerdict::Pass) > 0)
        text += "Passed\n" + rows(report, CheckVerdict::Pass) + "\n";
    if (report.count(CheckVerdict::Skip) > 0)
        text += "Skipped\n" + rows(report, CheckVerdict::Skip) + "\n";
    text += "Judged from the flags, never tried\n";
    for (const NotTried& act : actsNotTried())
        text += fmt::format("  {}: {}\n", act.act, act.why);
    text += "\n";
    for (const CheckEnd& end : report.ends)
        text += fmt::format("{}: {} {}\n", escapeText(end.device), end.safe ? "device back in" : "LEFT in",
                            endText(end));
    return text;
}

std::string checkListText() {
    std::string text;
    for (const Check& check : checkCatalogue())
        text += fmt::format("{:<16} {:<8} {:<7} {}\n", check.id, classWord(check.kind),
                            severityWord(check.severity), check.asks);
    return text;
}

} // namespace migscope
