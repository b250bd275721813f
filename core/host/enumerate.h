// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Discovery: from a host tree to a Topology, in two passive stages.
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/device/topology.h"
#include "core/host/host_tree.h"
#include "core/host/pci_names.h"

namespace migscope {

/// Stage one: groups, devices, drivers, nodes. A bad device is a problem row; only what stops enumeration as
/// a whole is an error. Opens no `config` file and no device node; each file is read once. *Reentrant.*
[[nodiscard]] Result<Topology> enumerate(const HostTree& tree, const std::string& source, bool simulated);
/// The same with other names than this machine's pci.ids (or with one that is kept between scans).
[[nodiscard]] Result<Topology> enumerate(const HostTree& tree, const std::string& source, bool simulated,
                                         PciNames& names);

/// Stage two: holders (from /proc), debugfs features (never `state`: its read waits for a running SET),
/// kernel config. *Reentrant.*
void enrich(const HostTree& tree, Topology& topology);

} // namespace migscope
