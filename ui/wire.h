// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where the parts of the window are connected with each other.
#pragma once

namespace migscope {

class MainWindow;
struct WindowParts;

void wire(MainWindow& window, const WindowParts& parts);

} // namespace migscope
