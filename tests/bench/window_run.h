// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a benchmark drives the window: waits, opens, runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/clock.h"
#include "ui/event_wait.h"
#include "ui/host_session.h"
#include "ui/main_window.h"

namespace migscope::bench {

/// Runs the event loop as a window at rest does: asleep until something happens.
void spinAsleep(int milliseconds);
/// When this process began, on CLOCK_MONOTONIC; to 10 ms, as the kernel keeps it.
[[nodiscard]] Ns processStart();
/// Waits until the machine is read and all its devices stand in the list; how many they are.
[[nodiscard]] std::size_t waitForList(HostSession& host, MainWindow& window);
/// Ends the process with a message when the device does not open.
void openAndWait(HostSession& host, MainWindow& window, const std::string& device);

struct RunFigures {
    std::uint64_t stateBytes = 0;
    double seconds = 0;
    std::string outcome;
};
[[nodiscard]] RunFigures runInWindow(HostSession& host, MainWindow& window, const std::string& source,
                                     const std::string& destination);

} // namespace migscope::bench
