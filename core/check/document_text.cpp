// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of `check` for people, and the list of checks.
#include "core/check/document.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/check/call_words.h"

namespace migscope {
namespace {

std::string indented(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += "      " + line + "\n";
    return text;
}

std::string failure(const CheckResult& result, const PaintFailed& paint, bool pair) {
    const std::string id =
        paint ? paint(failedMust(result), result.check->id) : std::string(result.check->id);
    std::string text =
        fmt::format("  {}  {}  {}\n", id, severityWord(result.check->severity), result.check->asks);
    text += fmt::format("    seen: {}\n", result.outcome.seen.filled());
    if (result.hung && result.check->severity != CheckSeverity::Must)
        text += "    weighs as a must: a call that does not return stops whoever migrates\n";
    text += fmt::format("    rule: {}\n", result.check->rule);
    for (const std::string& line : result.kernelLog)
        text += fmt::format("    kernel: {}\n", escapeText(line));
    const auto calls = std::span(result.calls);
    const std::size_t own = std::min(result.ownCalls, calls.size());
    if (own > 0)
        text +=
            "    calls:\n" + indented(callLines(calls.first(own), result.callsLeftOut, result.begun, pair));
    if (own < calls.size())
        text += fmt::format("    {}:\n", broughtBackText(result)) +
                indented(callLines(calls.subspan(own), 0, result.begun, pair));
    return text + "\n";
}

std::string row(const CheckResult& result) {
    return fmt::format("{:<16} {:<7}{}\n", result.check->id, severityWord(result.check->severity),
                       result.check->asks);
}

std::string passedRows(const CheckReport& report) {
    std::string text;
    for (const CheckResult& result : report.results) {
        if (result.outcome.verdict != CheckVerdict::Pass)
            continue;
        text += "  " + row(result);
        if (result.outcome.tellsMore)
            text += fmt::format("  {:<24}{}\n", "", result.outcome.seen.filled());
    }
    return text;
}

/// Each reason once, with the checks that it kept from being asked.
std::string skippedRows(const CheckReport& report) {
    std::vector<std::pair<std::string, std::string>> groups;
    for (const CheckResult& result : report.results) {
        if (result.outcome.verdict != CheckVerdict::Skip)
            continue;
        const std::string why = result.outcome.seen.filled();
        auto group = std::ranges::find(groups, why, &std::pair<std::string, std::string>::first);
        if (group == groups.end())
            group = groups.insert(groups.end(), {why, {}});
        group->second += "    " + row(result);
    }
    std::string text;
    for (const auto& [why, checks] : groups)
        text += fmt::format("  {}\n{}", why, checks);
    return text;
}

/// "2 of 17 failed": of those that were asked.
std::string weighed(const CheckReport& report, CheckSeverity severity) {
    const auto asked = std::ranges::count_if(report.results, [&](const CheckResult& result) {
        return result.check->severity == severity && result.outcome.verdict != CheckVerdict::Skip;
    });
    const auto failed = std::ranges::count_if(report.results, [&](const CheckResult& result) {
        return result.check->severity == severity && result.outcome.verdict == CheckVerdict::Fail;
    });
    return fmt::format("{} of {} failed", failed, asked);
}

std::string head(const CheckDocument& document) {
    const CheckReport& report = document.report;
    std::string text = fmt::format("VFIO migration check of {} ({})", escapeText(document.device),
                                   escapeText(document.driver));
    if (!document.peer.empty())
        text += fmt::format(", peer {}", escapeText(document.peer));
    text += document.simulated ? " · SIMULATED\n" : "\n";
    const std::string kernel =
        !document.kernel.empty()
            ? fmt::format("kernel {} on {}", escapeText(document.kernel), escapeText(document.host))
        : document.simulated ? std::string("no kernel: simulated")
                             : fmt::format("unknown kernel on {}", escapeText(document.host));
    text +=
        fmt::format("  migscope {}, {}, migration flags {:#x} ({}), access {}\n", document.tool, kernel,
                    report.flags.raw(), report.flags.text(), report.access.empty() ? "none" : report.access);
    const std::string failed = failedWords(report);
    text += fmt::format("  {} in {}: {} failed{}, {} passed, {} skipped{}\n",
                        plural(report.results.size(), "check", "checks"),
                        formatDuration(report.ended - report.begun), report.count(CheckVerdict::Fail),
                        failed.empty() ? "" : " (" + failed + ")", report.count(CheckVerdict::Pass),
                        report.count(CheckVerdict::Skip), report.cancelled ? "; cancelled" : "");
    if (const std::string without = notJudgedText(report); !without.empty())
        text += fmt::format("  Not judged: {}\n", without);
    return text +
           fmt::format(
               "  must, the kernel's interface demands it: {}; should, programs rely on it: {}; note, "
               "worth knowing: {}\n",
               weighed(report, CheckSeverity::Must), weighed(report, CheckSeverity::Should),
               weighed(report, CheckSeverity::Note)) +
           "  GET, SET and PROBE are VFIO_DEVICE_FEATURE (SET of a state: MIG_DEVICE_STATE; START, STOP and "
           "REPORT: DMA_LOGGING_*), RESET is VFIO_DEVICE_RESET; an arc is one step between two states\n\n";
}

} // namespace

std::string endText(const CheckEnd& end) {
    return end.state ? stateName(*end.state) : "unknown";
}

std::string broughtBackText(const CheckResult& result) {
    std::string text =
        result.broughtBack.empty() ? "clean-up" : "clean-up, brought back by " + result.broughtBack;
    if (!result.peerBroughtBack.empty())
        text += ", the peer by " + result.peerBroughtBack;
    return text;
}

std::string failedWords(const CheckReport& report) {
    std::string text;
    const auto add = [&](std::ptrdiff_t count, std::string_view word) {
        if (count > 0)
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
    };
    add(std::ranges::count_if(report.results, &migscope::failedMust), severityWord(CheckSeverity::Must));
    for (const CheckSeverity severity : {CheckSeverity::Should, CheckSeverity::Note})
        add(std::ranges::count_if(report.results,
                                  [&](const CheckResult& result) {
                                      return result.outcome.verdict == CheckVerdict::Fail &&
                                             !failedMust(result) && result.check->severity == severity;
                                  }),
            severityWord(severity));
    return text;
}

std::string notJudgedText(const CheckReport& report) {
    const std::size_t count = report.notJudged().size();
    if (count == 0)
        return {};
    constexpr std::string_view prefix = "Not asked: ";
    std::string why = report.noImage->filled();
    if (why.starts_with(prefix))
        why.erase(0, prefix.size());
    return fmt::format("{} a saved state, and there was none to be had: {}",
                       plural(count, "check needs", "checks need"), why);
}

std::string checkText(const CheckDocument& document, const PaintFailed& paint) {
    const CheckReport& report = document.report;
    std::string text = head(document);
    if (report.count(CheckVerdict::Fail) > 0) {
        text += "Failed\n  Calls: time since the check began, call, answer, duration, values.\n\n";
        for (const CheckResult& result : report.results) {
            if (result.outcome.verdict == CheckVerdict::Fail)
                text += failure(result, paint, !document.peer.empty());
        }
    }
    if (report.count(CheckVerdict::Pass) > 0)
        text += "Passed\n" + passedRows(report) + "\n";
    if (report.count(CheckVerdict::Skip) > 0)
        text += "Skipped\n" + skippedRows(report) + "\n";
    text += "Never tried, on no device: each of these harms some kernel or some driver\n";
    for (const NotTried& act : actsNotTried())
        text += fmt::format("  {}: {}.\n", act.act, act.why);
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
