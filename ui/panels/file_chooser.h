// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a panel asks for a file: a function, so that tests answer instead of a dialog.
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace migscope {

enum class FileUse { Write, Read };
/// An empty path: taken back. Called in the GUI thread; may run an event loop.
using FileChooser = std::function<QString(QWidget* parent, FileUse use, const QString& title)>;

/// The platform's file dialog. It does not ask about replacing: what happens to a file that exists is decided
/// where the act is.
[[nodiscard]] QString chooseFile(QWidget* parent, FileUse use, const QString& title);

/// What a person is asked for a file that is to be written.
struct TargetQuestion {
    QString title;
    QString proposed; ///< a name or a path
    QString kinds;    ///< "SVG picture (*.svg)"
    QString suffix;   ///< put behind a name that has none
};
/// As FileChooser, but an existing file was asked about.
using TargetChooser = std::function<QString(QWidget* parent, const TargetQuestion& question)>;
/// The platform's file dialog.
[[nodiscard]] QString chooseTarget(QWidget* parent, const TargetQuestion& question);

} // namespace migscope
