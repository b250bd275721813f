// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions: the mailbox and its worker.
#include "core/transfer/device_session.h"

#include <array>
#include <thread>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/transfer/dma_log_job.h"
#include "core/transfer/hand_stream.h"
#include "core/transfer/session_shared.h"

namespace migscope {

std::string jobWord(const Job& job) {
    struct Word {
        std::string operator()(const job::Open&) const { return "open"; }
        std::string operator()(const job::Probe&) const { return "probe"; }
        std::string operator()(const job::Step& step) const { return "step to " + stateName(step.goal); }
        std::string operator()(const job::Drain&) const { return "drain"; }
        std::string operator()(const job::SaveStream&) const { return "save stream"; }
        std::string operator()(const job::LoadStream&) const { return "load stream"; }
        std::string operator()(const job::DmaLog&) const { return "DMA logging"; }
        std::string operator()(const job::DmaCost&) const { return "cost of DMA logging"; }
        std::string operator()(const job::Reset&) const { return "reset"; }
        std::string operator()(const job::BringBack&) const { return "bring back"; }
        std::string operator()(const job::Close&) const { return "close"; }
    };
    return std::visit(Word{}, job);
}

std::string SessionState::stuckText(Ns now) const {
    if (phase != SessionPhase::Stuck || !callSince)
        return {};
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *callSince).count();
    return fmt::format("stuck in {} for {} s", call, seconds);
}

namespace {

using Shared = DeviceSession::Shared;

/// Carries out jobs on the worker; the error of the last one lands in the state.
class Worker {
public:
    explicit Worker(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}

    void run(Clock::Member member) {
        member.adopt();
        loop();
        // The device is closed by the thread that used it, before anybody hears of our end.
        closeDevice();
        {
            // Left under the lock: who waits for `exited` may destroy the clock as soon as it has seen it.
            const std::lock_guard lock(shared_->mutex);
            shared_->state.phase = SessionPhase::Closed;
            ++shared_->state.revision;
            shared_->exited = true;
            member.release();
        }
        shared_->changed->notifyAll();
    }

    Result<void> operator()(const job::Open&) {
        if (shared_->device)
            return {};
        shared_->observer.blockingCall("open");
        auto io = shared_->backend.open(shared_->name);
        shared_->observer.blockingCall(nullptr);
        if (!io)
            return std::unexpected(std::move(io.error()));
        shared_->device = std::make_unique<MigrationDevice>(shared_->name, std::move(*io), shared_->clock);
        shared_->device->observe(&shared_->observer);
        shared_->setInterruptible(shared_->device.get());
        auto probed = (*this)(job::Probe{});
        if (!probed)
            closeDevice();
        return probed;
    }

    Result<void> operator()(const job::Probe&) {
        if (auto open = needDevice("probe"); !open)
            return open;
        const auto believed = shared_->device->believed();
        const auto found = shared_->device->probe();
        if (!found)
            return std::unexpected(found.error());
        noteMoved(believed);
        if (found->protocol == Protocol::V2)
            shared_->home.push(shared_->clock.now(),
                               event::Estimate{found->stopCopySize.bytes, found->stopCopySize.errnoValue},
                               "user");
        return {};
    }

    Result<void> operator()(const job::Step& step) {
        const std::string what = fmt::format("SET {}", stateName(step.goal));
        if (auto open = needDevice(what); !open)
            return open;
        shared_->change([&](SessionState& state) { state.goal = step.goal; });
        if (shared_->snapshot().handedOver && (isRunning(step.goal) || isSaving(step.goal)))
            return fail(Errc::Refused, what, shared_->name,
                        "its state was handed on: running it here would make a twin, only a reset is safe");
        // The device may have been reset behind our back since the last act.
        const auto believed = shared_->device->believed();
        if (!shared_->device->needsReset() && shared_->device->state())
            noteMoved(believed);
        const auto stands =
            walkTo(*shared_->device, step.goal,
                   {.combined = step.combined, .stop = [this] { return shared_->cancelled.load(); }});
        if (!stands)
            return std::unexpected(stands.error());
        return {};
    }

    Result<void> operator()(const job::Drain&) {
        if (auto open = needDevice("drain"); !open)
            return open;
        return drainHandStream(*shared_, nullptr);
    }

    Result<void> operator()(const job::SaveStream& save) {
        if (auto open = needDevice("save stream"); !open)
            return open;
        return saveHandStream(*shared_, save.path, save.raw);
    }

    Result<void> operator()(const job::LoadStream& load) {
        if (auto open = needDevice("load stream"); !open)
            return open;
        return loadHandStream(*shared_, load.path);
    }

    Result<void> operator()(const job::DmaLog& log) {
        if (auto open = needDevice("DMA logging"); !open)
            return open;
        return logDma(*shared_, log);
    }

    Result<void> operator()(const job::DmaCost& cost) {
        if (auto open = needDevice("cost of DMA logging"); !open)
            return open;
        return measureDmaCost(*shared_, cost);
    }

    Result<void> operator()(const job::Reset&) {
        if (auto open = needDevice("RESET"); !open)
            return open;
        const auto result = resetWithEvent(*shared_->device, shared_->home);
        if (result.outcome != ResetOutcome::Done)
            return std::unexpected(
                result.error.value_or(Error{make_error_code(Errc::DeviceLost), "RESET", shared_->name, {}}));
        shared_->change([](SessionState& state) { state.handedOver = false; });
        return {};
    }

    Result<void> operator()(const job::BringBack&) {
        if (!shared_->device)
            return {};
        const bool mustReset = shared_->snapshot().handedOver;
        std::string note;
        auto done = bringToRunning(*shared_->device, mustReset, shared_->home, note);
        if (done)
            shared_->change([](SessionState& state) { state.handedOver = false; });
        return done;
    }

    Result<void> operator()(const job::Close&) {
        closeDevice();
        return {};
    }

private:
    void loop() {
        for (;;) {
            std::optional<Job> job;
            std::function<void()> loan;
            {
                std::unique_lock lock(shared_->mutex);
                shared_->changed->waitFor(lock, std::nullopt, [&] {
                    return shared_->quitting || shared_->pending || shared_->loanWork ||
                           shared_->releaseWanted;
                });
                if (shared_->pending)
                    job = std::exchange(shared_->pending, std::nullopt);
                else if (shared_->loanWork)
                    loan = std::exchange(shared_->loanWork, nullptr);
                else if (!shared_->quitting) {
                    shared_->releaseWanted = false;
                    shared_->state.phase = SessionPhase::Working;
                    shared_->state.job = "release (asked back)";
                    ++shared_->state.revision;
                } else
                    return;
            }
            if (job)
                carryOut(*job);
            else if (loan)
                loan();
            else
                letGo();
        }
    }

    void carryOut(const Job& job) {
        Result<void> done;
        try {
            done = std::visit(*this, job);
        } catch (const std::exception& thrown) {
            done = std::unexpected(errorOf(thrown, jobWord(job), shared_->name));
            if (shared_->device)
                (void)shared_->device->state();
        }
        const bool closed = !shared_->device;
        if (!closed)
            shared_->observer.noteDropped(*shared_->device);
        shared_->change([&](SessionState& state) {
            shared_->syncFromDevice(state);
            state.phase = closed ? SessionPhase::Closed : SessionPhase::Idle;
            state.error = done ? std::nullopt : std::optional(done.error());
        });
    }

    void letGo() {
        std::string note;
        const bool mustReset = shared_->snapshot().handedOver;
        if (shared_->device)
            (void)bringToRunning(*shared_->device, mustReset, shared_->home, note);
        carryOut(job::Close{});
    }

    void closeDevice() {
        if (!shared_->device)
            return;
        (void)stopDmaLog(*shared_);
        shared_->setInterruptible(nullptr);
        // Unbinding waits for this close, and a close resets: both can take long.
        shared_->observer.blockingCall("close");
        shared_->device->closeStream();
        shared_->observer.noteDropped(*shared_->device);
        shared_->device.reset();
        shared_->observer.blockingCall(nullptr);
        shared_->change([&](SessionState& state) { shared_->syncFromDevice(state); });
    }

    Result<void> needDevice(const std::string& what) {
        if (shared_->device)
            return {};
        return fail(Errc::Refused, what, shared_->name, "the device is not open");
    }

    void noteMoved(std::optional<MigState> believed) {
        const auto found = shared_->device->believed();
        if (believed && found && *believed != *found)
            shared_->home.push(shared_->clock.now(), event::StateMoved{believed, found});
    }

    std::shared_ptr<Shared> shared_;
};

} // namespace

DeviceSession::DeviceSession(Backend& backend, std::string device, EventSink& sink, int deviceIndex,
                             Options options)
    : shared_(std::make_shared<Shared>(backend, std::move(device),
                                       EventRoute{&sink, deviceIndex, std::nullopt}, options)) {
    Clock::Member member(backend.clock());
    // Detached from the start: a thread that the kernel does not give back must never be joined.
    std::thread([shared = shared_, worker = std::move(member)]() mutable {
        Worker(shared).run(std::move(worker));
    }).detach();
}

DeviceSession::~DeviceSession() {
    release(shared_->options.grace);
}

const std::string& DeviceSession::device() const {
    return shared_->name;
}

Result<void> DeviceSession::post(Job job) {
    const std::string word = jobWord(job);
    const SessionState seen = shared_->snapshot();
    if (seen.phase == SessionPhase::Stuck || seen.phase == SessionPhase::Abandoned)
        return fail(Errc::Stuck, word, shared_->name, seen.stuckText(shared_->clock.now()));
    {
        const std::lock_guard lock(shared_->mutex);
        if (shared_->quitting)
            return fail(Errc::Refused, word, shared_->name, "the session is being released");
        if (shared_->releaseWanted)
            return fail(Errc::Refused, word, shared_->name, "the kernel asked for the device: it is let go");
        if (shared_->pending || shared_->state.phase == SessionPhase::Working ||
            shared_->state.phase == SessionPhase::Lent)
            return fail(Errc::JobRunning, word, shared_->name,
                        seen.callSince ? fmt::format("{} has been running for {}", seen.job,
                                                     formatDuration(shared_->clock.now() - *seen.callSince))
                                       : fmt::format("{} is running", seen.job));
        shared_->cancelled = false;
        shared_->pending = std::move(job);
        shared_->state.phase = SessionPhase::Working;
        shared_->state.job = word;
        shared_->state.error.reset();
        ++shared_->state.revision;
    }
    shared_->changed->notifyAll();
    return {};
}

void DeviceSession::cancel() {
    std::function<void()> cancelRun;
    {
        const std::lock_guard lock(shared_->mutex);
        cancelRun = shared_->cancelLocked();
    }
    shared_->changed->notifyAll(); // a job may be waiting for its next round
    if (cancelRun)
        cancelRun();
}

SessionState DeviceSession::state() const {
    return shared_->snapshot();
}

SessionState DeviceSession::wait(std::optional<Ns> deadline) {
    {
        std::unique_lock lock(shared_->mutex);
        shared_->changed->waitFor(lock, deadline, [&] {
            const auto phase = shared_->state.phase;
            const bool over = shared_->exited || phase == SessionPhase::Abandoned;
            return over || (!shared_->pending && !shared_->releaseWanted && phase != SessionPhase::Working &&
                            phase != SessionPhase::Lent);
        });
    }
    return shared_->snapshot();
}

Result<SessionState> DeviceSession::perform(Job job, std::optional<Ns> deadline) {
    const std::string word = jobWord(job);
    if (auto posted = post(std::move(job)); !posted)
        return std::unexpected(std::move(posted.error()));
    SessionState after = wait(deadline);
    const bool busy = after.phase == SessionPhase::Working || after.phase == SessionPhase::Stuck ||
                      after.phase == SessionPhase::Abandoned;
    if (busy)
        return fail(Errc::Stuck, word, shared_->name,
                    after.call.empty() ? "the job has not ended" : "in " + after.call);
    if (after.error)
        return std::unexpected(*after.error);
    return after;
}

void DeviceSession::askedBack(const std::string& by) {
    shared_->home.push(shared_->clock.now(), event::AskedBack{by});
    std::function<void()> cancelRun;
    {
        // At once: no job slips in between, and the wake-up does not hit the release itself.
        const std::lock_guard lock(shared_->mutex);
        cancelRun = shared_->cancelLocked();
        shared_->releaseWanted = true;
    }
    shared_->changed->notifyAll();
    if (cancelRun)
        cancelRun();
}

bool DeviceSession::release(Ns grace) {
    cancel();
    std::unique_lock lock(shared_->mutex);
    shared_->quitting = true;
    shared_->onChange = nullptr;
    lock.unlock();
    shared_->changed->notifyAll();
    {
        const std::lock_guard lastCall(shared_->telling);
    }
    lock.lock();
    if (shared_->changed->waitFor(lock, shared_->clock.now() + grace, [&] { return shared_->exited; }))
        return true;
    shared_->abandoned = true;
    shared_->state.phase = SessionPhase::Abandoned;
    return false;
}

void DeviceSession::onChange(std::function<void()> callback) {
    const std::lock_guard lastCall(shared_->telling);
    const std::lock_guard lock(shared_->mutex);
    shared_->onChange = std::move(callback);
}

} // namespace migscope
