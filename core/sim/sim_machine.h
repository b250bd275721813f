// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The sysfs, proc and dev of a simulated machine, so that discovery is the same as on a real one.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/host/memory_tree.h"
#include "core/sim/sim_profile.h"

namespace migscope {

/// Where a device stands in the tree.
struct SimPlacement {
    int group = 0;
    std::string vfioDev; ///< "vfio3"; empty when not bound to VFIO
};

struct SimMachine {
    std::unique_ptr<MemoryTree> tree;
    std::map<std::string, SimPlacement> places; ///< by address
};

[[nodiscard]] SimMachine buildSimMachine(const SimProfile& profile);

} // namespace migscope
