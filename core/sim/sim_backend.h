// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated machine as a backend, and what a test may ask it about itself.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/sim/sim_profile.h"
#include "core/vfio/backend.h"

namespace migscope {

class SimDevice;

/// An arc that a simulated device made, or failed on.
struct SimArc {
    MigState from{};
    MigState to{};
    Ns begun{0};
    Ns ended{0};
    int errnoValue = 0;
};

/// What a device took in, the last time it left RESUMING.
struct SimLoad {
    bool accepted = false;
    std::uint64_t bytes = 0;
    std::uint64_t seed = 0; ///< of the image: equals savedSeed() of the device that it came from
};

/// *Thread-safe.*
class SimBackend final : public Backend {
public:
    SimBackend(SimProfile profile, Clock& clock);
    SimBackend(SimProfile profile, std::unique_ptr<Clock> clock);
    ~SimBackend() override;

    [[nodiscard]] std::string name() const override;
    [[nodiscard]] bool simulated() const override { return true; }
    [[nodiscard]] bool canOpen() const override { return true; }
    [[nodiscard]] Clock& clock() const override;
    /// The same enumerate() as for a real host, on the simulated one's tree; labels are filled in.
    [[nodiscard]] Result<Topology> scan() override;
    void enrich(Topology& topology) override;
    /// Of the simulated machine's debugfs, where its profile has one.
    [[nodiscard]] Result<MigState> stateFromOutside(const std::string& device, Ns patience) override;
    [[nodiscard]] Result<std::unique_ptr<DeviceIo>> open(const std::string& device) override;
    /// After listen({}) returned no call is under way. The listener must not call listen().
    void listen(Listener listener) override;
    /// What a driver might say about a fault, by the names of devices only.
    [[nodiscard]] Result<std::unique_ptr<KernelLogWatch>> watchLog(const std::vector<LogSubject>& subjects,
                                                                   const KernelLogSink& sink) override;

    [[nodiscard]] const SimProfile& profile() const;

    /// Acts that real hardware or its kernel would not have survived: a SET outside the table, in ERROR, on a
    /// device found not RUNNING and not reset; a write or SET after a failed write. Empty after every run of
    /// an engine that keeps the rules.
    [[nodiscard]] std::vector<std::string> violations() const;
    /// All arcs of a device since the machine exists.
    [[nodiscard]] std::vector<SimArc> arcs(const std::string& device) const;
    /// The device's state, without asking it.
    [[nodiscard]] MigState stateOf(const std::string& device) const;
    [[nodiscard]] SimLoad lastLoad(const std::string& device) const;
    /// Seed of the device's latest saving session.
    [[nodiscard]] std::uint64_t savedSeed(const std::string& device) const;
    [[nodiscard]] bool isOpen(const std::string& device) const;
    /// Whether its DMA logging is on.
    [[nodiscard]] bool logsDma(const std::string& device) const;

    /// Lets calls that are stuck return, and those of StuckSet faults from now on.
    void releaseStuck();
    /// As if the kernel asked for the device now; calls the listener in this thread.
    void askBack(const std::string& device);
    /// As after AER or a bus reset from outside: RUNNING, sessions dead.
    void moveBehindBack(const std::string& device);

private:
    struct Machine;
    std::unique_ptr<Machine> machine_;
};

/// `profile` is "lab" (also empty) or the path of a JSON file.
[[nodiscard]] Result<std::unique_ptr<SimBackend>> makeSimBackend(const std::string& profile, Clock& clock);
[[nodiscard]] Result<std::unique_ptr<SimBackend>> makeSimBackend(const std::string& profile,
                                                                 std::unique_ptr<Clock> clock);

} // namespace migscope
