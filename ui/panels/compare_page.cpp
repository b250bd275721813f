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
#include <QScrollArea>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/charts/chart_words.h"
#include "ui/charts/downtime_bar.h"
#include "ui/cli_command.h"
#include "ui/figure_words.h"
#include "ui/models/table_text.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"
#include "ui/spread_rows.h"

namespace migscope {

namespace {

/// As high as its strip, while there is room; else it scrolls.
class StripArea : public QScrollArea {
public:
    StripArea(SpreadStrip* strip, QWidget* parent) : QScrollArea(parent), strip_(strip) {
        setWidget(strip);
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setFocusPolicy(Qt::NoFocus);
        viewport()->setBackgroundRole(QPalette::Base);
        setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
        connect(strip, &SpreadStrip::focusMoved, this,
                [this](const QPoint& at) { ensureVisible(at.x(), at.y(), 0, 30); });
    }
    [[nodiscard]] QSize sizeHint() const override { return strip_->sizeHint(); }
    [[nodiscard]] QSize minimumSizeHint() const override {
        return {strip_->minimumSizeHint().width(), std::min(strip_->sizeHint().height(), twoRows)};
    }

private:
    static constexpr int twoRows = 92;
    SpreadStrip* strip_;
};

/// So many sentences stand above the charts; the table has them all.
constexpr qsizetype mostSentences = 2;

} // namespace

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
    base_->setMinimumContentsLength(6); // the row fits a window of 1024
    figure_ = new QComboBox(body_);
    figure_->setAccessibleName(tr("Figure of the spread"));
    figure_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    figure_->setMinimumContentsLength(6);
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
    tools->addWidget(base_, 3);
    tools->addWidget(figureLabel);
    tools->addWidget(figure_, 2);
    tools->addWidget(withoutFirst_);
    tools->addStretch(2);
    tools->addWidget(copy_);
    strip_ = new SpreadStrip;
    strips_ = new StripArea(strip_, body_);
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
    auto* head = new QHBoxLayout;
    head->addWidget(verdict_, 1);
    head->addWidget(report, 0, Qt::AlignTop);
    layout->addLayout(head);
    layout->addLayout(tools);
    layout->addWidget(strips_);
    layout->addWidget(parts, 1);
    qobject_cast<QVBoxLayout*>(this->layout())->insertWidget(0, body_, 1);
    connect(base_, &QComboBox::activated, this, &ComparePage::showTable);
    connect(withoutFirst_, &QCheckBox::toggled, this, &ComparePage::showTable);
    connect(figure_, &QComboBox::activated, this, &ComparePage::showStrip);
    connect(copy_, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(differences()); });
    connect(report, &QToolButton::clicked, this, &ComparePage::reportAsked);
    connect(strip_, &SpreadStrip::runPicked, this, [this](int row, int run) {
        if (row >= 0 && static_cast<std::size_t>(row) < sources_.size())
            emit runPicked(sources_[static_cast<std::size_t>(row)], run);
    });
    emit chartMade({overlay_, tr("Overlay"), [this] {
                        auto made = take(*overlay_, QStringLiteral("overlay"),
                                         tr("Runs over each other, aligned at t0"));
                        if (made)
                            paintLike(*made, overlay_->canvas());
                        return made;
                    }});
    emit chartMade({strip_, tr("Spread"), [this] {
                        auto made = take(*strip_, QStringLiteral("spread"),
                                         tr("Spread of %1 over the runs").arg(figure_->currentText()));
                        if (made) {
                            made->table = strip_->table();
                            paintWith(*made, [this](QPainter& painter) { strip_->draw(painter); });
                        }
                        return made;
                    }});
}

std::optional<ChartTake> ComparePage::take(const QWidget& chart, const QString& name,
                                           const QString& title) const {
    if (sources_.empty())
        return std::nullopt;
    ChartTake take = takeLike(chart, name);
    std::vector<std::string> paths{sources_[baseIndex()]->path().toStdString()};
    QStringList lines;
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        if (at != baseIndex())
            paths.push_back(sources_[at]->path().toStdString());
        sources_[at]->look([&](const Recording& recording) {
            lines << captionLines(recording, labelOf(at)).front();
            take.simulated |= recording.header().simulated;
        });
    }
    take.caption = QStringList{title + (take.simulated ? tr(" · SIMULATED") : QString())} + lines;
    take.table = model_.rowCount() > 0 ? tableText(model_) : strip_->table();
    if (std::ranges::none_of(paths, &std::string::empty) && paths.size() > 1)
        take.command = cliCompare(paths, withoutFirst_->isChecked());
    return take;
}

QString ComparePage::differences() const {
    const auto made = take(*table_, {}, tr("Differences"));
    return made ? tableOf(*made) : QString();
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
    strips_->updateGeometry();
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
    verdict_->setToolTip(lines.join(QLatin1Char('\n')));
    if (lines.size() > mostSentences + 1) {
        const auto more = static_cast<int>(lines.size() - mostSentences);
        lines = lines.first(mostSentences);
        lines << tr("and %1 more in the table below").arg(more);
    }
    verdict_->setText(lines.join(QLatin1Char('\n')));
    const bool several = !comparison.others.empty();
    table_->setVisible(several);
    table_->setColumnHidden(CompareModel::Side, comparison.others.size() < 2);
    copy_->setEnabled(several);
    base_->setEnabled(several);
    model_.setComparison(comparison);
}

} // namespace migscope
