// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The worker's side of a session: observer, state, and the way back to RUNNING.
#include "core/transfer/session_shared.h"

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "core/base/escape.h"

namespace migscope {

Error errorOf(const std::exception& thrown, std::string what, std::string where) {
    if (const auto* system = dynamic_cast<const std::system_error*>(&thrown))
        return {system->code(), std::move(what), std::move(where), {}};
    if (dynamic_cast<const std::bad_alloc*>(&thrown) != nullptr)
        return {{ENOMEM, std::generic_category()}, std::move(what), std::move(where), {}};
    return {make_error_code(Errc::Refused), std::move(what), std::move(where), thrown.what()};
}

const char* setCallName(MigState goal) {
    switch (goal) {
    case MigState::Error:
        return "SET ERROR";
    case MigState::Stop:
        return "SET STOP";
    case MigState::Running:
        return "SET RUNNING";
    case MigState::StopCopy:
        return "SET STOP_COPY";
    case MigState::Resuming:
        return "SET RESUMING";
    case MigState::RunningP2p:
        return "SET RUNNING_P2P";
    case MigState::PreCopy:
        return "SET PRE_COPY";
    case MigState::PreCopyP2p:
        return "SET PRE_COPY_P2P";
    }
    return "SET";
}

void SessionObserver::arcBegin(const ArcStart& arc) {
    const MigState target = arc.combined ? arc.goal : arc.to;
    route.push(shared_.clock.now(), event::ArcBegin{arc.from, arc.to, arc.goal, arc.combined, ::gettid()});
    blockingCall(setCallName(target));
}

void SessionObserver::arcEnd(const ArcOutcome& outcome) {
    blockingCall(nullptr);
    event::ArcEnd end;
    end.from = outcome.arc.from;
    end.to = outcome.arc.to;
    end.goal = outcome.arc.goal;
    end.combined = outcome.arc.combined;
    end.called = outcome.called;
    end.returned = outcome.returned;
    end.stateAfter = outcome.stateAfter;
    if (outcome.error) {
        end.errnoValue = outcome.error->errnoValue();
        if (end.errnoValue == 0)
            end.error = codeName(outcome.error->code);
    }
    // The old stream is over when its session was left, or when the SET failed (it is dropped then).
    const bool stillSaving =
        !outcome.error && isSaving(outcome.arc.from) && outcome.stateAfter && isSaving(*outcome.stateAfter);
    if (streamOpen_ && !stillSaving)
        streamNews(event::StreamWhat::Close, outcome.returned);
    if (outcome.opened) {
        stream_ = route.sink != nullptr ? route.sink->nextStream() : 1;
        streamOpen_ = true;
        streamBytes = 0;
        streamSaves_ = *outcome.opened == StreamDirection::Save;
        end.stream = stream_;
    }
    route.push(outcome.returned, end);
    if (outcome.opened)
        route.push(outcome.returned, event::Stream{stream_, streamSaves_, event::StreamWhat::Open, 0, 0});
    shared_.change([&](SessionState& state) {
        state.state = outcome.stateAfter;
        const auto same = [&](const ArcLatency& known) {
            return known.from == outcome.arc.from && known.to == outcome.arc.to;
        };
        auto at = std::find_if(state.latencies.begin(), state.latencies.end(), same);
        if (at == state.latencies.end())
            at =
                state.latencies.insert(at, ArcLatency{outcome.arc.from, outcome.arc.to, Ns{0}, std::nullopt});
        at->refused = outcome.error;
        if (!outcome.error)
            at->last = outcome.returned - outcome.called;
        if (!streamOpen_)
            state.stream.reset();
        else if (outcome.opened)
            state.stream = HandStream{*outcome.opened, 0, false, false};
    });
}

void SessionObserver::blockingCall(const char* what) {
    if (what != nullptr) {
        shared_.callThread.store(::gettid(), std::memory_order_relaxed);
        shared_.callSince.store(shared_.clock.now().count(), std::memory_order_relaxed);
    }
    shared_.callName.store(what, std::memory_order_release);
}

void SessionObserver::call(const CallRecord& record) {
    route.push(record.returned, event::Call{record.op, hexText(record.in), hexText(record.out),
                                            record.errnoValue, record.called, record.returned});
}

void SessionObserver::streamNews(event::StreamWhat what, Ns time, int errnoValue) {
    route.push(time, event::Stream{stream_, streamSaves_, what, streamBytes, errnoValue});
    if (what == event::StreamWhat::Close)
        streamOpen_ = false;
}

void SessionObserver::noteDropped(const MigrationDevice& device) {
    if (streamOpen_ && !device.hasStream())
        streamNews(event::StreamWhat::Close, shared_.clock.now());
}

DeviceSession::Shared::Shared(Backend& useBackend, std::string useDevice, EventRoute ownRoute,
                              Options useOptions)
    : backend(useBackend)
    , clock(useBackend.clock())
    , name(std::move(useDevice))
    , home{ownRoute.sink, ownRoute.device, ownRoute.run}
    , options(useOptions)
    , changed(clock.makeCondition()) {
    state.device = name;
    observer.route = home;
    observer.recordCalls = options.recordCalls;
}

void DeviceSession::Shared::interrupt() {
    const std::lock_guard lock(deviceMutex);
    if (interruptible != nullptr)
        interruptible->interrupt();
}

std::function<void()> DeviceSession::Shared::cancelLocked() {
    if (cancelRun)
        return cancelRun;
    // Without a job there is nothing to wake, and the wake-up would hit the next one. The job cannot end
    // before the mutex is given back.
    if (state.phase == SessionPhase::Working) {
        cancelled = true;
        interrupt();
    }
    return nullptr;
}

void DeviceSession::Shared::setInterruptible(MigrationDevice* target) {
    const std::lock_guard lock(deviceMutex);
    interruptible = target;
}

void DeviceSession::Shared::change(const std::function<void(SessionState&)>& edit) {
    {
        const std::lock_guard lock(mutex);
        edit(state);
        ++state.revision;
    }
    changed->notifyAll();
    const std::lock_guard call(telling);
    std::function<void()> tell;
    {
        const std::lock_guard lock(mutex);
        tell = onChange;
    }
    if (tell)
        tell();
}

SessionState DeviceSession::Shared::snapshot() const {
    SessionState copy;
    {
        const std::lock_guard lock(mutex);
        copy = state;
    }
    if (const char* call = callName.load(std::memory_order_acquire)) {
        copy.call = call;
        copy.callSince = Ns(callSince.load(std::memory_order_relaxed));
        copy.thread = callThread.load(std::memory_order_relaxed);
        const bool mayBeStuck = copy.phase == SessionPhase::Working || copy.phase == SessionPhase::Lent;
        if (mayBeStuck && clock.now() - *copy.callSince >= options.stuckAfter)
            copy.phase = SessionPhase::Stuck;
    }
    return copy;
}

void DeviceSession::Shared::syncFromDevice(SessionState& to) const {
    if (!device) {
        to.capabilities.reset();
        to.state.reset();
        to.needsReset = false;
        to.handedOver = false;
        to.stream.reset();
        to.dmaLog.reset();
        return;
    }
    to.capabilities = device->capabilities();
    to.state = device->believed();
    to.needsReset = device->capabilities().protocol == Protocol::V2 && device->needsReset();
    if (!device->hasStream())
        to.stream.reset();
    if (to.dmaLog)
        to.dmaLog->active = device->logsDma();
}

Result<MigState> walkTo(MigrationDevice& device, MigState goal, const Walk& how) {
    for (int retries = how.retries;;) {
        auto outcomes = device.setState(goal, how.combined, how.stop);
        if (!outcomes)
            return std::unexpected(std::move(outcomes.error()));
        if (outcomes->empty() || !outcomes->back().error) {
            if (device.believed() == goal)
                return goal;
            return fail(Errc::Cancelled, fmt::format("SET {}", stateName(goal)), device.name());
        }
        const Error error = *outcomes->back().error;
        const bool untouched = outcomes->back().stateAfter == outcomes->back().arc.from;
        if (!error.isErrno(EINTR) || !untouched || retries-- <= 0 || device.needsReset())
            return std::unexpected(error);
    }
}

ResetResult resetWithEvent(MigrationDevice& device, const EventRoute& route) {
    auto result = device.reset();
    static constexpr std::array words{"done", "busy", "unsupported", "failed"};
    route.push(result.returned,
               event::Reset{words.at(static_cast<std::size_t>(result.outcome)), result.attempts,
                            result.called, result.returned, result.error ? result.error->errnoValue() : 0,
                            result.stateAfter});
    return result;
}

Result<void> bringToRunning(MigrationDevice& device, bool mustReset, const EventRoute& route,
                            std::string& note) {
    if (device.capabilities().protocol != Protocol::V2)
        return {};
    const auto found = device.state();
    // A loading session can only be aborted by a reset; a SET would try to accept what was written so far.
    const bool loading = found && *found == MigState::Resuming;
    mustReset = mustReset || !found || loading || device.needsReset();
    if (!mustReset) {
        if (*found == MigState::Running)
            return {};
        if (walkTo(device, MigState::Running, {.retries = interruptedRetries})) {
            note = fmt::format("taken back from {} to RUNNING", stateName(*found));
            return {};
        }
    }
    const auto reset = resetWithEvent(device, route);
    if (reset.outcome == ResetOutcome::Done) {
        note = "reset to RUNNING: its former state is lost";
        return {};
    }
    const std::string stands = reset.stateAfter ? stateName(*reset.stateAfter) : "an unknown state";
    note = fmt::format("could not be brought back: it stands in {}", stands);
    return fail(Errc::DeviceLost, "bring back", device.name(),
                fmt::format("{}; it stands in {}",
                            reset.error ? describe(*reset.error) : "the reset did not work", stands));
}

} // namespace migscope
