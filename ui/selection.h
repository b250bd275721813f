// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one selected event, time cursor and stretch of time of the window, which every view shows and may
// change.
#pragma once

#include <QObject>

#include <cstddef>
#include <optional>

#include "core/base/clock.h"
#include "ui/charts/zoom_stack.h"
#include "ui/run_source.h"

namespace migscope {

/// One event: its index in Recording::events() of its source.
struct Pick {
    SourceId source = 0;
    std::size_t event = 0;
    friend bool operator==(const Pick&, const Pick&) = default;
};

/// A time on the axis of one source, since its recording's t0.
struct TimeCursor {
    SourceId source = 0;
    Ns time{0};
    friend bool operator==(const TimeCursor&, const TimeCursor&) = default;
};

/// A stretch of time on the axis of one source, both ends included.
struct TimeStretch {
    SourceId source = 0;
    TimeRange range;
    friend bool operator==(const TimeStretch&, const TimeStretch&) = default;
};

/// Lives in the GUI thread. Views listen and show; setting what is set already emits nothing, so that two
/// views cannot chase each other.
class Selection : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    [[nodiscard]] const std::optional<Pick>& pick() const { return pick_; }
    [[nodiscard]] const std::optional<TimeCursor>& cursor() const { return cursor_; }
    [[nodiscard]] const std::optional<TimeStretch>& stretch() const { return stretch_; }
    /// Of this source; nullopt for null.
    [[nodiscard]] std::optional<Ns> cursorIn(const RunSourcePtr& source) const;
    [[nodiscard]] std::optional<TimeRange> stretchIn(const RunSourcePtr& source) const;
    void set(const std::optional<Pick>& pick);
    void moveCursor(const std::optional<TimeCursor>& cursor);
    /// Ends in any order; an empty stretch is none.
    void select(const std::optional<TimeStretch>& stretch);

signals:
    void changed();
    void cursorMoved();
    void stretchChanged();

private:
    std::optional<Pick> pick_;
    std::optional<TimeCursor> cursor_;
    std::optional<TimeStretch> stretch_;
};

} // namespace migscope
