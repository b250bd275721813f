// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Decodes VFIO_DEVICE_FEATURE as the kernel does, for a simulated device.
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/sim/sim_device.h"
#include "core/uapi/vfio.h"

namespace migscope {
namespace {

/// What a feature of this device takes; absent: ENOTTY.
struct FeatureRule {
    std::uint32_t operations = 0;
    std::size_t dataBytes = 0;
};

class SimDeviceIo final : public DeviceIo {
public:
    explicit SimDeviceIo(std::shared_ptr<SimHandle> handle) : handle_(std::move(handle)) {}

    Result<void> feature(std::span<std::byte> bytes) override {
        if (const int error = decode(bytes); error != 0)
            return failErrno(error, "VFIO_DEVICE_FEATURE", device().profile().address);
        return {};
    }

    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) override {
        auto session = device().takeSession(token);
        if (!session)
            return failErrno(EBADF, "take stream", device().profile().address);
        return makeSimStream(handle_, std::move(session));
    }

    Result<DeviceInfo> info() override {
        const auto& profile = device().profile();
        DeviceInfo info;
        info.flags = uapi::deviceFlagPci | (profile.resetAdvertised ? uapi::deviceFlagReset : 0U);
        info.regions = uapi::pciFirstDeviceRegion + (profile.protocol == SimProtocol::V1 ? 1U : 0U);
        info.irqs = 5;
        return info;
    }

    Result<RegionInfo> regionInfo(std::uint32_t index) override {
        const auto& profile = device().profile();
        if (index >= info()->regions)
            return failErrno(EINVAL, "VFIO_DEVICE_GET_REGION_INFO", profile.address);
        RegionInfo region;
        region.index = index;
        region.offset = std::uint64_t{index} << 40U;
        if (index == 0 || index >= uapi::pciFirstDeviceRegion) {
            region.flags = uapi::regionFlagRead | uapi::regionFlagWrite;
            region.size = 0x10000;
        }
        if (index == uapi::pciFirstDeviceRegion) {
            region.flags |= uapi::regionFlagCaps;
            region.type = uapi::regionTypeMigrationV1;
            region.subtype = uapi::regionSubtypeMigrationV1;
        }
        return region;
    }

    Result<void> reset() override {
        if (const int error = device().reset(); error != 0)
            return failErrno(error, "RESET", device().profile().address);
        return {};
    }

    void interrupt() override { device().interruptSet(); }
    std::string access() const override { return "simulated"; }

private:
    [[nodiscard]] SimDevice& device() const { return handle_->device(); }

    [[nodiscard]] std::optional<FeatureRule> ruleOf(std::uint32_t index) const {
        const auto& profile = device().profile();
        const bool v2 = profile.protocol == SimProtocol::V2;
        const auto only = [](bool present, FeatureRule rule) {
            return present ? std::optional(rule) : std::nullopt;
        };
        switch (index) {
        case uapi::featureMigration:
            return only(v2, {uapi::featureGet, sizeof(uapi::VfioDeviceFeatureMigration)});
        case uapi::featureMigDeviceState:
            return only(v2, {uapi::featureGet | uapi::featureSet, sizeof(uapi::VfioDeviceFeatureMigState)});
        case uapi::featureDmaLoggingStart:
            return only(profile.dmaLogging,
                        {uapi::featureSet, sizeof(uapi::VfioDeviceFeatureDmaLoggingControl)});
        case uapi::featureDmaLoggingStop:
            return only(profile.dmaLogging, {uapi::featureSet, 0});
        case uapi::featureDmaLoggingReport:
            return only(profile.dmaLogging,
                        {uapi::featureGet, sizeof(uapi::VfioDeviceFeatureDmaLoggingReport)});
        case uapi::featureMigDataSize:
            return only(v2 && profile.sizeAnswer != SimSizeAnswer::None,
                        {uapi::featureGet, sizeof(uapi::VfioDeviceFeatureMigDataSize)});
        case uapi::featureMigPrecopyInfoV2:
            return only(profile.precopyInfoV2, {uapi::featureSet, 0});
        default:
            return std::nullopt;
        }
    }

    [[nodiscard]] int decode(std::span<std::byte> bytes) {
        uapi::VfioDeviceFeature head{};
        if (bytes.size() < sizeof head)
            return EFAULT;
        std::memcpy(&head, bytes.data(), sizeof head);
        constexpr std::uint32_t operations = uapi::featureGet | uapi::featureSet;
        if (head.argsz < sizeof head)
            return EINVAL;
        if ((head.flags & ~(uapi::featureMask | operations | uapi::featureProbe)) != 0)
            return EINVAL;
        const std::uint32_t asked = head.flags & operations;
        const bool probe = (head.flags & uapi::featureProbe) != 0;
        if (asked == operations && !probe)
            return EINVAL;
        const std::uint32_t index = head.flags & uapi::featureMask;
        const auto rule = ruleOf(index);
        if (!rule)
            return ENOTTY;
        if (index == uapi::featureMigPrecopyInfoV2 && !device().profile().flags.preCopy())
            return EINVAL;
        if ((asked & ~rule->operations) != 0)
            return EINVAL;
        if (probe)
            return 0;
        if (asked == 0 || head.argsz - sizeof head < rule->dataBytes)
            return EINVAL;
        if (bytes.size() - sizeof head < rule->dataBytes)
            return EFAULT;
        return act(index, asked, bytes.subspan(sizeof head, rule->dataBytes));
    }

    template<class T>
    static T load(std::span<const std::byte> data) {
        T value{};
        std::memcpy(&value, data.data(), sizeof value);
        return value;
    }
    template<class T>
    static void store(std::span<std::byte> data, const T& value) {
        std::memcpy(data.data(), &value, sizeof value);
    }

    [[nodiscard]] int act(std::uint32_t index, std::uint32_t asked, std::span<std::byte> data) {
        switch (index) {
        case uapi::featureMigration:
            store(data, uapi::VfioDeviceFeatureMigration{device().profile().flags.raw()});
            return 0;
        case uapi::featureMigDeviceState: {
            if (asked == uapi::featureGet) {
                store(data, uapi::VfioDeviceFeatureMigState{static_cast<std::uint32_t>(device().get()),
                                                            uapi::noDataFd});
                return 0;
            }
            // After a failure the caller's bytes stay as they are: the state asked for, the fd untouched.
            auto state = load<uapi::VfioDeviceFeatureMigState>(data);
            const int error = device().set(state.deviceState, state.dataFd);
            if (error == 0)
                store(data, state);
            return error;
        }
        case uapi::featureMigDataSize:
            store(data, uapi::VfioDeviceFeatureMigDataSize{device().dataSize()});
            return 0;
        case uapi::featureMigPrecopyInfoV2:
            device().optInPrecopyInfoV2();
            return 0;
        case uapi::featureDmaLoggingStart: {
            auto control = load<uapi::VfioDeviceFeatureDmaLoggingControl>(data);
            const int error = device().startLogging(control);
            if (error == 0)
                store(data, control);
            return error;
        }
        case uapi::featureDmaLoggingStop:
            device().stopLogging();
            return 0;
        case uapi::featureDmaLoggingReport:
            return device().reportLogging(load<uapi::VfioDeviceFeatureDmaLoggingReport>(data));
        default:
            return ENOTTY;
        }
    }

    std::shared_ptr<SimHandle> handle_;
};

} // namespace

std::unique_ptr<DeviceIo> makeSimDeviceIo(std::shared_ptr<SimHandle> handle) {
    return std::make_unique<SimDeviceIo>(std::move(handle));
}

} // namespace migscope
