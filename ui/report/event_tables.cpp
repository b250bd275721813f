// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened in a recording, as tables of a report.
#include "ui/report/event_tables.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <system_error>

#include "core/transfer/range_stats.h"
#include "core/transfer/report_values.h"
#include "ui/charts/chart_words.h"
#include "ui/event_decode.h"
#include "ui/models/event_text.h"
#include "ui/models/range_model.h"
#include "ui/report/run_tables.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr std::size_t mostCalls = 400;
constexpr std::size_t mostRows = 300;
constexpr std::size_t mostChartRows = 1500;

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

QString runText(std::optional<int> run) {
    return run ? QString::number(*run) : QStringLiteral("—");
}

QString stateText(std::optional<MigState> state) {
    return state ? QString::fromStdString(stateName(*state)) : tr("unknown");
}

ReportCell timeCell(Ns time) {
    return {timeText(time), tr("%1 ns").arg(time.count())};
}

/// "EINVAL (Invalid argument)"; the word of our own rules; empty: it went well.
QString answerText(int number, const std::string& error) {
    if (number != 0)
        return QStringLiteral("%1 (%2)").arg(QString::fromStdString(errnoName(number)),
                                             QString::fromStdString(std::generic_category().message(number)));
    return shown(error);
}

/// What an event's refusal means for the very call.
QString meaningOf(const Event& event) {
    const auto meaning = [](const std::string& op, int number) {
        return number == 0 ? QString() : errnoMeaning(op, number);
    };
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body))
        return arc->errnoValue == 0 && !arc->error.empty() ? tr("no errno of the kernel's: our own rules")
                                                           : meaning("SET MIG_DEVICE_STATE", arc->errnoValue);
    if (const auto* reset = std::get_if<event::Reset>(&event.body))
        return meaning("RESET", reset->errnoValue);
    if (const auto* stream = std::get_if<event::Stream>(&event.body))
        return meaning(stream->save ? "read" : "write", stream->errnoValue);
    return {};
}

/// The columns of a list of events.
std::vector<ReportTable::Column> eventColumns(const QString& what) {
    return {{tr("Time"), true}, {tr("Run"), true}, {tr("Device")}, {what}};
}

std::vector<ReportCell> eventCells(const Recording& recording, const Event& event, const QString& text,
                                   ReportTone tone = ReportTone::Plain) {
    return {timeCell(event.time),
            {runText(event.run)},
            {reportDevice(recording, event.device)},
            {text, {}, tone}};
}

} // namespace

ReportTable callTable(const Recording& recording, std::optional<int> run) {
    ReportTable table;
    table.title = run ? tr("Calls of run %1").arg(*run) : tr("Calls");
    table.columns = {{tr("Called"), true}, {tr("Device")}, {tr("Step")}, {tr("Took"), true}, {tr("Answer")}};
    // By the time of the call: an event is known when the call returned.
    std::multimap<Ns, std::vector<ReportCell>> calls;
    for (const Event& event : recording.events()) {
        if (run && event.run != run)
            continue;
        QString step;
        QString answer;
        Ns called{0};
        Ns returned{0};
        std::optional<MigState> after;
        if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            step = tr("%1 → %2").arg(stateText(arc->from), stateText(arc->to));
            if (arc->to != arc->goal)
                step += tr(", on the way to %1").arg(stateText(arc->goal));
            answer = answerText(arc->errnoValue, arc->error);
            called = arc->called;
            returned = arc->returned;
            after = arc->stateAfter;
        } else if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
            step = tr("reset");
            answer = reset->outcome == "done" ? QString() : shown(reset->outcome);
            if (reset->errnoValue != 0)
                answer = answerText(reset->errnoValue, {});
            called = reset->called;
            returned = reset->returned;
            after = reset->stateAfter;
        } else {
            continue;
        }
        const bool bad = !answer.isEmpty();
        calls.emplace(called, std::vector<ReportCell>{
                                  timeCell(called),
                                  {reportDevice(recording, event.device)},
                                  {step},
                                  durationCell(returned - called),
                                  {bad ? tr("%1, stands in %2").arg(answer, stateText(after)) : tr("ok"),
                                   {},
                                   bad ? ReportTone::Bad : ReportTone::Quiet}});
    }
    for (auto& [called, cells] : calls)
        table.rows.push_back(std::move(cells));
    table.rowHeads = false;
    keepFirst(table, mostCalls);
    return table;
}

ReportTable callStatistics(const Recording& recording) {
    QStringList devices;
    for (const RecordedDevice& device : recording.header().devices)
        devices << shown(device.name);
    RangeStats stats = rangeStats(recording, Ns{0}, recording.lastTime());
    // Time in states and what streams moved stand elsewhere, and a row of each run would fill pages.
    std::erase_if(stats.rows, [](const RangeRow& row) {
        return row.what != RangeWhat::Arc && row.what != RangeWhat::Reset;
    });
    RangeModel model;
    model.setStats(stats, devices);
    ReportTable table =
        tableOf(model, tr("Calls over the whole recording"), {RangeModel::Track, RangeModel::What});
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable streamTable(const Recording& recording) {
    struct Seen {
        std::optional<int> run;
        std::optional<int> device;
        bool save = true;
        std::optional<std::uint64_t> bytes;
        Ns opened{0};
        QString end;
        bool broke = false;
    };
    std::map<std::uint32_t, Seen> streams;
    for (const Event& event : recording.events()) {
        const auto* stream = std::get_if<event::Stream>(&event.body);
        if (stream == nullptr)
            continue;
        const auto [at, isNew] = streams.try_emplace(
            stream->stream, Seen{event.run, event.device, stream->save, {}, event.time, {}});
        Seen& seen = at->second;
        if (stream->bytes > 0 || stream->what != event::StreamWhat::Open)
            seen.bytes = std::max(seen.bytes.value_or(0), stream->bytes);
        if (stream->what == event::StreamWhat::Eof)
            seen.end = tr("read to its end");
        else if (stream->what == event::StreamWhat::Error)
            seen.end = answerText(stream->errnoValue, "error");
        else if (stream->what == event::StreamWhat::Close && seen.end.isEmpty())
            seen.end = tr("closed");
        seen.broke = seen.broke || stream->what == event::StreamWhat::Error;
    }
    ReportTable table;
    table.title = tr("Streams");
    table.columns = {{tr("Stream"), true},  {tr("Run"), true},      {tr("Device")},
                     {tr("Direction")},     {tr("Opened"), true},   {tr("Bytes"), true},
                     {tr("Samples"), true}, {tr("In reads"), true}, {tr("In writes"), true},
                     {tr("Ended")}};
    for (const auto& [number, seen] : streams) {
        const auto found = recording.samples().find(number);
        Ns reads{0};
        Ns writes{0};
        std::optional<std::uint64_t> bytes = seen.bytes;
        if (found != recording.samples().end()) {
            for (const auto& bucket : found->second.buckets(Ns{0}, recording.lastTime(), 64)) {
                reads += bucket.source;
                writes += bucket.destination;
            }
            bytes = std::max(bytes.value_or(0), found->second.totalBytes());
        }
        const ReportCell notHere{QStringLiteral("—"), {}, ReportTone::Quiet};
        const bool sampled = found != recording.samples().end();
        table.rows.push_back({{QString::number(number)},
                              {runText(seen.run)},
                              {reportDevice(recording, seen.device)},
                              {seen.save ? tr("saving") : tr("loading")},
                              timeCell(seen.opened),
                              bytes ? bytesCell(*bytes) : unknownCell(tr("not told")),
                              sampled ? ReportCell{QString::number(found->second.size())} : notHere,
                              sampled ? durationCell(reads) : notHere,
                              sampled ? durationCell(writes) : notHere,
                              {seen.end.isEmpty() ? tr("unknown: not seen") : seen.end,
                               {},
                               seen.broke ? ReportTone::Bad : ReportTone::Plain}});
    }
    table.note =
        tr("The samples of a run, with the time inside reads and writes, belong to the stream that is read.");
    keepFirst(table, mostRows);
    return table;
}

ReportTable precopyTable(const Recording& recording) {
    ReportTable table;
    table.title = tr("Looks at the pre-copy info");
    table.columns = {{tr("Time"), true},
                     {tr("Run"), true},
                     {tr("Device")},
                     {QStringLiteral("initial_bytes"), true},
                     {QStringLiteral("dirty_bytes"), true}};
    for (const Event& event : recording.events()) {
        const auto* look = std::get_if<event::Precopy>(&event.body);
        if (look == nullptr)
            continue;
        table.rows.push_back({timeCell(event.time),
                              {runText(event.run)},
                              {reportDevice(recording, event.device)},
                              bytesCell(look->initialBytes),
                              bytesCell(look->dirtyBytes)});
    }
    table.note = tr("A round ends when the stream is drained or the info is asked again.");
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable errorTable(const Recording& recording) {
    ReportTable table;
    table.title = tr("Errors and refusals");
    table.columns = eventColumns(tr("What"));
    table.columns.push_back({tr("What it means")});
    for (const Event& event : recording.events()) {
        // The kernel's own lines have a table of their own.
        if (!isBadEvent(event) || std::holds_alternative<event::KernelLog>(event.body))
            continue;
        auto cells = eventCells(recording, event, eventText(event), ReportTone::Bad);
        const QString meaning = meaningOf(event);
        cells.push_back({meaning.isEmpty() ? QStringLiteral("—") : meaning});
        table.rows.push_back(std::move(cells));
    }
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable noteTable(const Recording& recording) {
    ReportTable table;
    table.title = tr("Notes");
    table.columns = {{tr("Time"), true}, {tr("Note")}};
    for (const Event& event : recording.events()) {
        if (std::holds_alternative<event::Mark>(event.body))
            table.rows.push_back({timeCell(event.time), {eventText(event)}});
    }
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable kernelTable(const Recording& recording) {
    ReportTable table;
    table.title = tr("Lines of the kernel's log");
    table.columns = eventColumns(tr("Line"));
    table.columns.insert(table.columns.begin() + 3, {tr("Severity")});
    for (const Event& event : recording.events()) {
        const auto* line = std::get_if<event::KernelLog>(&event.body);
        if (line == nullptr)
            continue;
        auto cells = eventCells(recording, event, eventText(event),
                                line->isError() ? ReportTone::Bad : ReportTone::Plain);
        cells.insert(cells.begin() + 3, ReportCell{severityWord(line->severity())});
        table.rows.push_back(std::move(cells));
    }
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable dirtyTable(const Recording& recording) {
    ReportTable table;
    table.title = tr("Pages that the device wrote");
    table.columns = eventColumns(tr("What"));
    for (const Event& event : recording.events()) {
        const auto* call = std::get_if<event::DmaLog>(&event.body);
        if (call != nullptr || std::holds_alternative<event::Dirty>(event.body))
            table.rows.push_back(eventCells(recording, event, eventText(event),
                                            call != nullptr && (call->errnoValue != 0 || !call->error.empty())
                                                ? ReportTone::Bad
                                                : ReportTone::Plain));
    }
    table.rowHeads = false;
    keepFirst(table, mostRows);
    return table;
}

ReportTable chartTable(const Recording& recording, const ChartContent& chart) {
    ReportTable table;
    table.title = tr("The chart as a table");
    table.columns = {{tr("Time"), true}, {tr("Track")}, {tr("Value")}, {tr("Duration"), true}};
    for (const ChartRow& row : chartRows(recording, chart))
        table.rows.push_back({timeCell(row.time), {row.track}, {row.value}, {row.duration}});
    table.folded = true;
    table.rowHeads = false;
    keepFirst(table, mostChartRows);
    return table;
}

} // namespace migscope
