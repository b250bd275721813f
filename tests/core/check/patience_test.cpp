// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How long a call is waited for.
#include "core/check/patience.h"

#include <gtest/gtest.h>

namespace migscope {
namespace {

using Act = CallPatience::Act;
using namespace std::chrono_literals;

const CallUnderWay call{"SET STOP_COPY", 0, Ns(5s), 77};

TEST(CallPatience, noCallIsNeverTold) {
    CallPatience patience(1s);
    EXPECT_EQ(patience.look({}, 1h, true), Act::Wait);
}

TEST(CallPatience, aLongCallIsToldOnceASecondThenInterruptedThenGivenUp) {
    CallPatience patience(10s);
    EXPECT_EQ(patience.look(call, 6900ms, false), Act::Wait);
    EXPECT_EQ(patience.look(call, 7s, false), Act::Tell);
    EXPECT_EQ(patience.look(call, 7900ms, false), Act::Wait);
    EXPECT_EQ(patience.look(call, 8s, false), Act::Tell);
    EXPECT_EQ(patience.look(call, 15s, false), Act::Interrupt);
    EXPECT_EQ(patience.look(call, 16900ms, false), Act::Wait);
    EXPECT_EQ(patience.look(call, 17s, false), Act::Abandon);
}

TEST(CallPatience, whoWaitsForTheEndWaitsLess) {
    CallPatience patience(60s);
    EXPECT_EQ(patience.look(call, 14900ms, true), Act::Tell);
    EXPECT_EQ(patience.look(call, 15s, true), Act::Interrupt);
    EXPECT_EQ(patience.look(call, 64900ms, true), Act::Wait) << "it may be slow and come back";
    EXPECT_EQ(patience.look(call, 65s, true), Act::Abandon);
}

TEST(CallPatience, anotherCallAfterTheInterruptedOneBeginsAgain) {
    CallPatience patience(3s);
    EXPECT_EQ(patience.look(call, 8s, false), Act::Tell);
    EXPECT_EQ(patience.look(call, 8100ms, false), Act::Interrupt);
    CallUnderWay next = call;
    next.since = 8500ms; // after the other one was told
    EXPECT_EQ(patience.look(next, 11s, false), Act::Tell);
    EXPECT_EQ(patience.look(next, 11500ms, false), Act::Interrupt);
    EXPECT_EQ(patience.look(next, 13500ms, false), Act::Abandon);
}

} // namespace
} // namespace migscope
