// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart shows, in words.
#include "ui/charts/chart_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "core/base/byte_size.h"
#include "core/transfer/report_values.h"
#include "ui/charts/chart_look.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("charts", text);
}

QString name(MigState state) {
    return QString::fromStdString(stateName(state));
}

QString deviceName(const Recording& recording, int device) {
    return shortName(reportDeviceName(recording.header(), device));
}

/// "3b:00.2, source" where a run has given it a role.
QString laneName(const Recording& recording, int device) {
    for (const RunMetrics& run : recording.metrics().runs()) {
        for (const DeviceMetrics& each : run.devices) {
            if (each.device == device)
                return tr("%1, %2").arg(deviceName(recording, device),
                                        each.role == Role::Source ? tr("source") : tr("destination"));
        }
    }
    return deviceName(recording, device);
}

int percent(Ns part, Ns whole) {
    return whole > Ns{0} ? static_cast<int>(std::lround(100.0 * static_cast<double>(part.count()) /
                                                        static_cast<double>(whole.count())))
                         : 0;
}

Ns sumOf(const std::vector<Phase>& phases) {
    Ns sum{0};
    for (const Phase& phase : phases)
        sum += phase.duration.value_or(Ns{0});
    return sum;
}

/// The time of the phase that was spent inside calls, as far as its stamps enclose it.
QString callShare(const Recording& recording, const RunMetrics& run, PhaseName phase) {
    const PairMetrics* pair = criticalPair(run);
    if (pair == nullptr)
        return {};
    for (const PhaseSpan& span : phaseSpans(run)) {
        if (span.name != phase)
            continue;
        const int share = percent(timeInCalls(recording, *pair, span.begin, span.end), span.end - span.begin);
        return tr(", %1 % of it inside calls").arg(share);
    }
    return {};
}

} // namespace

QString timeText(Ns time) {
    const double seconds = std::chrono::duration<double>(time).count();
    if (std::abs(seconds) < 1)
        return tr("%1 ms").arg(seconds * 1e3, 0, 'f', 3);
    return tr("%1 s").arg(seconds, 0, 'f', 6);
}

QString bytesText(double bytes) {
    return QString::fromStdString(formatBytes(static_cast<std::uint64_t>(std::max(bytes, 0.0))));
}

QString rateText(double bytesPerSecond) {
    return bytesText(bytesPerSecond) + QStringLiteral("/s");
}

QString stallText(const LaneStall& stall) {
    const QString length = durationText(stall.end - stall.begin);
    return stall.save ? tr("a read stalled for %1").arg(length) : tr("a write stalled for %1").arg(length);
}

QString readoutText(const Recording& recording, const Readout& readout) {
    QStringList parts{timeText(readout.time)};
    for (const Readout::Of& of : readout.devices) {
        QString text = deviceName(recording, of.device) + QLatin1Char(' ');
        if (of.asked)
            text += tr("→ %1").arg(name(*of.asked));
        else
            text += of.state ? name(*of.state) : tr("unknown");
        if (of.round)
            text += tr(", round %1").arg(*of.round);
        if (of.stall)
            text += tr(", %1").arg(stallText(*of.stall));
        parts << text;
    }
    for (const Readout::Stream& stream : readout.streams) {
        parts << tr("moved %1").arg(bytesText(static_cast<double>(stream.movedBytes)));
        if (stream.sourceRate)
            parts << tr("read %1").arg(rateText(*stream.sourceRate));
        if (stream.destinationRate)
            parts << tr("write %1").arg(rateText(*stream.destinationRate));
    }
    for (const Readout::Of& of : readout.devices) {
        const bool saving = of.state && isSaving(*of.state);
        if (of.precopy && saving)
            parts << tr("initial %1").arg(bytesText(static_cast<double>(of.precopy->initialBytes)))
                  << tr("dirty %1").arg(bytesText(static_cast<double>(of.precopy->dirtyBytes)));
        if (of.estimate && of.estimate->bytes && saving)
            parts << tr("estimate %1").arg(bytesText(static_cast<double>(*of.estimate->bytes)));
    }
    if (readout.phase)
        parts << tr("in %1").arg(phaseText(*readout.phase));
    return parts.join(QStringLiteral(" · "));
}

QString chartSummary(const ChartContent& content) {
    if (content.lanes.empty())
        return tr("Nothing recorded yet.");
    QStringList parts{tr("From %1 to %2.").arg(timeText(content.window.from), timeText(content.window.to))};
    for (const LaneContent& lane : content.lanes) {
        QStringList states;
        for (const LanePiece& piece : lane.bands) {
            const QString word = piece.state ? name(*piece.state) : tr("unknown");
            if (states.isEmpty() || states.back() != word)
                states << word;
            if (states.size() > 12)
                break;
        }
        parts << tr("%1: %2.").arg(shortName(lane.name), states.join(QStringLiteral(", ")));
    }
    if (content.highestSize > 0)
        parts << tr("Size up to %1.").arg(bytesText(content.highestSize));
    if (content.highestRate > 0)
        parts << tr("Throughput up to %1.").arg(rateText(content.highestRate));
    return parts.join(QLatin1Char(' '));
}

DowntimeWords downtimeWords(const Recording& recording, const RunMetrics& run) {
    DowntimeWords words;
    const std::string workload = reportWorkload(recording.header());
    words.workload = workload == "none" ? tr("idle function") : shown(workload);
    const auto withError = [&](Ns time) { return durationText(time, run.downtimeError); };
    const Ns whole = sumOf(run.phases);
    if (run.downtime)
        words.figure = tr("downtime %1").arg(withError(*run.downtime));
    else if (run.blackout)
        words.figure =
            tr("blackout %1 (no downtime: the source itself ran again)").arg(withError(*run.blackout));
    else if (!run.outcome)
        words.figure = tr("no downtime yet");
    else if (run.plan && run.plan->kind == PlanKind::Load && *run.outcome == RunOutcome::Ok)
        words.figure = tr("loaded in %1").arg(durationText(whole));
    else
        words.figure = tr("no downtime measured");
    const auto most =
        std::max_element(run.phases.begin(), run.phases.end(), [](const Phase& a, const Phase& b) {
            return a.duration.value_or(Ns{0}) < b.duration.value_or(Ns{0});
        });
    if (most == run.phases.end() || !most->duration || whole <= Ns{0})
        return words;
    words.critical = tr("%1 is %2 % of %3")
                         .arg(phaseText(most->name))
                         .arg(percent(*most->duration, whole))
                         .arg(durationText(run.downtime.value_or(run.blackout.value_or(whole))));
    words.critical += callShare(recording, run, most->name);
    return words;
}

QString estimateWords(const Recording& recording, const RunMetrics& run) {
    const PairMetrics* pair = criticalPair(run);
    if (pair == nullptr || !pair->pair.source || !pair->streamSeen)
        return {};
    const auto chart = recording.charts().devices().find(*pair->pair.source);
    if (chart == recording.charts().devices().end())
        return {};
    // The last one before the source stopped: what a planner would have known.
    const Ns until = pair->stamps.t1.value_or(run.ended.value_or(recording.lastTime()));
    const EstimatePoint* last = nullptr;
    for (const EstimatePoint& point : chart->second.estimates) {
        if (point.time <= until && point.bytes)
            last = &point;
    }
    if (last == nullptr || (run.outcome != RunOutcome::Ok && pair->stopCopyBytes == 0))
        return {}; // it did not come so far: nothing to hold the estimate against
    const auto actual = static_cast<double>(pair->stopCopyBytes > 0 ? pair->stopCopyBytes : pair->stateBytes);
    return tr("estimate %1, moved while stopped %2")
        .arg(bytesText(static_cast<double>(*last->bytes)), bytesText(actual));
}

QStringList captionLines(const Recording& recording, const QString& title) {
    const RecordingHeader& header = recording.header();
    QStringList first{title};
    if (header.simulated)
        first << tr("SIMULATED");
    if (header.emulated)
        first << tr("EMULATED machine: times are not a real one's");
    if (!header.hostName.empty())
        first << tr("host %1").arg(shown(header.hostName));
    if (!header.kernel.empty())
        first << tr("kernel %1").arg(shown(header.kernel));
    const std::string workload = reportWorkload(header);
    first << tr("workload: %1").arg(workload == "none" ? tr("idle function") : shown(workload));
    if (!recording.complete)
        first << tr("incomplete recording");
    QStringList lines{first.join(QStringLiteral(" · "))};
    QStringList devices;
    for (const RecordedDevice& device : header.devices) {
        QString text = shortName(device.name);
        if (!device.driver.empty())
            text += tr(" (%1)").arg(shown(device.driver));
        devices << text;
    }
    if (!devices.isEmpty())
        lines << devices.join(QStringLiteral(", "));
    return lines;
}

std::vector<ChartRow> chartRows(const Recording& recording, const ChartContent& content) {
    std::vector<ChartRow> rows;
    for (const RunMetrics& run : recording.metrics().runs()) {
        for (const PhaseSpan& span : phaseSpans(run)) {
            if (span.end >= content.window.from && span.begin <= content.window.to)
                rows.push_back({span.begin, tr("run %1").arg(run.run), phaseText(span.name),
                                durationText(span.end - span.begin), phaseEvent(recording, run, span.name)});
        }
    }
    for (const LaneContent& lane : content.lanes) {
        const QString track = laneName(recording, lane.device);
        for (const LanePiece& piece : lane.bands)
            rows.push_back({piece.begin, track, piece.state ? name(*piece.state) : tr("unknown"),
                            durationText(piece.end - piece.begin), piece.event});
        for (const ArcPiece& piece : lane.arcs) {
            QString text = piece.from ? tr("%1 → %2").arg(name(*piece.from), name(piece.to)) : tr("reset");
            if (piece.failed)
                text += tr(", refused");
            rows.push_back({piece.begin, track, text,
                            piece.returned ? durationText(piece.end - piece.begin) : tr("not returned"),
                            piece.event});
        }
    }
    for (const LaneContent& lane : content.lanes) {
        const QString track = laneName(recording, lane.device);
        for (const RoundPiece& round : lane.rounds)
            rows.push_back({round.begin,
                            track,
                            tr("pre-copy round %1, %2")
                                .arg(round.number)
                                .arg(bytesText(static_cast<double>(round.bytes))),
                            durationText(round.end - round.begin),
                            {}});
        for (const LaneStall& stall : lane.stalls)
            rows.push_back({stall.begin,
                            track,
                            stall.save ? tr("a read stalled") : tr("a write stalled"),
                            durationText(stall.end - stall.begin),
                            {}});
    }
    const auto curves = [&](const std::vector<Curve>& all, bool isRate) {
        for (const Curve& curve : all) {
            const QString track = tr("%1, %2").arg(deviceName(recording, curve.device), curveWord(curve));
            // A table of every pixel column is read by nobody: about 50 rows a curve.
            const std::size_t stride = std::max<std::size_t>(1, curve.steps.size() / 50);
            for (std::size_t at = stride - 1; at < curve.steps.size(); at += stride)
                rows.push_back({curve.steps[at].end,
                                track,
                                isRate ? rateText(curve.steps[at].last) : bytesText(curve.steps[at].last),
                                {},
                                {}});
        }
    };
    curves(content.sizes, false);
    curves(content.rates, true);
    std::stable_sort(rows.begin(), rows.end(),
                     [](const ChartRow& a, const ChartRow& b) { return a.time < b.time; });
    return rows;
}

QStringList wrappedCaption(const QStringList& caption, const QFontMetrics& metrics, int width) {
    const QString dot = QStringLiteral(" · ");
    QStringList lines;
    for (const QString& line : caption) {
        QString now;
        for (const QString& part : line.split(dot)) {
            const QString longer = now.isEmpty() ? part : now + dot + part;
            if (!now.isEmpty() && metrics.horizontalAdvance(longer) > width) {
                lines << now;
                now = part;
            } else {
                now = longer;
            }
        }
        lines << now;
    }
    for (QString& line : lines)
        line = metrics.elidedText(line, Qt::ElideMiddle, width);
    return lines;
}

} // namespace migscope
