// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run of the compliance checks as tables: the checks, the state pairs, the calls of one of them.
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <optional>
#include <vector>

#include "core/check/state_pairs.h"

namespace migscope {

/// The results, in the order in which they were asked.
class CheckListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Verdict, Id, What, ColumnCount };
    enum Role {
        RankRole = Qt::UserRole, ///< failed musts first
        VerdictRole,             ///< of CheckVerdict
    };
    using QAbstractTableModel::QAbstractTableModel;
    /// What was there stays, when `results` only goes on.
    void setResults(const std::vector<CheckResult>& results);
    [[nodiscard]] const std::vector<CheckResult>& results() const { return results_; }
    /// -1: none.
    [[nodiscard]] int rowOf(std::string_view id) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<CheckResult> results_;
};

/// Failures first; one verdict alone, when asked; the words in any column.
class CheckListFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit CheckListFilter(QObject* parent = nullptr);
    void setVerdict(std::optional<CheckVerdict> verdict);
    void setWords(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    std::optional<CheckVerdict> verdict_;
    QStringList words_;
};

/// From in rows, to in columns; ERROR is in neither.
class StatePairModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Role {
        VerdictRole = Qt::UserRole, ///< of PairVerdict
        /// How slow, in [0, 1] between the fastest and the slowest median of those that move, by their
        /// logarithm.
        ShareRole,
        StateRole, ///< of a head: MigState
    };
    explicit StatePairModel(QObject* parent = nullptr);
    void setPairs(std::vector<StatePair> pairs);
    [[nodiscard]] const StatePair* pairAt(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexOf(MigState from, MigState to) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] double share(const StatePair& pair) const;
    std::vector<MigState> states_;
    std::vector<StatePair> pairs_; ///< row by row
    Ns fastest_{0};
    Ns slowest_{0};
};

/// What was called, of a check or of a state pair.
class CheckCallModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Time, Call, Answer, Took, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    /// `begun`: what times count from.
    /// False: it shows these already.
    bool setCalls(const CheckResult& result, const QString& peer);
    void setSets(const std::vector<PairSet>& sets, Ns begun);
    void clear();
    /// The last call that answered an errno; -1: none.
    [[nodiscard]] int lastBadRow() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    struct Row {
        QString time;
        QString call;
        QString answer;
        QString took;
        bool bad = false;
        bool wayBack = false;
        [[nodiscard]] bool operator==(const Row&) const = default;
    };
    bool setRows(std::vector<Row> rows);
    std::vector<Row> rows_;
};

} // namespace migscope
