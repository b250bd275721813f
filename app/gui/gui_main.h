// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Everything of the window's program but main().
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include "core/base/error.h"
#include "ui/host_session.h"

namespace migscope {

struct GuiExit {
    int code = 0;
    /// A thread is still in the kernel: leave by _exit, do not return from main().
    bool leftBehind = false;
};

/// The command line, parsed.
struct GuiOptions {
    QString backend = QStringLiteral("kernel");
    QString device;
    QString step;        ///< a state to ask for at once, for demonstrations and tests
    QString screenshot;  ///< a file
    QString screenshots; ///< a folder
    QStringList scenes;  ///< of `screenshots`, by name; empty: all
    QString theme;       ///< "light", "dark"; empty: the desktop's
    QStringList render;  ///< recordings to be drawn, without a window; several: compared with the first
    QString renderTo;    ///< the format
    QString renderOut;   ///< the file
    QSize size;
    QStringList recordings;
};

/// Returns when the last window is closed. The windows and QApplication are gone then.
[[nodiscard]] GuiExit guiMain(int argc, char** argv);

/// The composition root as the window wants it.
[[nodiscard]] BackendFactory backendFactory();
/// $XDG_STATE_HOME, or ~/.local/state.
[[nodiscard]] QString stateFolder();

} // namespace migscope
