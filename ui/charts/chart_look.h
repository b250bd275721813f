// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What curves and phases look like and are called: the same in the window, in pictures and in legends.
#pragma once

#include <QColor>
#include <QPainter>
#include <QString>

#include "core/transfer/chart_content.h"
#include "ui/theme.h"

namespace migscope {

struct CurveLook {
    QColor colour;
    double width = 1.4;
    bool filled = false;
    bool dotted = false; ///< the second channel beside the colour
};
[[nodiscard]] CurveLook curveLook(const Theme& theme, CurveKind kind);
/// One of several recordings has a colour of its own.
[[nodiscard]] CurveLook curveLook(const Theme& theme, const Curve& curve);
[[nodiscard]] QString curveWord(CurveKind kind);
[[nodiscard]] QString curveWord(const Curve& curve);
/// The colour of one of several recordings; after ten they come again, dashed.
[[nodiscard]] QColor seriesColour(const Theme& theme, int series);
inline constexpr int seriesColours = 10;
/// A phase has the colour of the state that its device is in meanwhile.
[[nodiscard]] StateLook phaseLook(const Theme& theme, PhaseName phase);
[[nodiscard]] QString phaseText(PhaseName phase);

/// A mark below its lane: what the device or we did is a triangle, what the kernel logged a square.
struct MarkLook {
    QColor colour;
    bool square = false;
};
[[nodiscard]] MarkLook markLook(const Theme& theme, ChartMark::What what);

/// Diagonal lines inside `rect` and nowhere else, for a pattern that vector pictures keep.
void hatch(QPainter& painter, const QRectF& rect, double step, bool rising);
/// The pattern of a state, drawn over its fill.
void drawPattern(QPainter& painter, const QRectF& rect, Qt::BrushStyle pattern, const QColor& ink);

} // namespace migscope
