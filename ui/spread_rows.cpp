// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A figure over the runs of recordings.
#include "ui/spread_rows.h"

#include <QCoreApplication>

#include "core/transfer/range_stats.h"
#include "core/transfer/statistics.h"
#include "ui/figure_words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

} // namespace

QStringList sourceLabels(const QStringList& names) {
    QStringList labels;
    for (int at = 0; at < names.size(); ++at)
        labels << (names.count(names[at]) > 1 ? tr("%1 (%2)").arg(names[at]).arg(at + 1) : names[at]);
    return labels;
}

SpreadRow spreadRow(const Recording& recording, Figure figure, const QString& label, int series) {
    SpreadRow row;
    row.label = label;
    row.series = series;
    std::vector<double> values;
    const auto& runs = recording.metrics().runs();
    for (const RunMetrics& run : runs) {
        const auto value = counts(run) ? valueOf(run, figure) : std::nullopt;
        if (!value)
            continue;
        row.dots.push_back({*value, run.run, runs.size() > 1 && run.run == runs.front().run, false});
        values.push_back(*value);
    }
    for (const std::size_t far : outliersOf(values))
        row.dots[far].outlier = true;
    const FigureUnit unit = unitOf(figure);
    row.median = medianOf(values);
    if (values.empty()) {
        row.words = tr("no %1 measured").arg(figureName(figure));
        return row;
    }
    const Spread spread = spreadOf(values, false);
    row.words = values.size() == 1 ? tr("one run: %1").arg(figureWords(unit, *row.median))
                                   : tr("%1 runs · median %2 · p90 %3 · p99 %4")
                                         .arg(values.size())
                                         .arg(figureWords(unit, *row.median), figureWords(unit, spread.p90),
                                              figureWords(unit, spread.p99));
    if (row.dots.front().first)
        row.words += tr(" · first %1").arg(figureWords(unit, row.dots.front().value));
    return row;
}

} // namespace migscope
