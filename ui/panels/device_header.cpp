// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The selected device's name and the one line in words: its verdict.
#include "ui/panels/device_header.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"

namespace migscope {

DeviceHeader::DeviceHeader(QWidget* parent) : QFrame(parent) {
    name_ = new QLabel(this);
    name_->setTextFormat(Qt::PlainText);
    name_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QFont large = name_->font();
    large.setPointSizeF(large.pointSizeF() * 1.25);
    large.setWeight(QFont::DemiBold);
    name_->setFont(large);
    about_ = plainLabel({}, this);
    about_->setForegroundRole(QPalette::PlaceholderText);
    mark_ = new QLabel(this);
    mark_->setAlignment(Qt::AlignTop);
    verdict_ = plainLabel({}, this);
    verdict_->setObjectName(QStringLiteral("verdict"));
    auto* first = new QHBoxLayout;
    first->setSpacing(8);
    first->addWidget(name_, 0, Qt::AlignTop);
    first->addWidget(about_, 1, Qt::AlignBottom);
    auto* second = new QHBoxLayout;
    second->setSpacing(6);
    second->addWidget(mark_, 0, Qt::AlignTop);
    second->addWidget(verdict_, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 6);
    layout->setSpacing(3);
    layout->addLayout(first);
    layout->addLayout(second);
}

void DeviceHeader::show(const QString& name, const QString& label, const QString& about, const QString& mark,
                        const QString& verdict) {
    name_->setText(name);
    about_->setText(label.isEmpty() ? about : label + QStringLiteral(" · ") + about);
    mark_->setText(mark);
    verdict_->setText(verdict);
    setVisible(!name.isEmpty());
}

} // namespace migscope
