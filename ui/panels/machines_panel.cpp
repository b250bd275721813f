// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of groups and devices with its filter.
#include "ui/panels/machines_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QTreeView>
#include <QVBoxLayout>

#include <utility>

#include "ui/panels/command_box.h"

namespace migscope {

MachinesPanel::MachinesPanel(QWidget* parent) : QWidget(parent), proxy_(MachineModel::SearchRole) {
    filter_ = new QLineEdit(this);
    filter_->setPlaceholderText(tr("Filter: name, driver, verdict…"));
    filter_->setClearButtonEnabled(true);
    filter_->setAccessibleName(tr("Filter of the devices"));
    proxy_.setSourceModel(&model_);
    tree_ = new QTreeView(this);
    tree_->setModel(&proxy_);
    tree_->setAccessibleName(tr("Groups and devices"));
    tree_->setUniformRowHeights(true);
    tree_->setAllColumnsShowFocus(true);
    tree_->setIndentation(11);
    setMinimumWidth(232);
    tree_->setTextElideMode(Qt::ElideRight);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(MachineModel::Name, QHeaderView::Stretch);
    // As wide as most of its words: measuring every row at every change costs more than all else here.
    tree_->header()->setSectionResizeMode(MachineModel::VerdictWord, QHeaderView::Interactive);
    tree_->header()->resizeSection(MachineModel::VerdictWord,
                                   tree_->fontMetrics().horizontalAdvance(QStringLiteral("● STOP_COPY")) +
                                       14);
    tree_->setTabKeyNavigation(false);
    empty_ = plainLabel({}, this);
    empty_->setContentsMargins(8, 4, 8, 4);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    empty_->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(filter_);
    layout->addWidget(tree_, 1);
    layout->addWidget(empty_, 1);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
        proxy_.setWords(text);
        if (!text.isEmpty())
            tree_->expandAll();
    });
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& current) { onCurrent(current); });
    connect(&proxy_, &QAbstractItemModel::rowsInserted, this, &MachinesPanel::expandFresh);
}

void MachinesPanel::expandFresh(const QModelIndex& parent, int first, int last) {
    // A group that is new is shown open; one that a person has closed stays closed.
    if (parent.isValid()) {
        if (proxy_.rowCount(parent) == last - first + 1)
            tree_->expand(parent);
        return;
    }
    for (int row = first; row <= last; ++row)
        tree_->expand(proxy_.index(row, 0));
}

void MachinesPanel::setRows(std::vector<MachineRow> rows) {
    const bool any = !rows.empty();
    model_.update(std::move(rows));
    tree_->setVisible(any);
    empty_->setVisible(!any);
}

void MachinesPanel::setEmptyText(const QString& text) {
    empty_->setText(text);
}

void MachinesPanel::select(const QString& device) {
    if (device.isEmpty()) {
        tree_->setCurrentIndex({});
        tree_->clearSelection();
        return;
    }
    const QModelIndex index = proxy_.mapFromSource(model_.indexOf(device.toStdString()));
    if (!index.isValid() || tree_->currentIndex().siblingAtColumn(0) == index)
        return;
    tree_->setCurrentIndex(index);
    tree_->scrollTo(index);
}

void MachinesPanel::onCurrent(const QModelIndex& current) {
    emit deviceSelected(current.siblingAtColumn(0).data(MachineModel::DeviceRole).toString());
}

} // namespace migscope
