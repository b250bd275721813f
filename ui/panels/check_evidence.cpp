// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence of a check or of a state pair.
#include "ui/panels/check_evidence.h"

#include <QHeaderView>
#include <QLabel>
#include <QResizeEvent>
#include <QScrollArea>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/check_words.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/panels/scroll_column.h"
#include "ui/words.h"

namespace migscope {

CheckEvidence::CheckEvidence(QWidget* parent) : QWidget(parent) {
    title_ = plainLabel({}, this);
    title_->setObjectName(QStringLiteral("evidence title"));
    QFont bold = title_->font();
    bold.setBold(true);
    title_->setFont(bold);
    words_ = plainLabel({}, this);
    words_->setObjectName(QStringLiteral("evidence words"));
    words_->setAccessibleName(tr("Evidence"));
    table_ = plainTable(calls_, tr("Calls that were made"), this);
    table_->horizontalHeader()->setSectionResizeMode(CheckCallModel::Time, QHeaderView::Interactive);
    table_->horizontalHeader()->setSectionResizeMode(CheckCallModel::Answer, QHeaderView::Stretch);
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    table_->setColumnWidth(CheckCallModel::Time, digit * 13);
    table_->setColumnWidth(CheckCallModel::Call, digit * 30);
    table_->setColumnWidth(CheckCallModel::Took, digit * 10);
    column_ = new QScrollArea(this);
    column_->setAccessibleName(tr("What was seen"));
    auto* column = makeScrollColumn(*column_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(title_);
    column->addWidget(words_);
    column->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 2, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(column_, 2);
    layout->addWidget(table_, 3);
}

QString CheckEvidence::words() const {
    return title_->text() + QLatin1Char('\n') + words_->text();
}

void CheckEvidence::show(const QString& title, const QString& words) {
    title_->setText(title);
    title_->setVisible(!title.isEmpty());
    words_->setText(words);
    words_->setVisible(!words.isEmpty());
    table_->setVisible(calls_.rowCount() > 0);
    fitWords();
}

/// As high as the words are, where there is room; else they scroll.
void CheckEvidence::fitWords() {
    int height = 4;
    for (const QLabel* label : {title_, words_}) {
        if (!label->text().isEmpty())
            height += label->heightForWidth(column_->viewport()->width()) + 2;
    }
    column_->setMaximumHeight(calls_.rowCount() > 0 ? height : QWIDGETSIZE_MAX);
    column_->setMinimumHeight(std::min(height, fontMetrics().lineSpacing() * 4));
}

void CheckEvidence::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitWords();
}

void CheckEvidence::showCheck(const CheckResult& result, const QString& peer) {
    const bool fresh = calls_.setCalls(result, peer);
    const QString id =
        QString::fromLatin1(result.check->id.data(), static_cast<qsizetype>(result.check->id.size()));
    QStringList lines{tr("Asked: %1").arg(checkWords(result.check->asks)),
                      tr("Seen: %1").arg(sightWords(result.outcome.seen)),
                      tr("Rule: %1").arg(checkWords(result.check->rule))};
    for (const std::string& line : result.kernelLog)
        lines << tr("Kernel: %1").arg(shown(line));
    if (!result.broughtBack.empty())
        lines << tr("Brought back to RUNNING by: %1 (the calls in italics)").arg(shown(result.broughtBack));
    if (!result.peerBroughtBack.empty())
        lines << tr("The peer was brought back by: %1").arg(shown(result.peerBroughtBack));
    if (result.callsLeftOut > 0)
        lines
            << tr("%1 calls in the middle are not listed; the recording has them.").arg(result.callsLeftOut);
    show(tr("%1 · %2 · %3")
             .arg(id, severityWords(result.check->severity), verdictWords(result.outcome.verdict)),
         lines.join(QLatin1Char('\n')));
    // What failed is rarely the first of many calls.
    if (const int bad = calls_.lastBadRow();
        fresh && result.outcome.verdict == CheckVerdict::Fail && bad >= 0)
        table_->scrollTo(calls_.index(bad, 0), QAbstractItemView::PositionAtCenter);
}

void CheckEvidence::showPair(const StatePair& pair, const std::vector<PairSet>& sets, Ns begun) {
    calls_.setSets(sets, begun);
    show(pairSentence(pair), {});
}

void CheckEvidence::showNothing(const QString& words) {
    calls_.clear();
    show({}, words);
}

} // namespace migscope
