// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The tree of groups and devices with its filter.
#pragma once

#include <QWidget>

#include "ui/models/machine_model.h"
#include "ui/models/word_filter.h"

class QLabel;
class QLineEdit;
class QTreeView;

namespace migscope {

class MachinesPanel : public QWidget {
    Q_OBJECT
public:
    explicit MachinesPanel(QWidget* parent = nullptr);
    void setRows(std::vector<MachineRow> rows);
    void setRow(const MachineRow& row) { model_.updateDevice(row); }
    /// Stands in place of an empty list.
    void setEmptyText(const QString& text);
    /// Selects the device and scrolls to it; an empty name clears the selection.
    void select(const QString& device);
    [[nodiscard]] QTreeView* tree() const { return tree_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QSize sizeHint() const override { return {264, 420}; }

signals:
    /// Empty: a group, or nothing.
    void deviceSelected(const QString& device);

private:
    void onCurrent(const QModelIndex& current);
    void expandFresh(const QModelIndex& parent, int first, int last);
    MachineModel model_;
    WordFilter proxy_;
    QLineEdit* filter_ = nullptr;
    QTreeView* tree_ = nullptr;
    QLabel* empty_ = nullptr;
};

} // namespace migscope
