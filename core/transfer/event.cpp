// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The words of events.
#include "core/transfer/event.h"

#include <array>
#include <limits>

#include "core/transfer/json_text.h"

namespace migscope {

std::string outcomeWord(RunOutcome outcome) {
    switch (outcome) {
    case RunOutcome::Ok:
        return "ok";
    case RunOutcome::Cancelled:
        return "cancelled";
    case RunOutcome::Failed:
        break;
    }
    return "failed";
}

std::uint64_t event::Dirty::dirtyBytes() const {
    const std::uint64_t dirty = dirtyPages();
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return pageBytes != 0 && dirty > most / pageBytes ? most : dirty * pageBytes;
}

std::string_view dmaLogWord(event::DmaLog::Op op) {
    switch (op) {
    case event::DmaLog::Op::Start:
        return "start";
    case event::DmaLog::Op::Report:
        return "report";
    case event::DmaLog::Op::Stop:
        break;
    }
    return "stop";
}

std::string_view eventKind(const Event& event) {
    static constexpr std::array<std::string_view, 19> names{
        "run-begin", "run-end", "arc-begin",  "arc",   "stream", "samples",    "precopy",
        "estimate",  "state",   "reset",      "call",  "wait",   "asked-back", "stuck",
        "mark",      "lost",    "kernel-log", "dirty", "dma-log"};
    static_assert(std::variant_size_v<event::Body> == names.size() + 1);
    if (const auto* unknown = std::get_if<event::Unknown>(&event.body)) {
        std::string_view kind = memberText(unknown->line, "kind");
        if (kind.size() >= 2) // between its quotes
            kind = kind.substr(1, kind.size() - 2);
        return kind;
    }
    return names.at(event.body.index());
}

} // namespace migscope
