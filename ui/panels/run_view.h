// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording to look at: chart, downtime bar, and the same as a table and as a report.
#pragma once

#include <QWidget>

#include "ui/charts/chart_view.h"
#include "ui/charts/downtime_bar.h"
#include "ui/models/chart_table_model.h"

class QComboBox;
class QLabel;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace migscope {

class RunView : public QWidget {
    Q_OBJECT
public:
    explicit RunView(Selection& selection, QWidget* parent = nullptr);
    /// Null: `empty` stands in its place.
    void setSource(const RunSourcePtr& source);
    void setEmptyText(const QString& text);
    [[nodiscard]] const RunSourcePtr& source() const { return chart_->source(); }
    /// It grew, or ended.
    void refresh();
    [[nodiscard]] ChartView* chart() const { return chart_; }
    [[nodiscard]] DowntimeBar* bar() const { return bar_; }
    [[nodiscard]] QLabel* caption() const { return caption_; }
    [[nodiscard]] QLabel* readout() const { return readout_; }
    [[nodiscard]] ChartTableModel& table() { return model_; }
    enum Page { ChartPage, TablePage, ReportPage };
    void showPage(Page page);

private:
    QToolButton* button(const QString& text, const QString& name, const QString& help);
    void showButtons();
    void showCaption();
    void fillPage();
    void chooseRun(int index);

    Selection& selection_;
    ChartView* chart_;
    DowntimeBar* bar_;
    ChartTableModel model_;
    QLabel* caption_;
    QLabel* readout_;
    QLabel* empty_;
    QWidget* body_;
    QStackedWidget* pages_;
    QTableView* tableView_;
    QPlainTextEdit* report_;
    QComboBox* page_;
    QComboBox* run_;
    QToolButton* back_ = nullptr;
    QToolButton* forward_ = nullptr;
    QToolButton* all_ = nullptr;
    QToolButton* in_ = nullptr;
    QToolButton* out_ = nullptr;
    QToolButton* follow_ = nullptr;
    QString emptyText_;
};

} // namespace migscope
