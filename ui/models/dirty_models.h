// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DMA logging as tables: its rounds, and what its calls cost by size.
#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "core/transfer/dirty_fold.h"

namespace migscope {

/// The latest first: that is what is looked for while it goes on.
class DirtyRoundsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Round, Until, Pages, Rate, Span, Bytes, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    /// In the order of time; their cells are not needed.
    void setRounds(std::vector<DirtyRound> rounds);
    [[nodiscard]] const std::vector<DirtyRound>& rounds() const { return rounds_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    std::vector<DirtyRound> rounds_;
    std::vector<std::uint64_t> before_; ///< rounds in front of each
};

class DirtyCostModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Call, Range, Mean, Calls, Least, Most, Failed, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    /// By bytes, START and REPORT.
    void setCosts(const std::map<std::uint64_t, DirtyCost>& starts,
                  const std::map<std::uint64_t, DirtyCost>& reports, const DirtyCost& stop);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row {
        const char* call = "";
        std::uint64_t bytes = 0; ///< 0: of no range
        DirtyCost cost;
    };
    [[nodiscard]] QString text(const Row& row, int column) const;
    std::vector<Row> rows_;
};

} // namespace migscope
