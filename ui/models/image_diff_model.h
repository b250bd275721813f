// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two saved states as tables: both headers, the records, the ranges that differ.
#pragma once

#include <QAbstractTableModel>

#include <optional>
#include <vector>

#include "core/transfer/image_diff.h"
#include "ui/image_words.h"

namespace migscope {

/// Both headers side by side; what differs is bold, and has a mark.
class SideFactsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, SideA, SideB, Mark, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setFacts(std::vector<SideFact> facts);
    [[nodiscard]] const std::vector<SideFact>& facts() const { return facts_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<SideFact> facts_;
};

/// Where a row of a table leads: a byte of A, and how much further on B stands.
struct DiffPlace {
    qint64 position = 0;
    qint64 shift = 0;
    friend bool operator==(const DiffPlace&, const DiffPlace&) = default;
};

/// A table whose rows are places in two states.
class DiffPlacesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;
    [[nodiscard]] virtual DiffPlace placeOf(int row) const = 0;
    [[nodiscard]] virtual bool differs(int row) const = 0;
};

/// The records that were kept, in order.
class RecordDiffModel : public DiffPlacesModel {
    Q_OBJECT
public:
    enum Column { Number, Kind, Offset, SizeA, SizeB, Verdict, First, ColumnCount };
    using DiffPlacesModel::DiffPlacesModel;
    void setRecords(std::vector<RecordDiff> records);

    [[nodiscard]] DiffPlace placeOf(int row) const override;
    [[nodiscard]] bool differs(int row) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QVariant text(const RecordDiff& record, int column) const;
    std::vector<RecordDiff> records_;
};

/// The ranges that were kept, and behind them what only one side has.
class RangeDiffModel : public DiffPlacesModel {
    Q_OBJECT
public:
    enum Column { Offset, Length, Differing, BytesA, BytesB, ColumnCount };
    using DiffPlacesModel::DiffPlacesModel;
    void setDiff(const ImageDiff& diff);

    [[nodiscard]] DiffPlace placeOf(int row) const override;
    [[nodiscard]] bool differs(int /*row*/) const override { return true; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<DiffRange> ranges_;
};

} // namespace migscope
