// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads recordings from files in a thread of its own.
#include "ui/recordings.h"

#include <QFileInfo>

namespace migscope {

Recordings::Recordings(QObject* parent) : QObject(parent), postbox_(this) {}
Recordings::~Recordings() {
    postbox_.close();
}

void Recordings::open(const QString& path) {
    const QString whole = QFileInfo(path).absoluteFilePath();
    background_.run([this, whole, postbox = postbox_] {
        auto loaded = loadRecording(whole.toStdString());
        if (loaded) {
            std::shared_ptr<const Recording> recording = std::move(*loaded);
            postbox.post([this, whole, recording] { emit opened(whole, recording); });
        } else {
            postbox.post([this, whole, error = loaded.error()] { emit failed(whole, error); });
        }
    });
}

} // namespace migscope
