// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two saved states as tables.
#include "ui/models/image_diff_model.h"

#include <QFont>

#include <algorithm>
#include <utility>

namespace migscope {
namespace {

QVariant right() {
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
}

QVariant bold() {
    QFont font;
    font.setBold(true);
    return font;
}

QString hexOf(const std::vector<std::byte>& bytes) {
    QStringList all;
    for (const std::byte byte : bytes)
        all << QStringLiteral("%1").arg(std::to_integer<unsigned>(byte), 2, 16, QLatin1Char('0'));
    return all.isEmpty() ? RangeDiffModel::tr("(ended)") : all.join(QLatin1Char(' '));
}

/// The heads of the columns, in order.
QVariant headOf(const QStringList& heads, int section, Qt::Orientation orientation, int role) {
    return orientation == Qt::Horizontal && role == Qt::DisplayRole ? heads.value(section) : QVariant();
}

} // namespace

// --- both headers

void SideFactsModel::setFacts(std::vector<SideFact> facts) {
    beginResetModel();
    facts_ = std::move(facts);
    endResetModel();
}

int SideFactsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(facts_.size());
}

int SideFactsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SideFactsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const SideFact& fact = facts_[static_cast<std::size_t>(index.row())];
    if (role == Qt::FontRole)
        return fact.differs ? bold() : QVariant();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case Name:
        return fact.name;
    case SideA:
        return fact.a;
    case SideB:
        return fact.b;
    default:
        return fact.differs ? tr("≠") : QString();
    }
}

QVariant SideFactsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headOf({QString(), tr("A"), tr("B"), QString()}, section, orientation, role);
}

// --- records

void RecordDiffModel::setRecords(std::vector<RecordDiff> records) {
    beginResetModel();
    records_ = std::move(records);
    endResetModel();
}

DiffPlace RecordDiffModel::placeOf(int row) const {
    const RecordDiff& record = records_[static_cast<std::size_t>(row)];
    const auto inside = static_cast<qint64>(record.firstDiffering.value_or(0));
    if (!record.a)
        return {static_cast<qint64>(record.b->offset), 0};
    const auto begin = static_cast<qint64>(record.a->offset);
    return {begin + inside, record.b ? static_cast<qint64>(record.b->offset) - begin : 0};
}

bool RecordDiffModel::differs(int row) const {
    return records_[static_cast<std::size_t>(row)].verdict != RecordVerdict::Same;
}

int RecordDiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(records_.size());
}

int RecordDiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RecordDiffModel::text(const RecordDiff& record, int column) const {
    const StateRecord& known = record.a ? *record.a : *record.b;
    const auto size = [](const std::optional<StateRecord>& side) {
        return side ? QString::number(side->size) : QString();
    };
    switch (column) {
    case Number:
        return QString::number(record.index);
    case Kind:
        if (record.a && record.b && record.a->kind != record.b->kind)
            return tr("%1 (B: %2)")
                .arg(QString::fromStdString(record.a->kind), QString::fromStdString(record.b->kind));
        return QString::fromStdString(known.kind);
    case Offset:
        if (record.a && record.b && record.a->offset != record.b->offset)
            return tr("%1 (B: %2)").arg(offsetWords(record.a->offset), offsetWords(record.b->offset));
        return offsetWords(known.offset);
    case SizeA:
        return size(record.a);
    case SizeB:
        return size(record.b);
    case Verdict:
        return recordVerdictWords(record.verdict);
    default:
        return record.firstDiffering ? QStringLiteral("+%1").arg(offsetWords(*record.firstDiffering))
                                     : QString();
    }
}

QVariant RecordDiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const RecordDiff& record = records_[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    if (role == Qt::TextAlignmentRole)
        return column == Kind || column == Verdict ? QVariant() : right();
    if (role == Qt::FontRole)
        return record.verdict == RecordVerdict::Same ? QVariant() : bold();
    return role == Qt::DisplayRole ? text(record, column) : QVariant();
}

QVariant RecordDiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headOf({tr("#"), tr("Record"), tr("Offset"), tr("Size A"), tr("Size B"), tr("Verdict"),
                   tr("First difference")},
                  section, orientation, role);
}

// --- ranges

void RangeDiffModel::setDiff(const ImageDiff& diff) {
    beginResetModel();
    ranges_ = diff.ranges;
    if (diff.a.bytes != diff.b.bytes) {
        DiffRange rest;
        rest.offset = std::min(diff.a.bytes, diff.b.bytes);
        rest.length = std::max(diff.a.bytes, diff.b.bytes) - rest.offset;
        rest.differing = rest.length;
        ranges_.push_back(std::move(rest));
    }
    endResetModel();
}

DiffPlace RangeDiffModel::placeOf(int row) const {
    return {static_cast<qint64>(ranges_[static_cast<std::size_t>(row)].offset), 0};
}

int RangeDiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ranges_.size());
}

int RangeDiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RangeDiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const DiffRange& range = ranges_[static_cast<std::size_t>(index.row())];
    const bool isRest = range.a.empty() && range.b.empty(); // what only one side has
    if (role == Qt::TextAlignmentRole)
        return index.column() < BytesA ? right() : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Offset:
        return offsetWords(range.offset);
    case Length:
        return QString::number(range.length);
    case Differing:
        return QString::number(range.differing);
    case BytesA:
        return isRest ? tr("the rest of the longer one") : hexOf(range.a);
    default:
        return isRest ? QString() : hexOf(range.b);
    }
}

QVariant RangeDiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return headOf({tr("Offset"), tr("Length"), tr("Differing"), tr("A"), tr("B")}, section, orientation,
                  role);
}

} // namespace migscope
