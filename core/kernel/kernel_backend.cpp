// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The running kernel as a place where devices live.
#include "core/kernel/kernel_backend.h"

#include "core/host/directory_tree.h"
#include "core/host/enumerate.h"
#include "core/host/outside_state.h"
#include "core/host/scan.h"
#include "core/kernel/device_location.h"
#include "core/kernel/kernel_device_io.h"
#include "core/kernel/kmsg_reader.h"

namespace migscope {

KernelBackend::KernelBackend(std::shared_ptr<const HostTree> tree, std::shared_ptr<Syscalls> syscalls,
                             std::shared_ptr<NodeOpener> opener, Clock& clock, PatientRead reader)
    : tree_(std::move(tree))
    , syscalls_(syscalls)
    , registry_(std::move(syscalls), std::move(opener))
    , clock_(clock)
    , reader_(std::move(reader)) {}

KernelBackend::~KernelBackend() = default;

Result<Topology> KernelBackend::scan() {
    return enumerate(*tree_, name(), false);
}

void KernelBackend::enrich(Topology& topology) {
    migscope::enrich(*tree_, topology);
}

Result<MigState> KernelBackend::stateFromOutside(const std::string& device, Ns patience) {
    const auto path = outsideStatePath(device);
    if (!path)
        return std::unexpected(path.error());
    const auto text = reader_(*path, scan::attributeLimit, patience);
    if (!text)
        return std::unexpected(text.error());
    return parseOutsideState(*text, *path);
}

Result<std::unique_ptr<DeviceIo>> KernelBackend::open(const std::string& device) {
    const auto location = locateDevice(*tree_, device);
    if (!location)
        return std::unexpected(location.error());
    return openLocated(*location, registry_, syscalls_, held_);
}

void KernelBackend::listen(Listener listener) {
    const std::lock_guard lock(monitorMutex_);
    monitor_.reset();
    if (!listener)
        return;
    auto started =
        UeventMonitor::start([held = held_, listener = std::move(listener)](
                                 const std::vector<Uevent>& events) { report(events, *held, listener); });
    if (started)
        monitor_ = std::move(*started);
}

Result<std::unique_ptr<KernelLogWatch>> KernelBackend::watchLog(const std::vector<LogSubject>& subjects,
                                                                const KernelLogSink& sink) {
    return KmsgReader::start(subjects, clock_, sink);
}

void KernelBackend::report(const std::vector<Uevent>& events, const HeldDevices& held,
                           const Listener& listener) {
    bool changed = false;
    for (const Uevent& event : events) {
        changed = changed || changesTopology(event);
        if (const std::string device = askedBack(event); !device.empty() && held.contains(device))
            listener(device);
    }
    if (changed)
        listener({});
}

std::unique_ptr<Backend> makeKernelBackend(Clock& clock) {
    auto syscalls = std::make_shared<RealSyscalls>();
    return std::make_unique<KernelBackend>(std::make_shared<DirectoryTree>(DirectoryTree::machine()),
                                           syscalls, std::make_shared<OwnNodeOpener>(syscalls), clock);
}

} // namespace migscope
