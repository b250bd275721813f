// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is never done to hardware: no memory mapped or pinned, no config space or BAR touched, no bus
// mastering enabled.
#include "tests/core/kernel/fixture.h"

#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "core/vfio/migration_device.h"

#include "test_paths.h"

namespace migscope::test {
namespace {

/// Everything that opening, probing, driving, streaming, resetting and closing a device takes.
const std::set<std::string>& permitted() {
    static const std::set<std::string> names{"open container",
                                             "open group",
                                             "open cdev",
                                             "open iommufd",
                                             "VFIO_GET_API_VERSION",
                                             "VFIO_CHECK_EXTENSION",
                                             "VFIO_SET_IOMMU",
                                             "VFIO_GROUP_GET_STATUS",
                                             "VFIO_GROUP_SET_CONTAINER",
                                             "VFIO_GROUP_UNSET_CONTAINER",
                                             "VFIO_GROUP_GET_DEVICE_FD",
                                             "VFIO_DEVICE_BIND_IOMMUFD",
                                             "VFIO_DEVICE_ATTACH_IOMMUFD_PT",
                                             "IOMMU_IOAS_ALLOC",
                                             "VFIO_DEVICE_GET_INFO",
                                             "VFIO_DEVICE_GET_REGION_INFO",
                                             "VFIO_DEVICE_FEATURE",
                                             "VFIO_DEVICE_RESET",
                                             "VFIO_MIG_GET_PRECOPY_INFO",
                                             "read",
                                             "write",
                                             "poll",
                                             "fcntl"};
    return names;
}

class NothingElse : public testing::TestWithParam<bool> {};

TEST_P(NothingElse, drivingADeviceTakesOnlyThePermittedCalls) {
    FakeKernel kernel;
    {
        auto io = kernel.open(GetParam() ? viaCdev() : viaGroup());
        ASSERT_TRUE(io) << describe(io.error());
        SteadyClock clock;
        MigrationDevice device("0000:3b:00.2", std::move(*io), clock);
        (void)device.probe();
        (void)device.setState(MigState::StopCopy);
        std::array<std::byte, 16> bytes{};
        (void)device.read(bytes);
        (void)device.setState(MigState::Resuming);
        Ns spent{0};
        (void)device.writeAll(bytes, spent);
        (void)device.reset();
    }
    EXPECT_TRUE(kernel.syscalls->violations.empty());
    EXPECT_TRUE(kernel.syscalls->openFds.empty());
    EXPECT_GE(kernel.syscalls->log.size(), 10U);
    for (const std::string& call : kernel.syscalls->log) {
        const bool closes = call.starts_with("close ");
        EXPECT_TRUE(closes || permitted().contains(call)) << call;
    }
}

INSTANTIATE_TEST_SUITE_P(BothPaths, NothingElse, testing::Bool(),
                         [](const auto& chosen) { return chosen.param ? "deviceNode" : "group"; });

TEST(NothingElseInTheSources, theCallsThatReachMemoryOrConfigSpaceDoNotOccur) {
    // The interface of system calls has none of them; this keeps anybody from going around it.
    const std::array forbidden{"mmap(",   "pwrite",   "pread(",          "IOMMU_MAP_DMA",
                               "ioasMap", "IOAS_MAP", "featureBusMaster"};
    int files = 0;
    for (const char* folder : {"core/kernel", "core/vfio"}) {
        for (const auto& entry :
             std::filesystem::directory_iterator(std::filesystem::path(MIGSCOPE_SOURCE_DIR) / folder)) {
            if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h")
                continue;
            ++files;
            std::ifstream in(entry.path());
            std::ostringstream text;
            text << in.rdbuf();
            for (const char* word : forbidden) {
                EXPECT_EQ(text.str().find(word), std::string::npos) << entry.path() << " has " << word;
            }
        }
    }
    EXPECT_GT(files, 20);
}

} // namespace
} // namespace migscope::test
