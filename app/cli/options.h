// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the command line asked for, as a plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/device/dma_range.h"
#include "core/device/migration_state.h"
#include "core/transfer/plan.h"
#include "core/transfer/recording_export.h"

namespace migscope::cli {

enum class Command {
    List,
    Show,
    Set,
    Reset,
    Save,
    Load,
    Diff,
    Migrate,
    Report,
    Compare,
    Export,
    Capture,
    Dirty,
    Check,
    Version
};

enum class CheckFormat { Text, Ktap, Junit };

struct Options {
    Command command = Command::List;
    std::string backend = "kernel";
    bool json = false;

    std::string device; ///< show, set, reset, save, load: as the user typed it
    bool probe = false;
    std::vector<MigState> states; ///< set
    bool combined = false;
    bool hold = false;
    std::string file; ///< save's, load's and diff's image, report's and export's recording, capture's folder
    std::string otherFile; ///< diff's second image
    bool raw = false;
    bool force = false;
    bool run = false;                    ///< load --run
    std::vector<std::string> recordings; ///< compare: the first is the base unless `baseline` is
    std::string baseline;
    bool pool = false;         ///< compare: all recordings are one side
    bool withoutFirst = false; ///< compare: the first run of each recording is left out
    std::vector<std::string> sources;
    std::vector<std::string> destinations;
    CopyMode mode = CopyMode::Auto;
    PreCopyLimits limits;
    std::uint32_t runs = 1;
    std::optional<Ns> budget;
    std::string record; ///< empty: memory only; "-": standard output
    bool detailCalls = false;
    std::vector<std::pair<std::string, std::string>> hooks; ///< phase and shell command
    std::vector<DmaRange> ranges;                           ///< dirty
    std::uint64_t pageBytes = 0;                            ///< dirty
    Ns interval{0};                                         ///< dirty: from one report to the next
    std::uint32_t dirtyRounds = 0; ///< dirty: 0 until Ctrl-C; with `sweep` reports of each size
    bool sweep = false;            ///< dirty: cost by size instead of pages
    bool listChecks = false;       ///< check --list
    std::string peer;              ///< check; empty: none
    std::vector<std::string> checkIds;
    std::vector<std::string> checkClasses; ///< "passive", …
    std::vector<std::string> hostile;      ///< devices that junk may be written into, as the user typed them
    CheckFormat checkFormat = CheckFormat::Text;
    ExportFormat format = ExportFormat::Csv;
    std::string out; ///< empty: standard output
    /// How long a call may be under way before the program gives the device up; absent: until Ctrl-C.
    std::optional<Ns> maxStuck;
};

/// Text that was asked for (--help): exit 0.
struct HelpText {
    std::string text;
};
struct UsageError {
    std::string text; ///< what is wrong, one line
    std::string next; ///< what to type instead, one line
    bool json = false;
};
using Parsed = std::variant<Options, HelpText, UsageError>;

/// `arguments` without the program's name. *Reentrant.*
[[nodiscard]] Parsed parseOptions(const std::vector<std::string>& arguments);

/// "show", "migrate", …
[[nodiscard]] std::string commandWord(Command command);
[[nodiscard]] std::optional<Command> commandOf(const std::string& word);
[[nodiscard]] std::optional<ExportFormat> formatOf(const std::string& word);
/// Between its commas; an empty text is one empty part. *Reentrant.*
[[nodiscard]] std::vector<std::string> splitList(const std::string& text);
/// 0 for what is no number. *Reentrant.*
[[nodiscard]] Ns fromSeconds(double seconds);
/// The command opens a device (and so resets its function).
[[nodiscard]] bool touchesDevice(const Options& options);

} // namespace migscope::cli
