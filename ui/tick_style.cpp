// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of lists that are seen on dark palettes too.
#include "ui/tick_style.h"

#include <QPainter>
#include <QStyleOption>

#include "ui/theme.h"

namespace migscope {

void TickStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    if (element != PE_IndicatorItemViewItemCheck) {
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        return;
    }
    const Theme theme = Theme::of(option->palette);
    const QRectF box = QRectF(option->rect).adjusted(1.5, 1.5, -1.5, -1.5);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(theme.quiet(), 1.2));
    painter->setBrush(theme.card());
    painter->drawRoundedRect(box, 2, 2);
    if ((option->state & State_On) != 0) {
        painter->setPen(QPen(theme.text(), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF tick[] = {box.topLeft() + QPointF(box.width() * 0.2, box.height() * 0.52),
                                box.topLeft() + QPointF(box.width() * 0.42, box.height() * 0.75),
                                box.topLeft() + QPointF(box.width() * 0.8, box.height() * 0.25)};
        painter->drawPolyline(tick, 3);
    }
    painter->restore();
}

} // namespace migscope
