// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's side of the state machine: one step at a time, from a table of next steps.
#pragma once

#include <optional>

#include "core/device/migration_state.h"

namespace migscope {

/// The state that a kernel goes to first on the way from `current` to `wanted`; absent where it answers
/// EINVAL. Written apart from route() on purpose: tests hold the two against each other. *Reentrant.*
[[nodiscard]] std::optional<MigState> simNextStep(MigFlags flags, MigState current, MigState wanted);

} // namespace migscope
