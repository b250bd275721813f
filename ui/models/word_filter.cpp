// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Shows the rows that contain all words.
#include "ui/models/word_filter.h"

#include <algorithm>

namespace migscope {

WordFilter::WordFilter(int role, QObject* parent) : QSortFilterProxyModel(parent), role_(role) {
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(true); // of a group that matches itself
    setDynamicSortFilter(true);
}

void WordFilter::setWords(const QString& text) {
    words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool WordFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    if (words_.isEmpty())
        return true;
    QString text;
    if (role_ >= 0) {
        text = sourceModel()->index(row, 0, parent).data(role_).toString();
    } else {
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column)
            text += sourceModel()->index(row, column, parent).data().toString() + QLatin1Char(' ');
    }
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

} // namespace migscope
