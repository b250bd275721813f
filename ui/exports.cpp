// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Files for other programs.
#include "ui/exports.h"

#include <QDir>
#include <QFileInfo>

#include <utility>

#include "ui/charts/render.h"

namespace migscope {

Exports::Exports(QObject* parent) : QObject(parent), postbox_(this) {}

Exports::~Exports() {
    postbox_.close();
    for (const auto& [path, isCancelled] : writing_)
        *isCancelled = true;
    static_cast<void>(background_.waitIdle(std::chrono::milliseconds(500))); // a dead disk is left behind
}

void Exports::saveBytes(const QByteArray& bytes, const QString& path) {
    start(path, [bytes, path](const SaveProgress&) { return writePicture(bytes, path); });
}

void Exports::saveData(const RunSourcePtr& source, ExportFormat format, const QString& path) {
    const QString own = QFileInfo(source->path()).canonicalFilePath();
    if (!own.isEmpty() && own == QFileInfo(path).canonicalFilePath()) {
        emit failed(path, fail(Errc::Refused, "export recording", path.toStdString(),
                               "it is this recording's own file")
                              .error());
        return;
    }
    start(path, [source, format, path](const SaveProgress& progress) {
        const LookAtRecording look = [&](const auto& see) { source->look(see); };
        return exportRecording(look, format, path.toStdString(), progress);
    });
}

void Exports::start(const QString& path, Work work) {
    const QString whole = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    if (writing_.contains(whole)) {
        emit failed(whole, fail(Errc::JobRunning, "write", whole.toStdString()).error());
        return;
    }
    const auto isCancelled = std::make_shared<std::atomic<bool>>(false);
    writing_[whole] = isCancelled;
    background_.run([this, postbox = postbox_, whole, isCancelled, act = std::move(work)] {
        Pace pace;
        const auto result = act([&](std::uint64_t done, std::uint64_t total) {
            if (pace.due())
                postbox.post([this, whole, done, total] { emit progress(whole, done, total); });
            return !*isCancelled;
        });
        postbox.post([this, whole, result] { onDone(whole, result); });
    });
}

void Exports::cancel(const QString& path) {
    if (const auto found = writing_.find(path); found != writing_.end())
        *found->second = true;
}

void Exports::onDone(const QString& path, const Result<void>& result) {
    writing_.erase(path);
    emit progressEnded(path);
    if (result)
        emit saved(path);
    else if (result.error().is(Errc::Cancelled))
        emit cancelled(path);
    else
        emit failed(path, result.error());
}

} // namespace migscope
