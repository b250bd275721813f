// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Files for other programs: pictures, reports and exports, written outside the GUI thread.
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>

#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include "core/base/error.h"
#include "core/transfer/recording_export.h"
#include "ui/background.h"
#include "ui/run_source.h"

namespace migscope {

/// Lives in the GUI thread. Each file is written in a thread of its own, which nobody waits for; it takes its
/// place whole or not at all, and replaces what stood there.
class Exports : public QObject {
    Q_OBJECT
public:
    explicit Exports(QObject* parent = nullptr);
    ~Exports() override;

    /// A picture, a report. Ends in saved() or failed().
    void saveBytes(const QByteArray& bytes, const QString& path);
    /// Ends in saved(), failed() or cancelled(). Of one that grows: what is there now.
    void saveData(const RunSourcePtr& source, ExportFormat format, const QString& path);

public slots:
    /// The absolute path, as the signals name it; another one is nobody's.
    void cancel(const QString& path);

signals:
    void saved(const QString& path);
    void failed(const QString& path, const migscope::Error& error);
    /// Nothing is left of it.
    void cancelled(const QString& path);
    /// In parts of the whole; only when it takes long, and then each 100 ms at most.
    void progress(const QString& path, quint64 done, quint64 total);
    /// After the last progress, whatever the outcome.
    void progressEnded(const QString& path);

private:
    using Work = std::function<Result<void>(const SaveProgress&)>;
    void start(const QString& path, Work work);
    void onDone(const QString& path, const Result<void>& result);

    Background background_;
    Postbox postbox_;
    std::map<QString, std::shared_ptr<std::atomic<bool>>> writing_; ///< true: cancelled
};

} // namespace migscope
