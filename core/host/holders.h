// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which processes hold which VFIO devices.
#pragma once

#include <string_view>

#include "core/device/topology.h"
#include "core/host/host_tree.h"

namespace migscope {

/// Fills `holders` and `holderKnowledge` of the devices that VFIO has, from the links in /proc/*/fd. Since
/// Linux 6.18 fdinfo names the device itself; before, who has a group open counts as holding all of its
/// devices (a group opens once only). *Reentrant.*
void readHolders(const HostTree& tree, Topology& topology);

/// The target of an fd link belongs to VFIO ("/dev/vfio/41", "anon_inode:[vfio-device]").
[[nodiscard]] bool isVfioLink(std::string_view target);

} // namespace migscope
