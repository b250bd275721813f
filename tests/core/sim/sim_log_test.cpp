// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a simulated machine's kernel log says about faults, and to whom.
#include <cerrno>

#include <gmock/gmock.h>

#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t KiB = 1024;

class SimKernelLog : public SimTest {
protected:
    SimKernelLog() : device_(add("mlx5")) {
        device_.stateBytes = 64 * KiB;
        device_.saveBytesPerSecond = 0;
        device_.dirtyBytesPerSecond = 0;
        add("mlx5", two);
    }
    std::unique_ptr<KernelLogWatch> watch(const std::vector<LogSubject>& subjects) {
        auto watch = backend().watchLog(
            subjects, [this](const KernelLogNews& news) { lines_.push_back(std::get<KernelLogLine>(news)); });
        EXPECT_TRUE(watch);
        return std::move(*watch);
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> texts;
        for (const KernelLogLine& line : lines_)
            texts.push_back(line.text);
        return texts;
    }

    static constexpr std::pair<MigState, MigState> toStopCopy{MigState::Stop, MigState::StopCopy};
    SimDeviceProfile& device_;
    std::vector<KernelLogLine> lines_;
};

TEST_F(SimKernelLog, SaysWhatFailedAndThatItIsSimulated) {
    device_.faults.push_back(
        {.kind = SimFaultKind::FailSet, .errnoValue = EIO, .arc = toStopCopy, .leaves = MigState::Error});
    const auto watching = watch({{two, "", ""}, {one, "", ""}});
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).error, EIO);
    ASSERT_THAT(
        texts(),
        ElementsAre("mlx5_vfio_pci 0000:01:00.0: migration state STOP -> STOP_COPY failed: EIO (simulated)",
                    "mlx5_vfio_pci 0000:01:00.0: device is in ERROR and needs a reset (simulated)"));
    EXPECT_EQ(lines_[0].subject, 1U);
    EXPECT_EQ(lines_[0].priority, 3U);
    EXPECT_EQ(lines_[0].time, clock_.now());
    EXPECT_EQ(lines_[0].printkUs, clock_.now() / 1us);
    EXPECT_LT(lines_[0].sequence, lines_[1].sequence);
}

TEST_F(SimKernelLog, KeepsQuietWhileAllGoesWellAndWhenACallerStops) {
    const auto watching = watch({{one, "", ""}});
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).error, 0);
    std::vector<std::byte> state;
    device.drain(state);
    EXPECT_EQ(device.set(MigState::Running).error, 0);
    EXPECT_THAT(texts(), IsEmpty());
}

TEST_F(SimKernelLog, TellsOfReadsAndResetsThatFail) {
    device_.faults.push_back({.kind = SimFaultKind::ReadError, .errnoValue = EIO, .offset = 16 * KiB});
    device_.faults.push_back({.kind = SimFaultKind::ResetFails, .errnoValue = ENOTTY});
    const auto watching = watch({{one, "", ""}});
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).error, 0);
    std::vector<std::byte> state;
    EXPECT_EQ(device.drain(state, 4 * KiB).error, EIO);
    EXPECT_EQ(device.reset(), ENOTTY);
    EXPECT_THAT(texts(),
                ElementsAre("mlx5_vfio_pci 0000:01:00.0: read of the saved state failed: EIO (simulated)",
                            "mlx5_vfio_pci 0000:01:00.0: reset failed: ENOTTY (simulated)"));
}

TEST_F(SimKernelLog, TellsOnlyWhoAskedForTheDeviceAndOnlyWhileHeListens) {
    device_.faults.push_back({.kind = SimFaultKind::FailSet, .errnoValue = EIO, .arc = toStopCopy});
    auto other = watch({{two, "", ""}});
    auto own = watch({{one, "", ""}});
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).error, EIO);
    EXPECT_EQ(lines_.size(), 1U);
    own.reset();
    EXPECT_EQ(device.set(MigState::StopCopy).error, EIO);
    EXPECT_EQ(lines_.size(), 1U);
}

} // namespace
} // namespace migscope
