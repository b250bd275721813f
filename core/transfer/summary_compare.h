// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording's summary against what its events say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migscope {

/// One sentence a value that differs (a few at most); keys that only one side has are not compared. Two lines
/// of JSON. *Reentrant.*
[[nodiscard]] std::vector<std::string> summaryDifferences(std::string_view inFile, std::string_view byEvents);

} // namespace migscope
