// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a report says, as plain values.
#include "ui/report/report_content.h"

#include <QAbstractItemModel>
#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_words.h"
#include "ui/figure_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("report", text);
}

QString exactWords(FigureUnit unit, double value) {
    const QString number = QString::number(std::llround(value));
    switch (unit) {
    case FigureUnit::Nanoseconds:
        return tr("%1 ns").arg(number);
    case FigureUnit::Bytes:
        return tr("%1 bytes").arg(number);
    case FigureUnit::BytesPerSecond:
        return tr("%1 bytes/s").arg(number);
    case FigureUnit::Count:
        break;
    }
    return {};
}

} // namespace

ReportSource reportSource(const RunSourcePtr& source) {
    return {source->name(), source->path(), source->growing(), source};
}

ReportCell durationCell(Ns time) {
    return {durationText(time), exactWords(FigureUnit::Nanoseconds, static_cast<double>(time.count()))};
}

ReportCell bytesCell(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    return {bytesText(value), exactWords(FigureUnit::Bytes, value)};
}

ReportCell figureCell(FigureUnit unit, double value) {
    return {figureWords(unit, value), exactWords(unit, value)};
}

ReportCell unknownCell(const QString& why) {
    return {tr("unknown: %1").arg(why), {}, ReportTone::Quiet};
}

ReportTable tableOf(const QAbstractItemModel& model, const QString& title, const std::vector<int>& left) {
    ReportTable table;
    table.title = title;
    for (int column = 0; column < model.columnCount(); ++column) {
        const bool words = std::find(left.begin(), left.end(), column) != left.end();
        table.columns.push_back({model.headerData(column, Qt::Horizontal).toString(), !words});
    }
    for (int row = 0; row < model.rowCount(); ++row) {
        std::vector<ReportCell>& cells = table.rows.emplace_back();
        for (int column = 0; column < model.columnCount(); ++column)
            cells.push_back({model.index(row, column).data().toString()});
    }
    return table;
}

void keepFirst(ReportTable& table, std::size_t most) {
    const std::size_t all = table.rows.size();
    if (all <= most)
        return;
    table.rows.resize(most);
    const QString words = tr("The first %1 of %2; the recording has them all.").arg(most).arg(all);
    table.note = table.note.isEmpty() ? words : table.note + QLatin1Char(' ') + words;
}

} // namespace migscope
