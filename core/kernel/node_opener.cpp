// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opening device nodes with this process's own rights.
#include "core/kernel/node_opener.h"

#include "core/kernel/open_errors.h"

#include <cerrno>
#include <fcntl.h>

namespace migscope {

Result<SyscallFd> OwnNodeOpener::open(const std::string& path) {
    int fd = 0;
    do {
        fd = syscalls_->open(path.c_str(), O_RDWR | O_CLOEXEC);
    } while (fd == -EINTR);
    if (fd < 0)
        return std::unexpected(openError(OpenStep::Node, -fd, path));
    return SyscallFd(*syscalls_, fd);
}

} // namespace migscope
