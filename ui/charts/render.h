// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording's chart and downtime bar as a picture, without a window.
#pragma once

#include <QByteArray>
#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

#include "core/base/error.h"
#include "core/transfer/chart_content.h"
#include "core/transfer/recording.h"
#include "ui/charts/downtime_bar.h"
#include "ui/charts/zoom_stack.h"

namespace migscope {

enum class PictureFormat { Svg, Png, Pdf };
/// "svg", "png", "pdf".
[[nodiscard]] std::optional<PictureFormat> parsePictureFormat(const QString& word);

struct PictureOptions {
    PictureFormat format = PictureFormat::Svg;
    bool dark = false;
    QSize size{1200, 640};
    QString name;                        ///< in the caption: the file's name
    std::optional<TimeRange> range = {}; ///< absent: the whole recording
    int run = 0;                         ///< of the downtime bar; 0: the last one with a figure
};

/// What a picture shows, cut to its size: with it no recording is needed any more.
struct PictureContent {
    QStringList caption;
    ChartContent chart;
    std::optional<DowntimeContent> downtime;
};
/// *Reentrant.*
[[nodiscard]] PictureContent pictureContent(const Recording& recording, const PictureOptions& options);
/// The pixel columns that a chart has in a picture of this width.
[[nodiscard]] std::size_t pictureColumns(const PictureOptions& options);
/// As SVG, without checks of its size. GUI thread.
[[nodiscard]] QByteArray svgOf(const PictureContent& content, const PictureOptions& options);

/// Errc::InvalidArgument when it is too small to draw, or larger than 20 000 a side. *Reentrant.*
[[nodiscard]] Result<void> checkPictureSize(const QSize& size);
/// The bytes of the picture. GUI thread, any platform plugin. Says "SIMULATED" where the recording is.
/// Errc::InvalidArgument by checkPictureSize().
[[nodiscard]] Result<QByteArray> renderRecording(const Recording& recording, const PictureOptions& options);
/// Writes beside `path` and renames, so that what carries the name is whole; keeps the errno. Any thread.
[[nodiscard]] Result<void> writePicture(const QByteArray& bytes, const QString& path);

} // namespace migscope
