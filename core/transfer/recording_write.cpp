// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings as text: the header and one line an event.
#include <algorithm>

#include "core/transfer/json_text.h"
#include "core/transfer/recording_io.h"

namespace migscope {
namespace {

bool knownState(MigState state) {
    return std::find(allMigStates.begin(), allMigStates.end(), state) != allMigStates.end();
}

void state(JsonWriter& out, std::string_view key, std::optional<MigState> value) {
    out.key(key);
    if (value && knownState(*value))
        out.text(stateName(*value));
    else
        out.null();
}

std::string_view streamWord(event::StreamWhat what) {
    switch (what) {
    case event::StreamWhat::Open:
        return "open";
    case event::StreamWhat::Eof:
        return "eof";
    case event::StreamWhat::Empty:
        return "empty";
    case event::StreamWhat::Close:
        return "close";
    case event::StreamWhat::Error:
        break;
    }
    return "error";
}

void plan(JsonWriter& out, const Plan& plan) {
    out.beginObject();
    out.key("kind").text(planKindWord(plan.kind));
    out.key("mode").text(copyModeWord(plan.mode));
    out.key("pairs").beginArray();
    for (const auto& pair : plan.pairs) {
        out.beginObject();
        out.key("source").number(pair.source);
        out.key("destination").number(pair.destination);
        out.endObject();
    }
    out.endArray();
    out.key("runs").number(plan.runs);
    out.key("downtime_limit_ns").number(plan.limits.downtimeLimit);
    out.key("max_rounds").number(plan.limits.maxRounds);
    out.key("max_time_ns").number(plan.limits.maxTime);
    out.key("on_no_convergence").text(plan.limits.onNoConvergence == OnNoConvergence::Go ? "go" : "give-up");
    out.key("load_then_run").boolean(plan.loadThenRun);
    if (!plan.extra.empty())
        out.members(plan.extra);
    out.endObject();
}

template<class T>
void column(JsonWriter& out, std::string_view key, const std::vector<T>& values) {
    out.key(key).beginArray();
    for (const T& value : values)
        out.number(value);
    out.endArray();
}

void callTimes(JsonWriter& out, Ns called, Ns returned) {
    out.key("t_call_ns").number(called);
    out.key("t_return_ns").number(returned);
}

/// The keys of each kind.
struct Body {
    JsonWriter& out;

    void operator()(const event::RunBegin& body) const {
        out.key("plan");
        plan(out, body.plan);
    }
    void operator()(const event::RunEnd& body) const {
        out.key("outcome").text(outcomeWord(body.outcome));
        out.key("states").beginObject();
        for (const auto& [device, found] : body.states)
            state(out, std::to_string(device), found);
        out.endObject();
        if (!body.reason.empty())
            out.key("reason").text(body.reason);
    }
    template<class Arc>
    void arc(const Arc& body) const {
        state(out, "from", body.from);
        state(out, "to", body.to);
        state(out, "goal", body.goal);
        if (body.combined)
            out.key("combined").boolean(true);
    }
    void operator()(const event::ArcBegin& body) const {
        arc(body);
        out.key("thread").number(body.thread);
    }
    void operator()(const event::ArcEnd& body) const {
        arc(body);
        callTimes(out, body.called, body.returned);
        out.key("errno").number(body.errnoValue);
        if (!body.error.empty())
            out.key("error").text(body.error);
        out.key("stream").number(body.stream);
        state(out, "state_after", body.stateAfter);
    }
    void operator()(const event::Stream& body) const {
        out.key("stream").number(body.stream);
        out.key("dir").text(body.save ? "save" : "load");
        out.key("event").text(streamWord(body.what));
        out.driverNumber("bytes", body.bytes);
        out.key("errno").number(body.errnoValue);
    }
    void operator()(const event::Samples& body) const {
        out.key("stream").number(body.stream);
        column(out, "t_ns", body.time);
        column(out, "bytes", body.bytes);
        column(out, "source_ns", body.source);
        column(out, "destination_ns", body.destination);
    }
    void operator()(const event::Precopy& body) const {
        out.driverNumber("initial_bytes", body.initialBytes);
        out.driverNumber("dirty_bytes", body.dirtyBytes);
        out.key("reinit").boolean(body.reinit);
    }
    void operator()(const event::Estimate& body) const {
        if (body.stopCopyBytes)
            out.driverNumber("stop_copy_bytes", *body.stopCopyBytes);
        else
            out.key("stop_copy_bytes").null();
        out.key("errno").number(body.errnoValue);
    }
    void operator()(const event::StateMoved& body) const {
        state(out, "believed", body.believed);
        state(out, "found", body.found);
    }
    void operator()(const event::Reset& body) const {
        out.key("outcome").text(body.outcome);
        out.key("attempts").number(body.attempts);
        callTimes(out, body.called, body.returned);
        out.key("errno").number(body.errnoValue);
        state(out, "state_after", body.stateAfter);
    }
    void operator()(const event::Call& body) const {
        out.key("op").text(body.op);
        out.key("in").text(body.in);
        out.key("out").text(body.out);
        out.key("errno").number(body.errnoValue);
        callTimes(out, body.called, body.returned);
    }
    void operator()(const event::Wait& body) const {
        out.key("barrier").text(body.barrier);
        out.key("t_from_ns").number(body.from);
        out.key("t_to_ns").number(body.to);
    }
    void operator()(const event::AskedBack& body) const { out.key("by").text(body.by); }
    void operator()(const event::Stuck& body) const {
        out.key("call").text(body.call);
        out.key("since_ns").number(body.since);
        out.key("wchan").text(body.wchan);
    }
    void operator()(const event::Mark& body) const { out.key("text").text(body.text); }
    void operator()(const event::Lost& body) const {
        out.key("count").number(body.count);
        out.key("what").text(body.what);
    }
    void operator()(const event::KernelLog& body) const {
        out.key("prio").number(body.priority);
        out.driverNumber("seq", body.sequence);
        out.key("text").text(body.text);
        out.key("t_printk_us").number(body.printkUs);
    }
    void operator()(const event::Dirty& body) const {
        out.driverNumber("iova", body.iova);
        out.driverNumber("page_bytes", body.pageBytes);
        out.driverNumber("pages", body.pages);
        out.key("runs").beginArray();
        for (const PageRun& run : body.runs)
            out.beginArray().number(run.first).number(run.count).endArray();
        out.endArray();
        if (body.exactPages)
            out.driverNumber("dirty_pages", *body.exactPages);
    }
    void operator()(const event::DmaLog& body) const {
        out.key("op").text(dmaLogWord(body.op));
        out.key("ranges").beginArray();
        for (const DmaRange& range : body.ranges) {
            out.beginObject();
            out.driverNumber("iova", range.iova);
            out.driverNumber("length_bytes", range.length);
            out.rawNumbers().endObject();
        }
        out.endArray();
        out.driverNumber("page_bytes", body.pageBytes);
        callTimes(out, body.called, body.returned);
        out.key("errno").number(body.errnoValue);
        if (!body.error.empty())
            out.key("error").text(body.error);
    }
    void operator()(const event::Unknown&) const {}
};

} // namespace

std::string headerLine(const RecordingHeader& header) {
    JsonWriter out;
    out.beginObject();
    out.key("schema").text(header.schema);
    out.key("simulated").boolean(header.simulated);
    out.key("tool").text(header.tool);
    out.key("host").beginObject();
    out.key("name").text(header.hostName);
    out.key("kernel").text(header.kernel);
    out.key("boot_id").text(header.bootId);
    if (header.emulated)
        out.key("emulated").boolean(true);
    if (!header.hostExtra.empty())
        out.members(header.hostExtra);
    out.endObject();
    out.key("clock").beginObject();
    out.key("id").text(header.clockId);
    out.key("t0_ns").number(header.t0);
    out.key("realtime_ns").number(header.realtime);
    out.key("boottime_ns").number(header.boottime);
    out.key("resolution_ns").number(header.resolution);
    if (!header.clockExtra.empty())
        out.members(header.clockExtra);
    out.endObject();
    out.key("devices").beginArray();
    for (std::size_t i = 0; i < header.devices.size(); ++i) {
        const RecordedDevice& device = header.devices[i];
        out.beginObject();
        out.key("i").number(i);
        out.key("name").text(device.name);
        out.key("driver").text(device.driver);
        out.key("pci_id").text(device.pciId);
        out.key("group").number(device.group);
        out.key("access").text(device.access);
        out.driverNumber("flags", device.flags).rawNumbers();
        out.key("workload").text(device.workload);
        if (!device.extra.empty())
            out.members(device.extra);
        out.endObject();
    }
    out.endArray();
    out.key("plan");
    if (header.plan)
        plan(out, *header.plan);
    else
        out.null();
    out.key("detail").text(header.detail);
    if (!header.about.empty())
        out.key("about").text(header.about);
    if (!header.extra.empty())
        out.members(header.extra);
    out.endObject();
    return out.take();
}

std::string eventLine(const Event& event) {
    if (const auto* unknown = std::get_if<event::Unknown>(&event.body))
        return unknown->line;
    JsonWriter out;
    out.beginObject();
    out.key("kind").text(eventKind(event));
    if (!std::holds_alternative<event::Samples>(event.body)) // those carry a time each
        out.key("t_ns").number(event.time);
    if (event.device)
        out.key("dev").number(*event.device);
    if (event.run)
        out.key("run").number(*event.run);
    if (event.host != 0)
        out.key("host").number(event.host);
    if (event.source != "engine")
        out.key("src").text(event.source);
    std::visit(Body{out}, event.body);
    out.rawNumbers();
    if (!event.extra.empty())
        out.members(event.extra);
    out.endObject();
    return out.take();
}

} // namespace migscope
