// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare tab.
#include "ui/panels/compare_page.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/charts/downtime_bar.h"
#include "ui/figure_words.h"
#include "ui/models/table_text.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/spread_rows.h"

namespace migscope {

ComparePage::ComparePage(QWidget* parent) : QWidget(parent), empty_(plainLabel({}, this)) {
    setWindowTitle(tr("Compare")); // of its tab
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty_->setContentsMargins(4, 12, 4, 4);
    empty_->setText(
        tr("Tick recordings in the list of runs on the left. One shows the spread over its repeated runs, "
           "two or more are laid over each other, aligned at t0, with a table of their differences and "
           "whether chance explains them."));
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(8, 6, 8, 4);
    outer->addWidget(empty_, 1);
}

void ComparePage::makeBody() {
    body_ = new QWidget(this);
    verdict_ = plainLabel({}, body_);
    verdict_->setObjectName(QStringLiteral("compare verdict"));
    base_ = new QComboBox(body_);
    base_->setAccessibleName(tr("Base of the comparison"));
    base_->setToolTip(tr("The recording that the others are compared with"));
    base_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    base_->setMinimumContentsLength(14);
    figure_ = new QComboBox(body_);
    figure_->setAccessibleName(tr("Figure of the spread"));
    for (const Figure figure : allFigures())
        figure_->addItem(figureName(figure), static_cast<int>(figure));
    withoutFirst_ = new QCheckBox(tr("without first runs"), body_);
    withoutFirst_->setToolTip(tr("Leaves the first run of each recording out of the table: cold effects"));
    copy_ = flatButton(tr("Copy table"), tr("Copy the difference table"),
                       tr("Tab-separated, for a sheet or a mail"), body_);
    auto* report = flatButton(tr("Save report…"), tr("Save a report of this comparison"),
                              tr("Picture, differences and spread as a page for a browser"), body_);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(6);
    auto* baseLabel = new QLabel(tr("&Base:"), body_);
    baseLabel->setBuddy(base_);
    auto* figureLabel = new QLabel(tr("S&pread of:"), body_);
    figureLabel->setBuddy(figure_);
    tools->addWidget(baseLabel);
    tools->addWidget(base_);
    tools->addWidget(figureLabel);
    tools->addWidget(figure_);
    tools->addWidget(withoutFirst_);
    tools->addStretch(1);
    tools->addWidget(copy_);
    tools->addWidget(report);
    strip_ = new SpreadStrip(body_);
    overlay_ = new OverlayView(body_);
    table_ = plainTable(model_, tr("Differences"), body_);
    table_->setWordWrap(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    auto* parts = new QSplitter(Qt::Vertical, body_);
    parts->setChildrenCollapsible(false);
    parts->addWidget(overlay_);
    parts->addWidget(table_);
    parts->setStretchFactor(0, 3);
    parts->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(body_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(verdict_);
    layout->addLayout(tools);
    layout->addWidget(strip_);
    layout->addWidget(parts, 1);
    qobject_cast<QVBoxLayout*>(this->layout())->insertWidget(0, body_, 1);
    connect(base_, &QComboBox::activated, this, &ComparePage::showTable);
    connect(withoutFirst_, &QCheckBox::toggled, this, &ComparePage::showTable);
    connect(figure_, &QComboBox::activated, this, &ComparePage::showStrip);
    connect(copy_, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(tableText(model_)); });
    connect(report, &QToolButton::clicked, this, &ComparePage::reportAsked);
    connect(strip_, &SpreadStrip::runPicked, this, [this](int row, int run) {
        if (row >= 0 && static_cast<std::size_t>(row) < sources_.size())
            emit runPicked(sources_[static_cast<std::size_t>(row)], run);
    });
}

void ComparePage::setSources(const std::vector<RunSourcePtr>& sources) {
    if (sources == sources_)
        return;
    const RunSourcePtr base =
        base_ != nullptr && baseIndex() < sources_.size() ? sources_[baseIndex()] : nullptr;
    sources_ = sources;
    stale_ = true;
    if (!sources_.empty() && body_ == nullptr)
        makeBody();
    empty_->setVisible(sources_.empty());
    if (body_ == nullptr)
        return;
    body_->setVisible(!sources_.empty());
    base_->clear();
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        base_->addItem(labelOf(at));
        if (sources_[at] == base)
            base_->setCurrentIndex(static_cast<int>(at));
    }
    if (isVisible())
        showAll();
}

void ComparePage::refresh(SourceId source) {
    const bool ours = std::any_of(sources_.begin(), sources_.end(),
                                  [source](const RunSourcePtr& each) { return each->id() == source; });
    if (!ours)
        return;
    stale_ = true;
    if (isVisible())
        showAll();
}

void ComparePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (stale_ && body_ != nullptr)
        showAll();
}

QString ComparePage::labelOf(std::size_t source) const {
    QStringList names;
    for (const RunSourcePtr& each : sources_)
        names << each->name();
    return sourceLabels(names).at(static_cast<int>(source));
}

std::size_t ComparePage::baseIndex() const {
    return base_ == nullptr ? 0 : static_cast<std::size_t>(std::max(0, base_->currentIndex()));
}

bool ComparePage::withoutFirst() const {
    return withoutFirst_ != nullptr && withoutFirst_->isChecked();
}

void ComparePage::showAll() {
    stale_ = false;
    showStrip();
    showOverlay();
    showTable();
}

void ComparePage::showStrip() {
    const auto figure = static_cast<Figure>(figure_->currentData().toInt());
    std::vector<SpreadRow> rows;
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        SpreadRow row;
        sources_[at]->look([&](const Recording& recording) {
            row = spreadRow(recording, figure, labelOf(at), static_cast<int>(at));
        });
        rows.push_back(std::move(row));
    }
    strip_->setRows(unitOf(figure), std::move(rows));
}

void ComparePage::showOverlay() {
    std::vector<OverlayView::Item> items;
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        int run = 0;
        sources_[at]->look([&](const Recording& recording) {
            if (const RunMetrics* shown = runToShow(recording))
                run = shown->run;
        });
        if (run > 0)
            items.push_back({sources_[at], {run, labelOf(at).toStdString(), static_cast<int>(at)}});
    }
    overlay_->setItems(std::move(items));
}

void ComparePage::showTable() {
    std::vector<ComparedSide> sides;
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        ComparedSide side;
        side.name = labelOf(at).toStdString();
        sources_[at]->look([&](const Recording& recording) { addRuns(side, recording, withoutFirst()); });
        sides.push_back(std::move(side));
    }
    ComparedSide base = sides[baseIndex()];
    sides.erase(sides.begin() + static_cast<std::ptrdiff_t>(baseIndex()));
    const Comparison comparison = compareSides(std::move(base), std::move(sides));
    QStringList lines;
    for (const ComparedTo& other : comparison.others)
        lines << compareSentence(other, comparison.base);
    const ComparedSide& only = comparison.base;
    if (lines.isEmpty())
        lines << tr("%1: %2 of %3 runs ended ok%4. Tick a second recording to compare it.")
                     .arg(QString::fromStdString(only.name))
                     .arg(only.counted)
                     .arg(only.runs)
                     .arg(only.simulated ? tr(" · SIMULATED") : QString());
    verdict_->setText(lines.join(QLatin1Char('\n')));
    const bool several = !comparison.others.empty();
    table_->setVisible(several);
    table_->setColumnHidden(CompareModel::Side, comparison.others.size() < 2);
    copy_->setEnabled(several);
    base_->setEnabled(several);
    model_.setComparison(comparison);
}

} // namespace migscope
