// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a call of a check asked for and what came back, in the kernel's spelling, for every face of the
// report.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/check/call_book.h"

namespace migscope {

/// "data_fd 5", "RUNNING, data_fd -1", "4096 of 1048576 bytes at offset 0": the values of one entry, asked
/// and answered, from its bytes. Empty where a call has none, and where its bytes are too few to be what the
/// call takes: what is there is then never guessed at. One line, no control characters. *Reentrant.*
[[nodiscard]] std::string callAnswer(const CheckCall& call);
/// "ok", "EINVAL", "no answer". *Reentrant.*
[[nodiscard]] std::string callResult(const CheckCall& call);
/// "+0.123 ms  SET STOP_COPY  ok  data_fd 5": one line, in columns. `begun`: of the check. `pair`: a call on
/// the peer is marked.
[[nodiscard]] std::string callLine(const CheckCall& call, Ns begun, bool pair);
/// Those lines of `calls`, the middle left out where there are many: `leftOut` more are missing there.
[[nodiscard]] std::vector<std::string> callLines(std::span<const CheckCall> calls, std::uint64_t leftOut,
                                                 Ns begun, bool pair);

/// "1 range", "2 ranges".
[[nodiscard]] std::string plural(std::uint64_t count, std::string_view one, std::string_view many);
/// "once", "2 times".
[[nodiscard]] std::string timesText(std::uint64_t count);

} // namespace migscope
