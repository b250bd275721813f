// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A place where devices live: the local kernel, a simulated machine, a captured host.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/device/migration_state.h"
#include "core/device/topology.h"
#include "core/vfio/device_io.h"
#include "core/vfio/kernel_log.h"

namespace migscope {

/// *Thread-safe*: discovery runs in one worker while devices are opened in others.
class Backend {
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    /// "kernel", "sim:lab", "capture:DIR".
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual bool simulated() const = 0;
    /// False for a captured host: everything that opens a device is refused with a sentence.
    [[nodiscard]] virtual bool canOpen() const = 0;
    [[nodiscard]] virtual Clock& clock() const = 0;

    /// First stage, passive: groups, devices, drivers. Opens no device node, writes nothing. A bad device is
    /// a problem row; only what stops enumeration as a whole is an error.
    [[nodiscard]] virtual Result<Topology> scan() = 0;
    /// Second stage, passive: holders, debugfs features, kernel config, into the value of scan().
    virtual void enrich(Topology& topology) = 0;

    /// Where the device's migration state stands, without opening it: what the kernel's debugfs says (Linux
    /// 6.8, for root), also while another process drives it. The driver answers between two SETs only:
    /// ETIMEDOUT when none came within `patience`. ENOENT: this kernel does not tell, or not of this device.
    /// Before a first open most drivers say ERROR, which then means nothing. *Thread-safe.*
    [[nodiscard]] virtual Result<MigState> stateFromOutside(const std::string& device, Ns /*patience*/) {
        return fail(Errc::Unsupported, "read the state", device, "only a running kernel tells it");
    }

    /// Opens the device named as in the topology. Opening resets a PCI function: the user's explicit act,
    /// never for listing. Errors keep the errno; `where` names the node. *Thread-safe*; the handle is
    /// thread-bound.
    [[nodiscard]] virtual Result<std::unique_ptr<DeviceIo>> open(const std::string& device) = 0;

    /// Calls `listener` (from a thread of the backend's) when the kernel wants the named device back, or when
    /// the set of devices changed (empty name). Backends without such news keep the listener unused. An empty
    /// function ends it.
    using Listener = std::function<void(const std::string& deviceAskedBack)>;
    virtual void listen(Listener listener) = 0;

    /// The kernel's log lines about these devices and their drivers, from now on. Null: there is no such log
    /// here. An error says why it cannot be read. The watch may outlive the backend. Several at once are
    /// fine.
    [[nodiscard]] virtual Result<std::unique_ptr<KernelLogWatch>>
    watchLog(const std::vector<LogSubject>& /*subjects*/, const KernelLogSink& /*sink*/) {
        return nullptr;
    }
};

} // namespace migscope
