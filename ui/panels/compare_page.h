// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Compare tab: the ticked recordings over each other, the spread of their runs, and the difference table.
#pragma once

#include <QWidget>

#include <vector>

#include "ui/charts/chart_take.h"
#include "ui/charts/overlay_view.h"
#include "ui/charts/spread_strip.h"
#include "ui/models/compare_model.h"
#include "ui/run_source.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QTableView;
class QToolButton;

namespace migscope {

/// Its widgets are made when there is something to compare.
class ComparePage : public QWidget {
    Q_OBJECT
public:
    explicit ComparePage(QWidget* parent = nullptr);
    /// The ticked ones, in the order of the list.
    void setSources(const std::vector<RunSourcePtr>& sources);
    /// One grew or ended; looked at when the page is shown.
    void refresh(SourceId source);
    [[nodiscard]] const std::vector<RunSourcePtr>& sources() const { return sources_; }
    [[nodiscard]] CompareModel& model() { return model_; }
    [[nodiscard]] SpreadStrip* strip() const { return strip_; }
    [[nodiscard]] OverlayView* overlay() const { return overlay_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] QLabel* verdict() const { return verdict_; }
    [[nodiscard]] QComboBox* base() const { return base_; }
    [[nodiscard]] QComboBox* figure() const { return figure_; }
    /// Of sources(); 0 before there is something to compare.
    [[nodiscard]] std::size_t baseIndex() const;
    [[nodiscard]] bool withoutFirst() const;

signals:
    /// A person wants to see this run.
    void runPicked(const migscope::RunSourcePtr& source, int run);
    /// Once for each of its charts, when they are made.
    void chartMade(const migscope::ChartOffer& offer);
    /// A person wants a report of what is shown.
    void reportAsked();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void makeBody();
    void showAll();
    void showStrip();
    void showTable();
    void showOverlay();
    [[nodiscard]] std::optional<ChartTake> take(const QWidget& chart, const QString& name,
                                                const QString& title) const;
    [[nodiscard]] QString differences() const;
    [[nodiscard]] QString labelOf(std::size_t source) const;

    std::vector<RunSourcePtr> sources_;
    CompareModel model_;
    QLabel* empty_;
    QWidget* body_ = nullptr; ///< with it all that follow
    QLabel* verdict_ = nullptr;
    QComboBox* base_ = nullptr;
    QComboBox* figure_ = nullptr;
    QCheckBox* withoutFirst_ = nullptr;
    QToolButton* copy_ = nullptr;
    SpreadStrip* strip_ = nullptr;
    QWidget* strips_ = nullptr; ///< scrolls it
    OverlayView* overlay_ = nullptr;
    QTableView* table_ = nullptr;
    bool stale_ = false;
};

} // namespace migscope
