// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Commands offered to be copied; and a reason with its next step, which has one.
#include "ui/panels/command_box.h"

#include <QAbstractTextDocumentLayout>
#include <QClipboard>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QResizeEvent>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace migscope {

QLabel* plainLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

void clearLayout(QVBoxLayout& layout) {
    while (QLayoutItem* item = layout.takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide(); // deleted later: it may be the one whose signal led here
            widget->deleteLater();
        }
        delete item;
    }
}

CommandBox::CommandBox(const QStringList& commands, QWidget* parent) : QFrame(parent), commands_(commands) {
    setFrameShape(QFrame::StyledPanel);
    setBackgroundRole(QPalette::AlternateBase);
    setAutoFillBackground(true);
    layout_ = new QHBoxLayout(this);
    layout_->setContentsMargins(4, 3, 3, 3);
    layout_->setSpacing(2);
    text_ = new QPlainTextEdit(commands.join(QLatin1Char('\n')), this);
    text_->setReadOnly(true);
    text_->setTabChangesFocus(true);
    text_->setFrameShape(QFrame::NoFrame);
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    fixed.setPointSizeF(std::max(7.0, font().pointSizeF() - 0.5));
    text_->setFont(fixed);
    text_->setAccessibleName(tr("Commands"));
    text_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text_->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    text_->document()->setDocumentMargin(2);
    text_->viewport()->setAutoFillBackground(false);
    auto* copy = new QToolButton(this);
    copy->setText(tr("Copy"));
    copy->setAutoRaise(true);
    copy->setAccessibleName(tr("Copy the commands"));
    copy->setFocusPolicy(Qt::StrongFocus);
    layout_->addWidget(text_, 1);
    layout_->addWidget(copy, 0, Qt::AlignTop | Qt::AlignRight);
    connect(text_->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &CommandBox::fitHeight);
    fitHeight();
    connect(copy, &QToolButton::clicked, this, [this, copy] {
        QGuiApplication::clipboard()->setText(commands_.join(QLatin1Char('\n')));
        copy->setText(tr("Copied"));
    });
}

void CommandBox::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    // In a narrow dock the button goes below: the commands need the width.
    layout_->setDirection(event->size().width() < 320 ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

void CommandBox::fitHeight() {
    // As high as its lines are when wrapped: a command must be seen whole before it is run. The layout of
    // plain text counts its size in lines.
    const int lines = std::max(
        1, static_cast<int>(std::ceil(text_->document()->documentLayout()->documentSize().height())));
    const int lineHeight = static_cast<int>(std::ceil(QFontMetricsF(text_->font()).lineSpacing()));
    text_->setFixedHeight(lines * lineHeight + 6);
}

ReasonCard::ReasonCard(const ShownReason& reason, const QString& about, QWidget* parent) : QFrame(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 6);
    layout->setSpacing(4);
    auto* text = plainLabel(reason.text, this);
    layout->addWidget(text);
    if (!about.isEmpty()) {
        auto* names = plainLabel(about, this);
        names->setForegroundRole(QPalette::PlaceholderText);
        layout->addWidget(names);
    }
    // "Nothing to do" is no step: a piece of information stands for itself.
    if (reason.severity == Severity::Info && !reason.hasCommands())
        return;
    bool first = true;
    for (const ShownReason::Step& step : reason.next) {
        if (!step.words.isEmpty())
            layout->addWidget(plainLabel(first ? tr("Next: %1").arg(step.words) : step.words, this));
        first = false;
        if (!step.commands.isEmpty())
            layout->addWidget(new CommandBox(step.commands, this));
    }
}

} // namespace migscope
