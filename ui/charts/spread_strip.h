// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One figure of repeated runs: a dot a run, a row a recording, the median, the first run apart, outliers
// ringed.
#pragma once

#include <QRectF>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

#include "core/transfer/run_figures.h"

class QPainter;

namespace migscope {

struct SpreadDot {
    double value = 0;
    int run = 0;
    bool first = false;   ///< of its recording: a cold start shows here
    bool outlier = false; ///< far from the rest
    friend bool operator==(const SpreadDot&, const SpreadDot&) = default;
};
struct SpreadRow {
    QString label;
    int series = 0;
    std::vector<SpreadDot> dots;
    std::optional<double> median;
    QString words; ///< "12 runs · median 412 ms · p90 431 ms"
};

/// Left and Right move over the dots of a row, Up and Down over the rows, Enter shows the run, as a click
/// does.
class SpreadStrip : public QWidget {
    Q_OBJECT
public:
    explicit SpreadStrip(QWidget* parent = nullptr);
    void setRows(FigureUnit unit, std::vector<SpreadRow> rows);
    [[nodiscard]] const std::vector<SpreadRow>& rows() const { return rows_; }
    /// A row a dot, tab-separated, below a line of heads.
    [[nodiscard]] QString table() const;
    /// As it is shown, without the focus; at the painter's origin, in the size of the widget.
    void draw(QPainter& painter) const;
    /// Where a dot is drawn.
    [[nodiscard]] QPointF dotAt(std::size_t row, std::size_t dot) const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void runPicked(int row, int run);
    /// By a key, to the run drawn there.
    void focusMoved(const QPoint& at);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Place {
        std::size_t row = 0;
        std::size_t dot = 0;
    };
    [[nodiscard]] std::optional<Place> near(const QPointF& at) const;
    [[nodiscard]] double xOf(double value) const;
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] QString dotWords(const Place& place) const;
    void describe();

    FigureUnit unit_{};
    std::vector<SpreadRow> rows_;
    double low_ = 0;
    double high_ = 1;
    std::optional<Place> focus_;
};

} // namespace migscope
