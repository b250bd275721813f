// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The options of `dirty`, from text to values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "app/cli/options.h"

namespace migscope::cli {

/// As they were typed; empty and below 0: not given.
struct RawDirty {
    std::string ranges;
    std::string page;
    double intervalMs = 200;
    std::int64_t rounds = -1;
};

/// What is wrong, and what to type instead.
using Complaint = std::pair<std::string, std::string>;
/// Puts ranges, page, interval and rounds into `options`, whose `sweep`, `json` and `record` are there.
/// *Reentrant.*
[[nodiscard]] std::optional<Complaint> convertDirty(const RawDirty& raw, Options& options);

} // namespace migscope::cli
