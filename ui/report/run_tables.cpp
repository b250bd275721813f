// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of a recording's runs as tables of a report.
#include "ui/report/run_tables.h"

#include <QCoreApplication>

#include <algorithm>

#include "core/transfer/chart_content.h"
#include "core/transfer/range_stats.h"
#include "core/transfer/report_values.h"
#include "ui/charts/chart_look.h"
#include "ui/charts/chart_words.h"
#include "ui/charts/downtime_bar.h"
#include "ui/figure_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

constexpr std::size_t mostRuns = 500;

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

QString percentText(double part, double whole) {
    return whole > 0 ? tr("%1 %").arg(100 * part / whole, 0, 'f', 0) : tr("unknown");
}

/// A phase that was not seen apart from the next one.
QString insideWords(PhaseName phase) {
    return phase == PhaseName::Stop ? tr("inside save") : tr("inside load");
}

bool isPhase(Figure figure) {
    return figure == Figure::Stop || figure == Figure::Save || figure == Figure::Load ||
           figure == Figure::Resume || figure == Figure::Wait;
}

QString whyMissing(const RunMetrics& run, Figure figure) {
    for (const Phase& phase : run.phases) {
        if (!phase.duration && isPhase(figure) && phaseText(phase.name) == figureName(figure))
            return insideWords(phase.name);
    }
    const bool seen = std::any_of(run.pairs.begin(), run.pairs.end(),
                                  [](const PairMetrics& pair) { return pair.streamSeen; });
    if (unitOf(figure) != FigureUnit::Nanoseconds && !seen)
        return tr("no stream was seen");
    if (unitOf(figure) == FigureUnit::BytesPerSecond)
        return tr("no time in calls was seen");
    if (!run.outcome)
        return tr("the recording ends before the run");
    if (*run.outcome != RunOutcome::Ok)
        return tr("the run %1").arg(*run.outcome == RunOutcome::Failed ? tr("failed") : tr("was cancelled"));
    return tr("not measured");
}

/// What a run has instead of the figure: a downtime or a blackout, not both.
bool hasOther(const RunMetrics& run, Figure figure) {
    return (figure == Figure::Downtime && run.blackout) || (figure == Figure::Blackout && run.downtime);
}

ReportCell runCell(const RunMetrics& run, Figure figure) {
    if (const auto value = valueOf(run, figure))
        return figureCell(unitOf(figure), *value);
    if (hasOther(run, figure))
        return {figure == Figure::Downtime ? tr("none: the source ran again") : tr("none: a downtime"),
                {},
                ReportTone::Quiet};
    return unknownCell(whyMissing(run, figure));
}

ReportCell outcomeCell(const RunMetrics& run) {
    if (!run.outcome)
        return {tr("not ended"), {}, ReportTone::Bad};
    switch (*run.outcome) {
    case RunOutcome::Ok:
        return {tr("ok"), {}, ReportTone::Good};
    case RunOutcome::Cancelled:
        return {tr("cancelled"), {}, ReportTone::Warning};
    case RunOutcome::Failed:
        break;
    }
    return {run.reason.empty() ? tr("failed") : tr("failed: %1").arg(shown(run.reason)), {}, ReportTone::Bad};
}

ReportCell rateCell(std::uint64_t bytes, Ns time) {
    if (time <= Ns{0})
        return unknownCell(tr("no time in calls was seen"));
    return figureCell(FigureUnit::BytesPerSecond,
                      static_cast<double>(bytes) * 1e9 / static_cast<double>(time.count()));
}

} // namespace

QString reportDevice(const Recording& recording, std::optional<int> device) {
    return device ? shortName(reportDeviceName(recording.header(), *device)) : QStringLiteral("—");
}

ReportTable phaseTable(const Recording& recording, const RunMetrics& run) {
    ReportTable table;
    table.title = tr("Downtime, phase by phase");
    table.columns = {{tr("Phase")}, {tr("Duration"), true}, {tr("Share"), true}, {tr("Inside calls"), true}};
    const DowntimeContent content = downtimeContent(recording, run);
    const PairMetrics* pair = criticalPair(run);
    const std::vector<PhaseSpan> spans = phaseSpans(run);
    const auto inCalls = [&](PhaseName phase) {
        const auto span = std::find_if(spans.begin(), spans.end(),
                                       [phase](const PhaseSpan& each) { return each.name == phase; });
        if (pair == nullptr || span == spans.end() || span->end <= span->begin)
            return unknownCell(tr("its stamps were not seen"));
        const Ns inside = timeInCalls(recording, *pair, span->begin, span->end);
        return ReportCell{percentText(static_cast<double>(inside.count()),
                                      static_cast<double>((span->end - span->begin).count())),
                          durationCell(inside).exact};
    };
    Ns whole{0};
    for (const auto& part : content.parts) {
        whole += part.duration;
        table.rows.push_back({{phaseText(part.name)},
                              durationCell(part.duration),
                              {tr("%1 %").arg(part.percent)},
                              part.name == PhaseName::Wait
                                  ? ReportCell{tr("waits for others"), {}, ReportTone::Quiet}
                                  : inCalls(part.name)});
    }
    for (const PhaseName phase : content.inside)
        table.rows.push_back({{phaseText(phase)},
                              {insideWords(phase), {}, ReportTone::Quiet},
                              {insideWords(phase), {}, ReportTone::Quiet},
                              {insideWords(phase), {}, ReportTone::Quiet}});
    if (run.downtime || run.blackout) {
        const Ns dark = run.downtime ? *run.downtime : *run.blackout;
        const ReportCell cell{durationText(dark, run.downtimeError),
                              tr("%1 ns ± %2 ns").arg(dark.count()).arg(run.downtimeError.count())};
        // A blackout lasts until the source runs again: longer than what was seen of its phases.
        const QString share = whole == Ns{0}  ? tr("unknown: no phase was seen")
                              : dark == whole ? tr("100 %")
                                              : tr("%1 in phases").arg(durationText(whole));
        table.rows.push_back({{run.downtime ? tr("downtime") : tr("blackout")},
                              cell,
                              {share, {}, dark == whole ? ReportTone::Plain : ReportTone::Quiet},
                              {}});
    }
    if (!table.rows.empty())
        table.note =
            tr("Stamps are taken directly before and after the calls. Inside calls: the share of the "
               "phase that the kernel and the driver had.");
    return table;
}

ReportTable pairTable(const Recording& recording, const RunMetrics& run) {
    ReportTable table;
    table.title = tr("What was moved");
    table.columns = {{tr("From")},
                     {tr("To")},
                     {tr("State"), true},
                     {tr("While it ran"), true},
                     {tr("Rounds"), true},
                     {tr("While stopped"), true},
                     {tr("Rate in reads"), true},
                     {tr("Rate in writes"), true}};
    for (const PairMetrics& pair : run.pairs) {
        const bool loads = !pair.pair.source;
        std::vector<ReportCell> cells;
        cells.push_back({loads ? tr("file") : reportDevice(recording, pair.pair.source)});
        cells.push_back({pair.pair.destination ? reportDevice(recording, pair.pair.destination)
                         : run.plan && run.plan->kind == PlanKind::Save ? tr("file")
                                                                        : tr("no device")});
        if (!pair.streamSeen) {
            for (int column = 0; column < 6; ++column)
                cells.push_back(unknownCell(tr("no stream was seen")));
        } else {
            const ReportCell none{tr("none: a load"), {}, ReportTone::Quiet};
            cells.push_back(bytesCell(pair.stateBytes));
            cells.push_back(loads ? none : bytesCell(pair.precopyBytes));
            cells.push_back(loads ? none : ReportCell{QString::number(pair.precopyRounds)});
            cells.push_back(loads ? none : bytesCell(pair.stopCopyBytes));
            cells.push_back(loads ? none : rateCell(pair.stateBytes, pair.sourceCallTime));
            cells.push_back(pair.pair.destination ? rateCell(pair.stateBytes, pair.destinationCallTime)
                                                  : ReportCell{tr("none: no device"), {}, ReportTone::Quiet});
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

ReportTable runTable(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
    std::vector<Figure> figures;
    for (const Figure figure : allFigures()) {
        const bool any = std::any_of(runs.begin(), runs.end(), [figure](const RunMetrics& run) {
            const auto value = valueOf(run, figure);
            // Nobody waits in a run of one pair, and a column of zeroes says nothing.
            return value && (figure != Figure::Wait || *value > 0);
        });
        if (any)
            figures.push_back(figure);
    }
    ReportTable table;
    table.title = tr("Run by run");
    table.columns = {{tr("Run"), true}, {tr("Outcome")}};
    for (const Figure figure : figures)
        table.columns.push_back({figureName(figure), true});
    for (const RunMetrics& run : runs) {
        std::vector<ReportCell>& cells = table.rows.emplace_back();
        cells.push_back({QString::number(run.run)});
        cells.push_back(outcomeCell(run));
        for (const Figure figure : figures)
            cells.push_back(runCell(run, figure));
    }
    keepFirst(table, mostRuns);
    return table;
}

std::vector<Figure> figuresOf(const Recording& recording) {
    std::vector<Figure> figures;
    for (const Figure figure : allFigures()) {
        const auto& runs = recording.metrics().runs();
        const bool any = std::any_of(runs.begin(), runs.end(), [figure](const RunMetrics& run) {
            const auto value = counts(run) ? valueOf(run, figure) : std::nullopt;
            return value && *value > 0;
        });
        if (any)
            figures.push_back(figure);
    }
    return figures;
}

ReportTable spreadTable(const std::vector<SpreadFigure>& figures, bool severalRecordings) {
    ReportTable table;
    table.title = tr("Spread over the runs that ended ok");
    table.columns = {{tr("Figure")}};
    if (severalRecordings)
        table.columns.push_back({tr("Recording")});
    for (const QString& head : {tr("Runs"), tr("Median"), tr("p90"), tr("p99"), tr("Min"), tr("Max"),
                                tr("First run"), tr("Far from the rest")})
        table.columns.push_back({head, true});
    for (const SpreadFigure& each : figures) {
        const FigureUnit unit = unitOf(each.figure);
        for (const SpreadRow& row : each.rows) {
            std::vector<ReportCell>& cells = table.rows.emplace_back();
            cells.push_back({figureName(each.figure)});
            if (severalRecordings)
                cells.push_back({row.label});
            cells.push_back({QString::number(row.dots.size())});
            if (row.dots.empty()) {
                for (int column = 0; column < 7; ++column)
                    cells.push_back(unknownCell(tr("no run has it")));
                continue;
            }
            std::vector<double> values;
            QStringList far;
            for (const SpreadDot& dot : row.dots) {
                values.push_back(dot.value);
                if (dot.outlier)
                    far << tr("run %1: %2").arg(dot.run).arg(figureWords(unit, dot.value));
            }
            const Spread spread = spreadOf(values, false);
            for (const double value :
                 {row.median.value_or(spread.p50), spread.p90, spread.p99, spread.minimum, spread.maximum})
                cells.push_back(figureCell(unit, value));
            const SpreadDot& first = row.dots.front();
            cells.push_back(first.first            ? figureCell(unit, first.value)
                            : row.dots.size() == 1 ? ReportCell{tr("the only one"), {}, ReportTone::Quiet}
                                                   : unknownCell(tr("it did not end ok")));
            cells.push_back(far.isEmpty()
                                ? ReportCell{tr("none"), {}, ReportTone::Quiet}
                                : ReportCell{far.join(QStringLiteral(", ")), {}, ReportTone::Warning});
        }
    }
    table.note =
        tr("Percentiles by nearest rank; the median of an even number lies between the two in the "
           "middle. Far from the rest: outside the quartiles by more than 1.5 times their distance, of "
           "five runs or more.");
    return table;
}

} // namespace migscope
