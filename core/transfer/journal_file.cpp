// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a journal, with every errno kept.
#include "core/transfer/journal_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace migscope {
namespace {

struct flock wholeFile(short type) {
    struct flock lock{};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

} // namespace

bool heldByRecorder(int fd) {
    struct flock lock = wholeFile(F_RDLCK);
    return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

Result<void> JournalFile::open(const std::string& path, int fd) {
    path_ = path.empty() ? "recording" : path;
    if (path.empty()) {
        fd_ = fd;
        return {};
    }
    own_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!own_.valid())
        return failErrno(errno, "create recording", path);
    fd_ = own_.get();
    // Of the open file, not of the process: its end also shows to others in this process, and no close of
    // another descriptor drops it. A file system without locks is no reason not to record.
    struct flock lock = wholeFile(F_WRLCK);
    (void)::fcntl(fd_, F_OFD_SETLK, &lock);
    return {};
}

Result<void> JournalFile::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(fd_, text.data(), text.size());
        if (done >= 0) {
            text.remove_prefix(static_cast<std::size_t>(done));
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno == EAGAIN) { // a standard output that somebody made non-blocking
            pollfd ready{fd_, POLLOUT, 0};
            (void)::poll(&ready, 1, -1);
            continue;
        }
        const int number = errno;
        fd_ = -1;
        return failErrno(number, "write recording", path_);
    }
    return {};
}

void JournalFile::sync() {
    if (own_.valid() && fd_ >= 0)
        (void)::fdatasync(own_.get());
}

Result<void> JournalFile::close() {
    fd_ = -1;
    if (!own_.valid())
        return {};
    if (::fsync(own_.get()) != 0)
        return failErrno(errno, "sync recording", path_);
    if (::close(own_.release()) != 0)
        return failErrno(errno, "close recording", path_);
    return {};
}

void JournalFile::discard() {
    if (own_.valid())
        (void)::unlink(path_.c_str());
    own_.reset();
    fd_ = -1;
}

} // namespace migscope
