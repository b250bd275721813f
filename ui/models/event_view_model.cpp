// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the event log that are shown.
#include "ui/models/event_view_model.h"

#include <QDateTime>

#include <algorithm>
#include <utility>

#include "ui/models/table_text.h"

namespace migscope {
namespace {

QString seconds(Ns time) {
    return QString::number(std::chrono::duration<double>(time).count(), 'f', 6);
}

} // namespace

void EventViewModel::setLog(EventLogModel& log) {
    log_ = &log;
    setSourceModel(&log);
}

void EventViewModel::setFilter(const EventFilter& filter) {
    filter_ = filter;
    invalidateFilter();
    timesChanged();
}

void EventViewModel::setShowCalls(bool show) {
    if (std::exchange(calls_, show) == show)
        return;
    invalidateFilter();
    timesChanged(); // "since previous" counts from what is shown
}

void EventViewModel::setTimeFrom(TimeFrom from) {
    if (std::exchange(from_, from) == from)
        return;
    timesChanged();
    emit headerDataChanged(Qt::Horizontal, EventLogModel::Time, EventLogModel::Time);
}

void EventViewModel::setCursor(const std::optional<Ns>& cursor) {
    if (std::exchange(cursor_, cursor) != cursor && from_ == TimeFrom::Cursor)
        timesChanged();
}

void EventViewModel::timesChanged() {
    if (rowCount() > 0)
        emit dataChanged(index(0, EventLogModel::Time), index(rowCount() - 1, EventLogModel::Time));
}

const EventLogModel::Row& EventViewModel::rowAt(int row) const {
    return log_->row(mapToSource(index(row, 0)).row());
}

bool EventViewModel::filterAcceptsRow(int row, const QModelIndex& /*parent*/) const {
    const EventLogModel::Row& shown = log_->row(row);
    if (shown.isCall && !calls_ && !filter_.names(QStringLiteral("call")))
        return false;
    return filter_.empty() || filter_.accepts(shown.subject);
}

QVariant EventViewModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.column() != EventLogModel::Time || role != Qt::DisplayRole ||
        from_ == TimeFrom::Start)
        return QSortFilterProxyModel::data(index, role);
    const EventLogModel::Row& row = rowAt(index.row());
    switch (from_) {
    case TimeFrom::Previous:
        return index.row() == 0 ? seconds(Ns{0}) : seconds(row.time - rowAt(index.row() - 1).time);
    case TimeFrom::Cursor:
        return cursor_ ? seconds(row.time - *cursor_) : tr("no cursor");
    case TimeFrom::WallClock: {
        if (!row.wall)
            return tr("unknown");
        const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(*row.wall).count();
        return QDateTime::fromMSecsSinceEpoch(micro / 1000).toString(QStringLiteral("HH:mm:ss")) +
               QStringLiteral(".%1").arg(micro % 1'000'000, 6, 10, QLatin1Char('0'));
    }
    case TimeFrom::Start:
        break;
    }
    return QSortFilterProxyModel::data(index, role);
}

QVariant EventViewModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (section != EventLogModel::Time || orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return QSortFilterProxyModel::headerData(section, orientation, role);
    switch (from_) {
    case TimeFrom::Previous:
        return tr("Since previous (s)");
    case TimeFrom::Cursor:
        return tr("Since cursor (s)");
    case TimeFrom::WallClock:
        return tr("Wall clock");
    case TimeFrom::Start:
        break;
    }
    return tr("Time (s)");
}

QString EventViewModel::textOf(const QModelIndexList& rows) const {
    std::vector<int> numbers;
    for (const QModelIndex& each : rows)
        numbers.push_back(each.row());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    QString text;
    for (const int number : numbers)
        text += rowText(*this, number);
    return text;
}

} // namespace migscope
