// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `dirty` says: rounds, totals and the cost of calls, for people and for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/transfer/dirty_fold.h"

namespace migscope::cli {

/// One round of reports over all ranges.
struct DirtyLine {
    std::uint64_t round = 0; ///< from 1
    Ns begin{0};             ///< since the START
    Ns end{0};
    std::uint64_t pages = 0;
    std::uint64_t bytes = 0;
};

struct DirtyDocument {
    bool simulated = false;
    std::string device;
    bool sweep = false;
    std::vector<DmaRange> ranges;
    std::optional<std::uint64_t> pageBytes; ///< that the device took; absent: it never logged
    Ns interval{0};
    std::vector<DirtyLine> rounds;
    std::uint64_t roundsLeftOut = 0; ///< more than were kept
    std::uint64_t roundCount = 0;
    std::uint64_t totalPages = 0;
    std::uint64_t totalBytes = 0;
    Ns span{0}; ///< from the START to the last report
    std::optional<std::string> finalState;
};

[[nodiscard]] std::string roundText(const DirtyLine& line);
[[nodiscard]] std::string dirtyText(const DirtyDocument& document, const DirtyFold& fold);
/// migscope.dirty/1
[[nodiscard]] std::string dirtyJson(const DirtyDocument& document, const DirtyFold& fold);

} // namespace migscope::cli
