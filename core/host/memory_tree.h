// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A host tree in memory: the simulated machine's sysfs, and the hosts of tests.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "core/host/host_tree.h"

namespace migscope {

/// Behaves as a file system does: links are followed (ELOOP after 40), ".." never leaves the root. Parents
/// are made on the way; what exists is replaced. *Thread-safe*, also while it is being changed: a device may
/// vanish between two reads, as on a real host.
class MemoryTree final : public HostTree {
public:
    MemoryTree();
    ~MemoryTree() override;

    void addDirectory(const std::string& path);
    /// A regular file, mode 0444, owner root.
    void addFile(const std::string& path, std::string content);
    /// A symbolic link; `target` as written in it (relative to the link's folder, or absolute in the tree).
    void addLink(const std::string& path, std::string target);
    /// A character device. Without `usable` the tree is of another host: usable() says Unsupported.
    void addNode(const std::string& path, std::uint32_t mode, std::uint32_t uid, std::uint32_t gid,
                 std::optional<bool> usable = true);
    /// Something that is no regular file, directory, link or character device (a planted FIFO).
    void addOther(const std::string& path);
    /// Every call on this very path fails with `errnoNumber`; its folder still lists it. 0 ends it. A path
    /// that does not exist is made (as a file).
    void failAt(const std::string& path, int errnoNumber);
    /// With all that is below; nothing happens when it is not there.
    void remove(const std::string& path);

    [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
    [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t limit) const override;
    [[nodiscard]] Result<std::string> readLink(const std::string& path) const override;
    [[nodiscard]] Result<FileFacts> stat(const std::string& path) const override;
    [[nodiscard]] Result<bool> usable(const std::string& path) const override;

private:
    struct Node;

    Node& make(const std::string& path, FileKind kind);
    [[nodiscard]] std::expected<const Node*, int> resolve(const std::string& path, bool followLast) const;

    mutable std::shared_mutex mutex_;
    std::unique_ptr<Node> root_;
};

} // namespace migscope
