// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue of reasons: ids, texts, filling.
#include "core/device/reasons.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace migscope {
namespace {

TEST(Reasons, IdsAreUniqueAndKebabCase) {
    std::set<std::string_view> seen;
    for (const ReasonText& entry : reasonCatalogue()) {
        EXPECT_TRUE(seen.insert(entry.id).second) << entry.id;
        EXPECT_TRUE(std::all_of(entry.id.begin(), entry.id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        })) << entry.id;
    }
    EXPECT_GT(seen.size(), 40U);
}

TEST(Reasons, EveryEntrySaysWhatAndWhatNext) {
    for (const ReasonText& entry : reasonCatalogue()) {
        EXPECT_TRUE(entry.text.ends_with('.')) << entry.id;
        EXPECT_FALSE(entry.next.empty()) << entry.id;
        EXPECT_EQ(entry.text.find('\n'), std::string_view::npos)
            << entry.id << ": one line, lists print it so";
        EXPECT_EQ(std::count(entry.text.begin(), entry.text.end(), '{'),
                  std::count(entry.text.begin(), entry.text.end(), '}'))
            << entry.id;
    }
}

TEST(Reasons, AnIdGivesItsEntry) {
    EXPECT_EQ(reasonText("v1-only").id, "v1-only");
}

TEST(FillTemplate, ReplacesNamesAndLeavesUnknownOnesVisible) {
    EXPECT_EQ(fillTemplate("{a} and {b} and {a}", {{"a", "1"}}), "1 and {b} and 1");
}

TEST(FillTemplate, DoesNotExpandWhatAValueHolds) {
    EXPECT_EQ(fillTemplate("{a}", {{"a", "{b}"}, {"b", "no"}}), "{b}");
}

TEST(FillTemplate, AnOpenBraceAloneStays) {
    EXPECT_EQ(fillTemplate("5 { 6", {}), "5 { 6");
}

} // namespace
} // namespace migscope
