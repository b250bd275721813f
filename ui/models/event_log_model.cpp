// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened, one row an event.
#include "ui/models/event_log_model.h"

#include <QGuiApplication>

#include <algorithm>

#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {

EventLogModel::EventLogModel(QObject* parent) : QAbstractTableModel(parent) {}

void EventLogModel::addSource(const RunSourcePtr& source) {
    Source known;
    source->look([&](const Recording& recording) {
        const RecordingHeader& header = recording.header();
        known.t0 = header.t0;
        known.realtime = header.realtime;
        for (const RecordedDevice& device : header.devices)
            known.devices.push_back(device.name);
    });
    sources_[source->id()] = std::move(known);
}

EventLogModel::Row EventLogModel::rowFor(SourceId id, const Source& source, std::size_t index,
                                         const Event& event) const {
    Row row;
    row.pick = {id, index};
    row.time = source.t0 + event.time;
    if (source.realtime != Ns{0})
        row.wall = source.realtime + event.time;
    const auto at = static_cast<std::size_t>(event.device.value_or(-1));
    const std::string device = at < source.devices.size() ? source.devices[at]
                               : event.device ? std::string("#").append(std::to_string(*event.device))
                                              : std::string();
    QString text = eventText(event);
    if (const auto* stuck = std::get_if<event::Stuck>(&event.body))
        text += tr(", for %1").arg(clockText(event.time - stuck->since));
    row.subject = filterSubject(event, QString::fromStdString(device), text);
    row.bad = isBadEvent(event);
    row.isCall = std::holds_alternative<event::Call>(event.body);
    return row;
}

void EventLogModel::change(std::uint64_t number, Row row) {
    if (number < dropped_)
        return;
    const auto at = static_cast<std::size_t>(number - dropped_);
    row.time = rows_[at].time; // when it began
    row.wall = rows_[at].wall;
    rows_[at] = std::move(row);
    emit dataChanged(index(static_cast<int>(at), 0), index(static_cast<int>(at), ColumnCount - 1));
}

void EventLogModel::append(SourceId id, std::size_t first, const std::vector<Event>& events) {
    const auto known = sources_.find(id);
    if (known == sources_.end())
        return;
    std::vector<Row> fresh;
    const std::uint64_t next = dropped_ + rows_.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Event& event = events[i];
        const Lane lane{id, event.device.value_or(-1)};
        const auto* call = std::get_if<event::Call>(&event.body);
        if (call != nullptr && call->op == "SET MIG_DEVICE_STATE") {
            if (const auto arc = openArc_.find(lane); arc != openArc_.end()) {
                numbers_[{id, first + i}] = arc->second;
                continue;
            }
        }
        Row row = rowFor(id, known->second, first + i, event);
        if (row.subject.text.isEmpty())
            continue;
        if (!zero_)
            zero_ = row.time;
        const bool ends = std::holds_alternative<event::ArcEnd>(event.body);
        const auto* stuck = std::get_if<event::Stuck>(&event.body);
        std::optional<std::uint64_t> begun;
        if (const auto arc = openArc_.find(lane); ends && arc != openArc_.end())
            begun = arc->second;
        if (const auto said = stuck_.find(lane);
            stuck != nullptr && said != stuck_.end() && said->second.first == stuck->since)
            begun = said->second.second;
        if (begun) {
            numbers_[{id, first + i}] = *begun;
            if (*begun >= next) {
                Row& same = fresh[static_cast<std::size_t>(*begun - next)];
                row.time = same.time;
                row.wall = same.wall;
                same = std::move(row);
            } else {
                change(*begun, std::move(row));
            }
        } else {
            const std::uint64_t number = next + fresh.size();
            if (std::holds_alternative<event::ArcBegin>(event.body))
                openArc_[lane] = number;
            if (stuck != nullptr)
                stuck_[lane] = {stuck->since, number};
            numbers_[{id, first + i}] = number;
            fresh.push_back(std::move(row));
        }
        if (ends) {
            openArc_.erase(lane);
            stuck_.erase(lane);
        }
    }
    if (fresh.empty())
        return;
    const int at = static_cast<int>(rows_.size());
    beginInsertRows({}, at, at + static_cast<int>(fresh.size()) - 1);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(rows_));
    endInsertRows();
    if (rows_.size() > capacity)
        dropOldest();
}

void EventLogModel::dropOldest() {
    // A tenth more than needed: dropping moves every view, so it is done seldom.
    const std::size_t much = rows_.size() - capacity + capacity / 10;
    beginRemoveRows({}, 0, static_cast<int>(much) - 1);
    rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(much));
    dropped_ += much;
    // Several events lead to one row: of a stuck call one a second.
    std::erase_if(numbers_, [this](const auto& known) { return known.second < dropped_; });
    endRemoveRows();
}

void EventLogModel::clear() {
    beginResetModel();
    dropped_ += rows_.size();
    rows_.clear();
    numbers_.clear();
    openArc_.clear();
    stuck_.clear();
    sources_.clear();
    zero_.reset();
    endResetModel();
}

int EventLogModel::rowOf(const Pick& pick) const {
    const auto found = numbers_.find({pick.source, pick.event});
    return found == numbers_.end() || found->second < dropped_ ? -1
                                                               : static_cast<int>(found->second - dropped_);
}

std::optional<Ns> EventLogModel::clockTime(const TimeCursor& cursor) const {
    const auto known = sources_.find(cursor.source);
    return known == sources_.end() ? std::nullopt : std::optional(known->second.t0 + cursor.time);
}

int EventLogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int EventLogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EventLogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ForegroundRole)
        return row.bad ? QVariant(Theme::of(QGuiApplication::palette()).bad()) : QVariant();
    if (role == Qt::TextAlignmentRole)
        return index.column() == Time ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    if (role != Qt::DisplayRole && !(role == Qt::ToolTipRole && index.column() == Text))
        return {};
    switch (index.column()) {
    case Time:
        return QString::number(std::chrono::duration<double>(row.time - zero_.value_or(row.time)).count(),
                               'f', 6);
    case DeviceName:
        return row.subject.shortName;
    case Kind:
        return row.subject.kind;
    default:
        return row.subject.text;
    }
}

QVariant EventLogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time (s)");
    case DeviceName:
        return tr("Device");
    case Kind:
        return tr("Kind");
    default:
        return tr("What happened");
    }
}

} // namespace migscope
