// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one selected event and the one time cursor of the window.
#include "ui/selection.h"

namespace migscope {

void Selection::set(const std::optional<Pick>& pick) {
    if (pick_ == pick)
        return;
    pick_ = pick;
    emit changed();
}

void Selection::moveCursor(const std::optional<TimeCursor>& cursor) {
    if (cursor_ == cursor)
        return;
    cursor_ = cursor;
    emit cursorMoved();
}

} // namespace migscope
