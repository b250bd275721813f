// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The files that were opened or saved last, remembered over starts.
#include "ui/recent_files.h"

#include <QFileInfo>
#include <QSettings>

#include <utility>

namespace migscope {

RecentFiles::RecentFiles(QString key, QObject* parent)
    : QObject(parent)
    , postbox_(this)
    , key_(std::move(key))
    , paths_(QSettings().value(key_).toStringList().mid(0, most)) {
    if (paths_.isEmpty())
        return;
    background_.run([this, postbox = postbox_, paths = paths_] {
        QStringList gone;
        for (const QString& path : paths) {
            if (!QFileInfo::exists(path))
                gone << path;
        }
        postbox.post([this, gone] { forget(gone); });
    });
}

RecentFiles::~RecentFiles() {
    postbox_.close();
}

void RecentFiles::remember(const QString& path) {
    if (!paths_.isEmpty() && paths_.front() == path)
        return;
    paths_.removeAll(path);
    paths_.prepend(path);
    paths_ = paths_.mid(0, most);
    store();
}

void RecentFiles::forget(const QStringList& paths) {
    const qsizetype before = paths_.size();
    for (const QString& path : paths)
        paths_.removeAll(path);
    if (paths_.size() != before)
        store();
}

void RecentFiles::clear() {
    if (paths_.isEmpty())
        return;
    paths_.clear();
    store();
}

void RecentFiles::store() {
    QSettings().setValue(key_, paths_);
    emit changed();
}

} // namespace migscope
