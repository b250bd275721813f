// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A table as text for the clipboard.
#include "ui/models/table_text.h"

#include <QAbstractItemModel>
#include <QStringList>

namespace migscope {
namespace {

QString lineOf(const QStringList& cells) {
    return cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
}

} // namespace

QString rowText(const QAbstractItemModel& model, int row) {
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column)
        cells << model.index(row, column).data().toString();
    return lineOf(cells);
}

QString tableText(const QAbstractItemModel& model) {
    QStringList heads;
    for (int column = 0; column < model.columnCount(); ++column)
        heads << model.headerData(column, Qt::Horizontal).toString();
    QString text = lineOf(heads);
    for (int row = 0; row < model.rowCount(); ++row)
        text += rowText(model, row);
    return text;
}

QString labelled(const QString& table, const QString& what) {
    return what.isEmpty() ? table : table + what + QLatin1Char('\n');
}

} // namespace migscope
