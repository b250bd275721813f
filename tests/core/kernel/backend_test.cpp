// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel backend as a whole, on a host in memory and a scripted kernel.
#include "core/host/memory_tree.h"
#include "core/kernel/kernel_backend.h"
#include "tests/core/kernel/fake_syscalls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace migscope::test {
namespace {

using testing::IsEmpty;

class OnThisKernel : public testing::Test {
protected:
    OnThisKernel() {
        for (const char* name : {"0000:3b:00.2", "0000:3b:00.3"}) {
            const std::string folder = std::string("/sys/bus/pci/devices/") + name;
            tree->addDirectory(folder);
            tree->addLink(folder + "/iommu_group", "../../../../kernel/iommu_groups/41");
        }
        tree->addNode("/dev/vfio/vfio", 0666, 0, 0);
        tree->addNode("/dev/vfio/41", 0600, 0, 0);
    }
    SteadyClock clock;
    std::shared_ptr<MemoryTree> tree = std::make_shared<MemoryTree>();
    std::shared_ptr<FakeSyscalls> syscalls = std::make_shared<FakeSyscalls>();
    std::unique_ptr<KernelBackend> backend =
        std::make_unique<KernelBackend>(tree, syscalls, std::make_shared<OwnNodeOpener>(syscalls), clock);
};

TEST_F(OnThisKernel, DevicesOfOneGroupOpenTogether) {
    auto first = backend->open("0000:3b:00.2");
    auto second = backend->open("0000:3b:00.3");
    ASSERT_TRUE(first) << describe(first.error());
    ASSERT_TRUE(second) << describe(second.error());
    EXPECT_EQ(syscalls->count("open group"), 1U);
}

TEST_F(OnThisKernel, ScanningOpensNothing) {
    const auto topology = backend->scan();
    if (topology) {
        Topology copy = *topology;
        backend->enrich(copy);
    }
    EXPECT_EQ(syscalls->calls, 0);
}

TEST_F(OnThisKernel, TheStateFromOutsideIsReadInDebugfsAndNothingIsOpened) {
    std::vector<std::string> asked;
    Result<std::string> answer = "STOP_COPY\n";
    KernelBackend looking(tree, syscalls, std::make_shared<OwnNodeOpener>(syscalls), clock,
                          [&](const std::string& path, std::size_t /*limit*/, Ns patience) {
                              asked.push_back(path);
                              EXPECT_EQ(patience, std::chrono::seconds(3));
                              return answer;
                          });
    EXPECT_EQ(looking.stateFromOutside("0000:3b:00.2", std::chrono::seconds(3)), MigState::StopCopy);
    EXPECT_THAT(asked, testing::ElementsAre("/sys/kernel/debug/vfio/0000:3b:00.2/migration/state"));
    for (const char* odd : {"Invalid\n", "", "stop-copy\n", "RUNNING and more\n"}) {
        answer = odd;
        const auto state = looking.stateFromOutside("0000:3b:00.2", std::chrono::seconds(3));
        ASSERT_FALSE(state) << odd;
        EXPECT_TRUE(state.error().is(Errc::ProtocolViolation)) << describe(state.error());
    }
    answer = failErrno(EINVAL, "read", "state");
    EXPECT_TRUE(looking.stateFromOutside("0000:3b:00.2", std::chrono::seconds(3)).error().isErrno(EINVAL));
    asked.clear();
    EXPECT_TRUE(
        looking.stateFromOutside("../../etc", std::chrono::seconds(3)).error().is(Errc::InvalidArgument));
    EXPECT_THAT(asked, IsEmpty());
    EXPECT_EQ(syscalls->calls, 0);
}

TEST_F(OnThisKernel, AnOpenedDeviceMayOutliveTheBackend) {
    auto io = backend->open("0000:3b:00.2");
    ASSERT_TRUE(io);
    backend.reset();
    EXPECT_TRUE((*io)->info());
    io->reset();
    EXPECT_THAT(syscalls->openFds, IsEmpty());
    EXPECT_THAT(syscalls->violations, IsEmpty());
}

TEST_F(OnThisKernel, AnUnknownDeviceIsNotFoundWithoutAnyCall) {
    const auto io = backend->open("0000:3b:00.7");
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().is(Errc::NotFound));
    EXPECT_EQ(syscalls->calls, 0);
}

TEST_F(OnThisKernel, ABusyGroupKeepsItsErrno) {
    syscalls->failStep("open group", EBUSY);
    const auto io = backend->open("0000:3b:00.2");
    ASSERT_FALSE(io);
    EXPECT_TRUE(io.error().isErrno(EBUSY));
    EXPECT_EQ(io.error().where, "/dev/vfio/41");
}

TEST_F(OnThisKernel, ListeningCanBeEndedAndStartedAgain) {
    backend->listen([](const std::string&) {});
    backend->listen([](const std::string&) {});
    backend->listen({});
}

} // namespace
} // namespace migscope::test
