// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several recordings on one time axis.
#include "core/transfer/overlay_content.h"

#include <algorithm>
#include <utility>

namespace migscope {
namespace {

const RunMetrics* find(const Recording& recording, int run) {
    for (const RunMetrics& each : recording.metrics().runs()) {
        if (each.run == run)
            return &each;
    }
    return nullptr;
}

template<class Piece>
void shift(std::vector<Piece>& pieces, Ns by) {
    for (Piece& piece : pieces) {
        piece.begin -= by;
        piece.end -= by;
    }
}

} // namespace

std::optional<Ns> alignmentOf(const Recording& recording, int run) {
    const RunMetrics* found = find(recording, run);
    if (found == nullptr)
        return std::nullopt;
    const PairMetrics* pair = criticalPair(*found);
    return pair != nullptr && pair->stamps.t0 ? *pair->stamps.t0 : found->begun;
}

AlignedSpan alignedSpan(const Recording& recording, int run) {
    const RunMetrics* found = find(recording, run);
    if (found == nullptr)
        return {};
    const Ns zero = *alignmentOf(recording, run);
    const Ns end = found->ended.value_or(recording.lastTime());
    return {found->begun - zero, std::max(end - zero, found->begun - zero + Ns{1})};
}

void overlay(ChartContent& content, const Recording& recording, const OverlaidRun& which) {
    const RunMetrics* run = find(recording, which.run);
    const auto zero = alignmentOf(recording, which.run);
    if (run == nullptr || !zero)
        return;
    const AlignedSpan span = alignedSpan(recording, which.run);
    const ChartWindow& window = content.window;
    const Ns from = std::max(window.from, span.from);
    const Ns to = std::min(window.to, span.to);
    if (to <= from)
        return;
    // As many columns as its part of the window has.
    const double share =
        static_cast<double>((to - from).count()) / static_cast<double>((window.to - window.from).count());
    const auto columns =
        std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(window.columns)));
    ChartContent part = chartContent(recording, {from + *zero, to + *zero, columns, recording.lastTime()},
                                     ChartDetail::Outline, which.run);
    for (LaneContent& lane : part.lanes) {
        const bool concerned =
            std::any_of(run->devices.begin(), run->devices.end(),
                        [&](const DeviceMetrics& device) { return device.device == lane.device; });
        if (!concerned)
            continue;
        shift(lane.bands, *zero);
        shift(lane.arcs, *zero);
        for (ChartMark& mark : lane.marks)
            mark.time -= *zero;
        const bool source =
            std::any_of(run->devices.begin(), run->devices.end(), [&](const DeviceMetrics& device) {
                return device.device == lane.device && device.role == Role::Source;
            });
        lane.name = which.label + (source ? " S" : " D");
        content.lanes.push_back(std::move(lane));
    }
    const auto add = [&](std::vector<Curve>& from_, std::vector<Curve>& into, double& highest) {
        for (Curve& curve : from_) {
            shift(curve.steps, *zero);
            curve.series = which.series;
            curve.label = which.label;
            for (const CurveStep& step : curve.steps)
                highest = std::max(highest, step.high);
            into.push_back(std::move(curve));
        }
    };
    add(part.sizes, content.sizes, content.highestSize);
    add(part.rates, content.rates, content.highestRate);
}

} // namespace migscope
