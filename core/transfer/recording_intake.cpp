// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes become a recording: parsed outside the lock, applied in batches under it.
#include "core/transfer/recording_intake.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "core/transfer/summary_compare.h"

namespace migscope {
namespace {

constexpr std::size_t blockBytes = 256U << 10U;
/// Applying so many events or samples takes a few milliseconds: a view that looks waits no longer.
constexpr std::size_t batchWeight = 8192;

std::size_t weightOf(const Event& event) {
    const auto* samples = std::get_if<event::Samples>(&event.body);
    return samples != nullptr ? samples->time.size() + 1 : 1;
}

} // namespace

RecordingIntake::RecordingIntake(std::string name) : name_(std::move(name)), reader_(name_) {}

void RecordingIntake::look(const std::function<void(const Recording&)>& see) const {
    const std::lock_guard lock(mutex_);
    if (recording_)
        see(*recording_);
}

void RecordingIntake::take(ParsedLine&& line) {
    if (auto* header = std::get_if<RecordingHeader>(&line)) {
        auto fresh = std::make_shared<Recording>(std::move(*header));
        const std::lock_guard lock(mutex_);
        recording_ = std::move(fresh);
    } else if (auto* end = std::get_if<SummaryLine>(&line)) {
        summary_ = std::move(end->text);
        behindSummary_ = 0;
    } else {
        if (!summary_.empty())
            ++behindSummary_;
        auto& event = std::get<Event>(line);
        weight_ += weightOf(event);
        batch_.push_back(std::move(event));
        if (weight_ >= batchWeight)
            applyBatch();
    }
}

void RecordingIntake::applyBatch() {
    if (batch_.empty())
        return;
    {
        const std::lock_guard lock(mutex_);
        for (Event& event : batch_)
            recording_->apply(std::move(event));
    }
    batch_.clear();
    weight_ = 0;
}

Result<void> RecordingIntake::feed(std::string_view bytes) {
    auto fed = reader_.feed(bytes, [this](ParsedLine&& line) { take(std::move(line)); });
    bytes_ += bytes.size();
    applyBatch();
    return fed;
}

Result<void> RecordingIntake::finish() {
    auto ended = reader_.finish([this](ParsedLine&& line) { take(std::move(line)); });
    applyBatch();
    return ended;
}

Result<void> RecordingIntake::readFrom(int fd, std::uint64_t total, const ReadProgress& progress) {
    constexpr const char* what = "read recording";
    block_.resize(blockBytes);
    while (true) {
        const ssize_t got = ::read(fd, block_.data(), block_.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, what, name_);
        if (got == 0)
            return {};
        if (auto fed = feed(std::string_view(block_).substr(0, static_cast<std::size_t>(got))); !fed)
            return fed;
        if (progress && !progress(bytes_, total))
            return fail(Errc::Cancelled, what, name_);
    }
}

void RecordingIntake::conclude(const std::optional<Error>& error) {
    const std::lock_guard lock(mutex_);
    Recording& recording = *recording_;
    recording.notes.clear();
    recording.complete = !error && reader_.sawSummary() && reader_.pending() == 0;
    if (error)
        recording.notes.push_back(
            fmt::format("{}: shown up to line {}", describe(*error),
                        error->is(Errc::Damaged) ? reader_.lines() - 1 : reader_.lines()));
    else if (reader_.pending() > 0)
        recording.notes.push_back(fmt::format("cut off in line {}: shown up to line {}, the last whole one",
                                              reader_.lines() + 1, reader_.lines()));
    else if (summary_.empty())
        recording.notes.push_back(
            fmt::format("ends without a summary after line {}: the recorder was cut short", reader_.lines()));
    else if (behindSummary_ > 0)
        recording.notes.push_back(fmt::format("{} events stand behind the summary", behindSummary_));
    if (summary_.empty() || error)
        return;
    for (std::string& difference : summaryDifferences(summary_, summaryLine(recording)))
        recording.notes.push_back(std::move(difference));
}

void RecordingIntake::reopen() {
    const std::lock_guard lock(mutex_);
    recording_->notes.clear();
    recording_->complete = false;
}

} // namespace migscope
