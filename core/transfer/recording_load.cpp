// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Loads a recording from a file, streaming.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/unique_fd.h"
#include "core/transfer/recording_intake.h"

namespace migscope {

Result<std::shared_ptr<Recording>>
loadRecording(const std::string& path, const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    constexpr const char* what = "read recording";
    const bool standardInput = path == "-";
    const std::string name = standardInput ? "standard input" : path;
    UniqueFd file;
    if (!standardInput) {
        file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.valid())
            return failErrno(errno, what, name);
    }
    const int fd = standardInput ? STDIN_FILENO : file.get();
    struct stat facts{};
    const bool sized = ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
    RecordingIntake intake(name);
    if (auto read = intake.readFrom(fd, sized ? static_cast<std::uint64_t>(facts.st_size) : 0, progress);
        !read)
        return std::unexpected(std::move(read.error()));
    if (auto ended = intake.finish(); !ended)
        return std::unexpected(std::move(ended.error()));
    if (!intake.hasHeader())
        return fail(Errc::Incomplete, what, name,
                    intake.bytes() == 0 ? "the file is empty" : "it has no header");
    intake.conclude();
    return intake.recording();
}

} // namespace migscope
