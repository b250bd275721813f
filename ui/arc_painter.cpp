// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Paints the arcs of the state grid: lines, latencies, the lit path with its numbers.
#include "ui/arc_painter.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("grid", text);
}

bool sameArc(const Arc& a, const Arc& b) {
    return (a.from == b.from && a.to == b.to) || (a.from == b.to && a.to == b.from);
}

QString streamMark(StreamEffect effect) {
    switch (effect) {
    case StreamEffect::OpensSaving:
    case StreamEffect::OpensResuming:
        return tr("new stream");
    case StreamEffect::EndsSession:
        return tr("stream lost");
    case StreamEffect::None:
        break;
    }
    return {};
}

} // namespace

ArcPainter::ArcPainter(QPainter& painter, const Theme& theme, const QFont& font, CellOf cell)
    : painter_(painter), theme_(theme), small_(font), cell_(std::move(cell)) {
    small_.setPointSizeF(std::max(6.5, font.pointSizeF() - 1.5));
}

ArcPainter::Gap ArcPainter::gapOf(const Arc& arc, const CellOf& cell) {
    const std::vector<GridPlace> places = lineOf(arc.from, arc.to);
    const QRectF a = cell(places[0]);
    const QRectF b = cell(places[1]);
    if (places[0].row == places[1].row) {
        const bool right = b.left() > a.left();
        return {{right ? a.right() : a.left(), a.center().y()},
                {right ? b.left() : b.right(), b.center().y()},
                false};
    }
    const bool down = b.top() > a.top();
    return {
        {a.center().x(), down ? a.bottom() : a.top()}, {b.center().x(), down ? b.top() : b.bottom()}, true};
}

std::vector<QPointF> ArcPainter::pointsOf(const Arc& arc, const CellOf& cell) {
    const std::vector<GridPlace> places = lineOf(arc.from, arc.to);
    std::vector<QPointF> points;
    for (const GridPlace& place : places)
        points.push_back(cell(place).center());
    const Gap first = gapOf(arc, cell);
    const Gap last = gapOf({arc.to, arc.from, StreamEffect::None}, cell);
    points.front() = first.begin;
    points.back() = last.begin;
    return points;
}

void ArcPainter::arrowHead(QPointF from, QPointF to, const QColor& colour) {
    const QPointF way = to - from;
    const double length = std::hypot(way.x(), way.y());
    if (length < 1)
        return;
    const QPointF unit = way / length;
    const QPointF normal(-unit.y(), unit.x());
    const QPointF base = to - unit * 8;
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colour);
    painter_.drawPolygon(QPolygonF({to, base + normal * 4.5, base - normal * 4.5}));
}

void ArcPainter::lines(const GridView& view) {
    const MigFlags flags = view.flags();
    const bool known = view.open && view.session.capabilities.has_value();
    const std::vector<Arc> had = arcsOf(known ? flags : MigFlags(7));
    const auto draw = [&](const Arc& arc, const QPen& pen) {
        painter_.setPen(pen);
        const std::vector<QPointF> points = pointsOf(arc);
        painter_.drawPolyline(points.data(), static_cast<int>(points.size()));
    };
    const QPen faint(mix(theme_.line(), theme_.card(), 0.45), 1, Qt::DotLine);
    for (const Arc& arc : arcsOf(MigFlags(7))) {
        if (std::none_of(had.begin(), had.end(), [&](const Arc& other) { return sameArc(arc, other); }))
            draw(arc, faint);
    }
    for (const Arc& arc : had) {
        draw(arc, QPen(theme_.line(), 1.6));
        const bool back = std::any_of(had.begin(), had.end(), [&](const Arc& other) {
            return other.from == arc.to && other.to == arc.from;
        });
        const std::vector<QPointF> points = pointsOf(arc);
        if (!back) // one-way: only such an arc has a head of its own
            arrowHead(points[points.size() - 2], points.back(), theme_.line());
    }
}

void ArcPainter::beside(const Arc& arc, const QString& text, const QColor& colour, double away, int line) {
    if (text.isEmpty())
        return;
    const Gap gap = gapOf(arc);
    const QPointF middle = gap.middle();
    painter_.setFont(small_);
    painter_.setPen(colour);
    const double height = QFontMetricsF(small_).height();
    if (gap.vertical) {
        // Down on the right of the line, up on its left: as on a road.
        const bool down = gap.end.y() > gap.begin.y();
        const QRectF box(down ? middle.x() + away : middle.x() - away - 120,
                         middle.y() + (line - 0.5) * height, 120, height);
        painter_.drawText(box, (down ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, text);
    } else {
        // To the right above the line, to the left below it; words may be longer than the gap.
        const bool right = gap.end.x() > gap.begin.x();
        // Where the gap is too narrow they stand above or below the two buttons.
        const bool narrow = std::fabs(gap.end.x() - gap.begin.x()) < 62;
        const double clear = narrow ? cell_(placeOf(arc.from)).height() / 2 : away;
        const double top =
            right ? middle.y() - clear - (line + 1) * height : middle.y() + clear + line * height;
        painter_.drawText(QRectF(middle.x() - 60, top, 120, height), Qt::AlignCenter, text);
    }
}

void ArcPainter::latencies(const GridView& view) {
    if (!view.open)
        return;
    for (const ArcLatency& latency : view.session.latencies) {
        const Arc arc{latency.from, latency.to, StreamEffect::None};
        const bool never = latency.refused && latency.last == Ns{0};
        beside(arc, never ? errorName(*latency.refused) : durationText(latency.last),
               latency.refused ? theme_.bad() : theme_.quiet(), 12, 0);
    }
}

void ArcPainter::picked(const Arc& arc) {
    const std::vector<QPointF> points = pointsOf(arc);
    painter_.setPen(QPen(theme_.highlight(), 6, Qt::SolidLine, Qt::RoundCap));
    painter_.drawPolyline(points.data(), static_cast<int>(points.size()));
    arrowHead(points[points.size() - 2], points.back(), theme_.highlight());
}

void ArcPainter::lit(const std::vector<Arc>& path, double pulse) {
    const bool walking = pulse >= 0;
    QColor colour = theme_.path();
    if (walking)
        colour.setAlphaF(static_cast<float>(0.45 + 0.55 * std::fabs(std::sin(pulse * M_PI))));
    int number = 0;
    for (const Arc& arc : path) {
        ++number;
        const std::vector<QPointF> points = pointsOf(arc);
        painter_.setPen(QPen(colour, walking ? 4 : 3, Qt::SolidLine, Qt::RoundCap));
        painter_.drawPolyline(points.data(), static_cast<int>(points.size()));
        arrowHead(points[points.size() - 2], points.back(), colour);
        const Gap gap = gapOf(arc);
        const QRectF disc(gap.middle().x() - 8.5, gap.middle().y() - 8.5, 17, 17);
        painter_.setPen(QPen(theme_.card(), 1.5));
        painter_.setBrush(theme_.path());
        painter_.drawEllipse(disc);
        painter_.setPen(theme_.card());
        painter_.setFont(small_);
        painter_.drawText(disc, Qt::AlignCenter, QString::number(number));
        const bool lost = arc.stream == StreamEffect::EndsSession;
        beside(arc, streamMark(arc.stream), lost ? theme_.bad() : theme_.text(), 12, 1);
    }
}

} // namespace migscope
