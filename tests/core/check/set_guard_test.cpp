// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// SETs that a check may make: along the table, or on the short list beside it; nothing that hurts a kernel.
#include <set>

#include <gtest/gtest.h>

#include "core/check/set_guard.h"

namespace migscope {
namespace {

constexpr std::uint32_t number(MigState state) {
    return static_cast<std::uint32_t>(state);
}

bool allowed(std::uint64_t flags, MigState from, std::uint32_t target) {
    return !setForbidden({MigFlags(flags), from, false, false}, target);
}

TEST(SetGuard, AllowsWhatRouteAllows) {
    for (const std::uint64_t flags : {1U, 3U, 5U, 7U}) {
        for (const MigState from : allMigStates) {
            for (const MigState to : allMigStates) {
                if (to == MigState::Error || !MigFlags(flags).has(to) || !MigFlags(flags).has(from))
                    continue;
                EXPECT_EQ(allowed(flags, from, number(to)), route(MigFlags(flags), from, to).has_value())
                    << flags << ' ' << stateName(from) << ' ' << stateName(to);
            }
        }
    }
}

TEST(SetGuard, NeverGoesBackFromStopCopyToPreCopy) {
    EXPECT_FALSE(allowed(7, MigState::StopCopy, number(MigState::PreCopy)));
    EXPECT_FALSE(allowed(7, MigState::StopCopy, number(MigState::PreCopyP2p)));
    EXPECT_FALSE(allowed(5, MigState::StopCopy, number(MigState::PreCopy)));
}

TEST(SetGuard, NeverSetsInErrorNorWhereOnlyAResetIsSafe) {
    for (std::uint32_t target = 0; target < 10; ++target) {
        EXPECT_FALSE(allowed(7, MigState::Error, target)) << target;
        EXPECT_TRUE(setForbidden({MigFlags(7), MigState::Stop, true, false}, target)) << target;
        EXPECT_TRUE(setForbidden({MigFlags(7), std::nullopt, false, false}, target)) << target;
    }
}

TEST(SetGuard, RefusedSetsAreOnTheListOnly) {
    EXPECT_TRUE(allowed(7, MigState::Running, 8));
    EXPECT_TRUE(allowed(7, MigState::StopCopy, 0xffffffffU));
    EXPECT_TRUE(allowed(7, MigState::Running, number(MigState::Error)));
    EXPECT_TRUE(allowed(1, MigState::Running, number(MigState::PreCopy)));
    EXPECT_TRUE(allowed(3, MigState::Running, number(MigState::PreCopyP2p)));
    // The core of a kernel warns when the state to start from is one that the flags lack.
    EXPECT_FALSE(allowed(1, MigState::PreCopy, number(MigState::Running)));
    for (const OutsideTable& entry : allowedOutsideTable())
        EXPECT_FALSE(entry.why.empty()) << entry.what;
    EXPECT_EQ(allowedOutsideTable().size(), 3U);
}

TEST(SetGuard, NoRefusedSetForADriverThatStopsTheFunctionThen) {
    EXPECT_TRUE(stopsWhenSetRefused("xe-vfio-pci"));
    EXPECT_FALSE(stopsWhenSetRefused("mlx5_vfio_pci"));
    for (const std::uint32_t target : {0U, 8U, number(MigState::PreCopy)})
        EXPECT_TRUE(setForbidden({MigFlags(3), MigState::Running, false, true}, target)) << target;
    EXPECT_FALSE(setForbidden({MigFlags(3), MigState::Running, false, true}, number(MigState::Stop)));
}

} // namespace
} // namespace migscope
