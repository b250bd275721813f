// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The layout of a saved state, shared by its writer and its reader.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/transfer/image_file.h"

namespace migscope {

// A file is one line of JSON (the header; `head -1` shows it), then records. All integers are little-endian.
//   header record  "MSTHEADR"  length of the header line   XXH3-64 of the header line
//   chunk          "MSTCHUNK"  length of the payload       XXH3-64 of the payload, seeded with its offset in
//   the
//                                                          stream (so that chunks cannot change places);
//                                                          payload
//   trailer        "MSTTRAIL"  total of the payloads       XXH3-64 over length and checksum of every record
//   before
//                  "complete"  XXH3-64 of the trailer so far
// The trailer covers every byte through the chunks' checksums: a second pass of hashing over the data itself
// would cost a tenth of the copying speed and find nothing more.

inline constexpr std::string_view imagePrefix = "{\"schema\":\"migscope.state/";
inline constexpr std::string_view headerTag = "MSTHEADR";
inline constexpr std::string_view chunkTag = "MSTCHUNK";
inline constexpr std::string_view trailerTag = "MSTTRAIL";
inline constexpr std::string_view completeWord = "complete";
inline constexpr std::size_t recordBytes = 24;
inline constexpr std::size_t trailerBytes = recordBytes + 16;
inline constexpr std::size_t writtenChunk = 1U << 20U;
inline constexpr std::size_t longestChunk = 8U << 20U;
inline constexpr std::size_t longestHeader = 64U << 10U;

/// Streaming XXH3-64 over the records.
class RecordHash {
public:
    RecordHash();
    ~RecordHash();
    RecordHash(const RecordHash&) = delete;
    RecordHash& operator=(const RecordHash&) = delete;
    void add(std::uint64_t length, std::uint64_t checksum);
    [[nodiscard]] std::uint64_t value() const;
    void restart();

private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::uint64_t checksumOf(std::span<const std::byte> bytes, std::uint64_t seed);
[[nodiscard]] std::array<std::byte, recordBytes> makeRecord(std::string_view tag, std::uint64_t length,
                                                            std::uint64_t checksum);
void putInteger(std::span<std::byte> at, std::uint64_t value);
[[nodiscard]] std::uint64_t getInteger(std::span<const std::byte> at);

/// The header as its line, newline included.
[[nodiscard]] std::string imageHeaderLine(const ImageHeader& header);
/// Damaged when it is none; Unsupported for another major version.
[[nodiscard]] Result<ImageHeader> parseImageHeader(std::string_view line, const std::string& where);

} // namespace migscope
