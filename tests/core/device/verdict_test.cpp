// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Why a device can or cannot migrate: every case of the catalogue that a device can be in.
#include "core/device/verdict.h"

#include <algorithm>
#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A host with one VF in group 41 whose PF is on its host driver.
struct Host {
    Topology topology;

    Host() {
        topology.host.kernelRelease = "6.12.95+deb12-amd64";
        topology.host.iommuGroupsPresent = true;
        topology.host.vfioModule = true;
        Group group;
        group.id = 41;
        group.viable = true;
        group.devices = {"0000:3b:00.2"};
        group.node = {.path = "/dev/vfio/41", .mode = 0600, .exists = true, .usable = true};
        topology.groups.push_back(group);
        Device device;
        device.name = "0000:3b:00.2";
        device.bus = "pci";
        device.driver = "mlx5_vfio_pci";
        device.vfioDev = "vfio3";
        device.iommuGroup = 41;
        device.pci = std::make_unique<PciFacts>();
        device.pci->vendor = 0x15b3;
        device.pci->device = 0x101e;
        device.pci->classCode = 0x020000;
        device.pci->physicalFunction = "0000:3b:00.0";
        device.pci->physicalFunctionDriver = "mlx5_core";
        topology.devices.push_back(std::move(device));
    }
    Device& device() { return topology.devices.front(); }
    Group& group() { return topology.groups.front(); }
    Verdict verdict(const Capabilities* probe = nullptr, const Error* error = nullptr) {
        return judge(topology, device(), probe, error);
    }
};

/// Fails when a sentence still holds a {name}; the rules that every verdict obeys.
void expectSound(const Verdict& verdict) {
    if (verdict.kind != VerdictKind::Migratable) {
        EXPECT_THAT(verdict.reasons, Not(IsEmpty()));
    }
    for (const Reason& reason : verdict.reasons) {
        const ReasonText& entry = reasonText(reason.id);
        EXPECT_EQ(fillTemplate(entry.text, reason.values).find('{'), std::string::npos)
            << fillTemplate(entry.text, reason.values);
        EXPECT_EQ(fillTemplate(entry.next, reason.values).find('{'), std::string::npos)
            << fillTemplate(entry.next, reason.values);
    }
}

std::string textOf(const Verdict& verdict, const std::string& id) {
    for (const Reason& reason : verdict.reasons) {
        if (reason.id == id)
            return fillTemplate(reasonText(id).text, reason.values) + "\n" +
                   fillTemplate(reasonText(id).next, reason.values);
    }
    return {};
}

void expectFirst(const Verdict& verdict, VerdictKind kind, Evidence evidence, const std::string& id) {
    EXPECT_EQ(verdictWord(verdict.kind), verdictWord(kind));
    EXPECT_EQ(evidenceWord(verdict.evidence), evidenceWord(evidence));
    ASSERT_FALSE(verdict.reasons.empty());
    EXPECT_EQ(verdict.reasons.front().id, id);
    expectSound(verdict);
}

bool has(const Verdict& verdict, const std::string& id) {
    return !textOf(verdict, id).empty();
}

TEST(Verdict, AVariantDriverAloneIsLikelyAndNamesWhatItNeeds) {
    Host host;
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::Likely, Evidence::Driver, "mlx5-unproved");
    EXPECT_EQ(verdict.reasons.size(), 1U);
    EXPECT_THAT(textOf(verdict, "mlx5-unproved"), HasSubstr("migratable enable"));
}

TEST(Verdict, EveryKnownVariantDriverHasItsOwnSentence) {
    for (const char* driver : {"mlx5_vfio_pci", "hisi_acc_vfio_pci", "pds_vfio_pci", "virtio_vfio_pci",
                               "qat_vfio_pci", "xe-vfio-pci", "mtty"}) {
        Host host;
        host.device().driver = driver;
        const Verdict likely = host.verdict();
        EXPECT_EQ(likely.kind, VerdictKind::Likely) << driver;
        expectSound(likely);
        const Capabilities none;
        const Verdict refused = host.verdict(&none);
        EXPECT_EQ(refused.kind, VerdictKind::NotMigratable) << driver;
        EXPECT_THAT(refused.reasons.front().id, testing::EndsWith("-not-enabled"));
        expectSound(refused);
    }
}

TEST(Verdict, AProbedMlx5WithoutMigrationIsNotEnabledAndTellsDevlink) {
    Host host;
    const Capabilities none;
    const Verdict verdict = host.verdict(&none);
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Probe, "mlx5-not-enabled");
    EXPECT_THAT(textOf(verdict, "mlx5-not-enabled"),
                HasSubstr("devlink port function set pci/0000:3b:00.0/PORT migratable enable"));
}

TEST(Verdict, PlainVfioPciWithAMatchingVariantGivesTheWholeRecipe) {
    Host host;
    host.device().driver = "vfio-pci";
    host.device().variantDriver = "mlx5_vfio_pci";
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "plain-vfio-pci-variant");
    const std::string text = textOf(verdict, "plain-vfio-pci-variant");
    EXPECT_THAT(
        text, HasSubstr("  sudo modprobe mlx5_vfio_pci\n"
                        "  echo mlx5_vfio_pci | sudo tee /sys/bus/pci/devices/0000:3b:00.2/driver_override\n"
                        "  echo 0000:3b:00.2 | sudo tee /sys/bus/pci/devices/0000:3b:00.2/driver/unbind\n"
                        "  echo 0000:3b:00.2 | sudo tee /sys/bus/pci/drivers_probe"));
}

TEST(Verdict, PlainVfioPciWhoseVariantTheKernelLacksNamesTheOption) {
    Host host;
    host.device().driver = "vfio-pci";
    host.topology.host.config = KernelConfig{{"MLX5_VFIO_PCI", 'n'}};
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "kernel-option-missing");
    EXPECT_THAT(textOf(verdict, "kernel-option-missing"), HasSubstr("CONFIG_MLX5_VFIO_PCI"));
}

TEST(Verdict, WithoutAKernelConfigOnlyTheModuleIsMissed) {
    Host host;
    host.device().driver = "vfio-pci";
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "variant-module-missing");
}

TEST(Verdict, PlainVfioPciOfUnknownHardwareSaysThatNothingIsKnown) {
    Host host;
    host.device().driver = "vfio-pci";
    host.device().pci->vendor = 0x8086;
    host.device().pci->device = 0x10ca;
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "plain-vfio-pci");
    EXPECT_THAT(textOf(verdict, "plain-vfio-pci"), HasSubstr("8086:10ca"));
}

TEST(Verdict, AFunctionThatIsNoVfIsToldThatOnlyVfsMigrate) {
    Host host;
    host.device().driver = "vfio-pci";
    host.device().pci->physicalFunction.clear();
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "variant-needs-vf");
}

TEST(Verdict, NoDriverBoundOffersTheVariant) {
    Host host;
    host.device().driver.clear();
    host.device().vfioDev.clear();
    host.device().variantDriver = "mlx5_vfio_pci";
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "no-driver-variant");
    EXPECT_THAT(textOf(verdict, "no-driver-variant"), Not(HasSubstr("unbind")));
    host.device().pci->vendor = 0x8086;
    host.device().variantDriver.clear();
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "no-driver");
}

TEST(Verdict, AnOverrideThatWaitsIsSaid) {
    Host host;
    host.device().driver.clear();
    host.device().vfioDev.clear();
    host.device().driverOverride = "mlx5_vfio_pci";
    EXPECT_TRUE(has(host.verdict(), "driver-override-waits"));
}

TEST(Verdict, AHostDriverIsNamedWithTheVariantThatExists) {
    Host host;
    host.device().driver = "mlx5_core";
    host.device().vfioDev.clear();
    host.device().variantDriver = "mlx5_vfio_pci";
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "host-driver-variant");
    EXPECT_THAT(textOf(verdict, "host-driver-variant"), HasSubstr("mlx5_core"));
    EXPECT_THAT(textOf(verdict, "host-driver-variant"), HasSubstr("driver/unbind"));
}

TEST(Verdict, APhysicalFunctionPointsToItsVirtualFunctions) {
    Host host;
    host.device().driver = "mlx5_core";
    host.device().vfioDev.clear();
    host.device().pci->device = 0x101d;
    host.device().pci->physicalFunction.clear();
    host.device().pci->totalVfs = 8;
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "host-driver");
    EXPECT_THAT(textOf(verdict, "sriov-physical-function"), HasSubstr("sriov_numvfs"));
}

TEST(Verdict, ABridgeStaysWithTheHost) {
    Host host;
    host.device().driver = "pcieport";
    host.device().vfioDev.clear();
    host.device().pci->classCode = 0x060400;
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "bridge");
}

TEST(Verdict, ADeviceOfAnUnknownBusIsExplained) {
    Host host;
    host.device().bus = "platform";
    host.device().driver = "panfrost";
    host.device().vfioDev.clear();
    host.device().pci.reset();
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "unknown-bus");
}

TEST(Verdict, AVfioDriverWithoutMigrationIsKnown) {
    Host host;
    host.device().driver = "nvgrace-gpu-vfio-pci";
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "driver-without-migration");
}

TEST(Verdict, AnUnknownVfioDriverIsUnknownUntilAsked) {
    Host host;
    host.device().driver = "acme_vfio_pci";
    expectFirst(host.verdict(), VerdictKind::Unknown, Evidence::None, "unknown-vfio-driver");
}

TEST(Verdict, AnUnknownVariantThatTheKernelsAliasesNameIsLikely) {
    Host host;
    host.device().driver = "acme_vfio_pci";
    host.device().variantDriver = "acme_vfio_pci";
    expectFirst(host.verdict(), VerdictKind::Likely, Evidence::Driver, "variant-unproved");
}

TEST(Verdict, V1OnlyIsExplained) {
    Host host;
    Capabilities probe;
    probe.protocol = Protocol::V1Only;
    expectFirst(host.verdict(&probe), VerdictKind::NotMigratable, Evidence::Probe, "v1-only");
}

TEST(Verdict, AProbedDeviceWithAllFlagsIsMigratableWithoutReasons) {
    Host host;
    Capabilities probe;
    probe.protocol = Protocol::V2;
    probe.flags = MigFlags(7);
    probe.dmaLogging = true;
    const Verdict verdict = host.verdict(&probe);
    EXPECT_EQ(verdict.kind, VerdictKind::Migratable);
    EXPECT_EQ(verdict.evidence, Evidence::Probe);
    EXPECT_THAT(verdict.reasons, IsEmpty());
}

TEST(Verdict, WhatAMigratableDeviceLacksIsInformation) {
    Host host;
    Capabilities probe;
    probe.protocol = Protocol::V2;
    probe.flags = MigFlags(1);
    Verdict verdict = host.verdict(&probe);
    EXPECT_EQ(verdict.kind, VerdictKind::Migratable);
    EXPECT_TRUE(has(verdict, "stop-copy-only"));
    EXPECT_TRUE(has(verdict, "no-dma-logging"));
    probe.flags = MigFlags(5 | 0x100);
    verdict = host.verdict(&probe);
    EXPECT_TRUE(has(verdict, "no-p2p"));
    EXPECT_THAT(textOf(verdict, "unknown-flags"), HasSubstr("0x100"));
    for (const Reason& reason : verdict.reasons)
        EXPECT_EQ(reasonText(reason.id).severity, Severity::Info) << reason.id;
}

TEST(Verdict, FlagsWithoutStopCopyCannotMigrate) {
    Host host;
    Capabilities probe;
    probe.protocol = Protocol::V2;
    probe.flags = MigFlags(2);
    expectFirst(host.verdict(&probe), VerdictKind::NotMigratable, Evidence::Probe, "no-stop-copy");
}

TEST(Verdict, ADeviceFoundNotRunningNeedsAReset) {
    Host host;
    Capabilities probe;
    probe.protocol = Protocol::V2;
    probe.flags = MigFlags(7);
    probe.stateFound = MigState::Resuming;
    probe.needsReset = true;
    const Verdict verdict = host.verdict(&probe);
    expectFirst(verdict, VerdictKind::Migratable, Evidence::Probe, "found-not-running");
    EXPECT_THAT(textOf(verdict, "found-not-running"), HasSubstr("RESUMING"));
}

TEST(Verdict, DebugfsProvesMigrationOfADeviceInUse) {
    Host host;
    host.device().debugfs =
        DebugfsFacts{.flags = MigFlags(7), .migrationFolder = true, .dirtyTracking = true};
    host.device().holders.push_back({2211, "qemu-system-x86", "/dev/vfio/41"});
    const Verdict verdict = host.verdict();
    EXPECT_EQ(verdict.kind, VerdictKind::Migratable);
    EXPECT_EQ(verdict.evidence, Evidence::Debugfs);
    EXPECT_THAT(textOf(verdict, "busy"), HasSubstr("qemu-system-x86 (process 2211)"));
}

TEST(Verdict, AnEmptyDebugfsFolderProvesNothing) {
    Host host;
    host.device().debugfs = DebugfsFacts{};
    EXPECT_EQ(host.verdict().kind, VerdictKind::Likely);
}

TEST(Verdict, ABusyDeviceStaysLikelyAndNamesTheHolder) {
    Host host;
    host.device().holders.push_back({2211, "qemu", "/dev/vfio/41"});
    const Error busy{std::error_code(EBUSY, std::generic_category()), "open", "/dev/vfio/41", ""};
    const Verdict verdict = host.verdict(nullptr, &busy);
    EXPECT_EQ(verdict.kind, VerdictKind::Likely);
    EXPECT_TRUE(has(verdict, "busy"));
    EXPECT_FALSE(has(verdict, "busy-holder-unknown"));
}

TEST(Verdict, ADeviceNodeThatIsHeldIsRefusedWithAnErrnoOfItsOwn) {
    const Error refused{std::error_code(EINVAL, std::generic_category()), "VFIO_DEVICE_BIND_IOMMUFD",
                        "/dev/vfio/devices/vfio3", ""};
    const Error other{refused.code, "VFIO_DEVICE_GET_INFO", refused.where, ""};
    EXPECT_TRUE(saysInUse(refused));
    EXPECT_FALSE(saysInUse(other));
    Host host;
    EXPECT_TRUE(has(host.verdict(nullptr, &refused), "open-failed"));
    host.device().holders.push_back({2211, "qemu", "/dev/vfio/devices/vfio3"});
    EXPECT_TRUE(has(host.verdict(nullptr, &refused), "busy"));
    EXPECT_FALSE(has(host.verdict(nullptr, &refused), "open-failed"));
    EXPECT_TRUE(has(host.verdict(nullptr, &other), "open-failed"));
}

TEST(Verdict, ABusyDeviceWhoseHolderMayNotBeSeenSaysSo) {
    Host host;
    host.device().holderKnowledge = HolderKnowledge::NotPermitted;
    const Error busy{std::error_code(EBUSY, std::generic_category()), "open", "/dev/vfio/41", ""};
    const Verdict verdict = host.verdict(nullptr, &busy);
    EXPECT_TRUE(has(verdict, "busy-holder-unknown"));
    host.device().holderKnowledge = HolderKnowledge::Complete;
    EXPECT_TRUE(has(host.verdict(nullptr, &busy), "busy-no-holder"));
    expectSound(verdict);
}

TEST(Verdict, EveryErrnoOfAnOpeningHasASentence) {
    for (const int number : {EBUSY, EACCES, EPERM, ENODEV, ENOENT, EAGAIN, EINVAL, EIO, 9999}) {
        Host host;
        const Error error{std::error_code(number, std::generic_category()), "open", "/dev/vfio/41", "why"};
        const Verdict verdict = host.verdict(nullptr, &error);
        EXPECT_GE(verdict.reasons.size(), 2U) << number;
        expectSound(verdict);
    }
}

TEST(Verdict, MissingRightsNameNodeModeAndOwner) {
    Host host;
    host.group().node.usable = false;
    host.group().node.gid = 44;
    const Verdict verdict = host.verdict();
    EXPECT_EQ(verdict.kind, VerdictKind::Likely);
    const std::string text = textOf(verdict, "no-rights");
    EXPECT_THAT(text, HasSubstr("/dev/vfio/41 has mode 0600 and belongs to uid 0, gid 44"));
    EXPECT_THAT(text, HasSubstr("udev"));
    expectSound(verdict);
}

TEST(Verdict, AUsableDeviceNodeIsEnough) {
    Host host;
    host.group().node.usable = false;
    host.device().cdev = {
        .path = "/dev/vfio/devices/vfio3", .mode = 0660, .gid = 100, .exists = true, .usable = true};
    EXPECT_FALSE(has(host.verdict(), "no-rights"));
}

TEST(Verdict, RightsThatAreNotKnownAreNotMissing) {
    Host host;
    host.group().node.usable = std::nullopt; // a captured host
    EXPECT_FALSE(has(host.verdict(), "no-rights"));
}

TEST(Verdict, WithoutAnyNodeThereIsNothingToOpen) {
    Host host;
    host.group().node = {};
    EXPECT_TRUE(has(host.verdict(), "no-node"));
    expectSound(host.verdict());
}

TEST(Verdict, ANonViableGroupNamesTheBlockerAndItsDriver) {
    Host host;
    Device blocker;
    blocker.name = "0000:3b:00.3";
    blocker.bus = "pci";
    blocker.driver = "ixgbe";
    host.topology.devices.push_back(blocker);
    host.group().viable = false;
    host.group().blockers = {"0000:3b:00.3"};
    const Verdict verdict = host.verdict();
    expectFirst(verdict, VerdictKind::NotMigratable, Evidence::Driver, "group-not-viable");
    EXPECT_THAT(textOf(verdict, "group-not-viable"), HasSubstr("0000:3b:00.3"));
    EXPECT_THAT(textOf(verdict, "group-not-viable"), HasSubstr("ixgbe"));
}

TEST(Verdict, NoIommuModeIsExplainedOnly) {
    Host host;
    host.group().kind = GroupKind::NoIommu;
    expectFirst(host.verdict(), VerdictKind::NotMigratable, Evidence::Driver, "noiommu-group");
}

TEST(Verdict, AVfOfAPhysicalFunctionOnVfioNeedsAToken) {
    Host host;
    host.device().pci->physicalFunctionDriver = "vfio-pci";
    EXPECT_TRUE(has(host.verdict(), "vf-token"));
    expectSound(host.verdict());
}

TEST(Verdict, APhysicalFunctionOnTheWrongDriverIsSaid) {
    Host host;
    host.device().pci->physicalFunctionDriver = "pci-stub";
    EXPECT_THAT(textOf(host.verdict(), "pf-driver"), HasSubstr("mlx5_core"));
    expectSound(host.verdict());
}

TEST(Verdict, AHostileRowIsUnknown) {
    Host host;
    host.device().bus.clear();
    host.device().name = "\\x1b[31m";
    host.device().problems = {"no device name"};
    expectFirst(host.verdict(), VerdictKind::Unknown, Evidence::None, "hostile-name");
    host.device().name = "0000:3b:00.2";
    expectFirst(host.verdict(), VerdictKind::Unknown, Evidence::None, "unreadable-device");
}

TEST(RebindRecipe, UsesTheModuleNameForModprobeAndTheDriverNameForTheOverride) {
    Host host;
    host.device().driver = "xe";
    const std::string recipe = rebindRecipe(host.device(), "xe-vfio-pci");
    EXPECT_THAT(recipe, HasSubstr("modprobe xe_vfio_pci"));
    EXPECT_THAT(recipe, HasSubstr("echo xe-vfio-pci | sudo tee"));
}

TEST(RebindRecipe, QuotesWhatAShellWouldRead) {
    Host host;
    EXPECT_THAT(rebindRecipe(host.device(), "$(reboot)"), HasSubstr("modprobe '$(reboot)'"));
}

// --- the host as a whole ---

bool hostHas(const Topology& topology, const std::string& id) {
    const auto reasons = judgeHost(topology);
    for (const Reason& reason : reasons) {
        const ReasonText& entry = reasonText(reason.id);
        EXPECT_EQ(fillTemplate(std::string(entry.text) + std::string(entry.next), reason.values).find('{'),
                  std::string::npos)
            << reason.id;
    }
    return std::any_of(reasons.begin(), reasons.end(), [&](const Reason& reason) { return reason.id == id; });
}

TEST(JudgeHost, AHealthyHostHasNoBlocker) {
    Host host;
    host.topology.enriched = true;
    host.topology.host.config = KernelConfig{{"VFIO", 'm'}, {"MLX5_VFIO_PCI", 'm'}};
    for (const Reason& reason : judgeHost(host.topology))
        EXPECT_EQ(reasonText(reason.id).severity, Severity::Info) << reason.id;
}

TEST(JudgeHost, WithoutAnIommuItSaysHowToTurnItOn) {
    Host host;
    host.topology.groups.clear();
    const auto reasons = judgeHost(host.topology);
    ASSERT_FALSE(reasons.empty());
    EXPECT_EQ(reasons.front().id, "host-no-iommu");
    EXPECT_THAT(std::string(reasonText("host-no-iommu").next), HasSubstr("intel_iommu=on"));
}

TEST(JudgeHost, VfioThatIsNotLoadedOrNotBuiltIsTold) {
    Host host;
    host.device().vfioDev.clear();
    host.topology.host.vfioModule = false;
    EXPECT_TRUE(hostHas(host.topology, "host-vfio-not-loaded"));
    EXPECT_TRUE(hostHas(host.topology, "host-nothing-bound"));
    host.topology.host.config = KernelConfig{{"VFIO", 'n'}};
    EXPECT_TRUE(hostHas(host.topology, "host-no-vfio-option"));
    EXPECT_FALSE(hostHas(host.topology, "host-vfio-not-loaded"));
}

TEST(JudgeHost, AStockKernelWithoutVariantDriversIsTold) {
    Host host;
    host.device().driver = "vfio-pci";
    host.topology.host.config = KernelConfig{{"VFIO", 'm'},
                                             {"MLX5_VFIO_PCI", 'n'},
                                             {"QAT_VFIO_PCI", 'n'},
                                             {"VFIO_DEVICE_CDEV", 'n'},
                                             {"VFIO_DEBUGFS", 'n'}};
    EXPECT_TRUE(hostHas(host.topology, "host-no-variant-driver"));
    EXPECT_TRUE(hostHas(host.topology, "host-no-cdev"));
    EXPECT_TRUE(hostHas(host.topology, "host-no-debugfs"));
    // Whatever the configuration says, what is there is not missing.
    host.device().cdev.exists = true;
    host.topology.host.debugfsVfio = true;
    EXPECT_FALSE(hostHas(host.topology, "host-no-cdev"));
    EXPECT_FALSE(hostHas(host.topology, "host-no-debugfs"));
    host.topology.host.config->at("QAT_VFIO_PCI") = 'm';
    EXPECT_FALSE(hostHas(host.topology, "host-no-variant-driver"));
}

TEST(JudgeHost, NoRightsOnAnyNodeIsTold) {
    Host host;
    host.group().node.usable = false;
    EXPECT_TRUE(hostHas(host.topology, "host-no-rights"));
    host.group().node.usable = true;
    EXPECT_FALSE(hostHas(host.topology, "host-no-rights"));
}

TEST(JudgeHost, UnsafeNoIommuModeIsAWarning) {
    Host host;
    host.topology.host.unsafeNoIommu = true;
    EXPECT_TRUE(hostHas(host.topology, "host-unsafe-noiommu"));
}

} // namespace
} // namespace migscope
