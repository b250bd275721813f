// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One colour, letter and pattern for each state, everywhere the same, in light and dark.
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

#include "core/device/migration_state.h"

namespace migscope {

/// How a state looks. The letter and the pattern are the second channel for eyes that see no hue.
struct StateLook {
    QColor fill;
    QColor ink; ///< text on the fill
    Qt::BrushStyle pattern = Qt::SolidPattern;
    QString letter;
};

/// A value made from a palette: dark or light is read from it (Qt 6.4 has no colour scheme to ask).
/// *Reentrant.*
class Theme {
public:
    [[nodiscard]] static Theme of(const QPalette& palette);

    [[nodiscard]] bool dark() const { return dark_; }
    [[nodiscard]] StateLook state(MigState state) const;
    [[nodiscard]] QColor window() const { return window_; }
    [[nodiscard]] QColor card() const { return card_; } ///< a quiet area on the window
    [[nodiscard]] QColor text() const { return text_; }
    [[nodiscard]] QColor quiet() const; ///< secondary text; still 4.5:1 on the window
    [[nodiscard]] QColor faint() const; ///< what a device lacks
    [[nodiscard]] QColor line() const;  ///< arcs, borders
    [[nodiscard]] QColor path() const;  ///< the path the kernel will walk
    [[nodiscard]] QColor bad() const;   ///< refusals and errors
    [[nodiscard]] QColor warning() const;
    [[nodiscard]] QColor good() const;
    [[nodiscard]] QColor highlight() const { return highlight_; } ///< selection, cursor, focus

private:
    bool dark_ = false;
    QColor window_;
    QColor card_;
    QColor text_;
    QColor highlight_;
};

/// Palettes for pictures and tests; the window itself takes the desktop's.
[[nodiscard]] QPalette lightPalette();
[[nodiscard]] QPalette darkPalette();

/// `share` of `a`, the rest of `b`; share in [0, 1].
[[nodiscard]] QColor mix(const QColor& a, const QColor& b, double share);

} // namespace migscope
