// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the report says in JSON and in text alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

/// A device that gave its state once and nothing when it was asked again: a trap of the kernel's drivers,
/// where a second migration ends well and has carried no state.
struct EmptyRepeat {
    int source = 0;
    std::optional<int> run; ///< absent: streams that were driven by hand
    std::optional<int> firstRun;
    std::uint32_t stream = 0; ///< the two streams, when driven by hand
    std::uint32_t firstStream = 0;
    std::uint64_t firstBytes = 0; ///< what the first one moved
};
/// In order: the runs, then the streams outside of runs. A run that did not end well explains itself and is
/// not among them, nor is a stream that was not read to its end.
[[nodiscard]] std::vector<EmptyRepeat> emptyRepeats(const Recording& recording);
/// "run 2 moved 0 bytes, run 1 moved 3.0 MiB: 0000:3b:00.2 gave no state".
[[nodiscard]] std::string emptyRepeatText(const Recording& recording, const EmptyRepeat& repeat);

} // namespace migscope
