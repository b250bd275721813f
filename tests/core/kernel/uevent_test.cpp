// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What uevents mean, and that the listener starts and ends.
#include "core/kernel/kernel_backend.h"
#include "core/kernel/uevent_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Uevent letGo{.action = "remove",
                   .subsystem = "vfio-dev",
                   .devicePath = "/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.2/vfio-dev/vfio3"};

TEST(Uevents, NameTheDeviceThatTheKernelWantsBack) {
    EXPECT_EQ(askedBack(letGo), "0000:3b:00.2");
}

TEST(Uevents, NameMediatedDevicesToo) {
    EXPECT_EQ(
        askedBack(
            {.action = "remove",
             .subsystem = "vfio-dev",
             .devicePath = "/devices/virtual/mtty/mtty/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001/vfio-dev/vfio0"}),
        "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");
}

TEST(Uevents, OfOtherKindsAskForNothing) {
    EXPECT_EQ(askedBack({.action = "add", .subsystem = "vfio-dev", .devicePath = letGo.devicePath}), "");
    EXPECT_EQ(askedBack({.action = "remove", .subsystem = "net", .devicePath = letGo.devicePath}), "");
    EXPECT_EQ(askedBack({.action = "remove", .subsystem = "vfio-dev", .devicePath = ""}), "");
    EXPECT_EQ(askedBack({.action = "remove", .subsystem = "vfio-dev", .devicePath = "/vfio-dev/vfio3"}), "");
}

TEST(Uevents, ChangeTheListWhenDevicesComeAndGo) {
    EXPECT_TRUE(changesTopology(letGo));
    EXPECT_TRUE(changesTopology({.action = "bind", .subsystem = "pci", .devicePath = ""}));
    EXPECT_FALSE(changesTopology({.action = "change", .subsystem = "pci", .devicePath = ""}));
    EXPECT_FALSE(changesTopology({.action = "add", .subsystem = "block", .devicePath = ""}));
}

TEST(Uevents, AreReportedForHeldDevicesByNameAndOnceForTheRest) {
    HeldDevices held;
    ASSERT_TRUE(held.add("0000:3b:00.2"));
    std::vector<std::string> heard;
    KernelBackend::report({letGo, {.action = "unbind", .subsystem = "pci", .devicePath = ""}}, held,
                          [&](const std::string& name) { heard.push_back(name); });
    EXPECT_THAT(heard, ElementsAre("0000:3b:00.2", ""));
}

TEST(Uevents, ForDevicesOfOthersAreOnlyAChange) {
    const HeldDevices held;
    std::vector<std::string> heard;
    KernelBackend::report({letGo}, held, [&](const std::string& name) { heard.push_back(name); });
    EXPECT_THAT(heard, ElementsAre(""));
}

TEST(Uevents, WithoutMeaningForUsAreNotReported) {
    const HeldDevices held;
    std::vector<std::string> heard;
    KernelBackend::report({{.action = "add", .subsystem = "block", .devicePath = ""}}, held,
                          [&](const std::string& name) { heard.push_back(name); });
    EXPECT_THAT(heard, IsEmpty());
}

TEST(UeventMonitor, StartsAndEndsAtOnce) {
    for (int i = 0; i < 20; ++i) {
        auto monitor = UeventMonitor::start([](const std::vector<Uevent>&) {});
        // A sandbox without netlink is a sentence, not a crash.
        if (!monitor) {
            EXPECT_NE(monitor.error().errnoValue(), 0);
        }
    }
}

} // namespace
} // namespace migscope::test
