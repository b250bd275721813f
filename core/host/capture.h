// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing down a host, so that another machine can look at it.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/error.h"
#include "core/host/host_tree.h"

namespace migscope {

struct CaptureSummary {
    std::size_t groups = 0;
    std::size_t devices = 0;
    std::size_t files = 0; ///< files and links written
};

/// Runs both stages of discovery on `tree` and writes what they read into `directory` (made when missing; one
/// that holds something is Refused): `DIRECTORY/sys`, `/proc`, `/boot`, `/lib`, and an index for nodes and
/// refused paths. DirectoryTree::capture(directory) then gives the same Topology, except for our own rights
/// on nodes. Of processes only those that hold VFIO devices are written; of modules.alias and the kernel
/// config only what discovery uses. *Reentrant.*
[[nodiscard]] Result<CaptureSummary> captureHost(const HostTree& tree, const std::string& directory);

} // namespace migscope
