// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison as rows: each figure of each recording against the base.
#pragma once

#include <QAbstractTableModel>
#include <QString>

#include "core/transfer/compare.h"

namespace migscope {

class CompareModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Side, FigureName, Word, BaseMedian, Median, Change, Share, Interval, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setComparison(const Comparison& comparison);
    [[nodiscard]] const Comparison& comparison() const { return comparison_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row {
        std::size_t other = 0;
        std::size_t figure = 0;
    };
    Comparison comparison_;
    std::vector<Row> rows_;
};

/// "slower: downtime 453 ms against 412 ms (+41 ms, +10 %)", with what speaks against believing it.
[[nodiscard]] QString compareSentence(const ComparedTo& other, const ComparedSide& base);
} // namespace migscope
