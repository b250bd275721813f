// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A note on the time line, a stretch of a recording.
#include "core/transfer/recording_edit.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/unique_fd.h"
#include "core/transfer/chart_content.h"
#include "core/transfer/journal_file.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/target_file.h"

namespace migscope {
namespace {

constexpr const char* act = "add a mark";
constexpr std::size_t blockBytes = 256U << 10U;

/// Copies lines one behind the other; the last whole one is held back, since the mark goes before a summary.
class MarkedCopy {
public:
    MarkedCopy(TargetFile& target, const std::string& path) : target_(target), path_(path) {}

    Result<void> feed(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::size_t newline = bytes.find('\n');
            const std::size_t size = newline == std::string_view::npos ? bytes.size() : newline + 1;
            line_.append(bytes.substr(0, size));
            bytes.remove_prefix(size);
            if (newline == std::string_view::npos)
                break;
            if (auto done = next(); !done)
                return done;
        }
        return {};
    }
    Result<void> finish(const std::string& mark) {
        if (lines_ == 0)
            return fail(Errc::Damaged, act, path_, "it has no header");
        // A last line without its newline: whole when it parses, else cut off and dropped (as a reader does).
        if (!line_.empty() && parseRecordingLine(line_, false, path_)) {
            line_ += '\n';
            if (auto done = next(); !done)
                return done;
        }
        const auto last =
            parseRecordingLine(std::string_view(held_).substr(0, held_.size() - 1), lines_ == 1, path_);
        if (!last)
            return std::unexpected(last.error());
        const bool summary = std::holds_alternative<SummaryLine>(*last);
        return target_.write(summary ? mark + '\n' + held_ : held_ + mark + '\n');
    }

private:
    Result<void> next() {
        if (lines_ == 0) {
            const auto header =
                parseRecordingLine(std::string_view(line_).substr(0, line_.size() - 1), true, path_ + ":1");
            if (!header)
                return std::unexpected(header.error());
        }
        ++lines_;
        std::swap(held_, line_);
        if (lines_ > 1) {
            if (auto done = target_.write(line_); !done)
                return done;
        }
        line_.clear();
        return {};
    }
    TargetFile& target_;
    const std::string& path_;
    std::string held_; ///< the last whole line
    std::string line_;
    std::size_t lines_ = 0;
};

/// Feeds a part of a recording into a new one, in the order in which it became known.
class Cutter {
public:
    Cutter(const Recording& from, Recording& into) : from_(from), into_(into) {
        for (const auto& [stream, columns] : from.samples())
            next_[stream] = 0;
    }

    void run(Ns from, Ns to, const std::set<std::size_t>& kept) {
        const auto& events = from_.events();
        for (std::size_t at = 0; at < events.size(); ++at) {
            samples(at, from, to);
            if (kept.contains(at))
                into_.apply(events[at]);
        }
        samples(events.size(), from, to);
    }

private:
    /// Those that stand before events()[event].
    void samples(std::size_t event, Ns from, Ns to) {
        for (auto& [stream, place] : next_) {
            const SampleColumns& columns = from_.samples().at(stream);
            for (; place < columns.places.size() && columns.places[place].event <= event; ++place) {
                const std::size_t begin = columns.places[place].sample;
                const std::size_t end =
                    place + 1 < columns.places.size() ? columns.places[place + 1].sample : columns.size();
                event::Samples part;
                part.stream = stream;
                for (std::size_t at = begin; at < end; ++at) {
                    if (columns.time()[at] < from || columns.time()[at] > to)
                        continue;
                    part.time.push_back(columns.time()[at]);
                    part.bytes.push_back(columns.bytes()[at]);
                    part.source.push_back(columns.source()[at]);
                    part.destination.push_back(columns.destination()[at]);
                }
                if (part.time.empty())
                    continue;
                Event line;
                line.time = part.time.back();
                line.device = columns.device;
                line.run = columns.run;
                line.body = std::move(part);
                into_.apply(std::move(line));
            }
        }
    }
    const Recording& from_;
    Recording& into_;
    std::map<std::uint32_t, std::size_t> next_; ///< place of each stream
};

/// What tells in which state a device stands.
bool tellsState(const Event& event) {
    return std::holds_alternative<event::ArcEnd>(event.body) ||
           std::holds_alternative<event::Reset>(event.body) ||
           std::holds_alternative<event::StateMoved>(event.body);
}

/// Indexes of the events that a cut needs: those inside, and what the inside rests on.
std::set<std::size_t> eventsOf(const Recording& recording, Ns from, Ns to) {
    std::set<std::size_t> kept;
    std::map<int, std::size_t> lastState;
    std::map<int, std::size_t> runBegins;
    std::map<std::uint32_t, std::size_t> streams;
    std::set<int> runsInside;
    std::set<std::uint32_t> streamsInside;
    const auto& events = recording.events();
    for (std::size_t at = 0; at < events.size(); ++at) {
        const Event& event = events[at];
        const EventSpan span = spanOf(event);
        if (const auto* stream = std::get_if<event::Stream>(&event.body);
            stream != nullptr && stream->what == event::StreamWhat::Open)
            streams[stream->stream] = at;
        if (event.run && std::holds_alternative<event::RunBegin>(event.body))
            runBegins[*event.run] = at;
        if (span.end >= from && span.begin <= to) {
            kept.insert(at);
            if (event.run)
                runsInside.insert(*event.run);
            if (const auto* stream = std::get_if<event::Stream>(&event.body))
                streamsInside.insert(stream->stream);
        } else if (span.end < from && event.device && tellsState(event)) {
            lastState[*event.device] = at;
        }
    }
    for (const auto& [id, columns] : recording.samples()) {
        if (columns.bytesBefore(from) != columns.bytesBefore(to + Ns{1}))
            streamsInside.insert(id);
    }
    for (const auto& [device, at] : lastState)
        kept.insert(at);
    for (const int run : runsInside) {
        if (const auto begin = runBegins.find(run); begin != runBegins.end())
            kept.insert(begin->second);
    }
    for (const std::uint32_t stream : streamsInside) {
        if (const auto opened = streams.find(stream); opened != streams.end())
            kept.insert(opened->second);
    }
    // A run that began before has lost its stamps: its end would give figures of a part as those of the
    // whole.
    std::erase_if(kept, [&](std::size_t at) {
        const Event& event = events[at];
        if (!std::holds_alternative<event::RunEnd>(event.body) || !event.run)
            return false;
        const auto begin = runBegins.find(*event.run);
        return begin == runBegins.end() || spanOf(events[begin->second]).begin < from;
    });
    return kept;
}

} // namespace

Event markEvent(Ns time, const std::string& text) {
    Event event;
    event.time = time;
    event.source = "user";
    event.body = event::Mark{text};
    return event;
}

Result<void> addMark(const std::string& path, Ns time, const std::string& text) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid())
        return failErrno(errno, act, path);
    if (heldByRecorder(file.get()))
        return fail(Errc::Refused, act, path, "it is still being recorded");
    TargetFile target(path, act);
    if (auto opened = target.open(); !opened)
        return opened;
    MarkedCopy copy(target, path);
    std::string block(blockBytes, '\0');
    for (;;) {
        const ssize_t got = ::read(file.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, act, path);
        if (got == 0)
            break;
        if (auto fed = copy.feed(std::string_view(block).substr(0, static_cast<std::size_t>(got))); !fed)
            return fed;
    }
    if (auto finished = copy.finish(eventLine(markEvent(time, text))); !finished)
        return finished;
    return target.place();
}

std::shared_ptr<Recording> cutRecording(const Recording& recording, Ns from, Ns to, const std::string& name) {
    auto cut = std::make_shared<Recording>(recording.header());
    Cutter(recording, *cut).run(from, to, eventsOf(recording, from, to));
    cut->apply(markEvent(
        from, fmt::format("cut from {}: {} to {}", name, formatDuration(from), formatDuration(to))));
    const auto& runs = cut->metrics().runs();
    cut->complete = recording.complete && std::all_of(runs.begin(), runs.end(), [](const RunMetrics& run) {
                        return run.outcome.has_value();
                    });
    return cut;
}

} // namespace migscope
