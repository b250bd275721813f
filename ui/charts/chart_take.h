// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What can be taken away of a chart: a picture as it is seen, its values, the recording behind it.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>
#include <QWidget>

#include <functional>
#include <optional>

#include "ui/charts/picture_file.h"
#include "ui/run_source.h"
#include "ui/theme.h"

class QPainter;

namespace migscope {

class ChartView;
class DowntimeBar;
struct DowntimeContent;
class PlotCanvas;

/// Of one moment; used at once, while the chart stands as it does. GUI thread.
struct ChartTake {
    QString name;        ///< of its files, behind the recording's: "chart"
    QStringList caption; ///< who and what; the first line says SIMULATED where it is
    bool simulated = false;
    QString table;       ///< tab-separated, below a line of heads
    RunSourcePtr source; ///< whose data can be exported; null: not of one recording
    QString command;     ///< of a terminal, that says the same; empty: none, or `source` has some
    QSize size;          ///< of the chart itself, in pixels
    QFont font;
    Theme theme;
    /// Draws into `area` with one painter, which `rest` uses first for what stands around it.
    std::function<void(QPaintDevice& device, bool vector, const QRect& area,
                       const std::function<void(QPainter&)>& rest)>
        paint;
};

/// A chart of the window says with this what it has to give.
struct ChartOffer {
    QWidget* chart = nullptr;
    QString name;                                   ///< for a menu: "Chart", "Downtime"
    std::function<std::optional<ChartTake>()> take; ///< absent: it shows nothing
};

/// The caption above the chart, as a picture.
[[nodiscard]] Drawing drawingOf(const ChartTake& take);
/// The table; a last line says SIMULATED, and of what, where it is.
[[nodiscard]] QString tableOf(const ChartTake& take);

/// The font, theme and size of the widget; what the others leave to be filled.
[[nodiscard]] ChartTake takeLike(const QWidget& chart, const QString& name);
/// For a chart that is drawn by a painter, from its origin on.
void paintWith(ChartTake& take, std::function<void(QPainter&)> draw);
/// For a canvas: its content, drawn anew, so that what is on the screen is not touched.
void paintLike(ChartTake& take, const PlotCanvas& canvas);

/// The window of time that is shown.
[[nodiscard]] std::optional<ChartTake> takeOf(const ChartView& chart);
[[nodiscard]] std::optional<ChartTake> takeOf(const DowntimeBar& bar);

} // namespace migscope
