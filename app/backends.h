// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The composition root: from the word after --backend to a place where devices live.
#pragma once

#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/vfio/backend.h"

namespace migscope {

/// `spec` is "kernel", "sim", "sim:PROFILE" (a built-in profile's name or the path of a JSON file) or
/// "capture:DIR" (a folder that `capture` wrote). InvalidArgument for any other word; the profile's or the
/// folder's own error otherwise. Reads files, opens no device. *Reentrant.*
[[nodiscard]] Result<std::unique_ptr<Backend>> makeBackend(const std::string& spec);

/// What `spec` may be, for help and error lines.
[[nodiscard]] std::string backendWords();

} // namespace migscope
