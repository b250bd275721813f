// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Saves recordings.
#include "core/transfer/recording_save.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>
#include <vector>

#include "core/transfer/recording_io.h"
#include "core/transfer/target_file.h"

namespace migscope {
namespace {

constexpr const char* what = "save recording";
constexpr std::size_t blockBytes = 256U << 10U;
constexpr std::size_t samplesALine = 500;
/// Copied under the lock at a time; formatting happens outside.
constexpr std::size_t slice = 4096;

/// One stream's samples on their way into lines.
struct StreamCursor {
    std::size_t next = 0;
    std::size_t end = 0;   ///< samples when the saving began
    std::size_t place = 0; ///< in SampleColumns::places
};

class MemoryWriter {
public:
    MemoryWriter(const LookAtRecording& look, const std::function<Result<void>(std::string_view)>& out,
                 const SaveProgress& progress)
        : look_(look), out_(out), progress_(progress) {}

    Result<void> run() {
        std::string head;
        look_([&](const Recording& recording) {
            head = headerLine(recording.header()) + '\n';
            events_ = recording.events().size();
            complete_ = recording.complete;
            total_ = events_;
            for (const auto& [stream, columns] : recording.samples()) {
                streams_[stream].end = columns.size();
                total_ += columns.size();
            }
        });
        if (head.empty())
            return fail(Errc::Incomplete, what, {}, "it has no header");
        if (auto done = out_(head); !done)
            return done;
        for (std::size_t event = 0; event <= events_;) {
            const std::size_t from = event;
            std::vector<Event> lines = nextLines(event);
            if (lines.empty() && event == from)
                break;
            if (auto done = write(lines); !done)
                return done;
        }
        return complete_ ? summary() : Result<void>{};
    }

private:
    /// The next events and samples in order, about a slice of them; moves `event` on.
    std::vector<Event> nextLines(std::size_t& event) {
        std::vector<Event> lines;
        std::size_t weight = 0;
        look_([&](const Recording& recording) {
            while (weight < slice) {
                if (const std::size_t taken = samplesBefore(recording, event, lines); taken > 0) {
                    weight += taken;
                    continue;
                }
                if (event >= events_) {
                    event = events_ + 1; // and the samples behind the last one are out
                    return;
                }
                lines.push_back(recording.events()[event++]);
                ++weight;
            }
        });
        done_ += weight;
        return lines;
    }

    /// One line of samples that stands before events()[event]; returns how many samples it has.
    std::size_t samplesBefore(const Recording& recording, std::size_t event, std::vector<Event>& lines) {
        for (auto& [stream, cursor] : streams_) {
            const SampleColumns& columns = recording.samples().at(stream);
            if (cursor.next >= cursor.end)
                continue;
            while (cursor.place + 1 < columns.places.size() &&
                   columns.places[cursor.place + 1].sample <= cursor.next)
                ++cursor.place;
            if (columns.places[cursor.place].event > event)
                continue;
            const std::size_t limit = cursor.place + 1 < columns.places.size()
                                          ? columns.places[cursor.place + 1].sample
                                          : columns.size();
            const std::size_t to = std::min({limit, cursor.end, cursor.next + samplesALine});
            event::Samples samples{stream, {}, {}, {}, {}};
            for (std::size_t at = cursor.next; at < to; ++at) {
                samples.time.push_back(columns.time()[at]);
                samples.bytes.push_back(columns.bytes()[at]);
                samples.source.push_back(columns.source()[at]);
                samples.destination.push_back(columns.destination()[at]);
            }
            Event line;
            line.time = samples.time.back();
            line.device = columns.device;
            line.run = columns.run;
            const std::size_t count = to - cursor.next;
            line.body = std::move(samples);
            lines.push_back(std::move(line));
            cursor.next = to;
            return count;
        }
        return 0;
    }

    Result<void> write(const std::vector<Event>& lines) {
        std::string text;
        for (const Event& line : lines) {
            text += eventLine(line);
            text += '\n';
        }
        if (auto written = out_(text); !written)
            return written;
        if (progress_ && !progress_(done_, total_))
            return fail(Errc::Cancelled, what, {});
        return {};
    }

    Result<void> summary() {
        std::string line;
        look_([&](const Recording& recording) { line = summaryLine(recording) + '\n'; });
        return out_(line);
    }

    const LookAtRecording& look_;
    const std::function<Result<void>(std::string_view)>& out_;
    const SaveProgress& progress_;
    std::map<std::uint32_t, StreamCursor> streams_;
    std::size_t events_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    bool complete_ = false;
};

/// How many bytes of [0, size) end with a whole line.
Result<std::uint64_t> wholeLinesOf(int from, std::uint64_t size, const std::string& path) {
    std::string block(blockBytes, '\0');
    while (size > 0) {
        const std::uint64_t begin = size > block.size() ? size - block.size() : 0;
        const ssize_t got = ::pread(from, block.data(), size - begin, static_cast<off_t>(begin));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "read recording", path);
        const std::size_t last = std::string_view(block).substr(0, static_cast<std::size_t>(got)).rfind('\n');
        if (last != std::string_view::npos)
            return begin + last + 1;
        size = begin;
    }
    return std::uint64_t{0};
}

} // namespace

Result<void> writeRecording(const LookAtRecording& look,
                            const std::function<Result<void>(std::string_view)>& out,
                            const SaveProgress& progress) {
    return MemoryWriter(look, out, progress).run();
}

Result<void> saveRecording(const LookAtRecording& look, const std::string& path,
                           const SaveProgress& progress) {
    TargetFile target(path, what);
    if (auto opened = target.open(); !opened)
        return opened;
    if (auto written = writeRecording(
            look, [&](std::string_view text) { return target.write(text); }, progress);
        !written) {
        if (written.error().where.empty())
            written.error().where = path;
        return written;
    }
    return target.place();
}

Result<void> saveRecordingFile(int from, bool wholeLines, const std::string& path,
                               const SaveProgress& progress) {
    struct stat facts{};
    if (::fstat(from, &facts) != 0)
        return failErrno(errno, what, path);
    struct stat there{};
    if (::stat(path.c_str(), &there) == 0 && there.st_dev == facts.st_dev && there.st_ino == facts.st_ino)
        return fail(Errc::Refused, what, path, "it is this recording's own file");
    auto total = static_cast<std::uint64_t>(facts.st_size);
    if (wholeLines) {
        auto whole = wholeLinesOf(from, total, path);
        if (!whole)
            return std::unexpected(std::move(whole.error()));
        total = *whole;
    }
    TargetFile target(path, what);
    if (auto opened = target.open(); !opened)
        return opened;
    std::string block(blockBytes, '\0');
    for (std::uint64_t done = 0; done < total;) {
        const auto want = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), total - done));
        const ssize_t got = ::pread(from, block.data(), want, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, what, path);
        if (got == 0)
            return fail(Errc::Incomplete, what, path, "the recording's file became shorter");
        if (auto written = target.write(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
            !written)
            return written;
        done += static_cast<std::uint64_t>(got);
        if (progress && !progress(done, total))
            return fail(Errc::Cancelled, what, path);
    }
    return target.place();
}

} // namespace migscope
