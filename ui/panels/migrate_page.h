// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run panel with the live charts of its run below.
#pragma once

#include <QWidget>

#include "ui/selection.h"

namespace migscope {

class RunPanel;
class RunView;

class MigratePage : public QWidget {
    Q_OBJECT
public:
    explicit MigratePage(Selection& selection, QWidget* parent = nullptr);
    /// Made when it is first needed: its controls are a good part of a window's start.
    [[nodiscard]] RunPanel* panel();
    [[nodiscard]] bool hasPanel() const { return panel_ != nullptr; }
    [[nodiscard]] RunView* view() const { return view_; }

signals:
    void panelMade(migscope::RunPanel* panel);

protected:
    void showEvent(QShowEvent* event) override;

private:
    RunPanel* panel_ = nullptr;
    RunView* view_;
};

} // namespace migscope
