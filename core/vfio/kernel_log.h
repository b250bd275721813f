// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernel says about devices while they are worked with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "core/base/clock.h"

namespace migscope {

/// A device whose lines are wanted, by the names that the kernel has for it.
struct LogSubject {
    std::string device;  ///< PCI address with its domain, mdev UUID, or the bus's own name
    std::string driver;  ///< "mlx5_vfio_pci"; empty: none bound
    std::string vfioDev; ///< "vfio3"; empty: none
};

/// One line of the kernel's log.
struct KernelLogLine {
    Ns time{0};                ///< of the backend's clock; see PrintkTime for what it is worth
    std::int64_t printkUs = 0; ///< the stamp as the kernel gave it
    unsigned priority = 0;     ///< facility * 8 + severity; facility 0 is the kernel itself
    std::uint64_t sequence = 0;
    std::string text;
    std::optional<std::size_t> subject; ///< index of the device that it names; absent: only a driver
};
/// Lines were overwritten before they were read; whether they were about our devices nobody knows.
struct KernelLogLoss {
    Ns time{0};
    std::uint64_t lines = 0; ///< at least
};
using KernelLogNews = std::variant<KernelLogLine, KernelLogLoss>;
/// Called from a thread of the backend's, which it must not hold up.
using KernelLogSink = std::function<void(const KernelLogNews&)>;

/// Lines come while it lives. The destructor hands over what was logged until then; after it the sink is not
/// called any more. *Thread-bound.*
class KernelLogWatch {
public:
    KernelLogWatch() = default;
    KernelLogWatch(const KernelLogWatch&) = delete;
    KernelLogWatch& operator=(const KernelLogWatch&) = delete;
    virtual ~KernelLogWatch() = default;
};

} // namespace migscope
