// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The column of the side panels.
#include "ui/panels/scroll_column.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace migscope {

QVBoxLayout* makeScrollColumn(QScrollArea& area) {
    area.setWidgetResizable(true);
    area.setMinimumWidth(226);
    area.setFrameShape(QFrame::NoFrame);
    area.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(&area);
    content->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(8, 4, 8, 8);
    area.setWidget(content);
    area.setBackgroundRole(QPalette::Base);
    return column;
}

} // namespace migscope
