// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A device of the running kernel behind the seam: ioctls on a device fd, and streams over data fds.
#pragma once

#include "core/kernel/device_access.h"
#include "core/kernel/held_devices.h"
#include "core/kernel/interrupter.h"
#include "core/kernel/syscalls.h"
#include "core/vfio/device_io.h"

#include <cstdint>
#include <memory>
#include <string>

namespace migscope {

/// An opened device: its descriptor and its share in the group's access. Shared by the handle and the streams
/// that came from it, so that a data fd always dies before its device fd (asking a stream for pre-copy
/// information after the device is gone is a use-after-free in at least one driver), the device fd before the
/// group, and the group before the container.
struct OpenedDevice {
    // Destroyed from the last to the first.
    std::shared_ptr<Syscalls> syscalls;
    std::string name;
    std::string access;
    AccessRegistry::Lease lease;
    HeldDevice held;
    SyscallFd fd;
};

/// *Thread-bound* but for interrupt(). Never reads, writes or maps the device fd: only the ioctls of the
/// seam.
class KernelDeviceIo final : public DeviceIo {
public:
    explicit KernelDeviceIo(std::shared_ptr<OpenedDevice> device) : device_(std::move(device)) {}

    [[nodiscard]] Result<void> feature(std::span<std::byte> bytes) override;
    [[nodiscard]] Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) override;
    [[nodiscard]] Result<DeviceInfo> info() override;
    [[nodiscard]] Result<RegionInfo> regionInfo(std::uint32_t index) override;
    [[nodiscard]] Result<void> reset() override;
    void interrupt() override { interrupter_.interrupt(); }
    [[nodiscard]] std::string access() const override { return device_->access; }

private:
    [[nodiscard]] int call(unsigned long request, void* argument);

    std::shared_ptr<OpenedDevice> device_;
    SyscallFd untaken_; // the data fd of the last SET, until taken; after device_: closed before it
    Interrupter interrupter_;
};

/// Opens a located device through its group's access, and hands out its handle. Nothing stays open on
/// failure.
[[nodiscard]] Result<std::unique_ptr<DeviceIo>> openLocated(const DeviceLocation& location,
                                                            AccessRegistry& registry,
                                                            std::shared_ptr<Syscalls> syscalls,
                                                            std::shared_ptr<HeldDevices> held);

/// A migration data fd, non-blocking. It is polled only after EAGAIN: most drivers have no poll and would
/// look ready for ever. *Thread-bound* but for interrupt().
class KernelDataStream final : public DataStream {
public:
    /// Sets O_NONBLOCK; the descriptor is closed when that fails.
    [[nodiscard]] static Result<std::unique_ptr<DataStream>> make(std::shared_ptr<OpenedDevice> device,
                                                                  SyscallFd fd);

    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> write(std::span<const std::byte> from) override;
    [[nodiscard]] Result<RawPrecopyInfo> precopyInfo() override;
    [[nodiscard]] Result<void> control(unsigned long request, std::span<std::byte> bytes) override;
    [[nodiscard]] Result<void> rewind() override;
    void interrupt() override { interrupter_.interrupt(); }

private:
    KernelDataStream(std::shared_ptr<OpenedDevice> device, SyscallFd fd)
        : device_(std::move(device)), fd_(std::move(fd)) {}
    template<class Attempt>
    [[nodiscard]] Result<std::size_t> repeat(const char* what, short events, Attempt attempt);

    std::shared_ptr<OpenedDevice> device_;
    SyscallFd fd_; // after device_: closed before it
    Interrupter interrupter_;
};

} // namespace migscope
