// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison as rows.
#include "ui/models/compare_model.h"

#include <QCoreApplication>
#include <QStringList>

#include <cmath>

#include "ui/figure_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("compare", text);
}

QString signedWords(FigureUnit unit, double value) {
    return (value < 0 ? QStringLiteral("−") : QStringLiteral("+")) + figureWords(unit, std::abs(value));
}

QString share(const Difference& difference) {
    const auto part = difference.changeShare();
    if (!part)
        return {};
    return (*part < 0 ? QStringLiteral("−") : QStringLiteral("+")) +
           QString::number(std::abs(*part) * 100, 'f', 1) + QStringLiteral(" %");
}

QString word(const ComparedFigure& figure) {
    const std::string_view found = findingWord(figure);
    return tr(std::string(found).c_str());
}

// The words that findingWord() gives, for translators.
[[maybe_unused]] constexpr const char* words[] = {QT_TRANSLATE_NOOP("compare", "faster"),
                                                  QT_TRANSLATE_NOOP("compare", "slower"),
                                                  QT_TRANSLATE_NOOP("compare", "more"),
                                                  QT_TRANSLATE_NOOP("compare", "fewer"),
                                                  QT_TRANSLATE_NOOP("compare", "no difference seen"),
                                                  QT_TRANSLATE_NOOP("compare", "too few to tell")};

QString cautionWords(Caution caution) {
    switch (caution) {
    case Caution::SimulatedAgainstReal:
        return tr("one is simulated, the other is not");
    case Caution::OtherPlan:
        return tr("the plans differ");
    case Caution::OtherWorkload:
        return tr("the workloads differ");
    case Caution::OtherKernel:
        return tr("the kernels differ");
    case Caution::FailedRuns:
        return tr("runs that did not end ok are left out");
    }
    return {};
}

} // namespace

QString compareSentence(const ComparedTo& other, const ComparedSide& base) {
    const QString name = shown(other.side.name);
    const ComparedFigure* judged = other.judged();
    if (judged == nullptr)
        return tr("%1: no figure that both have").arg(name);
    const Difference& difference = judged->difference;
    const FigureUnit unit = unitOf(judged->figure);
    QString text =
        tr("%1 is %2: %3 %4 against %5 (%6, %7)")
            .arg(name, word(*judged), figureName(judged->figure), figureWords(unit, difference.otherMedian),
                 figureWords(unit, difference.baseMedian), signedWords(unit, difference.change()),
                 share(difference));
    if (difference.finding == Finding::NoDifference)
        text = tr("%1: no difference seen, %2 %3 against %4 (%5)")
                   .arg(name, figureName(judged->figure), figureWords(unit, difference.otherMedian),
                        figureWords(unit, difference.baseMedian), signedWords(unit, difference.change()));
    if (difference.finding == Finding::TooFew)
        text = tr("%1: too few runs to tell (%2 and %3; five a side are needed), %4 %5 against %6")
                   .arg(name)
                   .arg(difference.otherCount)
                   .arg(difference.baseCount)
                   .arg(figureName(judged->figure), figureWords(unit, difference.otherMedian),
                        figureWords(unit, difference.baseMedian));
    for (const Caution caution : other.cautions)
        text += QStringLiteral(" · ") + cautionWords(caution);
    if (base.simulated && other.side.simulated)
        text += QStringLiteral(" · ") + tr("SIMULATED");
    return text;
}

void CompareModel::setComparison(const Comparison& comparison) {
    beginResetModel();
    comparison_ = comparison;
    rows_.clear();
    for (std::size_t other = 0; other < comparison_.others.size(); ++other) {
        for (std::size_t figure = 0; figure < comparison_.others[other].figures.size(); ++figure)
            rows_.push_back({other, figure});
    }
    endResetModel();
}

int CompareModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int CompareModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CompareModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const ComparedTo& other = comparison_.others[row.other];
    const ComparedFigure& figure = other.figures[row.figure];
    const Difference& difference = figure.difference;
    const FigureUnit unit = unitOf(figure.figure);
    if (role == Qt::TextAlignmentRole)
        return index.column() >= BaseMedian && index.column() <= Interval
                   ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                   : QVariant();
    if (role == Qt::ToolTipRole)
        return QCoreApplication::translate("compare", "%1 and %2 runs; probability of the rank test %3")
            .arg(difference.baseCount)
            .arg(difference.otherCount)
            .arg(difference.rankProbability, 0, 'g', 2);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Side:
        return shown(other.side.name);
    case FigureName:
        return figureName(figure.figure);
    case BaseMedian:
        return figureWords(unit, difference.baseMedian);
    case Median:
        return figureWords(unit, difference.otherMedian);
    case Change:
        return signedWords(unit, difference.change());
    case Share:
        return share(difference);
    case Interval:
        return difference.interval95 ? signedWords(unit, difference.interval95->low) + QStringLiteral(" … ") +
                                           signedWords(unit, difference.interval95->high)
                                     : QStringLiteral("—");
    default:
        return word(figure);
    }
}

QVariant CompareModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    static const char* const heads[] = {QT_TR_NOOP("Recording"), QT_TR_NOOP("Figure"),
                                        QT_TR_NOOP("In a word"), QT_TR_NOOP("Base"),
                                        QT_TR_NOOP("This"),      QT_TR_NOOP("Difference"),
                                        QT_TR_NOOP("%"),         QT_TR_NOOP("95 % of the difference")};
    return section >= 0 && section < ColumnCount ? CompareModel::tr(heads[section]) : QString();
}

} // namespace migscope
