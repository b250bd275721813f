// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of `check` for programs: JSON, KTAP and JUnit XML.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/escape.h"
#include "core/base/markup.h"
#include "core/check/call_words.h"
#include "core/check/document.h"
#include "core/check/state_pairs.h"
#include "core/transfer/json_text.h"

namespace migscope {
namespace {

void orNull(JsonWriter& json, std::string_view key, const std::string& text) {
    json.key(key);
    if (text.empty())
        json.null();
    else
        json.text(text);
}

void about(JsonWriter& json, const Check& check) {
    json.key("id").text(check.id).key("class").text(classWord(check.kind));
    json.key("severity").text(severityWord(check.severity)).key("rule").text(check.rule);
}

void call(JsonWriter& json, const CheckCall& call, Ns begun) {
    const CallRecord& record = call.record;
    json.beginObject().key("device").number(call.device).key("op").text(record.op);
    json.key("t_call_ns").number(record.called - begun);
    json.key("duration_ns").number(record.returned - record.called);
    orNull(json, "errno", errnoName(record.errnoValue));
    json.key("times").number(call.times).key("bytes");
    if (call.bytes > 0)
        json.number(call.bytes);
    else
        json.null();
    json.key("offset");
    if (call.offset)
        json.number(*call.offset);
    else
        json.null();
    json.key("answered").boolean(!call.unanswered);
    json.key("in").text(hexText(record.in)).key("out").text(hexText(record.out));
    json.key("values").text(callAnswer(call)).endObject();
}

void resultJson(JsonWriter& json, const CheckResult& result, Ns begun) {
    json.beginObject();
    about(json, *result.check);
    json.key("verdict").text(verdictWord(result.outcome.verdict));
    json.key("asked").text(result.check->asks).key("seen").text(result.outcome.seen.filled());
    json.key("duration_ns").number(result.ended - result.begun);
    orNull(json, "brought_back", result.broughtBack);
    orNull(json, "peer_brought_back", result.peerBroughtBack);
    json.key("kernel_log").beginArray();
    for (const std::string& line : result.kernelLog)
        json.text(line);
    json.endArray().key("calls").beginArray();
    for (const CheckCall& made : result.calls)
        call(json, made, begun);
    json.endArray().key("own_calls").number(result.ownCalls);
    json.key("calls_left_out").number(result.callsLeftOut).endObject();
}

void pairJson(JsonWriter& json, const StatePair& pair) {
    json.beginObject().key("from").text(stateName(pair.from)).key("to").text(stateName(pair.to));
    json.key("verdict").text(pairVerdictWord(pair.verdict));
    json.key("succeeded").number(pair.worked).key("refused").number(pair.refused);
    orNull(json, "last_errno", errnoName(pair.lastError));
    for (const auto& [key, time] :
         {std::pair("fastest_ns", pair.fastest), std::pair("median_ns", pair.median),
          std::pair("slowest_ns", pair.slowest)}) {
        json.key(key);
        if (pair.worked > 0)
            json.number(time);
        else
            json.null();
    }
    json.key("failed").beginArray();
    for (const std::string_view id : pair.failed)
        json.text(id);
    json.endArray().endObject();
}

/// Neither a new line, nor the mark that begins a directive.
std::string ktapWords(std::string text) {
    std::ranges::replace(text, '\n', ' ');
    std::ranges::replace(text, '#', ' ');
    return escapeText(text);
}

std::string xml(const std::string& raw) {
    return escapeMarkup(escapeText(raw));
}

double seconds(Ns time) {
    return static_cast<double>(time.count()) / 1e9;
}

/// What people see of a check, a line each: its rule, its calls and the way back.
std::vector<std::string> evidence(const CheckResult& result, bool pair) {
    std::vector<std::string> lines{fmt::format("rule: {}", result.check->rule)};
    for (const std::string& line : result.kernelLog)
        lines.push_back("kernel: " + escapeText(line));
    const auto calls = std::span(result.calls);
    const std::size_t own = std::min(result.ownCalls, calls.size());
    for (const std::string& line : callLines(calls.first(own), result.callsLeftOut, result.begun, pair))
        lines.push_back("call: " + line);
    if (own < calls.size())
        lines.push_back(broughtBackText(result) + ":");
    for (const std::string& line : callLines(calls.subspan(own), 0, result.begun, pair))
        lines.push_back("call: " + line);
    return lines;
}

std::string evidenceXml(const CheckResult& result, bool pair) {
    std::string text;
    for (const std::string& line : evidence(result, pair))
        text += xml(line) + "\n";
    return text;
}

std::string testcase(const CheckResult& result, bool pair) {
    std::string text =
        fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\">\n",
                    classWord(result.check->kind), result.check->id, seconds(result.ended - result.begun));
    const std::string seen = xml(result.outcome.seen.filled());
    const std::string asked = xml(std::string(result.check->asks));
    const auto severity = severityWord(result.check->severity);
    if (failedMust(result))
        text += fmt::format("      <failure type=\"must\" message=\"{}\">asked: {}\n{}</failure>\n", seen,
                            asked, evidenceXml(result, pair));
    else if (result.outcome.verdict == CheckVerdict::Fail)
        text += fmt::format(
            "      <skipped message=\"{} failed: {}\"/>\n      <system-out>asked: {}\n{}</system-out>\n",
            severity, seen, asked, evidenceXml(result, pair));
    else if (result.outcome.verdict == CheckVerdict::Skip)
        text += fmt::format("      <skipped message=\"{}\"/>\n", seen);
    else
        text += fmt::format("      <system-out>asked: {}\nseen: {}\n</system-out>\n", asked, seen);
    return text + "    </testcase>\n";
}

} // namespace

std::string checkJson(const CheckDocument& document) {
    const CheckReport& report = document.report;
    JsonWriter json;
    json.beginObject().key("schema").text("migscope.check/1").key("simulated").boolean(document.simulated);
    json.key("tool").text(document.tool).key("host").text(document.host);
    orNull(json, "kernel", document.kernel);
    json.key("device").text(document.device).key("driver").text(document.driver);
    orNull(json, "peer", document.peer);
    orNull(json, "access", report.access);
    json.key("flags").number(report.flags.raw());
    json.key("outcome").text(report.cancelled ? "cancelled" : report.failedMust() ? "failed" : "ok");
    json.key("passed").number(report.count(CheckVerdict::Pass));
    json.key("failed").number(report.count(CheckVerdict::Fail));
    json.key("skipped").number(report.count(CheckVerdict::Skip));
    json.key("duration_ns").number(report.ended - report.begun);
    json.key("results").beginArray();
    for (const CheckResult& result : report.results)
        resultJson(json, result, report.begun);
    json.endArray().key("not_judged");
    if (const auto without = report.notJudged(); without.empty()) {
        json.null();
    } else {
        json.beginObject().key("why").text(report.noImage->filled()).key("checks").beginArray();
        for (const CheckResult* result : without)
            json.text(result->check->id);
        json.endArray().endObject();
    }
    json.key("state_pairs").beginArray();
    for (const StatePair& pair : statePairs(report.flags, report.results))
        pairJson(json, pair);
    json.endArray().key("not_tried").beginArray();
    for (const NotTried& act : actsNotTried())
        json.beginObject().key("act").text(act.act).key("why").text(act.why).endObject();
    json.endArray().key("ends").beginArray();
    for (const CheckEnd& end : report.ends) {
        json.beginObject().key("device").text(end.device);
        orNull(json, "state", end.state ? stateName(*end.state) : "");
        json.key("safe").boolean(end.safe).endObject();
    }
    json.endArray().endObject();
    return json.take() + "\n";
}

std::string checkKtap(const CheckDocument& document) {
    const CheckReport& report = document.report;
    std::string text = "KTAP version 1\n";
    const auto say = [&](const std::string& line) { text += "# " + ktapWords(line) + "\n"; };
    say(fmt::format("migscope {}: {} ({}){}{}", document.tool, document.device, document.driver,
                    document.peer.empty() ? "" : " with " + document.peer,
                    document.simulated ? ", SIMULATED" : ""));
    say(fmt::format("kernel {} on {}, migration flags {:#x} ({}), access {}",
                    document.kernel.empty() ? "unknown" : document.kernel, document.host, report.flags.raw(),
                    report.flags.text(), report.access.empty() ? "none" : report.access));
    if (const std::string without = notJudgedText(report); !without.empty())
        say("not judged: " + without);
    text += fmt::format("1..{}\n", report.results.size());
    std::size_t number = 0;
    for (const CheckResult& result : report.results) {
        ++number;
        const std::string seen = ktapWords(result.outcome.seen.filled());
        // Diagnostics stand before the result that they are about.
        switch (result.outcome.verdict) {
        case CheckVerdict::Pass:
            if (result.outcome.tellsMore)
                say(fmt::format("{}: {}", result.check->id, seen));
            text += fmt::format("ok {} {}\n", number, result.check->id);
            break;
        case CheckVerdict::Skip:
            text += fmt::format("ok {} {} # SKIP {}\n", number, result.check->id, seen);
            break;
        case CheckVerdict::Fail:
            say(fmt::format("{}: asked: {}", result.check->id, result.check->asks));
            say("seen: " + seen);
            for (const std::string& line : evidence(result, !document.peer.empty()))
                say(line);
            text += failedMust(result) ? fmt::format("not ok {} {}\n", number, result.check->id)
                                       : fmt::format("not ok {} {} # XFAIL {}\n", number, result.check->id,
                                                     severityWord(result.check->severity));
            break;
        }
    }
    say(fmt::format("{} failed{}, {} passed, {} skipped", report.count(CheckVerdict::Fail),
                    failedWords(report).empty() ? "" : " (" + failedWords(report) + ")",
                    report.count(CheckVerdict::Pass), report.count(CheckVerdict::Skip)));
    for (const CheckEnd& end : report.ends)
        say(fmt::format("{}: {} {}", end.device, end.safe ? "device back in" : "LEFT in", endText(end)));
    return text;
}

std::string checkJunit(const CheckDocument& document) {
    const CheckReport& report = document.report;
    const auto failures = std::ranges::count_if(report.results, &migscope::failedMust);
    const auto skipped = std::ranges::count_if(report.results, [](const CheckResult& result) {
        return result.outcome.verdict != CheckVerdict::Pass && !failedMust(result);
    });
    const std::string counts =
        fmt::format("tests=\"{}\" failures=\"{}\" skipped=\"{}\" errors=\"0\" time=\"{:.6f}\"",
                    report.results.size(), failures, skipped, seconds(report.ended - report.begun));
    std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    text += fmt::format("<testsuites {}>\n  <testsuite name=\"{}\" {}>\n    <properties>\n", counts,
                        xml("migscope check " + document.device), counts);
    const auto property = [&](const char* name, const std::string& value) {
        if (!value.empty())
            text += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml(value));
    };
    property("tool", "migscope " + document.tool);
    property("driver", document.driver);
    property("kernel", document.kernel);
    property("flags", std::to_string(report.flags.raw()));
    property("access", report.access);
    property("peer", document.peer);
    property("host", document.host);
    property("not-judged", notJudgedText(report));
    property("simulated", document.simulated ? "true" : "false");
    text += "    </properties>\n";
    for (const CheckResult& result : report.results)
        text += testcase(result, !document.peer.empty());
    return text + "  </testsuite>\n</testsuites>\n";
}

std::string checkListJson() {
    JsonWriter json;
    json.beginObject().key("schema").text("migscope.check-list/1").key("checks").beginArray();
    for (const Check& check : checkCatalogue()) {
        json.beginObject();
        about(json, check);
        json.key("asks").text(check.asks).key("proved_by").text(check.provedBy).endObject();
    }
    json.endArray().key("not_tried").beginArray();
    for (const NotTried& act : actsNotTried())
        json.beginObject().key("act").text(act.act).key("why").text(act.why).endObject();
    json.endArray().endObject();
    return json.take() + "\n";
}

} // namespace migscope
