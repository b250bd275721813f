// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The statistics of a stretch of time as rows.
#include "ui/models/range_model.h"

#include "ui/figure_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString stateText(const std::optional<MigState>& state) {
    return state ? QString::fromStdString(stateName(*state)) : QStringLiteral("?");
}

QString what(const RangeRow& row) {
    switch (row.what) {
    case RangeWhat::State:
        return RangeModel::tr("in %1").arg(stateText(row.state));
    case RangeWhat::Arc:
        return RangeModel::tr("%1 → %2").arg(stateText(row.from), stateText(row.state));
    case RangeWhat::Reset:
        return RangeModel::tr("reset");
    case RangeWhat::Bytes:
        return RangeModel::tr("bytes a sample, stream %1").arg(row.stream);
    case RangeWhat::SourceRate:
        return RangeModel::tr("rate in reads, stream %1").arg(row.stream);
    case RangeWhat::DestinationRate:
        return RangeModel::tr("rate in writes, stream %1").arg(row.stream);
    case RangeWhat::ClockRate:
        return RangeModel::tr("rate by the clock, stream %1").arg(row.stream);
    case RangeWhat::Initial:
        return QStringLiteral("initial_bytes");
    case RangeWhat::Dirty:
        return QStringLiteral("dirty_bytes");
    case RangeWhat::Estimate:
        return QStringLiteral("MIG_DATA_SIZE");
    }
    return {};
}

} // namespace

void RangeModel::setStats(const RangeStats& stats, const QStringList& devices) {
    beginResetModel();
    stats_ = stats;
    devices_ = devices;
    endResetModel();
}

void RangeModel::clear() {
    setStats({}, {});
}

int RangeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(stats_.rows.size());
}

int RangeModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString RangeModel::text(const RangeRow& row, int column) const {
    const Spread& spread = row.spread;
    const auto figure = [&](double value) { return figureWords(row.unit, value); };
    switch (column) {
    case Track:
        return row.device && *row.device >= 0 && *row.device < devices_.size()
                   ? shortName(devices_[*row.device].toStdString())
                   : QStringLiteral("—");
    case What:
        return what(row);
    case Count:
        return QString::number(spread.count);
    case Total:
        return spread.total ? figure(*spread.total) : QStringLiteral("—");
    case Mean:
        return figure(spread.mean);
    case Minimum:
        return figure(spread.minimum);
    case P50:
        return figure(spread.p50);
    case P90:
        return figure(spread.p90);
    case P99:
        return figure(spread.p99);
    case Maximum:
        return figure(spread.maximum);
    default:
        return {};
    }
}

QVariant RangeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const RangeRow& row = stats_.rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return index.column() > What ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    if (role == Qt::ToolTipRole && !row.grouped)
        return index.column() == What ? what(row) : QVariant();
    if (role == Qt::ToolTipRole)
        return tr("There were too many samples to look at each: a value is of several. The total is exact.");
    return role == Qt::DisplayRole ? text(row, index.column()) : QVariant();
}

QVariant RangeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    static const char* const heads[] = {
        QT_TR_NOOP("Track"), QT_TR_NOOP("What"), QT_TR_NOOP("Count"), QT_TR_NOOP("Total"), QT_TR_NOOP("Mean"),
        QT_TR_NOOP("Min"),   QT_TR_NOOP("p50"),  QT_TR_NOOP("p90"),   QT_TR_NOOP("p99"),   QT_TR_NOOP("Max")};
    return section >= 0 && section < ColumnCount ? tr(heads[section]) : QString();
}

} // namespace migscope
