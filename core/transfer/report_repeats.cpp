// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second stream that moved nothing.
#include <map>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/transfer/report_values.h"

namespace migscope {
namespace {

/// What a device's first whole stream moved.
struct First {
    int run = 0;
    std::uint32_t stream = 0;
    std::uint64_t bytes = 0;
};

void runRepeats(const Recording& recording, std::vector<EmptyRepeat>& found) {
    std::map<int, First> first;
    for (const RunMetrics& run : recording.metrics().runs()) {
        if (run.outcome != RunOutcome::Ok)
            continue;
        for (const PairMetrics& pair : run.pairs) {
            if (!pair.pair.source || !pair.streamSeen)
                continue;
            const auto [at, isFirst] =
                first.try_emplace(*pair.pair.source, First{run.run, 0, pair.stateBytes});
            if (!isFirst && pair.stateBytes == 0 && at->second.bytes > 0)
                found.push_back({*pair.pair.source, run.run, at->second.run, 0, 0, at->second.bytes});
        }
    }
}

void handRepeats(const Recording& recording, std::vector<EmptyRepeat>& found) {
    std::map<int, First> first;
    for (const Event& event : recording.events()) {
        const auto* body = std::get_if<event::Stream>(&event.body);
        if (event.run || !event.device || body == nullptr || !body->save ||
            body->what != event::StreamWhat::Eof)
            continue;
        const auto samples = recording.samples().find(body->stream);
        const std::uint64_t bytes = samples == recording.samples().end() ? 0 : samples->second.totalBytes();
        const auto [at, isFirst] = first.try_emplace(*event.device, First{0, body->stream, bytes});
        // Asked again at its end a stream says so again.
        if (!isFirst && at->second.stream != body->stream && bytes == 0 && at->second.bytes > 0)
            found.push_back({*event.device, {}, {}, body->stream, at->second.stream, at->second.bytes});
    }
}

} // namespace

std::vector<EmptyRepeat> emptyRepeats(const Recording& recording) {
    std::vector<EmptyRepeat> found;
    runRepeats(recording, found);
    handRepeats(recording, found);
    return found;
}

std::string emptyRepeatText(const Recording& recording, const EmptyRepeat& repeat) {
    const std::string device = escapeText(reportDeviceName(recording.header(), repeat.source));
    const std::string moved = formatBytes(repeat.firstBytes);
    if (repeat.run)
        return fmt::format("run {} moved 0 bytes, run {} moved {}: {} gave no state", *repeat.run,
                           repeat.firstRun.value_or(0), moved, device);
    return fmt::format("stream {} moved 0 bytes, stream {} moved {}: {} gave no state", repeat.stream,
                       repeat.firstStream, moved, device);
}

} // namespace migscope
