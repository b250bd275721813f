// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of this session and the opened files, one row each.
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>
#include <QStringList>

#include <vector>

#include "ui/run_source.h"

namespace migscope {

/// Whose recording it is: one that this window records (or recorded), or one that was opened.
enum class RunKind { Live, File };

/// What grows stands first, then the newest. Looks into a recording when it is added or refreshed, never in
/// data(). Several rows may be ticked.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Host, Outcome, Downtime, ColumnCount };
    struct Entry {
        RunSourcePtr source;
        RunKind kind = RunKind::File;
        QString name;
        QString host; ///< says "simulated" where it is
        QString outcome;
        QString downtime;
        bool simulated = false;
        bool growing = false;
        QDateTime begun;
        QStringList notes;
        bool ticked = false;
    };

    explicit RunsModel(QObject* parent = nullptr);
    /// Adds it, or puts it in the place of the one with the same path (a file read again; the tick stays).
    /// One that this window is recording stays what it is: its file shows no more. Returns its row.
    int add(const RunSourcePtr& source, RunKind kind = RunKind::File);
    /// Looks again. Ignores an unknown one.
    void refresh(SourceId source);
    void remove(int row);
    /// What this window still records cannot be closed.
    [[nodiscard]] bool canRemove(int row) const;

    [[nodiscard]] const Entry& entry(int row) const { return entries_[static_cast<std::size_t>(row)]; }
    /// -1: none.
    [[nodiscard]] int rowOf(SourceId source) const;
    [[nodiscard]] RunSourcePtr find(SourceId source) const;
    /// In the order of the rows.
    [[nodiscard]] std::vector<RunSourcePtr> ticked() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

signals:
    void tickedChanged();

private:
    /// Moves the row to where it belongs; returns its new number.
    int settle(int row);
    [[nodiscard]] QString toolTip(const Entry& entry) const;

    std::vector<Entry> entries_;
};

} // namespace migscope
