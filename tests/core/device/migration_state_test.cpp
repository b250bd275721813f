// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine against the protocol's own tables, typed in as data: every pair of states for every legal
// set of flags.
#include "core/device/migration_state.h"

#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace migscope {
namespace {

MigState shortName(const std::string& text) {
    static const std::map<std::string, MigState> table{
        {"R", MigState::Running},     {"RP", MigState::RunningP2p}, {"P", MigState::PreCopy},
        {"PP", MigState::PreCopyP2p}, {"S", MigState::Stop},        {"SC", MigState::StopCopy},
        {"RS", MigState::Resuming}};
    return table.at(text);
}

/// One cell: "RP S SC*" lists every state after the start; * marks where a data fd appears; "X" means
/// refused; "-" nothing.
struct Row {
    const char* from;
    std::vector<const char*> cells;
};
struct Table {
    std::uint64_t flags;
    std::vector<const char*> columns;
    std::vector<Row> rows;
};

const std::vector<Table>& tables() {
    static const std::vector<Table> all{
        {1,
         {"R", "S", "SC", "RS"},
         {{"R", {"-", "S", "S SC*", "S RS*"}},
          {"S", {"R", "-", "SC*", "RS*"}},
          {"SC", {"S R", "S", "-", "S RS*"}},
          {"RS", {"S R", "S", "S SC*", "-"}}}},
        {3,
         {"R", "RP", "S", "SC", "RS"},
         {{"R", {"-", "RP", "RP S", "RP S SC*", "RP S RS*"}},
          {"RP", {"R", "-", "S", "S SC*", "S RS*"}},
          {"S", {"RP R", "RP", "-", "SC*", "RS*"}},
          {"SC", {"S RP R", "S RP", "S", "-", "S RS*"}},
          {"RS", {"S RP R", "S RP", "S", "S SC*", "-"}}}},
        {5,
         {"R", "P", "S", "SC", "RS"},
         {{"R", {"-", "P*", "S", "S SC*", "S RS*"}},
          {"P", {"R", "-", "R S", "SC", "R S RS*"}},
          {"S", {"R", "R P*", "-", "SC*", "RS*"}},
          {"SC", {"S R", "X", "S", "-", "S RS*"}},
          {"RS", {"S R", "S R P*", "S", "S SC*", "-"}}}},
        {7,
         {"R", "RP", "P", "PP", "S", "SC", "RS"},
         {{"R", {"-", "RP", "P*", "RP PP*", "RP S", "RP S SC*", "RP S RS*"}},
          {"RP", {"R", "-", "R P*", "PP*", "S", "S SC*", "S RS*"}},
          {"P", {"R", "R RP", "-", "PP", "R RP S", "PP SC", "R RP S RS*"}},
          {"PP", {"RP R", "RP", "P", "-", "RP S", "SC", "RP S RS*"}},
          {"S", {"RP R", "RP", "RP R P*", "RP PP*", "-", "SC*", "RS*"}},
          {"SC", {"S RP R", "S RP", "X", "X", "S", "-", "S RS*"}},
          {"RS", {"S RP R", "S RP", "S RP R P*", "S RP PP*", "S", "S SC*", "-"}}}}};
    return all;
}

std::string cellOf(const Route& path) {
    if (path.arcs().empty())
        return "-";
    std::string out;
    for (const Arc& arc : path.arcs()) {
        static const std::map<MigState, const char*> shortOf{
            {MigState::Running, "R"},     {MigState::RunningP2p, "RP"}, {MigState::PreCopy, "P"},
            {MigState::PreCopyP2p, "PP"}, {MigState::Stop, "S"},        {MigState::StopCopy, "SC"},
            {MigState::Resuming, "RS"}};
        out += (out.empty() ? "" : " ") + std::string(shortOf.at(arc.to));
        if (arc.stream == StreamEffect::OpensSaving || arc.stream == StreamEffect::OpensResuming)
            out += "*";
    }
    return out;
}

TEST(MigrationState, everyPathIsTheOneOfTheProtocol) {
    int cells = 0;
    for (const Table& table : tables()) {
        for (const Row& row : table.rows) {
            ASSERT_EQ(row.cells.size(), table.columns.size());
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                const auto found =
                    route(MigFlags(table.flags), shortName(row.from), shortName(table.columns[i]));
                const std::string text = found ? cellOf(*found) : "X";
                EXPECT_EQ(text, row.cells[i])
                    << "flags " << table.flags << " " << row.from << " -> " << table.columns[i];
                ++cells;
            }
        }
    }
    EXPECT_EQ(cells, 16 + 25 + 25 + 49);
}

TEST(MigrationState, streamsDieExactlyWhereTheirSessionIsLeft) {
    for (const Table& table : tables()) {
        for (const Arc& arc : arcsOf(MigFlags(table.flags))) {
            const std::set<MigState> saving{MigState::PreCopy, MigState::PreCopyP2p, MigState::StopCopy};
            const bool leavesSaving = saving.contains(arc.from) && !saving.contains(arc.to);
            const bool leavesResuming = arc.from == MigState::Resuming;
            EXPECT_EQ(arc.stream == StreamEffect::EndsSession, leavesSaving || leavesResuming)
                << stateName(arc.from) << " -> " << stateName(arc.to);
        }
    }
}

TEST(MigrationState, noArcLeadsOutOfStopCopyIntoPreCopy) {
    for (const Table& table : tables()) {
        for (const Arc& arc : arcsOf(MigFlags(table.flags)))
            EXPECT_FALSE(arc.from == MigState::StopCopy && arc.to != MigState::Stop);
    }
    const auto refused = route(MigFlags(7), MigState::StopCopy, MigState::PreCopy);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), NoRoute::LeavesSavingBack);
}

TEST(MigrationState, errorIsNeitherStartNorGoal) {
    for (const MigState state : allMigStates) {
        EXPECT_EQ(route(MigFlags(7), MigState::Error, state).error(), NoRoute::FromError);
        if (state != MigState::Error) {
            EXPECT_EQ(route(MigFlags(7), state, MigState::Error).error(), NoRoute::ToError);
        }
    }
}

TEST(MigrationState, aStateTheDeviceLacksIsRefusedByName) {
    const auto refused = route(MigFlags(1), MigState::Running, MigState::PreCopy);
    ASSERT_FALSE(refused);
    const Error error = noRouteError(refused.error(), MigState::Running, MigState::PreCopy, MigFlags(1));
    EXPECT_TRUE(error.is(Errc::Refused));
    EXPECT_NE(error.detail.find("PRE_COPY"), std::string::npos);
    EXPECT_EQ(route(MigFlags(5), MigState::Running, MigState::RunningP2p).error(), NoRoute::StateMissing);
    EXPECT_EQ(route(MigFlags(3), MigState::PreCopy, MigState::Stop).error(), NoRoute::StateMissing);
}

TEST(MigrationState, aNumberOfANewerProtocolIsShownAndNotRouted) {
    const auto future = static_cast<MigState>(8);
    EXPECT_EQ(stateName(future), "unknown(8)");
    EXPECT_EQ(route(MigFlags(7), future, MigState::Running).error(), NoRoute::UnknownState);
    EXPECT_EQ(route(MigFlags(7), MigState::Running, future).error(), NoRoute::UnknownState);
}

TEST(MigrationState, preCopyToStopIsMarkedWithItsPrice) {
    const auto path = route(MigFlags(7), MigState::PreCopy, MigState::Stop);
    ASSERT_TRUE(path);
    EXPECT_TRUE(path->losesStream());
    EXPECT_TRUE(path->runsOnTheWay());
    const auto onward = route(MigFlags(7), MigState::PreCopy, MigState::StopCopy);
    ASSERT_TRUE(onward);
    EXPECT_FALSE(onward->losesStream());
    EXPECT_FALSE(onward->runsOnTheWay());
    EXPECT_FALSE(onward->opensStream());
}

TEST(MigrationState, stoppingARunningDeviceIsNotRunningOnTheWay) {
    EXPECT_FALSE(route(MigFlags(7), MigState::Running, MigState::StopCopy)->runsOnTheWay());
    EXPECT_FALSE(route(MigFlags(3), MigState::Running, MigState::Stop)->runsOnTheWay());
    EXPECT_TRUE(route(MigFlags(7), MigState::PreCopy, MigState::Resuming)->runsOnTheWay());
}

TEST(MigrationState, statesAreReadInTheSpellingOfTheUapi) {
    for (const MigState state : allMigStates)
        EXPECT_EQ(parseState(stateName(state)).value(), state);
    EXPECT_EQ(parseState("pre_copy_p2p").value(), MigState::PreCopyP2p);
    const auto bad = parseState("PAUSED");
    ASSERT_FALSE(bad);
    EXPECT_NE(bad.error().detail.find("STOP_COPY"), std::string::npos);
}

TEST(MigrationState, flagsKeepAndShowUnknownBits) {
    EXPECT_EQ(MigFlags(0xf).text(), "stop-copy p2p pre-copy unknown(0x8)");
    EXPECT_EQ(MigFlags(0).text(), "none");
    EXPECT_EQ(MigFlags(0xf).unknownBits(), 8U);
    EXPECT_FALSE(MigFlags(2).has(MigState::RunningP2p)) << "P2P alone is not a legal combination";
}

} // namespace
} // namespace migscope
