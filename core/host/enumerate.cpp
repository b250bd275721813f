// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The first stage of discovery, in order.
#include "core/host/enumerate.h"

#include <algorithm>

#include "core/host/scan.h"

namespace migscope {

Result<Topology> enumerate(const HostTree& tree, const std::string& source, bool simulated) {
    PciIdsNames names;
    return enumerate(tree, source, simulated, names);
}

Result<Topology> enumerate(const HostTree& tree, const std::string& source, bool simulated, PciNames& names) {
    // A host may change under the scan; one more look, never an endless chase.
    constexpr int looks = 2;
    for (int look = 1;; ++look) {
        Topology topology;
        topology.source = source;
        topology.simulated = simulated;
        if (const auto sys = tree.list("/sys"); !sys)
            topology.problems.push_back(scan::problemText("/sys", sys.error()));
        scan::Shared shared{tree, topology, {}, {}, {}, {}, {}, {}, {}, {}, true, 0};
        scan::readHost(shared);
        scan::readGroups(shared);
        scan::readDevices(shared);
        scan::linkFunctions(shared, names);
        scan::judgeGroups(shared);
        if (shared.vanished == 0 || look == looks) {
            // Folders come in any order; what is said about a host should not change between two looks.
            std::sort(topology.problems.begin(), topology.problems.end());
            return topology;
        }
    }
}

} // namespace migscope
