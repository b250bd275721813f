// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The report of several recordings against one of them.
#include "ui/report/compare_report.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

#include "core/transfer/compare.h"
#include "core/transfer/overlay_content.h"
#include "ui/charts/downtime_bar.h"
#include "ui/figure_words.h"
#include "ui/models/compare_model.h"
#include "ui/report/event_tables.h"
#include "ui/report/run_report.h"
#include "ui/report/run_tables.h"
#include "ui/spread_rows.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr QSize narrowChart{372, 480};

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

struct Sides {
    const std::vector<ReportSource>& sources;
    const ReportOptions& options;
    QStringList labels;
    bool anySimulated = false;
};

Comparison compared(Sides& sides) {
    std::vector<ComparedSide> all;
    for (std::size_t at = 0; at < sides.sources.size(); ++at) {
        ComparedSide side;
        side.name = sides.labels.at(static_cast<int>(at)).toStdString();
        sides.sources[at].source->look([&](const Recording& recording) {
            addRuns(side, recording, sides.options.withoutFirst);
            sides.anySimulated = sides.anySimulated || recording.header().simulated;
        });
        all.push_back(std::move(side));
    }
    const auto base = static_cast<std::ptrdiff_t>(std::min(sides.options.base, all.size() - 1));
    ComparedSide chosen = all[static_cast<std::size_t>(base)];
    all.erase(all.begin() + base);
    return compareSides(std::move(chosen), std::move(all));
}

/// The run of each recording that stands for it, over each other.
ReportPicture overlayPicture(const Sides& sides) {
    std::vector<int> runs;
    TimeRange all{Ns{0}, Ns{1}};
    for (const ReportSource& each : sides.sources) {
        int run = 0;
        each.source->look([&](const Recording& recording) {
            const RunMetrics* shown = runToShow(recording);
            if (shown == nullptr)
                return;
            run = shown->run;
            const AlignedSpan span = alignedSpan(recording, run);
            all = {std::min(all.from, span.from), std::max(all.to, span.to)};
        });
        runs.push_back(run);
    }
    all.to += all.length() / 50; // the last mark must not touch the frame
    ReportPicture picture;
    picture.title = tr("The last run with a figure of each recording, aligned at t0");
    picture.wide.size = {sides.options.chart.width(),
                         sides.options.chart.height() + 26 * static_cast<int>(sides.sources.size())};
    picture.narrow.size = {narrowChart.width(),
                           narrowChart.height() + 26 * static_cast<int>(sides.sources.size())};
    for (const auto& [options, content] : {std::pair(&picture.wide, &picture.wideContent),
                                           std::pair(&picture.narrow, &picture.narrowContent)}) {
        content->chart.window = {all.from, all.to, pictureColumns(*options), Ns{0}};
        for (std::size_t at = 0; at < sides.sources.size(); ++at) {
            sides.sources[at].source->look([&](const Recording& recording) {
                overlay(
                    content->chart, recording,
                    {runs[at], sides.labels.at(static_cast<int>(at)).toStdString(), static_cast<int>(at)});
            });
        }
        content->caption = QStringList{sides.anySimulated ? tr("S source, D destination · SIMULATED")
                                                          : tr("S source, D destination")};
    }
    picture.words = chartSummary(picture.wideContent.chart);
    return picture;
}

ReportTable differenceTable(const Comparison& comparison) {
    CompareModel model;
    model.setComparison(comparison);
    ReportTable table = tableOf(model, tr("Differences from %1").arg(shown(comparison.base.name)),
                                {CompareModel::Side, CompareModel::FigureName, CompareModel::Word});
    const bool one = comparison.others.size() == 1; // then all rows are of it
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        // "slower" in the colour of what is bad, "faster" in that of what is good.
        std::size_t at = row;
        for (const ComparedTo& other : comparison.others) {
            if (at >= other.figures.size()) {
                at -= other.figures.size();
                continue;
            }
            const ComparedFigure& figure = other.figures[at];
            const bool found =
                figure.difference.finding == Finding::Lower || figure.difference.finding == Finding::Higher;
            if (found && betterOf(figure.figure) != Better::Neither)
                table.rows[row][CompareModel::Word].tone =
                    isWorse(figure) ? ReportTone::Bad : ReportTone::Good;
            break;
        }
        if (one)
            table.rows[row].erase(table.rows[row].begin() + CompareModel::Side);
    }
    if (one)
        table.columns.erase(table.columns.begin() + CompareModel::Side);
    table.note =
        tr("Of the medians; the interval holds the difference of the medians with 95 %. A difference "
           "is only named when the interval leaves 0 out and a rank test agrees (p < 0.05); five "
           "runs a side are needed.");
    return table;
}

void addSpread(ReportContent& content, const Sides& sides, const Comparison& comparison) {
    // Of the base and the others: what all of them have is what they are compared by.
    std::vector<Figure> figures;
    for (const Figure figure : allFigures()) {
        const bool any =
            std::any_of(comparison.others.begin(), comparison.others.end(), [&](const ComparedTo& other) {
                return std::any_of(other.figures.begin(), other.figures.end(),
                                   [figure](const ComparedFigure& each) { return each.figure == figure; });
            });
        if (any)
            figures.push_back(figure);
    }
    std::vector<SpreadFigure> spread;
    for (const Figure figure : figures) {
        SpreadFigure& each = spread.emplace_back(SpreadFigure{figure, {}});
        for (std::size_t at = 0; at < sides.sources.size(); ++at) {
            sides.sources[at].source->look([&](const Recording& recording) {
                each.rows.push_back(spreadRow(recording, figure, sides.labels.at(static_cast<int>(at)),
                                              static_cast<int>(at)));
            });
        }
    }
    ReportSection section{tr("Spread"), {}};
    for (const SpreadFigure& each : spread) {
        const bool repeated = std::any_of(each.rows.begin(), each.rows.end(),
                                          [](const SpreadRow& row) { return row.dots.size() > 1; });
        if (unitOf(each.figure) != FigureUnit::Nanoseconds || !repeated || each.figure == Figure::Wait)
            continue;
        ReportStrip strip;
        strip.title = tr("Each run's %1").arg(figureName(each.figure));
        strip.unit = unitOf(each.figure);
        strip.rows = each.rows;
        QStringList words;
        for (const SpreadRow& row : each.rows)
            words << tr("%1: %2").arg(row.label, row.words);
        strip.words = words.join(QStringLiteral("; "));
        section.parts.emplace_back(std::move(strip));
    }
    if (!spread.empty())
        section.parts.emplace_back(spreadTable(spread, true));
    if (!section.parts.empty())
        content.sections.push_back(std::move(section));
}

void addRecording(ReportContent& content, const ReportSource& source, const QString& label) {
    ReportSection section{label, {}};
    source.source->look([&](const Recording& recording) {
        const RunVerdict verdict = runVerdict(recording, source.growing);
        section.parts.emplace_back(ReportLine{verdict.headline, verdict.tone});
        section.parts.emplace_back(ReportLine{recordingPlan(recording)});
        for (const ReportLine& line : verdict.evidence)
            section.parts.emplace_back(line);
        for (const ReportLine& line : verdict.cautions)
            content.cautions.push_back({tr("%1: %2").arg(label, line.text), line.tone});
        if (const RunMetrics* run = runToShow(recording)) {
            ReportTable phases = phaseTable(recording, *run);
            if (recording.metrics().runs().size() > 1)
                phases.title = tr("Downtime of run %1, phase by phase").arg(run->run);
            if (!phases.rows.empty())
                section.parts.emplace_back(std::move(phases));
        }
        ReportTable errors = errorTable(recording);
        if (!errors.rows.empty())
            section.parts.emplace_back(std::move(errors));
        ReportTable notes = noteTable(recording);
        if (!notes.rows.empty())
            section.parts.emplace_back(std::move(notes));
        section.parts.emplace_back(reportFacts(recording, source));
    });
    content.sections.push_back(std::move(section));
}

} // namespace

ReportContent reportOf(const std::vector<ReportSource>& sources, const ReportOptions& options) {
    if (sources.size() == 1)
        return runReport(sources.front(), options);
    QStringList names;
    for (const ReportSource& source : sources)
        names << shown(source.name.toStdString());
    Sides sides{sources, options, sourceLabels(names)};
    const Comparison comparison = compared(sides);
    ReportContent content;
    content.simulated = sides.anySimulated;
    QStringList others;
    for (const ComparedTo& other : comparison.others) {
        others << shown(other.side.name);
        const ComparedFigure* judged = other.judged();
        const ReportTone tone = judged == nullptr || judged->difference.finding == Finding::NoDifference ||
                                        judged->difference.finding == Finding::TooFew
                                    ? ReportTone::Plain
                                : isWorse(*judged) ? ReportTone::Bad
                                                   : ReportTone::Good;
        const QString sentence = compareSentence(other, comparison.base);
        if (content.verdict.isEmpty()) {
            content.verdict = sentence;
            content.tone = tone;
        } else {
            content.evidence.push_back({sentence, tone});
        }
    }
    content.title = tr("%1 against %2").arg(others.join(QStringLiteral(", ")), shown(comparison.base.name));
    content.about << (options.withoutFirst
                          ? tr("%1 recordings, compared without the first run of each").arg(sources.size())
                          : tr("%1 recordings compared").arg(sources.size()));
    ReportSection differences{tr("Differences"), {}};
    differences.parts.emplace_back(overlayPicture(sides));
    ReportTable table = differenceTable(comparison);
    if (!table.rows.empty())
        differences.parts.emplace_back(std::move(table));
    content.sections.push_back(std::move(differences));
    addSpread(content, sides, comparison);
    for (std::size_t at = 0; at < sources.size(); ++at)
        addRecording(content, sources[at], sides.labels.at(static_cast<int>(at)));
    return content;
}

} // namespace migscope
