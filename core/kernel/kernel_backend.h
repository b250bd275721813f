// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The running kernel as a place where devices live.
#pragma once

#include "core/host/host_tree.h"
#include "core/kernel/device_access.h"
#include "core/kernel/held_devices.h"
#include "core/kernel/patient_read.h"
#include "core/kernel/uevent_monitor.h"
#include "core/vfio/backend.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace migscope {

/// *Thread-safe.* Opened devices keep what they need alive and may outlive the backend.
class KernelBackend final : public Backend {
public:
    using PatientRead =
        std::function<Result<std::string>(const std::string& path, std::size_t limit, Ns patience)>;
    /// For tests; makeKernelBackend() is the usual way.
    KernelBackend(std::shared_ptr<const HostTree> tree, std::shared_ptr<Syscalls> syscalls,
                  std::shared_ptr<NodeOpener> opener, Clock& clock, PatientRead reader = &patientRead);
    ~KernelBackend() override;

    [[nodiscard]] std::string name() const override { return "kernel"; }
    [[nodiscard]] bool simulated() const override { return false; }
    [[nodiscard]] bool canOpen() const override { return true; }
    [[nodiscard]] Clock& clock() const override { return clock_; }

    [[nodiscard]] Result<Topology> scan() override;
    void enrich(Topology& topology) override;
    [[nodiscard]] Result<MigState> stateFromOutside(const std::string& device, Ns patience) override;
    [[nodiscard]] Result<std::unique_ptr<DeviceIo>> open(const std::string& device) override;
    /// Where uevents cannot be had, the listener stays unused. Not to be called by the listener itself.
    void listen(Listener listener) override;
    [[nodiscard]] Result<std::unique_ptr<KernelLogWatch>> watchLog(const std::vector<LogSubject>& subjects,
                                                                   const KernelLogSink& sink) override;

    /// What a burst of uevents means for the listener: the devices asked back that we hold, then once the
    /// empty name when the set of devices changed.
    static void report(const std::vector<Uevent>& events, const HeldDevices& held, const Listener& listener);

private:
    std::shared_ptr<const HostTree> tree_;
    std::shared_ptr<Syscalls> syscalls_;
    AccessRegistry registry_;
    std::shared_ptr<HeldDevices> held_ = std::make_shared<HeldDevices>();
    Clock& clock_;
    PatientRead reader_;
    std::mutex monitorMutex_;
    std::unique_ptr<UeventMonitor> monitor_;
};

/// The kernel that this process runs on.
[[nodiscard]] std::unique_ptr<Backend> makeKernelBackend(Clock& clock);

} // namespace migscope
