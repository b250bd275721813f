// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words and the document of `dirty`.
#include "app/cli/dirty_output.h"

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/error.h"
#include "core/transfer/json_text.h"

namespace migscope::cli {
namespace {

using Costs = std::map<std::uint64_t, DirtyCost>;

std::string costText(const DirtyCost& cost) {
    const auto mean = cost.mean();
    if (!mean)
        return errnoName(cost.lastErrno);
    std::string text = formatDuration(*mean);
    if (cost.calls > 1)
        text += fmt::format(" ({} calls, {} to {})", cost.calls, formatDuration(cost.least),
                            formatDuration(cost.most));
    if (cost.failed != 0)
        text += fmt::format(", {} failed: {}", cost.failed, errnoName(cost.lastErrno));
    return text;
}

std::string costLines(const char* call, const Costs& costs) {
    std::string text;
    for (const auto& [bytes, cost] : costs)
        text += fmt::format("{:<8}{:>12}  {}\n", call, formatBytes(bytes), costText(cost));
    return text;
}

std::string sweepTable(const DirtyFold& fold) {
    std::string text = fmt::format("{:>12}  {:>14}  {}\n", "range", "START", "REPORT");
    for (const auto& [bytes, start] : fold.startCosts()) {
        const auto report = fold.reportCosts().find(bytes);
        text += fmt::format("{:>12}  {:>14}  {}\n", formatBytes(bytes), costText(start),
                            report == fold.reportCosts().end() ? "-" : costText(report->second));
    }
    return text;
}

void costJson(JsonWriter& out, const DirtyCost& cost) {
    out.key("calls").number(cost.calls);
    out.key("failed").number(cost.failed);
    out.key("mean_ns").number(cost.mean());
    const bool any = cost.calls != 0;
    out.key("least_ns").number(any ? std::optional(cost.least) : std::nullopt);
    out.key("most_ns").number(any ? std::optional(cost.most) : std::nullopt);
    out.key("errno");
    if (cost.lastErrno != 0)
        out.text(errnoName(cost.lastErrno));
    else
        out.null();
}

void costsJson(JsonWriter& out, const char* key, const Costs& costs) {
    out.key(key).beginArray();
    for (const auto& [bytes, cost] : costs) {
        out.beginObject();
        out.driverNumber("range_bytes", bytes);
        costJson(out, cost);
        out.rawNumbers().endObject();
    }
    out.endArray();
}

void pagesJson(JsonWriter& out, std::uint64_t pages, std::uint64_t bytes, Ns span) {
    out.key("duration_ns").number(span);
    out.driverNumber("dirty_pages", pages);
    out.driverNumber("dirty_bytes", bytes);
    out.key("bytes_per_second");
    // Whole bytes: a rate is not known better than that.
    if (span > Ns{0})
        out.number(
            static_cast<std::uint64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(span.count())));
    else
        out.null();
}

} // namespace

std::string roundText(const DirtyLine& line) {
    return fmt::format("round {:>4}  {:>8} pages  {:>10}  {}\n", line.round, line.pages,
                       formatBytes(line.bytes), formatRate(line.bytes, line.end - line.begin));
}

std::string dirtyText(const DirtyDocument& document, const DirtyFold& fold) {
    if (document.sweep)
        return sweepTable(fold);
    std::string text;
    if (document.roundCount == 0)
        text += "no report was made\n";
    else if (fold.nothingWritten())
        text += fmt::format("no page was written in {}: an idle function dirties nothing\n",
                            formatDuration(document.span));
    else
        text += fmt::format("dirty: {} pages of {} in {}, {}, {}\n", document.totalPages,
                            formatBytes(document.pageBytes.value_or(0)), formatDuration(document.span),
                            formatBytes(document.totalBytes), formatRate(document.totalBytes, document.span));
    text += costLines("START", fold.startCosts());
    text += costLines("REPORT", fold.reportCosts());
    if (fold.stopCost().calls + fold.stopCost().failed != 0)
        text += fmt::format("{:<8}{:>12}  {}\n", "STOP", "", costText(fold.stopCost()));
    return text;
}

std::string dirtyJson(const DirtyDocument& document, const DirtyFold& fold) {
    JsonWriter out;
    out.beginObject();
    out.key("schema").text("migscope.dirty/1");
    out.key("simulated").boolean(document.simulated);
    out.key("device").text(document.device);
    out.key("sweep").boolean(document.sweep);
    out.key("ranges").beginArray();
    for (const DmaRange& range : document.ranges) {
        out.beginObject();
        out.key("iova").text(formatIova(range.iova));
        out.driverNumber("length_bytes", range.length).rawNumbers();
        out.endObject();
    }
    out.endArray();
    out.key("page_bytes").number(document.pageBytes);
    out.key("interval_ns").number(document.interval);
    out.key("rounds").beginArray();
    for (const DirtyLine& line : document.rounds) {
        out.beginObject();
        out.key("round").number(line.round);
        out.key("begin_ns").number(line.begin);
        pagesJson(out, line.pages, line.bytes, line.end - line.begin);
        out.rawNumbers().endObject();
    }
    out.endArray();
    out.key("rounds_left_out").number(document.roundsLeftOut);
    out.key("total").beginObject();
    out.key("rounds").number(document.roundCount);
    pagesJson(out, document.totalPages, document.totalBytes, document.span);
    out.rawNumbers().endObject();
    out.key("nothing_written");
    if (document.roundCount == 0)
        out.null();
    else
        out.boolean(fold.nothingWritten());
    out.key("cost").beginObject();
    costsJson(out, "start", fold.startCosts());
    costsJson(out, "report", fold.reportCosts());
    out.key("stop").beginObject();
    costJson(out, fold.stopCost());
    out.endObject();
    out.endObject();
    out.key("final_state");
    if (document.finalState)
        out.text(*document.finalState);
    else
        out.null();
    out.endObject();
    return out.take() + "\n";
}

} // namespace migscope::cli
