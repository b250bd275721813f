// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The statistics of a stretch of time as rows.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <QStringList>

#include <vector>

#include "core/transfer/range_stats.h"

namespace migscope {

class RangeModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Track, What, Count, Total, Mean, Minimum, P50, P90, P99, Maximum, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    /// `devices`: names by the recording's index.
    void setStats(const RangeStats& stats, const QStringList& devices);
    void clear();
    [[nodiscard]] const RangeStats& stats() const { return stats_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString text(const RangeRow& row, int column) const;
    RangeStats stats_;
    QStringList devices_;
};

} // namespace migscope
