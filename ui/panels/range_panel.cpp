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
#include "ui/panels/command_box.h"

namespace migscope {

RangePanel::RangePanel(Selection& selection, QWidget* parent) : QWidget(parent), selection_(selection) {
    setAccessibleName(tr("Stretch of time"));
    title_ = plainLabel({}, this);
    title_->setObjectName(QStringLiteral("range title"));
    title_->setWordWrap(false);
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    zoom_ = button(tr("Zoom"), tr("Zoom to the stretch"), tr("Show only this stretch in the chart"));
    save_ = button(tr("Save…"), tr("Save the stretch"), tr("Write this stretch as a recording of its own"));
    copy_ = button(tr("Copy"), tr("Copy the statistics"), tr("Copy the table, tab-separated"));
    clear_ = button(tr("Clear"), tr("Clear the stretch"), tr("Select nothing (Escape in the chart)"));
    auto* acts = new QVBoxLayout;
    acts->setSpacing(0);
    for (QToolButton* each : {zoom_, save_, copy_, clear_})
        acts->addWidget(each);
    acts->addStretch(1);
    table_ = new QTableView(this);
    table_->setModel(&model_);
    table_->setAccessibleName(tr("Statistics of the stretch"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->setAlternatingRowColors(true);
    table_->setWordWrap(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 4);
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
            [this] { QGuiApplication::clipboard()->setText(model_.asTsv()); });
    connect(clear_, &QToolButton::clicked, this, [this] { selection_.select(std::nullopt); });
    showStats();
}

QToolButton* RangePanel::button(const QString& text, const QString& name, const QString& help) {
    auto* made = new QToolButton(this);
    made->setText(text);
    made->setAccessibleName(name);
    made->setToolTip(help);
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::StrongFocus);
    made->setMaximumHeight(made->fontMetrics().height() + 4); // four of them stand beside a small table
    return made;
}

void RangePanel::setSource(const RunSourcePtr& source) {
    source_ = source;
    showStats();
}

void RangePanel::refresh() {
    if (isVisible() && range())
        showStats();
}

void RangePanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    showStats();
}

std::optional<TimeRange> RangePanel::range() const {
    const auto& stretch = selection_.stretch();
    return source_ && stretch && stretch->source == source_->id() ? std::optional(stretch->range)
                                                                  : std::nullopt;
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
        stats = rangeStats(recording, chosen->from, chosen->to);
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
