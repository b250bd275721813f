// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the state grid offers and what each step costs: pure functions of a session's state.
#pragma once

#include <QString>

#include <array>
#include <optional>
#include <vector>

#include "core/device/migration_state.h"
#include "core/transfer/device_session.h"

namespace migscope {

/// Where a state stands on the grid: columns are how alive the device is, rows which session is open.
struct GridPlace {
    int column = 0;
    int row = 0;
};
inline constexpr int gridColumns = 4;
inline constexpr int gridRows = 2;
[[nodiscard]] GridPlace placeOf(MigState state);
[[nodiscard]] std::optional<MigState> stateAt(int column, int row);

/// What the grid shows: a session's state, or that there is none.
struct GridView {
    bool open = false;
    QString whyClosed; ///< "Open the device to drive it."
    SessionState session;
    Ns now{0};

    [[nodiscard]] MigFlags flags() const;
    [[nodiscard]] std::optional<MigState> current() const;
    [[nodiscard]] bool busy() const; ///< works or is stuck
    [[nodiscard]] bool stuck() const;
    /// A stream that a click opened and that still has something to lose.
    [[nodiscard]] bool streamAlive() const;
};

/// What a press on a state would do.
struct Offer {
    bool possible = false;
    bool asksFirst = false; ///< a stream is lost: press twice
    std::vector<Arc> path;  ///< what lights up; also while the kernel walks it
    QString words;          ///< the path and its price, or why not
};
[[nodiscard]] Offer offerFor(const GridView& view, MigState goal);

/// Columns that the kernel jumps over for a device without P2P are crossed by the line all the same: the
/// places that the drawn line of an arc touches, ends included.
[[nodiscard]] std::vector<GridPlace> lineOf(MigState from, MigState to);

/// What stays written at a state: where the device stands, or that and how it refused.
struct StateNote {
    QString text;
    bool bad = false;
};
[[nodiscard]] StateNote noteFor(const GridView& view, MigState state);

/// The sentence under the grid when nothing is pointed at: stuck, working, the last refusal with what helps.
struct GridStatus {
    QString text;
    bool bad = false;
};
[[nodiscard]] GridStatus statusOf(const GridView& view);

} // namespace migscope
