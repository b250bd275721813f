// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A scripted kernel below the Syscalls seam.
#include "tests/core/kernel/fake_syscalls.h"

#include "core/uapi/ioctl_names.h"
#include "core/uapi/iommufd.h"
#include "core/uapi/vfio.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace migscope::test {

std::size_t FakeSyscalls::count(const std::string& step) const {
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), step));
}

int FakeSyscalls::step(const std::string& name) {
    ++calls;
    log.push_back(name);
    if (calls == failNumber_)
        return -failErrno_;
    if (const auto found = failSteps_.find(name); found != failSteps_.end())
        return -found->second;
    return 0;
}

int FakeSyscalls::add(const std::string& kind, int number) {
    const int fd = number >= 0 ? number : nextFd_++;
    if (!openFds.emplace(fd, kind).second)
        violations.push_back("descriptor handed out twice");
    return fd;
}

bool FakeSyscalls::anyOpen(const std::string& kind) const {
    return std::any_of(openFds.begin(), openFds.end(),
                       [&](const auto& entry) { return entry.second == kind; });
}

std::string FakeSyscalls::kindOf(int fd) const {
    const auto found = openFds.find(fd);
    return found == openFds.end() ? std::string() : found->second;
}

int FakeSyscalls::open(const char* path, int flags) {
    const std::string name = path;
    const std::string kind = name == "/dev/vfio/vfio"                 ? "container"
                             : name == "/dev/iommu"                   ? "iommufd"
                             : name.starts_with("/dev/vfio/devices/") ? "cdev"
                             : name.starts_with("/dev/vfio/")         ? "group"
                                                                      : "other";
    lastOpenFlags = flags;
    if (const int failed = step("open " + kind))
        return failed;
    if (kind == "group" && (anyOpen("group") || anyOpen("cdev")))
        return -EBUSY;
    return add(kind);
}

int FakeSyscalls::ioctlValue(int fd, unsigned long request, unsigned long value) {
    const std::string kind = kindOf(fd);
    if (kind != "container")
        violations.push_back("container call on " + kind);
    if (const int failed = step(std::string(uapi::ioctlName(uapi::FdKind::Container, request))))
        return failed;
    if (request == uapi::ioctlGetApiVersion)
        return apiVersion;
    if (request == uapi::ioctlCheckExtension)
        return value == uapi::iommuType1v2 && hasType1v2 ? 1 : 0;
    if (request == uapi::ioctlSetIommu) {
        if (!containerSet_ || iommuSet_)
            return -EINVAL;
        if (value != uapi::iommuType1v2)
            violations.push_back("an IOMMU type other than type1v2");
        iommuSet_ = true;
        return 0;
    }
    return -ENOTTY;
}

int FakeSyscalls::ioctl(int fd, unsigned long request, void* argument) {
    const std::string kind = kindOf(fd);
    const uapi::FdKind fdKind = kind == "group"     ? uapi::FdKind::Group
                                : kind == "iommufd" ? uapi::FdKind::Iommufd
                                : kind == "data"    ? uapi::FdKind::Data
                                                    : uapi::FdKind::Device;
    const std::string name(uapi::ioctlName(fdKind, request));
    if (kind.empty() || name.empty())
        violations.push_back("unknown call on '" + kind + "'");
    if (const int failed = step(name))
        return failed;
    switch (request) {
    case uapi::ioctlGroupGetStatus:
        static_cast<uapi::VfioGroupStatus*>(argument)->flags = viable ? uapi::groupFlagViable : 0;
        return 0;
    case uapi::ioctlGroupSetContainer:
        if (kindOf(*static_cast<std::int32_t*>(argument)) != "container")
            return -EBADF;
        if (containerSet_)
            return -EINVAL;
        containerSet_ = true;
        return 0;
    case uapi::ioctlGroupGetDeviceFd:
        return iommuSet_ ? add("device") : -EINVAL;
    case uapi::ioctlIommuIoasAlloc:
        static_cast<uapi::IommuIoasAlloc*>(argument)->outIoasId = 7;
        return 0;
    case uapi::ioctlDeviceBindIommufd: {
        const auto* bind = static_cast<uapi::VfioDeviceBindIommufd*>(argument);
        lastBind.assign(static_cast<unsigned char*>(argument),
                        static_cast<unsigned char*>(argument) + bind->argsz);
        return kindOf(bind->iommufd) == "iommufd" ? 0 : -EBADF;
    }
    case uapi::ioctlDeviceAttachIommufdPt:
        return static_cast<uapi::VfioDeviceAttachIommufdPt*>(argument)->ptId == 7 ? 0 : -ENOENT;
    case uapi::ioctlDeviceGetInfo: {
        auto* info = static_cast<uapi::VfioDeviceInfo*>(argument);
        info->flags = uapi::deviceFlagPci | uapi::deviceFlagReset;
        info->numRegions = 10;
        info->numIrqs = 5;
        return 0;
    }
    case uapi::ioctlDeviceGetRegionInfo:
        return regionInfo(argument);
    case uapi::ioctlDeviceFeature:
        return feature(argument);
    case uapi::ioctlMigGetPrecopyInfo: {
        auto* info = static_cast<uapi::VfioPrecopyInfo*>(argument);
        if (info->flags != 0)
            violations.push_back("pre-copy info asked with flags");
        info->initialBytes = 64;
        info->dirtyBytes = 32;
        return 0;
    }
    default: // VFIO_DEVICE_RESET
        lastState = uapi::stateRunning;
        return 0;
    }
}

int FakeSyscalls::feature(void* argument) {
    auto* header = static_cast<uapi::VfioDeviceFeature*>(argument);
    if ((header->flags & uapi::featureMask) != uapi::featureMigDeviceState)
        return -ENOTTY;
    auto* state = reinterpret_cast<uapi::VfioDeviceFeatureMigState*>(header + 1);
    if ((header->flags & uapi::featureSet) != 0) {
        lastState = state->deviceState;
        state->dataFd = state->deviceState == uapi::stateStopCopy || state->deviceState == uapi::stateResuming
                            ? add("data", nextDataFd)
                            : uapi::noDataFd;
        return 0;
    }
    state->deviceState = lastState;
    state->dataFd = uapi::noDataFd;
    return 0;
}

int FakeSyscalls::regionInfo(void* argument) {
    uapi::VfioRegionInfo request{};
    std::memcpy(&request, argument, sizeof request);
    if (request.index >= regions.size())
        return -EINVAL;
    // As the kernel: with a buffer too short for the capabilities, succeed, leave them out, tell the size.
    const auto& full = regions[request.index];
    const std::size_t size = full.size() <= request.argsz ? full.size() : sizeof request;
    std::memcpy(argument, full.data(), size);
    auto* answer = static_cast<uapi::VfioRegionInfo*>(argument);
    answer->argsz = std::max(static_cast<std::uint32_t>(full.size()), answer->argsz);
    if (size < full.size())
        answer->capOffset = 0;
    return 0;
}

ssize_t FakeSyscalls::read(int fd, void*, std::size_t size) {
    if (kindOf(fd) != "data")
        violations.push_back("read of a descriptor that is no stream");
    if (const int failed = step("read"))
        return failed;
    if (reads.empty())
        return 0;
    const int answer = reads.front();
    reads.pop_front();
    return std::min<ssize_t>(answer, static_cast<ssize_t>(size));
}

ssize_t FakeSyscalls::write(int fd, const void*, std::size_t size) {
    if (kindOf(fd) != "data")
        violations.push_back("write to a descriptor that is no stream");
    if (const int failed = step("write"))
        return failed;
    if (writes.empty())
        return static_cast<ssize_t>(size);
    const int answer = writes.front();
    writes.pop_front();
    return std::min<ssize_t>(answer, static_cast<ssize_t>(size));
}

int FakeSyscalls::poll(pollfd* fds, unsigned count, int timeoutMs) {
    if (const int failed = step(count == 0 ? "pause" : "poll"))
        return failed;
    pollTimeouts.push_back(timeoutMs);
    if (count == 0)
        return 0;
    const int answer = polls.empty() ? 1 : polls.front();
    if (!polls.empty())
        polls.pop_front();
    fds[0].revents = answer > 0 ? fds[0].events : static_cast<short>(0);
    return answer;
}

int FakeSyscalls::close(int fd) {
    const auto found = openFds.find(fd);
    if (found == openFds.end()) {
        violations.push_back("close of a descriptor that is not open");
        return -EBADF;
    }
    const std::string kind = found->second;
    openFds.erase(found);
    const bool device = kind == "device" || kind == "cdev";
    if (device && anyOpen("data"))
        violations.push_back("device closed before its stream");
    if (kind == "group" && anyOpen("device"))
        violations.push_back("group closed before its device");
    if (kind == "container" && anyOpen("group"))
        violations.push_back("container closed before its group");
    if (kind == "iommufd" && anyOpen("cdev"))
        violations.push_back("iommufd closed before its device");
    if (kind == "group") {
        containerSet_ = false;
        iommuSet_ = false;
    }
    return step("close " + kind); // the descriptor is gone even when this fails
}

int FakeSyscalls::fcntl(int fd, int command, int argument) {
    if (const int failed = step(command == F_GETFL ? "F_GETFL" : "F_SETFL"))
        return failed;
    if (command == F_SETFL)
        statusFlags[fd] = argument;
    return command == F_GETFL ? statusFlags[fd] : 0;
}

off_t FakeSyscalls::lseek(int /*fd*/, off_t /*offset*/, int /*whence*/) {
    const int failed = step("lseek");
    return failed != 0 ? failed : -ESPIPE;
}

} // namespace migscope::test
