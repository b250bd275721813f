// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the event log that are shown: filtered, with times counted from what the person chose.
#pragma once

#include <QSortFilterProxyModel>

#include <optional>

#include "ui/models/event_filter.h"
#include "ui/models/event_log_model.h"

namespace migscope {

enum class TimeFrom { Start, Previous, Cursor, WallClock };

class EventViewModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLog(EventLogModel& log);
    void setFilter(const EventFilter& filter);
    [[nodiscard]] const EventFilter& filter() const { return filter_; }
    /// Rows of kind "call": only when asked for, here or by the filter.
    void setShowCalls(bool show);
    void setTimeFrom(TimeFrom from);
    [[nodiscard]] TimeFrom timeFrom() const { return from_; }
    /// On the clock of the rows; absent: none.
    void setCursor(const std::optional<Ns>& cursor);
    [[nodiscard]] const EventLogModel::Row& rowAt(int row) const;
    /// The rows as tab-separated text, as they are shown.
    [[nodiscard]] QString textOf(const QModelIndexList& rows) const;

    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    void timesChanged();
    EventLogModel* log_ = nullptr;
    EventFilter filter_;
    bool calls_ = false;
    TimeFrom from_ = TimeFrom::Start;
    std::optional<Ns> cursor_;
};

} // namespace migscope
