// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an errno means at each step of opening a device.
#include "core/kernel/open_errors.h"

#include <cerrno>

namespace migscope {
namespace {

struct Meaning {
    OpenStep step;
    int number;
    const char* text;
};

constexpr const char* heldByKernelDriver =
    "a member of the group is bound to a kernel driver that does DMA, or another owner has the group";
constexpr const char* noInterruptIsolation =
    "the platform does not isolate interrupts; the administrator may allow that with the module parameter "
    "allow_unsafe_interrupts";
constexpr const char* domainInUse = "the group's DMA is in use: it is not in its default domain";

constexpr Meaning meanings[] = {
    {OpenStep::Node, EBUSY,
     "the group is open already, by this or another process, or one of its devices is in use "
     "through its own node"},
    {OpenStep::Node, ENODEV, "no device of the group is bound to a VFIO driver any more"},
    {OpenStep::Node, ENOENT, "there is no such node"},
    {OpenStep::Node, EACCES, "this user has no right on the node"},
    {OpenStep::Node, EPERM, "the node is of the unsafe no-IOMMU mode, or a security policy forbids it"},
    {OpenStep::Node, EMFILE, "this process has too many open files"},
    {OpenStep::Node, ENFILE, "the host has too many open files"},
    {OpenStep::GroupStatus, ENODEV, "the group was taken down meanwhile"},
    {OpenStep::SetContainer, EPERM, heldByKernelDriver},
    {OpenStep::SetContainer, EBUSY, domainInUse},
    {OpenStep::SetContainer, EINVAL, "the group has a container already"},
    {OpenStep::SetContainer, ENODEV, "the group was taken down meanwhile"},
    {OpenStep::SetContainer, EBADFD, "/dev/vfio/vfio is not a VFIO container on this host"},
    {OpenStep::SetIommu, EPERM, noInterruptIsolation},
    {OpenStep::SetIommu, ENODEV, "no IOMMU backend of this kernel takes the group"},
    {OpenStep::SetIommu, EINVAL, "the container has no group, or its IOMMU type is set already"},
    {OpenStep::GetDeviceFd, ENODEV,
     "the device is not (or no longer) in the group, or its driver lets nobody in"},
    {OpenStep::GetDeviceFd, EINVAL, "the group has no IOMMU type, or the driver could not enable the device"},
    {OpenStep::GetDeviceFd, EACCES,
     "the physical function is itself held through VFIO, and this function needs its VF token; Migscope "
     "gives none"},
    {OpenStep::GetDeviceFd, EPERM, heldByKernelDriver},
    {OpenStep::GetDeviceFd, EBUSY, domainInUse},
    {OpenStep::GetDeviceFd, EAGAIN, "the device is locked by something else just now: try again"},
    {OpenStep::GetDeviceFd, EIO, "the device could not be woken from its power-saving state"},
    {OpenStep::BindIommufd, EBUSY, "the group is open through its group node, or its DMA is in use"},
    {OpenStep::BindIommufd, EPERM,
     "a member of the group is bound to a kernel driver that does DMA, or the platform "
     "does not isolate interrupts"},
    {OpenStep::BindIommufd, EINVAL, "the device is in use already, or its IOMMU keeps caches incoherent"},
    {OpenStep::BindIommufd, EACCES,
     "the physical function is itself held through VFIO, and this function needs its VF token; Migscope "
     "gives none"},
    {OpenStep::BindIommufd, ENODEV, "the driver is being unloaded"},
    {OpenStep::BindIommufd, EBADFD, "/dev/iommu is not an iommufd on this host"},
    {OpenStep::BindIommufd, EAGAIN, "the device is locked by something else just now: try again"},
    {OpenStep::BindIommufd, EIO, "the device could not be woken from its power-saving state"},
    {OpenStep::AttachIommufdPt, EBUSY, "the device is being reset"},
};

} // namespace

const char* openStepName(OpenStep step) {
    switch (step) {
    case OpenStep::Node:
        return "open";
    case OpenStep::ApiVersion:
        return "VFIO_GET_API_VERSION";
    case OpenStep::CheckExtension:
        return "VFIO_CHECK_EXTENSION";
    case OpenStep::GroupStatus:
        return "VFIO_GROUP_GET_STATUS";
    case OpenStep::SetContainer:
        return "VFIO_GROUP_SET_CONTAINER";
    case OpenStep::SetIommu:
        return "VFIO_SET_IOMMU";
    case OpenStep::GetDeviceFd:
        return "VFIO_GROUP_GET_DEVICE_FD";
    case OpenStep::IoasAlloc:
        return "IOMMU_IOAS_ALLOC";
    case OpenStep::BindIommufd:
        return "VFIO_DEVICE_BIND_IOMMUFD";
    case OpenStep::AttachIommufdPt:
        return "VFIO_DEVICE_ATTACH_IOMMUFD_PT";
    }
    return "";
}

Error openError(OpenStep step, int errnoValue, const std::string& where) {
    std::string detail;
    for (const Meaning& meaning : meanings) {
        if (meaning.step == step && meaning.number == errnoValue)
            detail = meaning.text;
    }
    return failErrno(errnoValue, openStepName(step), where, std::move(detail)).error();
}

} // namespace migscope
