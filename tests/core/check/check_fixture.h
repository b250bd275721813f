// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated machine of two small devices of one kind, and the catalogue run on it in virtual time.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/check/check_run.h"
#include "core/sim/sim_backend.h"

namespace migscope::test {

inline constexpr const char* checkDevice = "0000:01:00.1";
inline constexpr const char* checkPeer = "0000:01:00.2";

/// The family for a set of flags; both devices get the misbehaviours.
inline SimProfile checkProfile(std::uint64_t flags, const std::set<SimMisbehaviour>& wrong = {}) {
    static const std::map<std::uint64_t, const char*> families{
        {1, "pds"}, {3, "pds"}, {5, "hisi_acc"}, {7, "virtio"}};
    SimProfile profile;
    profile.name = "check";
    for (const char* address : {checkDevice, checkPeer}) {
        auto device = simFamily(families.at(flags), address).value();
        device.flags = MigFlags(flags);
        device.arcTimes.clear();
        device.dmaLogging = true;
        device.precopyInfoV2 = true;
        device.stateBytes = 4096;
        device.precopyInitialBytes = device.flags.preCopy() ? 1024 : 0;
        device.stopCopyBytes = device.flags.preCopy() ? 3072 : 0;
        device.misbehaviours = wrong;
        profile.devices.push_back(std::move(device));
    }
    return profile;
}

struct CheckedMachine {
    CheckReport report;
    std::vector<std::string> violations;
    std::map<std::string, CheckVerdict> verdicts;

    [[nodiscard]] std::set<std::string> failed() const {
        std::set<std::string> ids;
        for (const auto& [id, verdict] : verdicts) {
            if (verdict == CheckVerdict::Fail)
                ids.insert(id);
        }
        return ids;
    }
    /// What was seen by a check, for the message of a test.
    [[nodiscard]] std::string seen(const std::string& id) const {
        for (const CheckResult& result : report.results) {
            if (result.check->id == id)
                return result.outcome.seen.filled();
        }
        return "was not asked";
    }
};

inline CheckedMachine runChecks(SimProfile profile, CheckRequest request = {}) {
    VirtualClock clock;
    SimBackend backend(std::move(profile), clock);
    if (request.device.device.empty()) {
        request.device = {checkDevice, "virtio_vfio_pci", {}, true};
        request.peer = CheckTarget{checkPeer, "virtio_vfio_pci", {}, true};
    }
    CheckRun run(backend, std::move(request), nullptr);
    run.run();
    CheckedMachine machine{run.report(), backend.violations(), {}};
    for (const CheckResult& result : machine.report.results)
        machine.verdicts[std::string(result.check->id)] = result.outcome.verdict;
    return machine;
}

} // namespace migscope::test
