// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What `diff` prints: for people, and for programs (schema migscope.diff/1).
#pragma once

#include <string>

#include "core/transfer/image_diff.h"

namespace migscope::cli {

/// `fileA`, `fileB` as the user typed them; escaped here.
[[nodiscard]] std::string diffText(const ImageDiff& diff, const std::string& fileA, const std::string& fileB);
[[nodiscard]] std::string diffJson(const ImageDiff& diff, const std::string& fileA, const std::string& fileB);

} // namespace migscope::cli
