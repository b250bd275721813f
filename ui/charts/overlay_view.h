// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several recordings over each other, aligned at t0.
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

#include "core/transfer/overlay_content.h"
#include "ui/charts/plot_canvas.h"
#include "ui/charts/zoom_stack.h"
#include "ui/run_source.h"

namespace migscope {

/// Wheel: zoom at the pointer. Drag: zoom into the box. Keys: + and - zoom, arrows pan, Home all, Alt+Left
/// back.
class OverlayView : public QWidget {
    Q_OBJECT
public:
    struct Item {
        RunSourcePtr source;
        OverlaidRun run;
        friend bool operator==(const Item& a, const Item& b) {
            return a.source == b.source && a.run.run == b.run.run && a.run.label == b.run.label &&
                   a.run.series == b.run.series;
        }
    };
    explicit OverlayView(QWidget* parent = nullptr);
    /// Keeps the zoom when they are the same.
    void setItems(std::vector<Item> items);
    /// One of them grew.
    void refresh();
    [[nodiscard]] const ChartContent& content() const { return canvas_->content(); }
    [[nodiscard]] PlotCanvas& canvas() const { return *canvas_; }
    [[nodiscard]] TimeRange range() const { return zoom_.current(); }
    [[nodiscard]] QSize sizeHint() const override { return {720, 300}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 128}; }

public slots:
    void zoomAll();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] TimeRange whole() const;
    void draw();
    void go(TimeRange range, bool remember);
    void scaleAt(Ns at, double factor);
    PlotCanvas* canvas_;
    std::vector<Item> items_;
    ZoomStack zoom_;
    bool all_ = true;
    std::optional<double> pressed_;
};

} // namespace migscope
