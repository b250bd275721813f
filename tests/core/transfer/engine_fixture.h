// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated machine in virtual time, sessions on it, and everything that they say.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/sim/sim_backend.h"
#include "core/transfer/device_session.h"
#include "core/transfer/run_metrics.h"
#include "core/transfer/transfer_run.h"

namespace migscope::test {

/// Keeps events, made relative to the time it was built. *Thread-safe.*
class Listener final : public EventSink {
public:
    explicit Listener(const Clock& clock) : t0_(clock.now()) {}
    void push(Event event) override;
    [[nodiscard]] std::uint32_t nextStream() override { return ++streams_; }
    [[nodiscard]] std::vector<Event> events() const;
    /// "RUNNING>RUNNING_P2P RUNNING_P2P>STOP …" of one device; a failed arc ends in its errno.
    [[nodiscard]] std::string arcs(int device) const;
    /// Kinds in order, of the named ones only.
    [[nodiscard]] std::string order(const std::vector<std::string>& kinds) const;

private:
    Ns t0_;
    mutable std::mutex mutex_;
    std::vector<Event> events_;
    std::atomic<std::uint32_t> streams_{0};
};

class EngineTest : public ::testing::Test {
protected:
    /// A healthy device of `family`, 1 ms an arc, no other times, changed by `edit`.
    SimDeviceProfile& add(const std::string& family, const std::string& address);
    /// Two of a family, 0000:01:00.1 and 0000:02:00.1; big ones are made small enough for a hundred runs
    /// under sanitizers, and large enough for several reads.
    void pairOf(const std::string& family);
    /// After the last add().
    void boot();
    DeviceSession& session(std::size_t index) { return *sessions_.at(index); }
    /// Opens all devices and drops what was said about it.
    void openAll();
    /// Runs a plan to its end.
    RunResult run(const Plan& plan, RunFiles files = {});
    std::unique_ptr<TransferRun> start(const Plan& plan, RunFiles files = {});
    static Plan migratePlan(CopyMode mode, int source = 0, int destination = 1);
    [[nodiscard]] MigState stands(std::size_t index) const {
        return sim_->stateOf(profile_.devices.at(index).address);
    }
    [[nodiscard]] RunMetrics metrics(std::size_t run = 0) const;
    void TearDown() override;

    VirtualClock clock_;
    SimProfile profile_;
    std::unique_ptr<SimBackend> sim_;
    std::unique_ptr<Listener> heard_;
    std::vector<std::unique_ptr<DeviceSession>> sessions_;
    bool expectViolations_ = false;
};

} // namespace migscope::test
