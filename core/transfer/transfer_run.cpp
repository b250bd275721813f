// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The coordinator: borrows devices from their sessions, lets the pairs run, gives the devices back.
#include "core/transfer/transfer_run.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/transfer/pair_run.h"
#include "core/transfer/run_context.h"

namespace migscope {

/// What coordinator and workers own together.
struct TransferRun::Shared {
    Shared(Clock& clock, EventSink& sink, const Plan& plan, RunFiles files)
        : context(clock, sink, plan, std::move(files), plan.pairs.size()) {}

    RunContext context;
    std::vector<RunDevice> ends; ///< by device index of the recording
    std::vector<std::unique_ptr<PairRun>> pairs;
    Ns grace{0};

    // Under context.mutex.
    std::vector<std::unique_ptr<MigrationDevice>>
        lent; ///< by device index: on its way to, or back from, a pair
    std::vector<bool> handed;
    std::vector<bool> returned;
    bool again = false;      ///< the run that ended was good, and more may follow
    std::size_t working = 0; ///< workers that still have something to do
    RunResult result;
    Ns began{0};

    void cancel() {
        context.cancel();
        for (auto& end : ends) {
            // Only what is still on loan to us: a wake-up must not hit anybody else's job.
            const std::lock_guard lock(end.session->mutex);
            if (end.session->borrower == this)
                end.session->interrupt();
        }
    }
};

namespace {

using Shared = TransferRun::Shared;

Result<void> refuse(const RunDevice& end, std::string detail) {
    return fail(Errc::Refused, "run", end.session->name, std::move(detail));
}

Result<void> checkDevice(const RunDevice& end, bool isSource, const Plan& plan) {
    const SessionState state = end.session->snapshot();
    if (state.phase == SessionPhase::Closed)
        return refuse(end, "the device is not open: open it first");
    if (state.phase != SessionPhase::Idle)
        return fail(Errc::JobRunning, "run", end.session->name, state.job + " is running");
    const Capabilities caps = state.capabilities.value_or(Capabilities{});
    if (caps.protocol == Protocol::V1Only)
        return fail(Errc::Unsupported, "run", end.session->name,
                    "the device speaks only the withdrawn protocol v1");
    if (caps.protocol != Protocol::V2)
        return fail(Errc::Unsupported, "run", end.session->name, "the device has no migration support");
    if (state.needsReset || state.handedOver)
        return refuse(end, fmt::format("it stands in {}: reset it first",
                                       state.state ? stateName(*state.state) : "an unknown state"));
    if (state.state != MigState::Running)
        return refuse(end, fmt::format("it stands in {}: bring it back to RUNNING first",
                                       state.state ? stateName(*state.state) : "an unknown state"));
    if (isSource && plan.mode == CopyMode::PreCopy && !caps.flags.preCopy())
        return fail(Errc::Unsupported, "run", end.session->name,
                    fmt::format("no PRE_COPY (flags: {}): take stop-copy", caps.flags.text()));
    if (plan.pairs.size() > 1 && !caps.flags.p2p())
        return refuse(end, "several devices at once need P2P states in each, and this one has none");
    return {};
}

Result<void> checkPlan(const Plan& plan, const std::vector<RunDevice>& ends) {
    const auto bad = [](std::string detail) {
        return fail(Errc::InvalidArgument, "run", "plan", std::move(detail));
    };
    if (plan.pairs.empty() || plan.runs == 0)
        return bad("nothing to do");
    std::set<int> used;
    for (const PlanPair& pair : plan.pairs) {
        const bool wantsSource = plan.kind != PlanKind::Load;
        const bool wantsDestination =
            plan.kind == PlanKind::Migrate || plan.kind == PlanKind::Loopback || plan.kind == PlanKind::Load;
        if (pair.source.has_value() != wantsSource || pair.destination.has_value() != wantsDestination)
            return bad("the ends do not fit the kind of run");
        if (plan.kind == PlanKind::Loopback && pair.source != pair.destination)
            return bad("a loopback has one device");
        if (plan.kind == PlanKind::Migrate && pair.source == pair.destination)
            return bad("source and destination are the same device: that is a loopback");
        for (const auto& [index, isSource] :
             {std::pair(pair.source, true), std::pair(pair.destination, false)}) {
            if (!index || (!isSource && plan.kind == PlanKind::Loopback))
                continue;
            if (*index < 0 || static_cast<std::size_t>(*index) >= ends.size())
                return bad("a device index is out of range");
            if (!used.insert(*index).second)
                return bad("a device stands in two places");
            if (auto fits = checkDevice(ends[static_cast<std::size_t>(*index)], isSource, plan); !fits)
                return fits;
        }
    }
    if (plan.runs > 1 && (plan.kind == PlanKind::Save || plan.kind == PlanKind::Load))
        return bad("repeated runs are for migrate, loopback and discard");
    return {};
}

/// The device moves out of its session for the time of a run.
void takeDevice(Shared& shared, RunDevice& end) {
    end.session->change([&](SessionState& state) { state.phase = SessionPhase::Lent; });
    SessionObserver& observer = end.session->observer;
    observer.route = EventRoute{&shared.context.sink, end.index, shared.context.run.load()};
    observer.recordCalls = shared.context.files.recordCalls.value_or(end.session->options.recordCalls);
}

void giveBack(RunDevice& end) {
    auto& session = *end.session;
    session.observer.route = session.home;
    session.observer.recordCalls = session.options.recordCalls;
    {
        const std::lock_guard lock(session.mutex);
        session.cancelRun = nullptr;
        session.borrower = nullptr;
    }
    // The rest of a cancel's wake-up must not hit the next job.
    session.cancelled = false;
    if (session.device)
        (void)session.device->state();
    session.change([&](SessionState& state) {
        session.syncFromDevice(state);
        state.phase = session.device ? SessionPhase::Idle : SessionPhase::Closed;
    });
}

void workerDone(Shared& shared) {
    {
        const std::lock_guard lock(shared.context.mutex);
        --shared.working;
    }
    shared.context.changed->notifyAll();
}

/// On the destination's worker: hands the device over and waits for it.
void lend(const std::shared_ptr<Shared>& shared, RunDevice& end) {
    takeDevice(*shared, end);
    const auto at = static_cast<std::size_t>(end.index);
    {
        std::unique_lock lock(shared->context.mutex);
        shared->lent[at] = std::move(end.session->device);
        shared->handed[at] = true;
        shared->context.changed->notifyAll();
        // Until it is back, however long that takes: another thread may be in a call on it, so the device is
        // neither closed nor free.
        shared->context.changed->waitFor(lock, std::nullopt, [&] { return bool(shared->returned[at]); });
        end.session->device = std::move(shared->lent[at]);
    }
    giveBack(end);
    workerDone(*shared);
}

DeviceEnd deviceEnd(const RunDevice& end, const PairRun& pair) {
    DeviceEnd out{end.session->name, end.index, std::nullopt, false, pair.note(end)};
    if (const auto state = end.device->state())
        out.state = *state;
    return out;
}

/// Runs the pair `at` on the calling worker, as often as the plan says.
class PairWorker {
public:
    PairWorker(std::shared_ptr<Shared> shared, std::size_t at)
        : shared_(std::move(shared)), at_(at), pair_(shared_->context.plan.pairs[at]) {}

    void run() {
        RunDevice* own = end(pair_.source ? pair_.source : pair_.destination);
        RunDevice* other = pair_.source && pair_.destination && pair_.source != pair_.destination
                               ? end(pair_.destination)
                               : nullptr;
        takeDevice(*shared_, *own);
        own->device = own->session->device.get();
        std::unique_ptr<MigrationDevice> borrowed;
        if (other != nullptr) {
            borrowed = receive(*other);
            other->device = borrowed.get();
        }
        RunDevice* source = pair_.source ? own : nullptr;
        RunDevice* destination = other != nullptr ? other : (pair_.destination ? own : nullptr);
        PairRun procedure(shared_->context, source, destination);
        for (std::uint32_t n = 1; n <= shared_->context.plan.runs; ++n) {
            const bool again = oneRun(procedure, source, destination, static_cast<int>(n));
            if (!again || n == shared_->context.plan.runs)
                break;
            if (auto ready = procedure.prepareNext(); !ready) {
                shared_->context.fail(ready.error());
                report(source, procedure);
                report(destination, procedure);
            }
            // All ends must be ready, or none starts the next run.
            if (!shared_->context.allReady() || shared_->context.failed()) {
                endEarly();
                break;
            }
        }
        if (other != nullptr)
            sendBack(*other, std::move(borrowed));
        giveBack(*own);
        workerDone(*shared_);
    }

private:
    RunDevice* end(std::optional<int> index) {
        return index ? &shared_->ends[static_cast<std::size_t>(*index)] : nullptr;
    }

    std::unique_ptr<MigrationDevice> receive(RunDevice& other) {
        const auto at = static_cast<std::size_t>(other.index);
        std::unique_lock lock(shared_->context.mutex);
        shared_->context.changed->waitFor(lock, std::nullopt, [&] { return shared_->handed[at]; });
        return std::move(shared_->lent[at]);
    }

    void sendBack(RunDevice& other, std::unique_ptr<MigrationDevice> device) {
        const auto at = static_cast<std::size_t>(other.index);
        other.device = nullptr;
        {
            const std::lock_guard lock(shared_->context.mutex);
            shared_->lent[at] = std::move(device);
            shared_->returned[at] = true;
        }
        shared_->context.changed->notifyAll();
    }

    /// How the end was left, in the result; replaces what was said of it before.
    void report(const RunDevice* one, const PairRun& procedure) {
        if (one == nullptr)
            return;
        DeviceEnd left = deviceEnd(*one, procedure);
        one->observer().noteDropped(*one->device);
        const std::lock_guard lock(shared_->context.mutex);
        auto& said = shared_->result.devices;
        std::erase_if(said, [&](const DeviceEnd& end) { return end.index == left.index; });
        said.push_back(std::move(left));
        std::sort(said.begin(), said.end(),
                  [](const DeviceEnd& a, const DeviceEnd& b) { return a.index < b.index; });
    }

    /// True when another run may follow: the same answer for all pairs.
    bool oneRun(PairRun& procedure, RunDevice* source, RunDevice* destination, int n) {
        auto& context = shared_->context;
        context.meet([&] {
            context.run = n;
            context.clearFailure();
            context.progress([&](RunProgress& progress) {
                progress.run = n;
                progress.movedBytes = 0;
                progress.expectedBytes.reset();
            });
            {
                const std::lock_guard lock(context.mutex);
                shared_->result = RunResult{};
                shared_->again = false;
            }
            context.sink.push(
                {context.clock.now(), std::nullopt, n, 0, "engine", event::RunBegin{context.plan}, {}});
        });
        for (RunDevice* one : {source, destination}) {
            if (one != nullptr)
                one->session->observer.route.run = n;
        }
        (void)procedure.once(); // its error is the context's
        report(source, procedure);
        report(destination, procedure);
        context.finish([&] { closeRun(n); });
        const std::lock_guard lock(context.mutex);
        return shared_->again;
    }

    void closeRun(int n) {
        auto& context = shared_->context;
        const auto cause = context.firstError();
        event::RunEnd ended;
        {
            const std::lock_guard lock(context.mutex);
            RunResult& result = shared_->result;
            result.error = cause;
            const bool cancelled =
                context.cancelled() && cause && (cause->is(Errc::Cancelled) || cause->isErrno(EINTR));
            result.outcome = !cause ? RunOutcome::Ok : cancelled ? RunOutcome::Cancelled : RunOutcome::Failed;
            // Decided once, here: pairs that look for themselves could see a cancel differently, and then
            // wait for each other. A cancel that fell after the last act of this run is the next run's: it
            // begins, is cancelled, and says so.
            shared_->again = !cause;
            ended.outcome = result.outcome;
            for (const DeviceEnd& left : result.devices)
                ended.states[left.index] = left.state;
        }
        if (cause)
            ended.reason = describe(*cause);
        if (context.files.hook) {
            try {
                context.files.hook("end");
                // The run is over, whatever the hook makes of it.
                // NOLINTNEXTLINE(bugprone-empty-catch)
            } catch (...) {
            }
        }
        context.sink.push({context.clock.now(), std::nullopt, n, 0, "engine", ended, {}});
    }

    void endEarly() {
        auto cause = shared_->context.firstError();
        const std::lock_guard lock(shared_->context.mutex);
        shared_->result.outcome = cause ? RunOutcome::Failed : RunOutcome::Cancelled;
        shared_->result.error =
            cause ? cause : Error{make_error_code(Errc::Cancelled), "next run", "this run", {}};
    }

    std::shared_ptr<Shared> shared_;
    std::size_t at_;
    PlanPair pair_;
};

using LoanWork = std::vector<std::pair<std::size_t, std::function<void()>>>;

/// Gives each worker its part, or none of them: between the check of the plan and this, somebody else may
/// have posted a job or released a session.
Result<void> borrow(const std::shared_ptr<Shared>& shared, LoanWork& work,
                    const std::vector<std::uint64_t>& seen) {
    // All at once, always in the same order.
    std::sort(work.begin(), work.end(), [&](const auto& a, const auto& b) {
        return std::less<>{}(shared->ends[a.first].session.get(), shared->ends[b.first].session.get());
    });
    std::vector<std::unique_lock<std::mutex>> locks;
    for (const auto& [index, act] : work) {
        auto& session = *shared->ends[index].session;
        locks.emplace_back(session.mutex);
        if (session.quitting || session.releaseWanted)
            return refuse(shared->ends[index], "the session is being released");
        if (session.state.phase != SessionPhase::Idle || session.state.revision != seen[index])
            return fail(Errc::JobRunning, "run", session.name, session.state.job + " came in between");
    }
    for (auto& [index, act] : work) {
        auto& session = *shared->ends[index].session;
        shared->grace = std::max(shared->grace, session.options.grace);
        session.cancelled = false;
        session.loanWork = std::move(act);
        session.state.phase = SessionPhase::Lent;
        session.state.job = planKindWord(shared->context.plan.kind);
        session.state.error.reset();
        ++session.state.revision;
        session.borrower = shared.get();
        session.cancelRun = [weak = std::weak_ptr(shared)] {
            if (const auto alive = weak.lock())
                alive->cancel();
        };
    }
    locks.clear();
    for (const auto& [index, act] : work)
        shared->ends[index].session->changed->notifyAll();
    return {};
}

} // namespace

bool RunResult::devicesSafe() const {
    return std::all_of(devices.begin(), devices.end(), [](const DeviceEnd& end) {
        return !end.hung && end.state && (*end.state == MigState::Running || *end.state == MigState::Stop);
    });
}

TransferRun::TransferRun() = default;

Result<std::unique_ptr<TransferRun>> TransferRun::start(Clock& clock, std::vector<DeviceSession*> sessions,
                                                        EventSink& sink, Plan plan, RunFiles files) {
    auto shared = std::make_shared<Shared>(clock, sink, plan, std::move(files));
    for (std::size_t i = 0; i < sessions.size(); ++i)
        shared->ends.push_back({sessions[i]->shared_, static_cast<int>(i), nullptr});
    std::vector<std::uint64_t> seen;
    for (const RunDevice& end : shared->ends)
        seen.push_back(end.session->snapshot().revision);
    if (auto fits = checkPlan(plan, shared->ends); !fits)
        return std::unexpected(fits.error());
    shared->lent.resize(sessions.size());
    shared->handed.resize(sessions.size());
    shared->returned.resize(sessions.size());
    shared->began = clock.now();

    LoanWork work;
    for (std::size_t i = 0; i < plan.pairs.size(); ++i) {
        const PlanPair& pair = plan.pairs[i];
        const auto own = static_cast<std::size_t>(pair.source ? *pair.source : *pair.destination);
        work.emplace_back(own, [shared, i] { PairWorker(shared, i).run(); });
        if (pair.source && pair.destination && pair.source != pair.destination) {
            const auto other = static_cast<std::size_t>(*pair.destination);
            work.emplace_back(other, [shared, other] { lend(shared, shared->ends[other]); });
        }
    }
    shared->working = work.size();
    if (auto taken = borrow(shared, work, seen); !taken)
        return std::unexpected(taken.error());
    std::unique_ptr<TransferRun> run(new TransferRun());
    run->shared_ = std::move(shared);
    return run;
}

TransferRun::~TransferRun() {
    if (!shared_ || finished())
        return;
    cancel();
    (void)wait(shared_->context.clock.now() + shared_->grace);
}

void TransferRun::cancel() {
    if (!finished())
        shared_->cancel();
}

RunProgress TransferRun::progress() const {
    RunProgress now = shared_->context.progress();
    now.elapsed = shared_->context.clock.now() - shared_->began;
    now.finished = finished();
    return now;
}

bool TransferRun::finished() const {
    const std::lock_guard lock(shared_->context.mutex);
    return shared_->working == 0;
}

std::optional<RunResult> TransferRun::wait(std::optional<Ns> deadline) {
    std::unique_lock lock(shared_->context.mutex);
    if (!shared_->context.changed->waitFor(lock, deadline, [&] { return shared_->working == 0; }))
        return std::nullopt;
    return shared_->result;
}

} // namespace migscope
