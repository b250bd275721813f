// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The program `migscope`: the window.
#include <unistd.h>

#include "app/gui/gui_main.h"

int main(int argc, char** argv) {
    const migscope::GuiExit done = migscope::guiMain(argc, argv);
    // A thread that the kernel holds cannot be joined, and destroying what it may come back to is not safe.
    // By now the journal is closed and the window is gone from the screen.
    if (done.leftBehind)
        ::_exit(done.code);
    return done.code;
}
