// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording's chart and downtime bar as a picture.
#include "ui/charts/render.h"

#include <QPainter>

#include <algorithm>

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

/// One drawing for every device: caption, tracks, downtime bar.
class Picture {
public:
    Picture(const PictureContent& content, const PictureOptions& options)
        : content_(content)
        , options_(options)
        , theme_(Theme::of(options.dark ? darkPalette() : lightPalette())) {
        canvas_.setPalette(options.dark ? darkPalette() : lightPalette());
        canvas_.applyTheme(theme_);
    }

    void paint(QPaintDevice& device, bool vector) {
        const int lineHeight = canvas_.fontMetrics().lineSpacing();
        const QStringList caption =
            wrappedCaption(content_.caption, canvas_.fontMetrics(), options_.size.width() - 2 * margin);
        const int head = margin + lineHeight * static_cast<int>(caption.size()) + 6;
        const int foot = content_.downtime ? barHeight + margin : margin;
        const QRect tracks(margin, head, options_.size.width() - 2 * margin,
                           options_.size.height() - head - foot);
        canvas_.resize(tracks.size());
        canvas_.setContent(content_.chart);
        canvas_.paintTo(device, vector, tracks, [&](QPainter& painter) {
            painter.fillRect(QRect(QPoint(0, 0), options_.size), theme_.card());
            painter.setPen(theme_.text());
            int y = margin + canvas_.fontMetrics().ascent();
            for (const QString& line : caption) {
                painter.drawText(margin, y, line);
                y += lineHeight;
            }
            if (content_.downtime)
                paintDowntime(painter,
                              QRectF(margin, options_.size.height() - foot + 4, tracks.width(), barHeight),
                              *content_.downtime, theme_, std::nullopt);
        });
    }

    [[nodiscard]] Drawing drawing() {
        return {options_.size, content_.caption, theme_.card(),
                [this](QPaintDevice& device, bool vector) { paint(device, vector); }};
    }

private:
    const PictureContent& content_;
    const PictureOptions& options_;
    Theme theme_;
    PlotCanvas canvas_;
};

} // namespace

std::optional<PictureFormat> parsePictureFormat(const QString& word) {
    for (const auto& [name, format] :
         {std::pair("svg", PictureFormat::Svg), std::pair("png", PictureFormat::Png),
          std::pair("pdf", PictureFormat::Pdf)}) {
        if (word == QLatin1String(name))
            return format;
    }
    return std::nullopt;
}

std::size_t pictureColumns(const PictureOptions& options) {
    return static_cast<std::size_t>(std::max(1, options.size.width() - 2 * margin));
}

PictureContent pictureContent(const Recording& recording, const PictureOptions& options) {
    PictureContent content;
    content.caption = captionLines(recording, options.name);
    if (const RunMetrics* run = runToShow(recording, options.run))
        content.downtime = downtimeContent(recording, *run);
    const TimeRange range = options.range.value_or(wholeRange(recording.lastTime()));
    content.chart =
        chartContent(recording, {range.from, range.to, pictureColumns(options), recording.lastTime()});
    return content;
}

QByteArray svgOf(const PictureContent& content, const PictureOptions& options) {
    Picture picture(content, options);
    return svgOf(picture.drawing());
}

Result<void> checkPictureSize(const QSize& size) {
    if (size.width() < smallest.width() || size.height() < smallest.height() || size.width() > largestSide ||
        size.height() > largestSide)
        return fail(Errc::InvalidArgument, "draw the recording",
                    QStringLiteral("%1x%2").arg(size.width()).arg(size.height()).toStdString(),
                    "a picture is from 360x300 to 20000x20000");
    return {};
}

Result<QByteArray> renderRecording(const Recording& recording, const PictureOptions& options) {
    if (const auto fits = checkPictureSize(options.size); !fits)
        return std::unexpected(fits.error());
    const PictureContent content = pictureContent(recording, options);
    Picture picture(content, options);
    switch (options.format) {
    case PictureFormat::Png:
        return pngOf(picture.drawing());
    case PictureFormat::Pdf:
        return pdfOf(picture.drawing());
    case PictureFormat::Svg:
        break;
    }
    return svgOf(picture.drawing());
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
