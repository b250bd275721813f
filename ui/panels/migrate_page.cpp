// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run panel with the live charts of its run below.
#include "ui/panels/migrate_page.h"

#include <QVBoxLayout>

#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"

namespace migscope {

MigratePage::MigratePage(Selection& selection, QWidget* parent)
    : QWidget(parent), panel_(new RunPanel(chooseFile, this)), view_(new RunView(selection, this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    view_->setEmptyText(
        tr("Choose source and destination above and press Start. What happens is drawn here while it "
           "happens: the states of both devices, what has moved, how fast, and how long it is dark."));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(panel_);
    layout->addWidget(view_, 1);
}

} // namespace migscope
