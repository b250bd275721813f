// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Streams that came from a click: drained, saved, loaded by the session's worker.
#pragma once

#include <string>

#include "core/base/error.h"
#include "core/transfer/image_file.h"
#include "core/transfer/session_shared.h"

namespace migscope {

/// Reads until the stream is drained for now (pre-copy) or ends (STOP_COPY); into `file` when there is one.
/// Cancelled at a safe point.
[[nodiscard]] Result<void> drainHandStream(DeviceSession::Shared& session, ImageWriter* file);
/// The same into a new file.
[[nodiscard]] Result<void> saveHandStream(DeviceSession::Shared& session, const std::string& path, bool raw);
/// Writes a file into the open resuming stream. The first failed write ends the load: only a reset is left.
[[nodiscard]] Result<void> loadHandStream(DeviceSession::Shared& session, const std::string& path);

} // namespace migscope
