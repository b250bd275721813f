// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Our icons, drawn in the palette's own text colour when they are needed.
#include "ui/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

static void loadResources() {
    Q_INIT_RESOURCE(ui);
} // from a static library they do not come by themselves

namespace migscope {
namespace {

/// Draws when asked, in the size that is asked for: most icons of a menu are never seen.
class ThemedEngine final : public QIconEngine {
public:
    ThemedEngine(QByteArray svg, const QPalette& palette) : svg_(std::move(svg)), palette_(palette) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State /*state*/) override {
        const auto group = mode == QIcon::Disabled ? QPalette::Disabled : QPalette::Active;
        QByteArray coloured = svg_;
        coloured.replace("currentColor", palette_.color(group, QPalette::ButtonText).name().toLatin1());
        QSvgRenderer(coloured).render(painter, QRectF(rect));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new ThemedEngine(svg_, palette_); }

private:
    QByteArray svg_;
    QPalette palette_;
};

} // namespace

QIcon themedIcon(const QString& name, const QPalette& palette) {
    loadResources();
    QFile file(QStringLiteral(":/migscope/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? QIcon(new ThemedEngine(file.readAll(), palette)) : QIcon();
}

QIcon programIcon() {
    loadResources();
    return QIcon(QStringLiteral(":/migscope/migscope.svg"));
}

} // namespace migscope
