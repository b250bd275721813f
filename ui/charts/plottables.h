// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How lanes, curves and phases are drawn: clipped in data, because vector pictures lose a painter's clip.
#pragma once

#include <qcustomplot.h>

#include <optional>
#include <vector>

#include "core/transfer/chart_content.h"
#include "ui/theme.h"

namespace migscope::charts {

/// Seconds on the axis for a time of a recording.
[[nodiscard]] double axisTime(Ns time);

/// What the three have in common. GUI thread, like all of this file; content is borrowed from the canvas.
class TrackPlot : public QCPAbstractPlottable {
public:
    TrackPlot(QCPAxis* keyAxis, QCPAxis* valueAxis);
    void setTheme(const Theme& theme) { theme_ = theme; }
    void setHighlight(const std::optional<EventSpan>& span) { highlight_ = span; }
    double selectTest(const QPointF& position, bool onlySelectable, QVariant* details) const override;
    QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain domain, const QCPRange& keys) const override;

protected:
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;
    /// Pixels, never outside the axis rect.
    [[nodiscard]] double x(Ns time) const;
    [[nodiscard]] double y(double value) const;
    [[nodiscard]] QRectF area() const;

    Theme theme_;
    std::optional<EventSpan> highlight_;
};

/// A lane a device: bands of states, calls between them, marks.
class LanesPlot final : public TrackPlot {
public:
    using TrackPlot::TrackPlot;
    /// `common` marks stand on every lane.
    void setLanes(const std::vector<LaneContent>& lanes, const std::vector<ChartMark>& common) {
        lanes_ = lanes;
        common_ = common;
    }

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawBand(QPainter& painter, const LanePiece& piece, double top, double bottom) const;
    void drawArc(QPainter& painter, const ArcPiece& piece, double top, double bottom) const;
    void drawRounds(QPainter& painter, const LaneContent& lane, double top) const;
    void drawStalls(QPainter& painter, const LaneContent& lane, double bottom) const;
    void drawMarks(QPainter& painter, const std::vector<ChartMark>& marks, double top, double bottom) const;
    std::vector<LaneContent> lanes_;
    std::vector<ChartMark> common_;
};

/// Step curves, one vertical line a pixel column.
class CurvesPlot final : public TrackPlot {
public:
    using TrackPlot::TrackPlot;
    void setCurves(const std::vector<Curve>& curves) { curves_ = curves; }

protected:
    void draw(QCPPainter* painter) override;

private:
    void drawSteps(QPainter& painter, const Curve& curve) const;
    void fillSteps(QPainter& painter, const Curve& curve) const;
    std::vector<Curve> curves_;
};

/// Notes as lines over the whole height, with their words where `words` is set.
class NotesPlot final : public TrackPlot {
public:
    NotesPlot(QCPAxis* keyAxis, QCPAxis* valueAxis, bool words)
        : TrackPlot(keyAxis, valueAxis), words_(words) {}
    void setNotes(const std::vector<NotePiece>& notes) { notes_ = notes; }

protected:
    void draw(QCPPainter* painter) override;

private:
    bool words_;
    std::vector<NotePiece> notes_;
};

/// Phases shaded over the whole height, inside the dark frame that means downtime.
class PhasesPlot final : public TrackPlot {
public:
    using TrackPlot::TrackPlot;
    void setPhases(const std::vector<PhaseSpan>& phases) { phases_ = phases; }

protected:
    void draw(QCPPainter* painter) override;

private:
    std::vector<PhaseSpan> phases_;
};

} // namespace migscope::charts
