// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing recordings (*.migrec): JSON Lines, one event a line.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/transfer/event.h"

namespace migscope {

/// One line each, without the newline. *Reentrant.*
[[nodiscard]] std::string headerLine(const RecordingHeader& header);
[[nodiscard]] std::string eventLine(const Event& event);

/// A line of a recording. The header comes first and the summary last; `line` is only for messages.
struct SummaryLine {
    std::string text; ///< the line as it stands
};
using ParsedLine = std::variant<RecordingHeader, Event, SummaryLine>;
/// Fails with Damaged and names the key. `where` is the file's name and line for messages.
[[nodiscard]] Result<ParsedLine> parseRecordingLine(std::string_view line, bool first,
                                                    const std::string& where);

/// Reads incrementally: from a whole file, a growing one, or a pipe. *Thread-bound.*
class RecordingReader {
public:
    explicit RecordingReader(std::string name);
    /// Feeds more bytes; calls back for each complete line. Stops at the first damaged line (Damaged, with
    /// name:line).
    [[nodiscard]] Result<void> feed(std::string_view bytes, const std::function<void(ParsedLine&&)>& each);
    /// The input ended: what is left is taken when it is a whole line that only lacks its newline. Never
    /// fails for a line that was cut off: it stays in pending().
    [[nodiscard]] Result<void> finish(const std::function<void(ParsedLine&&)>& each);
    /// Bytes after the last newline that never became a line.
    [[nodiscard]] std::size_t pending() const { return rest_.size(); }
    /// What is pending is a whole summary that only lacks its newline.
    [[nodiscard]] bool pendingSummary() const;
    [[nodiscard]] bool sawHeader() const { return sawHeader_; }
    /// The last line so far is the summary.
    [[nodiscard]] bool sawSummary() const { return sawSummary_; }
    /// Lines so far.
    [[nodiscard]] std::size_t lines() const { return line_; }

private:
    [[nodiscard]] Result<void> parse(std::string_view line, const std::function<void(ParsedLine&&)>& each);

    std::string name_;
    std::string rest_;
    std::size_t line_ = 0;
    bool sawHeader_ = false;
    bool sawSummary_ = false;
};

} // namespace migscope
