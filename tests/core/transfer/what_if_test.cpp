// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What-if against what is then measured: a simulated machine runs, is changed, and runs again.
#include <cmath>
#include <cstdio>

#include "core/base/byte_size.h"
#include "tests/core/transfer/what_if_fixture.h"

namespace migscope::test {
namespace {

using namespace std::chrono_literals;

/// One change of a profile, what the model is told of it, and which plan runs before and after.
struct Case {
    const char* name;
    const char* family;
    Plan plan;
    Edit base;
    Edit edit;
    std::function<WhatIfChange(const WhatIfInputs&)> change;
};

class WhatIfProof : public WhatIfTest {
protected:
    void prove(const Case& one) {
        SCOPED_TRACE(one.name);
        const Recording before = measure(one.plan, one.family, one.base);
        const WhatIfInputs inputs = whatIfInputs(before, 1);
        ASSERT_EQ(inputs.why, "");
        const WhatIfChange change = one.change(inputs);
        const WhatIfAnswer answer = whatIf(inputs, change);
        ASSERT_TRUE(answer.downtime) << answer.why;
        Plan plan = one.plan;
        plan.limits.downtimeLimit = change.downtimeLimit.value_or(plan.limits.downtimeLimit);
        const Recording after = measure(plan, one.family, both(one.base, one.edit));
        const Ns measured = downtimeOf(after);
        const double off = errorOf(*answer.downtime, measured);
        std::printf("  %-52s was %8s  predicted %8s  measured %8s  %+.2f %%\n", one.name,
                    formatDuration(downtimeOf(before)).c_str(), formatDuration(*answer.downtime).c_str(),
                    formatDuration(measured).c_str(), 100 * off);
        EXPECT_LE(std::abs(off), 0.1);
        ASSERT_TRUE(answer.total);
        EXPECT_LE(std::abs(errorOf(*answer.total, totalOf(after))), 0.1);
        EXPECT_EQ(answer.rounds, whatIfInputs(after, 1).rounds.value);
        Ns sum{0};
        for (const Phase& phase : answer.phases)
            sum += phase.duration.value_or(Ns{0});
        EXPECT_EQ(sum, *answer.downtime) << "phases add up exactly";
    }
    void proveAll(const std::vector<Case>& cases) {
        for (const Case& one : cases)
            prove(one);
    }
    static Edit answers(SimSizeAnswer answer) {
        return [answer](SimDeviceProfile& device) {
            busy()(device);
            device.sizeAnswer = answer;
        };
    }
    static auto bandwidth(double factor) {
        return [factor](const WhatIfInputs& inputs) { return byBandwidth(inputs, factor); };
    }
    static auto stateSize(double factor) {
        return [factor](const WhatIfInputs& inputs) { return bySize(inputs, factor); };
    }
    static auto dirtyRate(double factor) {
        return [factor](const WhatIfInputs& inputs) { return byDirty(inputs, factor); };
    }
    static auto limit(Ns limit) {
        return [limit](const WhatIfInputs&) {
            WhatIfChange change;
            change.downtimeLimit = limit;
            return change;
        };
    }
    static auto slowLink(double bytesPerSecond) {
        return [bytesPerSecond](const WhatIfInputs&) {
            WhatIfChange change;
            change.linkBytesPerSecond = bytesPerSecond;
            return change;
        };
    }
};

TEST_F(WhatIfProof, stopCopyAtAnotherLinkAndSize) {
    const Plan stop = migratePlan(CopyMode::StopCopy);
    proveAll({
        {"mlx5 stop-copy, link x 0.25", "mlx5", stop, nothing, link(0.25), bandwidth(0.25)},
        {"mlx5 stop-copy, link x 0.5", "mlx5", stop, nothing, link(0.5), bandwidth(0.5)},
        {"mlx5 stop-copy, link x 4", "mlx5", stop, nothing, link(4), bandwidth(4)},
        {"mlx5 stop-copy, size x 0.5", "mlx5", stop, nothing, size(0.5), stateSize(0.5)},
        {"mlx5 stop-copy, size x 3", "mlx5", stop, nothing, size(3), stateSize(3)},
        {"virtio stop-copy, link x 0.25", "virtio", stop, nothing, link(0.25), bandwidth(0.25)},
        {"virtio stop-copy, size x 3", "virtio", stop, nothing, size(3), stateSize(3)},
        {"mlx5 stop-copy, a link of 100 MiB/s behind the writes", "mlx5", stop, nothing,
         [](SimDeviceProfile& device) { device.loadBytesPerSecond = 100 * MiB; }, slowLink(100 * MiBd)},
        {"mlx5 loopback stop-copy, link x 0.5", "mlx5", loopbackPlan(CopyMode::StopCopy), nothing, link(0.5),
         bandwidth(0.5)},
    });
}

TEST_F(WhatIfProof, preCopyAtAnotherLinkSizeDirtyRateAndLimit) {
    const Plan pre = migratePlan(CopyMode::PreCopy);
    proveAll({
        {"mlx5 pre-copy, link x 0.25", "mlx5", pre, nothing, link(0.25), bandwidth(0.25)},
        {"mlx5 pre-copy, link x 0.5", "mlx5", pre, nothing, link(0.5), bandwidth(0.5)},
        {"mlx5 pre-copy, link x 2", "mlx5", pre, nothing, link(2), bandwidth(2)},
        {"mlx5 pre-copy, size x 0.5", "mlx5", pre, nothing, size(0.5), stateSize(0.5)},
        {"mlx5 pre-copy, size x 3", "mlx5", pre, nothing, size(3), stateSize(3)},
        {"mlx5 pre-copy, busy, dirty rate x 0.5", "mlx5", pre, busy(), dirty(0.5), dirtyRate(0.5)},
        {"mlx5 pre-copy, busy, dirty rate x 2", "mlx5", pre, busy(), dirty(2), dirtyRate(2)},
        {"mlx5 pre-copy, busy, downtime limit 300 -> 50 ms", "mlx5", pre, busy(), nothing, limit(50ms)},
        {"mlx5 pre-copy, busy, link x 2", "mlx5", pre, busy(), link(2), bandwidth(2)},
        {"mlx5 pre-copy, busy, size x 2, link and dirty rate x 0.5", "mlx5", pre, busy(),
         [](SimDeviceProfile& device) {
             size(2)(device);
             link(0.5)(device);
             dirty(0.5)(device);
         },
         [](const WhatIfInputs& inputs) {
             WhatIfChange change = byDirty(inputs, 0.5);
             change.bandwidthFactor = 0.5;
             change.stateBytes = bySize(inputs, 2).stateBytes;
             return change;
         }},
        {"mlx5 pre-copy, busy, a link of 200 MiB/s", "mlx5", pre, busy(),
         [](SimDeviceProfile& device) { device.loadBytesPerSecond = 200 * MiB; }, slowLink(200 * MiBd)},
        {"mlx5 loopback pre-copy, busy, link x 0.5", "mlx5", loopbackPlan(CopyMode::PreCopy), busy(),
         link(0.5), bandwidth(0.5)},
        {"virtio pre-copy, link x 0.25", "virtio", pre, nothing, link(0.25), bandwidth(0.25)},
        {"virtio pre-copy, size x 3", "virtio", pre, nothing, size(3), stateSize(3)},
        {"hisi_acc pre-copy, downtime limit 300 -> 0 ms", "hisi_acc", pre, nothing, nothing, limit(0ms)},
    });
}

/// What real devices do otherwise: no size estimate or a constant one, dirty data that every read finds, a
/// working set.
TEST_F(WhatIfProof, devicesThatTellLessOrQueueOtherwise) {
    const Plan pre = migratePlan(CopyMode::PreCopy);
    Plan tight = pre;
    tight.limits.downtimeLimit = 40ms;
    const Edit silent = answers(SimSizeAnswer::None);
    const Edit constant = answers(SimSizeAnswer::Fixed);
    const Edit onRead = [](SimDeviceProfile& device) {
        busy()(device);
        device.dirtyOnInfo = false;
    };
    const Edit small = [](SimDeviceProfile& device) {
        busy()(device);
        device.workingSetBytes = 10 * MiB;
    };
    proveAll({
        {"no estimate, link x 0.5", "mlx5", tight, silent, link(0.5), bandwidth(0.5)},
        {"constant estimate, rounds run out, dirty rate x 2", "mlx5", tight, constant, dirty(2),
         dirtyRate(2)},
        {"dirty data found by every read, dirty rate x 2", "mlx5", tight, onRead, dirty(2), dirtyRate(2)},
        {"dirty data found by every read, size x 3", "mlx5", pre, onRead, size(3), stateSize(3)},
        {"small working set, link x 0.5", "mlx5", tight, small, link(0.5), bandwidth(0.5)},
    });
}

} // namespace
} // namespace migscope::test
