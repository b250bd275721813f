// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened within a stretch of time.
#include "core/transfer/range_stats.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "core/transfer/statistics.h"

namespace migscope {
namespace {

constexpr std::size_t mostSamples = 200'000;

double number(Ns time) {
    return static_cast<double>(time.count());
}

class Gather {
public:
    Gather(const Recording& recording, Ns from, Ns to) : recording_(recording), from_(from), to_(to) {
        stats_.from = from;
        stats_.to = to;
    }

    RangeStats stats() {
        std::set<int> devices;
        for (const auto& [index, chart] : recording_.charts().devices())
            devices.insert(index);
        for (const auto& [id, columns] : recording_.samples())
            devices.insert(columns.device.value_or(-1));
        for (const int index : devices) {
            const auto chart = recording_.charts().devices().find(index);
            if (chart != recording_.charts().devices().end())
                device(index, chart->second);
            for (const auto& [id, columns] : recording_.samples()) {
                if (columns.device.value_or(-1) == index)
                    stream(id, columns);
            }
        }
        for (const Event& event : recording_.events()) {
            if (!within(event.time))
                continue;
            ++stats_.events;
            if (std::holds_alternative<event::Mark>(event.body))
                ++stats_.marks;
        }
        return std::move(stats_);
    }

private:
    [[nodiscard]] bool within(Ns time) const { return time >= from_ && time <= to_; }

    RangeRow& add(RangeWhat what, std::optional<int> device, FigureUnit unit, std::vector<double> values,
                  bool withTotal) {
        RangeRow row;
        row.what = what;
        row.device = device;
        row.unit = unit;
        row.spread = spreadOf(std::move(values), withTotal);
        return stats_.rows.emplace_back(row);
    }

    void device(int index, const DeviceChart& chart) {
        std::map<MigState, std::vector<double>> inState;
        for (const LaneBand& band : chart.bands) {
            const Ns begin = std::max(band.begin, from_);
            const Ns end = std::min(band.end.value_or(recording_.lastTime()), to_);
            if (band.state && end > begin)
                inState[*band.state].push_back(number(end - begin));
        }
        for (auto& [state, times] : inState)
            add(RangeWhat::State, index, FigureUnit::Nanoseconds, std::move(times), true).state = state;
        using Key = std::tuple<bool, MigState, MigState>; // a SET before the resets
        std::map<Key, std::vector<double>> calls;
        for (const LaneArc& arc : chart.arcs) {
            if (!within(arc.called) || !arc.returned)
                continue;
            stats_.failedCalls += arc.failed ? 1U : 0U;
            calls[{!arc.from, arc.from.value_or(MigState::Error), arc.to}].push_back(
                number(*arc.returned - arc.called));
        }
        for (auto& [key, times] : calls) {
            const auto& [reset, begins, goal] = key;
            RangeRow& row = add(reset ? RangeWhat::Reset : RangeWhat::Arc, index, FigureUnit::Nanoseconds,
                                std::move(times), true);
            row.state = goal;
            if (!reset)
                row.from = begins;
        }
        levels(index, chart);
    }

    void levels(int index, const DeviceChart& chart) {
        std::vector<double> initial;
        std::vector<double> dirty;
        for (const PrecopyPoint& point : chart.precopy) {
            if (!within(point.time))
                continue;
            initial.push_back(static_cast<double>(point.initialBytes));
            dirty.push_back(static_cast<double>(point.dirtyBytes));
        }
        std::vector<double> estimates;
        for (const EstimatePoint& point : chart.estimates) {
            if (within(point.time) && point.bytes)
                estimates.push_back(static_cast<double>(*point.bytes));
        }
        for (auto& [what, values] :
             {std::pair{RangeWhat::Initial, &initial}, std::pair{RangeWhat::Dirty, &dirty},
              std::pair{RangeWhat::Estimate, &estimates}}) {
            if (!values->empty())
                add(what, index, FigureUnit::Bytes, std::move(*values), false);
        }
    }

    void stream(std::uint32_t id, const SampleColumns& columns) {
        const auto buckets = columns.buckets(from_, to_, mostSamples);
        if (buckets.empty())
            return;
        std::vector<double> bytes;
        std::vector<double> source;
        std::vector<double> destination;
        std::uint64_t total = 0;
        bool grouped = false;
        for (const SampleColumns::Bucket& bucket : buckets) {
            total += bucket.sumBytes;
            grouped = grouped || bucket.begin != bucket.end;
            const auto moved = static_cast<double>(bucket.sumBytes);
            bytes.push_back(moved);
            if (bucket.source > Ns{0})
                source.push_back(moved * 1e9 / number(bucket.source));
            if (bucket.destination > Ns{0})
                destination.push_back(moved * 1e9 / number(bucket.destination));
        }
        const auto row = [&](RangeWhat what, FigureUnit unit, std::vector<double> values, bool withTotal) {
            if (values.empty())
                return;
            RangeRow& made = add(what, columns.device, unit, std::move(values), withTotal);
            made.stream = id;
            made.grouped = grouped;
        };
        row(RangeWhat::Bytes, FigureUnit::Bytes, std::move(bytes), true);
        row(RangeWhat::SourceRate, FigureUnit::BytesPerSecond, std::move(source), false);
        row(RangeWhat::DestinationRate, FigureUnit::BytesPerSecond, std::move(destination), false);
        if (to_ > from_)
            row(RangeWhat::ClockRate, FigureUnit::BytesPerSecond,
                {static_cast<double>(total) * 1e9 / number(to_ - from_)}, false);
    }

    const Recording& recording_;
    Ns from_;
    Ns to_;
    RangeStats stats_;
};

} // namespace

Spread spreadOf(std::vector<double> values, bool withTotal) {
    Spread spread;
    spread.count = values.size();
    if (values.empty())
        return spread;
    std::sort(values.begin(), values.end());
    const double total = std::accumulate(values.begin(), values.end(), 0.0);
    spread.minimum = values.front();
    spread.maximum = values.back();
    spread.mean = total / static_cast<double>(values.size());
    spread.p50 = *quantileOf(values, 0.5);
    spread.p90 = *quantileOf(values, 0.9);
    spread.p99 = *quantileOf(values, 0.99);
    if (withTotal)
        spread.total = total;
    return spread;
}

RangeStats rangeStats(const Recording& recording, Ns from, Ns to) {
    return Gather(recording, from, to).stats();
}

} // namespace migscope
