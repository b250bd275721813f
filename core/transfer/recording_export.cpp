// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording for other programs: CSV rows in the order of time, or one JSON document.
#include "core/transfer/recording_export.h"

#include <fmt/format.h>

#include "core/transfer/json_text.h"
#include "core/transfer/recording_io.h"

namespace migscope {
namespace {

constexpr std::string_view csvHead = "t_ns,kind,dev,run,stream,bytes,source_ns,destination_ns,from,to,goal,"
                                     "t_call_ns,t_return_ns,errno,state_after,detail\n";

std::string quoted(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"')
            out += '"';
        out += c;
    }
    return out + '"';
}

template<class T>
std::string cell(const std::optional<T>& value) {
    return value ? fmt::to_string(*value) : std::string();
}

/// The columns behind `run`; empty where an event has none.
struct Row {
    std::string stream, bytes, from, to, goal, called, returned, errnoValue, stateAfter, detail;

    void state(std::string& into, std::optional<MigState> state) const {
        if (state)
            into = stateName(*state);
    }
    void operator()(const event::RunBegin& body) { detail = planKindWord(body.plan.kind); }
    void operator()(const event::RunEnd& body) {
        detail = outcomeWord(body.outcome) + (body.reason.empty() ? "" : ": " + body.reason);
    }
    template<class Arc>
    void arc(const Arc& body) {
        from = stateName(body.from);
        to = stateName(body.to);
        goal = stateName(body.goal);
    }
    template<class Call>
    void call(const Call& body) {
        called = fmt::to_string(body.called.count());
        returned = fmt::to_string(body.returned.count());
        errnoValue = fmt::to_string(body.errnoValue);
    }
    void operator()(const event::ArcBegin& body) { arc(body); }
    void operator()(const event::ArcEnd& body) {
        arc(body);
        call(body);
        stream = cell(body.stream);
        state(stateAfter, body.stateAfter);
        detail = body.error;
    }
    void operator()(const event::Stream& body) {
        static constexpr std::array<const char*, 5> words{"open", "eof", "empty", "error", "close"};
        stream = fmt::to_string(body.stream);
        bytes = fmt::to_string(body.bytes);
        errnoValue = fmt::to_string(body.errnoValue);
        detail =
            fmt::format("{} {}", body.save ? "save" : "load", words.at(static_cast<std::size_t>(body.what)));
    }
    void operator()(const event::Samples&) {} // not among the events
    void operator()(const event::Precopy& body) {
        bytes = fmt::to_string(body.dirtyBytes);
        detail = fmt::format("initial {}{}", body.initialBytes, body.reinit ? ", reinit" : "");
    }
    void operator()(const event::Estimate& body) {
        bytes = cell(body.stopCopyBytes);
        errnoValue = fmt::to_string(body.errnoValue);
    }
    void operator()(const event::StateMoved& body) {
        state(from, body.believed);
        state(to, body.found);
    }
    void operator()(const event::Reset& body) {
        call(body);
        state(stateAfter, body.stateAfter);
        detail = body.outcome;
    }
    void operator()(const event::Call& body) {
        call(body);
        detail = body.op;
    }
    void operator()(const event::Wait& body) {
        called = fmt::to_string(body.from.count());
        returned = fmt::to_string(body.to.count());
        detail = body.barrier;
    }
    void operator()(const event::AskedBack& body) { detail = body.by; }
    void operator()(const event::Stuck& body) { detail = body.call + " " + body.wchan; }
    void operator()(const event::Mark& body) { detail = body.text; }
    void operator()(const event::Lost& body) { detail = fmt::format("{} {}", body.count, body.what); }
    void operator()(const event::KernelLog& body) {
        detail = fmt::format("<{}> {}", body.severity(), body.text);
    }
    void operator()(const event::Dirty& body) {
        bytes = fmt::to_string(body.dirtyBytes());
        detail = fmt::format("{}: {} of {} pages of {}", formatIova(body.iova), body.dirtyPages(), body.pages,
                             body.pageBytes);
    }
    void operator()(const event::DmaLog& body) {
        call(body);
        bytes = fmt::to_string(totalBytes(body.ranges));
        detail = fmt::format("{} {}", dmaLogWord(body.op), body.error);
    }
    void operator()(const event::Unknown& body) { detail = body.line; }
};

std::string eventRow(const Event& event) {
    Row row;
    std::visit(row, event.body);
    return fmt::format("{},{},{},{},{},{},,,{},{},{},{},{},{},{},{}\n", event.time.count(),
                       quoted(eventKind(event)), cell(event.device), cell(event.run), row.stream, row.bytes,
                       row.from, row.to, row.goal, row.called, row.returned, row.errnoValue, row.stateAfter,
                       quoted(row.detail));
}

std::string sampleRow(std::uint32_t stream, const SampleColumns& columns, std::size_t at) {
    return fmt::format("{},sample,{},{},{},{},{},{},,,,,,,,\n", columns.time()[at].count(),
                       cell(columns.device), cell(columns.run), stream, columns.bytes()[at],
                       columns.source()[at].count(), columns.destination()[at].count());
}

template<class T>
void column(JsonWriter& out, std::string_view key, const SampleColumns::Column<T>& values) {
    out.key(key).beginArray();
    for (const T& value : values)
        out.number(value);
    out.endArray();
}

} // namespace

Result<void> exportCsv(const Recording& recording, const ExportSink& out) {
    if (auto done = out(csvHead); !done)
        return done;
    if (recording.header().simulated) {
        if (auto done = out("0,header,,,,,,,,,,,,,,SIMULATED\n"); !done)
            return done;
    }
    std::map<std::uint32_t, std::size_t> next;
    // Samples up to and at a time come before the event of that time: what moved before its arc.
    const auto samplesUpTo = [&](std::optional<Ns> limit) -> Result<void> {
        while (true) {
            std::optional<std::pair<Ns, std::uint32_t>> first;
            for (const auto& [stream, columns] : recording.samples()) {
                const std::size_t at = next[stream];
                if (at < columns.size() && (!first || columns.time()[at] < first->first))
                    first = std::pair(columns.time()[at], stream);
            }
            if (!first || (limit && first->first > *limit))
                return {};
            const SampleColumns& columns = recording.samples().at(first->second);
            if (auto done = out(sampleRow(first->second, columns, next[first->second]++)); !done)
                return done;
        }
    };
    for (const Event& event : recording.events()) {
        if (auto done = samplesUpTo(event.time); !done)
            return done;
        if (auto done = out(eventRow(event)); !done)
            return done;
    }
    return samplesUpTo(std::nullopt);
}

Result<void> exportJson(const Recording& recording, const ExportSink& out) {
    for (const std::string& part :
         {std::string("{\"schema\":\"migscope.export/1\",\n\"header\":"), headerLine(recording.header()),
          std::string(",\n\"report\":"), reportJson(recording), std::string(",\n\"events\":[")}) {
        if (auto done = out(part); !done)
            return done;
    }
    const char* comma = "\n";
    for (const Event& event : recording.events()) {
        if (auto done = out(comma + eventLine(event)); !done)
            return done;
        comma = ",\n";
    }
    if (auto done = out("],\n\"samples\":["); !done)
        return done;
    comma = "\n";
    for (const auto& [stream, columns] : recording.samples()) {
        JsonWriter json;
        json.beginObject();
        json.key("stream").number(stream);
        json.key("dev").number(columns.device);
        json.key("run").number(columns.run);
        column(json, "t_ns", columns.time());
        column(json, "bytes", columns.bytes());
        column(json, "source_ns", columns.source());
        column(json, "destination_ns", columns.destination());
        json.endObject();
        if (auto done = out(comma + json.take()); !done)
            return done;
        comma = ",\n";
    }
    return out("]}\n");
}

} // namespace migscope
