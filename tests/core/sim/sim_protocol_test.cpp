// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device walks the same paths as route(), in its arcs' times, and counts what hardware would not
// survive.
#include <algorithm>
#include <cerrno>

#include "core/device/migration_state.h"
#include "core/sim/sim_fsm.h"
#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

std::string pathText(const std::vector<Arc>& arcs) {
    std::string text;
    for (const auto& arc : arcs)
        text += " " + stateName(arc.to);
    return text;
}

class SimPaths : public SimTest, public ::testing::WithParamInterface<std::uint64_t> {
protected:
    SimPaths() {
        auto& device = add("qat");
        device.flags = MigFlags(GetParam());
        device.arcTimes.clear();
        device.arcTime = 1ms;
        // Some distinct times, so that a wrong arc shows in the sum as well.
        Ns time = 2ms;
        for (const auto& arc : arcsOf(device.flags))
            device.arcTimes[{arc.from, arc.to}] = (time += 1ms);
    }
    /// A whole image of this device, so that RESUMING can be left.
    std::vector<std::byte> image(Opened& device) {
        std::vector<std::byte> bytes;
        device.set(MigState::StopCopy);
        EXPECT_EQ(device.drain(bytes).error, 0);
        device.set(MigState::Running);
        return bytes;
    }
};

TEST_P(SimPaths, ACombinedSetWalksTheRouteInItsArcsTimes) {
    const MigFlags flags(GetParam());
    auto device = open();
    const auto bytes = image(device);
    for (const MigState from : allMigStates) {
        for (const MigState to : allMigStates) {
            if (from == MigState::Error || !flags.has(from))
                continue;
            ASSERT_EQ(device.reset(), 0);
            ASSERT_EQ(device.set(from).error, 0) << stateName(from);
            if (from == MigState::Resuming) {
                ASSERT_EQ(device.write(bytes).count, bytes.size());
            }
            const std::size_t before = backend().arcs(one).size();
            const auto planned = route(flags, from, to);
            const auto answer = device.set(to);
            std::vector<Arc> walked;
            Ns sum{0};
            const auto arcs = backend().arcs(one);
            for (std::size_t i = before; i < arcs.size(); ++i) {
                walked.push_back({arcs[i].from, arcs[i].to, StreamEffect::None});
                sum += profile_.devices[0].timeOf(arcs[i].from, arcs[i].to);
                EXPECT_EQ(arcs[i].ended - arcs[i].begun,
                          profile_.devices[0].timeOf(arcs[i].from, arcs[i].to));
            }
            const std::string what = stateName(from) + " -> " + stateName(to);
            if (!planned) {
                EXPECT_EQ(answer.error, EINVAL) << what;
                EXPECT_TRUE(walked.empty()) << what;
                EXPECT_EQ(device.state(), from) << what;
                continue;
            }
            EXPECT_EQ(answer.error, 0) << what;
            EXPECT_EQ(pathText(walked), pathText(planned->arcs())) << what;
            EXPECT_EQ(answer.took, sum) << what;
            EXPECT_EQ(answer.fd >= 0, planned->opensStream()) << what;
            EXPECT_EQ(device.state(), to) << what;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(AllFlags, SimPaths, ::testing::Values(1, 3, 5, 7));

TEST(SimNextStep, RefusesTheWayBackFromStopCopyAndErrorBothWays) {
    const MigFlags all(7);
    EXPECT_FALSE(simNextStep(all, MigState::StopCopy, MigState::PreCopy));
    EXPECT_FALSE(simNextStep(all, MigState::StopCopy, MigState::PreCopyP2p));
    for (const MigState state : allMigStates) {
        EXPECT_FALSE(simNextStep(all, MigState::Error, state));
        EXPECT_FALSE(simNextStep(all, state, MigState::Error));
        EXPECT_FALSE(simNextStep(all, state, static_cast<MigState>(8)));
    }
}

TEST_F(SimTest, ASetToTheCurrentStateDoesNothingAndGivesNoFd) {
    add("mlx5");
    auto device = open();
    device.set(MigState::PreCopy);
    const auto again = device.set(MigState::PreCopy, 77);
    EXPECT_EQ(again.error, 0);
    EXPECT_EQ(again.fd, -1);
    EXPECT_EQ(again.took, 0ns);
}

TEST_F(SimTest, TheFirstDataFdIsZeroAndIsTakenOnce) {
    add("mlx5");
    auto device = open();
    EXPECT_EQ(device.set(MigState::StopCopy).fd, 0);
    const auto again = device.io().takeStream(0);
    ASSERT_FALSE(again);
    EXPECT_TRUE(again.error().isErrno(EBADF));
    EXPECT_FALSE(device.io().takeStream(-1));
}

TEST_F(SimTest, UnsupportedStatesAreRefusedWithoutAViolation) {
    add("pds");
    auto device = open();
    EXPECT_EQ(device.set(MigState::PreCopy).error, EINVAL);
    EXPECT_EQ(device.set(MigState::Error).error, EINVAL);
    EXPECT_EQ(device.setRaw(8).error, EINVAL);
    EXPECT_EQ(device.setRaw(99).error, EINVAL);
    EXPECT_TRUE(backend().violations().empty());
}

TEST_F(SimTest, TheWayBackFromStopCopyIsAViolation) {
    add("mlx5");
    auto device = open();
    device.set(MigState::StopCopy);
    EXPECT_EQ(device.set(MigState::PreCopyP2p).error, EINVAL);
    ASSERT_EQ(backend().violations().size(), 1U);
    EXPECT_NE(backend().violations()[0].find("SET PRE_COPY_P2P in STOP_COPY"), std::string::npos);
}

TEST_F(SimTest, AStateThatOutlivedItsProcessSurvivesOnlyAReset) {
    auto& mtty = add("mtty", "5196c0de-0000-4000-8000-000000000001");
    mtty.foundState = MigState::Resuming;
    auto device = open(mtty.address);
    EXPECT_EQ(device.state(), MigState::Resuming);
    EXPECT_TRUE(backend().violations().empty());
    EXPECT_NE(device.set(MigState::Stop).error, 0);
    EXPECT_EQ(backend().violations().size(), 1U);
    EXPECT_EQ(device.reset(), 0);
    EXPECT_EQ(device.state(), MigState::Running);
    EXPECT_EQ(device.set(MigState::StopCopy).error, 0);
    EXPECT_EQ(backend().violations().size(), 1U);
}

TEST_F(SimTest, AMediatedDeviceKeepsItsStateOverTheCloseWithoutItsSession) {
    auto& mtty = add("mtty", "5196c0de-0000-4000-8000-000000000001");
    auto device = open(mtty.address);
    device.set(MigState::StopCopy);
    device.close();
    auto again = open(mtty.address);
    EXPECT_EQ(again.state(), MigState::StopCopy);
    EXPECT_NE(again.set(MigState::Running).error, 0);
    EXPECT_EQ(backend().violations().size(), 1U);
}

TEST_F(SimTest, OpeningAPciFunctionResetsIt) {
    add("mlx5");
    auto device = open();
    device.set(MigState::StopCopy);
    device.close();
    EXPECT_EQ(open().state(), MigState::Running);
}

TEST_F(SimTest, ASecondOpenIsBusyUntilTheFirstAndItsStreamAreClosed) {
    add("mlx5");
    std::unique_ptr<DataStream> stream;
    {
        auto device = open();
        std::vector<std::uint64_t> words{static_cast<std::uint32_t>(MigState::StopCopy)};
        ASSERT_EQ(device.feature(uapi::featureMigDeviceState | uapi::featureSet, words), 0);
        stream = std::move(*device.io().takeStream(0));
        const auto second = backend().open(one);
        ASSERT_FALSE(second);
        EXPECT_TRUE(second.error().isErrno(EBUSY));
        EXPECT_EQ(second.error().where, "/dev/vfio/40");
    }
    EXPECT_TRUE(backend().isOpen(one));
    EXPECT_FALSE(backend().open(one)) << "a stream keeps its device open";
    stream.reset();
    EXPECT_FALSE(backend().isOpen(one));
    EXPECT_TRUE(backend().open(one));
}

TEST_F(SimTest, ResetEndsTheSessionAndTheStateIsRunning) {
    add("mlx5").resetTime = 30ms;
    auto device = open();
    device.set(MigState::PreCopy);
    const Ns before = clock_.now();
    EXPECT_EQ(device.reset(), 0);
    EXPECT_EQ(clock_.now() - before, 30ms);
    EXPECT_EQ(device.state(), MigState::Running);
    std::vector<std::byte> buffer(16);
    EXPECT_EQ(device.read(buffer).error, ENODEV);
}

TEST_F(SimTest, ABusyResetAnswersEagainSoOften) {
    add("mlx5").busyResets = 2;
    auto device = open();
    EXPECT_EQ(device.reset(), EAGAIN);
    EXPECT_EQ(device.reset(), EAGAIN);
    EXPECT_EQ(device.reset(), 0);
}

TEST_F(SimTest, ADeviceWithoutResetAnswersEinval) {
    add("mlx5").resetSupported = false;
    EXPECT_EQ(open().reset(), EINVAL);
}

} // namespace
} // namespace migscope
