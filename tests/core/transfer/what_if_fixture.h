// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated machines that are measured, changed and measured again, for tests of the what-if model.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "core/transfer/what_if.h"
#include "tests/core/transfer/engine_fixture.h"

namespace migscope::test {

inline constexpr std::uint64_t MiB = std::uint64_t{1024} * 1024;
inline constexpr double MiBd = 1024.0 * 1024.0;

using Edit = std::function<void(SimDeviceProfile&)>;

class WhatIfTest : public EngineTest {
protected:
    /// Two devices of a family with its own times, both changed by `edit`; sizes stay small enough for
    /// sanitizers.
    Recording measure(const Plan& plan, const std::string& family, const Edit& edit,
                      RunOutcome expected = RunOutcome::Ok) {
        TearDown();
        profile_.devices.clear();
        for (const char* address : {"0000:01:00.1", "0000:02:00.1"}) {
            auto device = simFamily(family, address);
            EXPECT_TRUE(device);
            if (family == "mlx5") {
                device->stateBytes = 48 * MiB;
                device->precopyInitialBytes = 40 * MiB;
                device->stopCopyBytes = 8 * MiB;
            }
            edit(*device);
            profile_.devices.push_back(*device);
        }
        boot();
        openAll();
        EXPECT_EQ(run(plan).outcome, expected);
        return recordingOf(heard_->events());
    }
    static Recording recordingOf(const std::vector<Event>& events) {
        Recording recording{RecordingHeader{}};
        for (const Event& event : events)
            recording.apply(event);
        return recording;
    }
    static Ns downtimeOf(const Recording& recording) {
        return recording.metrics().runs().at(0).downtime.value_or(Ns{0});
    }
    static Ns totalOf(const Recording& recording) {
        const RunMetrics& run = recording.metrics().runs().at(0);
        return run.ended.value_or(run.begun) - run.begun;
    }
    static double errorOf(Ns predicted, Ns measured) {
        return static_cast<double>((predicted - measured).count()) / static_cast<double>(measured.count());
    }
    static double assumed(const WhatIfAnswer& answer, const std::string& id) {
        for (const WhatIfAssumption& one : answer.assumptions) {
            if (one.id == id)
                return one.value;
        }
        return std::nan("");
    }
    static void scale(SimDeviceProfile& device, double factor) {
        const auto scaled = [&](std::uint64_t bytes) {
            return static_cast<std::uint64_t>(static_cast<double>(bytes) * factor) / 8 * 8;
        };
        device.stateBytes = scaled(device.stateBytes);
        device.precopyInitialBytes = scaled(device.precopyInitialBytes);
        device.stopCopyBytes = scaled(device.stopCopyBytes);
    }
    static Edit link(double factor) {
        return [factor](SimDeviceProfile& device) {
            for (std::uint64_t* rate : {&device.saveBytesPerSecond, &device.loadBytesPerSecond})
                *rate = static_cast<std::uint64_t>(static_cast<double>(*rate) * factor);
        };
    }
    static Edit size(double factor) {
        return [factor](SimDeviceProfile& device) { scale(device, factor); };
    }
    static Edit dirty(double factor) {
        return [factor](SimDeviceProfile& device) {
            device.dirtyBytesPerSecond =
                static_cast<std::uint64_t>(static_cast<double>(device.dirtyBytesPerSecond) * factor);
        };
    }
    static WhatIfChange byBandwidth(const WhatIfInputs&, double factor) {
        WhatIfChange change;
        change.bandwidthFactor = factor;
        return change;
    }
    static WhatIfChange bySize(const WhatIfInputs& inputs, double factor) {
        WhatIfChange change;
        change.stateBytes = static_cast<std::uint64_t>(
            std::llround(static_cast<double>(inputs.stateBytes.value.value_or(0)) * factor));
        return change;
    }
    static WhatIfChange byDirty(const WhatIfInputs& inputs, double factor) {
        WhatIfChange change;
        change.dirtyBytesPerSecond = inputs.dirtyBytesPerSecond.value.value_or(0) * factor;
        return change;
    }
    static Edit busy() {
        return [](SimDeviceProfile& device) {
            device.dirtyBytesPerSecond = 150 * MiB;
            device.workingSetBytes = 0;
        };
    }
    static Edit both(const Edit& first, const Edit& second) {
        return [=](SimDeviceProfile& device) {
            first(device);
            second(device);
        };
    }
    static Plan loopbackPlan(CopyMode mode) {
        Plan plan = migratePlan(mode, 0, 0);
        plan.kind = PlanKind::Loopback;
        return plan;
    }
    static void nothing(SimDeviceProfile&) {}
};

} // namespace migscope::test
