// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What may wait until a window stands on the screen.
#pragma once

#include <chrono>
#include <functional>

class QWidget;

namespace migscope {

/// Calls `then` once, from the event loop of the GUI thread, after the first painting of `window` and its
/// children, or when `patience` is over (a window that starts minimised is not painted). Never when the
/// window is destroyed before. Two threads that start at once are slower than one after the other: a person
/// waits for the window first.
void oncePainted(QWidget& window, std::chrono::milliseconds patience, std::function<void()> then);

} // namespace migscope
