// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Batched samples.
#include "core/transfer/stream_meter.h"

#include <utility>

namespace migscope {
namespace {
constexpr Ns samplePeriod = std::chrono::milliseconds(1);
constexpr Ns batchPeriod = std::chrono::milliseconds(50);
constexpr std::size_t batchSize = 500;
} // namespace

StreamMeter::StreamMeter(EventRoute route, std::uint32_t stream) : route_(route) {
    batch_.stream = stream;
}

void StreamMeter::add(Ns end, std::uint64_t bytes, Ns source, Ns destination) {
    open_ = true;
    end_ = end;
    bytes_ += bytes;
    source_ += source;
    destination_ += destination;
    total_ += bytes;
    if (end_ - sampleBegan_ >= samplePeriod)
        closeSample();
    if (!batch_.time.empty() && (end_ - batchBegan_ >= batchPeriod || batch_.time.size() >= batchSize))
        flush();
}

void StreamMeter::closeSample() {
    if (!open_)
        return;
    if (batch_.time.empty())
        batchBegan_ = end_;
    batch_.time.push_back(end_);
    batch_.bytes.push_back(std::exchange(bytes_, 0));
    batch_.source.push_back(std::exchange(source_, Ns{0}));
    batch_.destination.push_back(std::exchange(destination_, Ns{0}));
    open_ = false;
    // The next sample is counted from the end of this one, so that slow calls still make one sample each.
    sampleBegan_ = end_;
}

void StreamMeter::flush() {
    closeSample();
    if (batch_.time.empty())
        return;
    const auto stream = batch_.stream;
    const Ns last = batch_.time.back();
    route_.push(last, std::exchange(batch_, {}));
    batch_.stream = stream;
}

} // namespace migscope
