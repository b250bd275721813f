// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Something drawn, as the bytes of a picture file.
#pragma once

#include <QByteArray>
#include <QColor>
#include <QImage>
#include <QSize>
#include <QStringList>

#include <functional>

class QPaintDevice;

namespace migscope {

/// GUI thread, as long as it is used.
struct Drawing {
    QSize size;          ///< pixels, at 96 a inch
    QStringList caption; ///< the file's title and description; `paint` draws it where it is to be seen
    QColor paper;
    /// `vector`: shapes stay shapes.
    std::function<void(QPaintDevice& device, bool vector)> paint;
};

[[nodiscard]] QByteArray svgOf(const Drawing& drawing);
[[nodiscard]] QByteArray pdfOf(const Drawing& drawing);
[[nodiscard]] QByteArray pngOf(const Drawing& drawing);
/// For the clipboard.
[[nodiscard]] QImage imageOf(const Drawing& drawing);

} // namespace migscope
