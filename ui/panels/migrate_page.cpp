// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The run panel with the live charts of its run below.
#include "ui/panels/migrate_page.h"

#include <QVBoxLayout>

#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"

namespace migscope {

MigratePage::MigratePage(Selection& selection, QWidget* parent)
    : QWidget(parent), view_(new RunView(selection, this)) {
    setWindowTitle(tr("Migrate")); // of its tab
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    view_->setEmptyText(
        tr("Choose source and destination above and press Start. What happens is drawn here while it "
           "happens: the states of both devices, what has moved, how fast, and how long it is dark."));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(view_, 1);
}

RunPanel* MigratePage::panel() {
    if (panel_ == nullptr) {
        panel_ = new RunPanel(chooseFile, this);
        qobject_cast<QVBoxLayout*>(layout())->insertWidget(0, panel_);
        setTabOrder(panel_, view_);
        emit panelMade(panel_);
    }
    return panel_;
}

void MigratePage::showEvent(QShowEvent* event) {
    static_cast<void>(panel());
    QWidget::showEvent(event);
}

} // namespace migscope
