// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Opening, waiting, cancelling, bringing back: the same for every command that touches a device.
#include "app/cli/device_work.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "app/cli/failure.h"
#include "core/base/byte_size.h"

namespace migscope::cli {
namespace {

constexpr Ns slice = std::chrono::milliseconds(100);
constexpr Ns showProgressAfter = std::chrono::milliseconds(300);
/// A program that stops us with one signal (timeout, a service manager) gets an end too.
constexpr Ns patienceAfterCancel = std::chrono::seconds(10);
/// Who set a limit waits this much longer: what a signal can wake, it wakes at once.
constexpr Ns patienceAfterInterrupt = std::chrono::seconds(2);

bool busy(const SessionState& state) {
    return state.phase == SessionPhase::Working || state.phase == SessionPhase::Stuck ||
           state.phase == SessionPhase::Lent;
}

} // namespace

DeviceWork::DeviceWork(Backend& backend, Console& console, Interrupts& interrupts, Settings settings)
    : backend_(backend), console_(console), interrupts_(interrupts), settings_(settings) {
    interrupts_.onLeave([this] { return leaveAtOnce(); });
    backend_.listen([this](const std::string& name) {
        const std::scoped_lock lock(sessionsMutex_);
        for (const auto& session : sessions_) {
            if (session->device() != name)
                continue;
            askedBack_ = name;
            session->askedBack("the kernel");
        }
    });
}

std::string DeviceWork::askedBack() {
    const std::scoped_lock lock(sessionsMutex_);
    return askedBack_;
}

DeviceWork::~DeviceWork() {
    end();
    backend_.listen({});
    interrupts_.onLeave({});
}

Result<SessionState> DeviceWork::open(const std::string& device) {
    DeviceSession::Options options;
    options.recordCalls = settings_.recordCalls;
    auto session =
        std::make_unique<DeviceSession>(backend_, device, tap_, static_cast<int>(sessions_.size()), options);
    {
        const std::scoped_lock lock(sessionsMutex_);
        sessions_.push_back(std::move(session));
    }
    return perform(sessions_.size() - 1, job::Open{});
}

std::vector<DeviceSession*> DeviceWork::sessions() const {
    std::vector<DeviceSession*> list;
    list.reserve(sessions_.size());
    for (const auto& session : sessions_)
        list.push_back(session.get());
    return list;
}

Result<SessionState> DeviceWork::perform(std::size_t device, Job job, const std::function<void()>& look) {
    if (cancelled())
        return fail(Errc::Cancelled, jobWord(job), session(device).device(), "asked to stop");
    return performAlways(device, std::move(job), [this, device] { session(device).cancel(); }, look);
}

Result<SessionState> DeviceWork::performAlways(std::size_t device, Job job,
                                               const std::function<void()>& cancel,
                                               const std::function<void()>& look) {
    DeviceSession& worker = session(device);
    const std::string word = jobWord(job);
    if (auto posted = worker.post(std::move(job)); !posted)
        return std::unexpected(std::move(posted.error()));
    SessionState after;
    const Ns begun = clock().now();
    const bool ended = waitFor(
        [&](Ns deadline) {
            after = worker.wait(deadline);
            if (look)
                look();
            return !busy(after);
        },
        cancel,
        [&] {
            const SessionState now = worker.state();
            return fmt::format("{}: {} {}", now.device, now.call.empty() ? word : now.call,
                               formatDuration(clock().now() - begun));
        });
    if (!ended)
        return fail(Errc::Stuck, after.call.empty() ? word : after.call, after.device,
                    fmt::format("the call has not returned for {} (process {}, thread {})",
                                formatDuration(clock().now() - after.callSince.value_or(begun)), ::getpid(),
                                after.thread));
    if (after.error && interrupted_)
        return std::unexpected(*interrupted_);
    if (after.error)
        return std::unexpected(*after.error);
    return after;
}

bool DeviceWork::waitFor(const std::function<bool(Ns deadline)>& done, const std::function<void()>& cancel,
                         const std::function<std::string()>& progress) {
    const Ns begun = clock().now();
    for (;;) {
        if (done(clock().now() + slice)) {
            console_.progress({});
            return true;
        }
        const Ns now = clock().now();
        if (cancelled() && !cancelledAt_) {
            cancelledAt_ = now;
            console_.note("cancelling: bringing the devices back (Ctrl-C again leaves at once)");
            cancel();
        }
        switch (reportStuck(now)) {
        case Patience::Wait:
            break;
        case Patience::Interrupt:
            cancelledAt_ = now;
            cancel();
            break;
        case Patience::GiveUp:
            gaveUp_ = true;
            console_.progress({});
            return false;
        }
        if (now - begun >= showProgressAfter && console_.progressWanted() && now - saidStuck_ > slice)
            console_.progress(progress());
    }
}

void DeviceWork::waitForSignal(const std::function<bool(Ns deadline)>& over) {
    while (!cancelled() && !over(clock().now() + slice)) {
    }
    // The end that was agreed on, not a cancel.
    if (cancelled())
        cancelledAt_ = clock().now();
}

DeviceWork::Patience DeviceWork::patienceWith(const SessionState& state, Ns now) const {
    const bool tooLong = settings_.maxStuck && now - *state.callSince >= *settings_.maxStuck;
    if (tooLong && !cancelledAt_)
        return Patience::Interrupt;
    // After a cancel only the call that was already under way then: those that bring a slow device back may
    // take their time.
    const Ns patience = interrupted_ ? patienceAfterInterrupt : patienceAfterCancel;
    const bool deaf = cancelledAt_ && *state.callSince <= *cancelledAt_ && now - *cancelledAt_ >= patience;
    // The way out has its limit too, and who cancelled and set one has waited long enough.
    const bool again = tooLong && !(interrupted_ && *state.callSince <= *cancelledAt_);
    return deaf || again ? Patience::GiveUp : Patience::Wait;
}

DeviceWork::Patience DeviceWork::reportStuck(Ns now) {
    Patience all = Patience::Wait;
    const bool say = now - saidStuck_ >= std::chrono::seconds(1);
    for (const auto& session : sessions_) {
        const SessionState state = session->state();
        const std::string text = state.stuckText(now);
        if (text.empty() || !state.callSince ||
            std::ranges::find(abandoned_, session.get()) != abandoned_.end())
            continue;
        const Patience patience = patienceWith(state, now);
        if (say || patience == Patience::Interrupt) {
            console_.note(fmt::format("{}: {} (process {}, thread {}); {}", state.device, text, ::getpid(),
                                      state.thread,
                                      patience == Patience::Interrupt ? "interrupting it"
                                      : cancelledAt_                  ? "Ctrl-C again leaves it there"
                                                                      : "Ctrl-C cancels"));
            saidStuck_ = now;
        }
        if (patience == Patience::Interrupt)
            interrupted_ = Error{make_error_code(Errc::Stuck), state.call, state.device,
                                 fmt::format("the call had not returned for {} and was interrupted",
                                             formatDuration(now - *state.callSince))};
        if (patience == Patience::GiveUp)
            abandoned_.push_back(session.get());
        all = std::max(all, patience);
    }
    return all;
}

Standing DeviceWork::standingOf(const DeviceSession& session, const SessionState& state) const {
    Standing standing;
    standing.device = session.device();
    standing.state = state.state;
    standing.hung = busy(state);
    standing.speaksMigration = !state.capabilities || state.capabilities->protocol == Protocol::V2;
    if (standing.hung) {
        standing.text = state.stuckText(clock().now());
        if (standing.text.empty())
            standing.text = fmt::format("in {}", state.call.empty() ? state.job : state.call);
    } else if (!standing.speaksMigration) {
        standing.text = "no migration state";
    } else {
        standing.text = state.state ? stateName(*state.state) : "unknown";
    }
    return standing;
}

void DeviceWork::leaveIfHung(ExitCode code) {
    if (!gaveUp_)
        return;
    [[maybe_unused]] const auto written = console_.finish(); // the exit code says what matters more
    // Nothing is destroyed and nobody joined: the thread in the kernel still uses backend and session.
    ::_exit(static_cast<int>(code));
}

std::vector<Standing> DeviceWork::end(bool bringBack) {
    if (over_)
        return ended_;
    over_ = true;
    // A signal from here on must not stop what brings the devices back; a second one still leaves.
    if (cancelled() && !cancelledAt_)
        cancelledAt_ = clock().now();
    for (std::size_t i = 0; i < sessions_.size(); ++i) {
        SessionState state = session(i).state();
        // What the kernel asked back is brought back and closed by its own session: two would be in each
        // other's way.
        if (session(i).device() == askedBack() && !gaveUp_) {
            std::mutex mutex;
            const auto condition = clock().makeCondition();
            [[maybe_unused]] const bool closed = waitFor(
                [&](Ns /*deadline*/) {
                    std::unique_lock lock(mutex);
                    condition->wait(lock, clock().now() + std::chrono::milliseconds(10));
                    return session(i).state().phase == SessionPhase::Closed;
                },
                [] {}, [&] { return fmt::format("{}: {}", state.device, state.job); });
            state = session(i).state();
        }
        if (state.phase == SessionPhase::Closed)
            continue; // never came open: nothing was done to it
        if (bringBack && !busy(state)) {
            [[maybe_unused]] const auto brought =
                performAlways(i, job::BringBack{}, [] {}); // the state tells
            state = session(i).state();
        }
        ended_.push_back(standingOf(session(i), state));
        if (busy(state))
            continue;
        if (!performAlways(i, job::Close{}, [] {}) && busy(session(i).state()))
            ended_.back() = standingOf(session(i), session(i).state());
    }
    return ended_;
}

int DeviceWork::leaveAtOnce() {
    // No stdio: the main thread may hold its lock, waiting for a terminal that is stopped.
    const std::scoped_lock lock(sessionsMutex_);
    std::string text = ::isatty(STDERR_FILENO) == 1 ? "\r\n" : "";
    text += "migscope-cli: left at once:";
    bool lost = false;
    for (const auto& session : sessions_) {
        const SessionState state = session->state();
        if (state.phase == SessionPhase::Closed)
            continue;
        const Standing standing = standingOf(*session, state);
        const bool stuck = !state.stuckText(clock().now()).empty();
        lost = lost || stuck ||
               (standing.speaksMigration && (!standing.state || *standing.state == MigState::Error));
        text +=
            fmt::format(" {}: {}{}{};", standing.device,
                        // What was believed before the call says nothing of a device that is inside it.
                        standing.hung && standing.state ? "state unknown, was " + stateName(*standing.state)
                        : standing.state                ? stateName(*standing.state)
                                                        : "state unknown",
                        standing.hung ? ", " : "", standing.hung ? standing.text : "");
    }
    text += fmt::format(" process {}; next: migscope-cli reset DEVICE\n", ::getpid());
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0)
        lost = true; // nobody heard it: the exit code must not say that all is well
    return static_cast<int>(lost ? ExitCode::DeviceLost : ExitCode::Cancelled);
}

} // namespace migscope::cli
