// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DMA logging as tables.
#include "ui/models/dirty_models.h"

#include <array>
#include <utility>

#include "core/base/byte_size.h"
#include "core/base/error.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString bytes(std::uint64_t count) {
    return QString::fromStdString(formatBytes(count));
}

QVariant aligned(int column, int words) {
    return QVariant::fromValue(
        static_cast<int>((column < words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
}

} // namespace

void DirtyRoundsModel::setRounds(std::vector<DirtyRound> rounds) {
    beginResetModel();
    rounds_ = std::move(rounds);
    before_.clear();
    std::uint64_t sum = 0;
    for (const DirtyRound& round : rounds_) {
        before_.push_back(sum);
        sum += round.rounds;
    }
    endResetModel();
}

int DirtyRoundsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rounds_.size());
}

int DirtyRoundsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString DirtyRoundsModel::text(int row, int column) const {
    const std::size_t at = rounds_.size() - 1 - static_cast<std::size_t>(row);
    const DirtyRound& round = rounds_[at];
    switch (column) {
    case Round:
        return round.rounds == 1
                   ? QString::number(before_[at] + 1)
                   : QStringLiteral("%1–%2").arg(before_[at] + 1).arg(before_[at] + round.rounds);
    case Until:
        return durationText(round.end);
    case Span:
        return round.beginKnown ? durationText(round.end - round.begin) : tr("unknown");
    case Pages:
        return QString::number(round.dirtyPages);
    case Bytes:
        return bytes(round.dirtyBytes);
    case Rate: {
        const auto rate = round.rate();
        return rate ? bytes(static_cast<std::uint64_t>(*rate)) + QStringLiteral("/s") : tr("unknown");
    }
    default:
        return {};
    }
}

QVariant DirtyRoundsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return text(index.row(), index.column());
    if (role == Qt::TextAlignmentRole)
        return aligned(index.column(), 0);
    if (role == Qt::ToolTipRole && index.column() == Span &&
        !rounds_[rounds_.size() - 1 - static_cast<std::size_t>(index.row())].beginKnown)
        return tr("The log began before it was looked at.");
    return {};
}

QVariant DirtyRoundsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    static const std::array heads{QT_TR_NOOP("Round"), QT_TR_NOOP("At"),     QT_TR_NOOP("Pages"),
                                  QT_TR_NOOP("Rate"),  QT_TR_NOOP("Within"), QT_TR_NOOP("Bytes")};
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return aligned(section, 0);
    return role == Qt::DisplayRole ? QVariant(tr(heads[static_cast<std::size_t>(section)])) : QVariant();
}

void DirtyCostModel::setCosts(const std::map<std::uint64_t, DirtyCost>& starts,
                              const std::map<std::uint64_t, DirtyCost>& reports, const DirtyCost& stop) {
    beginResetModel();
    rows_.clear();
    for (const auto& [size, cost] : starts)
        rows_.push_back({"START", size, cost});
    for (const auto& [size, cost] : reports)
        rows_.push_back({"REPORT", size, cost});
    if (stop.calls + stop.failed > 0)
        rows_.push_back({"STOP", 0, stop});
    endResetModel();
}

int DirtyCostModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int DirtyCostModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString DirtyCostModel::text(const Row& row, int column) const {
    const bool any = row.cost.calls > 0;
    switch (column) {
    case Call:
        return QLatin1String(row.call);
    case Range:
        return row.bytes == 0 ? QStringLiteral("—") : bytes(row.bytes);
    case Calls:
        return QString::number(row.cost.calls);
    case Mean:
        return any ? durationText(row.cost.mean().value_or(Ns{0})) : QStringLiteral("—");
    case Least:
        return any ? durationText(row.cost.least) : QStringLiteral("—");
    case Most:
        return any ? durationText(row.cost.most) : QStringLiteral("—");
    case Failed:
        return row.cost.failed == 0
                   ? QString()
                   : QStringLiteral("%1 × %2")
                         .arg(row.cost.failed)
                         .arg(row.cost.lastErrno != 0 ? QString::fromStdString(errnoName(row.cost.lastErrno))
                                                      : tr("no errno"));
    default:
        return {};
    }
}

QVariant DirtyCostModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return text(rows_[static_cast<std::size_t>(index.row())], index.column());
    if (role == Qt::TextAlignmentRole)
        return aligned(index.column(), Range);
    return {};
}

QVariant DirtyCostModel::headerData(int section, Qt::Orientation orientation, int role) const {
    static const std::array heads{QT_TR_NOOP("Call"),  QT_TR_NOOP("Range"), QT_TR_NOOP("Mean"),
                                  QT_TR_NOOP("Calls"), QT_TR_NOOP("Least"), QT_TR_NOOP("Most"),
                                  QT_TR_NOOP("Failed")};
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return aligned(section, Range);
    return role == Qt::DisplayRole ? QVariant(tr(heads[static_cast<std::size_t>(section)])) : QVariant();
}

} // namespace migscope
