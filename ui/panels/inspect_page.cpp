// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state grid of the selected device with the acts above it, its stream and the words below.
#include "ui/panels/inspect_page.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/panels/command_box.h"
#include "ui/panels/stream_panel.h"
#include "ui/state_grid.h"
#include "ui/theme.h"

namespace migscope {

InspectPage::InspectPage(const QList<QAction*>& acts, QWidget* parent) : QWidget(parent) {
    setWindowTitle(tr("Inspect")); // of its tab
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    for (QAction* act : acts) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(act);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::StrongFocus);
        row->addWidget(button);
    }
    row->addStretch(1);
    row->addWidget(makeIdleRelease());
    grid_ = new StateGrid(this);
    stream_ = new StreamPanel(chooseFile, this);
    status_ = plainLabel({}, this);
    status_->setObjectName(QStringLiteral("grid status"));
    words_ = plainLabel({}, this);
    words_->setObjectName(QStringLiteral("grid words"));
    for (QLabel* label : {status_, words_}) {
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        // Room for two lines: the grid must not jump when words come and go.
        label->setMinimumHeight(2 * label->fontMetrics().lineSpacing() + 2);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 8, 12, 8);
    layout->addLayout(row);
    layout->addWidget(grid_, 10);
    layout->addWidget(stream_);
    layout->addWidget(status_);
    layout->addWidget(words_);
    layout->addStretch(1);
    connect(grid_, &StateGrid::wordsChanged, words_, &QLabel::setText);
}

QWidget* InspectPage::makeIdleRelease() {
    auto* box = new QWidget(this);
    auto* label = new QLabel(tr("I&dle:"), box);
    idle_ = new QSpinBox(box);
    idle_->setObjectName(QStringLiteral("idle release"));
    idle_->setAccessibleName(tr("Release an idle device after"));
    idle_->setRange(0, 24 * 60);
    idle_->setSpecialValueText(tr("never"));
    idle_->setSuffix(tr(" min"));
    idle_->setToolTip(tr("A device that has been RUNNING and idle so long is released. Releasing resets the "
                         "function."));
    idle_->setValue(QSettings().value(QStringLiteral("devices/idleReleaseMinutes"), 0).toInt());
    label->setBuddy(idle_);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(label);
    layout->addWidget(idle_);
    connect(idle_, &QSpinBox::valueChanged, this, [this](int minutes) {
        QSettings().setValue(QStringLiteral("devices/idleReleaseMinutes"), minutes);
        emit idleReleaseChanged(std::chrono::minutes(minutes));
    });
    return box;
}

std::chrono::minutes InspectPage::idleRelease() const {
    return std::chrono::minutes(idle_->value());
}

void InspectPage::setView(const GridView& view) {
    grid_->setView(view);
    stream_->setState(view.open ? view.session : SessionState{}, view.now);
    const GridStatus status = statusOf(view);
    status_->setText(status.text);
    paintStatus(status.bad);
}

void InspectPage::paintStatus(bool bad) {
    bad_ = bad;
    QPalette colours = palette();
    const Theme theme = Theme::of(colours);
    for (const auto role : {QPalette::WindowText, QPalette::Text}) // on a Base background Qt takes Text
        colours.setColor(role, bad ? theme.bad() : theme.text());
    status_->setPalette(colours);
}

void InspectPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && status_ != nullptr)
        paintStatus(bad_);
}

} // namespace migscope
