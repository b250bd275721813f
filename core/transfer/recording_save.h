// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writes a recording to a new place: the bytes of its file, or lines made from memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/transfer/recording.h"

namespace migscope {

/// Calls its argument with the recording, under the lock of whoever writes it. Called from the saving thread.
using LookAtRecording = std::function<void(const std::function<void(const Recording&)>&)>;
/// `(done, total)`; false cancels.
using SaveProgress = std::function<bool(std::uint64_t, std::uint64_t)>;

/// The lines of a recording in memory, newline included, as a recorder would have written them: they load to
/// the same metrics. Of one that still grows: what there was at the call, without a summary. The lock is held
/// for a few milliseconds at a time. `out` fails, or `progress` (events and samples) cancels. *Reentrant.*
[[nodiscard]] Result<void> writeRecording(const LookAtRecording& look,
                                          const std::function<Result<void>(std::string_view)>& out,
                                          const SaveProgress& progress = {});

/// Writes to `path` by way of a new file beside it, synced, that takes its place at the end: what stood there
/// is replaced, whole or not at all. Errnos kept; Cancelled; InvalidArgument when `path` is no regular file.
[[nodiscard]] Result<void> saveRecording(const LookAtRecording& look, const std::string& path,
                                         const SaveProgress& progress = {});
/// The same with the bytes of an open file, unchanged, from its beginning; progress in bytes. `wholeLines`:
/// up to its last newline (of a file that is being written). Refused when `path` is that file itself.
[[nodiscard]] Result<void> saveRecordingFile(int from, bool wholeLines, const std::string& path,
                                             const SaveProgress& progress = {});

} // namespace migscope
