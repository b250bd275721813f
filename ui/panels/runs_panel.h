// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The list of recordings: of this session and opened files.
#pragma once

#include <QStringList>
#include <QWidget>

#include "ui/models/runs_model.h"

class QAction;
class QLabel;
class QMimeData;
class QTableView;

namespace migscope {

class LoadingRows;

/// The recordings (*.migrec, on this machine) among what is dragged; empty: nothing for us.
[[nodiscard]] QStringList recordingsIn(const QMimeData& data);

/// Space ticks the current row, Enter shows it. Files can be dropped onto it.
class RunsPanel : public QWidget {
    Q_OBJECT
public:
    explicit RunsPanel(QWidget* parent = nullptr);
    [[nodiscard]] RunsModel& model() { return model_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] LoadingRows* loading() const { return loading_; }
    /// Adds it; `select` also shows it (runSelected).
    void add(const RunSourcePtr& source, bool select, RunKind kind = RunKind::File);
    void refresh(SourceId source);
    [[nodiscard]] RunSourcePtr find(SourceId source) const { return model_.find(source); }
    /// The selected one, or null.
    [[nodiscard]] RunSourcePtr current() const;
    [[nodiscard]] QSize sizeHint() const override { return {264, 150}; }

public slots:
    void showProgress(const QString& path, quint64 read, quint64 total);
    void showSaveProgress(const QString& path, quint64 done, quint64 total);
    void endProgress(const QString& path);

signals:
    void runSelected(const migscope::RunSourcePtr& source);
    void tickedChanged();
    void openAsked();
    void saveAsAsked(const migscope::RunSourcePtr& source);
    void reportAsked(const migscope::RunSourcePtr& source);
    /// Of a file that is read or written.
    void cancelAsked(const QString& path);
    void filesDropped(const QStringList& paths);
    /// The person closed it: it is out of the list.
    void closed(migscope::SourceId source);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    [[nodiscard]] int selectedRow() const; ///< -1: none
    void showRow(int row);
    void closeCurrent();
    void enableActs();
    void showList();

    RunsModel model_;
    QTableView* table_ = nullptr;
    QLabel* empty_ = nullptr;
    LoadingRows* loading_ = nullptr;
    QAction* open_ = nullptr;
    QAction* save_ = nullptr;
    QAction* report_ = nullptr;
    QAction* close_ = nullptr;
};

} // namespace migscope
