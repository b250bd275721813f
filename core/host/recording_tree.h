// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A host tree that remembers what was asked of another one.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/host/capture_index.h"
#include "core/host/host_tree.h"

namespace migscope {

/// What of a host was read, by real path (without links in it): enough to build a tree that answers the same
/// questions in the same way.
struct Recorded {
    struct Object {
        FileKind kind = FileKind::Directory;
        std::string content;   ///< of a file, or the target of a link
        bool answered = false; ///< `content` was read, not only listed
    };
    std::map<std::string, Object> objects;
    CaptureIndex index; ///< nodes and refused paths
};

/// Passes every question on and keeps the answers. *Thread-safe.*
class RecordingTree final : public HostTree {
public:
    explicit RecordingTree(const HostTree& tree) : tree_(tree) {}

    [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
    [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t limit) const override;
    [[nodiscard]] Result<std::string> readLink(const std::string& path) const override;
    [[nodiscard]] Result<FileFacts> stat(const std::string& path) const override;
    [[nodiscard]] Result<bool> usable(const std::string& path) const override;

    [[nodiscard]] Recorded recorded() const;

private:
    /// The path with every link on the way replaced by what it points to; the links are kept. Empty when that
    /// fails.
    [[nodiscard]] std::string realPath(const std::string& path, bool followLast) const;
    void keep(const std::string& real, FileKind kind, std::string content, bool answered) const;
    void keepError(const std::string& path, const Error& error) const;
    void keepNode(const std::string& real, const FileFacts& facts) const;

    const HostTree& tree_;
    mutable std::mutex mutex_;
    mutable Recorded recorded_;
    mutable std::unordered_map<std::string, std::string> links_; ///< path -> target, empty: no link
};

} // namespace migscope
