// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected recording in words: what was measured and what happened.
#pragma once

#include <QWidget>

#include "ui/models/event_log_model.h"
#include "ui/models/runs_model.h"

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace migscope {

class ReportPage : public QWidget {
    Q_OBJECT
public:
    explicit ReportPage(QWidget* parent = nullptr);
    void showRun(const RunsModel::Entry& entry);

private:
    EventLogModel events_;
    QLabel* head_ = nullptr;
    QPlainTextEdit* report_ = nullptr;
    QTableView* table_ = nullptr;
};

} // namespace migscope
