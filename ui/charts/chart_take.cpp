// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What can be taken away of a chart.
#include "ui/charts/chart_take.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>
#include <utility>

#include "ui/charts/chart_view.h"
#include "ui/charts/chart_words.h"
#include "ui/charts/downtime_bar.h"
#include "ui/charts/plot_canvas.h"
#include "ui/models/chart_table_model.h"
#include "ui/models/table_text.h"

namespace migscope {
namespace {

constexpr int margin = 14;
constexpr int narrowest = 360; ///< a caption has to be read

QString tr(const char* text) {
    return QCoreApplication::translate("charts", text);
}

void captionFrom(ChartTake& take, const RunSourcePtr& source, const Recording& recording) {
    take.caption = captionLines(recording, source->name());
    take.simulated = recording.header().simulated;
    take.source = source;
}

} // namespace

Drawing drawingOf(const ChartTake& take) {
    const QFontMetrics metrics(take.font);
    const int width = std::max(take.size.width(), narrowest);
    const QStringList lines = wrappedCaption(take.caption, metrics, width);
    const int head = margin + metrics.lineSpacing() * static_cast<int>(lines.size()) + 6;
    const QRect area(QPoint(margin, head), take.size);
    const QSize whole(width + 2 * margin, head + take.size.height() + margin);
    Drawing drawing{whole, take.caption, take.theme.card(), {}};
    drawing.paint = [take, metrics, area, whole, lines](QPaintDevice& device, bool vector) {
        take.paint(device, vector, area, [&](QPainter& painter) {
            painter.fillRect(QRect(QPoint(0, 0), whole), take.theme.card());
            painter.setPen(take.theme.text());
            painter.setFont(take.font);
            int y = margin + metrics.ascent();
            for (const QString& line : lines) {
                painter.drawText(margin, y, line);
                y += metrics.lineSpacing();
            }
        });
    };
    return drawing;
}

QString tableOf(const ChartTake& take) {
    return labelled(take.table, take.simulated ? take.caption.value(0) : QString());
}

ChartTake takeLike(const QWidget& chart, const QString& name) {
    ChartTake take;
    take.name = name;
    take.size = chart.size();
    take.font = chart.font();
    take.theme = Theme::of(chart.palette());
    return take;
}

void paintWith(ChartTake& take, std::function<void(QPainter&)> draw) {
    take.paint = [font = take.font, draw = std::move(draw)](QPaintDevice& device, bool /*vector*/,
                                                            const QRect& area,
                                                            const std::function<void(QPainter&)>& rest) {
        QPainter painter(&device);
        painter.setFont(font);
        rest(painter);
        painter.setFont(font);
        painter.translate(area.topLeft());
        draw(painter);
    };
}

void paintLike(ChartTake& take, const PlotCanvas& canvas) {
    take.size = canvas.size();
    take.paint = [font = take.font, theme = take.theme,
                  content = canvas.content()](QPaintDevice& device, bool vector, const QRect& area,
                                              const std::function<void(QPainter&)>& rest) {
        PlotCanvas again;
        again.setFont(font);
        again.applyTheme(theme);
        again.resize(area.size());
        again.setContent(content);
        again.paintTo(device, vector, area, rest);
    };
}

std::optional<ChartTake> takeOf(const ChartView& chart) {
    if (!chart.source() || !chart.hasCanvas())
        return std::nullopt;
    ChartTake take = takeLike(chart, QStringLiteral("chart"));
    paintLike(take, chart.canvas());
    const ChartContent& content = chart.canvas().content();
    ChartTableModel rows;
    chart.source()->look([&](const Recording& recording) {
        captionFrom(take, chart.source(), recording);
        rows.setRows(chartRows(recording, content));
    });
    take.caption << tr("%1 to %2").arg(timeText(content.window.from), timeText(content.window.to));
    take.table = tableText(rows);
    return take;
}

std::optional<ChartTake> takeOf(const DowntimeBar& bar) {
    if (!bar.source() || !bar.content())
        return std::nullopt;
    ChartTake take = takeLike(bar, QStringLiteral("downtime"));
    bar.source()->look([&](const Recording& recording) { captionFrom(take, bar.source(), recording); });
    take.caption << tr("run %1").arg(bar.content()->run);
    take.table = downtimeTable(*bar.content());
    paintWith(take, [content = *bar.content(), theme = take.theme, size = take.size](QPainter& painter) {
        painter.setRenderHint(QPainter::Antialiasing);
        paintDowntime(painter, QRectF(QPointF(0, 0), QSizeF(size)).adjusted(2, 2, -2, -2), content, theme,
                      std::nullopt);
    });
    return take;
}

} // namespace migscope
