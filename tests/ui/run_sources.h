// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings to put into the list of runs.
#pragma once

#include <memory>
#include <utility>

#include "ui/run_source.h"

namespace migscope::testing::runs {

/// `day`: when it was recorded.
inline std::shared_ptr<Recording> recordingOf(int day, bool simulated = false, std::size_t devices = 2) {
    RecordingHeader header;
    header.hostName = "lab";
    header.simulated = simulated;
    header.realtime = std::chrono::hours(24 * (20'000 + day));
    header.devices.resize(devices);
    header.devices[0].name = "0000:3b:00.2";
    return std::make_shared<Recording>(header);
}

inline RunSourcePtr file(const QString& name, std::shared_ptr<Recording> recording) {
    return wholeSource(name, QStringLiteral("/tmp/") + name, std::move(recording));
}

/// One that still grows, as a recorder's would.
inline RunSourcePtr growing(const QString& name, const std::shared_ptr<Recording>& recording) {
    auto source = file(name, recording);
    source->setGrowing(true);
    return source;
}

} // namespace migscope::testing::runs
