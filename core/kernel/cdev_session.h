// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Devices of one IOMMU group opened through their own nodes, with one iommufd between them.
#pragma once

#include "core/kernel/device_access.h"

#include <cstdint>
#include <memory>
#include <string>

namespace migscope {

/// Linux 6.6 and on, where the kernel was built with it; distributions' come without. One iommufd for all
/// devices of the group, because DMA ownership of a group belongs to one iommufd. Maps no memory: the IOAS
/// stays empty. Opening a device node grants nothing; the bind is the exclusive open, and closing the node
/// undoes it.
class CdevSession final : public DeviceAccess {
public:
    [[nodiscard]] static Result<std::unique_ptr<DeviceAccess>> open(std::shared_ptr<Syscalls> syscalls,
                                                                    std::shared_ptr<NodeOpener> opener,
                                                                    const DeviceLocation& location);

    [[nodiscard]] Result<SyscallFd> openDevice(const DeviceLocation& location) override;
    [[nodiscard]] std::string name() const override { return "cdev+iommufd"; }

private:
    CdevSession(std::shared_ptr<Syscalls> syscalls, std::shared_ptr<NodeOpener> opener)
        : syscalls_(std::move(syscalls)), opener_(std::move(opener)) {}

    std::shared_ptr<Syscalls> syscalls_;
    std::shared_ptr<NodeOpener> opener_;
    SyscallFd iommufd_;
    std::uint32_t ioasId_ = 0;
};

} // namespace migscope
