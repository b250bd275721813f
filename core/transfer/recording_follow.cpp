// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Follows a recording file that may still be written.
#include "core/transfer/recording_follow.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "core/transfer/journal_file.h"

namespace migscope {
namespace {

constexpr const char* openWhat = "open recording";
constexpr const char* followWhat = "follow recording";

/// Why a file of this type is not followed.
const char* refusalOf(mode_t mode) {
    if (S_ISREG(mode))
        return nullptr;
    if (S_ISDIR(mode))
        return "it is a directory";
    if (S_ISFIFO(mode))
        return "it is a pipe, which can be read only once: copy it into a file first";
    if (S_ISSOCK(mode))
        return "it is a socket";
    return "it is a device";
}

std::uint64_t sizeOf(const struct stat& facts) {
    return static_cast<std::uint64_t>(facts.st_size);
}

bool sameFile(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

} // namespace

RecordingFollower::RecordingFollower(std::string path, UniqueFd file)
    : path_(std::move(path)), file_(std::move(file)), intake_(path_) {}

Result<std::unique_ptr<RecordingFollower>> RecordingFollower::open(const std::string& path,
                                                                   const ReadProgress& progress) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) // before open(): opening a device can already do something
        return failErrno(errno, openWhat, path);
    if (const char* why = refusalOf(facts.st_mode))
        return fail(Errc::InvalidArgument, openWhat, path, why);
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.valid() || ::fstat(file.get(), &facts) != 0)
        return failErrno(errno, openWhat, path);
    if (const char* why = refusalOf(facts.st_mode)) // it was another one a moment ago
        return fail(Errc::InvalidArgument, openWhat, path, why);
    std::unique_ptr<RecordingFollower> follower(new RecordingFollower(path, std::move(file)));
    if (auto read = follower->poll(progress); !read)
        return std::unexpected(std::move(read.error()));
    if (!follower->hasHeader() && follower->error_)
        return std::unexpected(std::move(*follower->error_));
    return follower;
}

void RecordingFollower::stop(FollowState state, std::optional<Error> error) {
    state_ = state;
    error_ = std::move(error);
    if (hasHeader())
        intake_.conclude(error_);
}

std::optional<Error> RecordingFollower::replacement() const {
    struct stat now{};
    if (::stat(path_.c_str(), &now) != 0) {
        if (errno == ENOENT)
            return fail(Errc::NotFound, followWhat, path_, "it was removed").error();
        return failErrno(errno, followWhat, path_).error();
    }
    if (!sameFile(now, seen_))
        return fail(Errc::NotFound, followWhat, path_, "another file stands in its place").error();
    return std::nullopt;
}

Result<bool> RecordingFollower::poll(const ReadProgress& progress) {
    if (state_ != FollowState::Growing)
        return false;
    struct stat now{};
    if (::fstat(file_.get(), &now) != 0) {
        stop(FollowState::Damaged, failErrno(errno, followWhat, path_).error());
        return true;
    }
    const std::uint64_t before = intake_.bytes();
    if (sizeOf(now) < before) {
        stop(FollowState::Replaced,
             fail(Errc::Damaged, followWhat, path_, "it became shorter than what was read of it").error());
        return true;
    }
    if (settled_ && sizeOf(now) > before) {
        intake_.reopen();
        settled_ = false;
    }
    const std::size_t lines = intake_.reader().lines();
    auto read = intake_.readFrom(file_.get(), sizeOf(now), progress);
    if (!read && read.error().is(Errc::Cancelled))
        return std::unexpected(std::move(read.error()));
    seen_ = now;
    (void)::fstat(file_.get(), &seen_);
    if (!read) {
        stop(FollowState::Damaged, std::move(read.error()));
        return true;
    }
    if (intake_.reader().pendingSummary())
        (void)intake_.finish();
    if (intake_.reader().sawSummary() && intake_.reader().pending() == 0) {
        stop(FollowState::Ended, std::nullopt);
        return true;
    }
    if (auto gone = replacement()) { // after reading: what the old file still had is ours
        stop(FollowState::Replaced, std::move(gone));
        return true;
    }
    return intake_.reader().lines() > lines;
}

bool RecordingFollower::held() const {
    return heldByRecorder(file_.get());
}

Ns RecordingFollower::modified() const {
    return std::chrono::seconds(seen_.st_mtim.tv_sec) + Ns(seen_.st_mtim.tv_nsec);
}

bool RecordingFollower::unchanged() const {
    struct stat now{};
    return ::stat(path_.c_str(), &now) == 0 && sameFile(now, seen_) && now.st_size == seen_.st_size &&
           now.st_mtim.tv_sec == seen_.st_mtim.tv_sec && now.st_mtim.tv_nsec == seen_.st_mtim.tv_nsec;
}

void RecordingFollower::settle() {
    if (state_ != FollowState::Growing || settled_)
        return;
    settled_ = true;
    intake_.conclude();
}

} // namespace migscope
