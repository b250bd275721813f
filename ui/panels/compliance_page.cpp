// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compliance tab.
#include "ui/panels/compliance_page.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/models/check_models.h"
#include "ui/panels/check_evidence.h"
#include "ui/panels/check_form.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/panels/state_pair_view.h"
#include "ui/theme.h"
#include "ui/words.h"

namespace migscope {

CompliancePage::CompliancePage(QWidget* parent) : QWidget(parent) {
    setWindowTitle(tr("Compliance")); // of its tab
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(8, 6, 8, 4);
}

CompliancePage& CompliancePage::made() {
    if (body_ == nullptr)
        makeBody();
    return *this;
}

QToolButton* CompliancePage::makeReportButton() {
    auto* button = flatButton(tr("Report"), tr("Report of the check"),
                              tr("Take the report away: as text for a patch mail, or for programs"), body_);
    button->setObjectName(QStringLiteral("check report"));
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    menu->addAction(tr("&Copy as text"), this, &CompliancePage::copyReportAsked);
    menu->addSeparator();
    const auto save = [this, menu](const QString& text, CheckFileKind kind) {
        menu->addAction(text, this, [this, kind] { emit saveAsked(kind); });
    };
    save(tr("Save as &text…"), CheckFileKind::Text);
    save(tr("Save as &JSON…"), CheckFileKind::Json);
    save(tr("Save as &KTAP…"), CheckFileKind::Ktap);
    save(tr("Save as JUnit &XML…"), CheckFileKind::Junit);
    button->setMenu(menu);
    return button;
}

QWidget* CompliancePage::makeMatrix() {
    auto* box = new QWidget(body_);
    pairModel_ = new StatePairModel(box);
    pairs_ = new StatePairView(*pairModel_, box);
    pairs_->setObjectName(QStringLiteral("check pairs"));
    auto* caption =
        new QLabel(tr("One SET, from (row) to (column): median latency. Green works, the deeper the slower; "
                      "✗ failed; ∅ no way; · lacking"),
                   box);
    caption->setWordWrap(true);
    QFont small = caption->font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    caption->setFont(small);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 4, 0);
    layout->setSpacing(2);
    layout->addWidget(pairs_, 1);
    layout->addWidget(caption);
    return box;
}

QWidget* CompliancePage::makeList() {
    auto* box = new QWidget(body_);
    checks_ = new CheckListModel(box);
    filter_ = new CheckListFilter(box);
    filter_->setSourceModel(checks_);
    list_ = plainTable(*filter_, tr("Checks"), box);
    list_->setObjectName(QStringLiteral("check list"));
    list_->setSelectionMode(QAbstractItemView::SingleSelection);
    list_->horizontalHeader()->setSectionResizeMode(CheckListModel::What, QHeaderView::Stretch);
    const int digit = fontMetrics().horizontalAdvance(QLatin1Char('0'));
    list_->setColumnWidth(CheckListModel::Verdict, digit * 3);
    list_->setColumnWidth(CheckListModel::Id, digit * 18);
    verdict_ = new QComboBox(box);
    verdict_->setObjectName(QStringLiteral("check verdict"));
    verdict_->setAccessibleName(tr("Verdict of the checks that are listed"));
    verdict_->addItem(tr("All"), -1);
    for (const auto& [text, verdict] : {std::pair(tr("Failed"), CheckVerdict::Fail),
                                        {tr("Passed"), CheckVerdict::Pass},
                                        {tr("Skipped"), CheckVerdict::Skip}})
        verdict_->addItem(text, static_cast<int>(verdict));
    words_ = new QLineEdit(box);
    words_->setObjectName(QStringLiteral("check words"));
    words_->setAccessibleName(tr("Words in the checks that are listed"));
    words_->setPlaceholderText(tr("Filter: MIG-FSM, fd, reset…"));
    words_->setClearButtonEnabled(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(verdict_);
    row->addWidget(words_, 1);
    row->addWidget(report_ = makeReportButton());
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(4, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(row);
    layout->addWidget(list_, 1);
    connect(verdict_, &QComboBox::currentIndexChanged, this, [this] {
        const int which = verdict_->currentData().toInt();
        filter_->setVerdict(which < 0 ? std::nullopt : std::optional(static_cast<CheckVerdict>(which)));
    });
    connect(words_, &QLineEdit::textChanged, filter_, &CheckListFilter::setWords);
    return box;
}

void CompliancePage::makeBody() {
    body_ = new QWidget(this);
    form_ = new CheckForm(body_);
    summary_ = plainLabel({}, body_);
    summary_->setObjectName(QStringLiteral("check summary"));
    failure_ = plainLabel({}, body_);
    failure_->setObjectName(QStringLiteral("check failure"));
    progress_ = new QProgressBar(body_);
    progress_->setTextVisible(false);
    progress_->setMaximumHeight(6);
    progress_->setAccessibleName(tr("Checks that were asked"));
    auto* across = new QSplitter(Qt::Horizontal, body_);
    across->setChildrenCollapsible(false);
    across->addWidget(makeMatrix());
    across->addWidget(makeList());
    across->setStretchFactor(0, 1);
    across->setStretchFactor(1, 3);
    evidence_ = new CheckEvidence(body_);
    auto* down = new QSplitter(Qt::Vertical, body_);
    down->setChildrenCollapsible(false);
    down->addWidget(across);
    down->addWidget(evidence_);
    down->setStretchFactor(0, 1);
    down->setStretchFactor(1, 2);
    down->setSizes({220, 240});
    auto* layout = new QVBoxLayout(body_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(form_);
    layout->addWidget(summary_);
    layout->addWidget(failure_);
    layout->addWidget(progress_);
    layout->addWidget(down, 1);
    this->layout()->addWidget(body_);
    connect(form_, &CheckForm::startAsked, this, &CompliancePage::startAsked);
    connect(form_, &CheckForm::cancelAsked, this, &CompliancePage::cancelAsked);
    connect(form_, &CheckForm::releaseAsked, this, &CompliancePage::releaseAsked);
    connect(form_, &CheckForm::copyAsked, this, &CompliancePage::copyAsked);
    connect(pairs_, &StatePairView::pairPicked, this, &CompliancePage::showPair);
    connect(list_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { pickRow(); });
    connect(list_, &QTableView::clicked, this, [this] { pickRow(); });
    form_->setView(view_);
    showStatus();
}

void CompliancePage::setForm(const CheckFormView& view) {
    view_ = view;
    if (body_ != nullptr)
        form_->setView(view);
}

void CompliancePage::setStatus(const CheckStatus* status, Ns now) {
    const bool same = status != nullptr && status_ && status->since == status_->since &&
                      status->document.device == status_->document.device;
    if (!same) {
        pickedCheck_.reset();
        pickedPair_.reset();
    }
    status_ = status != nullptr ? std::optional(*status) : std::nullopt;
    now_ = now;
    if (body_ != nullptr)
        showStatus();
}

void CompliancePage::setNow(Ns now) {
    now_ = now;
    if (body_ != nullptr && status_ && status_->running)
        summary_->setText(checkSummary(*status_, now_));
}

void CompliancePage::showStatus() {
    const bool have = status_.has_value();
    const CheckReport empty;
    const CheckReport& report = have ? status_->document.report : empty;
    QString failure = have ? checkFailure(*status_) : QString();
    const bool began = failure.isEmpty();
    if (began && have && !status_->running)
        failure = notJudgedWords(report); // a report with few failures is no good one then
    failure_->setText(failure);
    failure_->setVisible(!failure.isEmpty());
    QPalette colours = palette();
    for (const auto role : {QPalette::WindowText, QPalette::Text})
        colours.setColor(role, Theme::of(palette()).bad());
    failure_->setPalette(colours);
    summary_->setText(have && began ? checkSummary(*status_, now_) : QString());
    summary_->setVisible(!summary_->text().isEmpty());
    progress_->setVisible(have && status_->running);
    if (have && status_->running) {
        progress_->setRange(0, static_cast<int>(status_->progress.all));
        progress_->setValue(static_cast<int>(status_->progress.done));
    }
    checks_->setResults(report.results);
    pairModel_->setPairs(statePairs(report.flags, report.results));
    report_->setEnabled(have && !status_->running && !report.results.empty());
    showPicked();
}

void CompliancePage::showPicked() {
    const CheckReport empty;
    const CheckReport& report = status_ ? status_->document.report : empty;
    if (pickedPair_) {
        if (const StatePair* pair =
                pairModel_->pairAt(pairModel_->indexOf(pickedPair_->first, pickedPair_->second)))
            evidence_->showPair(*pair, setsOf(report.results, pair->from, pair->to),
                                status_ ? status_->since : Ns{0});
        return;
    }
    auto worst = std::ranges::find_if(report.results, &migscope::failedMust);
    if (worst == report.results.end())
        worst = std::ranges::find_if(
            report.results, [](const CheckResult& r) { return r.outcome.verdict == CheckVerdict::Fail; });
    std::string id = pickedCheck_.value_or(std::string());
    if (id.empty() && worst != report.results.end())
        id = worst->check->id;
    if (const int row = checks_->rowOf(id); row >= 0) {
        const QString peer = status_->document.peer.empty() ? QString() : shortName(status_->document.peer);
        evidence_->showCheck(report.results[static_cast<std::size_t>(row)], peer);
        return;
    }
    evidence_->showNothing(
        report.results.empty()
            ? tr("Does this driver keep to migration protocol v2? A check asks the device more than a "
                 "hundred "
                 "questions, each with the rule of the kernel's interface that it rests on: states, data "
                 "fds, "
                 "streams, pre-copy, DMA logging, reset. The report is made to be attached to a patch.\n\n"
                 "A second device of the same kind adds the checks that take two. Nothing is asked before "
                 "you "
                 "say so.")
            : tr("Point at a check or at a pair of states to see what was called and what came back."));
}

void CompliancePage::showCheck(std::string_view id) {
    made();
    const int row = checks_->rowOf(id);
    if (row < 0)
        return;
    pickedPair_.reset();
    pickedCheck_ = std::string(id);
    const QModelIndex at = filter_->mapFromSource(checks_->index(row, 0));
    if (at.isValid() && list_->currentIndex().row() != at.row())
        list_->setCurrentIndex(at);
    showPicked();
}

void CompliancePage::pickRow() {
    const QModelIndex at = filter_->mapToSource(list_->currentIndex());
    if (!at.isValid() || !list_->hasFocus())
        return; // rows move while a run goes on: that is nobody's choice
    pickedPair_.reset();
    pickedCheck_ = std::string(checks_->results()[static_cast<std::size_t>(at.row())].check->id);
    showPicked();
}

void CompliancePage::showPair(MigState from, MigState to) {
    made();
    pickedCheck_.reset();
    pickedPair_ = {from, to};
    pairs_->setCurrentIndex(pairModel_->indexOf(from, to));
    showPicked();
}

void CompliancePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    made();
    emit becameVisible();
}

void CompliancePage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && body_ != nullptr)
        showStatus();
}

} // namespace migscope
