// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The colours: from the Okabe-Ito family, tuned so that the ink on each fill reads in light and dark.
#include "ui/theme.h"

#include <algorithm>

namespace migscope {

QColor mix(const QColor& a, const QColor& b, double share) {
    const double part = std::clamp(share, 0.0, 1.0);
    const auto blend = [part](int x, int y) { return static_cast<int>(x * part + y * (1.0 - part) + 0.5); };
    return {blend(a.red(), b.red()), blend(a.green(), b.green()), blend(a.blue(), b.blue())};
}

Theme Theme::of(const QPalette& palette) {
    Theme theme;
    theme.window_ = palette.color(QPalette::Window);
    theme.card_ = palette.color(QPalette::Base);
    theme.text_ = palette.color(QPalette::WindowText);
    theme.highlight_ = palette.color(QPalette::Highlight);
    theme.dark_ = theme.window_.lightness() < theme.text_.lightness();
    return theme;
}

StateLook Theme::state(MigState state) const {
    const QColor black(0x10, 0x14, 0x18);
    const QColor white(0xff, 0xff, 0xff);
    const auto look = [&](const char* light, const char* dark, bool blackInkInLight, Qt::BrushStyle pattern,
                          const char* letter) {
        return StateLook{QColor(QLatin1String(dark_ ? dark : light)),
                         dark_ || blackInkInLight ? black : white, pattern, QString::fromLatin1(letter)};
    };
    switch (state) {
    case MigState::Running:
        return look("#007f5c", "#2bbd92", false, Qt::SolidPattern, "R");
    case MigState::RunningP2p:
        return look("#137a80", "#45b9be", false, Qt::BDiagPattern, "R2");
    case MigState::PreCopy:
        return look("#0067a6", "#5fb2ee", false, Qt::SolidPattern, "P");
    case MigState::PreCopyP2p:
        return look("#4a55b5", "#95a2f2", false, Qt::BDiagPattern, "P2");
    case MigState::Stop:
        return look("#5d6872", "#a4afb9", false, Qt::SolidPattern, "S");
    case MigState::StopCopy:
        return look("#e69f00", "#f0b238", true, Qt::DiagCrossPattern, "SC");
    case MigState::Resuming:
        return look("#8f4a8b", "#d398ce", false, Qt::FDiagPattern, "L");
    case MigState::Error:
        break;
    }
    return look("#b92d16", "#f27a63", false, Qt::Dense6Pattern, "E");
}

QColor Theme::quiet() const {
    return mix(text_, window_, dark_ ? 0.70 : 0.72);
}
QColor Theme::faint() const {
    return mix(text_, window_, 0.42);
}
QColor Theme::line() const {
    return mix(text_, window_, 0.34);
}
QColor Theme::path() const {
    return text_;
}
QColor Theme::bad() const {
    return dark_ ? QColor(0xf5, 0x8f, 0x7b) : QColor(0xa8, 0x25, 0x10);
}
QColor Theme::warning() const {
    return dark_ ? QColor(0xf0, 0xb2, 0x38) : QColor(0x8a, 0x5a, 0x00);
}
QColor Theme::good() const {
    return dark_ ? QColor(0x45, 0xc8, 0x9e) : QColor(0x00, 0x74, 0x54);
}

namespace {

QPalette paletteOf(const QColor& window, const QColor& base, const QColor& alternate, const QColor& button,
                   const QColor& text, const QColor& highlight, const QColor& highlightedText) {
    QPalette palette;
    palette.setColor(QPalette::Window, window);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, alternate);
    palette.setColor(QPalette::Button, button);
    palette.setColor(QPalette::ToolTipBase, base);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, text);
    palette.setColor(QPalette::PlaceholderText, mix(text, base, 0.6));
    palette.setColor(QPalette::Highlight, highlight);
    palette.setColor(QPalette::HighlightedText, highlightedText);
    palette.setColor(QPalette::Link, highlight);
    palette.setColor(QPalette::Light, mix(button, Qt::white, 0.8));
    palette.setColor(QPalette::Midlight, mix(button, Qt::white, 0.9));
    palette.setColor(QPalette::Mid, mix(button, Qt::black, 0.8));
    palette.setColor(QPalette::Dark, mix(button, Qt::black, 0.65));
    palette.setColor(QPalette::Shadow, mix(button, Qt::black, 0.35));
    const QColor disabled = mix(text, window, 0.5);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, disabled);
    return palette;
}

} // namespace

QPalette lightPalette() {
    return paletteOf({0xef, 0xf1, 0xf3}, {0xff, 0xff, 0xff}, {0xf5, 0xf7, 0xf8}, {0xf2, 0xf4, 0xf5},
                     {0x1b, 0x22, 0x29}, {0x1f, 0x5f, 0x8f}, {0xff, 0xff, 0xff});
}

QPalette darkPalette() {
    // Fields are lighter than the window: Fusion draws their frames darker than it, and they must be seen.
    return paletteOf({0x1f, 0x23, 0x28}, {0x29, 0x2e, 0x34}, {0x2e, 0x33, 0x39}, {0x36, 0x3c, 0x43},
                     {0xe4, 0xe8, 0xeb}, {0x3d, 0x7d, 0xae}, {0xff, 0xff, 0xff});
}

} // namespace migscope
