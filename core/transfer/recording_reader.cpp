// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Cuts bytes into lines and gives them to the parser.
#include <fmt/format.h>

#include "core/transfer/recording_io.h"

namespace migscope {
namespace {

/// No line that we write comes near it; a file without newlines must not fill the memory.
constexpr std::size_t longestLine = 16U << 20U;

} // namespace

RecordingReader::RecordingReader(std::string name) : name_(std::move(name)) {}

Result<void> RecordingReader::feed(std::string_view bytes, const std::function<void(ParsedLine&&)>& each) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        if (rest_.size() + part.size() > longestLine)
            return fail(Errc::Damaged, "read recording", fmt::format("{}:{}", name_, ++line_),
                        "the line is too long for a recording");
        if (end == std::string_view::npos) {
            rest_.append(part);
            return {};
        }
        bytes.remove_prefix(end + 1);
        std::string_view line = part;
        if (!rest_.empty()) {
            rest_.append(part);
            line = rest_;
        }
        if (auto done = parse(line, each); !done)
            return done;
        rest_.clear();
    }
    return {};
}

Result<void> RecordingReader::finish(const std::function<void(ParsedLine&&)>& each) {
    // A cut-off line is no JSON object; one that only lost its newline is whole.
    if (rest_.empty())
        return {};
    if (parse(rest_, each))
        rest_.clear();
    else
        --line_; // it never became one
    return {};
}

bool RecordingReader::pendingSummary() const {
    if (!sawHeader_ || rest_.find_last_not_of(" \t\r") == std::string::npos ||
        rest_[rest_.find_last_not_of(" \t\r")] != '}')
        return false;
    const auto parsed = parseRecordingLine(rest_, false, name_);
    return parsed && std::holds_alternative<SummaryLine>(*parsed);
}

Result<void> RecordingReader::parse(std::string_view line, const std::function<void(ParsedLine&&)>& each) {
    ++line_;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos)
        return {};
    auto parsed = parseRecordingLine(line, !sawHeader_, fmt::format("{}:{}", name_, line_));
    if (!parsed)
        return std::unexpected(std::move(parsed.error()));
    sawHeader_ = true;
    sawSummary_ = std::holds_alternative<SummaryLine>(*parsed);
    each(std::move(*parsed));
    return {};
}

} // namespace migscope
