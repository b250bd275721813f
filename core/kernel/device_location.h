// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Where one device is on this host, looked up when it is to be opened.
#pragma once

#include "core/base/error.h"
#include "core/host/host_tree.h"

#include <string>

namespace migscope {

/// What opening takes. Empty strings: there is no such node.
struct DeviceLocation {
    std::string name; ///< PCI address, mdev UUID, or the bus's own name: what the group node is asked for
    int group = -1;   ///< IOMMU group
    std::string groupNode;
    bool groupUsable = false; ///< we may read and write group node and container
    std::string containerNode;
    std::string cdevNode;
    bool cdevUsable = false; ///< we may read and write device node and iommufd
    std::string iommufdNode;
};

/// Reads only this device's entries, so that a rebind since the last scan is seen. Passive: opens no node.
/// NotFound: no such device; Refused: it has no group, or is in no-IOMMU mode (recognised, never driven), or
/// no VFIO driver is bound to it. *Reentrant.*
[[nodiscard]] Result<DeviceLocation> locateDevice(const HostTree& tree, const std::string& name);

} // namespace migscope
