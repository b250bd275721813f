// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording's chart and downtime bar as a picture or a page, without a window.
#pragma once

#include <QByteArray>
#include <QSize>
#include <QString>

#include <optional>

#include "core/base/error.h"
#include "core/transfer/recording.h"
#include "ui/charts/zoom_stack.h"

namespace migscope {

enum class PictureFormat { Svg, Png, Pdf, Html };
/// "svg", "png", "pdf", "html".
[[nodiscard]] std::optional<PictureFormat> parsePictureFormat(const QString& word);

struct PictureOptions {
    PictureFormat format = PictureFormat::Svg;
    bool dark = false;
    QSize size{1200, 640};
    QString name;                        ///< in the caption: the file's name
    std::optional<TimeRange> range = {}; ///< absent: the whole recording
};

/// The bytes of the picture. GUI thread, any platform plugin. Says "SIMULATED" where the recording is.
/// Errc::InvalidArgument when the size is too small to draw, or larger than 20 000 a side.
[[nodiscard]] Result<QByteArray> renderRecording(const Recording& recording, const PictureOptions& options);
/// Writes beside `path` and renames, so that what carries the name is whole; keeps the errno. Any thread.
[[nodiscard]] Result<void> writePicture(const QByteArray& bytes, const QString& path);

} // namespace migscope
