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
    [[nodiscard]] RunPanel* panel() const { return panel_; }
    [[nodiscard]] RunView* view() const { return view_; }

private:
    RunPanel* panel_;
    RunView* view_;
};

} // namespace migscope
