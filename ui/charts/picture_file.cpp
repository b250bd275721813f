// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Something drawn, as the bytes of a picture file.
#include "ui/charts/picture_file.h"

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <utility>

namespace migscope {
namespace {

constexpr int dotsPerInch = 96;

/// Without the characters that XML does not allow: Qt writes them as they are.
QByteArray wellFormed(QByteArray svg) {
    for (char& c : svg) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r')
            c = '?';
    }
    for (const char* none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) // U+FFFE, U+FFFF
        svg.replace(none, "\xef\xbf\xbd");
    return svg;
}

QString description(const Drawing& drawing) {
    return drawing.caption.join(QStringLiteral("; "));
}

QString title(const Drawing& drawing) {
    return drawing.caption.isEmpty() ? QString() : drawing.caption.front();
}

} // namespace

QByteArray svgOf(const Drawing& drawing) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(drawing.size);
    generator.setViewBox(QRect(QPoint(0, 0), drawing.size));
    generator.setResolution(dotsPerInch);
    // Qt writes both as they are.
    generator.setTitle(title(drawing).toHtmlEscaped());
    generator.setDescription(description(drawing).toHtmlEscaped());
    drawing.paint(generator, true);
    return wellFormed(std::move(bytes));
}

QImage imageOf(const Drawing& drawing) {
    QImage image(drawing.size, QImage::Format_RGB32);
    image.fill(drawing.paper);
    drawing.paint(image, false);
    image.setText(QStringLiteral("Description"), description(drawing));
    return image;
}

QByteArray pngOf(const Drawing& drawing) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    imageOf(drawing).save(&buffer, "PNG");
    return bytes;
}

QByteArray pdfOf(const Drawing& drawing) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(dotsPerInch);
    const QSizeF points(drawing.size.width() * 72.0 / dotsPerInch,
                        drawing.size.height() * 72.0 / dotsPerInch);
    writer.setPageSize(QPageSize(points, QPageSize::Point, {}, QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF());
    writer.setTitle(title(drawing));
    writer.setCreator(QStringLiteral("Migscope"));
    drawing.paint(writer, true);
    return bytes;
}

} // namespace migscope
