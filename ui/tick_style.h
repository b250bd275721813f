// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of lists that are seen on dark palettes too.
#pragma once

#include <QProxyStyle>

namespace migscope {

/// Draws the tick of a row with a frame in the text's colour: Fusion takes a darker shade of the window,
/// which nobody sees on a dark one. Set on a view, which does not own it.
class TickStyle : public QProxyStyle {
    Q_OBJECT
public:
    using QProxyStyle::QProxyStyle;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
};

} // namespace migscope
