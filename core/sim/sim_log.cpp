// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel log of a simulated machine.
#include "core/sim/sim_log.h"

#include <cerrno>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.h"

namespace migscope {
namespace {

constexpr unsigned severityError = 3;
constexpr unsigned severityWarning = 4;

} // namespace

class SimLog::Watch final : public KernelLogWatch {
public:
    Watch(std::shared_ptr<SimLog> log, std::list<Listener>::iterator place)
        : log_(std::move(log)), place_(place) {}
    ~Watch() override {
        const std::lock_guard lock(log_->mutex_);
        log_->listeners_.erase(place_);
    }

private:
    std::shared_ptr<SimLog> log_;
    std::list<Listener>::iterator place_;
};

std::unique_ptr<KernelLogWatch> SimLog::watch(std::vector<LogSubject> subjects, KernelLogSink sink) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back({std::move(subjects), std::move(sink)});
    return std::make_unique<Watch>(shared_from_this(), std::prev(listeners_.end()));
}

void SimLog::add(unsigned severity, const SimDeviceProfile& device, const std::string& what) {
    const std::lock_guard lock(mutex_);
    KernelLogLine line;
    line.time = clock_.now();
    line.printkUs = std::chrono::duration_cast<std::chrono::microseconds>(line.time).count();
    line.priority = severity;
    line.sequence = ++sequence_;
    line.text = fmt::format("{} {}: {} (simulated)", device.driver.empty() ? "vfio-pci" : device.driver,
                            device.address, what);
    for (const Listener& listener : listeners_) {
        for (std::size_t i = 0; i < listener.subjects.size(); ++i) {
            if (listener.subjects[i].device != device.address)
                continue;
            line.subject = i;
            listener.sink(line);
        }
    }
}

void SimLog::stepFailed(const SimDeviceProfile& device, MigState from, MigState to, int number,
                        MigState now) {
    if (number == EINTR)
        return; // the caller's wish, no fault
    add(severityError, device,
        fmt::format("migration state {} -> {} failed: {}", stateName(from), stateName(to),
                    errnoName(number)));
    if (now == MigState::Error)
        add(severityError, device, "device is in ERROR and needs a reset");
}

void SimLog::callFailed(const SimDeviceProfile& device, const std::string& what, int number) {
    add(severityError, device, fmt::format("{} failed: {}", what, errnoName(number)));
}

void SimLog::resetFromOutside(const SimDeviceProfile& device) {
    add(severityWarning, device, "device was reset by error recovery, its migration state is lost");
}

} // namespace migscope
