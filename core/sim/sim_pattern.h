// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of a simulated device's state: made from their offset, so that they cost no memory, and every one
// of them can be verified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace migscope {

/// The stream is a sequence of native 64-bit words. The first five are a header (likeness and
/// configuration), then word i is a function of i and the seed; the last two are the end mark and the
/// total length.
struct SimHeader {
    std::uint64_t likeness = 0;      ///< vendor, device and family: must be the destination's own
    std::uint64_t configuration = 0; ///< flags and size of the state: must be the destination's own
    std::uint64_t seed = 0;

    friend bool operator==(const SimHeader&, const SimHeader&) = default;
};
inline constexpr std::uint64_t simHeaderBytes = 40;
inline constexpr std::uint64_t simTrailerBytes = 16;

/// Word `index` of a stream's body. Cheap on purpose: an addition a word in a loop.
[[nodiscard]] std::uint64_t simPatternWord(std::uint64_t seed, std::uint64_t index);

/// Fills with the stream's bytes from `offset` on. `total` is the stream's length where it is known (the
/// trailer stands before it), else 0. *Reentrant.*
void simFill(const SimHeader& header, std::uint64_t offset, std::uint64_t total, std::span<std::byte> out);

/// Takes a stream in any pieces and says whether it is one of simFill's. *Thread-bound.*
class SimVerifier {
public:
    enum class Verdict {
        Good,
        Foreign, ///< another family, device or configuration
        Damaged, ///< a byte is not what it must be
        TooMuch, ///< bytes behind the trailer
    };

    /// The seed of `own` is ignored: every image has its own.
    explicit SimVerifier(const SimHeader& own) : own_(own) {}

    /// Once not Good it stays so.
    Verdict take(std::span<const std::byte> bytes);
    /// The trailer was there, and all before it was good.
    [[nodiscard]] bool complete() const { return verdict_ == Verdict::Good && complete_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t seed() const { return seed_; }

private:
    Verdict takeWord(std::uint64_t word);
    [[nodiscard]] std::size_t takeBody(std::span<const std::byte> bytes);

    SimHeader own_;
    std::uint64_t seed_ = 0;
    std::uint64_t words_ = 0; ///< whole words taken
    std::uint64_t bytes_ = 0;
    std::uint64_t carry_ = 0; ///< the bytes of a word that is not whole yet
    bool atEndMark_ = false;  ///< the next word is the length
    bool complete_ = false;
    Verdict verdict_ = Verdict::Good;
};

} // namespace migscope
