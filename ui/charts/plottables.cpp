// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How lanes, curves and phases are drawn.
#include "ui/charts/plottables.h"

#include <algorithm>
#include <cmath>

#include "ui/charts/chart_look.h"
#include "ui/words.h"

namespace migscope::charts {
namespace {

/// Room that a name or letter needs beside its text.
constexpr double textMargin = 6;

} // namespace

double axisTime(Ns time) {
    return std::chrono::duration<double>(time).count();
}

TrackPlot::TrackPlot(QCPAxis* keyAxis, QCPAxis* valueAxis)
    : QCPAbstractPlottable(keyAxis, valueAxis), theme_(Theme::of(QPalette())) {
    setSelectable(QCP::stNone);
    setAntialiased(true);
}

double TrackPlot::selectTest(const QPointF& /*position*/, bool /*onlySelectable*/,
                             QVariant* /*details*/) const {
    return -1; // the view picks, not the plot
}

QCPRange TrackPlot::getKeyRange(bool& found, QCP::SignDomain /*domain*/) const {
    found = false; // the view owns the ranges
    return {};
}

QCPRange TrackPlot::getValueRange(bool& found, QCP::SignDomain /*domain*/, const QCPRange& /*keys*/) const {
    found = false;
    return {};
}

void TrackPlot::drawLegendIcon(QCPPainter* /*painter*/, const QRectF& /*rect*/) const {}

QRectF TrackPlot::area() const {
    return mKeyAxis->axisRect()->rect();
}

double TrackPlot::x(Ns time) const {
    const QRectF rect = area();
    return std::clamp(mKeyAxis->coordToPixel(axisTime(time)), rect.left(), rect.right());
}

double TrackPlot::y(double value) const {
    const QRectF rect = area();
    return std::clamp(mValueAxis->coordToPixel(value), rect.top(), rect.bottom());
}

void LanesPlot::drawBand(QPainter& painter, const LanePiece& piece, double top, double bottom) const {
    const double left = x(piece.begin);
    const QRectF rect(left, top, std::max(1.0, x(piece.end) - left), bottom - top);
    if (rect.right() > area().right() + 1)
        return;
    if (!piece.state) {
        painter.fillRect(rect, mix(theme_.text(), theme_.card(), 0.08));
        painter.setPen(theme_.quiet());
        if (rect.width() > 60)
            painter.drawText(rect, Qt::AlignCenter, QCoreApplication::translate("charts", "unknown"));
        return;
    }
    const StateLook look = theme_.state(*piece.state);
    painter.fillRect(rect, look.fill);
    drawPattern(painter, rect, look.pattern, look.ink);
    const QString name = QString::fromStdString(stateName(*piece.state));
    const QFontMetricsF metrics(painter.font());
    const QString& text = metrics.horizontalAdvance(name) + textMargin <= rect.width() ? name : look.letter;
    const double width = metrics.horizontalAdvance(text) + textMargin;
    if (width > rect.width() || metrics.height() > rect.height())
        return;
    // The pattern must not run through the letters.
    QRectF behind(0, 0, width, metrics.height());
    behind.moveCenter(rect.center());
    painter.fillRect(behind, look.fill);
    painter.setPen(look.ink);
    painter.drawText(behind, Qt::AlignCenter | Qt::TextDontClip, text);
}

void LanesPlot::drawArc(QPainter& painter, const ArcPiece& piece, double top, double bottom) const {
    const double left = x(piece.begin);
    const double right = x(piece.end);
    const QColor colour = piece.failed ? theme_.bad() : theme_.text();
    const QRectF rect(left, top, std::max(1.0, right - left), bottom - top);
    if (rect.width() > 2) {
        painter.fillRect(rect, mix(colour, theme_.card(), piece.failed ? 0.25 : 0.12));
        painter.setPen(QPen(mix(colour, theme_.card(), 0.45), 1));
        hatch(painter, rect, 5, true);
        painter.drawLine(QLineF(rect.left(), top, rect.right(), top));
        painter.drawLine(QLineF(rect.left(), bottom, rect.right(), bottom));
    }
    painter.setPen(QPen(colour, piece.failed ? 2 : 1));
    painter.drawLine(QLineF(left, top, left, bottom));
    if (piece.returned)
        painter.drawLine(QLineF(rect.right(), top, rect.right(), bottom));
    if (piece.failed && left - 4 > area().left() && left + 4 < area().right()) {
        const double middle = (top + bottom) / 2;
        painter.drawLine(QLineF(left - 4, middle - 4, left + 4, middle + 4));
        painter.drawLine(QLineF(left - 4, middle + 4, left + 4, middle - 4));
    }
}

void LanesPlot::drawMarks(QPainter& painter, const std::vector<ChartMark>& marks, double top,
                          double bottom) const {
    for (const ChartMark& mark : marks) {
        const double at = x(mark.time);
        if (at - 4 < area().left() || at + 4 > area().right())
            continue;
        const MarkLook look = markLook(theme_, mark.what);
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.colour);
        if (look.square) {
            painter.drawRect(QRectF(at - 2.5, bottom + 1, 5, 5));
            continue;
        }
        painter.drawPolygon(
            QPolygonF({{at - 3.5, bottom + 6}, {at + 3.5, bottom + 6}, {at, std::max(top, bottom + 0.5)}}));
    }
}

/// A notch in the upper edge where each round begins.
void LanesPlot::drawRounds(QPainter& painter, const LaneContent& lane, double top) const {
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.text());
    for (const RoundPiece& round : lane.rounds) {
        const double at = x(round.begin);
        if (at - 3 >= area().left() && at + 3 <= area().right())
            painter.drawPolygon(QPolygonF({{at - 3, top - 1}, {at + 3, top - 1}, {at, top + 4}}));
    }
}

/// A bar along the lower edge.
void LanesPlot::drawStalls(QPainter& painter, const LaneContent& lane, double bottom) const {
    for (const LaneStall& stall : lane.stalls) {
        const double left = x(stall.begin);
        const double right = std::min(std::max(x(stall.end), left + 2), area().right());
        if (right > left)
            painter.fillRect(QRectF(left, bottom - 4, right - left, 4), theme_.bad());
    }
}

void LanesPlot::draw(QCPPainter* painter) {
    painter->setFont(parentPlot()->font());
    for (std::size_t row = 0; row < lanes_.size(); ++row) {
        const LaneContent& lane = lanes_[row];
        const double centre = static_cast<double>(row);
        const double top = y(centre - 0.34);
        const double bottom = y(centre + 0.28);
        painter->setAntialiasing(false);
        for (const LanePiece& piece : lane.bands)
            drawBand(*painter, piece, top, bottom);
        for (const ArcPiece& piece : lane.arcs)
            drawArc(*painter, piece, top, bottom);
        painter->setAntialiasing(true);
        drawRounds(*painter, lane, top);
        drawStalls(*painter, lane, bottom);
        drawMarks(*painter, lane.marks, top, bottom);
        drawMarks(*painter, common_, top, bottom);
        if (!highlight_ || highlight_->device != lane.device)
            continue;
        const QRectF rect = area();
        const double left = x(highlight_->begin);
        const double right = x(highlight_->end);
        if (right < rect.left() + 1 || left > rect.right() - 1)
            continue;
        const QRectF frame(std::max(rect.left(), left - 2), std::max(rect.top(), top - 3),
                           std::min(rect.right(), right + 2) - std::max(rect.left(), left - 2),
                           bottom - top + 6);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme_.highlight(), 2.5));
        painter->drawRect(frame);
    }
}

void CurvesPlot::fillSteps(QPainter& painter, const Curve& curve) const {
    const double ground = y(0);
    const QColor colour = curveLook(theme_, curve).colour;
    for (const CurveStep& step : curve.steps) {
        const double left = x(step.begin);
        const double right = std::max(left + 1, x(step.end));
        const double height = y(step.high);
        if (ground > height && right <= area().right() + 1)
            painter.fillRect(QRectF(left, height, right - left, ground - height), colour);
    }
}

void CurvesPlot::drawSteps(QPainter& painter, const Curve& curve) const {
    const CurveLook look = curveLook(theme_, curve);
    QPen pen(look.colour, look.width);
    pen.setCapStyle(Qt::FlatCap);
    painter.setPen(pen);
    QVector<QLineF> lines;
    lines.reserve(static_cast<qsizetype>(curve.steps.size()) * 3);
    const bool isRate = curve.kind == CurveKind::SourceRate || curve.kind == CurveKind::DestinationRate;
    const double dash = look.dotted ? 6 : 0;
    const auto horizontal = [&](double from, double to, double height) {
        if (dash <= 0 || to - from < dash) {
            if (to > from)
                lines << QLineF(from, height, to, height);
            return;
        }
        // Dashes fixed to the picture: a live curve must not shimmer.
        for (double at = std::floor(from / dash) * dash; at < to; at += dash) {
            if (static_cast<long long>(std::llround(at / dash)) % 2 == 0)
                lines << QLineF(std::max(at, from), height, std::min(at + dash, to), height);
        }
    };
    const CurveStep* previous = nullptr;
    for (const CurveStep& step : curve.steps) {
        const double left = x(step.begin);
        const double right = x(step.end);
        const bool connected = previous != nullptr && (!isRate || previous->end >= step.begin);
        if (connected) {
            const double from = y(previous->last);
            if (!isRate)
                horizontal(x(previous->end), left, from);
            const double low = std::min(step.low, previous->last);
            const double high = std::max(step.high, previous->last);
            lines << QLineF(left, y(low), left, y(high));
        } else if (step.high > step.low) {
            lines << QLineF(left, y(step.low), left, y(step.high));
        }
        if (isRate || right - left > 1)
            horizontal(left, std::max(right, left + 1) > area().right() ? right : std::max(right, left + 1),
                       y(step.last));
        previous = &step;
    }
    painter.drawLines(lines);
    if (curve.steps.size() > 40 || curve.kind == CurveKind::Estimate)
        return;
    // Few enough to be told apart: what was measured is a dot, what lies between is only held.
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.colour);
    for (const CurveStep& step : curve.steps) {
        const QPointF at(x(step.end), y(step.last));
        if (area().adjusted(2.5, 2.5, -2.5, -2.5).contains(at))
            painter.drawEllipse(at, 2.2, 2.2);
    }
}

void CurvesPlot::draw(QCPPainter* painter) {
    painter->setAntialiasing(false);
    for (const Curve& curve : curves_) {
        if (curveLook(theme_, curve).filled)
            fillSteps(*painter, curve);
    }
    painter->setAntialiasing(true);
    for (const Curve& curve : curves_) {
        if (!curveLook(theme_, curve).filled)
            drawSteps(*painter, curve);
    }
}

void NotesPlot::draw(QCPPainter* painter) {
    const QRectF rect = area();
    painter->setFont(parentPlot()->font());
    const QFontMetricsF metrics(painter->font());
    double free = rect.left(); // where the next words may begin: they must not run into each other
    for (const NotePiece& note : notes_) {
        const double at = x(note.time);
        if (at < rect.left() + 1 || at > rect.right() - 1)
            continue;
        const QColor colour = note.what == ChartMark::What::Note ? theme_.text() : theme_.bad();
        painter->setAntialiasing(false);
        painter->setPen(QPen(colour, 1));
        for (double y = rect.top(); y + 4 < rect.bottom(); y += 7) // dashes: a painter's own lose their clip
            painter->drawLine(QLineF(at, y, at, y + 4));
        if (!words_)
            continue;
        painter->setAntialiasing(true);
        painter->setBrush(colour);
        painter->setPen(Qt::NoPen);
        const double right = std::min(at + 6, rect.right());
        painter->drawPolygon(QPolygonF({{at, rect.top()}, {right, rect.top()}, {at, rect.top() + 7}}));
        const QString text = migscope::shown(note.text);
        const double room = rect.right() - at - 12;
        if (text.isEmpty() || at < free || room < 24)
            continue;
        const QString shown = metrics.elidedText(text, Qt::ElideRight, std::min(room, 180.0));
        const QRectF behind(at + 8, rect.top(), metrics.horizontalAdvance(shown) + 4, metrics.height());
        painter->fillRect(behind, theme_.card());
        painter->setPen(colour);
        painter->drawText(behind, Qt::AlignCenter | Qt::TextDontClip, shown);
        free = behind.right();
    }
}

void PhasesPlot::draw(QCPPainter* painter) {
    painter->setAntialiasing(false);
    const QRectF rect = area();
    for (std::size_t at = 0; at < phases_.size(); ++at) {
        const PhaseSpan& span = phases_[at];
        const double left = x(span.begin);
        const double right = x(span.end);
        QColor colour = phaseLook(theme_, span.name).fill;
        colour.setAlpha(theme_.dark() ? 52 : 40);
        painter->fillRect(QRectF(left, rect.top(), std::max(1.0, right - left), rect.height()), colour);
        const bool first = at == 0 || phases_[at - 1].run != span.run;
        const bool last = at + 1 == phases_.size() || phases_[at + 1].run != span.run;
        painter->setPen(QPen(theme_.text(), 1.5));
        if (first)
            painter->drawLine(QLineF(left, rect.top(), left, rect.bottom()));
        if (last)
            painter->drawLine(QLineF(right, rect.top(), right, rect.bottom()));
    }
}

} // namespace migscope::charts
