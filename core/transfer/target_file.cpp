// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A file that takes its place whole or not at all.
#include "core/transfer/target_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include <fmt/format.h>

namespace migscope {

TargetFile::~TargetFile() {
    if (file_.valid())
        (void)::unlink(temporary_.c_str());
}

Result<void> TargetFile::open() {
    struct stat there{};
    if (::stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode))
        return fail(Errc::InvalidArgument, act_, path_,
                    S_ISDIR(there.st_mode) ? "it is a directory" : "it is no regular file");
    static std::atomic<unsigned> number{0};
    temporary_ = fmt::format("{}.{}-{}.part", path_, ::getpid(), ++number);
    file_ = UniqueFd(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
    if (!file_.valid())
        return failErrno(errno, act_, path_);
    return {};
}

Result<void> TargetFile::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t done = ::write(file_.get(), text.data(), text.size());
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failErrno(errno, act_, path_);
        text.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> TargetFile::place() {
    if (::fsync(file_.get()) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0)
        return failErrno(errno, act_, path_);
    if (::close(file_.release()) != 0)
        return failErrno(errno, act_, path_);
    return {};
}

} // namespace migscope
