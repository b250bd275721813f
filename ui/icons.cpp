// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our icons, drawn in the palette's own text colour.
#include "ui/icons.h"

#include <QFile>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

static void loadResources() {
    Q_INIT_RESOURCE(ui);
} // from a static library they do not come by themselves

namespace migscope {
namespace {

QPixmap draw(const QByteArray& svg, const QColor& colour, int size) {
    QByteArray coloured = svg;
    coloured.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer renderer(coloured);
    QPixmap pixmap(size, size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

} // namespace

QIcon themedIcon(const QString& name, const QPalette& palette) {
    loadResources();
    QFile file(QStringLiteral(":/migscope/%1.svg").arg(name));
    QIcon icon;
    if (!file.open(QIODevice::ReadOnly))
        return icon;
    const QByteArray svg = file.readAll();
    for (const int size : {16, 20, 24, 32, 48, 64}) {
        icon.addPixmap(draw(svg, palette.color(QPalette::Active, QPalette::ButtonText), size), QIcon::Normal);
        icon.addPixmap(draw(svg, palette.color(QPalette::Disabled, QPalette::ButtonText), size),
                       QIcon::Disabled);
    }
    return icon;
}

QIcon programIcon() {
    loadResources();
    return QIcon(QStringLiteral(":/migscope/migscope.svg"));
}

} // namespace migscope
