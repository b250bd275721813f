// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of one recording.
#include "ui/report/run_report.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <algorithm>

#include "core/transfer/report_values.h"
#include "core/transfer/what_if.h"
#include "ui/charts/chart_words.h"
#include "ui/charts/downtime_bar.h"
#include "ui/figure_words.h"
#include "ui/recording_facts.h"
#include "ui/report/event_tables.h"
#include "ui/report/run_tables.h"
#include "ui/run_words.h"
#include "ui/spread_rows.h"
#include "ui/what_if_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr QSize narrowChart{372, 480};
constexpr std::size_t fewCalls = 60; ///< above it, calls are counted before they are listed

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

QString kindDone(const RunMetrics& run) {
    if (!run.plan)
        return tr("Ended ok");
    switch (run.plan->kind) {
    case PlanKind::Migrate:
        return tr("Migrated");
    case PlanKind::Loopback:
        return tr("Migrated onto itself");
    case PlanKind::Save:
        return tr("Saved");
    case PlanKind::Discard:
        return tr("Drained");
    case PlanKind::Load:
        break;
    }
    return tr("Loaded");
}

QString outcomeHeadline(const RunMetrics& run) {
    if (!run.outcome)
        return tr("Not ended: the recording ends before the run does");
    if (*run.outcome == RunOutcome::Ok)
        return kindDone(run);
    const QString word = *run.outcome == RunOutcome::Failed ? tr("Failed") : tr("Cancelled");
    return run.reason.empty() ? word : tr("%1: %2").arg(word, shown(run.reason));
}

QString planWords(const Recording& recording, const RunMetrics& run) {
    QStringList pairs;
    for (const PairMetrics& pair : run.pairs) {
        const QString from = reportDevice(recording, pair.pair.source);
        const QString to = reportDevice(recording, pair.pair.destination);
        if (pair.pair.source && pair.pair.destination)
            pairs << (*pair.pair.source == *pair.pair.destination ? tr("%1 onto itself").arg(from)
                                                                  : tr("%1 to %2").arg(from, to));
        else
            pairs << (pair.pair.source ? from : to);
    }
    QString ends = pairs.join(QStringLiteral(", "));
    if (!run.plan)
        return ends;
    return tr("%1 %2 (%3)")
        .arg(shown(planKindWord(run.plan->kind)), ends, shown(copyModeWord(run.plan->mode)));
}

void addStandings(const Recording& recording, const RunMetrics& run, RunVerdict& verdict) {
    QStringList ends;
    for (const DeviceMetrics& device : run.devices)
        ends << tr("%1 (%2) ended %3")
                    .arg(reportDevice(recording, device.device),
                         device.role == Role::Source ? tr("source") : tr("destination"),
                         device.finalState ? QString::fromStdString(stateName(*device.finalState))
                                           : tr("in an unknown state"));
    if (!ends.isEmpty())
        verdict.evidence.push_back({ends.join(QStringLiteral(" · "))});
}

void oneRun(const Recording& recording, const RunMetrics& run, RunVerdict& verdict) {
    const DowntimeWords words = downtimeWords(recording, run);
    verdict.headline = tr("%1 · %2").arg(outcomeHeadline(run), words.figure);
    if (!words.critical.isEmpty())
        verdict.evidence.push_back({words.critical});
    const QString estimate = estimateWords(recording, run);
    if (!estimate.isEmpty())
        verdict.evidence.push_back({estimate});
    addStandings(recording, run, verdict);
}

void severalRuns(const Recording& recording, RunVerdict& verdict) {
    const auto& runs = recording.metrics().runs();
    const auto good =
        std::count_if(runs.begin(), runs.end(), [](const RunMetrics& run) { return counts(run); });
    const Distribution spread = downtimes(recording);
    const QString ended = tr("%1 of %2 runs ended ok").arg(good).arg(runs.size());
    verdict.headline = spread.count > 0 ? tr("%1 · downtime p50 %2").arg(ended, durationText(*spread.p50))
                                        : tr("%1 · no downtime measured").arg(ended);
    if (spread.count > 0)
        verdict.evidence.push_back({tr("over %1 runs: p90 %2, p99 %3, %4 to %5")
                                        .arg(spread.count)
                                        .arg(durationText(*spread.p90), durationText(*spread.p99),
                                             durationText(*spread.minimum), durationText(*spread.maximum))});
    for (const RunMetrics& run : runs) {
        if (!counts(run))
            verdict.evidence.push_back(
                {tr("run %1: %2").arg(run.run).arg(outcomeHeadline(run)), ReportTone::Bad});
        if (verdict.evidence.size() > 8) // the table has the others
            break;
    }
    if (const RunMetrics* shown = runToShow(recording)) {
        const QString critical = downtimeWords(recording, *shown).critical;
        if (!critical.isEmpty())
            verdict.evidence.push_back({tr("in run %1 %2").arg(shown->run).arg(critical)});
    }
}

void addCautions(const Recording& recording, bool growing, RunVerdict& verdict) {
    const auto caution = [&](const QString& text, ReportTone tone = ReportTone::Warning) {
        verdict.cautions.push_back({text, tone});
    };
    for (const EmptyRepeat& repeat : emptyRepeats(recording))
        caution(tr("No state: %1").arg(QString::fromStdString(emptyRepeatText(recording, repeat))),
                ReportTone::Bad);
    if (growing)
        caution(tr("The recording was still growing when this report was made."));
    else if (!recording.complete)
        caution(tr("The recording is incomplete: it has no end."));
    if (const std::uint64_t lost = recording.metrics().lostSamples(); lost > 0)
        caution(tr("%1 samples were merged: the queue was full; sums are exact.").arg(lost));
    for (const std::string& note : recording.notes)
        caution(shown(note));
}

/// What a report has room for: only parts that say something.
void add(ReportSection& section, ReportTable table) {
    if (!table.rows.empty())
        section.parts.emplace_back(std::move(table));
}

void addSection(ReportContent& content, ReportSection section) {
    if (!section.parts.empty())
        content.sections.push_back(std::move(section));
}

ReportStrip spreadStrip(const Recording& recording, Figure figure, const QString& name) {
    ReportStrip strip;
    strip.title = tr("Each run's %1").arg(figureName(figure));
    strip.unit = unitOf(figure);
    strip.rows.push_back(spreadRow(recording, figure, name, 0));
    strip.words = strip.rows.front().words;
    return strip;
}

void addRepeats(ReportContent& content, const Recording& recording, const QString& name) {
    ReportSection section{tr("Over the runs"), {}};
    std::vector<SpreadFigure> figures;
    for (const Figure figure : figuresOf(recording))
        figures.push_back({figure, {spreadRow(recording, figure, name, 0)}});
    if (!figures.empty())
        section.parts.emplace_back(spreadStrip(recording, figures.front().figure, name));
    if (!figures.empty())
        add(section, spreadTable(figures, false));
    add(section, runTable(recording));
    addSection(content, std::move(section));
}

void addDowntime(ReportContent& content, const Recording& recording, const RunMetrics& run, bool several,
                 const ReportOptions& options, const QString& name) {
    ReportSection section{several ? tr("Run %1").arg(run.run) : tr("Downtime"), {}};
    if (several)
        section.parts.emplace_back(
            ReportLine{tr("%1 · %2").arg(outcomeHeadline(run), downtimeWords(recording, run).figure)});
    if (several)
        section.parts.emplace_back(chartPicture(recording, options, name, run.run));
    add(section, phaseTable(recording, run));
    add(section, pairTable(recording, run));
    const WhatIfInputs inputs = whatIfInputs(recording, run.run);
    if (inputs.why.empty()) {
        ReportFacts facts;
        facts.push_back({tr("Measured in this run"), whatIfMeasured(inputs)});
        section.parts.emplace_back(std::move(facts));
    } else {
        section.parts.emplace_back(ReportLine{
            tr("Dirty rate and fixed parts: unknown, %1.").arg(whatIfReason(inputs.why)), ReportTone::Quiet});
    }
    addSection(content, std::move(section));
}

void addEvents(ReportContent& content, const Recording& recording, const RunMetrics* shown) {
    const bool several = recording.metrics().runs().size() > 1;
    ReportSection section{tr("What happened"), {}};
    add(section, errorTable(recording));
    add(section, noteTable(recording));
    add(section, kernelTable(recording));
    ReportTable calls = callTable(recording, {});
    if (calls.rows.size() > fewCalls) {
        add(section, callStatistics(recording));
        calls = callTable(recording, several && shown != nullptr ? std::optional(shown->run) : std::nullopt);
    }
    add(section, std::move(calls));
    add(section, streamTable(recording));
    add(section, precopyTable(recording));
    add(section, dirtyTable(recording));
    addSection(content, std::move(section));
}

} // namespace

QString recordingPlan(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
    if (runs.empty())
        return tr("devices driven by hand");
    const QString plan = planWords(recording, runs.front());
    return runs.size() == 1 ? plan : tr("%1, %2 runs").arg(plan).arg(runs.size());
}

RunVerdict runVerdict(const Recording& recording, bool growing) {
    RunVerdict verdict;
    const auto& runs = recording.metrics().runs();
    if (runs.empty())
        verdict.headline = tr("No run in this recording: no downtime was measured");
    else if (runs.size() == 1)
        oneRun(recording, runs.front(), verdict);
    else
        severalRuns(recording, verdict);
    verdict.evidence.push_back({tr("workload: %1").arg(workloadWords(reportWorkload(recording.header())))});
    addCautions(recording, growing, verdict);
    const bool empty = !emptyRepeats(recording).empty();
    if (!runs.empty()) {
        const RunOutcome outcome = reportOutcome(recording, recording.complete || growing);
        verdict.tone = outcome == RunOutcome::Failed      ? ReportTone::Bad
                       : outcome == RunOutcome::Cancelled ? ReportTone::Warning
                       : empty                            ? ReportTone::Warning
                                                          : ReportTone::Good;
    }
    return verdict;
}

ReportFacts reportFacts(const Recording& recording, const ReportSource& source) {
    ReportFacts sections = recordingFacts(recording, source.path, source.growing);
    // Whose home it lay in is nobody's business who gets the report.
    if (!sections.empty() && !sections.front().facts.empty() && !source.path.isEmpty())
        sections.front().facts.front() = {tr("name"), shown(QFileInfo(source.path).fileName().toStdString())};
    return sections;
}

ReportPicture chartPicture(const Recording& recording, const ReportOptions& options, const QString& name,
                           std::optional<int> run) {
    ReportPicture picture;
    picture.title =
        run ? tr("States, sizes and throughput of run %1").arg(*run) : tr("States, sizes and throughput");
    for (PictureOptions* each : {&picture.wide, &picture.narrow}) {
        each->name = name;
        each->run = run.value_or(0);
        for (const RunMetrics& found : recording.metrics().runs()) {
            if (found.run == run)
                each->range = TimeRange{
                    found.begun, std::max(found.ended.value_or(recording.lastTime()), found.begun + Ns{1})};
        }
    }
    picture.wide.size = options.chart;
    picture.narrow.size = narrowChart;
    picture.wideContent = pictureContent(recording, picture.wide);
    picture.narrowContent = pictureContent(recording, picture.narrow);
    // The page says the rest around it.
    for (PictureContent* each : {&picture.wideContent, &picture.narrowContent})
        each->caption = QStringList{recording.header().simulated ? tr("%1 · SIMULATED").arg(name) : name};
    QStringList words{chartSummary(picture.wideContent.chart)};
    if (const auto& downtime = picture.wideContent.downtime) {
        words << downtime->words.figure;
        if (!downtime->words.critical.isEmpty())
            words << downtime->words.critical;
    }
    picture.words = words.join(QStringLiteral(" · "));
    return picture;
}

ReportContent runReport(const ReportSource& source, const ReportOptions& options) {
    ReportContent content;
    const QString name = shown(source.name.toStdString());
    source.source->look([&](const Recording& recording) {
        const auto& runs = recording.metrics().runs();
        RunVerdict verdict = runVerdict(recording, source.growing);
        content.title = name;
        content.about = captionLines(recording, recordingPlan(recording));
        content.about << tr("begun %1 · recorded by Migscope %2")
                             .arg(begunWords(recording.header()), shown(recording.header().tool));
        content.simulated = recording.header().simulated;
        content.tone = verdict.tone;
        content.verdict = std::move(verdict.headline);
        content.evidence = std::move(verdict.evidence);
        content.cautions = std::move(verdict.cautions);
        const RunMetrics* shownRun = runToShow(recording);
        ReportSection chart{tr("Over time"), {}};
        ReportPicture picture = chartPicture(recording, options, name, {});
        if (runs.size() > 1) { // the bar is one run's, which has its own picture
            picture.wideContent.downtime.reset();
            picture.narrowContent.downtime.reset();
        }
        chart.parts.emplace_back(std::move(picture));
        const ChartContent& drawn = std::get<ReportPicture>(chart.parts.front()).wideContent.chart;
        add(chart, chartTable(recording, drawn));
        addSection(content, std::move(chart));
        if (runs.size() > 1)
            addRepeats(content, recording, name);
        if (shownRun != nullptr)
            addDowntime(content, recording, *shownRun, runs.size() > 1, options, name);
        addEvents(content, recording, shownRun);
        addSection(content, {tr("The recording"), {reportFacts(recording, source)}});
    });
    return content;
}

} // namespace migscope
