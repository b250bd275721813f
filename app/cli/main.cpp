// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The headless twin of the window.
#include <cstdio>
#include <string>
#include <vector>

#include "app/cli/command.h"

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv, argv + argc);
    return migscope::cli::runCli({words.begin() + (words.empty() ? 0 : 1), words.end()}, stdout, stderr);
}
