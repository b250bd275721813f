// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing to the two streams; terminals get colours and an updating line.
#include "app/cli/console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace migscope::cli {
namespace {

bool isTerminal(std::FILE* file) {
    const int fd = fileno(file);
    return fd >= 0 && ::isatty(fd) == 1;
}

bool coloursWanted() {
    const char* noColour = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return (noColour == nullptr || *noColour == '\0') && term != nullptr && std::string_view(term) != "dumb";
}

std::size_t columns(std::FILE* terminal) {
    winsize size{};
    if (::ioctl(fileno(terminal), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}

const char* sequence(Colour colour) {
    switch (colour) {
    case Colour::Good:
        return "\033[32m";
    case Colour::Middling:
        return "\033[33m";
    case Colour::Bad:
        return "\033[31m";
    case Colour::Faint:
        return "\033[2m";
    case Colour::Bold:
        return "\033[1m";
    case Colour::Plain:
        break;
    }
    return "";
}

} // namespace

Console::Console(std::FILE* out, std::FILE* err)
    : out_(out), err_(err), outColour_(isTerminal(out) && coloursWanted()), errTerminal_(isTerminal(err)) {}

Console::~Console() {
    const std::scoped_lock lock(mutex_);
    clearProgress();
}

void Console::print(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    clearProgress();
    if (std::fwrite(text.data(), 1, text.size(), out_) != text.size() && writeError_ == 0)
        writeError_ = errno == 0 ? EIO : errno;
}

void Console::note(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    clearProgress();
    // What was said before belongs before it, also when both go to one terminal or file.
    std::fflush(out_);
    const std::string line = fmt::format("{}\n", text);
    std::fwrite(line.data(), 1, line.size(), err_);
    std::fflush(err_);
}

void Console::progress(const std::string& text) {
    if (!errTerminal_)
        return;
    const std::scoped_lock lock(mutex_);
    if (text.empty()) {
        clearProgress();
        return;
    }
    // A line that wraps could not be taken away again.
    std::size_t end = 0;
    for (std::size_t cells = 0; end < text.size(); ++end) {
        if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U && ++cells >= columns(err_))
            break;
    }
    const std::string line = fmt::format("\r\033[K{}", std::string_view(text).substr(0, end));
    std::fwrite(line.data(), 1, line.size(), err_);
    std::fflush(err_);
    progressShown_ = true;
}

void Console::clearProgress() {
    if (!progressShown_)
        return;
    std::fputs("\r\033[K", err_);
    std::fflush(err_);
    progressShown_ = false;
}

std::string Console::paint(Colour colour, std::string_view text) const {
    if (!outColour_ || colour == Colour::Plain)
        return std::string(text);
    return fmt::format("{}{}\033[0m", sequence(colour), text);
}

Result<void> Console::finish() {
    const std::scoped_lock lock(mutex_);
    clearProgress();
    if (std::fflush(out_) != 0 && writeError_ == 0)
        writeError_ = errno;
    if (writeError_ != 0)
        return failErrno(writeError_, "write", "standard output");
    return {};
}

} // namespace migscope::cli
