// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One line for people about an event.
#pragma once

#include <QString>

#include "core/transfer/event.h"

namespace migscope {

/// Empty for events that the log does not show (samples). *Reentrant.*
[[nodiscard]] QString eventText(const Event& event);
/// A failure, or something that needs a look.
[[nodiscard]] bool isBadEvent(const Event& event);

} // namespace migscope
