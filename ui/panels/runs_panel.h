// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of recordings: of this session and opened files.
#pragma once

#include <QWidget>

#include "ui/models/runs_model.h"

class QLabel;
class QTableView;

namespace migscope {

class RunsPanel : public QWidget {
    Q_OBJECT
public:
    explicit RunsPanel(QWidget* parent = nullptr);
    [[nodiscard]] RunsModel& model() { return model_; }
    /// Adds it; `select` also shows it.
    void add(const QString& path, const std::shared_ptr<const Recording>& recording, bool select);
    [[nodiscard]] QSize sizeHint() const override { return {264, 150}; }

signals:
    void runSelected(int row);

private:
    RunsModel model_;
    QTableView* table_ = nullptr;
    QLabel* empty_ = nullptr;
};

} // namespace migscope
