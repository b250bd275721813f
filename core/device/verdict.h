// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// "Can this device migrate, on what evidence, why not, and what next": a pure function of what is known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/device/capabilities.h"
#include "core/device/topology.h"

namespace migscope {

enum class VerdictKind { Migratable, Likely, NotMigratable, Unknown };
enum class Evidence { Probe, Debugfs, Driver, None };

struct Verdict {
    VerdictKind kind = VerdictKind::Unknown;
    Evidence evidence = Evidence::None;
    std::vector<Reason> reasons; ///< most important first; never empty unless Migratable
};

/// "migratable", "likely", "not-migratable", "unknown".
[[nodiscard]] std::string_view verdictWord(VerdictKind kind);
/// "probe", "debugfs", "driver", "none".
[[nodiscard]] std::string_view evidenceWord(Evidence evidence);

/// *Reentrant.* `probe` when this device was opened and asked; `openError` when the attempt to open it
/// failed.
[[nodiscard]] Verdict judge(const Topology& topology, const Device& device,
                            const Capabilities* probe = nullptr, const Error* openError = nullptr);

/// Whether a refused opening means that somebody has the device. EBUSY does; of a device node so does EINVAL
/// at the bind (VFIO_DEVICE_BIND_IOMMUFD, Linux 6.6), which has a rarer second meaning. *Reentrant.*
[[nodiscard]] bool saysInUse(const Error& error);

/// What the host as a whole lacks for migration (no IOMMU, no VFIO module, options missing, no rights), most
/// important first; for the host page and the head of `list`.
[[nodiscard]] std::vector<Reason> judgeHost(const Topology& topology);

/// The commands that bind `device` to `driver` through driver_override, one a line; nothing is executed by
/// us.
[[nodiscard]] std::string rebindRecipe(const Device& device, const std::string& driver);

} // namespace migscope
