// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a call of a check asked for and what came back, in the kernel's spelling, for every face of the
// report.
#pragma once

#include <string>

#include "core/check/call_book.h"

namespace migscope {

/// "data_fd 5", "RUNNING, data_fd -1", "4096 of 1048576 bytes at offset 0": the values of one entry, asked
/// and answered, from its bytes. Empty where a call has none, and where its bytes are too few to be what the
/// call takes: what is there is then never guessed at. One line, no control characters. *Reentrant.*
[[nodiscard]] std::string callAnswer(const CheckCall& call);
/// "ok", "EINVAL", "no answer". *Reentrant.*
[[nodiscard]] std::string callResult(const CheckCall& call);

} // namespace migscope
