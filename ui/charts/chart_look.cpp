// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What curves and phases look like and are called.
#include "ui/charts/chart_look.h"

#include <QCoreApplication>

#include <algorithm>

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("charts", text);
}

MigState stateOf(PhaseName phase) {
    switch (phase) {
    case PhaseName::Stop:
        return MigState::Stop;
    case PhaseName::Save:
        return MigState::StopCopy;
    case PhaseName::Load:
        return MigState::Resuming;
    case PhaseName::Resume:
        return MigState::RunningP2p;
    case PhaseName::Wait:
        break;
    }
    return MigState::PreCopyP2p;
}

} // namespace

CurveLook curveLook(const Theme& theme, CurveKind kind) {
    switch (kind) {
    case CurveKind::Moved:
        return {theme.text(), 1.8, false, false};
    case CurveKind::Initial:
        return {theme.state(MigState::PreCopy).fill, 1.6, false, false};
    case CurveKind::Dirty:
        return {theme.state(MigState::Error).fill, 1.6, false, false};
    case CurveKind::Estimate:
        return {theme.quiet(), 1.4, false, true};
    case CurveKind::WallRate:
        return {mix(theme.text(), theme.card(), 0.16), 1.0, true, false};
    case CurveKind::SourceRate:
        return {theme.state(MigState::StopCopy).fill, 1.6, false, false};
    case CurveKind::DestinationRate:
        return {theme.state(MigState::Resuming).fill, 1.6, false, true};
    }
    return {theme.text()};
}

QColor seriesColour(const Theme& theme, int series) {
    // Of the state colours those that stand apart, then mixtures: no curve means a state here.
    static constexpr MigState base[] = {MigState::PreCopy, MigState::StopCopy, MigState::Running,
                                        MigState::Resuming, MigState::Error};
    constexpr int own = 5;
    const int index = series % seriesColours;
    const QColor colour = theme.state(base[index % own]).fill;
    return index < own ? colour : mix(colour, theme.text(), 0.5);
}

CurveLook curveLook(const Theme& theme, const Curve& curve) {
    if (!curve.series)
        return curveLook(theme, curve.kind);
    return {seriesColour(theme, *curve.series), 1.6, false, *curve.series >= seriesColours};
}

QString curveWord(const Curve& curve) {
    return curve.series ? QString::fromStdString(curve.label) : curveWord(curve.kind);
}

QString curveWord(CurveKind kind) {
    switch (kind) {
    case CurveKind::Moved:
        return tr("moved");
    case CurveKind::Initial:
        return tr("initial");
    case CurveKind::Dirty:
        return tr("dirty");
    case CurveKind::Estimate:
        return tr("estimate");
    case CurveKind::WallRate:
        return tr("by the clock");
    case CurveKind::SourceRate:
        return tr("source, in reads");
    case CurveKind::DestinationRate:
        break;
    }
    return tr("destination, in writes");
}

StateLook phaseLook(const Theme& theme, PhaseName phase) {
    return theme.state(stateOf(phase));
}

QString phaseText(PhaseName phase) {
    switch (phase) {
    case PhaseName::Stop:
        return tr("stop");
    case PhaseName::Save:
        return tr("save");
    case PhaseName::Load:
        return tr("load");
    case PhaseName::Resume:
        return tr("resume");
    case PhaseName::Wait:
        break;
    }
    return tr("wait");
}

MarkLook markLook(const Theme& theme, ChartMark::What what) {
    switch (what) {
    case ChartMark::What::StreamEnd:
    case ChartMark::What::Note:
        return {theme.text(), false};
    case ChartMark::What::KernelLog:
        return {theme.text(), true};
    case ChartMark::What::KernelError:
        return {theme.bad(), true};
    case ChartMark::What::Stuck:
    case ChartMark::What::StreamError:
    case ChartMark::What::AskedBack:
    case ChartMark::What::Moved:
    case ChartMark::What::Lost:
        break;
    }
    return {theme.bad(), false};
}

void hatch(QPainter& painter, const QRectF& rect, double step, bool rising) {
    QVector<QLineF> lines;
    const double height = rect.height();
    // Fixed to the picture, not to the rect: a band that grows does not shimmer.
    const double first = std::floor((rect.left() - height) / step) * step;
    for (double at = first; at < rect.right(); at += step) {
        const double begin = std::max(at, rect.left());
        const double end = std::min(at + height, rect.right());
        if (end <= begin)
            continue;
        const auto yAt = [&](double x) { return rising ? rect.bottom() - (x - at) : rect.top() + (x - at); };
        lines << QLineF(begin, yAt(begin), end, yAt(end));
    }
    painter.drawLines(lines);
}

void drawPattern(QPainter& painter, const QRectF& rect, Qt::BrushStyle pattern, const QColor& ink) {
    if (pattern == Qt::SolidPattern || rect.width() < 4)
        return;
    QColor soft = ink;
    soft.setAlpha(90);
    painter.setPen(QPen(soft, 1));
    if (pattern == Qt::BDiagPattern || pattern == Qt::DiagCrossPattern)
        hatch(painter, rect, 7, true);
    if (pattern == Qt::FDiagPattern || pattern == Qt::DiagCrossPattern)
        hatch(painter, rect, 7, false);
    if (pattern == Qt::Dense6Pattern)
        hatch(painter, rect, 4, true);
}

} // namespace migscope
