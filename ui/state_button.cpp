// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One state of the grid as a real button.
#include "ui/state_button.h"

#include <QEnterEvent>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>

namespace migscope {
namespace {
constexpr double radius = 7;
}

StateButton::StateButton(MigState state, QWidget* parent) : QAbstractButton(parent), state_(state) {
    setText(QString::fromStdString(stateName(state)));
    setObjectName(QStringLiteral("state ") + text());
    setAccessibleName(text());
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
}

QSize StateButton::sizeHint() const {
    return {118, 66};
}

void StateButton::setFace(const Face& face) {
    if (face == face_)
        return;
    face_ = face;
    setCursor(face.usable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void StateButton::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme theme = Theme::of(palette());
    const QRectF body = QRectF(rect()).adjusted(3.5, 3.5, -3.5, -3.5);
    paintBody(painter, theme, body);
    paintWords(painter, theme, body);
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), radius + 2, radius + 2);
    }
}

void StateButton::paintBody(QPainter& painter, const Theme& theme, const QRectF& body) const {
    const StateLook look = theme.state(state_);
    if (face_.current) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.fill);
        painter.drawRoundedRect(body, radius, radius);
        if (look.pattern != Qt::SolidPattern) {
            // Only along the lower edge: a pattern behind words cannot be read.
            QPainterPath edge;
            edge.addRoundedRect(body, radius, radius);
            painter.save();
            painter.setClipPath(edge);
            QColor ink = look.ink;
            ink.setAlpha(120);
            painter.fillRect(QRectF(body.left(), body.bottom() - 7, body.width(), 7),
                             QBrush(ink, look.pattern));
            painter.restore();
        }
        return;
    }
    if (!face_.present) {
        // Not filled: the line of an arc that crosses this column shows through.
        painter.setPen(QPen(mix(theme.faint(), theme.card(), 0.55), 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(body, radius, radius);
        return;
    }
    const bool lit = face_.onPath || (underMouse() && face_.usable);
    painter.setPen(QPen(lit ? theme.path() : mix(look.fill, theme.card(), 0.75), lit ? 2 : 1.4));
    painter.setBrush(isDown() ? mix(look.fill, theme.card(), 0.35)
                              : mix(look.fill, theme.card(), face_.onPath ? 0.20 : 0.09));
    painter.drawRoundedRect(body, radius, radius);
}

void StateButton::paintWords(QPainter& painter, const Theme& theme, const QRectF& body) const {
    const StateLook look = theme.state(state_);
    QFont bold = font();
    bold.setWeight(face_.current ? QFont::Bold : QFont::DemiBold);
    QFont small = font();
    small.setPointSizeF(std::max(6.5, font().pointSizeF() - 1.5));
    const QColor ink = face_.current ? look.ink : face_.present ? theme.text() : theme.faint();

    // The name shrinks until it fits: PRE_COPY_P2P is long, and the window may be narrow.
    const double room = body.width() - 10;
    while (QFontMetricsF(bold).horizontalAdvance(text()) > room && bold.pointSizeF() > 6)
        bold.setPointSizeF(bold.pointSizeF() - 0.5);
    painter.setFont(bold);
    painter.setPen(ink);
    const QRectF upper(body.left(), body.top() + 5, body.width(), body.height() / 2 - 5);
    painter.drawText(upper, Qt::AlignCenter, text());

    // The letter: the second channel beside the colour.
    painter.setFont(small);
    const QRectF lower(body.left(), body.center().y(), body.width(), body.height() / 2 - 5);
    const QString note = face_.note.text;
    if (face_.present) {
        const QFontMetricsF metrics(small);
        const QRectF chip(body.left() + 6, lower.center().y() - 8, metrics.horizontalAdvance(look.letter) + 8,
                          16);
        painter.setPen(Qt::NoPen);
        painter.setBrush(face_.current ? look.ink : look.fill);
        painter.drawRoundedRect(chip, 4, 4);
        painter.setPen(face_.current ? look.fill : look.ink);
        painter.drawText(chip, Qt::AlignCenter, look.letter);
        if (!note.isEmpty()) {
            const QRectF rest(chip.right() + 4, lower.top(), body.right() - chip.right() - 8, lower.height());
            painter.setPen(face_.current                    ? look.ink
                           : face_.note.bad || face_.asking ? theme.bad()
                                                            : theme.quiet());
            painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap,
                             metrics.elidedText(note, Qt::ElideRight, rest.width() * 1.8));
        }
    } else {
        painter.setPen(theme.faint());
        painter.drawText(lower, Qt::AlignCenter, note);
    }
}

void StateButton::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        emit moveAsked(-1, 0);
        return;
    case Qt::Key_Right:
        emit moveAsked(1, 0);
        return;
    case Qt::Key_Up:
        emit moveAsked(0, -1);
        return;
    case Qt::Key_Down:
        emit moveAsked(0, 1);
        return;
    case Qt::Key_R:
        if (event->modifiers() == Qt::NoModifier) {
            emit resetFocusAsked();
            return;
        }
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        combined_ = event->modifiers().testFlag(Qt::ControlModifier);
        click();
        return;
    default:
        break;
    }
    combined_ = event->modifiers().testFlag(Qt::ControlModifier);
    QAbstractButton::keyPressEvent(event);
}

void StateButton::mousePressEvent(QMouseEvent* event) {
    combined_ = event->modifiers().testFlag(Qt::ControlModifier);
    QAbstractButton::mousePressEvent(event);
}

void StateButton::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    emit pointedAt(true);
    update();
}

void StateButton::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    emit pointedAt(false);
    update();
}

void StateButton::focusInEvent(QFocusEvent* event) {
    QAbstractButton::focusInEvent(event);
    emit pointedAt(true);
}

void StateButton::focusOutEvent(QFocusEvent* event) {
    QAbstractButton::focusOutEvent(event);
    emit pointedAt(false);
}

} // namespace migscope
