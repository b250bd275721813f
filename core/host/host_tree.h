// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where discovery reads: a read-only tree rooted at "/", at a capture's folder, or in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace migscope {

enum class FileKind { Regular, Directory, Symlink, CharDevice, Other };

struct FileFacts {
    FileKind kind = FileKind::Other;
    std::uint32_t mode = 0; ///< permission bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

struct DirectoryEntry {
    std::string name;
    FileKind kind = FileKind::Other;
};

/// Paths are absolute within the tree ("/sys/kernel/iommu_groups"). Errors keep the errno and name the path.
/// *Thread-safe.* Nothing is ever written; reading refuses what is not a regular file, so that a planted FIFO
/// cannot block.
class HostTree {
public:
    HostTree() = default;
    HostTree(const HostTree&) = delete;
    HostTree& operator=(const HostTree&) = delete;
    virtual ~HostTree() = default;

    /// Entries without "." and "..", in no particular order.
    [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::string& path) const = 0;
    /// At most `limit` bytes of a regular file, as they are.
    [[nodiscard]] virtual Result<std::string> read(const std::string& path, std::size_t limit) const = 0;
    /// The target as written in the link.
    [[nodiscard]] virtual Result<std::string> readLink(const std::string& path) const = 0;
    /// Does not follow a final symlink.
    [[nodiscard]] virtual Result<FileFacts> stat(const std::string& path) const = 0;
    /// Whether this process may open the node for reading and writing; Unsupported when the tree is of
    /// another host.
    [[nodiscard]] virtual Result<bool> usable(const std::string& path) const = 0;
};

} // namespace migscope
