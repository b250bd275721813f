// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where a journal goes: a new file of ours, or a borrowed descriptor.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace migscope {

/// A living recorder writes this file: it holds a lock on it, which ends with its process. False as well
/// where the file system has no locks. Takes none itself. *Reentrant.*
[[nodiscard]] bool heldByRecorder(int fd);

/// *Thread-bound.* After the first failed write nothing more is written: what is there stays whole lines but
/// the last.
class JournalFile {
public:
    /// Creates `path` (never an existing file, mode 0600) and holds a lock on it, or borrows `fd`; neither:
    /// nothing is wanted.
    [[nodiscard]] Result<void> open(const std::string& path, int fd);
    /// There is something to write to, and writing did not fail yet.
    [[nodiscard]] bool wanted() const { return fd_ >= 0; }
    /// All of it, waiting while a pipe is full. The errno (EPIPE, ENOSPC …) once.
    [[nodiscard]] Result<void> write(std::string_view text);
    /// Onto the disk, for our own file; a failure shows again at close().
    void sync();
    /// fsync and close of our own file. No act on a borrowed descriptor.
    [[nodiscard]] Result<void> close();
    /// Removes our own new file.
    void discard();

private:
    std::string path_;
    UniqueFd own_;
    int fd_ = -1;
};

} // namespace migscope
