// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings in files: opened, followed while they grow, saved; and which ones were the last.
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <QString>
#include <QStringList>

#include <atomic>
#include <map>
#include <memory>
#include <optional>

#include "core/base/error.h"
#include "core/transfer/recording_follow.h"
#include "ui/background.h"
#include "ui/recent_files.h"
#include "ui/run_source.h"

namespace migscope {

/// Lives in the GUI thread. Each file is read in a thread of its own, which nobody waits for: a dead disk
/// holds up neither the window nor another file.
class Recordings : public QObject {
    Q_OBJECT
public:
    explicit Recordings(QObject* parent = nullptr);
    ~Recordings() override;

    /// Absolute paths, newest first; files that are gone are dropped.
    [[nodiscard]] const QStringList& recent() const { return recent_.paths(); }

public slots:
    /// Ends in opened(), failed() or cancelled(). The same path twice is the same source; when its file is
    /// not the one that was read any more, it is a new source with the same path.
    void open(const QString& path);
    /// Of a file that is being opened or saved. The absolute path, as the signals name it.
    void cancel(const QString& path);
    /// The source is no longer wanted: its file is not followed any more.
    void close(migscope::SourceId source);
    /// Copies the bytes of its file when it has one, else writes it from memory. What stands at `path` is
    /// replaced at the end, whole or not at all. Of a growing one: what is there now, which has no summary.
    void saveAs(const migscope::RunSourcePtr& source, const QString& path);
    void clearRecent() { recent_.clear(); }

signals:
    /// Header and all that is there by now were read. The source may be growing already.
    void opened(const migscope::RunSourcePtr& source);
    void failed(const QString& path, const migscope::Error& error);
    void cancelled(const QString& path);
    /// Bytes; only when it takes long, and then each 100 ms at most.
    void progress(const QString& path, quint64 read, quint64 total);
    /// The same of saving, in parts of the whole.
    void saveProgress(const QString& path, quint64 done, quint64 total);
    /// After the last progress of either, whatever the outcome.
    void progressEnded(const QString& path);

    /// More is there. A source that had ended without a summary may grow again.
    void grew(migscope::SourceId source);
    /// It is no longer written: its summary came (with the last events), or its writer is gone.
    void ended(migscope::SourceId source);
    /// A damaged line, or another file in its place: what was good stays, nothing more comes.
    void stopped(migscope::SourceId source, const migscope::Error& error);

    void saved(const QString& path);
    void saveFailed(const QString& path, const migscope::Error& error);
    void recentChanged();

private:
    struct File;
    struct News;
    using FilePtr = std::shared_ptr<File>;
    void start(const QString& path, const FilePtr& previous);
    void onLoaded(const FilePtr& file, const std::shared_ptr<RecordingFollower>& follower, bool growing,
                  const std::optional<Error>& error);
    void onNotLoaded(const FilePtr& file, const FilePtr& previous, const Error& error);
    void onUnchanged(const FilePtr& previous);
    void onNews(const FilePtr& file, const News& news);
    void onFollowingEnded(const FilePtr& file);
    void onSaved(const QString& path, const Result<void>& result);
    [[nodiscard]] bool current(const FilePtr& file) const;
    void poke(const QString& path);

    static void work(const FilePtr& file, const FilePtr& previous, const Postbox& postbox, Recordings* self);
    static void follow(const FilePtr& file, RecordingFollower& follower, bool growing, const Postbox& postbox,
                       Recordings* self);

    Background background_;
    Postbox postbox_;
    QFileSystemWatcher watcher_;
    std::map<QString, FilePtr> files_; ///< by path: loading, followed, or read to its end
    std::map<QString, std::shared_ptr<std::atomic<bool>>> saves_; ///< true: cancelled
    RecentFiles recent_;
};

} // namespace migscope
