// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected stretch of time: its ends, what happened in it, and what can be done with it.
#pragma once

#include <QWidget>

#include "ui/charts/zoom_stack.h"
#include "ui/models/range_model.h"
#include "ui/run_source.h"
#include "ui/selection.h"

class QLabel;
class QTableView;
class QToolButton;

namespace migscope {

/// Shows the window's stretch when it is of the source; asks for nothing while it is hidden.
class RangePanel : public QWidget {
    Q_OBJECT
public:
    explicit RangePanel(Selection& selection, QWidget* parent = nullptr);
    void setSource(const RunSourcePtr& source);
    /// The source grew.
    void refresh();
    [[nodiscard]] RangeModel& model() { return model_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] QLabel* title() const { return title_; }
    [[nodiscard]] int counts() const { return counts_; } ///< so often the stretch was counted

signals:
    void zoomAsked(migscope::TimeRange range);
    void saveAsked(const migscope::RunSourcePtr& source, migscope::TimeRange range);

protected:
    void showEvent(QShowEvent* event) override;

private:
    /// What the figures in view were counted of.
    struct Counted {
        TimeRange range;
        std::size_t marks = 0;
        bool whole = false; ///< nothing more comes into the stretch, but marks
        friend bool operator==(const Counted&, const Counted&) = default;
    };
    [[nodiscard]] static Counted countedOf(const Recording& recording, const TimeRange& range);
    [[nodiscard]] std::optional<TimeRange> range() const;
    [[nodiscard]] QString simulatedLabel() const; ///< empty when it is not simulated
    void showStats();

    Selection& selection_;
    RunSourcePtr source_;
    RangeModel model_;
    Counted counted_;
    int counts_ = 0;
    QLabel* title_ = nullptr;
    QTableView* table_ = nullptr;
    QToolButton* zoom_ = nullptr;
    QToolButton* save_ = nullptr;
    QToolButton* copy_ = nullptr;
    QToolButton* clear_ = nullptr;
};

} // namespace migscope
