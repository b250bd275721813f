// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// An export as a file, of a recording that others use meanwhile.
#include <algorithm>
#include <utility>

#include "core/transfer/recording_export.h"
#include "core/transfer/recording_intake.h"
#include "core/transfer/target_file.h"

namespace migscope {
namespace {

constexpr const char* what = "export recording";
constexpr std::size_t blockBytes = 256U << 10U;

/// By way of its lines: they load to the same events and metrics, and only making them needs the lock.
Result<std::shared_ptr<Recording>> copyOf(const LookAtRecording& look, const std::string& path,
                                          const SaveProgress& progress) {
    RecordingIntake intake(path);
    if (auto fed = writeRecording(
            look, [&](std::string_view text) { return intake.feed(text); }, progress);
        !fed)
        return std::unexpected(Error{fed.error().code, what, path, fed.error().detail});
    if (auto ended = intake.finish(); !ended)
        return std::unexpected(std::move(ended.error()));
    if (!intake.hasHeader())
        return fail(Errc::Incomplete, what, path, "it has no header");
    std::shared_ptr<Recording> copy = intake.recording();
    // What is said of the file that it came from, not of these lines.
    look([&](const Recording& recording) {
        copy->complete = recording.complete;
        copy->notes = recording.notes;
    });
    return copy;
}

/// Gathers small pieces, tells how far it is, ends when nobody wants it any more.
class Blocks {
public:
    Blocks(TargetFile& target, const std::string& path, const SaveProgress& progress, std::uint64_t done,
           std::uint64_t total)
        : target_(target), path_(path), progress_(progress), done_(done), total_(total) {}

    Result<void> add(std::string_view text) {
        block_ += text;
        done_ = std::min(done_ + 1, total_);
        return block_.size() < blockBytes ? Result<void>{} : flush();
    }
    Result<void> flush() {
        if (progress_ && !progress_(done_, total_))
            return fail(Errc::Cancelled, what, path_);
        auto written = target_.write(block_);
        block_.clear();
        return written;
    }

private:
    TargetFile& target_;
    const std::string& path_;
    const SaveProgress& progress_;
    std::string block_;
    std::uint64_t done_;
    std::uint64_t total_;
};

} // namespace

std::string exportFormatWord(ExportFormat format) {
    return format == ExportFormat::Csv ? "csv" : format == ExportFormat::Json ? "json" : "trace";
}

Result<void> exportRecording(const LookAtRecording& look, ExportFormat format, const std::string& path,
                             const SaveProgress& progress) {
    TargetFile target(path, what);
    if (auto opened = target.open(); !opened) // before the work: it may not be allowed
        return opened;
    std::uint64_t parts = 0;
    const SaveProgress halfway = [&](std::uint64_t done, std::uint64_t total) {
        parts = total;
        return !progress || progress(done, 2 * total);
    };
    const auto copy = copyOf(look, path, halfway);
    if (!copy)
        return std::unexpected(copy.error());
    Blocks blocks(target, path, progress, parts, 2 * parts);
    const ExportSink out = [&](std::string_view text) { return blocks.add(text); };
    if (auto made = format == ExportFormat::Csv    ? exportCsv(**copy, out)
                    : format == ExportFormat::Json ? exportJson(**copy, out)
                                                   : exportTrace(**copy, out);
        !made)
        return made;
    if (auto written = blocks.flush(); !written)
        return written;
    return target.place();
}

} // namespace migscope
