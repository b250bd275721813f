// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `list` and `show` say to people.
#pragma once

#include <string>

#include "app/cli/console.h"
#include "core/device/capabilities.h"
#include "core/device/topology.h"

namespace migscope::cli {

/// "simulated machine “lab”", "this host (name)", "captured host “name” (DIR)".
[[nodiscard]] std::string machineText(const Topology& topology);
/// Head, table of groups and devices, then each distinct reason once. *Reentrant.*
[[nodiscard]] std::string listText(const Topology& topology, const Console& console);
/// One device, whole.
[[nodiscard]] std::string showText(const Topology& topology, const Device& device, const Capabilities* probe,
                                   const Console& console);

} // namespace migscope::cli
