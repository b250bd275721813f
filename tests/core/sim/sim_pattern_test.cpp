// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Every byte of a pattern stream is verified.
#include "core/sim/sim_pattern.h"

#include <vector>

#include <gtest/gtest.h>

namespace migscope {
namespace {

const SimHeader header{0x15b3'101e'0000'0001ULL, 7, 42};
constexpr std::size_t length = 4096;

std::vector<std::byte> image(std::size_t total = length, const SimHeader& from = header) {
    std::vector<std::byte> bytes(total);
    simFill(from, 0, total, bytes);
    return bytes;
}

TEST(SimPattern, IsTheSameInAnyPieces) {
    const auto whole = image();
    for (const std::size_t piece : {1U, 3U, 7U, 8U, 40U, 513U}) {
        std::vector<std::byte> pieces(length);
        for (std::size_t at = 0; at < length; at += piece)
            simFill(header, at, length, std::span(pieces).subspan(at, std::min(piece, length - at)));
        EXPECT_EQ(pieces, whole) << piece;
    }
}

TEST(SimPattern, IsAcceptedInAnyPieces) {
    const auto whole = image();
    for (const std::size_t piece : {1U, 3U, 7U, 8U, 40U, 513U, 4096U}) {
        SimVerifier verifier({header.likeness, header.configuration, 0});
        for (std::size_t at = 0; at < length; at += piece)
            EXPECT_EQ(verifier.take(std::span(whole).subspan(at, std::min(piece, length - at))),
                      SimVerifier::Verdict::Good);
        EXPECT_TRUE(verifier.complete()) << piece;
        EXPECT_EQ(verifier.seed(), 42U);
        EXPECT_EQ(verifier.bytes(), length);
    }
}

TEST(SimPattern, AFlippedBitAnywhereIsFound) {
    for (std::size_t at = 0; at < length; ++at) {
        auto bytes = image();
        bytes[at] ^= std::byte{1};
        SimVerifier verifier(header);
        EXPECT_NE(verifier.take(bytes), SimVerifier::Verdict::Good) << at;
        EXPECT_FALSE(verifier.complete()) << at;
    }
}

TEST(SimPattern, EveryCutIsIncomplete) {
    const auto whole = image(512);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        SimVerifier verifier(header);
        EXPECT_EQ(verifier.take(std::span(whole).first(cut)), SimVerifier::Verdict::Good);
        EXPECT_FALSE(verifier.complete()) << cut;
    }
}

TEST(SimPattern, OneByteBehindTheEndIsTooMuch) {
    auto bytes = image();
    bytes.push_back(std::byte{0});
    SimVerifier verifier(header);
    EXPECT_EQ(verifier.take(bytes), SimVerifier::Verdict::TooMuch);
}

TEST(SimPattern, ALostMiddleIsFound) {
    auto bytes = image();
    bytes.erase(bytes.begin() + 1024, bytes.begin() + 2048);
    SimVerifier verifier(header);
    EXPECT_EQ(verifier.take(bytes), SimVerifier::Verdict::Damaged);
}

TEST(SimPattern, AnotherLikenessOrConfigurationIsForeign) {
    for (const SimHeader& other : {SimHeader{1, 7, 42}, SimHeader{header.likeness, 5, 42}}) {
        SimVerifier verifier(header);
        EXPECT_EQ(verifier.take(image(length, other)), SimVerifier::Verdict::Foreign);
    }
}

} // namespace
} // namespace migscope
