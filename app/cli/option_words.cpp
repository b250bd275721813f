// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words of commands and formats, what a command touches, and small readings of text.
#include "app/cli/options.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace migscope::cli {
namespace {

constexpr std::array<std::pair<Command, const char*>, 15> commandWords{{
    {Command::List, "list"},
    {Command::Show, "show"},
    {Command::Set, "set"},
    {Command::Reset, "reset"},
    {Command::Save, "save"},
    {Command::Load, "load"},
    {Command::Diff, "diff"},
    {Command::Migrate, "migrate"},
    {Command::Report, "report"},
    {Command::Compare, "compare"},
    {Command::Export, "export"},
    {Command::Capture, "capture"},
    {Command::Dirty, "dirty"},
    {Command::Check, "check"},
    {Command::Version, "version"},
}};

} // namespace

std::optional<Command> commandOf(const std::string& word) {
    for (const auto& [command, known] : commandWords) {
        if (word == known)
            return command;
    }
    return std::nullopt;
}

std::optional<ExportFormat> formatOf(const std::string& word) {
    for (const ExportFormat format : {ExportFormat::Csv, ExportFormat::Json, ExportFormat::Trace}) {
        if (word == exportFormatWord(format))
            return format;
    }
    return std::nullopt;
}

std::string commandWord(Command command) {
    for (const auto& [known, word] : commandWords) {
        if (known == command)
            return word;
    }
    return "list";
}

bool touchesDevice(const Options& options) {
    switch (options.command) {
    case Command::Show:
        return options.probe;
    case Command::Check:
        return !options.listChecks;
    case Command::Set:
    case Command::Reset:
    case Command::Save:
    case Command::Load:
    case Command::Migrate:
    case Command::Dirty:
        return true;
    default:
        return false;
    }
}

std::vector<std::string> splitList(const std::string& text) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

Ns fromSeconds(double seconds) {
    // "nan" passes every check of a range.
    return std::isfinite(seconds) ? Ns{std::llround(seconds * 1e9)} : Ns{0};
}

} // namespace migscope::cli
