// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of recordings: of this session and opened files.
#include "ui/panels/runs_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"

namespace migscope {

RunsPanel::RunsPanel(QWidget* parent) : QWidget(parent) {
    table_ = new QTableView(this);
    table_->setModel(&model_);
    table_->setAccessibleName(tr("Runs"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 6);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setSectionResizeMode(RunsModel::Name, QHeaderView::Stretch);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->hide();
    empty_ = plainLabel(
        tr("No recording yet. Each device that you open is recorded; what was recorded stands here "
           "once it is released. Files: Open recording."),
        this);
    empty_->setContentsMargins(8, 4, 8, 4);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(table_, 1);
    layout->addWidget(empty_, 1);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                if (current.isValid())
                    emit runSelected(current.row());
            });
}

void RunsPanel::add(const QString& path, const std::shared_ptr<const Recording>& recording, bool select) {
    const int row = model_.add(path, recording);
    empty_->hide();
    table_->show();
    if (select) {
        table_->selectRow(row);
        emit runSelected(row);
    }
}

} // namespace migscope
