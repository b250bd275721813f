// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected stretch of time.
#include "ui/panels/range_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/charts/chart_words.h"
#include "ui/models/table_text.h"
#include "ui/panels/command_box.h"
#include "ui/panels/flat_parts.h"

namespace migscope {

RangePanel::RangePanel(Selection& selection, QWidget* parent) : QWidget(parent), selection_(selection) {
    setAccessibleName(tr("Stretch of time"));
    title_ = plainLabel({}, this);
    title_->setObjectName(QStringLiteral("range title"));
    title_->setWordWrap(false);
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    zoom_ =
        flatButton(tr("Zoom"), tr("Zoom to the stretch"), tr("Show only this stretch in the chart"), this);
    save_ = flatButton(tr("Save…"), tr("Save the stretch"),
                       tr("Write this stretch as a recording of its own"), this);
    copy_ = flatButton(tr("Copy"), tr("Copy the statistics"), tr("Copy the table, tab-separated"), this);
    clear_ =
        flatButton(tr("Clear"), tr("Clear the stretch"), tr("Select nothing (Escape in the chart)"), this);
    auto* acts = new QVBoxLayout;
    acts->setSpacing(0);
    for (QToolButton* each : {zoom_, save_, copy_, clear_}) {
        each->setMaximumHeight(each->fontMetrics().height() + 4); // four of them stand beside a small table
        acts->addWidget(each);
    }
    acts->addStretch(1);
    table_ = plainTable(model_, tr("Statistics of the stretch"), this);
    table_->setWordWrap(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    // What takes the room that figures need is told in full by its tool tip.
    table_->horizontalHeader()->setSectionResizeMode(RangeModel::What, QHeaderView::Interactive);
    table_->horizontalHeader()->resizeSection(RangeModel::What,
                                              table_->fontMetrics().horizontalAdvance(QLatin1Char('m')) * 14);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table_->setMinimumHeight(44);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(title_);
    auto* below = new QHBoxLayout;
    below->setSpacing(3);
    below->addWidget(table_, 1);
    below->addLayout(acts);
    layout->addLayout(below, 1);
    connect(&selection_, &Selection::stretchChanged, this, &RangePanel::showStats);
    connect(zoom_, &QToolButton::clicked, this, [this] {
        if (const auto chosen = range())
            emit zoomAsked(*chosen);
    });
    connect(save_, &QToolButton::clicked, this, [this] {
        if (const auto chosen = range())
            emit saveAsked(source_, *chosen);
    });
    connect(copy_, &QToolButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(labelled(tableText(model_), simulatedLabel())); });
    connect(clear_, &QToolButton::clicked, this, [this] { selection_.select(std::nullopt); });
    showStats();
}

void RangePanel::setSource(const RunSourcePtr& source) {
    source_ = source;
    counted_ = {};
    showStats();
}

void RangePanel::refresh() {
    const auto chosen = range();
    if (!isVisible() || !chosen)
        return;
    // Counting a long stretch costs, and a live recording grows often: what lies wholly in the past stays.
    Counted now;
    source_->look([&](const Recording& recording) { now = countedOf(recording, *chosen); });
    if (!now.whole || now != counted_)
        showStats();
}

RangePanel::Counted RangePanel::countedOf(const Recording& recording, const TimeRange& range) {
    std::size_t marks = recording.charts().marks().size(); // notes and the kernel's lines come late
    for (const auto& [device, chart] : recording.charts().devices())
        marks += chart.marks.size();
    return {range, marks, recording.lastTime() > range.to};
}

void RangePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    showStats();
}

QString RangePanel::simulatedLabel() const {
    QString label;
    if (source_) {
        source_->look([&](const Recording& recording) {
            if (recording.header().simulated)
                label = captionLines(recording, source_->name()).front();
        });
    }
    return label;
}

std::optional<TimeRange> RangePanel::range() const {
    return selection_.stretchIn(source_);
}

void RangePanel::showStats() {
    const auto chosen = range();
    for (QToolButton* each : {zoom_, save_, copy_, clear_})
        each->setEnabled(chosen.has_value());
    table_->setEnabled(chosen.has_value());
    if (!chosen) {
        title_->setText(tr("Select a stretch of time: Ctrl+drag in the chart, or [ and ] at the cursor."));
        title_->setToolTip({});
        model_.clear();
        return;
    }
    if (!isVisible())
        return;
    RangeStats stats;
    QStringList devices;
    source_->look([&](const Recording& recording) {
        counted_ = countedOf(recording, *chosen);
        stats = rangeStats(recording, chosen->from, chosen->to);
        ++counts_;
        for (const RecordedDevice& device : recording.header().devices)
            devices << QString::fromStdString(device.name);
    });
    QString text = tr("%3: %1 to %2 · %n event(s)", nullptr, static_cast<int>(stats.events))
                       .arg(timeText(chosen->from), timeText(chosen->to), timeText(chosen->length()));
    if (stats.failedCalls > 0)
        text += tr(" · %n failed call(s)", nullptr, static_cast<int>(stats.failedCalls));
    if (stats.marks > 0)
        text += tr(" · %n mark(s)", nullptr, static_cast<int>(stats.marks));
    title_->setText(text);
    title_->setToolTip(text);
    model_.setStats(stats, devices);
}

} // namespace migscope
