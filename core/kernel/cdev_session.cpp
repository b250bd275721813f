// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Devices opened through their own nodes.
#include "core/kernel/cdev_session.h"

#include "core/kernel/open_errors.h"
#include "core/uapi/iommufd.h"
#include "core/uapi/vfio.h"

namespace migscope {

Result<std::unique_ptr<DeviceAccess>> CdevSession::open(std::shared_ptr<Syscalls> syscalls,
                                                        std::shared_ptr<NodeOpener> opener,
                                                        const DeviceLocation& location) {
    std::unique_ptr<CdevSession> session(new CdevSession(std::move(syscalls), std::move(opener)));
    auto iommufd = session->opener_->open(location.iommufdNode);
    if (!iommufd)
        return std::unexpected(iommufd.error());
    session->iommufd_ = std::move(*iommufd);
    uapi::IommuIoasAlloc alloc{.size = sizeof(uapi::IommuIoasAlloc), .flags = 0, .outIoasId = 0};
    const int answer = session->syscalls_->ioctl(session->iommufd_.get(), uapi::ioctlIommuIoasAlloc, &alloc);
    if (answer < 0)
        return std::unexpected(openError(OpenStep::IoasAlloc, -answer, location.iommufdNode));
    session->ioasId_ = alloc.outIoasId;
    return session;
}

Result<SyscallFd> CdevSession::openDevice(const DeviceLocation& location) {
    if (location.cdevNode.empty())
        return fail(Errc::Refused, "open", location.name,
                    "another device of its group is open through its own node, and this one has none");
    auto device = opener_->open(location.cdevNode);
    if (!device)
        return device;
    // The short historic sizes: the first kernels with these calls know no others, and we use no newer field.
    uapi::VfioDeviceBindIommufd bind{.argsz = uapi::bindIommufdSizeBeforeToken,
                                     .flags = 0,
                                     .iommufd = iommufd_.get(),
                                     .outDevid = 0,
                                     .tokenUuidPtr = 0};
    if (const int answer = syscalls_->ioctl(device->get(), uapi::ioctlDeviceBindIommufd, &bind); answer < 0)
        return std::unexpected(openError(OpenStep::BindIommufd, -answer, location.cdevNode));
    uapi::VfioDeviceAttachIommufdPt attach{
        .argsz = uapi::attachIommufdPtSizeBeforePasid, .flags = 0, .ptId = ioasId_, .pasid = 0};
    if (const int answer = syscalls_->ioctl(device->get(), uapi::ioctlDeviceAttachIommufdPt, &attach);
        answer < 0)
        return std::unexpected(openError(OpenStep::AttachIommufdPt, -answer, location.cdevNode));
    return device;
}

} // namespace migscope
