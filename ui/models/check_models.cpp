// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run of the compliance checks as tables.
#include "ui/models/check_models.h"

#include <QFont>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/check/call_words.h"
#include "ui/check_words.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString latin(std::string_view text) {
    return QString::fromLatin1(text.data(), static_cast<qsizetype>(text.size()));
}

/// Failed musts, other failures, what passed, what was skipped.
int rankOf(const CheckResult& result) {
    if (result.outcome.verdict == CheckVerdict::Fail)
        return failedMust(result) ? 0 : 1;
    return result.outcome.verdict == CheckVerdict::Pass ? 2 : 3;
}

QString timeText(Ns time) {
    return CheckCallModel::tr("+%1 ms").arg(static_cast<double>(time.count()) / 1e6, 0, 'f', 3);
}

QString answerWords(int error) {
    return error == 0 ? QStringLiteral("ok") : QString::fromStdString(errnoName(error));
}

} // namespace

// --- the checks

void CheckListModel::setResults(const std::vector<CheckResult>& results) {
    const bool goesOn = results.size() >= results_.size() && !results_.empty() &&
                        results.front().begun == results_.front().begun;
    if (!goesOn) {
        beginResetModel();
        results_ = results;
        endResetModel();
        return;
    }
    const std::size_t before = results_.size();
    if (results.size() > before) {
        beginInsertRows({}, static_cast<int>(before), static_cast<int>(results.size()) - 1);
        results_ = results;
        endInsertRows();
    } else {
        results_ = results;
    }
    // What the kernel logged meanwhile comes with the end of the run.
    emit dataChanged(index(0, 0), index(static_cast<int>(before) - 1, ColumnCount - 1));
}

int CheckListModel::rowOf(std::string_view id) const {
    const auto at = std::ranges::find_if(results_, [&](const CheckResult& r) { return r.check->id == id; });
    return at == results_.end() ? -1 : static_cast<int>(at - results_.begin());
}

int CheckListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(results_.size());
}

int CheckListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CheckListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const CheckResult& result = results_[static_cast<std::size_t>(index.row())];
    switch (role) {
    case RankRole:
        return rankOf(result);
    case VerdictRole:
        return static_cast<int>(result.outcome.verdict);
    case Qt::FontRole: {
        QFont font;
        font.setBold(failedMust(result));
        return font;
    }
    case Qt::ToolTipRole:
        return QStringLiteral("%1\n%2").arg(checkWords(result.check->asks), sightWords(result.outcome.seen));
    case Qt::AccessibleTextRole:
        if (index.column() == Verdict)
            return verdictWords(result.outcome.verdict);
        break;
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Verdict:
        return verdictMark(result);
    case Id:
        return latin(result.check->id);
    default:
        return result.outcome.verdict == CheckVerdict::Pass ? checkWords(result.check->asks)
                                                            : sightWords(result.outcome.seen);
    }
}

QVariant CheckListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return QStringList{QString(), tr("Check"), tr("What it asks, or what was seen")}.value(section);
}

CheckListFilter::CheckListFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(CheckListModel::RankRole); // sorts are stable: within a rank the order stays
    setDynamicSortFilter(true);
    sort(0);
}

void CheckListFilter::setVerdict(std::optional<CheckVerdict> verdict) {
    verdict_ = verdict;
    invalidateFilter();
}

void CheckListFilter::setWords(const QString& text) {
    words_ = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool CheckListFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QAbstractItemModel& model = *sourceModel();
    const QModelIndex first = model.index(row, 0, parent);
    if (verdict_ && first.data(CheckListModel::VerdictRole).toInt() != static_cast<int>(*verdict_))
        return false;
    QString all = first.data(Qt::ToolTipRole).toString();
    for (int column = 0; column < model.columnCount(parent); ++column)
        all += QLatin1Char(' ') + model.index(row, column, parent).data().toString();
    return std::ranges::all_of(words_,
                               [&](const QString& word) { return all.contains(word, Qt::CaseInsensitive); });
}

// --- the state pairs

StatePairModel::StatePairModel(QObject* parent) : QAbstractTableModel(parent) {
    for (const MigState state : allMigStates) {
        if (state != MigState::Error)
            states_.push_back(state);
    }
    setPairs(statePairs(MigFlags(), {}));
}

void StatePairModel::setPairs(std::vector<StatePair> pairs) {
    pairs_ = std::move(pairs);
    fastest_ = slowest_ = Ns{0};
    for (const StatePair& pair : pairs_) {
        if (pair.worked == 0 || pair.from == pair.to)
            continue; // a SET of the state it is in does nothing, and takes no time
        fastest_ = fastest_ == Ns{0} ? pair.median : std::min(fastest_, pair.median);
        slowest_ = std::max(slowest_, pair.median);
    }
    emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

double StatePairModel::share(const StatePair& pair) const {
    const auto log = [](Ns time) { return std::log(static_cast<double>(std::max<Ns>(time, Ns{1}).count())); };
    const double whole = log(slowest_) - log(fastest_);
    return pair.worked == 0 || whole <= 0 ? 0
                                          : std::clamp((log(pair.median) - log(fastest_)) / whole, 0.0, 1.0);
}

const StatePair* StatePairModel::pairAt(const QModelIndex& index) const {
    const auto at =
        static_cast<std::size_t>(index.row()) * states_.size() + static_cast<std::size_t>(index.column());
    return index.isValid() && at < pairs_.size() ? &pairs_[at] : nullptr;
}

QModelIndex StatePairModel::indexOf(MigState from, MigState to) const {
    const auto place = [&](MigState state) {
        return static_cast<int>(std::ranges::find(states_, state) - states_.begin());
    };
    return index(place(from), place(to));
}

int StatePairModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(states_.size());
}

int StatePairModel::columnCount(const QModelIndex& parent) const {
    return rowCount(parent);
}

QVariant StatePairModel::data(const QModelIndex& index, int role) const {
    const StatePair* pair = pairAt(index);
    if (pair == nullptr)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return pairMark(*pair);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return pairSentence(*pair);
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignCenter);
    case VerdictRole:
        return static_cast<int>(pair->verdict);
    case ShareRole:
        return share(*pair);
    default:
        return {};
    }
}

QVariant StatePairModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const MigState state = states_[static_cast<std::size_t>(section)];
    const QString name = QString::fromStdString(stateName(state));
    switch (role) {
    case Qt::DisplayRole: // columns are narrow: the letter of the bands and diagrams
        return orientation == Qt::Vertical ? name : Theme::of({}).state(state).letter;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return orientation == Qt::Vertical ? tr("from %1").arg(name) : tr("to %1").arg(name);
    case StateRole:
        return static_cast<int>(state);
    default:
        return {};
    }
}

// --- calls

bool CheckCallModel::setRows(std::vector<Row> rows) {
    if (rows == rows_)
        return false; // somebody may be reading: a reset takes away place and selection
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
    return true;
}

int CheckCallModel::lastBadRow() const {
    const auto at = std::find_if(rows_.rbegin(), rows_.rend(), [](const Row& row) { return row.bad; });
    return static_cast<int>(rows_.rend() - at) - 1;
}

void CheckCallModel::clear() {
    static_cast<void>(setRows({}));
}

bool CheckCallModel::setCalls(const CheckResult& result, const QString& peer) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < result.calls.size(); ++i) {
        const CheckCall& made = result.calls[i];
        const CallRecord& record = made.record;
        Row row;
        row.time = timeText(Ns(record.called) - result.begun);
        row.call = shown(record.op);
        if (made.device == 1 && !peer.isEmpty())
            row.call += tr(" (%1)").arg(peer);
        row.answer = shown(callResult(made));
        if (const std::string values = callAnswer(made); !values.empty())
            row.answer += QStringLiteral(" · ") + shown(values);
        if (made.times > 1)
            row.answer += tr(" in %1 calls").arg(made.times);
        row.took = durationText(Ns(record.returned - record.called));
        row.bad = record.errnoValue != 0 && i < result.ownCalls;
        row.wayBack = i >= result.ownCalls;
        rows.push_back(std::move(row));
    }
    return setRows(std::move(rows));
}

void CheckCallModel::setSets(const std::vector<PairSet>& sets, Ns begun) {
    std::vector<Row> rows;
    for (const PairSet& made : sets)
        rows.push_back(
            {timeText(made.set.called - begun),
             tr("SET %1, of %2").arg(QString::fromStdString(stateName(made.set.to)), latin(made.id)),
             answerWords(made.set.error), durationText(made.set.returned - made.set.called),
             made.set.error != 0});
    static_cast<void>(setRows(std::move(rows)));
}

int CheckCallModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CheckCallModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CheckCallModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole)
        return index.column() == Time || index.column() == Took ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                : QVariant();
    if (role == Qt::FontRole) {
        QFont font;
        font.setBold(row.bad && index.column() == Answer);
        font.setItalic(row.wayBack); // the verdict stood by then
        return font;
    }
    if (role == Qt::ToolTipRole && row.wayBack)
        return tr("Made after the verdict, to bring the device back");
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Time:
        return row.time;
    case Call:
        return row.call;
    case Answer:
        return row.answer;
    default:
        return row.took;
    }
}

QVariant CheckCallModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return QStringList{tr("Time"), tr("Call"), tr("Answer"), tr("Took")}.value(section);
}

} // namespace migscope
