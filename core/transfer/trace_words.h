// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the slices and instants of a trace are called, and what they tell.
#pragma once

#include <string>

#include "core/transfer/event.h"
#include "core/transfer/json_text.h"

namespace migscope {

/// Empty for an event that is no instant in a trace.
[[nodiscard]] std::string instantName(const Event& event);
/// The members of "args": the event's fields, errnos by name, states in the uAPI's spelling.
void eventArgs(JsonWriter& out, const Event& event);

} // namespace migscope
