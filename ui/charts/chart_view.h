// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The chart of one recording with what a person does to it: zoom, pan, cursor, follow, pick.
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

#include "ui/charts/plot_canvas.h"
#include "ui/charts/zoom_stack.h"
#include "ui/run_source.h"
#include "ui/selection.h"

namespace migscope {

/// Wheel: zoom at the pointer. Drag: zoom into the box. Shift or right drag: pan. Ctrl+drag: select a stretch
/// of time. Click: cursor, and pick what is there. Keys: [ and ] begin and end the stretch at the cursor,
/// arrows move the cursor, Shift+arrows pan, + and - zoom, Home all, End the newest, Alt+Left and Alt+Right
/// back and forward, PageUp and PageDown from event to event, Escape clears.
class ChartView : public QWidget {
    Q_OBJECT
public:
    explicit ChartView(Selection& selection, QWidget* parent = nullptr);

    void setSource(const RunSourcePtr& source);
    [[nodiscard]] const RunSourcePtr& source() const { return source_; }
    /// Only once there was a source.
    [[nodiscard]] PlotCanvas& canvas() const { return *canvas_; }
    [[nodiscard]] bool hasCanvas() const { return canvas_ != nullptr; }
    [[nodiscard]] TimeRange range() const { return zoom_.current(); }
    [[nodiscard]] bool following() const { return follow_; }
    [[nodiscard]] bool canGoBack() const { return zoom_.canGoBack(); }
    [[nodiscard]] bool canGoForward() const { return zoom_.canGoForward(); }
    /// What the cursor, or the pointer, reads in all tracks; empty without either.
    [[nodiscard]] QString readout() const { return readout_; }
    [[nodiscard]] QSize sizeHint() const override { return {720, 330}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, 128}; }

public slots:
    /// The source grew, or what is shown of it changed.
    void refresh();
    void zoomAll();
    void zoomIn();
    void zoomOut();
    void goBack();
    void goForward();
    void setFollowing(bool on);
    void zoomTo(migscope::TimeRange range);

signals:
    void viewChanged(); ///< range, follow, stack: for buttons
    void readoutChanged(const QString& text);
    void contentChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    class Overlay;
    void makeCanvas();
    void update(TimeRange range, bool remember);
    void scaleAt(Ns at, double factor);
    void pan(double share);
    void moveCursor(Ns to);
    void stepEvent(bool forward);
    void pickAt(const QPointF& at);
    void showSelection();
    void showReadout();
    /// One end of the stretch, the other stays where it is, or comes from the cursor's other side.
    void setStretchEnd(bool begin, Ns at);
    void selectBetween(double from, double to);
    [[nodiscard]] std::optional<TimeRange> stretch() const;
    [[nodiscard]] std::optional<Ns> cursor() const;
    [[nodiscard]] TimeRange whole() const;
    [[nodiscard]] Ns pixel() const;

    Selection& selection_;
    RunSourcePtr source_;
    PlotCanvas* canvas_ = nullptr; ///< made with the first source: a window that starts shows none
    Overlay* overlay_;
    ZoomStack zoom_;
    Ns last_{0}; ///< of the recording
    bool all_ = true;
    bool follow_ = true;
    std::optional<double> hover_; ///< x
    std::optional<QPointF> pressed_;
    bool panning_ = false;
    bool stretching_ = false;
    TimeRange panFrom_;
    QString readout_;
};

} // namespace migscope
