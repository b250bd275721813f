// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Tests of the kernel ABI declarations that need no kernel headers.
#include "core/uapi/ioctl_names.h"
#include "core/uapi/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "test_paths.h"

namespace migscope::uapi {
namespace {

std::string source(const std::string& name) {
    std::ifstream file(MIGSCOPE_SOURCE_DIR "/core/uapi/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_FALSE(text.str().empty()) << name;
    return text.str();
}

/// Words and punctuation of C++ without comments, string literals and white space.
std::vector<std::string> tokens(const std::string& text) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (text.compare(at, 2, "//") == 0) {
            at = std::min(text.find('\n', at), text.size());
        } else if (c == '"') {
            at = text.find('"', at + 1) + 1;
        } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
            const std::size_t from = at;
            while (at < text.size() &&
                   (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_'))
                ++at;
            found.push_back(text.substr(from, at - from));
        } else {
            if (!std::isspace(static_cast<unsigned char>(c)))
                found.emplace_back(1, c);
            ++at;
        }
    }
    return found;
}

struct Declared {
    std::set<std::string> constants;
    std::set<std::string> fields; ///< "Struct.field"
};

/// What the declaring headers declare, read from their text: only so can a forgotten line of the table be
/// seen.
Declared declared() {
    Declared all;
    for (const char* header : {"vfio.h", "iommufd.h"}) {
        const auto words = tokens(source(header));
        std::string inStruct;
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (words[i - 1] == "struct")
                inStruct = words[i];
            else if (words[i] == "}")
                inStruct.clear();
            else if (words[i] == "=")
                all.constants.insert(words[i - 1]);
            else if (words[i] == ";" && !inStruct.empty())
                all.fields.insert(inStruct + "." + words[i - 1]);
        }
    }
    return all;
}

std::set<std::string> tableWords() {
    const auto words = tokens(source("table.h"));
    std::set<std::string> found(words.begin(), words.end());
    for (std::size_t i = 4; i < words.size(); ++i) {
        if (words[i - 4] == "offsetof") // offsetof ( Struct , field
            found.insert(words[i - 2] + "." + words[i]);
    }
    return found;
}

TEST(AbiTable, HoldsEveryConstantThatWeDeclare) {
    const auto all = declared();
    EXPECT_GT(all.constants.size(), 80U);
    const auto known = tableWords();
    for (const auto& name : all.constants) {
        if (name == "noDataFd") // has no name in the kernel's headers
            continue;
        EXPECT_TRUE(known.contains(name)) << name << " would escape the drift check";
    }
}

TEST(AbiTable, HoldsEveryFieldThatWeDeclare) {
    const auto all = declared();
    EXPECT_GT(all.fields.size(), 50U);
    const auto known = tableWords();
    for (const auto& field : all.fields)
        EXPECT_TRUE(known.contains(field)) << field << " would escape the drift check";
}

TEST(AbiTable, NamesEachFactOncePerRelease) {
    std::set<std::string> seen;
    for (const AbiFact& fact : abiFacts) {
        const auto key = std::string(fact.name) + "." + fact.member + "@" + std::to_string(fact.since);
        EXPECT_TRUE(seen.insert(std::to_string(static_cast<int>(fact.kind)) + key).second) << key;
        EXPECT_TRUE(fact.until == 0 || fact.since < fact.until) << key;
        EXPECT_GE(fact.since, oldestChecked) << key;
    }
}

TEST(AbiTable, KnowsNothingNewerThanTheBaseline) {
    unsigned major = 0;
    unsigned minor = 0;
    char dot = 0;
    std::istringstream(uapiBaseline) >> major >> dot >> minor;
    for (const AbiFact& fact : abiFacts)
        EXPECT_LE(fact.since, kernel(major, minor)) << fact.name;
}

TEST(Declarations, ArePlainData) {
    EXPECT_TRUE(std::is_standard_layout_v<VfioDeviceBindIommufd>);
    EXPECT_TRUE(std::is_trivially_copyable_v<VfioDeviceFeatureMigState>);
    EXPECT_TRUE(std::is_trivially_copyable_v<VfioPrecopyInfo>);
    EXPECT_TRUE(std::is_trivially_copyable_v<VfioDeviceFeatureDmaLoggingReport>);
}

TEST(Names, TellTheSameNumberApartByItsFd) {
    EXPECT_EQ(ioctlName(FdKind::Device, 0x3b75), "VFIO_DEVICE_FEATURE");
    EXPECT_EQ(ioctlName(FdKind::Container, 0x3b75), "");
    EXPECT_EQ(ioctlName(FdKind::Data, 0x3b79), "VFIO_MIG_GET_PRECOPY_INFO");
    EXPECT_EQ(ioctlName(FdKind::Iommufd, 0x3b81), "IOMMU_IOAS_ALLOC");
}

TEST(Names, AgreeWithTheTableForEveryIoctlAndFeature) {
    for (const AbiFact& fact : abiFacts) {
        const std::string_view name = fact.name;
        constexpr std::string_view prefix = "VFIO_DEVICE_FEATURE_";
        if (fact.kind == AbiKind::Constant && fact.value >= 0x3b00 && fact.value < 0x3c00) {
            bool named = false;
            for (const FdKind kind :
                 {FdKind::Container, FdKind::Group, FdKind::Device, FdKind::Data, FdKind::Iommufd})
                named |= ioctlName(kind, static_cast<unsigned long>(fact.value)) == name;
            EXPECT_TRUE(named) << name;
        } else if (name.starts_with(prefix) && fact.value <= featureZpciError) {
            EXPECT_EQ(featureName(static_cast<std::uint32_t>(fact.value)), name.substr(prefix.size()));
        }
    }
    EXPECT_EQ(featureName(featureZpciError + 1), "");
}

} // namespace
} // namespace migscope::uapi
