// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every check can fail: a device that breaks its rule and no other makes it fail, with its dependents, and no
// other. And nothing fails on a device that breaks none.
#include "tests/core/check/check_fixture.h"

#include <sstream>

namespace migscope::test {
namespace {

std::set<std::string> wordsOf(std::string_view text) {
    std::istringstream stream{std::string(text)};
    std::set<std::string> words;
    for (std::string word; stream >> word;)
        words.insert(word);
    return words;
}

SimMisbehaviour misbehaviourOf(const Check& check) {
    for (const auto& [kind, name] : simMisbehaviours) {
        if (name == check.provedBy)
            return kind;
    }
    ADD_FAILURE() << check.id << " names no misbehaviour: " << check.provedBy;
    return {};
}

class Mutation : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Mutation, FailsThisCheckAndItsDependentsOnly) {
    const Check& check = checkCatalogue()[GetParam()];
    const SimMisbehaviour kind = misbehaviourOf(check);
    auto due = wordsOf(check.dependents);
    due.insert(std::string(check.id));
    // A state that the flags lack can only be asked for where one is lacking.
    const std::uint64_t flags = check.provedBy == "lacking-state-accepted" ? 1 : 7;
    const CheckedMachine machine = runChecks(checkProfile(flags, {kind}));
    EXPECT_EQ(machine.failed(), due) << check.id << ": " << machine.seen(std::string(check.id));
    for (const std::string& id : machine.failed())
        EXPECT_TRUE(due.contains(id)) << id << ": " << machine.seen(id);
    EXPECT_TRUE(machine.report.safe());
    EXPECT_EQ(machine.violations, std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Catalogue, Mutation, ::testing::Range(std::size_t{0}, checkCatalogue().size()),
                         [](const auto& parameter) {
                             std::string name(checkCatalogue()[parameter.param].id);
                             std::erase(name, '-');
                             return name;
                         });

class GoodPair : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(GoodPair, FailsNothing) {
    const CheckedMachine machine = runChecks(checkProfile(GetParam()));
    for (const std::string& id : machine.failed())
        ADD_FAILURE() << id << ": " << machine.seen(id);
    EXPECT_FALSE(machine.report.error);
    EXPECT_TRUE(machine.report.finished);
    EXPECT_TRUE(machine.report.safe());
    EXPECT_EQ(machine.report.ends.size(), 2U);
    EXPECT_EQ(machine.violations, std::vector<std::string>{});
    EXPECT_EQ(machine.report.results.size(), checkCatalogue().size());
    const std::size_t least = GetParam() == 7 ? 100 : 80;
    EXPECT_GE(machine.report.count(CheckVerdict::Pass), least);
    // What is skipped on a device of all flags is what cannot be seen there.
    if (GetParam() != 7)
        return;
    std::set<std::string> skipped;
    for (const auto& [id, verdict] : machine.verdicts) {
        if (verdict == CheckVerdict::Skip)
            skipped.insert(id);
    }
    EXPECT_EQ(skipped, (std::set<std::string>{"MIG-FSM-007", "MIG-FSM-010"}));
}

INSTANTIATE_TEST_SUITE_P(Flags, GoodPair, ::testing::Values(1, 3, 5, 7));

} // namespace
} // namespace migscope::test
