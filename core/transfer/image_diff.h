// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Two saved states side by side: the first byte that differs, the ranges that do, and the records they lie
// in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/transfer/image_file.h"
#include "core/transfer/image_records.h"

namespace migscope {

/// At most so many ranges, and so many records of each kind (same, not same), are kept; the rest is counted.
inline constexpr std::size_t diffListed = 1000;
/// Ranges with fewer equal bytes than this between them are one. Not below diffShown.
inline constexpr std::uint64_t diffMergeBytes = 16;
/// So many bytes of both sides are kept from the first that differs on.
inline constexpr std::size_t diffShown = 16;

struct DiffSide {
    std::uint64_t bytes = 0;
    bool verified = false; ///< a container whose checksums held; a bare stream has none
    std::optional<ImageHeader> header;
};

/// A member of the headers that differs, by its name in the file ("driver", "pci_id").
struct HeaderDifference {
    std::string field;
    std::string a;
    std::string b;
};

struct DiffRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;    ///< from the first to the last byte that differs
    std::uint64_t differing = 0; ///< of these; the others are fewer than diffMergeBytes in a row
    std::vector<std::byte> a;    ///< what stands at `offset`; shorter at a stream's end
    std::vector<std::byte> b;
};

enum class RecordVerdict {
    Same,
    Differs,
    DifferentSizes, ///< compared as far as both reach
    OnlyA,
    OnlyB,
};

struct RecordDiff {
    std::uint64_t index = 0;
    RecordVerdict verdict = RecordVerdict::Same;
    std::optional<StateRecord> a;
    std::optional<StateRecord> b;
    std::optional<std::uint64_t> firstDiffering; ///< from the record's start, its own header included
    std::uint64_t differingBytes = 0;            ///< where both reach
    std::vector<std::byte> bytesA;               ///< what stands there; shorter at the record's end
    std::vector<std::byte> bytesB;
};

enum class NoRecords {
    Compared,
    UnknownFraming, ///< neither header names a driver whose framing is known
    TwoFramings,    ///< the two are of different drivers
    Pipe,           ///< a second reading is needed
};

struct RecordsDiff {
    NoRecords why = NoRecords::UnknownFraming; ///< all else is only set when Compared
    Framing framing = Framing::None;
    std::uint64_t countA = 0;
    std::uint64_t countB = 0;
    std::uint64_t same = 0;                     ///< all others are not
    std::optional<std::uint64_t> unrecognisedA; ///< "framing not recognised from offset …"
    std::optional<std::uint64_t> unrecognisedB;
    std::vector<RecordDiff> list; ///< in order; of each kind the first diffListed
    std::uint64_t notListed = 0;
    /// The record that holds the first differing byte (of a; of b when a ends there), and where in it.
    std::optional<StateRecord> firstRecord;
    std::uint64_t firstInside = 0;
};

struct ImageDiff {
    DiffSide a;
    DiffSide b;
    bool equal = false; ///< the states, byte for byte; headers may differ still
    /// Absent when equal. The length of the shorter one when it is the beginning of the other.
    std::optional<std::uint64_t> firstDiffering;
    std::uint64_t differingBytes = 0; ///< where both reach; what only one has are the lengths' difference
    std::vector<DiffRange> ranges;    ///< where both reach
    std::uint64_t rangesNotListed = 0;
    std::vector<HeaderDifference> headers; ///< empty when one has no header
    RecordsDiff records;
};

/// Compares from where the two readers stand, which is their beginning. Memory does not grow with the
/// images. Files are read twice when the framing is known: records of different sizes cannot be compared in
/// step. `progress(bytesRead, total)` (total 0: unknown) returns false for Cancelled. Damaged, Incomplete and
/// errnos of the readers go through. *Thread-bound.*
[[nodiscard]] Result<ImageDiff>
diffImages(ImageReader& a, ImageReader& b,
           const std::function<bool(std::uint64_t, std::uint64_t)>& progress = {});

} // namespace migscope
