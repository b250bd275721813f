// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a small file of the kernel's whose read may never return.
#pragma once

#include <cstddef>
#include <string>

#include "core/base/clock.h"
#include "core/base/error.h"

namespace migscope {

/// One read of at most `limit` bytes (4096 at most), by a process of its own: a driver that holds its lock
/// keeps the reader in a sleep that no signal ends, and a thread of ours in it would keep the whole process
/// from ending. That process holds nothing of ours open. Errno as the kernel gave it; ETIMEDOUT after
/// `patience`, when the reader is left to itself and dies when its read returns. *Thread-safe.*
[[nodiscard]] Result<std::string> patientRead(const std::string& path, std::size_t limit, Ns patience);

} // namespace migscope
