// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How the descriptor of a device node is had: by opening it here, or one day from a privileged opener.
#pragma once

#include "core/base/error.h"
#include "core/kernel/syscalls.h"

#include <memory>
#include <string>

namespace migscope {

/// *Thread-safe.*
class NodeOpener {
public:
    NodeOpener() = default;
    NodeOpener(const NodeOpener&) = delete;
    NodeOpener& operator=(const NodeOpener&) = delete;
    virtual ~NodeOpener() = default;

    /// Opens `path` for reading and writing. Errors keep the errno and name the path.
    [[nodiscard]] virtual Result<SyscallFd> open(const std::string& path) = 0;
};

/// Opens nodes with this process's own rights.
class OwnNodeOpener final : public NodeOpener {
public:
    explicit OwnNodeOpener(std::shared_ptr<Syscalls> syscalls) : syscalls_(std::move(syscalls)) {}
    [[nodiscard]] Result<SyscallFd> open(const std::string& path) override;

private:
    std::shared_ptr<Syscalls> syscalls_;
};

} // namespace migscope
