// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording in the Trace Event Format, for Perfetto and Chrome's viewer: the lanes and curves of our
// charts.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "core/transfer/chart_content.h"
#include "core/transfer/json_text.h"
#include "core/transfer/recording_export.h"
#include "core/transfer/report_values.h"
#include "core/transfer/trace_words.h"
#include "core/transfer/trace_writer.h"

namespace migscope {
namespace {

/// Rows in the viewer: the runs first (the thread that has the process's number is shown first), then the
/// lanes of the devices in the header's order. Between two lanes there is room for rows of what overlaps.
constexpr int runsTid = TraceWriter::pid;
constexpr int sortStep = 1000;

enum SliceKind { SliceRun, SlicePhase, SliceBand, SliceArc, SliceEvent, SliceRound, SliceStall };

struct DeviceLanes {
    int device = 0;
    std::string name;
    TraceLane states;
    TraceLane calls;
};

/// Integers that a double does not hold are written as one: the viewer makes doubles of them anyway.
std::string counterValue(std::uint64_t value) {
    return value < jsonIntegerEnd ? fmt::to_string(value) : fmt::format("{:.1f}", static_cast<double>(value));
}

class Export {
public:
    /// `out` is asked for nothing more once `stopped` says so.
    Export(const Recording& recording, const std::function<void(std::string_view)>& out,
           const std::function<bool()>& stopped)
        : recording_(recording)
        , stopped_(stopped)
        , lanes_(lanesOf(recording))
        , writer_(out, runsTid + 1 + 2 * static_cast<int>(lanes_.size())) {}

    void write() {
        const RecordingHeader& header = recording_.header();
        writer_.open(otherData());
        const std::string host = header.hostName.empty() ? "migscope" : header.hostName;
        writer_.processName(host + (header.simulated ? " (simulated)" : ""), labels());
        runs();
        collectEvents();
        for (const DeviceLanes& lanes : lanes_) {
            if (stopped_())
                return;
            device(lanes);
        }
        for (const Event& event : recording_.events()) {
            if (stopped_())
                return;
            instant(event);
        }
        for (const auto& [stream, columns] : recording_.samples()) {
            if (stopped_())
                return;
            this->stream(stream, columns);
        }
        writer_.close();
    }

private:
    static std::vector<DeviceLanes> lanesOf(const Recording& recording) {
        std::set<int> indexes;
        for (int i = 0; i < static_cast<int>(recording.header().devices.size()); ++i)
            indexes.insert(i);
        for (const auto& [device, chart] : recording.charts().devices())
            indexes.insert(device);
        std::map<std::string, int> uses;
        for (const int device : indexes)
            ++uses[reportDeviceName(recording.header(), device)];
        std::vector<DeviceLanes> lanes;
        for (const int device : indexes) {
            DeviceLanes each;
            each.device = device;
            each.name = reportDeviceName(recording.header(), device);
            if (uses[each.name] > 1) // counters are told apart by their names
                each.name += fmt::format(" #{}", device);
            const int place = 2 * static_cast<int>(lanes.size());
            each.states = {runsTid + 1 + place, each.name + " state", (place + 1) * sortStep};
            each.calls = {runsTid + 2 + place, each.name + " calls", (place + 2) * sortStep};
            lanes.push_back(std::move(each));
        }
        return lanes;
    }

    const DeviceLanes* lanesOfDevice(std::optional<int> device) const {
        const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                        [&](const DeviceLanes& lanes) { return device == lanes.device; });
        return found == lanes_.end() ? nullptr : &*found;
    }

    std::string labels() const {
        std::string text = recording_.header().simulated ? "simulated data" : "";
        const auto add = [&](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
        if (const std::string workload = reportWorkload(recording_.header()); workload != "none")
            add("workload " + workload);
        if (!recording_.complete)
            add("incomplete");
        return text;
    }

    std::string otherData() const {
        const RecordingHeader& header = recording_.header();
        JsonWriter json;
        json.beginObject();
        json.key("schema").text("migscope.trace/1");
        json.key("simulated").boolean(header.simulated);
        json.key("workload").text(reportWorkload(header));
        json.key("complete").boolean(recording_.complete);
        json.key("outcome").text(outcomeWord(reportOutcome(recording_, recording_.complete)));
        json.key("tool").text(header.tool);
        json.key("host").text(header.hostName);
        json.key("kernel").text(header.kernel);
        json.key("clock").text(header.clockId);
        json.key("t0_ns").number(header.t0);
        json.key("realtime_ns").number(header.realtime);
        json.key("end_ns").number(recording_.lastTime());
        json.key("notes").beginArray();
        for (const std::string& note : recording_.notes)
            json.text(note);
        json.endArray();
        json.key("decimated").beginArray(); // curves that have fewer points than their stream has samples
        for (const auto& [stream, columns] : recording_.samples()) {
            if (columns.size() <= tracePointsPerStream)
                continue;
            json.beginObject();
            json.key("stream").number(stream);
            json.key("samples").number(columns.size());
            json.key("points_at_most").number(tracePointsPerStream);
            json.endObject();
        }
        json.endArray().endObject();
        return json.take();
    }

    // --- runs and their phases
    // ---------------------------------------------------------------------------------

    struct PhaseSlice {
        PhaseName name{};
        const RunMetrics* run = nullptr;
    };

    void addPhases(const RunMetrics& run, const std::vector<std::size_t>& waits) {
        const PairMetrics* pair = criticalPair(run);
        if (pair == nullptr)
            return;
        const auto add = [&](PhaseName name, Ns begin, Ns end, bool unfinished = false) {
            phases_.push_back({name, &run});
            slices_.push_back({begin, end, SlicePhase, phases_.size() - 1, unfinished});
        };
        for (const PhaseSpan& span : phaseSpans(run)) {
            add(span.name, span.begin, span.end);
            for (const std::size_t index : waits) {
                const Event& event = recording_.events()[index];
                const auto& wait = std::get<event::Wait>(event.body);
                const Ns begin = std::max(wait.from, span.begin);
                const Ns end = std::min(wait.to, span.end);
                if (begin < end &&
                    (event.device == pair->pair.source || event.device == pair->pair.destination))
                    add(PhaseName::Wait, begin, end);
            }
        }
        const Stamps& at = pair->stamps;
        // What was dark before the critical pair was: its part of the run's wait.
        if (run.downtime && at.t4 && at.t0 && *at.t4 - *run.downtime < *at.t0) {
            add(PhaseName::Wait, *at.t4 - *run.downtime, *at.t0);
        }
        if (run.outcome)
            return;
        const std::pair<PhaseName, std::optional<Ns>> begins[] = {{PhaseName::Resume, at.t3},
                                                                  {PhaseName::Load, at.t2},
                                                                  {PhaseName::Save, at.t1},
                                                                  {PhaseName::Stop, at.t0}};
        for (const auto& [name, begin] : begins) {
            if (at.t4 || !begin)
                continue;
            add(name, *begin, recording_.lastTime(), true);
            return;
        }
    }

    void runs() {
        const std::vector<RunMetrics>& runs = recording_.metrics().runs();
        std::map<int, std::vector<std::size_t>> waits; // a run: its devices' waits at barriers
        for (std::size_t i = 0; i < recording_.events().size(); ++i) {
            const Event& event = recording_.events()[i];
            if (event.device && event.run && std::holds_alternative<event::Wait>(event.body))
                waits[*event.run].push_back(i);
        }
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const Ns end = runs[i].ended.value_or(recording_.lastTime());
            slices_.push_back({runs[i].begun, end, SliceRun, i, !runs[i].ended});
            addPhases(runs[i], waits[runs[i].run]);
        }
        for (std::size_t i = 0; i < recording_.events().size(); ++i) {
            const Event& event = recording_.events()[i];
            const auto* wait = std::get_if<event::Wait>(&event.body);
            if (wait != nullptr && !event.device)
                slices_.push_back({wait->from, wait->to, SliceEvent, i, false});
        }
        writer_.lane({runsTid, "runs", 0}, std::move(slices_), [&](const TraceSlice& slice, int tid) {
            if (slice.kind == SliceRun)
                run(slice, tid, runs[slice.index]);
            else if (slice.kind == SlicePhase)
                phase(slice, tid, phases_[slice.index]);
            else
                spanned(slice, tid);
        });
        slices_.clear();
    }

    void run(const TraceSlice& slice, int tid, const RunMetrics& run) {
        const std::string kind = run.plan ? planKindWord(run.plan->kind) : "run";
        const bool failed = run.outcome == RunOutcome::Failed;
        writer_.complete(slice, tid, "run", fmt::format("run {}: {}", run.run, kind), failed,
                         [&](JsonWriter& out) {
                             out.key("run").number(run.run);
                             if (run.outcome)
                                 out.key("outcome").text(outcomeWord(*run.outcome));
                             if (!run.reason.empty())
                                 out.key("reason").text(run.reason);
                             if (run.downtime)
                                 out.key("downtime_ns").number(*run.downtime);
                             if (run.blackout)
                                 out.key("blackout_ns").number(*run.blackout);
                             out.key("state_bytes").number(run.stateBytes);
                             out.key("phases_ns").beginObject();
                             for (const Phase& phase : run.phases)
                                 out.key(phaseWord(phase.name)).number(phase.duration);
                             out.endObject();
                         });
    }

    /// The slice lies between two stamps; what of it belongs to another phase (the waits inside it, writes
    /// while saving) is not in the phase's duration.
    void phase(const TraceSlice& slice, int tid, const PhaseSlice& phase) {
        writer_.complete(slice, tid, "phase", phaseWord(phase.name), false, [&](JsonWriter& out) {
            out.key("run").number(phase.run->run);
            for (const Phase& each : phase.run->phases) {
                if (each.name == phase.name && !slice.unfinished)
                    out.key("duration_ns").number(each.duration);
            }
        });
    }

    // --- devices
    // -----------------------------------------------------------------------------------------------

    /// Calls, waits and DMA logging, which are not among the chart's arcs, by device.
    void collectEvents() {
        for (std::size_t i = 0; i < recording_.events().size(); ++i) {
            const Event& event = recording_.events()[i];
            if (!event.device || !lanesOfDevice(event.device))
                continue;
            if (const auto* call = std::get_if<event::Call>(&event.body))
                events_[*event.device].push_back({call->called, call->returned, SliceEvent, i, false});
            else if (const auto* wait = std::get_if<event::Wait>(&event.body))
                events_[*event.device].push_back({wait->from, wait->to, SliceEvent, i, false});
            else if (const auto* log = std::get_if<event::DmaLog>(&event.body))
                events_[*event.device].push_back({log->called, log->returned, SliceEvent, i, false});
            else if (const auto* dirty = std::get_if<event::Dirty>(&event.body))
                writer_.counter(event.time, lanesOfDevice(event.device)->name + ": pages written", "bytes",
                                counterValue(dirty->dirtyBytes()));
        }
    }

    void device(const DeviceLanes& lanes) {
        static const DeviceChart silent;
        const auto found = recording_.charts().devices().find(lanes.device);
        const DeviceChart& chart = found == recording_.charts().devices().end() ? silent : found->second;
        std::vector<TraceSlice> slices;
        for (std::size_t i = 0; i < chart.bands.size(); ++i) {
            const LaneBand& band = chart.bands[i];
            slices.push_back({band.begin, band.end.value_or(recording_.lastTime()), SliceBand, i,
                              !band.end && !recording_.complete});
        }
        writer_.lane(lanes.states, std::move(slices), [&](const TraceSlice& slice, int tid) {
            const LaneBand& band = chart.bands[slice.index];
            const std::string name = band.state ? stateName(*band.state) : "unknown";
            writer_.complete(slice, tid, "state", name, band.state == MigState::Error, [](JsonWriter&) {});
        });

        slices.clear();
        for (std::size_t i = 0; i < chart.arcs.size(); ++i) {
            const LaneArc& arc = chart.arcs[i];
            slices.push_back(
                {arc.called, arc.returned.value_or(recording_.lastTime()), SliceArc, i, !arc.returned});
        }
        std::vector<std::pair<std::size_t, const PrecopyRound*>> rounds; // its number, from 1
        for (const RunMetrics& run : recording_.metrics().runs()) {
            for (const PairMetrics& pair : run.pairs) {
                for (std::size_t i = 0; pair.pair.source == lanes.device && i < pair.rounds.size(); ++i) {
                    slices.push_back(
                        {pair.rounds[i].begin, pair.rounds[i].end, SliceRound, rounds.size(), false});
                    rounds.emplace_back(i + 1, &pair.rounds[i]);
                }
            }
        }
        for (std::size_t i = 0; i < chart.stalls.size(); ++i)
            slices.push_back({chart.stalls[i].begin, chart.stalls[i].end, SliceStall, i, false});
        std::vector<TraceSlice>& others = events_[lanes.device];
        slices.insert(slices.end(), others.begin(), others.end());
        events_.erase(lanes.device);
        writer_.lane(lanes.calls, std::move(slices), [&](const TraceSlice& slice, int tid) {
            if (slice.kind == SliceArc)
                arc(slice, tid, chart.arcs[slice.index]);
            else if (slice.kind == SliceRound)
                writer_.complete(
                    slice, tid, "round", fmt::format("pre-copy round {}", rounds[slice.index].first), false,
                    [&](JsonWriter& out) { out.key("bytes").number(rounds[slice.index].second->bytes); });
            else if (slice.kind == SliceStall)
                writer_.complete(
                    slice, tid, "stall", chart.stalls[slice.index].save ? "read stalls" : "write stalls",
                    true,
                    [&](JsonWriter& out) { out.key("stream").number(chart.stalls[slice.index].stream); });
            else
                spanned(slice, tid);
        });
        for (const PrecopyPoint& point : chart.precopy) {
            writer_.counter(point.time, lanes.name + ": initial_bytes", "bytes",
                            counterValue(point.initialBytes));
            writer_.counter(point.time, lanes.name + ": dirty_bytes", "bytes",
                            counterValue(point.dirtyBytes));
        }
        for (const EstimatePoint& point : chart.estimates) {
            if (point.bytes) // what is not known is not 0
                writer_.counter(point.time, lanes.name + ": estimate", "bytes", counterValue(*point.bytes));
        }
    }

    void arc(const TraceSlice& slice, int tid, const LaneArc& arc) {
        const Event& event = recording_.events()[arc.event];
        const std::string name =
            arc.from ? fmt::format("{} → {}", stateName(*arc.from), stateName(arc.to)) : "reset";
        writer_.complete(slice, tid, arc.from ? "arc" : "reset", name, arc.failed,
                         [&](JsonWriter& out) { eventArgs(out, event); });
    }

    void spanned(const TraceSlice& slice, int tid) {
        const Event& event = recording_.events()[slice.index];
        const auto* call = std::get_if<event::Call>(&event.body);
        const auto* log = std::get_if<event::DmaLog>(&event.body);
        std::string name;
        if (call != nullptr)
            name = call->op;
        else if (log != nullptr)
            name = fmt::format("DMA logging: {}", dmaLogWord(log->op));
        else if (const auto* wait = std::get_if<event::Wait>(&event.body))
            name = "wait: " + wait->barrier;
        const bool failed = (call != nullptr && call->errnoValue != 0) ||
                            (log != nullptr && (log->errnoValue != 0 || !log->error.empty()));
        const char* category = call != nullptr ? "call" : log != nullptr ? "dma-log" : "wait";
        writer_.complete(slice, tid, category, name, failed, [&](JsonWriter& out) { eventArgs(out, event); });
    }

    void instant(const Event& event) {
        const std::string name = instantName(event);
        if (name.empty())
            return;
        const DeviceLanes* lanes = lanesOfDevice(event.device);
        writer_.instant(event.time, lanes != nullptr ? lanes->calls.tid : runsTid, lanes == nullptr, name,
                        [&](JsonWriter& out) { eventArgs(out, event); });
    }

    // --- streams
    // -----------------------------------------------------------------------------------------------

    void stream(std::uint32_t stream, const SampleColumns& columns) {
        if (columns.size() == 0)
            return;
        const DeviceLanes* lanes = lanesOfDevice(columns.device);
        const std::string of = fmt::format("{}stream {}", lanes != nullptr ? lanes->name + ": " : "", stream);
        std::uint64_t sum = 0;
        Ns previous = columns.time().front();
        for (const auto& bucket :
             columns.buckets(Ns::min(), Ns::max(), std::min(columns.size(), tracePointsPerStream))) {
            sum += bucket.sumBytes;
            // A counter holds from its time on: the rate begins where the bucket does, the sum where it ends.
            if (bucket.end > previous) {
                const double seconds = std::chrono::duration<double>(bucket.end - previous).count();
                writer_.counter(previous, of + " throughput", "bytes_per_second",
                                fmt::format("{:.1f}", static_cast<double>(bucket.sumBytes) / seconds));
            }
            writer_.counter(bucket.end, of + " moved", "bytes", counterValue(sum));
            previous = bucket.end;
        }
        writer_.counter(previous, of + " throughput", "bytes_per_second", "0");
    }

    const Recording& recording_;
    const std::function<bool()>& stopped_;
    std::vector<DeviceLanes> lanes_;
    TraceWriter writer_;
    std::vector<TraceSlice> slices_;
    std::vector<PhaseSlice> phases_;
    std::map<int, std::vector<TraceSlice>> events_;
};

} // namespace

Result<void> exportTrace(const Recording& recording, const ExportSink& out) {
    Result<void> result;
    const std::function<void(std::string_view)> whileGood = [&](std::string_view text) {
        if (result)
            result = out(text);
    };
    Export(recording, whileGood, [&] { return !result.has_value(); }).write();
    return result;
}

} // namespace migscope
