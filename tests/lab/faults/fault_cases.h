// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The misbehaviours of the lab's driver, each as a person meets it in the window.
#pragma once

namespace migscope {

class FaultBench;

/// By hand, in the tab Inspect: states, reset, streams.
void handCases(FaultBench& bench);
/// In the tab Migrate; and what the facts say of odd sizes.
void runCases(FaultBench& bench);
/// In the tab Dirty pages.
void dirtyCases(FaultBench& bench);

} // namespace migscope
