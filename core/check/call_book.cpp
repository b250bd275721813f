// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the calls of a check.
#include "core/check/call_book.h"

#include <unistd.h>

#include "core/base/escape.h"

namespace migscope {

Ns CallBook::begin(int device, const char* op) {
    const Ns now = clock_.now();
    device_.store(device, std::memory_order_relaxed);
    since_.store(now.count(), std::memory_order_relaxed);
    thread_.store(::gettid(), std::memory_order_relaxed);
    op_.store(op, std::memory_order_release);
    return clock_.now();
}

void CallBook::end(int device, CallRecord record, CallExtra extra) {
    op_.store(nullptr, std::memory_order_release);
    if (sink_ != nullptr) {
        Event event;
        event.time = record.returned;
        event.device = device;
        event.body = event::Call{record.op,         hexText(record.in), hexText(record.out),
                                 record.errnoValue, record.called,      record.returned};
        sink_->push(std::move(event));
    }
    if (extra.bytes > 0 && !calls_.empty()) {
        CheckCall& last = calls_.back();
        if (last.bytes > 0 && last.device == device && last.record.op == record.op) {
            ++last.times;
            last.bytes += extra.bytes;
            last.record.returned = record.returned;
            last.record.out = std::move(record.out);
            return;
        }
    }
    if (calls_.size() >= most) {
        // The beginning tells how it came about, the end what went wrong.
        calls_.erase(calls_.begin() + most / 2);
        ++leftOut_;
    }
    calls_.push_back(
        {device, std::move(record), 1, extra.bytes, extra.offset, std::move(extra.ranges), extra.unanswered});
}

std::vector<CheckCall> CallBook::take(std::uint64_t& leftOut) {
    leftOut = std::exchange(leftOut_, 0);
    return std::exchange(calls_, {});
}

void CallBook::mark(const std::string& text) {
    if (sink_ == nullptr)
        return;
    Event event;
    event.time = clock_.now();
    event.body = event::Mark{text};
    sink_->push(std::move(event));
}

CallUnderWay CallBook::underWay() const {
    CallUnderWay call;
    if (const char* op = op_.load(std::memory_order_acquire)) {
        call.op = op;
        call.device = device_.load(std::memory_order_relaxed);
        call.since = Ns(since_.load(std::memory_order_relaxed));
        call.thread = thread_.load(std::memory_order_relaxed);
    }
    return call;
}

} // namespace migscope
