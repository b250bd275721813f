// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Encoding of VFIO_DEVICE_FEATURE: the one place that builds its bytes, for every backend.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "core/uapi/vfio.h"

namespace migscope {

/// Header and payload of one VFIO_DEVICE_FEATURE call in one zeroed buffer. 8-byte aligned, because payloads
/// with u64 members follow an 8-byte header. argsz counts both.
template<class Payload>
class FeatureCall {
    static_assert(std::is_trivially_copyable_v<Payload>);

public:
    /// `flags`: the feature's index and the operation bits.
    explicit FeatureCall(std::uint32_t flags, const Payload& payload = {}) {
        const uapi::VfioDeviceFeature header{static_cast<std::uint32_t>(bytes_.size()), flags};
        std::memcpy(bytes_.data(), &header, sizeof header);
        std::memcpy(bytes_.data() + sizeof header, &payload, sizeof payload);
    }
    [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }
    [[nodiscard]] Payload payload() const {
        Payload out;
        std::memcpy(&out, bytes_.data() + sizeof(uapi::VfioDeviceFeature), sizeof out);
        return out;
    }

private:
    alignas(8) std::array<std::byte, sizeof(uapi::VfioDeviceFeature) + sizeof(Payload)> bytes_{};
};

/// A call without payload: PROBE, or a SET that takes none.
class BareFeatureCall {
public:
    explicit BareFeatureCall(std::uint32_t flags) {
        const uapi::VfioDeviceFeature header{static_cast<std::uint32_t>(bytes_.size()), flags};
        std::memcpy(bytes_.data(), &header, sizeof header);
    }
    [[nodiscard]] std::span<std::byte> bytes() { return bytes_; }

private:
    alignas(8) std::array<std::byte, sizeof(uapi::VfioDeviceFeature)> bytes_{};
};

} // namespace migscope
