// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings in files: opened, followed while they grow, saved; and which ones were the last.
#include "ui/recordings.h"

#include <fcntl.h>

#include <QDir>
#include <QFileInfo>

#include <cerrno>
#include <utility>

#include "core/transfer/recording_save.h"

namespace migscope {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// A writer flushes each 50 ms; a notification may come for each flush.
constexpr milliseconds leastPause{50};
constexpr milliseconds pollWhileGrowing{250}; // where nothing is notified: a network file system
constexpr milliseconds pollWhileQuiet{2'000};
/// Without a recorder's lock, a file that did not change for so long is no longer being written.
constexpr milliseconds quietAfter{5'000};
/// A file that was created a moment ago has no header yet.
constexpr milliseconds headerPatience{2'000};

QString wholePath(const QString& path) {
    return QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

} // namespace

struct Recordings::File {
    explicit File(QString filePath) : path(std::move(filePath)) {}
    const QString path;

    // Between the threads.
    std::mutex mutex;
    std::condition_variable changed;
    bool leave = false;
    bool poked = false;
    bool asked = false; ///< somebody opens it again and waits to hear how it stands

    // The GUI thread's.
    RunSourcePtr source;
    bool loading = true;
    bool following = false;
    std::shared_ptr<RecordingFollower> follower; ///< its thread's while that runs

    void stop() {
        const std::lock_guard lock(mutex);
        leave = true;
        changed.notify_all();
    }
    [[nodiscard]] bool left() {
        const std::lock_guard lock(mutex);
        return leave;
    }
    /// Sleeps for `rest`, or shorter when poked (but `least`). False: leave.
    bool rest(milliseconds least, milliseconds most) {
        std::unique_lock lock(mutex);
        if (changed.wait_for(lock, least, [this] { return leave; }))
            return false;
        if (most > least)
            changed.wait_for(lock, most - least, [this] { return leave || poked; });
        poked = false;
        return !leave;
    }
};

struct Recordings::News {
    bool came = false;
    bool growing = false;
    bool asked = false;
    FollowState state = FollowState::Growing;
    std::optional<Error> error;
};

Recordings::Recordings(QObject* parent)
    : QObject(parent), postbox_(this), recent_(QStringLiteral("recordings/recent")) {
    connect(&watcher_, &QFileSystemWatcher::fileChanged, this, &Recordings::poke);
    connect(&recent_, &RecentFiles::changed, this, &Recordings::recentChanged);
}

Recordings::~Recordings() {
    postbox_.close();
    for (const auto& [path, file] : files_)
        file->stop();
    for (const auto& [path, cancelled] : saves_)
        *cancelled = true;
    static_cast<void>(background_.waitIdle(milliseconds(500))); // who is held by a disk is left behind
}

bool Recordings::current(const FilePtr& file) const {
    const auto found = files_.find(file->path);
    return found != files_.end() && found->second == file;
}

void Recordings::open(const QString& path) {
    const QString whole = wholePath(path);
    const auto found = files_.find(whole);
    const FilePtr known = found == files_.end() ? nullptr : found->second;
    if (known && known->loading)
        return;
    if (known && known->following) {
        const std::lock_guard lock(known->mutex);
        known->asked = known->poked = true;
        known->changed.notify_all();
        return;
    }
    start(whole, known);
}

void Recordings::start(const QString& path, const FilePtr& previous) {
    auto file = std::make_shared<File>(path);
    files_[path] = file;
    background_.run([file, previous, postbox = postbox_, this] { work(file, previous, postbox, this); });
}

void Recordings::work(const FilePtr& file, const FilePtr& previous, const Postbox& postbox,
                      Recordings* self) {
    if (previous && previous->follower && previous->follower->unchanged()) {
        postbox.post([self, previous] { self->onUnchanged(previous); });
        return;
    }
    Pace pace;
    const ReadProgress progress = [&](std::uint64_t read, std::uint64_t total) {
        if (pace.due())
            postbox.post([self, path = file->path, read, total] { emit self->progress(path, read, total); });
        return !file->left();
    };
    const std::string name = file->path.toStdString();
    const auto give = [&](const Error& error) {
        postbox.post([self, file, previous, error] { self->onNotLoaded(file, previous, error); });
    };
    auto made = RecordingFollower::open(name, progress);
    if (!made)
        return give(made.error());
    const std::shared_ptr<RecordingFollower> follower = std::move(*made);
    const auto patience = Steady::now() + headerPatience;
    while (!follower->hasHeader() && follower->state() == FollowState::Growing &&
           (follower->held() || Steady::now() < patience)) {
        if (!file->rest(leastPause, leastPause) || !follower->poll(progress))
            return give(fail(Errc::Cancelled, "read recording", name).error());
    }
    if (!follower->hasHeader())
        return give(follower->error().value_or(
            fail(Errc::Incomplete, "read recording", name,
                 follower->bytesRead() == 0 ? "the file is empty" : "it has no header")
                .error()));
    const bool growing = follower->state() == FollowState::Growing && follower->held();
    if (!growing)
        follower->settle();
    postbox.post([self, file, follower, growing, error = follower->error()] {
        self->onLoaded(file, follower, growing, error);
    });
    if (follower->state() == FollowState::Growing)
        follow(file, *follower, growing, postbox, self);
    postbox.post([self, file] { self->onFollowingEnded(file); });
}

void Recordings::follow(const FilePtr& file, RecordingFollower& follower, bool growing,
                        const Postbox& postbox, Recordings* self) {
    auto lastNews = Steady::now();
    bool held = follower.held();
    while (follower.state() == FollowState::Growing) {
        const bool fresh = growing || Steady::now() - lastNews < quietAfter;
        if (!file->rest(leastPause, fresh ? pollWhileGrowing : pollWhileQuiet))
            return;
        const bool heldBefore = std::exchange(held, follower.held()); // asked before the last bytes are read
        const auto polled = follower.poll([&](std::uint64_t, std::uint64_t) { return !file->left(); });
        if (!polled)
            return; // nobody wants it any more
        News news;
        news.came = *polled;
        const auto now = Steady::now();
        if (news.came)
            lastNews = now;
        const bool writerGone = heldBefore && !held;
        const bool wasGrowing = std::exchange(
            growing, follower.state() == FollowState::Growing &&
                         (held || (!writerGone && (news.came || (growing && now - lastNews < quietAfter)))));
        if (!growing)
            follower.settle();
        {
            const std::lock_guard lock(file->mutex);
            news.asked = std::exchange(file->asked, false);
        }
        news.growing = growing;
        news.state = follower.state();
        news.error = follower.error();
        if (news.came || news.asked || wasGrowing != growing)
            postbox.post([self, file, news] { self->onNews(file, news); });
    }
}

void Recordings::onLoaded(const FilePtr& file, const std::shared_ptr<RecordingFollower>& follower,
                          bool growing, const std::optional<Error>& error) {
    if (!current(file))
        return;
    file->loading = false;
    file->following = true; // until its thread says otherwise
    file->follower = follower;
    file->source = std::make_shared<RunSource>(
        QFileInfo(file->path).fileName(), file->path, [follower](const auto& see) { follower->look(see); },
        growing);
    watcher_.addPath(file->path);
    emit progressEnded(file->path);
    recent_.remember(file->path);
    const SourceId id = file->source->id();
    emit opened(file->source);
    if (error)
        emit stopped(id, *error);
}

void Recordings::onNotLoaded(const FilePtr& file, const FilePtr& previous, const Error& error) {
    if (!current(file))
        return;
    if (previous)
        files_[file->path] = previous; // what was read of it before is still shown
    else
        files_.erase(file->path);
    emit progressEnded(file->path);
    if (error.is(Errc::Cancelled)) {
        emit cancelled(file->path);
        return;
    }
    if (error.isErrno(ENOENT))
        recent_.forget({file->path});
    emit failed(file->path, error);
}

void Recordings::onUnchanged(const FilePtr& previous) {
    files_[previous->path] = previous;
    recent_.remember(previous->path);
    emit opened(previous->source);
}

void Recordings::onNews(const FilePtr& file, const News& news) {
    if (!current(file) || !file->source)
        return;
    const RunSourcePtr source = file->source; // a listener may close it
    const bool wasGrowing = source->growing();
    source->setGrowing(news.growing);
    if (news.state == FollowState::Damaged || news.state == FollowState::Replaced) {
        if (news.came)
            emit stopped(source->id(), news.error.value_or(Error{}));
    } else if (news.growing && (news.came || !wasGrowing)) {
        emit grew(source->id());
    } else if (!news.growing && (news.came || wasGrowing)) {
        emit ended(source->id());
    }
    if (!news.asked || !current(file))
        return;
    if (news.state == FollowState::Replaced) {
        start(file->path, nullptr);
    } else {
        recent_.remember(file->path);
        emit opened(source);
    }
}

void Recordings::onFollowingEnded(const FilePtr& file) {
    file->following = false;
    if (!current(file))
        return;
    watcher_.removePath(file->path);
    bool asked = false;
    {
        const std::lock_guard lock(file->mutex);
        asked = std::exchange(file->asked, false);
    }
    if (asked)
        start(file->path, file);
}

void Recordings::poke(const QString& path) {
    const auto found = files_.find(path);
    if (found == files_.end())
        return;
    const std::lock_guard lock(found->second->mutex);
    found->second->poked = true;
    found->second->changed.notify_all();
}

void Recordings::cancel(const QString& path) {
    if (const auto save = saves_.find(path); save != saves_.end())
        *save->second = true;
    if (const auto found = files_.find(path); found != files_.end() && found->second->loading)
        found->second->stop();
}

void Recordings::close(SourceId source) {
    for (auto at = files_.begin(); at != files_.end(); ++at) {
        const FilePtr file = at->second;
        if (!file->source || file->source->id() != source)
            continue;
        file->stop();
        if (file->following)
            watcher_.removePath(file->path);
        files_.erase(at);
        return;
    }
}

void Recordings::saveAs(const RunSourcePtr& source, const QString& path) {
    const QString whole = wholePath(path);
    const std::string name = whole.toStdString();
    if (saves_.contains(whole)) {
        emit saveFailed(whole, fail(Errc::JobRunning, "save recording", name).error());
        return;
    }
    std::shared_ptr<RecordingFollower> follower;
    for (const auto& [known, file] : files_) {
        if (file->source == source)
            follower = file->follower;
    }
    const auto cancelled = std::make_shared<std::atomic<bool>>(false);
    saves_[whole] = cancelled;
    background_.run([this, postbox = postbox_, source, follower, cancelled, whole, name,
                     from = source->path().toStdString(), growing = source->growing()] {
        Pace pace;
        const SaveProgress progress = [&](std::uint64_t done, std::uint64_t total) {
            if (pace.due())
                postbox.post([this, whole, done, total] { emit saveProgress(whole, done, total); });
            return !*cancelled;
        };
        // A journal that could not be written to its end has less than the memory has.
        bool complete = false;
        source->look([&](const Recording& recording) { complete = recording.complete; });
        UniqueFd journal;
        int fd = follower ? follower->descriptor() : -1;
        if (!follower && !from.empty() && (growing || complete)) {
            journal = UniqueFd(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
            fd = journal.get();
        }
        const LookAtRecording look = [&](const auto& see) { source->look(see); };
        const auto result =
            fd >= 0 ? saveRecordingFile(fd, growing, name, progress) : saveRecording(look, name, progress);
        postbox.post([this, whole, result] { onSaved(whole, result); });
    });
}

void Recordings::onSaved(const QString& path, const Result<void>& result) {
    saves_.erase(path);
    emit progressEnded(path);
    if (result) {
        recent_.remember(path);
        emit saved(path);
    } else if (result.error().is(Errc::Cancelled)) {
        emit cancelled(path);
    } else {
        emit saveFailed(path, result.error());
    }
}

} // namespace migscope
