// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Strict parsing: names, numbers, module aliases, pci.ids.
#include <string>

#include <gtest/gtest.h>

#include "core/host/module_aliases.h"
#include "core/host/pci_names.h"
#include "core/host/sysfs_text.h"

namespace migscope::test {
namespace {

TEST(SysfsText, NumbersAreWholeOrNothing) {
    EXPECT_EQ(parseNumber<int>("42"), 42);
    EXPECT_EQ(parseNumber<int>("-1"), -1);
    for (const char* bad : {"", " 1", "1 ", "+1", "0x1", "1\n", "99999999999", "1a"})
        EXPECT_EQ(parseNumber<int>(bad), std::nullopt) << bad;
    EXPECT_EQ(parseNumber<std::uint16_t>("-1"), std::nullopt);
    EXPECT_EQ(parsePrefixedHex("0xfee00000"), 0xfee00000U);
    for (const char* bad : {"fee", "0x", "0xg", "0x-1", "0x10000000000000000"})
        EXPECT_EQ(parsePrefixedHex(bad), std::nullopt) << bad;
}

TEST(SysfsText, OnlyOneNewlineIsTakenOff) {
    EXPECT_EQ(chomp("a\n"), "a");
    EXPECT_EQ(chomp("a\n\n"), "a\n");
    EXPECT_EQ(chomp(""), "");
}

TEST(SysfsText, KeysAreRecognisedExactly) {
    for (const char* good : {"0000:3b:00.2", "10000:e1:1f.7"})
        EXPECT_TRUE(isPciAddress(good)) << good;
    for (const char* bad : {"", "3b:00.2", "0000:3B:00.2", "0000:3b:00.8", "0000:3b:00.22", "0000-3b:00.2",
                            "0000:3b:00.2/", "../0000:3b:00.2", "g000:3b:00.2"})
        EXPECT_FALSE(isPciAddress(bad)) << bad;
    EXPECT_TRUE(isUuid("a297db4a-f4c2-11e6-90f6-d3b88d6c9525"));
    EXPECT_FALSE(isUuid("a297db4a-f4c2-11e6-90f6-d3b88d6c952"));
    EXPECT_FALSE(isUuid("a297db4a_f4c2-11e6-90f6-d3b88d6c9525"));
    EXPECT_TRUE(isVfioDevName("vfio0"));
    EXPECT_TRUE(isVfioDevName("noiommu-vfio12"));
    for (const char* bad : {"vfio", "vfio01", "vfio-1", "vfiox", "xvfio1"})
        EXPECT_FALSE(isVfioDevName(bad)) << bad;
    EXPECT_EQ(parseGroupId("0"), 0);
    for (const char* bad : {"", "00", "01", "-1", "2147483648"})
        EXPECT_EQ(parseGroupId(bad), std::nullopt) << bad;
    for (const char* bad : {"", ".", "..", "a b", "a/b", "a\n"})
        EXPECT_FALSE(isPlainName(bad)) << bad;
}

PciFacts function(std::uint16_t vendor, std::uint16_t device, std::uint32_t classCode = 0x020000) {
    PciFacts pci;
    pci.vendor = vendor;
    pci.device = device;
    pci.classCode = classCode;
    return pci;
}

TEST(ModuleAliases, MatchIdsAndClassesAndLeaveTheCatchAllOut) {
    ModuleAliases aliases;
    aliases.addAliasFile("alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n"
                         "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n"
                         "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n"
                         "alias vfio_pci:v000010DEd*sv*sd*bc03sc02i* acme_gpu_vfio\n"
                         "alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n");
    EXPECT_EQ(aliases.match(function(0x15b3, 0x101e)), "mlx5_vfio_pci");
    EXPECT_EQ(aliases.match(function(0x15b3, 0x101d)), "");
    EXPECT_EQ(aliases.match(function(0x10de, 0x1111, 0x030200)), "acme_gpu_vfio");
    EXPECT_EQ(aliases.match(function(0x10de, 0x2342, 0x030000)), "") << "a driver without migration";
}

TEST(ModuleAliases, DriversInsideTheKernelCount) {
    ModuleAliases aliases;
    static constexpr char text[] =
        "vfio.author=A\0mlx5_vfio_pci.alias=vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i*\0x.y=z";
    const std::string info(text, sizeof text); // with the last NUL
    aliases.addBuiltinInfo(info);
    EXPECT_EQ(aliases.match(function(0x15b3, 0x101e)), "mlx5_vfio_pci");
}

TEST(ModuleAliases, RubbishIsNoAlias) {
    ModuleAliases aliases;
    aliases.addAliasFile(
        "alias vfio_pci: x\nalias vfio_pci:v\nalias vfio_pci:v000015B3\n# alias vfio_pci:v000015B3d*\n"
        "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* ../evil\nalias vfio_pci:v000015B3d*sv*sd*bc*sc*i*");
    EXPECT_TRUE(aliases.empty());
}

TEST(PciIdsNames, KnowsCommonHardwareAndIsEmptyForTheRest) {
    PciIdsNames names;
    EXPECT_EQ(names.vendor(0x8086), "Intel Corporation");
    EXPECT_NE(names.device(0x8086, 0x10ca), "");
    EXPECT_EQ(names.deviceClass(0x020000), "Ethernet controller");
    EXPECT_EQ(names.device(0x8086, 0xfffe), "");
    EXPECT_EQ(names.vendor(0x7fff), "");
}

} // namespace
} // namespace migscope::test
