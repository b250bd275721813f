// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// "Why not?" and the next step, for the selected device.
#include "ui/panels/why_panel.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"
#include "ui/panels/scroll_column.h"
#include "ui/words.h"

namespace migscope {

WhyPanel::WhyPanel(QWidget* parent) : QScrollArea(parent) {
    setAccessibleName(tr("Why not, and what next"));
    layout_ = makeScrollColumn(*this);
}

void WhyPanel::setReasons(const std::vector<Reason>& reasons, const QString& allWell) {
    // A reason that stays keeps its widgets: a person may be selecting a command in it.
    if (filled_ && reasons == reasons_ && allWell == allWell_)
        return;
    filled_ = true;
    reasons_ = reasons;
    allWell_ = allWell;
    clearLayout(*layout_);
    if (reasons.empty())
        layout_->addWidget(plainLabel(allWell, widget()));
    for (const Reason& reason : reasons)
        layout_->addWidget(new ReasonCard(shownReason(reason), {}, widget()));
    layout_->addStretch(1);
}

} // namespace migscope
