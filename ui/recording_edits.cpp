// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a person changes in recordings.
#include "ui/recording_edits.h"

#include "core/transfer/recording_edit.h"
#include "core/transfer/recording_save.h"

namespace migscope {

RecordingEdits::RecordingEdits(QObject* parent) : QObject(parent), postbox_(this) {}

RecordingEdits::~RecordingEdits() {
    postbox_.close();
}

QString RecordingEdits::whyNoMark(const RunSourcePtr& source) {
    if (!source)
        return tr("Select a run first.");
    if (source->growing() && !source->recordedHere())
        return tr("Another program is still writing this recording: a mark can be put into it when it ends.");
    if (source->path().isEmpty() && !source->recordedHere())
        return tr("An example is not changed: save it as a file, and open that.");
    return {};
}

void RecordingEdits::mark(const RunSourcePtr& source, qint64 timeNs, const QString& text) {
    if (!whyNoMark(source).isEmpty())
        return;
    const Ns time{timeNs};
    const std::string words = text.toStdString();
    if (source->recordedHere()) {
        const bool fileToo = !source->growing() && !source->path().isEmpty();
        source->mark(time, words);
        emit marked(source, true);
        if (!fileToo)
            return; // its recorder writes it
    }
    background_.run([this, postbox = postbox_, source, time, words, path = source->path().toStdString()] {
        const auto added = addMark(path, time, words);
        postbox.post([this, source, path, added] {
            if (!added)
                emit failed(QString::fromStdString(path), added.error());
            else if (!source->recordedHere())
                emit marked(source, false);
        });
    });
}

void RecordingEdits::saveStretch(const RunSourcePtr& source, TimeRange range, const QString& path) {
    if (!source)
        return;
    background_.run([this, postbox = postbox_, source, range, path] {
        std::shared_ptr<Recording> cut;
        source->look([&](const Recording& recording) {
            cut = cutRecording(recording, range.from, range.to, source->name().toStdString());
        });
        const auto written = saveRecording([&](const auto& see) { see(*cut); }, path.toStdString());
        postbox.post([this, path, written] {
            if (written)
                emit saved(path);
            else
                emit failed(path, written.error());
        });
    });
}

} // namespace migscope
