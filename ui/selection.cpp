// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one selected event, time cursor and stretch of time of the window.
#include "ui/selection.h"

#include <utility>

namespace migscope {

std::optional<Ns> Selection::cursorIn(const RunSourcePtr& source) const {
    return source && cursor_ && cursor_->source == source->id() ? std::optional(cursor_->time) : std::nullopt;
}

std::optional<TimeRange> Selection::stretchIn(const RunSourcePtr& source) const {
    return source && stretch_ && stretch_->source == source->id() ? std::optional(stretch_->range)
                                                                  : std::nullopt;
}

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

void Selection::select(const std::optional<TimeStretch>& stretch) {
    std::optional<TimeStretch> wanted = stretch;
    if (wanted && wanted->range.from > wanted->range.to)
        std::swap(wanted->range.from, wanted->range.to);
    if (wanted && wanted->range.length() <= Ns{0})
        wanted.reset();
    if (stretch_ == wanted)
        return;
    stretch_ = wanted;
    emit stretchChanged();
}

} // namespace migscope
