// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the grid offers and what it says about the price.
#include <gtest/gtest.h>

#include <cerrno>

#include "ui/cli_command.h"
#include "ui/grid_rules.h"
#include "ui/words.h"

namespace migscope {
namespace {

using namespace std::chrono_literals;

GridView viewOf(std::uint64_t flags, MigState state) {
    GridView view;
    view.open = true;
    view.session.phase = SessionPhase::Idle;
    view.session.capabilities.emplace();
    view.session.capabilities->protocol = Protocol::V2;
    view.session.capabilities->flags = MigFlags(flags);
    view.session.state = state;
    return view;
}

std::string wordsOf(const GridView& view, MigState goal) {
    return offerFor(view, goal).words.toStdString();
}

TEST(GridRules, eachStateHasItsOwnPlace) {
    for (const MigState state : allMigStates) {
        const GridPlace place = placeOf(state);
        EXPECT_EQ(stateAt(place.column, place.row), state);
    }
}

TEST(GridRules, everyArcOfTheProtocolIsOneStraightStepOnTheGrid) {
    for (const Arc& arc : arcsOf(MigFlags(7)))
        EXPECT_EQ(lineOf(arc.from, arc.to).size(), 2U) << stateName(arc.from) << " -> " << stateName(arc.to);
}

TEST(GridRules, withoutP2pTheLineCrossesTheColumnThatTheDeviceLacks) {
    EXPECT_EQ(lineOf(MigState::Running, MigState::Stop).size(), 3U);
    EXPECT_EQ(lineOf(MigState::PreCopy, MigState::StopCopy).size(), 3U);
}

TEST(GridRules, thePathIsNumberedAndTellsTheNewStream) {
    const Offer offer = offerFor(viewOf(3, MigState::Running), MigState::StopCopy);
    EXPECT_TRUE(offer.possible);
    EXPECT_FALSE(offer.asksFirst);
    ASSERT_EQ(offer.path.size(), 3U);
    EXPECT_EQ(offer.words.toStdString(), "RUNNING  →1 RUNNING_P2P  →2 STOP  →3 STOP_COPY (new stream).");
}

TEST(GridRules, leavingPreCopyForStopAsksBecauseTheStreamIsLostAndTheDeviceRunsAgain) {
    GridView view = viewOf(7, MigState::PreCopy);
    view.session.stream = HandStream{StreamDirection::Save, 4096, false, false};
    const Offer offer = offerFor(view, MigState::Stop);
    EXPECT_TRUE(offer.asksFirst);
    EXPECT_NE(offer.words.indexOf(QStringLiteral("The device runs again on the way.")), -1)
        << offer.words.toStdString();
    EXPECT_NE(offer.words.indexOf(QStringLiteral("stream is lost (4.0 KiB")), -1)
        << offer.words.toStdString();
}

TEST(GridRules, aStreamAtItsEndHasNothingToLose) {
    GridView view = viewOf(3, MigState::StopCopy);
    view.session.stream = HandStream{StreamDirection::Save, 4096, false, true};
    EXPECT_FALSE(offerFor(view, MigState::Stop).asksFirst);
}

TEST(GridRules, forbiddenWaysAreNotOfferedAndSayWhy) {
    EXPECT_FALSE(offerFor(viewOf(7, MigState::StopCopy), MigState::PreCopy).possible);
    EXPECT_FALSE(wordsOf(viewOf(7, MigState::StopCopy), MigState::PreCopy).empty());
    EXPECT_FALSE(offerFor(viewOf(7, MigState::Error), MigState::Running).possible);
    EXPECT_FALSE(offerFor(viewOf(1, MigState::Running), MigState::PreCopy).possible);
    EXPECT_FALSE(offerFor(viewOf(7, MigState::Running), MigState::Error).possible);
}

TEST(GridRules, aDeviceThatNeedsAResetOffersNothingElse) {
    GridView view = viewOf(7, MigState::Resuming);
    view.session.needsReset = true;
    for (const MigState state : allMigStates)
        EXPECT_FALSE(offerFor(view, state).possible) << stateName(state);
}

TEST(GridRules, aStateThatWasHandedOnMayNotRunHere) {
    GridView view = viewOf(7, MigState::Stop);
    view.session.handedOver = true;
    EXPECT_FALSE(offerFor(view, MigState::Running).possible);
    EXPECT_TRUE(offerFor(view, MigState::Resuming).possible);
}

TEST(GridRules, aStuckCallIsToldWithItsSecondsAndThatClosingIsPossible) {
    GridView view = viewOf(7, MigState::Running);
    view.session.phase = SessionPhase::Stuck;
    view.session.call = "SET STOP_COPY";
    view.session.callSince = 10s;
    view.now = 22s;
    const GridStatus status = statusOf(view);
    EXPECT_TRUE(status.bad);
    EXPECT_TRUE(status.text.startsWith(QStringLiteral("Stuck in SET STOP_COPY for 12 s.")))
        << status.text.toStdString();
    EXPECT_TRUE(status.text.contains(QStringLiteral("closing the window is still possible")));
    EXPECT_FALSE(offerFor(view, MigState::Stop).possible);
}

TEST(GridRules, aRefusalStaysWrittenAtTheStateThatRefused) {
    GridView view = viewOf(3, MigState::Stop);
    view.session.latencies.push_back(
        {MigState::Stop, MigState::StopCopy, 1ms,
         Error{std::error_code(EBUSY, std::generic_category()), "SET STOP_COPY", "d", {}}});
    EXPECT_EQ(noteFor(view, MigState::StopCopy).text.toStdString(), "refused: EBUSY");
    EXPECT_TRUE(noteFor(view, MigState::StopCopy).bad);
}

/// What stands under the grid after a step that failed.
std::string afterFailure(MigState state, const Error& error, bool needsReset = false, bool stream = false) {
    GridView view = viewOf(7, state);
    view.session.job = "step to X";
    view.session.error = error;
    view.session.needsReset = needsReset;
    if (stream)
        view.session.stream = HandStream{StreamDirection::Save, 0, false, false};
    const GridStatus status = statusOf(view);
    EXPECT_TRUE(status.bad);
    return status.text.toStdString();
}

TEST(GridRules, aFailureSaysWhereTheDeviceStandsAndWhatHelps) {
    const auto set = [](int number) {
        return Error{std::error_code(number, std::generic_category()), "SET X", "d", {}};
    };
    const auto has = [](const std::string& text, const char* words) {
        return text.find(words) != std::string::npos;
    };
    EXPECT_TRUE(has(afterFailure(MigState::Running, set(EIO)), "Next: ask again, or Reset"));
    EXPECT_TRUE(has(afterFailure(MigState::Running, set(EBUSY)), "Next: ask again when"));
    EXPECT_TRUE(has(afterFailure(MigState::Running, set(EINTR)), "A signal ended the call"));
    EXPECT_TRUE(has(afterFailure(MigState::PreCopy, set(EIO)), "Its stream is closed"))
        << "moved, and then failed";
    EXPECT_FALSE(has(afterFailure(MigState::PreCopy, set(EIO), false, true), "Its stream is closed"));
    EXPECT_TRUE(has(afterFailure(MigState::Error, set(EIO), true), "stands in ERROR. Next: Reset."));
    EXPECT_TRUE(has(afterFailure(MigState::Resuming, set(EINVAL), true),
                    "The device rejects the image. Next: Reset."));
    EXPECT_FALSE(has(afterFailure(MigState::Error, set(EINVAL), true), "rejects the image"))
        << "not out of RESUMING";
    const Error lied{make_error_code(Errc::ProtocolViolation), "SET X", "d", "a data fd came"};
    EXPECT_TRUE(has(afterFailure(MigState::RunningP2p, lied), "broke the protocol. Next: Reset."));
    const Error ended{make_error_code(Errc::Cancelled), "SET X", "d", {}};
    EXPECT_FALSE(has(afterFailure(MigState::Running, ended), "Next:")) << "it was the person's own wish";
}

TEST(ShortName, keepsWhatTellsOneDeviceFromAnother) {
    EXPECT_EQ(shortName("0000:3b:00.2").toStdString(), "3b:00.2");
    EXPECT_EQ(shortName("0001:3b:00.2").toStdString(), "0001:3b:00.2") << "another domain is no detail";
    EXPECT_EQ(shortName("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001").toStdString(), "83b8f4f2…1001");
    EXPECT_EQ(shortName("vfio0").toStdString(), "vfio0");
    EXPECT_EQ(shortName("/var/lib/some/where/else/vm/state.bin").toStdString(),
              "/var/lib/some/where/else/vm/state.bin");
}

TEST(CliCommand, saysWhatWasDone) {
    EXPECT_EQ(cliCommand("kernel", "", false, {}).toStdString(), "migscope-cli list");
    EXPECT_EQ(cliCommand("sim:lab", "0000:3b:00.2", false, {}).toStdString(),
              "migscope-cli --backend sim:lab show 0000:3b:00.2");
    EXPECT_EQ(cliCommand("sim:lab", "0000:3b:00.2", true, {}).toStdString(),
              "migscope-cli --backend sim:lab show 0000:3b:00.2 --probe");
    EXPECT_EQ(cliCommand("capture:/a b", "x", true, {MigState::Stop, MigState::StopCopy}).toStdString(),
              "migscope-cli --backend 'capture:/a b' set x STOP STOP_COPY");
}

} // namespace
} // namespace migscope
