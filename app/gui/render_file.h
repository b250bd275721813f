// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `migscope --render`: a recording's chart as a file, without a display.
#pragma once

#include "app/gui/gui_main.h"

namespace migscope {

/// The format is --to, or else the ending of --out. Exit codes: 0, 2 usage, 6 a file that cannot be read or
/// written.
[[nodiscard]] GuiExit renderFile(const GuiOptions& options);

} // namespace migscope
