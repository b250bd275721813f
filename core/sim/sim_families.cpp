// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Healthy devices of the families that exist: identity, protocol, sizes and times.
#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/sim/sim_profile.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;
constexpr std::uint32_t ethernet = 0x020000;

void common(SimDeviceProfile& device, std::uint64_t flags) {
    device.protocol = SimProtocol::V2;
    device.flags = MigFlags(flags);
    device.openTime = 20ms;
    device.resetTime = 20ms;
    device.streamCallTime = 10us;
    device.arcTime = 1ms;
}

void identity(SimDeviceProfile& device, std::string driver, std::uint16_t vendor, std::uint16_t id,
              std::uint32_t classCode) {
    device.driver = std::move(driver);
    device.vendorId = vendor;
    device.deviceId = id;
    device.subsystemVendorId = vendor;
    device.classCode = classCode;
}

void parent(SimDeviceProfile& device, std::string driver, std::uint16_t id) {
    device.physicalFunctionDriver = std::move(driver);
    device.physicalFunctionId = id;
}

// State in firmware: hundreds of MiB, made while read() waits and loaded inside write().
void mlx5(SimDeviceProfile& device) {
    identity(device, "mlx5_vfio_pci", 0x15b3, 0x101e, ethernet);
    parent(device, "mlx5_core", 0x101d);
    common(device, 7);
    device.dmaLogging = true;
    device.precopyInfoV2 = true;
    device.drainedErrno = ENOMSG;
    device.dirtyOnInfo = true;
    device.sizeAnswer = SimSizeAnswer::Live;
    device.stateBytes = 300 * MiB;
    device.precopyInitialBytes = 288 * MiB;
    device.stopCopyBytes = 12 * MiB;
    device.dirtyBytesPerSecond = 24 * MiB;
    device.workingSetBytes = 32 * MiB;
    device.saveBytesPerSecond = 1500 * MiB;
    device.loadBytesPerSecond = 500 * MiB;
    device.arcTime = 2ms;
    using enum MigState;
    device.arcTimes = {{{Running, PreCopy}, 4ms},    {{PreCopy, PreCopyP2p}, 6ms},
                       {{Running, RunningP2p}, 6ms}, {{PreCopyP2p, StopCopy}, 9ms},
                       {{RunningP2p, Stop}, 5ms},    {{Stop, StopCopy}, 3ms},
                       {{Stop, Resuming}, 4ms},      {{Resuming, Stop}, 12ms},
                       {{Stop, RunningP2p}, 5ms},    {{RunningP2p, Running}, 6ms}};
}

// A handful of registers: read and written in the SETs, the buffer is only copied. Its 40 bytes of pre-copy
// are what the destination compares.
void hisiAcc(SimDeviceProfile& device) {
    identity(device, "hisi_acc_vfio_pci", 0x19e5, 0xa256, 0x100000);
    parent(device, "hisi_sec2", 0xa255);
    common(device, 5);
    device.stateBytes = 176;
    device.precopyInitialBytes = 40;
    device.stopCopyBytes = 136;
    device.saveIn = SimWork::Set;
    device.loadIn = SimWork::Set;
    device.arcTime = 500us;
    using enum MigState;
    device.arcTimes = {
        {{Stop, StopCopy}, 3ms}, {{PreCopy, StopCopy}, 4ms}, {{Resuming, Stop}, 5ms}, {{Stop, Running}, 1ms}};
}

// One blob, asked of the firmware in the SET to STOP_COPY and handed to it in the SET that leaves RESUMING.
void pds(SimDeviceProfile& device) {
    identity(device, "pds_vfio_pci", 0x1dd8, 0x1003, ethernet);
    parent(device, "pds_core", 0x100c);
    common(device, 3);
    device.dmaLogging = true;
    device.stateBytes = 64 * KiB;
    device.stopCopyBytes = 64 * KiB;
    device.saveIn = SimWork::Set;
    device.loadIn = SimWork::Set;
    device.saveBytesPerSecond = 4 * MiB;
    device.loadBytesPerSecond = 2 * MiB;
    device.arcTime = 2ms;
}

void qat(SimDeviceProfile& device) {
    identity(device, "qat_vfio_pci", 0x8086, 0x4941, 0x0b4000);
    parent(device, "4xxx", 0x4940);
    common(device, 7);
    device.stateBytes = 4 * KiB;
    device.precopyInitialBytes = 1 * KiB;
    device.stopCopyBytes = 3 * KiB;
    device.saveIn = SimWork::Set;
    device.loadIn = SimWork::Set;
    using enum MigState;
    device.arcTimes = {{{Running, RunningP2p}, 8ms}, {{PreCopy, PreCopyP2p}, 8ms}, {{Resuming, Stop}, 6ms}};
}

// Device parts over the admin queue: everything in PRE_COPY, and everything again when stopped.
void virtio(SimDeviceProfile& device) {
    identity(device, "virtio_vfio_pci", 0x1af4, 0x1041, ethernet);
    parent(device, "virtio-pci", 0x1041);
    common(device, 7);
    device.drainedErrno = ENOMSG;
    device.sizeAnswer = SimSizeAnswer::Live;
    device.stateBytes = 24 * KiB;
    device.precopyInitialBytes = 24 * KiB;
    device.stopCopyBytes = 24 * KiB;
    device.saveBytesPerSecond = 8 * MiB;
    device.loadBytesPerSecond = 4 * MiB;
    using enum MigState;
    device.arcTimes = {{{RunningP2p, Stop}, 0ns}, {{Stop, RunningP2p}, 0ns}};
}

// The kernel's sample: a mediated device in memory, whose state outlives the process that opened it.
void mtty(SimDeviceProfile& device) {
    device.driver = "mtty";
    device.mediated = true;
    common(device, 7);
    device.dmaLogging = true;
    device.resetAdvertised = false;
    device.keepsState = true;
    device.stateBytes = 96;
    device.precopyInitialBytes = 40;
    device.stopCopyBytes = 56;
    device.openTime = 50us;
    device.resetTime = 50us;
    device.streamCallTime = 5us;
    device.arcTime = 20us;
}

void plain(SimDeviceProfile& device) {
    identity(device, "vfio-pci", 0x15b3, 0x101e, ethernet);
    parent(device, "mlx5_core", 0x101d);
    device.openTime = 20ms;
    device.resetTime = 20ms;
}

void v1(SimDeviceProfile& device) {
    identity(device, "vfio-pci", 0x8086, 0x154c, ethernet);
    parent(device, "i40e", 0x1583);
    device.protocol = SimProtocol::V1;
    device.openTime = 20ms;
    device.resetTime = 20ms;
}

void unbound(SimDeviceProfile& device) {
    identity(device, "", 0x15b3, 0x101e, ethernet);
    parent(device, "mlx5_core", 0x101d);
    device.vfio = false;
}

void hostOwned(SimDeviceProfile& device) {
    identity(device, "igb", 0x8086, 0x1521, ethernet);
    device.vfio = false;
}

struct Family {
    const char* name;
    void (*make)(SimDeviceProfile&);
};
constexpr std::array families{
    Family{"mlx5", mlx5},     Family{"hisi_acc", hisiAcc}, Family{"pds", pds},        Family{"qat", qat},
    Family{"virtio", virtio}, Family{"mtty", mtty},        Family{"vfio-pci", plain}, Family{"v1", v1},
    Family{"none", unbound},  Family{"host", hostOwned},
};

} // namespace

const std::vector<std::string>& simFamilies() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const auto& family : families)
            list.emplace_back(family.name);
        return list;
    }();
    return names;
}

Result<SimDeviceProfile> simFamily(const std::string& family, const std::string& address) {
    for (const auto& entry : families) {
        if (family != entry.name)
            continue;
        SimDeviceProfile device;
        device.address = address;
        device.family = family;
        entry.make(device);
        return device;
    }
    return fail(Errc::InvalidArgument, "read profile", family,
                fmt::format("no such family; there are {}", fmt::join(simFamilies(), ", ")));
}

Ns SimDeviceProfile::timeOf(MigState from, MigState to) const {
    const auto found = arcTimes.find({from, to});
    return found != arcTimes.end() ? found->second : arcTime;
}

const SimDeviceProfile* SimProfile::find(const std::string& address) const {
    const auto found = std::find_if(devices.begin(), devices.end(),
                                    [&](const auto& device) { return device.address == address; });
    return found != devices.end() ? &*found : nullptr;
}

} // namespace migscope
