// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fixture of engine tests.
#include "tests/core/transfer/engine_fixture.h"

#include <algorithm>

namespace migscope::test {

void Listener::push(Event event) {
    const auto relative = [&](Ns& at) { at -= t0_; };
    relative(event.time);
    if (auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
        relative(arc->called);
        relative(arc->returned);
    } else if (auto* reset = std::get_if<event::Reset>(&event.body)) {
        relative(reset->called);
        relative(reset->returned);
    } else if (auto* log = std::get_if<event::DmaLog>(&event.body)) {
        relative(log->called);
        relative(log->returned);
    } else if (auto* wait = std::get_if<event::Wait>(&event.body)) {
        relative(wait->from);
        relative(wait->to);
    } else if (auto* samples = std::get_if<event::Samples>(&event.body)) {
        std::for_each(samples->time.begin(), samples->time.end(), relative);
    }
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
}

std::vector<Event> Listener::events() const {
    const std::lock_guard lock(mutex_);
    return events_;
}

std::string Listener::arcs(int device) const {
    std::string out;
    for (const Event& event : events()) {
        const auto* arc = std::get_if<event::ArcEnd>(&event.body);
        if (arc == nullptr || event.device != device)
            continue;
        out += (out.empty() ? "" : " ") + stateName(arc->from) + ">" +
               stateName(arc->combined ? arc->goal : arc->to);
        if (arc->errnoValue != 0)
            out += "!" + errnoName(arc->errnoValue);
        else if (!arc->error.empty())
            out += "!" + arc->error;
    }
    return out;
}

std::string Listener::order(const std::vector<std::string>& kinds) const {
    std::string out;
    for (const Event& event : events()) {
        const std::string kind(eventKind(event));
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
            out += (out.empty() ? "" : " ") + kind;
    }
    return out;
}

SimDeviceProfile& EngineTest::add(const std::string& family, const std::string& address) {
    auto device = simFamily(family, address);
    EXPECT_TRUE(device) << (device ? "" : describe(device.error()));
    device->openTime = device->resetTime = device->getTime = device->streamCallTime = Ns{0};
    device->saveBytesPerSecond = device->loadBytesPerSecond = 0;
    device->arcTimes.clear();
    device->arcTime = std::chrono::milliseconds(1);
    profile_.devices.push_back(*device);
    return profile_.devices.back();
}

void EngineTest::pairOf(const std::string& family) {
    for (const char* address : {"0000:01:00.1", "0000:02:00.1"}) {
        auto& device = add(family, address);
        if (family != "mlx5")
            continue;
        device.stateBytes = 12 << 20;
        device.precopyInitialBytes = 9 << 20;
        device.stopCopyBytes = 3 << 20;
        device.dirtyBytesPerSecond = 24 << 20;
        device.workingSetBytes = 2 << 20;
    }
}

void EngineTest::boot() {
    profile_.name = "test";
    const auto sound = checkSimProfile(profile_, "test");
    ASSERT_TRUE(sound) << describe(sound.error());
    sim_ = std::make_unique<SimBackend>(profile_, clock_);
    heard_ = std::make_unique<Listener>(clock_);
    for (std::size_t i = 0; i < profile_.devices.size(); ++i)
        sessions_.push_back(std::make_unique<DeviceSession>(*sim_, profile_.devices[i].address, *heard_,
                                                            static_cast<int>(i)));
}

void EngineTest::openAll() {
    for (auto& one : sessions_) {
        const auto opened = one->perform(job::Open{});
        ASSERT_TRUE(opened) << describe(opened.error());
    }
}

Plan EngineTest::migratePlan(CopyMode mode, int source, int destination) {
    Plan plan;
    plan.mode = mode;
    plan.pairs = {{source, destination}};
    return plan;
}

std::unique_ptr<TransferRun> EngineTest::start(const Plan& plan, RunFiles files) {
    std::vector<DeviceSession*> borrowed;
    for (auto& one : sessions_)
        borrowed.push_back(one.get());
    auto run = TransferRun::start(clock_, borrowed, *heard_, plan, std::move(files));
    EXPECT_TRUE(run) << (run ? "" : describe(run.error()));
    return run ? std::move(*run) : nullptr;
}

RunResult EngineTest::run(const Plan& plan, RunFiles files) {
    auto run = start(plan, std::move(files));
    if (!run)
        return {};
    return run->wait().value_or(RunResult{});
}

RunMetrics EngineTest::metrics(std::size_t run) const {
    MetricsFold fold;
    for (const Event& event : heard_->events())
        fold.apply(event);
    return run < fold.runs().size() ? fold.runs()[run] : RunMetrics{};
}

void EngineTest::TearDown() {
    if (sim_)
        sim_->releaseStuck();
    sessions_.clear();
    if (sim_ && !expectViolations_) {
        for (const std::string& violation : sim_->violations())
            ADD_FAILURE() << "real hardware would not have survived: " << violation;
    }
}

} // namespace migscope::test
