// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An IOMMU group opened through its group node, with a type1v2 container of its own.
#pragma once

#include "core/kernel/device_access.h"

#include <memory>
#include <string>

namespace migscope {

/// Maps no memory: the container stays empty. Closes the group before the container.
class GroupSession final : public DeviceAccess {
public:
    /// Opens container and group, checks version, viability and type1v2, and joins them. Errors keep the
    /// errno and name the node. Whatever was opened is closed again on failure.
    [[nodiscard]] static Result<std::unique_ptr<DeviceAccess>>
    open(std::shared_ptr<Syscalls> syscalls, NodeOpener& opener, const DeviceLocation& location);

    [[nodiscard]] Result<SyscallFd> openDevice(const DeviceLocation& location) override;
    [[nodiscard]] std::string name() const override { return "group+type1v2"; }

private:
    explicit GroupSession(std::shared_ptr<Syscalls> syscalls) : syscalls_(std::move(syscalls)) {}
    [[nodiscard]] Result<void> join(const DeviceLocation& location);

    // Destroyed from the last to the first: group, container, and only then what closes them.
    std::shared_ptr<Syscalls> syscalls_;
    SyscallFd container_;
    SyscallFd group_;
    std::string groupNode_;
};

} // namespace migscope
