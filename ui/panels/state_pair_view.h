// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix of state pairs as a heat map: the colour is the verdict, its depth the latency.
#pragma once

#include <QTableView>

#include "ui/models/check_models.h"

namespace migscope {

/// A table, so keys, focus and screen readers work as in any other.
class StatePairView : public QTableView {
    Q_OBJECT
public:
    explicit StatePairView(StatePairModel& model, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    /// A cell was clicked, or reached by a key.
    void pairPicked(migscope::MigState from, migscope::MigState to);

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void focusInEvent(QFocusEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    void pick(const QModelIndex& index);
    StatePairModel& model_;
};

} // namespace migscope
