// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Waiting in the event loop: for pictures, tests and benchmarks; the window itself never waits.
#pragma once

#include <functional>

namespace migscope {

/// Runs the event loop of the GUI thread, what is to be deleted later included.
void spin(int milliseconds);
/// Runs it until `ready`; false when the time ended first.
[[nodiscard]] bool waitUntil(const std::function<bool()>& ready, int milliseconds = 10'000);

} // namespace migscope
