// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The options of `check`, from text to values.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "app/cli/options.h"

namespace migscope::cli {

/// As they were typed; empty: not given.
struct RawCheck {
    std::string only;
    std::string classes;
    std::string hostile;
    std::string format = "text";
};

/// Puts ids, classes, format and devices into `options`, whose device, peer, list, json and record are there.
/// What comes back is what is wrong, and what to type instead. *Reentrant.*
[[nodiscard]] std::optional<std::pair<std::string, std::string>> convertCheck(const RawCheck& raw,
                                                                              Options& options);

} // namespace migscope::cli
