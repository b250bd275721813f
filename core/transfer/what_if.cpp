// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The what-if model: the engine's own rule of pre-copy, played on measured rates.
#include "core/transfer/what_if.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace migscope {
namespace {

// As in the engine (pair_run.cpp): a read, and the pauses after a round that moved nothing.
constexpr double bufferSize = 1024.0 * 1024.0;
constexpr double firstPause = 1e-3;
constexpr double longestPause = 50e-3;
// Less than this is no data: devices count in registers.
constexpr double grain = 8;

double secondsOf(const Measured<Ns>& time) {
    return static_cast<double>(time.value.value_or(Ns{0}).count()) / 1e9;
}

Ns timeOf(double seconds) {
    return Ns(std::llround(seconds * 1e9));
}

Ns valueOf(const Measured<Ns>& time) {
    return time.value.value_or(Ns{0});
}

double bytesOf(const Measured<std::uint64_t>& bytes) {
    return static_cast<double>(bytes.value.value_or(0));
}

/// Seconds a byte; 0 for calls that took no time.
double costOf(const Measured<double>& rate, const Measured<double>& other) {
    const double value = rate.value ? *rate.value : other.value.value_or(0);
    return value > 0 ? 1 / value : 0;
}

/// What a byte costs in the calls of either end.
struct Cost {
    double save = 0;
    double load = 0;
    void apply(const WhatIfChange& change) {
        if (change.bandwidthFactor) {
            save /= *change.bandwidthFactor;
            load /= *change.bandwidthFactor;
        }
        if (change.linkBytesPerSecond)
            load = std::max(load, 1 / *change.linkBytesPerSecond);
    }
};

/// What pre-copy is played with. Bytes and seconds.
struct Source {
    double cost = 0; ///< a byte, while it runs
    double initial = 0;
    double dirtyRate = 0;
    std::optional<double> workingSet;
    bool queuesOnRead = false;
    std::optional<double> estimate;
    bool estimateLive = false;
    double overhead = 0; ///< a round
    double firstLook = 0;
    double stopWindow = 0;
};

struct Played {
    std::uint32_t rounds = 0;
    double seconds = 0;     ///< first look to last
    double moved = 0;       ///< before the stop
    double dirtyAtStop = 0; ///< what the stop has to move of what was announced or became dirty
    double mostDirty = 0;
    enum class End { Rule, Rounds, Time } end = End::Rule;
    double lastChange = 0; ///< of what is pending, from the look before to the last
    double closest = 1;    ///< how near the rule came to deciding otherwise: a share of the limit
};

class Player {
public:
    Player(const Source& source, const PreCopyLimits& limits)
        : source_(source)
        , limits_(limits)
        , queue_(source.initial)
        , initial_(source.initial)
        , unseen_(source.firstLook) {}

    Played play() {
        double pause = firstPause;
        double before = 0;
        for (std::uint32_t round = 1;; ++round) {
            const double dirty = look();
            played_.mostDirty = std::max(played_.mostDirty, dirty);
            const double pending = initial_ + dirty;
            if (mayStop(dirty))
                return stop(round, Played::End::Rule);
            played_.lastChange = std::abs(pending - before);
            before = pending;
            if (round > limits_.maxRounds)
                return stop(round, Played::End::Rounds);
            if (played_.seconds > static_cast<double>(limits_.maxTime.count()) / 1e9)
                return stop(round, Played::End::Time);
            const double got = drain(std::max(pending, bufferSize));
            pass(source_.overhead);
            if (got > 0) {
                pause = firstPause;
            } else {
                pass(pause);
                pause = std::min(pause * 2, longestPause);
            }
        }
    }

private:
    void pass(double seconds) {
        played_.seconds += seconds;
        unseen_ += seconds;
    }
    [[nodiscard]] double capped(double bytes) const {
        return source_.workingSet ? std::min(bytes, *source_.workingSet) : bytes;
    }
    [[nodiscard]] double fresh() const { return capped(unseen_ * source_.dirtyRate); }
    void enqueue() {
        queue_ += fresh();
        unseen_ = 0;
    }
    /// The dirty bytes that the device announces: none while initial data is left.
    double look() {
        if (initial_ >= grain)
            return 0;
        if (source_.queuesOnRead)
            return queue_ + fresh();
        enqueue();
        return queue_;
    }
    [[nodiscard]] bool mayStop(double dirty) {
        if (initial_ >= grain)
            return false;
        const double left =
            dirty + source_.estimate.value_or(0) + (source_.estimateLive ? initial_ + dirty : 0);
        if (left < grain)
            return true;
        if (played_.moved <= 0 || source_.cost <= 0)
            return false;
        const double limit = static_cast<double>(limits_.downtimeLimit.count()) / 1e9;
        if (limit > 0)
            played_.closest = std::min(played_.closest, std::abs(left * source_.cost / limit - 1));
        return left * source_.cost <= limit;
    }
    double drain(double bound) {
        double got = 0;
        while (got < bound) {
            if (queue_ < grain && source_.queuesOnRead)
                enqueue();
            if (queue_ < grain)
                break;
            // Whole reads, up to the one that reaches the bound.
            const double step = std::min(queue_, std::ceil((bound - got) / bufferSize) * bufferSize);
            queue_ -= step;
            initial_ = std::max(initial_ - step, 0.0);
            got += step;
            pass(step * source_.cost);
        }
        played_.moved += got;
        return got;
    }
    Played stop(std::uint32_t round, Played::End end) {
        unseen_ += source_.stopWindow;
        played_.dirtyAtStop = queue_ + fresh();
        played_.rounds = round - 1;
        played_.end = end;
        return played_;
    }

    const Source& source_;
    const PreCopyLimits& limits_;
    double queue_;   ///< what the device has to give now
    double initial_; ///< of it: data that PRE_COPY began with
    double unseen_;  ///< time in which data became dirty that is not queued
    Played played_;
};

bool sound(const WhatIfChange& change) {
    const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
    return (!change.bandwidthFactor || positive(*change.bandwidthFactor)) &&
           (!change.linkBytesPerSecond || positive(*change.linkBytesPerSecond)) &&
           (!change.dirtyBytesPerSecond ||
            (std::isfinite(*change.dirtyBytesPerSecond) && *change.dirtyBytesPerSecond >= 0)) &&
           (!change.downtimeLimit || *change.downtimeLimit >= Ns{0}) &&
           (!change.stateBytes || *change.stateBytes > 0);
}

/// Time in all calls that moved data against the SETs that may do the work instead.
bool workIsInSets(const WhatIfInputs& inputs) {
    const auto time = [](const Measured<std::uint64_t>& bytes, const Measured<double>& rate) {
        return rate.value ? bytesOf(bytes) / *rate.value : 0;
    };
    const double calls = inputs.kind == PlanKind::Loopback
                             ? time(inputs.stopCopyBytes, inputs.saveBytesPerSecond) +
                                   time(inputs.movedBytes, inputs.loadBytesPerSecond)
                             : time(inputs.stopCopyBytes, inputs.copyBytesPerSecond);
    const double all = calls + time(inputs.precopyBytes, inputs.precopyCopyBytesPerSecond);
    return all < 0.05 * (secondsOf(inputs.stopCopyArc) + secondsOf(inputs.loadArc));
}

std::string outsideOfModel(const WhatIfInputs& inputs, const WhatIfChange& change) {
    if (!inputs.why.empty())
        return inputs.why;
    if (!sound(change))
        return "invalid-change";
    if (!inputs.preCopy && (change.downtimeLimit || change.dirtyBytesPerSecond))
        return "no-precopy-seen";
    if (change.linkBytesPerSecond && inputs.kind == PlanKind::Loopback)
        return "no-link";
    const bool timed = inputs.saveBytesPerSecond.value || inputs.loadBytesPerSecond.value ||
                       inputs.precopyCopyBytesPerSecond.value;
    if (change.bandwidthFactor && !timed)
        return "no-time-in-calls";
    if (change.stateBytes && workIsInSets(inputs))
        return "work-in-set";
    if (inputs.preCopy && !inputs.dirtyBytesPerSecond.value && !change.dirtyBytesPerSecond)
        return "no-dirty-rate";
    return {};
}

Source sourceOf(const WhatIfInputs& inputs, const WhatIfChange& change, double sizeFactor) {
    Cost cost{costOf(inputs.precopySaveBytesPerSecond, inputs.saveBytesPerSecond),
              costOf(inputs.precopyLoadBytesPerSecond, inputs.loadBytesPerSecond)};
    cost.apply(change);
    Source source;
    source.cost = cost.save + (inputs.kind == PlanKind::Loopback ? 0 : cost.load);
    source.initial = bytesOf(inputs.initialBytes) * sizeFactor;
    source.dirtyRate = change.dirtyBytesPerSecond ? *change.dirtyBytesPerSecond
                                                  : inputs.dirtyBytesPerSecond.value.value_or(0);
    if (inputs.workingSetBytes.value)
        source.workingSet = bytesOf(inputs.workingSetBytes);
    source.queuesOnRead = inputs.queuesOnRead.value.value_or(false);
    if (inputs.estimate.value) {
        source.estimate = static_cast<double>(inputs.estimate.value->bytes) * sizeFactor;
        source.estimateLive = inputs.estimate.value->live;
    }
    source.overhead = secondsOf(inputs.roundOverhead);
    source.firstLook = secondsOf(inputs.firstLook);
    source.stopWindow = secondsOf(inputs.stopWindow);
    return source;
}

/// Why the end of pre-copy is none that the model can vouch for; empty when it is.
std::string doubtOf(const Played& played, const Source& source, const PreCopyLimits& limits, Ns downtime) {
    if (played.end == Played::End::Rule)
        return {};
    if (source.dirtyRate * source.cost >= 1)
        return "does-not-converge";
    // The rule is never met. What is left may no longer depend on when the bound comes.
    const double change = played.lastChange * source.cost;
    const bool steady = change <= 0.05 * static_cast<double>(downtime.count()) / 1e9;
    if (steady && limits.onNoConvergence == OnNoConvergence::Go)
        return {};
    return played.end == Played::End::Rounds ? "round-limit" : "time-limit";
}

void assume(WhatIfAnswer& answer, const char* id, double value) {
    answer.assumptions.push_back({id, value});
}

void assumePrecopy(WhatIfAnswer& answer, const Source& source, const Played& played,
                   const PreCopyLimits& limits) {
    if (source.cost > 0)
        assume(answer, "precopy-copy-rate", 1 / source.cost);
    assume(answer, "dirty-rate", source.dirtyRate);
    assume(answer, "dirty-until-stopped", source.stopWindow * 1e9);
    if (source.workingSet)
        assume(answer, "working-set", *source.workingSet);
    else
        assume(answer, "no-working-set-seen", std::max(played.mostDirty, played.dirtyAtStop));
    if (source.estimate)
        assume(answer, source.estimateLive ? "estimate-live" : "estimate-fixed", *source.estimate);
    if (played.closest < 0.1)
        assume(answer, "close-call", played.closest);
    if (played.end == Played::End::Rounds)
        assume(answer, "round-limit", limits.maxRounds);
    if (played.end == Played::End::Time)
        assume(answer, "time-limit", static_cast<double>(limits.maxTime.count()));
}

/// The dark time of `rest` bytes after the stop; `moved` is all of the run, which a loopback loads.
void addDowntime(WhatIfAnswer& answer, const WhatIfInputs& inputs, const WhatIfChange& change, double rest,
                 double moved) {
    Cost cost{costOf(inputs.saveBytesPerSecond, inputs.precopySaveBytesPerSecond),
              costOf(inputs.loadBytesPerSecond, inputs.precopyLoadBytesPerSecond)};
    cost.apply(change);
    const bool loopback = inputs.kind == PlanKind::Loopback;
    const Ns save = valueOf(inputs.stopCopyArc) + valueOf(inputs.saveRest) + timeOf(rest * cost.save);
    const Ns load =
        valueOf(inputs.loadArc) + valueOf(inputs.loadRest) + timeOf((loopback ? moved : rest) * cost.load);
    answer.phases = {{PhaseName::Stop, inputs.stop.value},
                     {PhaseName::Save, save},
                     {PhaseName::Load, load},
                     {PhaseName::Resume, inputs.resume.value}};
    answer.downtime = valueOf(inputs.stop) + save + load + valueOf(inputs.resume);
    answer.stopCopyBytes = static_cast<std::uint64_t>(std::llround(rest));
    const Ns fixed = valueOf(inputs.stop) + valueOf(inputs.stopCopyArc) + valueOf(inputs.saveRest) +
                     valueOf(inputs.loadRest) + valueOf(inputs.loadArc) + valueOf(inputs.resume);
    assume(answer, "fixed-parts", static_cast<double>(fixed.count()));
    if (cost.save + cost.load > 0)
        assume(answer, "copy-rate", 1 / (cost.save + cost.load));
    if (change.linkBytesPerSecond)
        assume(answer, "link-in-write", *change.linkBytesPerSecond);
    if (change.stateBytes || change.bandwidthFactor)
        assume(answer, "arcs-keep-their-time",
               static_cast<double>((valueOf(inputs.stopCopyArc) + valueOf(inputs.loadArc)).count()));
}

/// `copying`: seconds between the first look and t0.
void addTotal(WhatIfAnswer& answer, const WhatIfInputs& inputs, double copying) {
    if (inputs.before.value && inputs.after.value)
        answer.total = *inputs.before.value + timeOf(copying) + *answer.downtime + *inputs.after.value;
}

} // namespace

WhatIfAnswer whatIf(const WhatIfInputs& inputs, const WhatIfChange& change) {
    WhatIfAnswer answer;
    answer.why = outsideOfModel(inputs, change);
    if (!answer.why.empty())
        return answer;
    const double state = bytesOf(inputs.stateBytes);
    const double sizeFactor =
        change.stateBytes && state > 0 ? static_cast<double>(*change.stateBytes) / state : 1;
    const double stopOnly = bytesOf(inputs.stopOnlyBytes) * sizeFactor;
    if (!inputs.preCopy) {
        addDowntime(answer, inputs, change, stopOnly, stopOnly);
        addTotal(answer, inputs, 0);
        return answer;
    }
    const Source source = sourceOf(inputs, change, sizeFactor);
    PreCopyLimits limits = inputs.limits;
    limits.downtimeLimit = change.downtimeLimit.value_or(limits.downtimeLimit);
    const Played played = Player(source, limits).play();
    const double rest = stopOnly + played.dirtyAtStop;
    addDowntime(answer, inputs, change, rest, rest + played.moved);
    const std::string doubt = doubtOf(played, source, limits, *answer.downtime);
    if (doubt.empty()) {
        addTotal(answer, inputs, played.seconds + secondsOf(inputs.lastLook));
    } else {
        answer = WhatIfAnswer();
        answer.why = doubt;
    }
    answer.rounds = played.rounds;
    assumePrecopy(answer, source, played, limits);
    assume(answer, "stop-only-bytes", stopOnly);
    return answer;
}

} // namespace migscope
