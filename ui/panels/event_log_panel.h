// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: a table with a filter; follows the newest row while it is at its end.
#pragma once

#include <QWidget>

#include "ui/models/event_log_model.h"
#include "ui/models/word_filter.h"

class QLineEdit;
class QTableView;
class QToolButton;

namespace migscope {

class EventLogPanel : public QWidget {
    Q_OBJECT
public:
    explicit EventLogPanel(QWidget* parent = nullptr);
    [[nodiscard]] EventLogModel& model() { return model_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    /// The selected rows, or all that the filter shows, to the clipboard.
    void copy();
    [[nodiscard]] QSize sizeHint() const override { return {800, 170}; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    EventLogModel model_;
    WordFilter proxy_;
    QLineEdit* filter_ = nullptr;
    QTableView* table_ = nullptr;
    bool follow_ = true;
};

} // namespace migscope
