// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Choosing and sharing the way to a device.
#include "core/kernel/device_access.h"

#include "core/kernel/cdev_session.h"
#include "core/kernel/group_session.h"

namespace migscope {

AccessRegistry::Lease& AccessRegistry::Lease::operator=(Lease&& other) noexcept {
    if (this != &other) {
        release();
        slot_ = std::move(other.slot_);
    }
    return *this;
}

DeviceAccess& AccessRegistry::Lease::access() const {
    return *slot_->access;
}

void AccessRegistry::Lease::release() {
    if (!slot_)
        return;
    {
        // Closed under the lock: an open of the same group that came in between would be refused with EBUSY
        // by our own descriptor.
        const std::lock_guard lock(slot_->mutex);
        if (--slot_->holders == 0)
            slot_->access.reset();
    }
    slot_.reset();
}

Result<AccessRegistry::Lease> AccessRegistry::acquire(const DeviceLocation& location) {
    std::shared_ptr<Slot> slot;
    {
        const std::lock_guard lock(mutex_);
        auto& entry = slots_[location.group];
        if (!entry)
            entry = std::make_shared<Slot>();
        slot = entry;
    }
    const std::lock_guard lock(slot->mutex);
    if (slot->holders == 0) {
        auto access = make(location);
        if (!access)
            return std::unexpected(access.error());
        slot->access = std::move(*access);
    }
    ++slot->holders;
    return Lease(std::move(slot));
}

Result<std::unique_ptr<DeviceAccess>> AccessRegistry::make(const DeviceLocation& location) {
    if (location.groupUsable)
        return GroupSession::open(syscalls_, *opener_, location);
    if (location.cdevUsable)
        return CdevSession::open(syscalls_, opener_, location);
    std::string nodes = location.groupNode;
    if (!nodes.empty())
        nodes += " and " + location.containerNode;
    if (!location.cdevNode.empty())
        nodes += (nodes.empty() ? "" : ", or ") + location.cdevNode + " and " + location.iommufdNode;
    return fail(Errc::NotPermitted, "open", location.name, "this user may not read and write " + nodes);
}

} // namespace migscope
