// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Making and verifying pattern streams at memory speed.
#include "core/sim/sim_pattern.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace migscope {
namespace {

constexpr std::uint64_t magic = 0x6d69'6773'636f'7065ULL; // "migscope"
constexpr std::uint64_t version = 1;
constexpr std::uint64_t step = 0x9e37'79b9'7f4a'7c15ULL; // odd: no two words of a stream are equal
constexpr std::size_t wordBytes = 8;
constexpr std::uint64_t headerWords = simHeaderBytes / wordBytes;

std::array<std::uint64_t, headerWords> headerOf(const SimHeader& header) {
    return {magic, version, header.likeness, header.configuration, header.seed};
}

/// The complement of the word that a longer stream would have here.
std::uint64_t endMark(std::uint64_t seed, std::uint64_t index) {
    return ~simPatternWord(seed, index);
}

std::uint64_t wordAt(const SimHeader& header, std::uint64_t index, std::uint64_t total) {
    if (index < headerWords)
        return headerOf(header)[static_cast<std::size_t>(index)];
    if (total != 0 && index * wordBytes + simTrailerBytes == total)
        return endMark(header.seed, index);
    if (total != 0 && index * wordBytes + wordBytes == total)
        return total;
    return simPatternWord(header.seed, index);
}

} // namespace

std::uint64_t simPatternWord(std::uint64_t seed, std::uint64_t index) {
    return seed + index * step;
}

void simFill(const SimHeader& header, std::uint64_t offset, std::uint64_t total, std::span<std::byte> out) {
    const std::uint64_t bodyEnd = total == 0 ? ~std::uint64_t{0} : total - simTrailerBytes;
    while (!out.empty()) {
        const std::uint64_t index = offset / wordBytes;
        const auto within = static_cast<std::size_t>(offset % wordBytes);
        const std::uint64_t bodyLeft = offset < bodyEnd ? bodyEnd - offset : 0;
        const auto run = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), bodyLeft)) / wordBytes;
        if (within == 0 && index >= headerWords && run > 0) {
            std::uint64_t word = simPatternWord(header.seed, index);
            std::byte* to = out.data();
            for (std::size_t i = 0; i < run; ++i) {
                std::memcpy(to + i * wordBytes, &word, wordBytes);
                word += step;
            }
            out = out.subspan(run * wordBytes);
            offset += run * wordBytes;
            continue;
        }
        const std::uint64_t word = wordAt(header, index, total);
        const auto count = std::min(out.size(), wordBytes - within);
        std::array<std::byte, wordBytes> raw{};
        std::memcpy(raw.data(), &word, wordBytes);
        std::copy_n(raw.begin() + static_cast<std::ptrdiff_t>(within), count, out.begin());
        out = out.subspan(count);
        offset += count;
    }
}

SimVerifier::Verdict SimVerifier::takeWord(std::uint64_t word) {
    const std::uint64_t index = words_++;
    if (complete_)
        return Verdict::TooMuch;
    if (index < headerWords) {
        if (index == headerWords - 1)
            seed_ = word;
        const auto own = headerOf(own_);
        return index == headerWords - 1 || word == own[static_cast<std::size_t>(index)] ? Verdict::Good
                                                                                        : Verdict::Foreign;
    }
    if (atEndMark_) {
        complete_ = true;
        return word == words_ * wordBytes ? Verdict::Good : Verdict::Damaged;
    }
    if (word == simPatternWord(seed_, index))
        return Verdict::Good;
    atEndMark_ = word == endMark(seed_, index);
    return atEndMark_ ? Verdict::Good : Verdict::Damaged;
}

/// Whole words of the body as long as they are right; returns the bytes taken. The first that is not is left
/// to takeWord().
std::size_t SimVerifier::takeBody(std::span<const std::byte> bytes) {
    constexpr std::size_t block = 64;
    const std::size_t words = bytes.size() / wordBytes;
    std::uint64_t expected = simPatternWord(seed_, words_);
    std::size_t at = 0;
    while (words - at >= block) {
        std::uint64_t difference = 0; // no exit inside: the loop stays one that a compiler vectorises
        for (std::size_t i = 0; i < block; ++i) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + (at + i) * wordBytes, wordBytes);
            difference |= word ^ (expected + i * step);
        }
        if (difference != 0)
            break;
        expected += block * step;
        at += block;
    }
    words_ += at;
    return at * wordBytes;
}

SimVerifier::Verdict SimVerifier::take(std::span<const std::byte> bytes) {
    while (verdict_ == Verdict::Good && !bytes.empty()) {
        if (complete_) {
            verdict_ = Verdict::TooMuch;
            break;
        }
        const auto within = static_cast<std::size_t>(bytes_ % wordBytes);
        if (within == 0 && words_ >= headerWords && !atEndMark_) {
            const std::size_t taken = takeBody(bytes);
            bytes_ += taken;
            bytes = bytes.subspan(taken);
            if (bytes.empty())
                break;
        }
        const auto count = std::min(bytes.size(), wordBytes - within);
        std::memcpy(reinterpret_cast<std::byte*>(&carry_) + within, bytes.data(), count);
        bytes_ += count;
        bytes = bytes.subspan(count);
        if (within + count == wordBytes)
            verdict_ = takeWord(carry_);
    }
    return verdict_;
}

} // namespace migscope
