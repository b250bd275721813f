// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log lines as events of a recording.
#pragma once

#include <memory>
#include <vector>

#include "core/device/topology.h"
#include "core/transfer/event.h"
#include "core/vfio/backend.h"

namespace migscope {

/// The names that the kernel's log may have for a device.
[[nodiscard]] LogSubject logSubject(const Device& device);

/// Until the watch is destroyed, lines about the devices (device i of the recording is the i-th) go to the
/// sink, which must live as long. Null: the backend has no log. An error: it cannot be read.
[[nodiscard]] Result<std::unique_ptr<KernelLogWatch>>
feedKernelLog(Backend& backend, const std::vector<LogSubject>& devices, EventSink& sink);

/// Says in the recording that it has none of the kernel's lines, and why: their absence must not read as good
/// news. `now` is the clock's own.
[[nodiscard]] Event kernelLogMissing(Ns now, const Error& why);

} // namespace migscope
