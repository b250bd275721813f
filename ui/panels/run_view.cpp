// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording to look at.
#include "ui/panels/run_view.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"
#include "ui/panels/dirty_view.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/flat_parts.h"
#include "ui/panels/what_if_panel.h"
#include "ui/recording_facts.h"

namespace migscope {

RunView::RunView(Selection& selection, QWidget* parent)
    : QWidget(parent), selection_(selection), empty_(plainLabel({}, this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty_->setContentsMargins(4, 12, 4, 4);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(8, 6, 8, 4);
    outer->addWidget(empty_, 1);
}

RunView& RunView::madeBody() {
    if (body_ != nullptr)
        return *this;
    body_ = new QWidget(this);
    chart_ = new ChartView(selection_, body_);
    bar_ = new DowntimeBar(selection_, body_);
    readout_ = plainLabel({}, body_);
    readout_->setObjectName(QStringLiteral("readout"));
    readout_->setWordWrap(false);
    readout_->setMinimumWidth(100);
    readout_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* layout = new QVBoxLayout(body_);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addLayout(makeTools());
    pages_ = new QStackedWidget(body_);
    pages_->addWidget(chart_);
    pages_->addWidget(makeTable());
    pages_->addWidget(makeReport());
    properties_ = new FactsPanel(body_);
    properties_->setAccessibleName(tr("Properties of the recording"));
    pages_->addWidget(properties_);
    whatIf_ = new WhatIfPanel(body_);
    pages_->addWidget(whatIf_);
    dirty_ = new DirtyView(body_);
    pages_->addWidget(dirty_);
    layout->addWidget(pages_, 1);
    layout->addWidget(readout_);
    layout->addWidget(bar_);
    qobject_cast<QVBoxLayout*>(this->layout())->insertWidget(0, body_, 1);
    connectParts();
    makeMore(*layout);
    emit chartMade({chart_, tr("Chart"), [this] { return takeOf(*chart_); }});
    emit chartMade({bar_, tr("Downtime"), [this] { return takeOf(*bar_); }});
    emit chartMade({whatIf_->bar(), tr("What if"), [this] { return whatIf_->take(); }});
    body_->setVisible(source_ != nullptr);
    return *this;
}

void RunView::makeMore(QVBoxLayout& /*body*/) {}

QLayout* RunView::makeTools() {
    caption_ = plainLabel({}, body_);
    caption_->setObjectName(QStringLiteral("run caption"));
    caption_->setWordWrap(false); // what has no room stands in its tool tip
    caption_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    run_ = new QComboBox(body_);
    run_->setAccessibleName(tr("Run"));
    run_->setToolTip(tr("Which run of the recording the downtime bar shows"));
    run_->hide();
    page_ = new QComboBox(body_);
    page_->addItems(
        {tr("Chart"), tr("Table"), tr("Report"), tr("Properties"), tr("What if"), tr("Dirty pages")});
    page_->setAccessibleName(tr("Show as"));
    back_ = flatButton(QStringLiteral("◂"), tr("Zoom back"), tr("Back to the last view (Alt+Left)"), body_);
    forward_ = flatButton(QStringLiteral("▸"), tr("Zoom forward"), tr("Forward again (Alt+Right)"), body_);
    all_ = flatButton(tr("All"), tr("Show all"), tr("The whole recording (Home, or a double click)"), body_);
    in_ = flatButton(QStringLiteral("+"), tr("Zoom in"), tr("Closer (+, the wheel, or drag a box)"), body_);
    out_ = flatButton(QStringLiteral("−"), tr("Zoom out"), tr("Further away (-)"), body_);
    follow_ = flatButton(tr("Follow"), tr("Follow the newest"),
                         tr("Keep the newest in view while it grows (End)"), body_);
    follow_->setCheckable(true);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(3);
    tools->addWidget(caption_, 1);
    tools->addWidget(run_);
    for (QToolButton* each : {back_, forward_, all_, in_, out_, follow_})
        tools->addWidget(each);
    tools->addWidget(page_);
    return tools;
}

QWidget* RunView::makeTable() {
    tableView_ = plainTable(model_, tr("The chart as a table"), body_);
    tableView_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    tableView_->horizontalHeader()->setStretchLastSection(true);
    tableView_->horizontalHeader()->setHighlightSections(false);
    return tableView_;
}

QWidget* RunView::makeReport() {
    report_ = new QPlainTextEdit(body_);
    report_->setReadOnly(true);
    report_->setTabChangesFocus(true);
    report_->setAccessibleName(tr("Report"));
    report_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    report_->setLineWrapMode(QPlainTextEdit::NoWrap);
    report_->setFrameShape(QFrame::NoFrame);
    return report_;
}

void RunView::connectParts() {
    // What holds within this view; what concerns others goes through the selection.
    connect(back_, &QToolButton::clicked, chart_, &ChartView::goBack);
    connect(forward_, &QToolButton::clicked, chart_, &ChartView::goForward);
    connect(all_, &QToolButton::clicked, chart_, &ChartView::zoomAll);
    connect(in_, &QToolButton::clicked, chart_, &ChartView::zoomIn);
    connect(out_, &QToolButton::clicked, chart_, &ChartView::zoomOut);
    connect(follow_, &QToolButton::clicked, chart_, &ChartView::setFollowing);
    connect(chart_, &ChartView::viewChanged, this, &RunView::showButtons);
    connect(chart_, &ChartView::readoutChanged, readout_, &QLabel::setText);
    connect(chart_, &ChartView::contentChanged, this, &RunView::fillPage);
    connect(page_, &QComboBox::currentIndexChanged, this, [this](int index) {
        pages_->setCurrentIndex(index);
        readout_->setVisible(index == ChartPage);
        pageChanged(static_cast<Page>(index));
        fillPage();
    });
    connect(run_, &QComboBox::activated, this, &RunView::chooseRun);
    connect(tableView_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (!current.isValid() || !source())
                    return;
                const ChartRow& row = model_.rows()[static_cast<std::size_t>(current.row())];
                selection_.moveCursor(TimeCursor{source()->id(), row.time});
                if (row.event)
                    selection_.set(Pick{source()->id(), *row.event});
            });
}

void RunView::setEmptyText(const QString& text) {
    empty_->setText(text);
}

void RunView::showPage(Page page) {
    madeBody().page_->setCurrentIndex(page);
}

void RunView::showRun(int run) {
    showPage(ChartPage);
    const int index = run_->findData(run);
    if (index >= 0)
        run_->setCurrentIndex(index);
    chooseRun(index >= 0 ? index : 0);
}

void RunView::setSource(const RunSourcePtr& source) {
    source_ = source;
    empty_->setVisible(source == nullptr);
    if (body_ == nullptr && source == nullptr)
        return;
    madeBody().run_->clear();
    chart_->setSource(source);
    dirty_->setSource(source);
    bar_->show(source);
    body_->setVisible(source != nullptr);
    refresh();
    sourceChanged();
}

void RunView::refresh() {
    if (!source())
        return;
    chart_->refresh();
    bar_->refresh();
    showCaption();
    sourceGrew();
}

void RunView::showCaption() {
    QStringList lines;
    std::vector<int> runs;
    source()->look([&](const Recording& recording) {
        lines = captionLines(recording, source()->name());
        for (const RunMetrics& run : recording.metrics().runs())
            runs.push_back(run.run);
    });
    if (source()->growing())
        lines.front().replace(tr("incomplete recording"), tr("live"));
    caption_->setText(lines.front());
    caption_->setToolTip(lines.join(QLatin1Char('\n')) + QLatin1Char('\n') + source()->path());
    run_->setVisible(runs.size() > 1);
    const int have = std::max(0, run_->count() - 1);
    if (have == static_cast<int>(runs.size()))
        return;
    if (run_->count() == 0)
        run_->addItem(tr("last run"), 0);
    for (std::size_t at = static_cast<std::size_t>(have); at < runs.size(); ++at)
        run_->addItem(tr("run %1").arg(runs[at]), runs[at]);
}

void RunView::chooseRun(int index) {
    const int run = run_->itemData(index).toInt();
    bar_->show(source(), run);
    fillPage();
    if (run == 0)
        return;
    // The bar's run is the one in view.
    std::optional<TimeRange> range;
    source()->look([&](const Recording& recording) {
        for (const RunMetrics& each : recording.metrics().runs()) {
            if (each.run == run)
                range = TimeRange{each.begun, each.ended.value_or(recording.lastTime())};
        }
    });
    if (range && range->length() > Ns{0})
        chart_->zoomTo(*range);
}

void RunView::showButtons() {
    back_->setEnabled(chart_->canGoBack());
    forward_->setEnabled(chart_->canGoForward());
    follow_->setEnabled(source() && source()->growing());
    follow_->setChecked(chart_->following());
}

void RunView::fillPage() {
    if (!source() || !chart_->hasCanvas())
        return;
    if (pages_->currentIndex() == TablePage) {
        std::vector<ChartRow> rows;
        source()->look(
            [&](const Recording& recording) { rows = chartRows(recording, chart_->canvas().content()); });
        model_.setRows(std::move(rows));
    } else if (pages_->currentIndex() == ReportPage) {
        QString text;
        source()->look(
            [&](const Recording& recording) { text = QString::fromStdString(reportText(recording)); });
        if (text != report_->toPlainText())
            report_->setPlainText(text);
    } else if (pages_->currentIndex() == PropertiesPage) {
        std::vector<FactSection> facts;
        source()->look([&](const Recording& recording) {
            facts = recordingFacts(recording, source()->path(), source()->growing());
        });
        properties_->setFacts(facts);
    } else if (pages_->currentIndex() == WhatIfPage) {
        WhatIfInputs inputs;
        bool simulated = false;
        source()->look([&](const Recording& recording) {
            const RunMetrics* run = runToShow(recording, run_->currentData().toInt());
            inputs = whatIfInputs(recording, run != nullptr ? run->run : 0);
            simulated = recording.header().simulated;
        });
        whatIf_->setInputs(source()->name(), inputs, simulated);
    } else if (pages_->currentIndex() == DirtyPagesPage) {
        dirty_->refresh();
    }
}

} // namespace migscope
