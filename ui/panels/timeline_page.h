// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The Timeline tab: a recording's chart, with where the devices stood at the cursor, and what happened within
// the selected stretch.
#pragma once

#include "ui/panels/run_view.h"

class QLineEdit;

namespace migscope {

class RangePanel;
class ReplayGrid;

class TimelinePage : public RunView {
    Q_OBJECT
public:
    explicit TimelinePage(Selection& selection, QWidget* parent = nullptr);
    /// Made with the rest of the page.
    [[nodiscard]] RangePanel* range() {
        madeBody();
        return range_;
    }
    [[nodiscard]] ReplayGrid* grid() {
        madeBody();
        return grid_;
    }
    /// Asks for the text of a mark at the cursor, in place.
    void askMark();
    [[nodiscard]] QLineEdit* markField() {
        madeBody();
        return mark_;
    }
    /// Why no mark can be made now; empty: one can.
    void setWhyNoMark(const QString& why);

signals:
    void saveStretchAsked(const migscope::RunSourcePtr& source, migscope::TimeRange range);
    void markAsked(const migscope::RunSourcePtr& source, qint64 timeNs, const QString& text);

protected:
    void makeMore(QVBoxLayout& body) override;
    void sourceChanged() override;
    void sourceGrew() override;
    void pageChanged(Page page) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showCursor();
    ReplayGrid* grid_ = nullptr;
    RangePanel* range_ = nullptr;
    QWidget* details_ = nullptr;
    QLineEdit* mark_ = nullptr;
    QToolButton* addMark_ = nullptr;
    QString whyNoMark_;
};

} // namespace migscope
