// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: a table with a filter, and the selected event taken apart beside it.
#include "ui/panels/event_log_panel.h"

#include <QClipboard>
#include <QComboBox>
#include <QEvent>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "ui/event_decode.h"
#include "ui/panels/command_box.h"

namespace migscope {
namespace {

/// Events read at one go: about a millisecond.
constexpr std::size_t portion = 2000;

} // namespace

EventLogPanel::EventLogPanel(Selection& selection, Resolver resolve, QWidget* parent)
    : QWidget(parent), selection_(selection), resolve_(std::move(resolve)) {
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter: dev:3b:00.2 kind:arc errno:EBUSY >10ms, or any words"));
    filter_->setToolTip(EventFilter::help());
    filter_->setClearButtonEnabled(true);
    filter_->setAccessibleName(tr("Filter of the event log"));
    filter_->setAccessibleDescription(EventFilter::help());
    timeFrom_ = new QComboBox(this);
    timeFrom_->addItems({tr("Since start"), tr("Since previous"), tr("Since cursor"), tr("Wall clock")});
    timeFrom_->setAccessibleName(tr("Times of the event log"));
    timeFrom_->setToolTip(tr("What the times count from"));
    calls_ = new QToolButton(this);
    calls_->setText(tr("Calls"));
    calls_->setCheckable(true);
    calls_->setToolTip(tr("Show every recorded call as a row, reads and writes too"));
    calls_->setAccessibleName(tr("Show calls"));
    auto* copyButton = new QToolButton(this);
    copyButton->setText(tr("Copy"));
    copyButton->setToolTip(tr("Copy the selected rows, or all that the filter shows"));
    copyButton->setAccessibleName(tr("Copy the event log"));
    for (QToolButton* button : {calls_, copyButton})
        button->setFocusPolicy(Qt::StrongFocus);
    message_ = plainLabel({}, this);
    message_->hide();
    unhide_ = new QToolButton(this);
    unhide_->setText(tr("Show it"));
    unhide_->setAccessibleName(tr("Clear the filter and show the selected event"));
    unhide_->setFocusPolicy(Qt::StrongFocus);
    unhide_->hide();
    table_ = new QTableView(this);
    table_->setModel(&view_);
    table_->setAccessibleName(tr("Event log"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setAlternatingRowColors(true);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 4);
    decode_ = new QPlainTextEdit(this);
    decode_->setReadOnly(true);
    decode_->setTabChangesFocus(true);
    decode_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    decode_->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    decode_->setPlaceholderText(tr("Select an event: its call, bytes, errno and rule stand here."));
    decode_->setAccessibleName(tr("The selected event, taken apart"));
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(table_);
    splitter->addWidget(decode_);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(filter_, 1);
    row->addWidget(timeFrom_);
    row->addWidget(calls_);
    row->addWidget(copyButton);
    auto* said = new QHBoxLayout;
    said->addWidget(message_, 1);
    said->addWidget(unhide_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(row);
    layout->addLayout(said);
    layout->addWidget(splitter, 1);
    table_->installEventFilter(this);
    setLog(live_);
    QHeaderView* header = table_->horizontalHeader();
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setStretchLastSection(true);
    const QFontMetrics metrics = table_->fontMetrics();
    header->resizeSection(EventLogModel::Time,
                          metrics.horizontalAdvance(QStringLiteral("Since previous (s)")) + 18);
    header->resizeSection(EventLogModel::DeviceName,
                          metrics.horizontalAdvance(QStringLiteral("00000000…0000")) + 14);
    header->resizeSection(EventLogModel::Kind, metrics.horizontalAdvance(QStringLiteral("asked-back")) + 18);
    reading_.setInterval(0);
    connect(&reading_, &QTimer::timeout, this, &EventLogPanel::readOn);
    connect(filter_, &QLineEdit::textChanged, this, &EventLogPanel::applyFilter);
    connect(timeFrom_, &QComboBox::currentIndexChanged, this,
            [this](int index) { view_.setTimeFrom(static_cast<TimeFrom>(index)); });
    connect(calls_, &QToolButton::toggled, this, [this](bool show) {
        view_.setShowCalls(show);
        showPick();
    });
    connect(copyButton, &QToolButton::clicked, this, &EventLogPanel::copy);
    connect(unhide_, &QToolButton::clicked, this, &EventLogPanel::unhide);
    connect(&view_, &QAbstractItemModel::rowsAboutToBeInserted, this, [this] {
        const QScrollBar* bar = table_->verticalScrollBar();
        follow_ = bar->value() >= bar->maximum();
    });
    connect(&view_, &QAbstractItemModel::rowsInserted, this, [this] {
        if (follow_)
            table_->scrollToBottom();
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &EventLogPanel::onCurrent);
    for (EventLogModel* log : {&live_, &recorded_}) {
        connect(log, &QAbstractItemModel::dataChanged, this,
                [this, log](const QModelIndex& first, const QModelIndex& last) {
                    const int picked = log == log_ ? pickedRow() : -1;
                    if (picked >= first.row() && picked <= last.row())
                        // Later: the filter has not yet judged the row anew.
                        QMetaObject::invokeMethod(this, &EventLogPanel::showPick, Qt::QueuedConnection);
                });
    }
    connect(&selection_, &Selection::changed, this, &EventLogPanel::showPick);
    connect(&selection_, &Selection::cursorMoved, this, &EventLogPanel::showCursor);
}

void EventLogPanel::setLog(EventLogModel& log) {
    if (log_ == &log)
        return;
    log_ = &log;
    const QScopedValueRollback showing(showing_, true);
    view_.setLog(log);
    showCursor();
}

void EventLogPanel::showLive() {
    reading_.stop();
    const bool other = log_ != &live_;
    setLog(live_);
    showPick();
    if (other && !table_->currentIndex().isValid())
        table_->scrollToBottom(); // another log stood here: this one is followed again
}

void EventLogPanel::showSource(const RunSourcePtr& source) {
    if (source != source_) {
        source_ = source;
        read_ = 0;
        recorded_.clear();
        recorded_.addSource(source);
        source->look([this](const Recording& recording) { recorded_.setZero(recording.header().t0); });
        // What would be dropped again is not read. An arc's begin, call and end are one row.
        constexpr std::size_t most = EventLogModel::capacity * 3;
        source->look([this](const Recording& recording) {
            const std::size_t all = recording.events().size();
            read_ = all > most ? all - most : 0;
        });
    }
    setLog(recorded_);
    readOn();
    showPick();
}

void EventLogPanel::grew(SourceId id) {
    if (source_ && source_->id() == id && log_ == &recorded_)
        readOn();
}

void EventLogPanel::readOn() {
    std::vector<Event> events;
    bool more = false;
    const std::size_t first = read_;
    source_->look([&](const Recording& recording) {
        const auto& all = recording.events();
        const std::size_t end = std::min(all.size(), read_ + portion);
        events.assign(all.begin() + static_cast<std::ptrdiff_t>(std::min(read_, end)),
                      all.begin() + static_cast<std::ptrdiff_t>(end));
        more = end < all.size();
        read_ = end;
    });
    if (!events.empty())
        recorded_.append(source_->id(), first, events);
    if (more != reading_.isActive()) {
        more ? reading_.start() : reading_.stop();
        if (!more)
            showPick();
    }
}

void EventLogPanel::applyFilter() {
    view_.setFilter(EventFilter::parse(filter_->text()));
    showPick();
}

void EventLogPanel::showMessage(int hiddenRow) {
    QStringList lines;
    for (const QString& error : view_.filter().errors())
        lines << tr("Not a filter: %1.").arg(error);
    filter_->setAccessibleDescription(lines.isEmpty() ? EventFilter::help() : lines.join(QLatin1Char('\n')));
    if (hiddenRow >= 0)
        lines << (filter_->text().isEmpty() ? tr("The selected event is a call, and calls are not shown.")
                                            : tr("The selected event is hidden by the filter."));
    message_->setText(lines.join(QLatin1Char('\n')));
    message_->setVisible(!lines.isEmpty());
    unhide_->setVisible(hiddenRow >= 0);
}

void EventLogPanel::unhide() {
    if (const int row = pickedRow(); row >= 0 && log_->row(row).isCall)
        calls_->setChecked(true);
    filter_->clear();
    table_->setFocus(); // the button goes
    showPick();
}

void EventLogPanel::onCurrent(const QModelIndex& current) {
    if (showing_ || !current.isValid())
        return;
    // The table is about to select what the person meant, perhaps a row more: nothing is selected for them.
    const QScopedValueRollback picking(picking_, true);
    selection_.set(view_.rowAt(current.row()).pick);
}

int EventLogPanel::pickedRow() const {
    const auto& pick = selection_.pick();
    return pick ? log_->rowOf(*pick) : -1;
}

void EventLogPanel::showPick() {
    const QScopedValueRollback showing(showing_, true);
    const int row = pickedRow();
    const QModelIndex shown = row < 0 ? QModelIndex() : view_.mapFromSource(log_->index(row, 0));
    if (picking_) {
        // It is the table's own.
    } else if (!shown.isValid()) {
        table_->selectionModel()->clear(); // the current row too: a click on it must pick it again
    } else if (table_->currentIndex().row() != shown.row() ||
               !table_->selectionModel()->isRowSelected(shown.row())) {
        table_->selectRow(shown.row());
        table_->scrollTo(shown);
    }
    showMessage(shown.isValid() ? -1 : row);
    showDecode();
}

void EventLogPanel::showDecode() {
    QString text;
    if (auto pick = selection_.pick()) {
        // An arc is one row, whichever of its events was picked: the end tells all.
        if (const int row = pickedRow(); row >= 0)
            pick = log_->row(row).pick;
        if (const RunSourcePtr source = resolve_(pick->source)) {
            source->look(
                [&](const Recording& recording) { text = decodeText(decodeEvent(recording, pick->event)); });
        }
    }
    if (text == decode_->toPlainText())
        return;
    // Not before there is a text: finding a font is a part of a window's start that can be felt.
    decode_->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    decode_->setPlainText(text);
}

void EventLogPanel::showCursor() {
    const auto& cursor = selection_.cursor();
    view_.setCursor(cursor ? log_->clockTime(*cursor) : std::nullopt);
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
        for (int row = 0; row < view_.rowCount(); ++row)
            rows << view_.index(row, 0);
    }
    QGuiApplication::clipboard()->setText(view_.textOf(rows));
}

} // namespace migscope
