// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// DMA logging as a job of a session: START, a REPORT each interval, STOP whatever happens.
#pragma once

#include "core/base/error.h"
#include "core/transfer/session_shared.h"

namespace migscope {

/// On the worker. Cancelled between calls; without a number of rounds a cancel is the end that was agreed on.
[[nodiscard]] Result<void> logDma(DeviceSession::Shared& session, const job::DmaLog& job);
/// On the worker: logDma() over growing ranges.
[[nodiscard]] Result<void> measureDmaCost(DeviceSession::Shared& session, const job::DmaCost& cost);
/// DMA_LOGGING_STOP with its event; nothing when the device does not log.
Result<void> stopDmaLog(DeviceSession::Shared& session);

} // namespace migscope
