// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a person changes in recordings: marks, and stretches saved as files of their own.
#pragma once

#include <QObject>
#include <QString>

#include "core/base/error.h"
#include "ui/background.h"
#include "ui/charts/zoom_stack.h"
#include "ui/run_source.h"

namespace migscope {

/// Lives in the GUI thread; files are written in threads of their own, which nobody waits for.
class RecordingEdits : public QObject {
    Q_OBJECT
public:
    explicit RecordingEdits(QObject* parent = nullptr);
    ~RecordingEdits() override;

    /// Why no mark can be put into it; empty: one can.
    [[nodiscard]] static QString whyNoMark(const RunSourcePtr& source);

public slots:
    /// Into the recording and its file. Ends in marked() or failed().
    void mark(const migscope::RunSourcePtr& source, qint64 timeNs, const QString& text);
    /// Ends in saved() or failed(); what stands at `path` is replaced.
    void saveStretch(const migscope::RunSourcePtr& source, migscope::TimeRange range, const QString& path);

signals:
    /// `inMemory`: the source itself has it; else its file has to be read again.
    void marked(const migscope::RunSourcePtr& source, bool inMemory);
    void saved(const QString& path);
    void failed(const QString& path, const migscope::Error& error);

private:
    Background background_;
    Postbox postbox_;
};

} // namespace migscope
