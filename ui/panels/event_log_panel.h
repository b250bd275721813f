// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The event log: a table with a filter, and the selected event taken apart beside it.
#pragma once

#include <QTimer>
#include <QWidget>

#include <functional>

#include "ui/models/event_log_model.h"
#include "ui/models/event_view_model.h"
#include "ui/run_source.h"
#include "ui/selection.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTableView;
class QToolButton;

namespace migscope {

/// Shows what the machine's devices do live, or the events of one recording. Follows the newest row while it
/// is at its end.
class EventLogPanel : public QWidget {
    Q_OBJECT
public:
    using Resolver = std::function<RunSourcePtr(SourceId)>;
    EventLogPanel(Selection& selection, Resolver resolve, QWidget* parent = nullptr);

    /// The log of this session's devices; fed from outside.
    [[nodiscard]] EventLogModel& model() { return live_; }
    void showLive();
    /// Reads the source in portions between other work: a large one fills while the window goes on.
    void showSource(const RunSourcePtr& source);
    /// More events of the source that is shown.
    void grew(SourceId id);
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    [[nodiscard]] EventViewModel& view() { return view_; }
    [[nodiscard]] QLineEdit* filter() const { return filter_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] QPlainTextEdit* decode() const { return decode_; }
    [[nodiscard]] QLabel* message() const { return message_; }
    [[nodiscard]] QComboBox* timeFrom() const { return timeFrom_; }
    [[nodiscard]] QToolButton* calls() const { return calls_; }
    /// The selected rows, or all that the filter shows, to the clipboard.
    void copy();
    [[nodiscard]] QSize sizeHint() const override { return {800, 190}; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void setLog(EventLogModel& log);
    void readOn();
    void applyFilter();
    void onCurrent(const QModelIndex& current);
    void showPick();
    void showDecode();
    void showCursor();
    /// What is wrong with the filter; and that it hides this row of the log (-1: none).
    void showMessage(int hiddenRow);
    void unhide();
    /// The row of the log that the selected event leads to, shown or not; -1: none.
    [[nodiscard]] int pickedRow() const;

    Selection& selection_;
    Resolver resolve_;
    EventLogModel live_;
    EventLogModel recorded_;
    EventLogModel* log_ = nullptr; ///< the one that is shown
    EventViewModel view_;
    RunSourcePtr source_; ///< of recorded_
    std::size_t read_ = 0;
    QTimer reading_;
    QLineEdit* filter_ = nullptr;
    QComboBox* timeFrom_ = nullptr;
    QToolButton* calls_ = nullptr;
    QLabel* message_ = nullptr;
    QToolButton* unhide_ = nullptr;
    QTableView* table_ = nullptr;
    QPlainTextEdit* decode_ = nullptr;
    bool follow_ = true;
    bool picking_ = false; ///< the selection follows a key or click in the table
    bool showing_ = false; ///< what the table selects comes from the selection, not from the person
};

} // namespace migscope
