// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rule of the uAPI that an event rests on, in our own words.
#pragma once

#include <QString>

#include <string>

#include "core/transfer/event.h"

namespace migscope {

/// Empty for events that rest on no rule of the kernel's (notes, samples, what a newer version wrote).
/// *Reentrant.*
[[nodiscard]] QString eventRule(const Event& event);
/// Of a recorded call, by its `op` as MigrationDevice names it; empty for one that we do not know.
[[nodiscard]] QString callRule(const std::string& op);

} // namespace migscope
