// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The table of VFIO drivers.
#include "core/device/variant_drivers.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/device/reasons.h"

namespace migscope {
namespace {

TEST(VariantDrivers, DashAndUnderscoreNameTheSameDriver) {
    ASSERT_NE(findVariantDriver("xe_vfio_pci"), nullptr);
    EXPECT_EQ(findVariantDriver("xe_vfio_pci"), findVariantDriver("xe-vfio-pci"));
    EXPECT_TRUE(isPlainVfioPci("vfio_pci"));
    EXPECT_TRUE(isPlainVfioPci("vfio-pci"));
    EXPECT_FALSE(isPlainVfioPci("vfio-pci-core"));
}

TEST(VariantDrivers, AreFoundByTheIdsOfTheirVirtualFunctions) {
    EXPECT_EQ(variantDriverFor({0x15b3, 0x101e})->driver, "mlx5_vfio_pci");
    EXPECT_EQ(variantDriverFor({0x8086, 0x4941})->driver, "qat_vfio_pci");
    EXPECT_EQ(variantDriverFor({0x8086, 0x10ca}), nullptr);
}

TEST(VariantDrivers, EachHasItsSentencesAndItsOption) {
    const auto options = relevantKernelOptions();
    const auto catalogue = reasonCatalogue();
    for (const VariantDriver& driver : variantDrivers()) {
        EXPECT_NE(std::find(options.begin(), options.end(), driver.option), options.end()) << driver.driver;
        for (const char* suffix : {"-unproved", "-not-enabled"}) {
            const std::string id = std::string(driver.family) + suffix;
            EXPECT_TRUE(std::any_of(catalogue.begin(), catalogue.end(), [&](const ReasonText& entry) {
                return entry.id == id;
            })) << id;
        }
    }
}

TEST(VariantDrivers, OptionsAreNamedOnce) {
    const auto options = relevantKernelOptions();
    for (const auto& option : options)
        EXPECT_EQ(std::count(options.begin(), options.end(), option), 1) << option;
}

TEST(LeavesGroupViable, TellsWhoOwnsTheDma) {
    for (const char* driver : {"", "pci-stub", "pcieport", "vfio-pci", "mlx5_vfio_pci"})
        EXPECT_TRUE(leavesGroupViable(driver)) << driver;
    for (const char* driver : {"e1000e", "ahci", "mlx5_core"})
        EXPECT_FALSE(leavesGroupViable(driver)) << driver;
}

} // namespace
} // namespace migscope
