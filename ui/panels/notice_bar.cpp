// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A bar at the top of the window: says what must be said, asks what must be asked.
#include "ui/panels/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "ui/panels/command_box.h"
#include "ui/theme.h"

namespace migscope {

NoticeBar::NoticeBar(QWidget* parent) : QFrame(parent) {
    setAccessibleName(tr("Notice"));
    text_ = plainLabel({}, this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 6, 10, 6);
    layout->addWidget(text_, 1);
    buttons_ = new QHBoxLayout;
    buttons_->setSpacing(6);
    layout->addLayout(buttons_);
    hide();
}

QString NoticeBar::text() const {
    return text_->text();
}

void NoticeBar::setButtons(const QStringList& words) {
    while (QLayoutItem* item = buttons_->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    for (int which = 0; which < words.size(); ++which) {
        auto* button = new QPushButton(words[which], this);
        button->setAutoDefault(true);
        buttons_->addWidget(button);
        button->show(); // at once: it may take the focus
        connect(button, &QPushButton::clicked, this, [this, which] {
            const bool question = asking_;
            dismiss();
            if (question)
                emit answered(which);
        });
        if (asking_ && which == 0)
            button->setFocus(Qt::OtherFocusReason);
    }
}

void NoticeBar::say(const QString& text, bool bad) {
    if (asking_)
        return;
    bad_ = bad;
    text_->setText(text);
    setButtons({tr("Dismiss")});
    show();
    update();
}

void NoticeBar::ask(const QString& text, const QStringList& answers) {
    asking_ = true;
    bad_ = true;
    text_->setText(text);
    show();
    setButtons(answers);
    update();
}

void NoticeBar::dismiss() {
    asking_ = false;
    hide();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    const Theme theme = Theme::of(palette());
    const QColor colour = bad_ ? theme.warning() : theme.line();
    QPainter painter(this);
    painter.fillRect(rect(), mix(colour, theme.window(), theme.dark() ? 0.22 : 0.16));
    painter.fillRect(QRect(0, 0, 5, height()), colour);
    painter.setPen(mix(colour, theme.window(), 0.5));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

} // namespace migscope
