// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of this session and the opened files, one row each.
#pragma once

#include <QAbstractTableModel>

#include <memory>
#include <vector>

#include "core/transfer/recording.h"

namespace migscope {

class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Host, Outcome, Downtime, ColumnCount };
    struct Entry {
        QString name;
        QString path;
        std::shared_ptr<const Recording> recording;
    };

    explicit RunsModel(QObject* parent = nullptr);
    /// Adds it, or replaces the one with the same path (a file read again). Returns its row.
    int add(const QString& path, std::shared_ptr<const Recording> recording);
    [[nodiscard]] const Entry& entry(int row) const { return entries_[static_cast<std::size_t>(row)]; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<Entry> entries_;
};

} // namespace migscope
