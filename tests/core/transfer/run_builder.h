// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Makes runs out of events, for tests of what is folded from them.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/transfer/recording.h"

namespace migscope::test {

using State = MigState;

inline constexpr Ns ms(std::int64_t count) {
    return std::chrono::milliseconds(count);
}

class RunBuilder {
public:
    explicit RunBuilder(int run = 1) : run_(run) {}

    RunBuilder& add(Ns time, std::optional<int> device, event::Body body) {
        Event event;
        event.time = time;
        event.device = device;
        event.run = run_;
        event.body = std::move(body);
        events.push_back(std::move(event));
        return *this;
    }
    RunBuilder& begin(PlanKind kind, std::vector<PlanPair> pairs) {
        Plan plan;
        plan.kind = kind;
        plan.pairs = std::move(pairs);
        return add(Ns{0}, {}, event::RunBegin{plan});
    }
    RunBuilder& arc(int device, State from, State to, Ns called, Ns returned, bool combined = false) {
        event::ArcEnd end;
        end.from = from;
        end.to = end.goal = to;
        end.combined = combined;
        end.called = called;
        end.returned = returned;
        end.stateAfter = to;
        return add(returned, device, end);
    }
    RunBuilder& failedArc(int device, State from, State to, Ns called, Ns returned, int number,
                          std::optional<State> after) {
        event::ArcEnd end;
        end.from = from;
        end.to = end.goal = to;
        end.called = called;
        end.returned = returned;
        end.errnoValue = number;
        end.stateAfter = after;
        return add(returned, device, end);
    }
    RunBuilder& stream(int device, std::uint32_t id, bool save, event::StreamWhat what, Ns time) {
        return add(time, device, event::Stream{id, save, what, 0, 0});
    }
    RunBuilder& sample(int device, std::uint32_t id, Ns time, std::uint64_t bytes, Ns source,
                       Ns destination) {
        return add(time, device, event::Samples{id, {time}, {bytes}, {source}, {destination}});
    }
    RunBuilder& reset(int device, Ns called, Ns returned) {
        return add(returned, device, event::Reset{"done", 1, called, returned, 0, State::Running});
    }
    RunBuilder& end(RunOutcome outcome, Ns time, std::map<int, std::optional<State>> states = {}) {
        return add(time, {},
                   event::RunEnd{outcome, std::move(states), outcome == RunOutcome::Ok ? "" : "why"});
    }

    [[nodiscard]] RunMetrics fold() const {
        MetricsFold fold;
        for (const Event& event : events)
            fold.apply(event);
        return fold.runs().at(0);
    }

    std::vector<Event> events;

private:
    int run_;
};

inline RecordingHeader twoDevices(const char* first = "a", const char* second = "b") {
    RecordingHeader header;
    header.devices.resize(2);
    header.devices[0].name = first;
    header.devices[1].name = second;
    return header;
}

/// The events of the runs behind each other.
inline Recording recorded(const std::vector<RunBuilder>& runs, RecordingHeader header = twoDevices()) {
    Recording recording(std::move(header));
    for (const RunBuilder& run : runs) {
        for (const Event& event : run.events)
            recording.apply(event);
    }
    return recording;
}

/// A migration between devices 0 and 1 with P2P: t0 = 100, t1 = 112, t2 = 150, t3 = 190, t4 = 193 ms; 4 ms in
/// writes between t1 and t2, 3 MiB.
inline RunBuilder migration(int source = 0, int destination = 1, std::uint32_t streams = 1) {
    const auto save = streams;
    const auto load = streams + 1;
    RunBuilder run;
    run.begin(PlanKind::Migrate, {{source, destination}});
    run.arc(destination, State::Running, State::Stop, ms(10), ms(20));
    run.arc(destination, State::Stop, State::Resuming, ms(20), ms(30));
    run.stream(destination, load, false, event::StreamWhat::Open, ms(30));
    run.arc(source, State::Running, State::RunningP2p, ms(100), ms(102));
    run.arc(source, State::RunningP2p, State::Stop, ms(103), ms(110));
    run.arc(source, State::Stop, State::StopCopy, ms(112), ms(120));
    run.stream(source, save, true, event::StreamWhat::Open, ms(120));
    for (int i = 1; i <= 3; ++i)
        run.sample(source, save, ms(120 + i * 9), 1U << 20U, ms(2), i == 3 ? ms(2) : ms(1));
    run.stream(source, save, true, event::StreamWhat::Eof, ms(150));
    run.arc(destination, State::Resuming, State::Stop, ms(160), ms(190));
    run.arc(destination, State::Stop, State::RunningP2p, ms(190), ms(191));
    run.arc(destination, State::RunningP2p, State::Running, ms(191), ms(193));
    run.arc(source, State::StopCopy, State::Stop, ms(200), ms(201));
    run.end(RunOutcome::Ok, ms(210), {{source, State::Stop}, {destination, State::Running}});
    return run;
}

inline std::optional<Ns> phase(const std::vector<Phase>& phases, PhaseName name) {
    for (const Phase& each : phases) {
        if (each.name == name)
            return each.duration;
    }
    return std::nullopt;
}

inline bool hasPhase(const std::vector<Phase>& phases, PhaseName name) {
    for (const Phase& each : phases) {
        if (each.name == name)
            return true;
    }
    return false;
}

inline Ns sumOf(const std::vector<Phase>& phases) {
    Ns sum{0};
    for (const Phase& each : phases)
        sum += each.duration.value_or(Ns{0});
    return sum;
}

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "migscope-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline std::string readAll(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void writeAll(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

} // namespace migscope::test
