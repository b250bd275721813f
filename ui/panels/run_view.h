// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One recording to look at: chart, downtime bar, and the same as a table and as a report.
#pragma once

#include <QWidget>

#include "ui/charts/chart_take.h"
#include "ui/charts/chart_view.h"
#include "ui/charts/downtime_bar.h"
#include "ui/models/chart_table_model.h"

class QComboBox;
class QLabel;
class QLayout;
class QPlainTextEdit;
class QStackedWidget;
class QTableView;
class QToolButton;
class QVBoxLayout;

namespace migscope {

class DirtyView;
class FactsPanel;
class WhatIfPanel;

class RunView : public QWidget {
    Q_OBJECT
public:
    explicit RunView(Selection& selection, QWidget* parent = nullptr);
    /// Null: `empty` stands in its place.
    void setSource(const RunSourcePtr& source);
    void setEmptyText(const QString& text);
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    /// It grew, or ended.
    void refresh();
    [[nodiscard]] ChartView* chart() { return madeBody().chart_; }
    [[nodiscard]] DowntimeBar* bar() { return madeBody().bar_; }
    [[nodiscard]] QLabel* caption() { return madeBody().caption_; }
    [[nodiscard]] QLabel* readout() { return madeBody().readout_; }
    [[nodiscard]] WhatIfPanel* whatIfPanel() { return madeBody().whatIf_; }
    [[nodiscard]] DirtyView* dirtyView() { return madeBody().dirty_; }
    [[nodiscard]] ChartTableModel& table() { return model_; }
    enum Page { ChartPage, TablePage, ReportPage, PropertiesPage, WhatIfPage, DirtyPagesPage };
    void showPage(Page page);
    /// The run's stretch of time, and its downtime in the bar.
    void showRun(int run);

signals:
    /// Once for each of its charts, when they are made.
    void chartMade(const migscope::ChartOffer& offer);

protected:
    /// Everything but the empty text, made when it is first needed: most of a window's start is its widgets.
    RunView& madeBody();
    [[nodiscard]] Selection& selection() const { return selection_; }
    /// Called once, when everything else of the body is there.
    virtual void makeMore(QVBoxLayout& body);
    virtual void sourceChanged() {}
    virtual void sourceGrew() {}
    /// Another page is shown.
    virtual void pageChanged(Page /*page*/) {}

private:
    QLayout* makeTools();
    QWidget* makeTable();
    QWidget* makeReport();
    void connectParts();
    void showButtons();
    void showCaption();
    void fillPage();
    void chooseRun(int index);

    Selection& selection_;
    RunSourcePtr source_;
    QLabel* empty_;
    QWidget* body_ = nullptr; ///< with it all that follow
    ChartView* chart_ = nullptr;
    DowntimeBar* bar_ = nullptr;
    ChartTableModel model_;
    QLabel* caption_ = nullptr;
    QLabel* readout_ = nullptr;
    QStackedWidget* pages_ = nullptr;
    QTableView* tableView_ = nullptr;
    QPlainTextEdit* report_ = nullptr;
    FactsPanel* properties_ = nullptr;
    WhatIfPanel* whatIf_ = nullptr;
    DirtyView* dirty_ = nullptr;
    QComboBox* page_ = nullptr;
    QComboBox* run_ = nullptr;
    QToolButton* back_ = nullptr;
    QToolButton* forward_ = nullptr;
    QToolButton* all_ = nullptr;
    QToolButton* in_ = nullptr;
    QToolButton* out_ = nullptr;
    QToolButton* follow_ = nullptr;
};

} // namespace migscope
