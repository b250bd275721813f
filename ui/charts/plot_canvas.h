// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The stacked tracks of one recording on one time axis: lanes, state size, throughput.
#pragma once

#include <QWidget>

#include <functional>
#include <memory>
#include <optional>

#include "core/transfer/chart_content.h"
#include "ui/theme.h"

class QPainter;

namespace migscope {

enum class Track { Lanes, Size, Rate };

/// Draws a ChartContent. Owns one QCustomPlot, which takes no input: the view around it does. GUI thread.
class PlotCanvas : public QWidget {
    Q_OBJECT
public:
    explicit PlotCanvas(QWidget* parent = nullptr);
    ~PlotCanvas() override;

    /// Redraws with the next paint; several calls before it cost one drawing.
    void setContent(const ChartContent& content);
    [[nodiscard]] const ChartContent& content() const { return content_; }
    void setHighlight(const std::optional<EventSpan>& span);
    /// Colours of all pens, fonts and brushes: QCustomPlot itself never looks at the palette.
    void applyTheme(const Theme& theme);

    /// The inner area of a track in the canvas's pixels.
    [[nodiscard]] QRectF area(Track track) const;
    /// How many pixel columns the time axis has: what content should be cut to.
    [[nodiscard]] std::size_t columns() const;
    [[nodiscard]] Ns timeAt(double x) const;
    [[nodiscard]] double xOf(Ns time) const;
    /// The device whose lane is at y.
    [[nodiscard]] std::optional<int> deviceAt(double y) const;
    /// The colour in which the time axis is drawn, as a test of the theme sees it.
    [[nodiscard]] QColor axisColour() const;
    /// Pixels that the lanes of so many devices need.
    [[nodiscard]] static int laneHeight(std::size_t devices);

    /// Draws at `area` of a device, for pictures; the canvas need not be shown. `rest` draws what stands
    /// around it with the same painter: some devices take only one.
    void paintTo(QPaintDevice& device, bool vector, const QRect& area,
                 const std::function<void(QPainter&)>& rest);
    /// The frames that were drawn, for benchmarks.
    [[nodiscard]] std::uint64_t frames() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void layoutTracks(const QSize& size);
    struct Plot;
    std::unique_ptr<Plot> plot_;
    ChartContent content_;
};

} // namespace migscope
