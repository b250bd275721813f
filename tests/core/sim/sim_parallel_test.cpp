// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Parallel work takes the maximum of virtual time, not the sum.
#include <thread>

#include "tests/core/sim/sim_test_device.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

TEST_F(SimTest, TwoDevicesOf100MillisecondsTake100MillisecondsInAnyOrder) {
    for (const char* address : {one, two}) {
        auto& device = add("hisi_acc", address);
        device.openTime = 0ns;
        device.arcTimes.clear();
        device.arcTime = 100ms;
    }
    for (int round = 0; round < 50; ++round) {
        auto first = open(round % 2 == 0 ? one : two);
        auto second = open(round % 2 == 0 ? two : one);
        const Ns before = clock_.now();
        std::vector<Ns> ends(2);
        std::vector<std::thread> workers;
        // Both are members before either runs: a thread that is not there yet would not be waited for.
        std::vector<Clock::Member> members;
        members.emplace_back(clock_);
        members.emplace_back(clock_);
        for (const int i : {0, 1}) {
            workers.emplace_back([&, i, own = std::move(members[static_cast<std::size_t>(i)])]() mutable {
                own.adopt();
                EXPECT_EQ((i == 0 ? first : second).set(MigState::Stop).took, 100ms);
                ends[static_cast<std::size_t>(i)] = clock_.now();
            });
        }
        for (auto& worker : workers)
            worker.join();
        EXPECT_EQ(ends[0] - before, 100ms);
        EXPECT_EQ(ends[1] - before, 100ms);
        EXPECT_EQ(clock_.now() - before, 100ms);
    }
}

TEST_F(SimTest, TwoStreamsInParallelTakeTheTimeOfTheSlower) {
    for (const char* address : {one, two}) {
        auto& device = add("mlx5", address);
        device.stateBytes = 1U << 20U;
        device.streamCallTime = 0ns;
        device.saveBytesPerSecond = address == one ? 1U << 20U : 1U << 19U;
    }
    auto first = open(one);
    auto second = open(two);
    first.set(MigState::StopCopy);
    second.set(MigState::StopCopy);
    const Ns before = clock_.now();
    std::vector<std::thread> workers;
    std::vector<Clock::Member> members;
    members.emplace_back(clock_);
    members.emplace_back(clock_);
    for (const int i : {0, 1}) {
        workers.emplace_back([&, i, own = std::move(members[static_cast<std::size_t>(i)])]() mutable {
            own.adopt();
            std::vector<std::byte> image;
            EXPECT_EQ((i == 0 ? first : second).drain(image, 65536).took, i == 0 ? 1s : 2s);
        });
    }
    for (auto& worker : workers)
        worker.join();
    EXPECT_EQ(clock_.now() - before, 2s);
}

} // namespace
} // namespace migscope
