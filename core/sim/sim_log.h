// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel log of a simulated machine.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/sim/sim_profile.h"
#include "core/vfio/kernel_log.h"

namespace migscope {

/// Says what a driver might say about the faults of a profile. No driver has these words, and each line says
/// that it is simulated: nobody shall search for it. *Thread-safe*; the sinks run under its lock, in the
/// thread of whatever call failed.
class SimLog : public std::enable_shared_from_this<SimLog> {
public:
    explicit SimLog(Clock& clock) : clock_(clock) {}

    [[nodiscard]] std::unique_ptr<KernelLogWatch> watch(std::vector<LogSubject> subjects, KernelLogSink sink);

    /// A step that failed; `now` is where the device stands after it.
    void stepFailed(const SimDeviceProfile& device, MigState from, MigState to, int number, MigState now);
    /// `what` is "read of the saved state", …
    void callFailed(const SimDeviceProfile& device, const std::string& what, int number);
    void resetFromOutside(const SimDeviceProfile& device);

private:
    struct Listener {
        std::vector<LogSubject> subjects;
        KernelLogSink sink;
    };
    class Watch;
    void add(unsigned severity, const SimDeviceProfile& device, const std::string& what);

    Clock& clock_;
    std::mutex mutex_;
    std::list<Listener> listeners_;
    std::uint64_t sequence_ = 0;
};

} // namespace migscope
