// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of recordings: of this session and opened files.
#include "ui/panels/runs_panel.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

#include "ui/panels/command_box.h"
#include "ui/panels/loading_rows.h"
#include "ui/tick_style.h"

namespace migscope {
namespace {

QToolButton* buttonOf(QAction* act, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setDefaultAction(act);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setAccessibleName(name);
    return button;
}

} // namespace

QStringList recordingsIn(const QMimeData& data) {
    QStringList paths;
    const QList<QUrl> urls = data.urls();
    for (const QUrl& url : urls) {
        const QString path = url.toLocalFile();
        if (path.endsWith(QLatin1String(".migrec"), Qt::CaseInsensitive))
            paths << path;
    }
    return paths;
}

RunsPanel::RunsPanel(QWidget* parent) : QWidget(parent) {
    setAcceptDrops(true);
    table_ = new QTableView(this);
    table_->setModel(&model_);
    table_->setAccessibleName(tr("Runs"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    auto* ticks = new TickStyle;
    ticks->setParent(table_);
    table_->setStyle(ticks);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setContextMenuPolicy(Qt::ActionsContextMenu);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 6);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setSectionResizeMode(RunsModel::Name, QHeaderView::Interactive);
    table_->horizontalHeader()->resizeSection(RunsModel::Name,
                                              table_->fontMetrics().horizontalAdvance(QLatin1Char('m')) * 14);
    // What tells runs apart stands first; the host is mostly the same one.
    table_->horizontalHeader()->moveSection(RunsModel::Host, RunsModel::ColumnCount - 1);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->installEventFilter(this);
    empty_ = plainLabel(tr("No recording yet. Each device that you open is recorded and stands here. "
                           "Files: Open, or drop them here."),
                        this);
    empty_->setContentsMargins(8, 4, 8, 4);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    loading_ = new LoadingRows(this);

    open_ = new QAction(tr("Open…"), this);
    save_ = new QAction(tr("Save as…"), this);
    report_ = new QAction(tr("Report…"), this); // only in the menu: the dock is as wide as its buttons
    close_ = new QAction(tr("Close"), this);
    table_->addActions({open_, save_, report_, close_});
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(4, 0, 4, 0);
    buttons->setSpacing(2);
    buttons->addWidget(buttonOf(open_, tr("Open a recording"), this));
    buttons->addWidget(buttonOf(save_, tr("Save the selected recording as"), this));
    buttons->addWidget(buttonOf(close_, tr("Close the selected recording"), this));
    buttons->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addWidget(table_, 1);
    layout->addWidget(empty_, 1);
    layout->addWidget(loading_);
    layout->addLayout(buttons);

    // Not the current row: that one is set by merely coming in with Tab.
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this](const QItemSelection& selected) {
                enableActs();
                if (!selected.isEmpty())
                    emit runSelected(current());
            });
    connect(&model_, &RunsModel::tickedChanged, this, &RunsPanel::tickedChanged);
    connect(&model_, &QAbstractItemModel::dataChanged, this, &RunsPanel::enableActs);
    connect(loading_, &LoadingRows::cancelAsked, this, &RunsPanel::cancelAsked);
    connect(open_, &QAction::triggered, this, &RunsPanel::openAsked);
    connect(save_, &QAction::triggered, this, [this] {
        if (const RunSourcePtr source = current())
            emit saveAsAsked(source);
    });
    connect(report_, &QAction::triggered, this, [this] {
        if (const RunSourcePtr source = current())
            emit reportAsked(source);
    });
    connect(close_, &QAction::triggered, this, &RunsPanel::closeCurrent);
    showList();
}

int RunsPanel::selectedRow() const {
    const QModelIndexList rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.front().row();
}

RunSourcePtr RunsPanel::current() const {
    const int row = selectedRow();
    return row < 0 ? nullptr : model_.entry(row).source;
}

void RunsPanel::showRow(int row) {
    if (row == selectedRow()) // for the view nothing changes, but what stands in the row may have
        emit runSelected(model_.entry(row).source);
    else
        table_->selectRow(row);
}

void RunsPanel::add(const RunSourcePtr& source, bool select, RunKind kind) {
    const int row = model_.add(source, kind);
    showList();
    if (select)
        showRow(row);
}

void RunsPanel::refresh(SourceId source) {
    model_.refresh(source);
}

void RunsPanel::showList() {
    const bool any = model_.rowCount() > 0;
    table_->setVisible(any);
    empty_->setVisible(!any);
    enableActs();
}

void RunsPanel::enableActs() {
    const int row = selectedRow();
    const bool closable = row >= 0 && model_.canRemove(row);
    save_->setEnabled(row >= 0);
    report_->setEnabled(row >= 0);
    close_->setEnabled(closable);
    save_->setToolTip(row >= 0 ? tr("Save the selected recording as a file")
                               : tr("Select a recording first."));
    report_->setToolTip(row >= 0 ? tr("Write the selected recording's report as a page for a browser")
                                 : tr("Select a recording first."));
    close_->setToolTip(closable   ? tr("Take the selected recording out of the list; its file stays")
                       : row >= 0 ? tr("It is being recorded: release its device first.")
                                  : tr("Select a recording first."));
}

void RunsPanel::closeCurrent() {
    const int row = selectedRow();
    if (row < 0 || !model_.canRemove(row))
        return;
    const SourceId source = model_.entry(row).source->id();
    table_->selectionModel()->clear(); // the view would select another row in the middle of the removal
    model_.remove(row);
    showList();
    emit closed(source);
    if (model_.rowCount() > 0 && selectedRow() < 0)
        table_->selectRow(std::min(row, model_.rowCount() - 1));
}

void RunsPanel::showProgress(const QString& path, quint64 read, quint64 total) {
    loading_->showReading(path, read, total);
}

void RunsPanel::showSaveProgress(const QString& path, quint64 done, quint64 total) {
    loading_->showWriting(path, done, total);
}

void RunsPanel::endProgress(const QString& path) {
    loading_->end(path);
}

bool RunsPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched != table_ || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto& key = static_cast<const QKeyEvent&>(*event);
    const QModelIndex at = table_->currentIndex();
    if (!at.isValid() || key.modifiers().testFlag(Qt::ControlModifier))
        return QWidget::eventFilter(watched, event);
    if (key.key() == Qt::Key_Space) { // whatever cell of the row is the current one
        const QModelIndex name = at.siblingAtColumn(RunsModel::Name);
        const bool ticked = name.data(Qt::CheckStateRole).toInt() == Qt::Checked;
        model_.setData(name, ticked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
        return true;
    }
    if (key.key() == Qt::Key_Return || key.key() == Qt::Key_Enter) {
        showRow(at.row());
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void RunsPanel::dragEnterEvent(QDragEnterEvent* event) {
    if (!recordingsIn(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void RunsPanel::dropEvent(QDropEvent* event) {
    const QStringList paths = recordingsIn(*event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    emit filesDropped(paths);
}

} // namespace migscope
