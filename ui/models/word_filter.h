// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the rows that contain all words; a group stays when one of its devices does.
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace migscope {

class WordFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    /// `role` is asked of column 0; -1: the display text of all columns.
    explicit WordFilter(int role, QObject* parent = nullptr);
    void setWords(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    int role_;
    QStringList words_;
};

} // namespace migscope
