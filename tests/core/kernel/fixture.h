// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A group of two devices on the scripted kernel, and the way to open them.
#pragma once

#include "core/kernel/device_access.h"
#include "core/kernel/kernel_device_io.h"
#include "tests/core/kernel/fake_syscalls.h"

#include <memory>
#include <string>

namespace migscope::test {

inline DeviceLocation viaGroup(const std::string& name = "0000:3b:00.2") {
    return {.name = name,
            .group = 41,
            .groupNode = "/dev/vfio/41",
            .groupUsable = true,
            .containerNode = "/dev/vfio/vfio",
            .cdevNode = {},
            .cdevUsable = false,
            .iommufdNode = {}};
}

inline DeviceLocation viaCdev(const std::string& name = "0000:3b:00.2") {
    return {.name = name,
            .group = 41,
            .groupNode = {},
            .groupUsable = false,
            .containerNode = {},
            .cdevNode = "/dev/vfio/devices/vfio3",
            .cdevUsable = true,
            .iommufdNode = "/dev/iommu"};
}

struct FakeKernel {
    std::shared_ptr<FakeSyscalls> syscalls = std::make_shared<FakeSyscalls>();
    std::shared_ptr<HeldDevices> held = std::make_shared<HeldDevices>();
    AccessRegistry registry{syscalls, std::make_shared<OwnNodeOpener>(syscalls)};

    Result<std::unique_ptr<DeviceIo>> open(const DeviceLocation& location) {
        return openLocated(location, registry, syscalls, held);
    }
};

} // namespace migscope::test
