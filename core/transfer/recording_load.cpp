// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Loads a recording from a file, streaming.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "core/base/unique_fd.h"
#include "core/transfer/recording.h"
#include "core/transfer/recording_io.h"
#include "core/transfer/summary_compare.h"

namespace migscope {
namespace {

constexpr std::size_t blockBytes = 256U << 10U;

struct Loading {
    std::shared_ptr<Recording> recording;
    std::string summary;
    std::size_t behindSummary = 0;

    void take(ParsedLine&& line) {
        if (auto* header = std::get_if<RecordingHeader>(&line)) {
            recording = std::make_shared<Recording>(std::move(*header));
        } else if (auto* end = std::get_if<SummaryLine>(&line)) {
            summary = std::move(end->text);
            behindSummary = 0;
        } else {
            if (!summary.empty())
                ++behindSummary;
            recording->apply(std::move(std::get<Event>(line)));
        }
    }
};

void conclude(Loading& loading, const RecordingReader& reader) {
    Recording& recording = *loading.recording;
    recording.complete = reader.sawSummary() && reader.pending() == 0;
    if (reader.pending() > 0)
        recording.notes.push_back(fmt::format("cut off in line {}: shown up to line {}, the last whole one",
                                              reader.lines(), reader.lines() - 1));
    else if (loading.summary.empty())
        recording.notes.push_back(
            fmt::format("ends without a summary after line {}: the recorder was cut short", reader.lines()));
    else if (loading.behindSummary > 0)
        recording.notes.push_back(fmt::format("{} events stand behind the summary", loading.behindSummary));
    if (loading.summary.empty())
        return;
    for (std::string& difference : summaryDifferences(loading.summary, summaryLine(recording)))
        recording.notes.push_back(std::move(difference));
}

} // namespace

Result<std::shared_ptr<Recording>>
loadRecording(const std::string& path, const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    constexpr const char* what = "read recording";
    const bool standardInput = path == "-";
    const std::string name = standardInput ? "standard input" : path;
    UniqueFd file;
    if (!standardInput) {
        file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file.valid())
            return failErrno(errno, what, name);
    }
    const int fd = standardInput ? STDIN_FILENO : file.get();
    struct stat facts{};
    const bool sized = ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
    const std::uint64_t total = sized ? static_cast<std::uint64_t>(facts.st_size) : 0;

    Loading loading;
    RecordingReader reader(name);
    const auto each = [&](ParsedLine&& line) { loading.take(std::move(line)); };
    std::string block(blockBytes, '\0');
    std::uint64_t read = 0;
    while (true) {
        const ssize_t got = ::read(fd, block.data(), block.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, what, name);
        if (got == 0)
            break;
        const auto count = static_cast<std::size_t>(got);
        if (auto fed = reader.feed(std::string_view(block).substr(0, count), each); !fed)
            return std::unexpected(std::move(fed.error()));
        read += count;
        if (progress && !progress(read, total))
            return fail(Errc::Cancelled, what, name);
    }
    if (auto ended = reader.finish(each); !ended)
        return std::unexpected(std::move(ended.error()));
    if (!loading.recording)
        return fail(Errc::Incomplete, what, name, read == 0 ? "the file is empty" : "it has no header");
    conclude(loading, reader);
    return loading.recording;
}

} // namespace migscope
