// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart draws, as rows.
#include "ui/models/chart_table_model.h"

#include <utility>

namespace migscope {

void ChartTableModel::setRows(std::vector<ChartRow> rows) {
    if (rows == rows_)
        return; // a selection in it survives
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int ChartTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int ChartTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChartTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const ChartRow& row = rows_[static_cast<std::size_t>(index.row())];
    const bool isNumber = index.column() == Time || index.column() == Duration;
    if (role == Qt::TextAlignmentRole)
        return isNumber ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Time:
        return timeText(row.time);
    case Track:
        return row.track;
    case Value:
        return row.value;
    default:
        return row.duration;
    }
}

QVariant ChartTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Track:
        return tr("Track");
    case Value:
        return tr("Value");
    default:
        return tr("Duration");
    }
}

} // namespace migscope
