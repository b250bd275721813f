// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A device of the running kernel behind the seam.
#include "core/kernel/kernel_device_io.h"

#include "core/uapi/vfio.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace migscope {
namespace {

constexpr const char* featureCall = "VFIO_DEVICE_FEATURE";

/// A region's capabilities are a handful of small records; what claims more is not believed.
constexpr std::uint32_t largestRegionInfo = 64 * 1024;

template<class T>
T load(const std::vector<std::uint64_t>& buffer, std::size_t offset) {
    T value;
    std::memcpy(&value, reinterpret_cast<const char*>(buffer.data()) + offset, sizeof value);
    return value;
}

/// Walks the capabilities of a region; offsets come from the driver, so each is checked.
void readTypeCapability(const std::vector<std::uint64_t>& buffer, std::uint32_t argsz, RegionInfo& info) {
    const std::size_t size = std::min<std::size_t>(argsz, buffer.size() * sizeof(std::uint64_t));
    std::uint32_t at = load<uapi::VfioRegionInfo>(buffer, 0).capOffset;
    // More steps than headers fit would be a ring.
    for (std::size_t steps = size / sizeof(uapi::VfioInfoCapHeader); at != 0 && steps > 0; --steps) {
        if (at > size || size - at < sizeof(uapi::VfioInfoCapHeader))
            return;
        const auto header = load<uapi::VfioInfoCapHeader>(buffer, at);
        if (header.id == uapi::regionCapType && size - at >= sizeof(uapi::VfioRegionInfoCapType)) {
            const auto type = load<uapi::VfioRegionInfoCapType>(buffer, at);
            info.type = type.type;
            info.subtype = type.subtype;
            return;
        }
        at = header.next;
    }
}

} // namespace

Result<std::unique_ptr<DeviceIo>> openLocated(const DeviceLocation& location, AccessRegistry& registry,
                                              std::shared_ptr<Syscalls> syscalls,
                                              std::shared_ptr<HeldDevices> held) {
    if (!held->add(location.name))
        return failErrno(EBUSY, "open", location.name, "this process has it open already");
    auto opened = std::make_shared<OpenedDevice>();
    opened->held = HeldDevice(std::move(held), location.name);
    auto lease = registry.acquire(location);
    if (!lease)
        return std::unexpected(lease.error());
    opened->syscalls = std::move(syscalls);
    opened->lease = std::move(*lease);
    opened->name = location.name;
    opened->access = opened->lease.access().name();
    auto fd = opened->lease.access().openDevice(location);
    if (!fd)
        return std::unexpected(fd.error());
    opened->fd = std::move(*fd);
    return std::make_unique<KernelDeviceIo>(std::move(opened));
}

int KernelDeviceIo::call(unsigned long request, void* argument) {
    // Nothing is repeated here: an interrupted SET is a failed SET, and only the layer above knows to look
    // where the device stands. An interruption concerns the call under way only.
    const Interrupter::Call call(interrupter_);
    const int answer = device_->syscalls->ioctl(device_->fd.get(), request, argument);
    interrupter_.consume();
    return answer;
}

Result<void> KernelDeviceIo::feature(std::span<std::byte> bytes) {
    if (bytes.size() < sizeof(uapi::VfioDeviceFeature))
        return fail(Errc::InvalidArgument, featureCall, device_->name, "shorter than its header");
    uapi::VfioDeviceFeature header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.argsz > bytes.size())
        return fail(Errc::InvalidArgument, featureCall, device_->name, "argsz is larger than the buffer");

    const int answer = call(uapi::ioctlDeviceFeature, bytes.data());
    if (answer < 0)
        return failErrno(-answer, featureCall, device_->name);

    const bool setState = (header.flags & uapi::featureMask) == uapi::featureMigDeviceState &&
                          (header.flags & uapi::featureSet) != 0 && (header.flags & uapi::featureProbe) == 0;
    if (setState && header.argsz >= sizeof header + sizeof(uapi::VfioDeviceFeatureMigState)) {
        uapi::VfioDeviceFeatureMigState state{};
        std::memcpy(&state, bytes.data() + sizeof header, sizeof state);
        // Owned from the moment it exists, taken or not.
        untaken_.reset();
        if (state.dataFd != uapi::noDataFd)
            untaken_ = SyscallFd(*device_->syscalls, state.dataFd);
    }
    return {};
}

Result<std::unique_ptr<DataStream>> KernelDeviceIo::takeStream(std::int32_t token) {
    if (!untaken_.valid() || untaken_.get() != token)
        return fail(Errc::InvalidArgument, "take stream", device_->name,
                    "no stream is waiting under the number " + std::to_string(token));
    return KernelDataStream::make(device_, std::move(untaken_));
}

Result<DeviceInfo> KernelDeviceIo::info() {
    uapi::VfioDeviceInfo info{};
    info.argsz = sizeof info;
    if (const int answer = call(uapi::ioctlDeviceGetInfo, &info); answer < 0)
        return failErrno(-answer, "VFIO_DEVICE_GET_INFO", device_->name);
    return DeviceInfo{.flags = info.flags, .regions = info.numRegions, .irqs = info.numIrqs};
}

Result<RegionInfo> KernelDeviceIo::regionInfo(std::uint32_t index) {
    // 64-bit words, because the record has 64-bit fields. With a buffer that is too short for the
    // capabilities the call succeeds, leaves them out and says in argsz what it takes.
    std::vector<std::uint64_t> buffer(sizeof(uapi::VfioRegionInfo) / sizeof(std::uint64_t));
    for (;;) {
        uapi::VfioRegionInfo request{};
        request.argsz = static_cast<std::uint32_t>(buffer.size() * sizeof(std::uint64_t));
        request.index = index;
        std::fill(buffer.begin(), buffer.end(), 0);
        std::memcpy(buffer.data(), &request, sizeof request);
        if (const int answer = call(uapi::ioctlDeviceGetRegionInfo, buffer.data()); answer < 0)
            return failErrno(-answer, "VFIO_DEVICE_GET_REGION_INFO", device_->name);
        const auto found = load<uapi::VfioRegionInfo>(buffer, 0);
        const bool more = (found.flags & uapi::regionFlagCaps) != 0 && found.argsz > request.argsz;
        if (more && found.argsz <= largestRegionInfo) {
            buffer.assign((found.argsz + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t), 0);
            continue;
        }
        RegionInfo info{.index = index,
                        .flags = found.flags,
                        .size = found.size,
                        .offset = found.offset,
                        .type = std::nullopt,
                        .subtype = std::nullopt};
        if ((found.flags & uapi::regionFlagCaps) != 0 && !more)
            readTypeCapability(buffer, found.argsz, info);
        return info;
    }
}

Result<void> KernelDeviceIo::reset() {
    if (const int answer = call(uapi::ioctlDeviceReset, nullptr); answer < 0)
        return failErrno(-answer, "VFIO_DEVICE_RESET", device_->name);
    return {};
}

} // namespace migscope
