// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A host tree on disk: this machine ("/"), or the folder of a capture.
#pragma once

#include <string>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/host/capture_index.h"
#include "core/host/host_tree.h"

namespace migscope {

/// *Thread-safe.* Below a capture's folder nothing is followed out of it (absolute links and ".." mean the
/// folder), and node facts and refused paths come from its index file.
class DirectoryTree final : public HostTree {
public:
    /// This machine.
    [[nodiscard]] static DirectoryTree machine();
    /// A folder as captureHost() writes it, or any folder with sys, proc, … below. Fails when `directory` is
    /// none, or its index is damaged. `walkByHand`: resolve links here instead of in the kernel, as is done
    /// anyway where the kernel cannot (before 5.6).
    [[nodiscard]] static Result<DirectoryTree> capture(const std::string& directory, bool walkByHand = false);

    DirectoryTree(DirectoryTree&& other) noexcept;
    ~DirectoryTree() override = default;

    [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string& path) const override;
    [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t limit) const override;
    [[nodiscard]] Result<std::string> readLink(const std::string& path) const override;
    [[nodiscard]] Result<FileFacts> stat(const std::string& path) const override;
    [[nodiscard]] Result<bool> usable(const std::string& path) const override;

private:
    DirectoryTree() = default;
    /// An fd of `path`, or a negative errno. `flags` as for open.
    [[nodiscard]] int open(const std::string& path, int flags) const;
    [[nodiscard]] int openByHand(const std::string& path, int flags) const;
    [[nodiscard]] const CaptureIndex::Entry* indexed(const std::string& path) const;

    UniqueFd root_;       ///< of a capture; invalid for the machine
    bool openat2_ = true; ///< the kernel resolves inside the root for us
    CaptureIndex index_;
};

} // namespace migscope
