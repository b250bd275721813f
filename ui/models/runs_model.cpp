// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of this session and the opened files, one row each.
#include "ui/models/runs_model.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString nameOf(const RunSource& source, const Recording& recording) {
    const auto& devices = recording.header().devices;
    if (recording.metrics().runs().empty() && devices.size() == 1)
        return RunsModel::tr("%1, by hand").arg(shortName(devices.front().name));
    return source.name();
}

QString outcomeOf(const Recording& recording, bool growing) {
    const auto& runs = recording.metrics().runs();
    if (growing)
        return RunsModel::tr("live");
    if (!recording.complete)
        return RunsModel::tr("incomplete");
    if (runs.empty())
        return RunsModel::tr("no run");
    for (const RunMetrics& run : runs) {
        if (run.outcome != RunOutcome::Ok)
            return run.outcome ? shown(outcomeWord(*run.outcome)) : RunsModel::tr("incomplete");
    }
    return shown(outcomeWord(RunOutcome::Ok));
}

QString downtimeOf(const Recording& recording, bool growing) {
    std::vector<Ns> values;
    Ns error{0};
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (!run.downtime)
            continue;
        values.push_back(*run.downtime);
        error = run.downtimeError;
    }
    if (values.empty())
        return growing ? RunsModel::tr("none yet") : RunsModel::tr("none");
    if (values.size() == 1)
        return QString::fromStdString(formatDuration(values.front(), error))
            .replace(QLatin1String(" us"), QStringLiteral(" µs"));
    return RunsModel::tr("p50 %1 of %2").arg(durationText(*distributionOf(values).p50)).arg(values.size());
}

void lookInto(RunsModel::Entry& entry) {
    entry.growing = entry.source->growing();
    entry.source->look([&entry](const Recording& recording) {
        const RecordingHeader& header = recording.header();
        entry.name = nameOf(*entry.source, recording);
        entry.simulated = header.simulated;
        entry.host = shown(header.hostName);
        if (header.simulated)
            entry.host = entry.host.isEmpty() ? RunsModel::tr("simulated")
                                              : RunsModel::tr("%1, simulated").arg(entry.host);
        entry.outcome = outcomeOf(recording, entry.growing);
        entry.downtime = downtimeOf(recording, entry.growing);
        entry.begun = QDateTime::fromMSecsSinceEpoch(
            std::chrono::duration_cast<std::chrono::milliseconds>(header.realtime).count());
        entry.notes.clear();
        for (const std::string& note : recording.notes)
            entry.notes << shown(note);
    });
}

bool before(const RunsModel::Entry& one, const RunsModel::Entry& other) {
    if (one.growing != other.growing)
        return one.growing;
    if (one.begun != other.begun)
        return one.begun > other.begun;
    return one.source->id() > other.source->id();
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractTableModel(parent) {}

int RunsModel::rowOf(SourceId source) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(),
                                    [source](const Entry& entry) { return entry.source->id() == source; });
    return found == entries_.end() ? -1 : static_cast<int>(found - entries_.begin());
}

RunSourcePtr RunsModel::find(SourceId source) const {
    const int row = rowOf(source);
    return row < 0 ? nullptr : entry(row).source;
}

std::vector<RunSourcePtr> RunsModel::ticked() const {
    std::vector<RunSourcePtr> found;
    for (const Entry& entry : entries_) {
        if (entry.ticked)
            found.push_back(entry.source);
    }
    return found;
}

int RunsModel::add(const RunSourcePtr& source, RunKind kind) {
    const QString& path = source->path();
    const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.source == source || (!path.isEmpty() && entry.source->path() == path);
    });
    if (same == entries_.end()) {
        Entry entry;
        entry.source = source;
        entry.kind = kind;
        lookInto(entry);
        const auto at = std::find_if(entries_.begin(), entries_.end(),
                                     [&](const Entry& other) { return before(entry, other); });
        const int row = static_cast<int>(at - entries_.begin());
        beginInsertRows({}, row, row);
        entries_.insert(at, std::move(entry));
        endInsertRows();
        return row;
    }
    const int row = static_cast<int>(same - entries_.begin());
    if (same->source != source) {
        if (!canRemove(row))
            return row;
        same->source = source;
        same->kind = kind;
        if (same->ticked)
            emit tickedChanged(); // another recording under the same tick
    }
    refresh(source->id());
    return rowOf(source->id());
}

void RunsModel::refresh(SourceId source) {
    const int row = rowOf(source);
    if (row < 0)
        return;
    lookInto(entries_[static_cast<std::size_t>(row)]);
    const int now = settle(row);
    emit dataChanged(index(now, 0), index(now, ColumnCount - 1));
}

int RunsModel::settle(int row) {
    const auto from = entries_.begin() + row;
    const auto to = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
        return other.source != from->source && before(*from, other);
    });
    // A move is told by the row before which it goes, counted as the rows still stand.
    const int target = static_cast<int>(to - entries_.begin());
    if (target == row || target == row + 1)
        return row;
    beginMoveRows({}, row, row, {}, target);
    if (target > row)
        std::rotate(from, from + 1, to);
    else
        std::rotate(to, from, from + 1);
    endMoveRows();
    return target > row ? target - 1 : target;
}

bool RunsModel::canRemove(int row) const {
    return entry(row).kind == RunKind::File || !entry(row).source->growing();
}

void RunsModel::remove(int row) {
    if (row < 0 || row >= rowCount() || !canRemove(row))
        return;
    const bool wasTicked = entry(row).ticked;
    beginRemoveRows({}, row, row);
    entries_.erase(entries_.begin() + row);
    endRemoveRows();
    if (wasTicked)
        emit tickedChanged();
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString RunsModel::toolTip(const Entry& entry) const {
    QStringList lines;
    if (!entry.source->path().isEmpty())
        lines << entry.source->path();
    if (entry.simulated)
        lines << tr("Simulated");
    lines << entry.notes;
    return lines.join(QLatin1Char('\n'));
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Entry& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return toolTip(entry);
    if (role == Qt::CheckStateRole && index.column() == Name)
        return entry.ticked ? Qt::Checked : Qt::Unchecked;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return entry.name;
    case Host:
        return entry.host;
    case Outcome:
        return entry.outcome;
    default:
        return entry.downtime;
    }
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (!index.isValid() || role != Qt::CheckStateRole || index.column() != Name)
        return false;
    Entry& entry = entries_[static_cast<std::size_t>(index.row())];
    const bool ticked = value.toInt() == Qt::Checked;
    if (entry.ticked == ticked)
        return true;
    entry.ticked = ticked;
    emit dataChanged(index, index, {Qt::CheckStateRole});
    emit tickedChanged();
    return true;
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (index.isValid() && index.column() == Name)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Host:
        return tr("Host");
    case Outcome:
        return tr("Outcome");
    default:
        return tr("Downtime");
    }
}

} // namespace migscope
