// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An IOMMU group opened through its group node.
#include "core/kernel/group_session.h"

#include "core/kernel/open_errors.h"
#include "core/uapi/vfio.h"

#include <cerrno>

namespace migscope {

Result<std::unique_ptr<DeviceAccess>> GroupSession::open(std::shared_ptr<Syscalls> syscalls,
                                                         NodeOpener& opener, const DeviceLocation& location) {
    std::unique_ptr<GroupSession> session(new GroupSession(std::move(syscalls)));
    auto container = opener.open(location.containerNode);
    if (!container)
        return std::unexpected(container.error());
    session->container_ = std::move(*container);
    auto group = opener.open(location.groupNode);
    if (!group)
        return std::unexpected(group.error());
    session->group_ = std::move(*group);
    session->groupNode_ = location.groupNode;
    if (auto joined = session->join(location); !joined)
        return std::unexpected(joined.error());
    return session;
}

Result<void> GroupSession::join(const DeviceLocation& location) {
    const int version = syscalls_->ioctlValue(container_.get(), uapi::ioctlGetApiVersion, 0);
    if (version < 0)
        return std::unexpected(openError(OpenStep::ApiVersion, -version, location.containerNode));
    if (version != uapi::apiVersion)
        return fail(Errc::Unsupported, "VFIO_GET_API_VERSION", location.containerNode,
                    "the kernel speaks VFIO version " + std::to_string(version) + ", not 0");

    uapi::VfioGroupStatus status{.argsz = sizeof(uapi::VfioGroupStatus), .flags = 0};
    if (const int answer = syscalls_->ioctl(group_.get(), uapi::ioctlGroupGetStatus, &status); answer < 0)
        return std::unexpected(openError(OpenStep::GroupStatus, -answer, groupNode_));
    // A hint only, stale at once, but it tells the commonest trouble in better words than the EPERM that
    // would follow.
    if ((status.flags & uapi::groupFlagViable) == 0)
        return fail(Errc::Refused, "VFIO_GROUP_GET_STATUS", groupNode_,
                    "the group is not viable: one of its members is bound to a kernel driver that does DMA");

    const int type1v2 =
        syscalls_->ioctlValue(container_.get(), uapi::ioctlCheckExtension, uapi::iommuType1v2);
    if (type1v2 < 0)
        return std::unexpected(openError(OpenStep::CheckExtension, -type1v2, location.containerNode));
    if (type1v2 == 0)
        return fail(Errc::Unsupported, "VFIO_CHECK_EXTENSION", location.containerNode,
                    "this host has no type1v2 IOMMU backend (module vfio_iommu_type1)");

    std::int32_t containerFd = container_.get();
    if (const int answer = syscalls_->ioctl(group_.get(), uapi::ioctlGroupSetContainer, &containerFd);
        answer < 0)
        return std::unexpected(openError(OpenStep::SetContainer, -answer, groupNode_));
    if (const int answer = syscalls_->ioctlValue(container_.get(), uapi::ioctlSetIommu, uapi::iommuType1v2);
        answer < 0)
        return std::unexpected(openError(OpenStep::SetIommu, -answer, location.containerNode));
    return {};
}

Result<SyscallFd> GroupSession::openDevice(const DeviceLocation& location) {
    std::string name = location.name; // the kernel only reads it, but the call takes a plain pointer
    const int fd = syscalls_->ioctl(group_.get(), uapi::ioctlGroupGetDeviceFd, name.data());
    if (fd < 0)
        return std::unexpected(
            openError(OpenStep::GetDeviceFd, -fd, location.name + " (" + groupNode_ + ")"));
    return SyscallFd(*syscalls_, fd);
}

} // namespace migscope
