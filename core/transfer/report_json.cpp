// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The machine-readable report of a recording (schema migscope.report/1).
#include <algorithm>

#include "core/transfer/json_text.h"
#include "core/transfer/recording.h"
#include "core/transfer/report_values.h"

namespace migscope {

std::string reportWorkload(const RecordingHeader& header) {
    for (const RecordedDevice& device : header.devices) {
        if (device.workload != "none" && !device.workload.empty())
            return device.workload;
    }
    return "none";
}

RunOutcome reportOutcome(const RunMetrics& run) {
    return run.outcome.value_or(RunOutcome::Failed); // not seen to end: not ok
}

RunOutcome reportOutcome(const Recording& recording, bool complete) {
    RunOutcome worst = complete ? RunOutcome::Ok : RunOutcome::Failed;
    for (const RunMetrics& run : recording.metrics().runs()) {
        const RunOutcome outcome = reportOutcome(run);
        if (outcome == RunOutcome::Failed || (outcome == RunOutcome::Cancelled && worst == RunOutcome::Ok))
            worst = outcome;
    }
    return worst;
}

Distribution downtimes(const Recording& recording) {
    std::vector<Ns> values;
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (run.downtime)
            values.push_back(*run.downtime);
    }
    return distributionOf(std::move(values));
}

std::string reportDeviceName(const RecordingHeader& header, int index) {
    const auto at = static_cast<std::size_t>(index);
    return index >= 0 && at < header.devices.size() ? header.devices[at].name : fmt::format("#{}", index);
}

namespace {

void phases(JsonWriter& out, const std::vector<Phase>& phases) {
    out.key("phases").beginArray();
    for (const Phase& phase : phases) {
        out.beginObject();
        out.key("name").text(phaseWord(phase.name));
        out.key("duration_ns").number(phase.duration);
        out.endObject();
    }
    out.endArray();
}

void state(JsonWriter& out, std::string_view key, std::optional<MigState> state) {
    out.key(key);
    if (state)
        out.text(stateName(*state));
    else
        out.null();
}

void deviceName(JsonWriter& out, std::string_view key, const RecordingHeader& header,
                std::optional<int> index) {
    out.key(key);
    if (index)
        out.text(reportDeviceName(header, *index));
    else
        out.null();
}

void bytes(JsonWriter& out, std::string_view key, bool known, std::uint64_t bytes) {
    out.key(key);
    if (known)
        out.number(bytes);
    else
        out.null();
}

void downtime(JsonWriter& out, std::optional<Ns> downtime, Ns error, std::optional<Ns> blackout) {
    out.key("downtime_ns").number(downtime);
    out.key("downtime_error_ns").number(downtime || blackout ? std::optional(error) : std::nullopt);
    out.key("blackout_ns").number(blackout);
}

void pair(JsonWriter& out, const RecordingHeader& header, const PairMetrics& pair) {
    out.beginObject();
    deviceName(out, "source", header, pair.pair.source);
    deviceName(out, "destination", header, pair.pair.destination);
    downtime(out, pair.downtime, pair.downtimeError, pair.blackout);
    phases(out, pair.phases);
    out.key("t0_ns").number(pair.stamps.t0);
    out.key("t1_ns").number(pair.stamps.t1);
    out.key("t2_ns").number(pair.stamps.t2);
    out.key("t3_ns").number(pair.stamps.t3);
    out.key("t4_ns").number(pair.stamps.t4);
    bytes(out, "state_bytes", pair.streamSeen, pair.stateBytes);
    const bool saves = pair.streamSeen && pair.pair.source;
    bytes(out, "precopy_bytes", saves, pair.precopyBytes);
    bytes(out, "stop_copy_bytes", saves, pair.stopCopyBytes);
    out.key("precopy_rounds").number(pair.precopyRounds);
    out.key("source_calls_ns").number(pair.sourceCallTime);
    out.key("destination_calls_ns").number(pair.destinationCallTime);
    out.endObject();
}

bool sizesKnown(const RunMetrics& run) {
    return std::all_of(run.pairs.begin(), run.pairs.end(),
                       [](const PairMetrics& pair) { return pair.streamSeen; });
}

void device(JsonWriter& out, const RecordingHeader& header, const RunMetrics& run,
            const DeviceMetrics& device) {
    const auto mine = std::find_if(run.pairs.begin(), run.pairs.end(), [&](const PairMetrics& pair) {
        return (device.role == Role::Source ? pair.pair.source : pair.pair.destination) == device.device;
    });
    out.beginObject();
    out.key("name").text(reportDeviceName(header, device.device));
    out.key("role").text(device.role == Role::Source ? "source" : "destination");
    state(out, "final_state", device.finalState);
    phases(out, device.phases);
    bytes(out, "state_bytes", mine != run.pairs.end() && mine->streamSeen, device.stateBytes);
    out.endObject();
}

void run(JsonWriter& out, const RecordingHeader& header, const RunMetrics& run) {
    out.beginObject();
    out.key("run").number(run.run);
    out.key("kind");
    if (run.plan)
        out.text(planKindWord(run.plan->kind)).key("mode").text(copyModeWord(run.plan->mode));
    else
        out.null().key("mode").null();
    out.key("outcome").text(outcomeWord(reportOutcome(run)));
    out.key("reason");
    if (!run.outcome)
        out.text("the recording ends before the run does");
    else if (run.reason.empty())
        out.null();
    else
        out.text(run.reason);
    downtime(out, run.downtime, run.downtimeError, run.blackout);
    out.key("duration_ns").number(run.ended ? std::optional(*run.ended - run.begun) : std::nullopt);
    phases(out, run.phases);
    bytes(out, "state_bytes", sizesKnown(run), run.stateBytes);
    out.key("pairs").beginArray();
    for (const PairMetrics& each : run.pairs)
        pair(out, header, each);
    out.endArray();
    out.key("devices").beginArray();
    for (const DeviceMetrics& each : run.devices)
        device(out, header, run, each);
    out.endArray();
    out.endObject();
}

void repeat(JsonWriter& out, const Recording& recording, const EmptyRepeat& repeat) {
    const auto stream = [&](std::uint32_t number) {
        return repeat.run ? std::nullopt : std::optional(number);
    };
    out.beginObject();
    out.key("device").text(reportDeviceName(recording.header(), repeat.source));
    out.key("run").number(repeat.run);
    out.key("first_run").number(repeat.firstRun);
    out.key("stream").number(stream(repeat.stream));
    out.key("first_stream").number(stream(repeat.firstStream));
    out.key("first_state_bytes").number(repeat.firstBytes);
    out.key("text").text(emptyRepeatText(recording, repeat));
    out.endObject();
}

/// The members of the report; `complete` and `notes` are told, since a summary is written before they are
/// known.
void report(JsonWriter& out, const Recording& recording, bool complete,
            const std::vector<std::string>& notes) {
    const RecordingHeader& header = recording.header();
    out.key("schema").text("migscope.report/1");
    out.key("simulated").boolean(header.simulated);
    out.key("tool").text(header.tool);
    out.key("workload").text(reportWorkload(header));
    out.key("outcome").text(outcomeWord(reportOutcome(recording, complete)));
    out.key("incomplete").boolean(!complete);
    const Distribution spread = downtimes(recording);
    out.key("downtime_ns").number(spread.p50);
    out.key("summary").beginObject();
    out.key("count").number(spread.count);
    out.key("min_ns").number(spread.minimum);
    out.key("p50_ns").number(spread.p50);
    out.key("p90_ns").number(spread.p90);
    out.key("p99_ns").number(spread.p99);
    out.key("max_ns").number(spread.maximum);
    out.endObject();
    out.key("runs").beginArray();
    for (const RunMetrics& each : recording.metrics().runs())
        run(out, header, each);
    out.endArray();
    out.key("empty_repeats").beginArray();
    for (const EmptyRepeat& each : emptyRepeats(recording))
        repeat(out, recording, each);
    out.endArray();
    out.key("lost_samples").number(recording.metrics().lostSamples());
    out.key("notes").beginArray();
    for (const std::string& note : notes)
        out.text(note);
    out.endArray();
}

} // namespace

std::string reportJson(const Recording& recording) {
    JsonWriter out;
    out.beginObject();
    report(out, recording, recording.complete, recording.notes);
    out.endObject();
    return out.take();
}

std::string summaryLine(const Recording& recording) {
    JsonWriter out;
    out.beginObject();
    out.key("kind").text("summary");
    out.key("t_ns").number(recording.lastTime());
    report(out, recording, true, {});
    out.endObject();
    return out.take();
}

} // namespace migscope
