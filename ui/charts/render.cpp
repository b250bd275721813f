// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording's chart and downtime bar as a picture or a page.
#include "ui/charts/render.h"

#include <QCoreApplication>
#include <QPainter>

#include "core/transfer/target_file.h"
#include "ui/charts/chart_words.h"
#include "ui/charts/downtime_bar.h"
#include "ui/charts/picture_file.h"
#include "ui/charts/plot_canvas.h"
#include "ui/theme.h"

namespace migscope {
namespace {

constexpr QSize smallest{360, 300};
constexpr int largestSide = 20'000;
constexpr int margin = 14;
constexpr int barHeight = 74;

QString tr(const char* text) {
    return QCoreApplication::translate("charts", text);
}

/// One drawing for every device: caption, tracks, downtime bar.
class Picture {
public:
    Picture(const Recording& recording, const PictureOptions& options)
        : recording_(recording)
        , options_(options)
        , theme_(Theme::of(options.dark ? darkPalette() : lightPalette()))
        , caption_(captionLines(recording, options.name)) {
        canvas_.setPalette(options.dark ? darkPalette() : lightPalette());
        canvas_.applyTheme(theme_);
        const RunMetrics* run = runToShow(recording);
        if (run != nullptr)
            downtime_ = downtimeContent(recording, *run);
    }

    void paint(QPaintDevice& device, bool vector) {
        const int lineHeight = canvas_.fontMetrics().lineSpacing();
        const int head = margin + lineHeight * static_cast<int>(caption_.size()) + 6;
        const int foot = downtime_ ? barHeight + margin : margin;
        const QRect tracks(margin, head, options_.size.width() - 2 * margin,
                           options_.size.height() - head - foot);
        canvas_.resize(tracks.size());
        const TimeRange range = options_.range.value_or(wholeRange(recording_.lastTime()));
        content_ = chartContent(recording_, {range.from, range.to, static_cast<std::size_t>(tracks.width()),
                                             recording_.lastTime()});
        canvas_.setContent(content_);
        canvas_.paintTo(device, vector, tracks, [&](QPainter& painter) {
            painter.fillRect(QRect(QPoint(0, 0), options_.size), theme_.card());
            painter.setPen(theme_.text());
            int y = margin + canvas_.fontMetrics().ascent();
            for (const QString& line : caption_) {
                painter.drawText(margin, y,
                                 canvas_.fontMetrics().elidedText(line, Qt::ElideRight, tracks.width()));
                y += lineHeight;
            }
            if (downtime_)
                paintDowntime(painter,
                              QRectF(margin, options_.size.height() - foot + 4, tracks.width(), barHeight),
                              *downtime_, theme_, std::nullopt);
        });
    }

    [[nodiscard]] Drawing drawing() {
        return {options_.size, caption_, theme_.card(),
                [this](QPaintDevice& device, bool vector) { paint(device, vector); }};
    }

    /// Readable without scripts and without a network.
    [[nodiscard]] QByteArray html() {
        const QByteArray picture = svgOf(drawing());
        const QString ink = theme_.text().name();
        const QString paper = theme_.card().name();
        QString page =
            QStringLiteral(
                "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>%1</title>\n"
                "<style>body{font:14px sans-serif;color:%2;background:%3;margin:1.5em}"
                "svg{max-width:100%;height:auto}table{border-collapse:collapse}"
                "td,th{padding:2px 10px;text-align:left;border-bottom:1px solid #8886}"
                "pre{background:#8881;padding:1em;overflow:auto}</style></head><body>\n")
                .arg(caption_.front().toHtmlEscaped(), ink, paper);
        page += QStringLiteral("<h1>%1</h1>\n").arg(options_.name.toHtmlEscaped());
        for (const QString& line : caption_)
            page += QStringLiteral("<p>%1</p>\n").arg(line.toHtmlEscaped());
        // Only the element itself: its XML declaration has no place inside a page.
        page += QString::fromUtf8(picture.mid(picture.indexOf("<svg")));
        page += QStringLiteral("\n<h2>%1</h2>\n<pre>%2</pre>\n")
                    .arg(tr("Report").toHtmlEscaped(),
                         QString::fromStdString(reportText(recording_)).toHtmlEscaped());
        page += QStringLiteral("<h2>%1</h2>\n<table><tr><th>%2</th><th>%3</th><th>%4</th><th>%5</th></tr>\n")
                    .arg(tr("The chart as a table"), tr("Time"), tr("Track"), tr("Value"), tr("Duration"));
        for (const ChartRow& row : chartRows(recording_, content_))
            page += QStringLiteral("<tr><td>%1</td><td>%2</td><td>%3</td><td>%4</td></tr>\n")
                        .arg(timeText(row.time).toHtmlEscaped(), row.track.toHtmlEscaped(),
                             row.value.toHtmlEscaped(), row.duration.toHtmlEscaped());
        page += QStringLiteral("</table></body></html>\n");
        return page.toUtf8();
    }

private:
    const Recording& recording_;
    const PictureOptions& options_;
    Theme theme_;
    QStringList caption_;
    PlotCanvas canvas_;
    ChartContent content_;
    std::optional<DowntimeContent> downtime_;
};

} // namespace

std::optional<PictureFormat> parsePictureFormat(const QString& word) {
    for (const auto& [name, format] :
         {std::pair("svg", PictureFormat::Svg), std::pair("png", PictureFormat::Png),
          std::pair("pdf", PictureFormat::Pdf), std::pair("html", PictureFormat::Html)}) {
        if (word == QLatin1String(name))
            return format;
    }
    return std::nullopt;
}

Result<QByteArray> renderRecording(const Recording& recording, const PictureOptions& options) {
    if (options.size.width() < smallest.width() || options.size.height() < smallest.height() ||
        options.size.width() > largestSide || options.size.height() > largestSide)
        return fail(
            Errc::InvalidArgument, "draw the recording",
            QStringLiteral("%1x%2").arg(options.size.width()).arg(options.size.height()).toStdString(),
            "a picture is from 360x300 to 20000x20000");
    Picture picture(recording, options);
    switch (options.format) {
    case PictureFormat::Svg:
        return svgOf(picture.drawing());
    case PictureFormat::Png:
        return pngOf(picture.drawing());
    case PictureFormat::Pdf:
        return pdfOf(picture.drawing());
    case PictureFormat::Html:
        break;
    }
    return picture.html();
}

Result<void> writePicture(const QByteArray& bytes, const QString& path) {
    TargetFile file(path.toStdString(), "write picture");
    if (auto opened = file.open(); !opened)
        return opened;
    if (auto written = file.write({bytes.constData(), static_cast<std::size_t>(bytes.size())}); !written)
        return written;
    return file.place();
}

} // namespace migscope
