// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The shape that the side panels share: a column of rows that scrolls only up and down.
#pragma once

class QScrollArea;
class QVBoxLayout;

namespace migscope {

/// Gives `area` a content widget with a vertical layout, and returns that layout. GUI thread.
[[nodiscard]] QVBoxLayout* makeScrollColumn(QScrollArea& area);

} // namespace migscope
