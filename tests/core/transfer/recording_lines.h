// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording of two devices as the lines of its file, for tests of reading and writing.
#pragma once

#include <string>
#include <vector>

#include "core/transfer/recording_io.h"

namespace migscope::test {

inline RecordingHeader header() {
    RecordingHeader header;
    header.simulated = true;
    header.devices.resize(2);
    header.devices[0].name = "0000:01:00.1";
    header.devices[1].name = "0000:01:00.2";
    return header;
}

inline std::string summaryOf(const std::vector<Event>& events) {
    Recording recording(header());
    for (const Event& event : events)
        recording.apply(event);
    return summaryLine(recording);
}

/// Header, events, summary.
inline std::vector<std::string> linesOf(const std::vector<Event>& events) {
    std::vector<std::string> all{headerLine(header())};
    for (const Event& event : events)
        all.push_back(eventLine(event));
    all.push_back(summaryOf(events));
    return all;
}

inline std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line + "\n";
    return text;
}

} // namespace migscope::test
