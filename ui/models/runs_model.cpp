// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recordings of this session and the opened files, one row each.
#include "ui/models/runs_model.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString nameOf(const QString& path, const Recording& recording) {
    const auto& devices = recording.header().devices;
    if (recording.metrics().runs().empty() && devices.size() == 1)
        return RunsModel::tr("%1, by hand").arg(shortName(devices.front().name));
    return QFileInfo(path).fileName();
}

QString outcomeOf(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
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

QString downtimeOf(const Recording& recording) {
    const auto& runs = recording.metrics().runs();
    std::vector<Ns> values;
    for (const RunMetrics& run : runs) {
        if (run.downtime)
            values.push_back(*run.downtime);
    }
    if (values.empty())
        return RunsModel::tr("none");
    if (values.size() == 1)
        return QString::fromStdString(formatDuration(values.front(), runs.front().downtimeError))
            .replace(QLatin1String(" us"), QStringLiteral(" µs"));
    return RunsModel::tr("p50 %1 of %2").arg(durationText(*distributionOf(values).p50)).arg(values.size());
}

} // namespace

RunsModel::RunsModel(QObject* parent) : QAbstractTableModel(parent) {}

int RunsModel::add(const QString& path, std::shared_ptr<const Recording> recording) {
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& entry) { return !path.isEmpty() && entry.path == path; });
    Entry entry{nameOf(path, *recording), path, std::move(recording)};
    if (same != entries_.end()) {
        const int row = static_cast<int>(same - entries_.begin());
        *same = std::move(entry);
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        return row;
    }
    const int row = static_cast<int>(entries_.size());
    beginInsertRows({}, row, row);
    entries_.push_back(std::move(entry));
    endInsertRows();
    return row;
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Entry& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole) {
        QStringList lines{entry.path};
        if (entry.recording->header().simulated)
            lines << tr("Simulated");
        for (const std::string& note : entry.recording->notes)
            lines << shown(note);
        return lines.join(QLatin1Char('\n'));
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Name:
        return entry.name;
    case Host:
        return shown(entry.recording->header().hostName);
    case Outcome:
        return outcomeOf(*entry.recording);
    default:
        return downtimeOf(*entry.recording);
    }
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
