// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue itself: ids, sentences, rules, and what proves each check.
#include <algorithm>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include "core/check/check.h"
#include "core/sim/sim_misbehaviour.h"

namespace migscope {
namespace {

bool wellFormed(std::string_view id) {
    const std::size_t dash = id.rfind('-');
    if (!id.starts_with("MIG-") || dash <= 4 || id.size() != dash + 4)
        return false;
    for (const char c : id.substr(4, dash - 4)) {
        if (std::isupper(static_cast<unsigned char>(c)) == 0)
            return false;
    }
    for (const char c : id.substr(dash + 1)) {
        if (std::isdigit(static_cast<unsigned char>(c)) == 0)
            return false;
    }
    return true;
}

TEST(CheckCatalogue, HasEnoughChecksAndEachIdOnce) {
    EXPECT_GE(checkCatalogue().size(), 60U);
    std::set<std::string_view> ids;
    for (const Check& check : checkCatalogue()) {
        EXPECT_TRUE(wellFormed(check.id)) << check.id;
        EXPECT_TRUE(ids.insert(check.id).second) << check.id << " is there twice";
        EXPECT_EQ(findCheck(check.id), &check);
    }
    EXPECT_EQ(findCheck("MIG-FSM-999"), nullptr);
}

TEST(CheckCatalogue, EveryCheckSaysWhatItAsksAndWhatItRestsOn) {
    for (const Check& check : checkCatalogue()) {
        EXPECT_TRUE(check.asks.ends_with('.')) << check.id;
        EXPECT_EQ(check.asks.find('\n'), std::string_view::npos) << check.id;
        EXPECT_LE(check.asks.size(), 120U) << check.id;
        EXPECT_GE(check.rule.size(), 20U) << check.id;
        EXPECT_EQ(check.rule.find('\n'), std::string_view::npos) << check.id;
        EXPECT_NE(check.run, nullptr) << check.id;
    }
}

TEST(CheckCatalogue, ARuleNamesAFileAndWhatIsDemandedThere) {
    for (const Check& check : checkCatalogue()) {
        const std::size_t colon = check.rule.find(": ");
        ASSERT_NE(colon, std::string_view::npos) << check.id << ": " << check.rule;
        const std::string_view where = check.rule.substr(0, colon);
        const bool file =
            where.find(".c") != std::string_view::npos || where.find(".h") != std::string_view::npos;
        EXPECT_TRUE(file || where == "write(2)" || where.starts_with("no rule"))
            << check.id << ": " << check.rule;
        EXPECT_GE(check.rule.size() - colon, 20U) << check.id << ": " << check.rule;
    }
}

TEST(CheckCatalogue, TheFirstSessionIsAWholeSave) {
    const auto begins = [](const Check& check) { return check.kind != CheckClass::Passive; };
    EXPECT_EQ(std::ranges::find_if(checkCatalogue(), begins)->id, "MIG-STREAM-012");
}

TEST(CheckCatalogue, EveryCheckIsProvedByAMisbehaviourOfItsOwn) {
    std::set<std::string_view> names;
    for (const auto& [kind, name] : simMisbehaviours)
        EXPECT_TRUE(names.insert(name).second) << name;
    std::set<std::string_view> used;
    for (const Check& check : checkCatalogue()) {
        EXPECT_TRUE(names.contains(check.provedBy)) << check.id << ": " << check.provedBy;
        EXPECT_TRUE(used.insert(check.provedBy).second) << check.provedBy << " proves two checks";
    }
    EXPECT_EQ(used, names) << "a misbehaviour proves nothing";
}

TEST(CheckCatalogue, DependentsAreChecks) {
    for (const Check& check : checkCatalogue()) {
        for (std::string_view rest = check.dependents; !rest.empty();) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            EXPECT_NE(findCheck(rest.substr(0, end)), nullptr) << check.id << ": " << rest;
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
}

TEST(CheckCatalogue, JunkIsOnlyWrittenByHostileChecks) {
    for (const Check& check : checkCatalogue())
        EXPECT_EQ(check.id.starts_with("MIG-JUNK-"), check.kind == CheckClass::Hostile) << check.id;
}

TEST(CheckCatalogue, WordsAreReadBack) {
    for (const CheckClass kind :
         {CheckClass::Passive, CheckClass::Session, CheckClass::Resets, CheckClass::Hostile})
        EXPECT_EQ(parseCheckClass(classWord(kind)), kind);
    EXPECT_EQ(parseCheckClass("gentle"), std::nullopt);
}

TEST(CheckCatalogue, SaysWhatIsNeverTried) {
    ASSERT_FALSE(actsNotTried().empty());
    for (const NotTried& act : actsNotTried()) {
        EXPECT_FALSE(act.act.empty());
        EXPECT_FALSE(act.why.empty());
    }
}

} // namespace
} // namespace migscope
