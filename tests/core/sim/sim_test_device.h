// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device driven with raw feature bytes on virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/clock.h"
#include "core/sim/sim_backend.h"
#include "core/uapi/vfio.h"

namespace migscope {

/// Answer of a SET: errno (0 = success) and the payload's data_fd afterwards.
struct SetAnswer {
    int error = 0;
    std::int32_t fd = -1;
    Ns took{0};
};

/// How a read or write ended: a count, or the error's errno, or -1 for a cancel.
struct StreamAnswer {
    std::size_t count = 0;
    int error = 0;
    Ns took{0};
};
inline constexpr int cancelled = -1;

/// One opened device.
class Opened {
public:
    Opened(SimBackend& backend, const std::string& address);

    [[nodiscard]] DeviceIo& io() { return *io_; }
    [[nodiscard]] DataStream& stream() { return *stream_; }
    [[nodiscard]] bool hasStream() const { return stream_ != nullptr; }
    void close() {
        stream_.reset();
        io_.reset();
    }

    [[nodiscard]] MigState state();
    /// Raw SET; takes the stream when one came.
    SetAnswer set(MigState state, std::int32_t fdBefore = -1);
    SetAnswer setRaw(std::uint32_t state, std::int32_t fdBefore = -1);
    /// errno of a feature call with a payload of 64-bit words, which is written back.
    int feature(std::uint32_t flags, std::vector<std::uint64_t>& words, std::uint32_t argsz = 0);
    int feature(std::uint32_t flags);
    int reset();
    [[nodiscard]] std::uint64_t dataSize();

    StreamAnswer read(std::span<std::byte> into);
    StreamAnswer write(std::span<const std::byte> from);
    /// Reads until a read answers 0 or an error other than none; appends to `out`.
    StreamAnswer drain(std::vector<std::byte>& out, std::size_t chunk = 1U << 20U);
    RawPrecopyInfo precopyInfo();

private:
    SimBackend& backend_;
    std::unique_ptr<DeviceIo> io_;
    std::unique_ptr<DataStream> stream_;
};

/// A machine of devices made of a family, changed by the test before it starts.
class SimTest : public ::testing::Test {
protected:
    static constexpr const char* one = "0000:01:00.0";
    static constexpr const char* two = "0000:02:00.0";

    SimTest() { profile_.devices.reserve(8); } // what add() returned stays where it is

    /// Adds a device of the family; change it before the first backend().
    SimDeviceProfile& add(const std::string& family, const std::string& address = one);
    SimBackend& backend();
    Opened open(const std::string& address = one) { return Opened(backend(), address); }

    VirtualClock clock_;
    SimProfile profile_;

private:
    std::unique_ptr<SimBackend> backend_;
};

} // namespace migscope
