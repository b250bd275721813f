// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fold from events to downtime, phases, sizes and rates. Every number shown anywhere comes from here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/transfer/event.h"

namespace migscope {

enum class PhaseName { Stop, Save, Load, Resume, Wait };
[[nodiscard]] std::string phaseWord(PhaseName name);

struct Phase {
    PhaseName name{};
    std::optional<Ns> duration; ///< absent: not separable ("inside save"), never 0 for that
};

/// t0…t4 of one pair, relative to the recording's t0. See "What downtime means": taken directly before and
/// after calls.
struct Stamps {
    std::optional<Ns> t0, t1, t2, t3, t4;
    Ns t0CallLength{0}; ///< the error of the downtime: the device stops somewhere inside the call at t0
};

/// One device in one role within one run.
struct DeviceMetrics {
    int device = 0;
    Role role = Role::Source;
    std::optional<MigState> finalState;
    std::uint64_t stateBytes = 0;
    std::vector<Phase> phases;
};

/// Data that was moved in pre-copy between two looks at what is left.
struct PrecopyRound {
    Ns begin{0}; ///< of the first call that moved some of it, as near as the samples tell
    Ns end{0};   ///< of the last one
    std::uint64_t bytes = 0;
};

struct PairMetrics {
    PlanPair pair;
    Stamps stamps;
    std::optional<Ns> downtime; ///< t4 - t0; absent for save, discard, load, failed
    Ns downtimeError{0};
    std::optional<Ns> blackout; ///< source dark until it ran again (save, discard, failed, cancelled)
    std::vector<Phase> phases;  ///< add up exactly to the downtime
    std::uint64_t stateBytes = 0;
    std::uint64_t precopyBytes = 0; ///< moved while the source still ran
    std::uint64_t stopCopyBytes = 0;
    Ns sourceCallTime{0};
    Ns destinationCallTime{0};
    std::uint32_t precopyRounds =
        0; ///< before t1; one ends when the stream is drained or the info is asked again
    static constexpr std::size_t mostRounds = 1024;
    std::vector<PrecopyRound> rounds; ///< of the stream, the first mostRounds
    bool streamSeen = false;          ///< without it no byte count is known
};

struct RunMetrics {
    int run = 0;
    std::optional<Plan> plan;
    std::optional<RunOutcome> outcome; ///< absent: not ended (incomplete)
    std::string reason;
    Ns begun{0};
    std::optional<Ns> ended;
    std::optional<Ns> downtime; ///< min t0 to max t4 over the pairs
    Ns downtimeError{0};
    std::optional<Ns> blackout;
    /// Of the pair for one pair; of the critical pair (the last t4) for several. While another pair was dark
    /// already and the critical one not yet is Wait, so that they add up to the run's downtime.
    std::vector<Phase> phases;
    std::uint64_t stateBytes = 0;
    std::vector<PairMetrics> pairs;
    std::vector<DeviceMetrics> devices;
};

/// *Thread-bound.* apply() costs constant time an event. Folding a file, a growing file and a live run give
/// the same numbers at the same event.
class MetricsFold {
public:
    MetricsFold();
    ~MetricsFold();
    MetricsFold(const MetricsFold& other);
    MetricsFold(MetricsFold&& other) noexcept;
    MetricsFold& operator=(MetricsFold other) noexcept;

    void apply(const Event& event);
    /// Runs in order; the last may still be going on.
    [[nodiscard]] const std::vector<RunMetrics>& runs() const { return runs_; }
    [[nodiscard]] std::uint64_t lostSamples() const { return lost_; }

    struct Working; ///< what a run under way needs besides its metrics

private:
    std::vector<RunMetrics> runs_;
    std::map<int, std::unique_ptr<Working>> working_;
    std::uint64_t lost_ = 0;
};

/// Percentiles over runs, by nearest rank on the sorted values.
struct Distribution {
    std::size_t count = 0;
    std::optional<Ns> minimum, p50, p90, p99, maximum;
};
[[nodiscard]] Distribution distributionOf(std::vector<Ns> values);

} // namespace migscope
