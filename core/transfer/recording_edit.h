// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a person changes in a recording: a note on the time line, a stretch of it as a file of its own.
#pragma once

#include <memory>
#include <string>

#include "core/base/error.h"
#include "core/transfer/recording.h"

namespace migscope {

/// The event of a person's note at `time` (since the recording's t0).
[[nodiscard]] Event markEvent(Ns time, const std::string& text);

/// Puts a mark into a recording's file: before its summary, else behind its last whole line. The file is
/// replaced, whole or not at all; every other byte stays. Refused while a recorder writes it; errnos kept;
/// Damaged when it is no recording.
[[nodiscard]] Result<void> addMark(const std::string& path, Ns time, const std::string& text);

/// The events and samples of [from, to], as a recording: what the devices stood in at its begin, the plan of
/// a run that was under way and the opening of its streams come along, so that it folds as the whole does. A
/// run that is not wholly inside has no end (it is incomplete). A mark says where it was cut from. Times stay
/// what they were. *Reentrant.*
[[nodiscard]] std::shared_ptr<Recording> cutRecording(const Recording& recording, Ns from, Ns to,
                                                      const std::string& name);

} // namespace migscope
