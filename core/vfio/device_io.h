// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The seam: what everything above needs of a place where devices live.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace migscope {

/// Answer of VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2). `flags` is meaningful only after the opt-in of
/// MIG_PRECOPY_INFOv2.
struct RawPrecopyInfo {
    std::uint64_t initialBytes = 0;
    std::uint64_t dirtyBytes = 0;
    std::uint32_t flags = 0;
};

/// A migration data stream: a data fd, or its simulation. *Thread-bound* but for interrupt().
/// Calls block without bound when the driver does; EAGAIN never comes out (the backend waits for it).
class DataStream {
public:
    DataStream() = default;
    DataStream(const DataStream&) = delete;
    DataStream& operator=(const DataStream&) = delete;
    virtual ~DataStream() = default;

    /// The driver's own answer: a count, 0, or its errno (ENOMSG, ENODEV, EIO, …). What 0 and ENOMSG mean
    /// depends on the state and is decided above. Errc::Cancelled after interrupt().
    [[nodiscard]] virtual Result<std::size_t> read(std::span<std::byte> into) = 0;
    /// May consume less than asked.
    [[nodiscard]] virtual Result<std::size_t> write(std::span<const std::byte> from) = 0;
    /// Has side effects on real drivers (it may start the next save): only for a plan or on the user's wish.
    [[nodiscard]] virtual Result<RawPrecopyInfo> precopyInfo() = 0;
    /// An ioctl with these very bytes, written back in place: for who tests a driver's own checks. Only
    /// numbers that no VFIO file has, and VFIO_MIG_GET_PRECOPY_INFO. The kernel's errno on failure.
    [[nodiscard]] virtual Result<void> control(unsigned long /*request*/, std::span<std::byte> /*bytes*/) {
        return fail(Errc::Unsupported, "ioctl", "data fd");
    }
    /// lseek() to the beginning: no migration stream allows it (ESPIPE).
    [[nodiscard]] virtual Result<void> rewind() { return fail(Errc::Unsupported, "lseek", "data fd"); }
    /// *Thread-safe.* Wakes an interruptible wait of the call under way, or of the next one.
    virtual void interrupt() = 0;
};

/// VFIO_DEVICE_GET_INFO.
struct DeviceInfo {
    std::uint32_t flags = 0;
    std::uint32_t regions = 0;
    std::uint32_t irqs = 0;
};

/// VFIO_DEVICE_GET_REGION_INFO; type and subtype when the region carries the type capability.
struct RegionInfo {
    std::uint32_t index = 0;
    std::uint32_t flags = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;
    std::optional<std::uint32_t> type;
    std::optional<std::uint32_t> subtype;
};

/// A handle on one opened device. *Thread-bound* but for interrupt(). Destroying it closes the device;
/// streams taken from it keep what they need alive, so that a data fd is always closed before its device fd.
class DeviceIo {
public:
    DeviceIo() = default;
    DeviceIo(const DeviceIo&) = delete;
    DeviceIo& operator=(const DeviceIo&) = delete;
    virtual ~DeviceIo() = default;

    /// VFIO_DEVICE_FEATURE on these bytes (argsz, flags, payload; 8-byte aligned), written back in place. The
    /// kernel's errno on failure. Blocks without bound.
    [[nodiscard]] virtual Result<void> feature(std::span<std::byte> bytes) = 0;
    /// Turns the data_fd of a successful SET into a stream, once. 0 is a legal token.
    [[nodiscard]] virtual Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) = 0;
    [[nodiscard]] virtual Result<DeviceInfo> info() = 0;
    [[nodiscard]] virtual Result<RegionInfo> regionInfo(std::uint32_t index) = 0;
    /// VFIO_DEVICE_RESET once: EAGAIN = busy, EINVAL or ENOTTY = not supported.
    [[nodiscard]] virtual Result<void> reset() = 0;
    /// *Thread-safe.* Wakes an interruptible sleep of the call under way; a call that cannot be interrupted
    /// goes on.
    virtual void interrupt() = 0;
    /// "group+type1v2", "cdev+iommufd", "simulated".
    [[nodiscard]] virtual std::string access() const = 0;
};

} // namespace migscope
