// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison as text and as JSON.
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/transfer/compare.h"
#include "core/transfer/json_text.h"

namespace migscope {
namespace {

std::int64_t whole(double value) {
    return std::llround(value);
}

/// "+41.2 ms", "-3.0 MiB".
std::string signedText(FigureUnit unit, double value) {
    return (value < 0 ? "-" : "+") + figureText(unit, std::abs(value));
}

std::string share(const Difference& difference) {
    const auto part = difference.changeShare();
    return part ? fmt::format("{:+.1f} %", *part * 100) : std::string();
}

std::string sideText(const ComparedSide& side) {
    std::string text = fmt::format("{}{}: {} run{}", side.simulated ? "SIMULATED · " : "",
                                   escapeText(side.name), side.runs, side.runs == 1 ? "" : "s");
    if (side.counted != side.runs)
        text += fmt::format(", {} of them ok", side.counted);
    return text;
}

std::string cautionText(Caution caution, const ComparedSide& base, const ComparedSide& other) {
    const auto list = [](const std::vector<std::string>& words) {
        return words.empty() ? std::string("none") : escapeText(fmt::format("{}", fmt::join(words, ", ")));
    };
    switch (caution) {
    case Caution::SimulatedAgainstReal:
        return "one side is simulated, the other is not";
    case Caution::OtherPlan:
        return fmt::format("the plans differ: {} against {}", list(base.plans), list(other.plans));
    case Caution::OtherWorkload:
        return fmt::format("the workloads differ: {} against {}", list(base.workloads),
                           list(other.workloads));
    case Caution::OtherKernel:
        return fmt::format("the kernels differ: {} against {}", list(base.kernels), list(other.kernels));
    case Caution::FailedRuns:
        return "runs that did not end ok are left out";
    }
    return "";
}

/// A difference between medians is said with its word; "slower" only where it was found.
std::string verdictText(const ComparedTo& other) {
    const ComparedFigure* judged = other.judged();
    if (judged == nullptr)
        return "nothing to compare: no figure that both sides have";
    const Difference& difference = judged->difference;
    const FigureUnit unit = unitOf(judged->figure);
    std::string text =
        fmt::format("{}: {} {} against {} ({}", findingWord(*judged), figureId(judged->figure),
                    figureText(unit, difference.otherMedian), figureText(unit, difference.baseMedian),
                    signedText(unit, difference.change()));
    if (const std::string part = share(difference); !part.empty())
        text += ", " + part;
    text += ")";
    if (difference.finding == Finding::TooFew)
        text += fmt::format("; at least {} runs a side are needed", enoughValues);
    return text;
}

void rowText(std::string& out, const ComparedFigure& row) {
    const Difference& difference = row.difference;
    const FigureUnit unit = unitOf(row.figure);
    std::string interval;
    if (difference.interval95)
        interval = fmt::format("{} .. {}", signedText(unit, difference.interval95->low),
                               signedText(unit, difference.interval95->high));
    out += fmt::format("  {:<16}{:>12}{:>12}{:>13}{:>10}  {:<28}{}\n", figureId(row.figure),
                       figureText(unit, difference.baseMedian), figureText(unit, difference.otherMedian),
                       signedText(unit, difference.change()), share(difference), interval, findingWord(row));
}

void sideJson(JsonWriter& out, const ComparedSide& side) {
    out.key("name").text(side.name);
    out.key("simulated").boolean(side.simulated);
    out.key("runs").number(side.runs);
    out.key("counted").number(side.counted);
    for (const auto& [key, list] : {std::pair{"workloads", &side.workloads}, std::pair{"plans", &side.plans},
                                    std::pair{"kernels", &side.kernels}}) {
        out.key(key).beginArray();
        for (const std::string& word : *list)
            out.text(word);
        out.endArray();
    }
}

std::string_view unitWord(FigureUnit unit) {
    switch (unit) {
    case FigureUnit::Nanoseconds:
        return "ns";
    case FigureUnit::Bytes:
        return "bytes";
    case FigureUnit::BytesPerSecond:
        return "bytes-per-second";
    case FigureUnit::Count:
        return "count";
    }
    return "";
}

void figureJson(JsonWriter& out, const ComparedFigure& row) {
    const Difference& difference = row.difference;
    out.beginObject();
    out.key("figure").text(figureId(row.figure));
    out.key("unit").text(unitWord(unitOf(row.figure)));
    out.key("base_count").number(difference.baseCount);
    out.key("other_count").number(difference.otherCount);
    out.key("base_median").number(whole(difference.baseMedian));
    out.key("other_median").number(whole(difference.otherMedian));
    out.key("difference").number(whole(difference.change()));
    const auto& interval = difference.interval95;
    out.key("interval95_low").number(interval ? std::optional(whole(interval->low)) : std::nullopt);
    out.key("interval95_high").number(interval ? std::optional(whole(interval->high)) : std::nullopt);
    out.key("finding").text(findingWord(row));
    out.key("worse").boolean(isWorse(row));
    out.endObject();
}

} // namespace

std::string figureText(FigureUnit unit, double value) {
    const auto bytes = static_cast<std::uint64_t>(std::max(0.0, std::round(value)));
    switch (unit) {
    case FigureUnit::Nanoseconds:
        return formatDuration(Ns{whole(value)});
    case FigureUnit::Bytes:
        return formatBytes(bytes);
    case FigureUnit::BytesPerSecond:
        return formatRate(bytes, std::chrono::seconds(1));
    case FigureUnit::Count:
        return value == std::round(value) ? fmt::format("{}", whole(value)) : fmt::format("{:.1f}", value);
    }
    return "";
}

std::string compareText(const Comparison& comparison) {
    std::string out;
    for (const ComparedTo& other : comparison.others) {
        if (!out.empty())
            out += '\n';
        out += verdictText(other) + "\n";
        out += "  " + sideText(other.side) + "\n  against " + sideText(comparison.base) + "\n";
        for (const Caution caution : other.cautions)
            out += "  note: " + cautionText(caution, comparison.base, other.side) + "\n";
        if (other.figures.empty())
            continue;
        out += fmt::format("  {:<16}{:>12}{:>12}{:>13}{:>10}  {:<28}{}\n", "median of", "base", "this",
                           "difference", "", "95 % of the difference", "");
        for (const ComparedFigure& row : other.figures)
            rowText(out, row);
    }
    return out;
}

std::string compareJson(const Comparison& comparison) {
    JsonWriter out;
    bool simulated = comparison.base.simulated;
    for (const ComparedTo& other : comparison.others)
        simulated = simulated || other.side.simulated;
    out.beginObject();
    out.key("schema").text("migscope.compare/1");
    out.key("simulated").boolean(simulated);
    out.key("base").beginObject();
    sideJson(out, comparison.base);
    out.endObject();
    out.key("others").beginArray();
    for (const ComparedTo& other : comparison.others) {
        out.beginObject();
        sideJson(out, other.side);
        const ComparedFigure* judged = other.judged();
        out.key("judged");
        if (judged != nullptr)
            out.text(figureId(judged->figure));
        else
            out.null();
        out.key("finding");
        if (judged != nullptr)
            out.text(findingWord(*judged));
        else
            out.null();
        out.key("worse").boolean(judged != nullptr && isWorse(*judged));
        out.key("cautions").beginArray();
        for (const Caution caution : other.cautions)
            out.text(cautionId(caution));
        out.endArray();
        out.key("figures").beginArray();
        for (const ComparedFigure& row : other.figures)
            figureJson(out, row);
        out.endArray();
        out.endObject();
    }
    out.endArray();
    out.endObject();
    return out.take();
}

} // namespace migscope
