// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A migration data fd behind the seam.
#include "core/kernel/kernel_device_io.h"

#include "core/uapi/vfio.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace migscope {
namespace {

/// Pauses after a poll that said "ready" and a call that said "not yet", in milliseconds: a driver that
/// answers EAGAIN without having a poll of its own would otherwise keep a processor busy.
constexpr int firstPauseMs = 1;
constexpr int longestPauseMs = 16;

} // namespace

Result<std::unique_ptr<DataStream>> KernelDataStream::make(std::shared_ptr<OpenedDevice> device,
                                                           SyscallFd fd) {
    Syscalls& syscalls = *device->syscalls;
    const int flags = syscalls.fcntl(fd.get(), F_GETFL, 0);
    if (flags < 0)
        return failErrno(-flags, "fcntl F_GETFL", device->name + " data fd");
    if (const int answer = syscalls.fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK); answer < 0)
        return failErrno(-answer, "fcntl F_SETFL", device->name + " data fd");
    return std::unique_ptr<DataStream>(new KernelDataStream(std::move(device), std::move(fd)));
}

template<class Attempt>
Result<std::size_t> KernelDataStream::repeat(const char* what, short events, Attempt attempt) {
    const Interrupter::Call call(interrupter_);
    int pauseMs = 0;
    for (;;) {
        if (interrupter_.consume())
            return fail(Errc::Cancelled, what, device_->name);
        const ssize_t answer = attempt();
        if (answer >= 0)
            return static_cast<std::size_t>(answer);
        // Ours looks at the flag next; somebody else's signal is none of our business.
        if (answer == -EINTR)
            continue;
        if (answer != -EAGAIN)
            return failErrno(static_cast<int>(-answer), what, device_->name);
        if (pauseMs > 0)
            device_->syscalls->poll(nullptr, 0, pauseMs); // a signal ends it early
        pollfd ready{.fd = fd_.get(), .events = events, .revents = 0};
        const int waited = device_->syscalls->poll(&ready, 1, -1);
        if (waited < 0 && waited != -EINTR)
            return failErrno(-waited, "poll", device_->name);
        if (waited > 0)
            pauseMs = pauseMs == 0 ? firstPauseMs : std::min(pauseMs * 2, longestPauseMs);
    }
}

Result<std::size_t> KernelDataStream::read(std::span<std::byte> into) {
    return repeat("read", POLLIN,
                  [&] { return device_->syscalls->read(fd_.get(), into.data(), into.size()); });
}

Result<std::size_t> KernelDataStream::write(std::span<const std::byte> from) {
    return repeat("write", POLLOUT,
                  [&] { return device_->syscalls->write(fd_.get(), from.data(), from.size()); });
}

Result<RawPrecopyInfo> KernelDataStream::precopyInfo() {
    const Interrupter::Call call(interrupter_);
    for (;;) {
        if (interrupter_.consume())
            return fail(Errc::Cancelled, "VFIO_MIG_GET_PRECOPY_INFO", device_->name);
        // Zeroed each time: kernels give back the flags that were put in.
        uapi::VfioPrecopyInfo info{};
        info.argsz = sizeof info;
        const int answer = device_->syscalls->ioctl(fd_.get(), uapi::ioctlMigGetPrecopyInfo, &info);
        if (answer == -EINTR)
            continue;
        if (answer < 0)
            return failErrno(-answer, "VFIO_MIG_GET_PRECOPY_INFO", device_->name);
        return RawPrecopyInfo{
            .initialBytes = info.initialBytes, .dirtyBytes = info.dirtyBytes, .flags = info.flags};
    }
}

Result<void> KernelDataStream::control(unsigned long request, std::span<std::byte> bytes) {
    const Interrupter::Call call(interrupter_);
    for (;;) {
        if (interrupter_.consume())
            return fail(Errc::Cancelled, "ioctl", device_->name);
        const int answer = device_->syscalls->ioctl(fd_.get(), request, bytes.data());
        if (answer == -EINTR)
            continue;
        if (answer < 0)
            return failErrno(-answer, "ioctl", device_->name);
        return {};
    }
}

Result<void> KernelDataStream::rewind() {
    if (const off_t answer = device_->syscalls->lseek(fd_.get(), 0, SEEK_SET); answer < 0)
        return failErrno(static_cast<int>(-answer), "lseek", device_->name);
    return {};
}

} // namespace migscope
