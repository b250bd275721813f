// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the report says in JSON and in text alike.
#pragma once

#include <string>

#include "core/transfer/recording.h"

namespace migscope {

/// "none" when every device was an idle function, else the first workload that is named.
[[nodiscard]] std::string reportWorkload(const RecordingHeader& header);
/// A run that was not seen to end is Failed.
[[nodiscard]] RunOutcome reportOutcome(const RunMetrics& run);
/// The worst of the runs; an incomplete recording is Failed.
[[nodiscard]] RunOutcome reportOutcome(const Recording& recording, bool complete);
[[nodiscard]] Distribution downtimes(const Recording& recording);
/// The name in the header, "#3" for an index that is not there.
[[nodiscard]] std::string reportDeviceName(const RecordingHeader& header, int index);

} // namespace migscope
