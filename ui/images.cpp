// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window in which saved states are compared.
#include "ui/images.h"

#include <QMimeData>
#include <QUrl>

#include "ui/panels/images_window.h"

namespace migscope {

QStringList imagesIn(const QMimeData& data) {
    QStringList paths;
    const QList<QUrl> urls = data.urls();
    for (const QUrl& url : urls) {
        const QString path = url.toLocalFile();
        if (path.endsWith(QLatin1String(".migstate"), Qt::CaseInsensitive) ||
            path.endsWith(QLatin1String(".state"), Qt::CaseInsensitive))
            paths << path;
    }
    return paths;
}

Images::Images(QWidget* window) : QObject(window), window_(window) {}

ImagesWindow& Images::view() {
    if (view_ == nullptr) {
        view_ = new ImagesWindow(window_);
        connect(view_, &ImagesWindow::helpAsked, this, &Images::helpAsked);
    }
    return *view_;
}

void Images::show() {
    ImagesWindow& shown = view();
    shown.setWindowState(shown.windowState() & ~Qt::WindowMinimized);
    shown.show();
    shown.activateWindow(); // in front too, where it was open behind the window
}

void Images::open(const QStringList& paths) {
    if (paths.isEmpty())
        return;
    show();
    view().setFiles(paths);
}

} // namespace migscope
