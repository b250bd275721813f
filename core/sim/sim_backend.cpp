// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated machine: discovery, opening, and the news that the kernel would send.
#include "core/sim/sim_backend.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "core/device/variant_drivers.h"
#include "core/host/enumerate.h"
#include "core/host/outside_state.h"
#include "core/sim/sim_device.h"
#include "core/sim/sim_machine.h"
#include "core/sim/sim_wrong.h"

namespace migscope {

struct SimBackend::Machine {
    Machine(SimProfile given, std::unique_ptr<Clock> own, Clock* borrowed)
        : profile(std::move(given))
        , ownClock(std::move(own))
        , clock(borrowed ? *borrowed : *ownClock)
        , host(buildSimMachine(profile))
        , violations(std::make_shared<SimViolations>())
        , log(std::make_shared<SimLog>(clock))
        , newsChanged(clock.makeCondition()) {
        const auto together = std::make_shared<SimWrongMachine>();
        for (const auto& device : profile.devices) {
            devices[device.address] = std::make_shared<SimDevice>(device, clock, violations, log);
            if (device.misbehaviours.empty())
                continue;
            auto wrong = std::make_shared<SimWrongs>();
            wrong->kinds = device.misbehaviours;
            wrong->flags = device.flags;
            wrong->machine = together;
            wrong->complain = [sink = log, &device] { sink->callFailed(device, "nothing at all", EIO); };
            wrongs[device.address] = std::move(wrong);
        }
    }
    ~Machine() {
        {
            const std::lock_guard lock(newsMutex);
            ending = true;
        }
        newsChanged->notifyAll();
        if (newsThread.joinable())
            newsThread.join();
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    [[nodiscard]] SimDevice* find(const std::string& device) const {
        const auto found = devices.find(device);
        return found != devices.end() ? found->second.get() : nullptr;
    }

    /// Why the kernel would not let the device be opened; 0 when it would.
    [[nodiscard]] int refusal(const SimDeviceProfile& device, std::string& why) const {
        if (!device.vfio) {
            why = "no driver of the VFIO family is bound, so there is no group node";
            return ENOENT;
        }
        const int group = host.places.at(device.address).group;
        for (const auto& other : profile.devices) {
            if (host.places.at(other.address).group != group)
                continue;
            if (!other.holders.empty()) {
                why = fmt::format("{} (pid {}) has the group open", other.holders.front().command,
                                  other.holders.front().pid);
                return EBUSY;
            }
            if (!other.vfio && !other.driver.empty() && !leavesGroupViable(other.driver)) {
                why = fmt::format("{} in the same group belongs to {}", other.address, other.driver);
                return EPERM;
            }
        }
        return 0;
    }

    void tell(const std::string& device) {
        const std::lock_guard lock(listenerMutex);
        if (listener)
            listener(device);
    }

    /// The kernel's request that a profile puts some time after an open.
    void tellLater(const std::string& device, Ns when) {
        std::unique_lock lock(newsMutex);
        news.emplace(when, device);
        if (!newsThread.joinable()) {
            newsThread = std::thread([this, member = Clock::Member(clock)]() mutable {
                member.adopt();
                runNews();
            });
        }
        lock.unlock();
        newsChanged->notifyAll();
    }

    void runNews() {
        std::unique_lock lock(newsMutex);
        while (!ending) {
            const auto due = news.empty() ? std::nullopt : std::optional(news.begin()->first);
            if (!due || clock.now() < *due) {
                newsChanged->wait(lock, due);
                continue;
            }
            const std::string device = news.begin()->second;
            news.erase(news.begin());
            lock.unlock();
            tell(device);
            lock.lock();
        }
    }

    const SimProfile profile;
    const std::unique_ptr<Clock> ownClock;
    Clock& clock;
    const SimMachine host;
    const std::shared_ptr<SimViolations> violations;
    const std::shared_ptr<SimLog> log;
    std::map<std::string, std::shared_ptr<SimDevice>> devices;
    std::map<std::string, std::shared_ptr<SimWrongs>> wrongs; ///< of those that misbehave

    std::mutex listenerMutex;
    Listener listener;

    std::mutex newsMutex;
    std::unique_ptr<Condition> newsChanged;
    std::multimap<Ns, std::string> news;
    bool ending = false;
    std::thread newsThread;
};

SimBackend::SimBackend(SimProfile profile, Clock& clock)
    : machine_(std::make_unique<Machine>(std::move(profile), nullptr, &clock)) {}

SimBackend::SimBackend(SimProfile profile, std::unique_ptr<Clock> clock)
    : machine_(std::make_unique<Machine>(std::move(profile), std::move(clock), nullptr)) {}

SimBackend::~SimBackend() = default;

std::string SimBackend::name() const {
    return "sim:" + machine_->profile.name;
}

Clock& SimBackend::clock() const {
    return machine_->clock;
}

Result<Topology> SimBackend::scan() {
    auto topology = migscope::enumerate(*machine_->host.tree, name(), true);
    if (!topology)
        return topology;
    for (auto& device : topology->devices) {
        if (const auto* simulated = machine_->find(device.name))
            device.label = simulated->profile().label;
    }
    return topology;
}

void SimBackend::enrich(Topology& topology) {
    migscope::enrich(*machine_->host.tree, topology);
}

Result<MigState> SimBackend::stateFromOutside(const std::string& device, Ns /*patience*/) {
    const auto path = outsideStatePath(device);
    if (!path)
        return std::unexpected(path.error());
    const auto* found = machine_->find(device);
    if (!machine_->profile.host.debugfs || !found || found->profile().protocol != SimProtocol::V2)
        return failErrno(ENOENT, "read the state", *path);
    return found->state();
}

Result<std::unique_ptr<DeviceIo>> SimBackend::open(const std::string& device) {
    const auto found = machine_->devices.find(device);
    if (found == machine_->devices.end())
        return fail(Errc::NotFound, "open", device, "the simulated machine has no such device");
    const auto& profile = found->second->profile();
    const std::string node = fmt::format("/dev/vfio/{}", machine_->host.places.at(device).group);
    std::string why;
    if (const int number = machine_->refusal(profile, why); number != 0)
        return failErrno(number, "open", node, std::move(why));
    const auto wrong = machine_->wrongs.find(device);
    if (const int number = found->second->openDevice(); number != 0) {
        if (number == EBUSY && wrong != machine_->wrongs.end() &&
            wrong->second->has(SimMisbehaviour::OpensTwice))
            return makeDeadDeviceIo();
        return failErrno(number, "open", node);
    }
    for (const auto& fault : profile.faults) {
        if (fault.kind == SimFaultKind::AskedBack)
            machine_->tellLater(device, machine_->clock.now() + fault.after);
    }
    auto io = makeSimDeviceIo(std::make_shared<SimHandle>(found->second));
    return wrong == machine_->wrongs.end() ? std::move(io) : misbehave(std::move(io), wrong->second);
}

void SimBackend::listen(Listener listener) {
    const std::lock_guard lock(machine_->listenerMutex);
    machine_->listener = std::move(listener);
}

Result<std::unique_ptr<KernelLogWatch>> SimBackend::watchLog(const std::vector<LogSubject>& subjects,
                                                             const KernelLogSink& sink) {
    return machine_->log->watch(subjects, sink);
}

const SimProfile& SimBackend::profile() const {
    return machine_->profile;
}

std::vector<std::string> SimBackend::violations() const {
    return machine_->violations->list();
}

std::vector<SimArc> SimBackend::arcs(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found ? found->arcs() : std::vector<SimArc>{};
}

MigState SimBackend::stateOf(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found ? found->state() : MigState::Error;
}

SimLoad SimBackend::lastLoad(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found ? found->lastLoad() : SimLoad{};
}

std::uint64_t SimBackend::savedSeed(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found ? found->savedSeed() : 0;
}

bool SimBackend::isOpen(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found != nullptr && found->isOpen();
}

bool SimBackend::logsDma(const std::string& device) const {
    const auto* found = machine_->find(device);
    return found != nullptr && found->logsDma();
}

void SimBackend::releaseStuck() {
    for (const auto& [address, device] : machine_->devices)
        device->releaseStuck();
}

void SimBackend::askBack(const std::string& device) {
    machine_->tell(device);
}

void SimBackend::moveBehindBack(const std::string& device) {
    if (auto* found = machine_->find(device))
        found->moveBehindBack();
}

namespace {

Result<SimProfile> named(const std::string& nameOrPath) {
    auto profile = loadSimProfile(nameOrPath);
    // A file is named as it was asked for, so that --backend can be repeated from what is shown.
    if (profile && !nameOrPath.empty() && nameOrPath != "lab")
        profile->name = nameOrPath;
    return profile;
}

} // namespace

Result<std::unique_ptr<SimBackend>> makeSimBackend(const std::string& profile, Clock& clock) {
    auto read = named(profile);
    if (!read)
        return std::unexpected(read.error());
    return std::make_unique<SimBackend>(std::move(*read), clock);
}

Result<std::unique_ptr<SimBackend>> makeSimBackend(const std::string& profile, std::unique_ptr<Clock> clock) {
    auto read = named(profile);
    if (!read)
        return std::unexpected(read.error());
    return std::make_unique<SimBackend>(std::move(*read), std::move(clock));
}

} // namespace migscope
