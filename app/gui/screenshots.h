// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window without a display: for the manual, for review, for machines without a screen.
#pragma once

#include "app/gui/gui_main.h"
#include "ui/main_window.h"

namespace migscope {

/// With `screenshots` the main views, light and dark; with `screenshot` one picture of what the other options
/// ask for. Drives real windows on real (simulated or captured) machines.
[[nodiscard]] GuiExit takePictures(const GuiOptions& options, const MainWindow::About& about);

} // namespace migscope
