// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The ways to a device (group and container, or its own node and iommufd), and who shares them.
#pragma once

#include "core/base/error.h"
#include "core/kernel/device_location.h"
#include "core/kernel/node_opener.h"
#include "core/kernel/syscalls.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace migscope {

/// What the opened devices of one IOMMU group share. Thread-bound, but for openDevice(), which is
/// *thread-safe*.
class DeviceAccess {
public:
    DeviceAccess() = default;
    DeviceAccess(const DeviceAccess&) = delete;
    DeviceAccess& operator=(const DeviceAccess&) = delete;
    virtual ~DeviceAccess() = default;

    /// The open that counts: it resets a PCI function. May block for as long as that takes. The location must
    /// be of this group.
    [[nodiscard]] virtual Result<SyscallFd> openDevice(const DeviceLocation& location) = 0;
    /// "group+type1v2", "cdev+iommufd".
    [[nodiscard]] virtual std::string name() const = 0;
};

/// One DeviceAccess per IOMMU group, made for its first device and closed after its last: a second open of a
/// group node is EBUSY from ourselves too, and group and device nodes exclude each other within a group.
/// *Thread-safe.*
class AccessRegistry {
    struct Slot;

public:
    AccessRegistry(std::shared_ptr<Syscalls> syscalls, std::shared_ptr<NodeOpener> opener)
        : syscalls_(std::move(syscalls)), opener_(std::move(opener)) {}

    /// A share in a group's access. The last one closes it, and whoever opens the group next waits for that.
    class Lease {
    public:
        Lease() = default;
        explicit Lease(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
        Lease(Lease&& other) noexcept : slot_(std::move(other.slot_)) {}
        Lease& operator=(Lease&& other) noexcept;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { release(); }
        [[nodiscard]] DeviceAccess& access() const;
        void release();

    private:
        std::shared_ptr<Slot> slot_;
    };

    /// The way in use when a device of the group is open already; else the group node where our rights allow
    /// it (it runs on every kernel), else the device's own node. NotPermitted names the nodes.
    [[nodiscard]] Result<Lease> acquire(const DeviceLocation& location);

private:
    struct Slot {
        std::mutex mutex; // held while the access is made or closed
        int holders = 0;
        std::unique_ptr<DeviceAccess> access;
    };

    [[nodiscard]] Result<std::unique_ptr<DeviceAccess>> make(const DeviceLocation& location);

    std::shared_ptr<Syscalls> syscalls_;
    std::shared_ptr<NodeOpener> opener_;
    std::mutex mutex_; // of the map only, never held over a system call
    std::map<int, std::shared_ptr<Slot>> slots_;
};

} // namespace migscope
