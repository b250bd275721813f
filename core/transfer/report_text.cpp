// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report for people.
#include <algorithm>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/transfer/recording.h"
#include "core/transfer/report_values.h"

namespace migscope {
namespace {

Ns sumOf(const std::vector<Phase>& phases) {
    Ns sum{0};
    for (const Phase& phase : phases)
        sum += phase.duration.value_or(Ns{0});
    return sum;
}

std::string share(Ns part, Ns whole) {
    if (whole <= Ns{0})
        return {};
    return fmt::format("{:.0f} %",
                       100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count()));
}

/// "load is 78 %": the phase to look at first.
std::string largest(const std::vector<Phase>& phases, Ns whole) {
    const auto most = std::max_element(phases.begin(), phases.end(), [](const Phase& a, const Phase& b) {
        return a.duration.value_or(Ns{0}) < b.duration.value_or(Ns{0});
    });
    if (most == phases.end() || !most->duration || whole <= Ns{0})
        return {};
    return fmt::format(" · {} is {}", phaseWord(most->name), share(*most->duration, whole));
}

std::string durationOf(const RunMetrics& run) {
    return run.ended ? formatDuration(*run.ended - run.begun) : std::string("unknown");
}

std::string verdictOf(const RunMetrics& run) {
    const RunOutcome outcome = reportOutcome(run);
    std::string line;
    if (outcome != RunOutcome::Ok)
        line = outcome == RunOutcome::Failed ? "failed" : "cancelled";
    if (run.downtime) {
        line +=
            fmt::format("{}downtime {}{}", line.empty() ? "" : " · ",
                        formatDuration(*run.downtime, run.downtimeError), largest(run.phases, *run.downtime));
    } else if (run.blackout) {
        line += fmt::format("{}blackout {} (no downtime: the source itself ran again)",
                            line.empty() ? "" : " · ", formatDuration(*run.blackout, run.downtimeError));
    } else if (run.plan && run.plan->kind == PlanKind::Load && outcome == RunOutcome::Ok) {
        line += fmt::format("loaded in {}{}", formatDuration(sumOf(run.phases)),
                            largest(run.phases, sumOf(run.phases)));
    } else if (line.empty()) {
        line = "ok · no downtime measured";
    } else {
        line += " · no downtime measured";
    }
    return line;
}

void phaseTable(std::string& out, const std::vector<Phase>& phases) {
    const Ns whole = sumOf(phases);
    for (const Phase& phase : phases) {
        if (phase.duration)
            out += fmt::format("  {:<8}{:>12}{:>7}\n", phaseWord(phase.name), formatDuration(*phase.duration),
                               share(*phase.duration, whole));
        else
            out += fmt::format("  {:<8}{:>12}\n", phaseWord(phase.name),
                               phase.name == PhaseName::Stop ? "inside save" : "inside load");
    }
}

void pairText(std::string& out, const RecordingHeader& header, const PairMetrics& pair) {
    const auto name = [&](std::optional<int> index, const char* none) {
        return index ? escapeText(reportDeviceName(header, *index)) : std::string(none);
    };
    if (pair.pair.source && pair.pair.source == pair.pair.destination)
        out += fmt::format("  {} onto itself\n", name(pair.pair.source, ""));
    else
        out += fmt::format("  {} -> {}\n", name(pair.pair.source, "file"),
                           name(pair.pair.destination, "no device"));
    if (!pair.streamSeen) {
        out += "  state     unknown\n";
        return;
    }
    out += fmt::format("  state   {:>12}", formatBytes(pair.stateBytes));
    const Ns busy = pair.sourceCallTime + pair.destinationCallTime;
    if (busy > Ns{0})
        out += fmt::format("   {} while copying", formatRate(pair.stateBytes, busy));
    out += '\n';
    if (pair.precopyBytes > 0 || pair.precopyRounds > 0)
        out += fmt::format("  pre-copy{:>12}   {} round{} while it ran; {} stopped\n",
                           formatBytes(pair.precopyBytes), pair.precopyRounds,
                           pair.precopyRounds == 1 ? "" : "s", formatBytes(pair.stopCopyBytes));
}

std::string stateWord(std::optional<MigState> state) {
    return state ? stateName(*state) : std::string("unknown");
}

void runText(std::string& out, const Recording& recording, const RunMetrics& run, bool several) {
    const RecordingHeader& header = recording.header();
    if (several)
        out += fmt::format("run {}: {}\n", run.run, verdictOf(run));
    if (run.plan)
        out += fmt::format("  {} ({}), {} in all\n", planKindWord(run.plan->kind),
                           copyModeWord(run.plan->mode), durationOf(run));
    if (!run.outcome)
        out += "  why: the recording ends before the run does\n";
    else if (!run.reason.empty())
        out += "  why: " + escapeText(run.reason) + "\n";
    phaseTable(out, run.phases);
    for (const PairMetrics& pair : run.pairs)
        pairText(out, header, pair);
    for (const DeviceMetrics& device : run.devices)
        out +=
            fmt::format("  {} ({}) ended {}\n", escapeText(reportDeviceName(header, device.device)),
                        device.role == Role::Source ? "source" : "destination", stateWord(device.finalState));
}

} // namespace

std::string reportText(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
    const RecordingHeader& header = recording.header();
    std::string out;
    if (runs.empty()) {
        out += "no run in this recording\n";
    } else if (runs.size() == 1) {
        out += verdictOf(runs.front()) + "\n";
    } else {
        const Distribution spread = downtimes(recording);
        if (spread.count > 0)
            out += fmt::format("downtime over {} of {} runs: p50 {}, p90 {}, p99 {}, {} to {}\n",
                               spread.count, runs.size(), formatDuration(*spread.p50),
                               formatDuration(*spread.p90), formatDuration(*spread.p99),
                               formatDuration(*spread.minimum), formatDuration(*spread.maximum));
        else
            out += fmt::format("{} runs, no downtime measured\n", runs.size());
    }
    const std::string workload = reportWorkload(header);
    out += header.simulated ? "SIMULATED · " : "";
    out += header.emulated ? "EMULATED machine, times are not a real one's · " : "";
    out += "workload: " + (workload == "none" ? std::string("idle function") : escapeText(workload)) + "\n";
    if (!recording.complete)
        out += "INCOMPLETE recording\n";
    for (const std::string& note : recording.notes)
        out += "note: " + escapeText(note) + "\n";
    if (recording.metrics().lostSamples() > 0)
        out += fmt::format("note: {} samples were merged (the queue was full); sums are exact\n",
                           recording.metrics().lostSamples());
    for (const EmptyRepeat& repeat : emptyRepeats(recording))
        out += "NO STATE: " + emptyRepeatText(recording, repeat) + "\n";
    for (const RunMetrics& run : runs) {
        out += '\n';
        runText(out, recording, run, runs.size() > 1);
    }
    return out;
}

} // namespace migscope
