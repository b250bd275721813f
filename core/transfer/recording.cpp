// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording in memory, and the pyramid over its samples.
#include "core/transfer/recording.h"

#include <algorithm>

namespace migscope {
namespace {

void merge(SampleColumns::Bucket& into, const SampleColumns::Bucket& other) {
    into.end = other.end;
    into.minBytes = std::min(into.minBytes, other.minBytes);
    into.maxBytes = std::max(into.maxBytes, other.maxBytes);
    into.sumBytes += other.sumBytes;
    into.source += other.source;
    into.destination += other.destination;
}

} // namespace

// Level k holds only buckets of fanOut^(k+1) whole samples; the tail is read from the finer levels. A sample
// so costs constant time on average: one bucket in fanOut goes up.
void SampleColumns::addToPyramid(std::size_t level, const Bucket& child) {
    if (level == levels_.size()) {
        levels_.emplace_back();
        open_.emplace_back();
    }
    auto& [bucket, children] = open_[level];
    if (children == 0)
        bucket = child;
    else
        merge(bucket, child);
    if (++children < fanOut)
        return;
    children = 0;
    const Bucket whole = bucket;
    levels_[level].push_back(whole);
    addToPyramid(level + 1, whole);
}

void SampleColumns::append(const event::Samples& samples) {
    for (std::size_t i = 0; i < samples.time.size(); ++i) {
        time_.push_back(samples.time[i]);
        bytes_.push_back(samples.bytes[i]);
        source_.push_back(samples.source[i]);
        destination_.push_back(samples.destination[i]);
        total_ += samples.bytes[i];
        addToPyramid(0, {samples.time[i], samples.time[i], samples.bytes[i], samples.bytes[i],
                         samples.bytes[i], samples.source[i], samples.destination[i]});
    }
}

SampleColumns::Bucket SampleColumns::sumOf(std::size_t from, std::size_t to) const {
    Bucket sum;
    bool first = true;
    for (std::size_t at = from; at < to;) {
        Bucket part{time_[at], time_[at], bytes_[at], bytes_[at], bytes_[at], source_[at], destination_[at]};
        std::size_t size = 1;
        for (const auto& level : levels_) {
            const std::size_t wider = size * fanOut;
            if (at % wider != 0 || at + wider > to || at / wider >= level.size())
                break;
            part = level[at / wider];
            size = wider;
        }
        if (first)
            sum = part;
        else
            merge(sum, part);
        first = false;
        at += size;
    }
    return sum;
}

std::vector<SampleColumns::Bucket> SampleColumns::buckets(Ns from, Ns to, std::size_t want) const {
    const auto begin = std::lower_bound(time_.begin(), time_.end(), from);
    const auto end = std::upper_bound(begin, time_.end(), to);
    const auto low = static_cast<std::size_t>(begin - time_.begin());
    const auto high = static_cast<std::size_t>(end - time_.begin());
    std::vector<Bucket> result;
    if (low >= high)
        return result;
    want = std::max<std::size_t>(want, 1);
    const std::size_t needed = (high - low + want - 1) / want; // samples a bucket
    std::size_t whole = 1;
    while (whole * fanOut <= needed)
        whole *= fanOut;
    const std::size_t step = (needed + whole - 1) / whole * whole; // aligned, so that whole buckets fit
    result.reserve((high - low) / step + 2);
    for (std::size_t at = low; at < high;) {
        const std::size_t next = std::min(high, (at / step + 1) * step);
        result.push_back(sumOf(at, next));
        at = next;
    }
    return result;
}

std::uint64_t SampleColumns::bytesBefore(Ns time) const {
    const auto end = std::lower_bound(time_.begin(), time_.end(), time);
    return end == time_.begin() ? 0 : sumOf(0, static_cast<std::size_t>(end - time_.begin())).sumBytes;
}

Recording::Recording(RecordingHeader header) : header_(std::move(header)) {}

void Recording::fold(const Event& event) {
    metrics_.apply(event);
    last_ = std::max(last_, event.time);
}

void Recording::apply(Event event) {
    fold(event);
    if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
        SampleColumns& columns = samples_[samples->stream];
        if (columns.size() == 0) {
            columns.device = event.device;
            columns.run = event.run;
        }
        if (columns.places.empty() || columns.places.back().event != events_.size())
            columns.places.push_back({events_.size(), columns.size()});
        columns.append(*samples);
        charts_.apply(event, *samples);
        return;
    }
    charts_.apply(event, events_.size());
    if (event.device && (std::holds_alternative<event::Dirty>(event.body) ||
                         std::holds_alternative<event::DmaLog>(event.body)))
        dirty_[*event.device].apply(event);
    events_.push_back(std::move(event));
}

} // namespace migscope
