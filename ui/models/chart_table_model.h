// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a chart draws, as rows: for those who read tables, or cannot see the chart.
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "ui/charts/chart_words.h"

namespace migscope {

class ChartTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Track, Value, Duration, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<ChartRow> rows);
    [[nodiscard]] const std::vector<ChartRow>& rows() const { return rows_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<ChartRow> rows_;
};

} // namespace migscope
