// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened, one row an event.
#include "ui/models/event_log_model.h"

#include <QFontDatabase>
#include <QGuiApplication>

#include <algorithm>

#include "core/base/byte_size.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return EventLogModel::tr(text);
}

QString stateText(MigState state) {
    return QString::fromStdString(stateName(state));
}
QString bytesText(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}
QString maybeState(const std::optional<MigState>& state) {
    return state ? stateText(*state) : tr("unknown");
}
QString errnoText(int number) {
    return number == 0 ? QString() : QString::fromStdString(errnoName(number));
}

struct TextOf {
    QString operator()(const event::RunBegin& e) const {
        return tr("run begins: %1, %2")
            .arg(shown(planKindWord(e.plan.kind)), shown(copyModeWord(e.plan.mode)));
    }
    QString operator()(const event::RunEnd& e) const {
        const QString text = tr("run ends: %1").arg(shown(outcomeWord(e.outcome)));
        return e.reason.empty() ? text : text + QStringLiteral(", ") + shown(e.reason);
    }
    QString operator()(const event::ArcBegin& e) const {
        return tr("%1 → %2 …").arg(stateText(e.from), stateText(e.to)) + goal(e.to, e.goal);
    }
    QString operator()(const event::ArcEnd& e) const {
        QString text = tr("%1 → %2").arg(stateText(e.from), stateText(e.to)) + goal(e.to, e.goal) +
                       QStringLiteral("   ") + durationText(e.returned - e.called);
        if (e.errnoValue != 0 || !e.error.empty()) {
            text += tr("   refused: %1").arg(e.errnoValue != 0 ? errnoText(e.errnoValue) : shown(e.error));
            text += tr(", the device stands in %1").arg(maybeState(e.stateAfter));
        } else if (e.stream) {
            text += tr("   new stream");
        }
        return text;
    }
    QString operator()(const event::Stream& e) const {
        const QString name = e.save ? tr("saving stream") : tr("loading stream");
        switch (e.what) {
        case event::StreamWhat::Open:
            return tr("%1 opened").arg(name);
        case event::StreamWhat::Eof:
            return tr("%1 at its end, %2").arg(name, bytesText(e.bytes));
        case event::StreamWhat::Empty:
            return tr("%1 drained for now, %2").arg(name, bytesText(e.bytes));
        case event::StreamWhat::Error:
            return tr("%1 failed after %2: %3").arg(name, bytesText(e.bytes), errnoText(e.errnoValue));
        case event::StreamWhat::Close:
            break;
        }
        return tr("%1 closed, %2").arg(name, bytesText(e.bytes));
    }
    QString operator()(const event::Samples&) const { return {}; }
    QString operator()(const event::Precopy& e) const {
        return tr("still to move: %1 initial, %2 dirty")
                   .arg(bytesText(e.initialBytes), bytesText(e.dirtyBytes)) +
               (e.reinit ? tr(", begins anew") : QString());
    }
    QString operator()(const event::Estimate& e) const {
        return e.stopCopyBytes ? tr("estimated size %1").arg(bytesText(*e.stopCopyBytes))
                               : tr("no size estimate: %1").arg(errnoText(e.errnoValue));
    }
    QString operator()(const event::StateMoved& e) const {
        return tr("the device moved without us: believed %1, found %2")
            .arg(maybeState(e.believed), maybeState(e.found));
    }
    QString operator()(const event::Reset& e) const {
        QString text = tr("reset %1   %2").arg(shown(e.outcome), durationText(e.returned - e.called));
        if (e.attempts > 1)
            text += tr(", %1 attempts").arg(e.attempts);
        if (e.errnoValue != 0)
            text += QStringLiteral(", ") + errnoText(e.errnoValue);
        return text + tr(", now %1").arg(maybeState(e.stateAfter));
    }
    QString operator()(const event::Call& e) const {
        const QString text = shown(e.op) + QStringLiteral("   ") + durationText(e.returned - e.called);
        return e.errnoValue == 0 ? text : text + QStringLiteral("   ") + errnoText(e.errnoValue);
    }
    QString operator()(const event::Wait& e) const {
        return tr("waited %1 for the others (%2)").arg(durationText(e.to - e.from), shown(e.barrier));
    }
    QString operator()(const event::AskedBack& e) const {
        return tr("asked back by %1: the device is released").arg(shown(e.by));
    }
    QString operator()(const event::Stuck& e) const {
        const QString text = tr("stuck in %1").arg(shown(e.call));
        return e.wchan.empty() ? text : text + tr(", the kernel waits in %1").arg(shown(e.wchan));
    }
    QString operator()(const event::Mark& e) const { return shown(e.text); }
    QString operator()(const event::Lost& e) const {
        return tr("%1 lost: %2").arg(e.count).arg(shown(e.what));
    }
    QString operator()(const event::Unknown& e) const {
        return tr("of a newer version: %1").arg(shown(e.line));
    }

private:
    static QString goal(MigState to, MigState goal) {
        return to == goal ? QString() : tr("  (on the way to %1)").arg(stateText(goal));
    }
};

bool isBad(const Event& event) {
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body))
        return arc->errnoValue != 0 || !arc->error.empty();
    if (const auto* reset = std::get_if<event::Reset>(&event.body))
        return reset->outcome != "done";
    if (const auto* stream = std::get_if<event::Stream>(&event.body))
        return stream->what == event::StreamWhat::Error;
    if (const auto* end = std::get_if<event::RunEnd>(&event.body))
        return end->outcome == RunOutcome::Failed;
    return std::holds_alternative<event::Stuck>(event.body) ||
           std::holds_alternative<event::StateMoved>(event.body) ||
           std::holds_alternative<event::Lost>(event.body);
}

} // namespace

QString eventText(const Event& event) {
    return std::visit(TextOf{}, event.body);
}

EventLogModel::EventLogModel(QObject* parent) : QAbstractTableModel(parent) {}

EventLogModel::Row EventLogModel::rowOf(const std::string& device, Ns start, const Event& event) const {
    Row row;
    row.text = eventText(event);
    if (const auto* stuck = std::get_if<event::Stuck>(&event.body))
        row.text += tr(", for %1").arg(clockText(event.time - stuck->since));
    row.time = QString::number(std::chrono::duration<double>(start + event.time - *zero_).count(), 'f', 6);
    row.device = shortName(device);
    const std::string_view kind = eventKind(event);
    row.kind = std::holds_alternative<event::ArcBegin>(event.body) ? tr("arc") : shown(kind);
    row.bad = isBad(event);
    return row;
}

void EventLogModel::change(std::uint64_t number, Row row) {
    if (number < dropped_)
        return;
    const auto at = static_cast<std::size_t>(number - dropped_);
    row.time = rows_[at].time; // when it began
    rows_[at] = std::move(row);
    emit dataChanged(index(static_cast<int>(at), 0), index(static_cast<int>(at), ColumnCount - 1));
}

void EventLogModel::append(const std::string& device, Ns start, const std::vector<Event>& events) {
    std::vector<Row> fresh;
    const std::uint64_t next = dropped_ + rows_.size();
    for (const Event& event : events) {
        if (!zero_)
            zero_ = start + event.time;
        Row row = rowOf(device, start, event);
        if (row.text.isEmpty())
            continue;
        const bool ends = std::holds_alternative<event::ArcEnd>(event.body);
        const bool stuck = std::holds_alternative<event::Stuck>(event.body);
        auto& open = stuck ? stuck_ : openArc_;
        const auto known = open.find(device);
        if ((ends || stuck) && known != open.end()) {
            if (known->second >= next) {
                Row& same = fresh[static_cast<std::size_t>(known->second - next)];
                row.time = same.time;
                same = std::move(row);
            } else {
                change(known->second, std::move(row));
            }
        } else {
            if (std::holds_alternative<event::ArcBegin>(event.body) || stuck)
                open[device] = next + fresh.size();
            fresh.push_back(std::move(row));
        }
        if (ends) {
            openArc_.erase(device);
            stuck_.erase(device);
        }
    }
    if (fresh.empty())
        return;
    const int first = static_cast<int>(rows_.size());
    beginInsertRows({}, first, first + static_cast<int>(fresh.size()) - 1);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(rows_));
    endInsertRows();
    if (rows_.size() > capacity) {
        const std::size_t much = rows_.size() - capacity;
        beginRemoveRows({}, 0, static_cast<int>(much) - 1);
        rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(much));
        dropped_ += much;
        endRemoveRows();
    }
}

void EventLogModel::clear() {
    beginResetModel();
    dropped_ += rows_.size();
    rows_.clear();
    openArc_.clear();
    stuck_.clear();
    zero_.reset();
    endResetModel();
}

QString EventLogModel::textOf(const QModelIndexList& rows) const {
    std::vector<int> numbers;
    for (const QModelIndex& index : rows)
        numbers.push_back(index.row());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    QString text;
    for (const int number : numbers) {
        const Row& row = rows_[static_cast<std::size_t>(number)];
        text +=
            QStringList{row.time, row.device, row.kind, row.text}.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return text;
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
        return row.time;
    case DeviceName:
        return row.device;
    case Kind:
        return row.kind;
    default:
        return row.text;
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
