// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Paints the arcs of the state grid: lines, latencies, the lit path with its numbers.
#pragma once

#include <QFont>
#include <QRectF>

#include <functional>
#include <vector>

#include "ui/grid_rules.h"
#include "ui/theme.h"

class QPainter;

namespace migscope {

/// *Reentrant*: all that it needs is given.
class ArcPainter {
public:
    using CellOf = std::function<QRectF(GridPlace)>;
    ArcPainter(QPainter& painter, const Theme& theme, const QFont& font, CellOf cell);

    /// All arcs of protocol v2; those that the device lacks faint.
    void lines(const GridView& view);
    /// The latency last seen on each arc, beside it; those on the lit path are written by lit().
    void latencies(const GridView& view);
    /// The arc of the selected event.
    void picked(const Arc& arc);
    /// `pulse` in [0, 1) while the kernel walks it, negative when it is only pointed at.
    void lit(const std::vector<Arc>& path, double pulse);

    /// The line of an arc, from button to button.
    [[nodiscard]] static std::vector<QPointF> pointsOf(const Arc& arc, const CellOf& cell);

private:
    /// Where the words of an arc have room: the first gap between two places of its line.
    struct Gap {
        QPointF begin;
        QPointF end;
        bool vertical = false;
        [[nodiscard]] QPointF middle() const { return (begin + end) / 2; }
    };
    [[nodiscard]] static Gap gapOf(const Arc& arc, const CellOf& cell);
    [[nodiscard]] Gap gapOf(const Arc& arc) const { return gapOf(arc, cell_); }
    [[nodiscard]] std::vector<QPointF> pointsOf(const Arc& arc) const { return pointsOf(arc, cell_); }
    void arrowHead(QPointF from, QPointF to, const QColor& colour);
    /// `line` counts away from the arc: 0 its latency, 1 what happens to a stream.
    void beside(const Arc& arc, const QString& text, const QColor& colour, double away, int line);

    QPainter& painter_;
    const Theme& theme_;
    QFont small_;
    CellOf cell_;
};

} // namespace migscope
