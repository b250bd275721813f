// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: a table with a filter; follows the newest row while it is at its end.
#include "ui/panels/event_log_panel.h"

#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace migscope {

EventLogPanel::EventLogPanel(QWidget* parent) : QWidget(parent), proxy_(-1) {
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter the events: words of the device, kind or text"));
    filter_->setClearButtonEnabled(true);
    filter_->setAccessibleName(tr("Filter of the event log"));
    auto* copyButton = new QToolButton(this);
    copyButton->setText(tr("Copy"));
    copyButton->setToolTip(tr("Copy the selected rows, or all that the filter shows"));
    copyButton->setAccessibleName(tr("Copy the event log"));
    copyButton->setFocusPolicy(Qt::StrongFocus);
    proxy_.setSourceModel(&model_);
    table_ = new QTableView(this);
    table_->setModel(&proxy_);
    table_->setAccessibleName(tr("Event log"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setAlternatingRowColors(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 4);
    QHeaderView* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setStretchLastSection(true);
    const QFontMetrics metrics = table_->fontMetrics();
    header->resizeSection(EventLogModel::Time, metrics.horizontalAdvance(QStringLiteral("0000.000000")) + 14);
    header->resizeSection(EventLogModel::DeviceName,
                          metrics.horizontalAdvance(QStringLiteral("0000:00:00.0")) + 14);
    header->resizeSection(EventLogModel::Kind, metrics.horizontalAdvance(QStringLiteral("asked-back")) + 18);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(filter_, 1);
    row->addWidget(copyButton);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(row);
    layout->addWidget(table_, 1);
    table_->installEventFilter(this);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) { proxy_.setWords(text); });
    connect(copyButton, &QToolButton::clicked, this, &EventLogPanel::copy);
    connect(&proxy_, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar* bar = table_->verticalScrollBar();
        follow_ = bar->value() >= bar->maximum();
    });
    connect(&proxy_, &QAbstractItemModel::rowsInserted, this, [this] {
        if (follow_)
            table_->scrollToBottom();
    });
}

bool EventLogPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == table_ && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void EventLogPanel::copy() {
    QModelIndexList rows = table_->selectionModel()->selectedRows();
    if (rows.isEmpty()) {
        for (int row = 0; row < proxy_.rowCount(); ++row)
            rows << proxy_.index(row, 0);
    }
    QModelIndexList source;
    for (const QModelIndex& index : std::as_const(rows))
        source << proxy_.mapToSource(index);
    QGuiApplication::clipboard()->setText(model_.textOf(source));
}

} // namespace migscope
