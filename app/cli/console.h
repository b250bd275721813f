// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The two streams of the program: the document on standard output, everything else on standard error.
#pragma once

#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace migscope::cli {

enum class Colour { Plain, Good, Middling, Bad, Faint, Bold };

/// *Thread-safe.*
class Console {
public:
    /// Borrows both. `out` and `err` are asked whether they are terminals; NO_COLOR is honoured.
    Console(std::FILE* out, std::FILE* err);
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;
    ~Console();

    /// Standard output, as it is. Write errors are kept for finish().
    void print(std::string_view text);
    /// A line on standard error; takes the progress line away first.
    void note(std::string_view text);
    /// The one updating line; nothing when standard error is no terminal. Empty: takes it away.
    void progress(const std::string& text);
    /// Standard error is a terminal.
    [[nodiscard]] bool progressWanted() const { return errTerminal_; }
    /// The text in a colour when standard output is a terminal that has them; else as it is.
    [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;
    /// Flushes; the first error of writing to standard output.
    [[nodiscard]] Result<void> finish();

private:
    void clearProgress();
    std::mutex mutex_;
    std::FILE* out_;
    std::FILE* err_;
    bool outColour_ = false;
    bool errTerminal_ = false;
    bool progressShown_ = false;
    int writeError_ = 0;
};

} // namespace migscope::cli
