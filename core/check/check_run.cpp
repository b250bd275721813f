// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the catalogue.
#include "core/check/check_run.h"

#include <algorithm>
#include <cerrno>

#include "core/base/byte_size.h"
#include "core/check/context.h"
#include "core/transfer/session_shared.h"

namespace migscope {

std::size_t CheckReport::count(CheckVerdict verdict) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(results, [&](const CheckResult& r) { return r.outcome.verdict == verdict; }));
}

bool failedMust(const CheckResult& result) {
    return result.outcome.verdict == CheckVerdict::Fail &&
           (result.hung || result.check->severity == CheckSeverity::Must);
}

bool CheckReport::failedMust() const {
    return std::ranges::any_of(results, &migscope::failedMust);
}

std::vector<const CheckResult*> CheckReport::notJudged() const {
    std::vector<const CheckResult*> list;
    for (const CheckResult& result : results) {
        if (noImage && result.outcome.verdict == CheckVerdict::Skip && result.outcome.seen == *noImage)
            list.push_back(&result);
    }
    return list;
}

bool CheckReport::safe() const {
    return std::ranges::all_of(ends, &CheckEnd::safe);
}

Result<std::vector<const Check*>> selectChecks(const CheckRequest& request) {
    for (const std::string& id : request.only) {
        if (findCheck(id) == nullptr)
            return fail(Errc::InvalidArgument, "check", id, "no check has this id");
    }
    std::vector<const Check*> chosen;
    for (const Check& check : checkCatalogue()) {
        const bool byId =
            request.only.empty() || std::ranges::find(request.only, check.id) != request.only.end();
        const bool byClass = request.classes.empty() ||
                             std::ranges::find(request.classes, check.kind) != request.classes.end();
        if (byId && byClass)
            chosen.push_back(&check);
    }
    return chosen;
}

namespace {

/// Of a check whose call was given up.
CheckOutcome hungOutcome(const CallUnderWay& call, Ns now) {
    return checkFailed("{call} had not returned after {time}.",
                       {{"call", call.op}, {"time", formatDuration(now - call.since)}});
}

} // namespace

/// Warnings and errors of the kernel about the devices, with their times.
class CheckRun::Log {
public:
    struct Line {
        Ns time{0};
        std::string text;
    };
    void watch(Backend& backend, const std::vector<LogSubject>& subjects) {
        auto watch = backend.watchLog(subjects, [this](const KernelLogNews& news) {
            constexpr unsigned warning = 4;
            const auto* line = std::get_if<KernelLogLine>(&news);
            if (line == nullptr || line->priority / 8 != 0 || line->priority % 8 > warning)
                return;
            const std::lock_guard lock(mutex_);
            lines_.push_back({line->time, line->text});
        });
        if (watch)
            watch_ = std::move(*watch);
        readable_ = watch_ != nullptr;
    }
    void end() { watch_.reset(); }
    [[nodiscard]] bool readable() const { return readable_; }
    [[nodiscard]] std::vector<Line> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Line> lines_;
    bool readable_ = false;
    std::unique_ptr<KernelLogWatch> watch_; // last: ended first
};

CheckRun::CheckRun(Backend& backend, CheckRequest request, EventSink* sink)
    : backend_(backend)
    , request_(std::move(request))
    , book_(backend.clock(), sink)
    , device_(std::make_unique<Subject>(backend, request_.device, 0, book_))
    , log_(std::make_unique<Log>()) {
    if (request_.peer)
        peer_ = std::make_unique<Subject>(backend, *request_.peer, 1, book_);
}

CheckRun::~CheckRun() = default;

bool CheckRun::openOne(Subject& subject) {
    const auto opened = subject.open();
    std::optional<Error> error;
    if (!opened) {
        error = opened.error();
        subject.close(); // nothing was done to it
    } else if (subject.believed() != MigState::Running && request_.force) {
        (void)subject.reset();
    }
    const bool runs = opened && subject.believed() == MigState::Running;
    if (runs)
        return true;
    const std::lock_guard lock(mutex_);
    report_.errorDevice = subject.name();
    report_.leftAlone = opened && !request_.force;
    if (!error) {
        const std::string stands = subject.believed() ? stateName(*subject.believed()) : "an unknown state";
        error =
            Error{make_error_code(request_.force ? Errc::DeviceLost : Errc::Refused), "check", subject.name(),
                  request_.force ? "a reset did not bring it to RUNNING: it stands in " + stands
                                 : "it was found in " + stands + " and is left alone"};
    }
    report_.error = error;
    return false;
}

bool CheckRun::openBoth() {
    if (!openOne(*device_))
        return false;
    {
        const std::lock_guard lock(mutex_);
        report_.flags = progress_.flags = device_->flags();
        report_.access = device_->access();
    }
    return !peer_ || openOne(*peer_);
}

std::optional<CheckOutcome> CheckRun::unmet(const Check& check) const {
    const auto lacks = [&](std::string_view text) { return checkSkipped(text); };
    const std::uint64_t missing = check.needs.flags & ~device_->flags().raw();
    if (missing != 0)
        return checkSkipped("The device's flags lack {flags}.", {{"flags", MigFlags(missing).text()}});
    if (check.needs.peer && !peer_)
        return lacks("A second device of its kind is needed: name a PEER.");
    if (check.needs.dmaLogging && device_->dmaLoggingAnswer() != 0)
        return checkSkipped("PROBE of DMA_LOGGING_START answered {answer}: this driver does not log DMA.",
                            {{"answer", answerText(device_->dmaLoggingAnswer())}});
    if (check.needs.precopyInfoV2 && device_->precopyInfoV2Answer() != 0)
        return checkSkipped(
            device_->precopyInfoV2Answer() == ENOTTY
                ? "PROBE of MIG_PRECOPY_INFOv2 answered {answer}: kernels up to Linux 7.0 lack it."
                : "PROBE of MIG_PRECOPY_INFOv2 answered {answer}, though the flags have PRE_COPY.",
            {{"answer", answerText(device_->precopyInfoV2Answer())}});
    if (check.needs.refusedSet && device_->stopsWhenRefused())
        return lacks("Not tried: this driver (xe) stops the function when a SET is refused.");
    if (check.kind == CheckClass::Hostile &&
        (!device_->target().hostile || (check.needs.peer && !peer_->target().hostile)))
        return lacks(
            "Not tried: it writes junk into firmware that other functions may share. --hostile DEVICE "
            "asks for it.");
    return std::nullopt;
}

bool CheckRun::bringBoth(std::string& how, std::string& peerHow) {
    // Both are tried, whatever becomes of the first.
    bool back = true;
    try {
        if (device_->isOpen() && device_->hasOptedIn())
            device_->close();
        back = device_->bringBack(how);
        if (peer_)
            back = peer_->bringBack(peerHow) && back;
    } catch (const std::exception&) {
        back = false;
    }
    return back;
}

void CheckRun::ask(const std::vector<const Check*>& checks) {
    CheckContext context(*device_, peer_.get(), cancelled_, request_.mostImage);
    context.logLines = [this]() -> std::optional<std::vector<std::string>> {
        log_->end();
        if (!log_->readable())
            return std::nullopt;
        sortLog();
        std::vector<std::string> lines;
        const std::lock_guard lock(mutex_);
        for (const CheckResult& result : report_.results) {
            const bool refused = std::ranges::any_of(result.calls, [](const CheckCall& call) {
                return call.record.errnoValue != 0 && call.record.op.starts_with("SET ");
            });
            if (result.outcome.verdict == CheckVerdict::Pass && !refused &&
                result.check->kind != CheckClass::Hostile)
                lines.insert(lines.end(), result.kernelLog.begin(), result.kernelLog.end());
        }
        return lines;
    };
    std::uint64_t ignored = 0;
    (void)book_.take(ignored); // those of the opening
    (void)book_.takeSets();
    bool lost = false;
    for (const Check* check : checks) {
        {
            const std::lock_guard lock(mutex_);
            progress_.id = check->id;
        }
        CheckResult result;
        result.check = check;
        result.begun = backend_.clock().now();
        std::uint64_t leftOut = 0;
        if (auto reason = unmet(*check)) {
            result.outcome = std::move(*reason);
        } else if (lost) {
            result.outcome = checkSkipped("Not asked: the device could not be brought back to RUNNING.");
        } else if (hung()) {
            result.outcome = checkSkipped("Not asked: calls of this device do not return.");
        } else if (cancelled_) {
            result.outcome = checkSkipped("Not asked: cancelled.");
        } else {
            book_.mark(std::string(check->id));
            device_->beginCheck(check->id);
            try {
                result.outcome = check->run(context);
            } catch (const std::exception& thrown) {
                const Error error = errorOf(thrown, std::string(check->id), device_->name());
                result.outcome = checkSkipped("Not asked: {error}.", {{"error", describe(error)}});
            }
            judgeHang(result);
            result.calls = book_.take(result.callsLeftOut);
            result.ownCalls = result.calls.size();
            if (cancelled_ && result.outcome.verdict == CheckVerdict::Fail)
                result.outcome = checkSkipped("Not asked: cancelled.");
            lost = !bringBoth(result.broughtBack, result.peerBroughtBack);
        }
        for (CheckCall& call : book_.take(leftOut))
            result.calls.push_back(std::move(call));
        result.callsLeftOut += leftOut;
        result.sets = book_.takeSets();
        result.ended = backend_.clock().now();
        const std::lock_guard lock(mutex_);
        report_.noImage = context.noImage();
        report_.results.push_back(std::move(result));
        ++progress_.done;
    }
    // What is called from here on is no check's.
    const std::lock_guard lock(mutex_);
    progress_.id = {};
}

void CheckRun::judgeHang(CheckResult& result) {
    const std::lock_guard lock(mutex_);
    if (gaveUp_)
        result.outcome = hungOutcome(*gaveUp_, backend_.clock().now());
    result.hung = gaveUp_.has_value();
    gaveUp_.reset();
}

void CheckRun::giveUpCall(Ns since) {
    {
        const std::lock_guard lock(mutex_);
        const CallUnderWay call = book_.underWay();
        if (call.op.empty() || call.since != since)
            return;
        gaveUp_ = call;
        ++hangs_;
    }
    wake();
}

bool CheckRun::hung() const {
    constexpr unsigned enough = 2;
    const std::lock_guard lock(mutex_);
    return hangs_ >= enough;
}

void CheckRun::wake() {
    device_->interrupt();
    if (peer_)
        peer_->interrupt();
}

void CheckRun::sortLog() {
    const auto lines = log_->lines();
    const std::lock_guard lock(mutex_);
    for (CheckResult& result : report_.results) {
        result.kernelLog.clear();
        for (const auto& line : lines) {
            if (line.time >= result.begun && line.time <= result.ended && !result.calls.empty())
                result.kernelLog.push_back(line.text);
        }
    }
}

void CheckRun::finish(bool touched) {
    std::string how;
    std::string peerHow;
    if (touched)
        (void)bringBoth(how, peerHow);
    std::vector<CheckEnd> ends;
    for (Subject* subject : {device_.get(), peer_.get()}) {
        if (subject == nullptr || !subject->isOpen())
            continue;
        const auto state = subject->believed();
        ends.push_back({subject->name(), state, state == MigState::Running});
        subject->close();
    }
    log_->end();
    sortLog();
    const std::lock_guard lock(mutex_);
    report_.ends = std::move(ends);
    report_.cancelled = cancelled_;
    report_.ended = backend_.clock().now();
    report_.finished = true;
    progress_.id = {};
}

void CheckRun::run() {
    const auto checks = selectChecks(request_);
    {
        const std::lock_guard lock(mutex_);
        report_.begun = backend_.clock().now();
        if (!checks)
            report_.error = checks.error();
        else
            progress_.all = checks->size();
    }
    if (!checks)
        return finish(false);
    std::vector<LogSubject> subjects{
        {request_.device.device, request_.device.driver, request_.device.vfioDev}};
    if (request_.peer)
        subjects.push_back({request_.peer->device, request_.peer->driver, request_.peer->vfioDev});
    log_->watch(backend_, subjects);
    const bool ready = openBoth();
    if (ready)
        ask(*checks);
    finish(ready || request_.force);
}

void CheckRun::cancel() {
    cancelled_ = true;
    wake();
}

CheckProgress CheckRun::progress() const {
    const std::lock_guard lock(mutex_);
    CheckProgress now = progress_;
    now.call = book_.underWay();
    return now;
}

CheckReport CheckRun::report() const {
    const std::lock_guard lock(mutex_);
    return report_;
}

std::vector<CheckResult> CheckRun::resultsFrom(std::size_t first) const {
    const std::lock_guard lock(mutex_);
    const auto begin = static_cast<std::ptrdiff_t>(std::min(first, report_.results.size()));
    return {report_.results.begin() + begin, report_.results.end()};
}

CheckReport CheckRun::abandoned() const {
    const CheckProgress now = progress();
    CheckReport left = report();
    left.ended = backend_.clock().now();
    if (const Check* check = findCheck(now.id)) {
        CheckResult result;
        result.check = check;
        result.outcome = hungOutcome(now.call, left.ended);
        result.hung = true;
        result.begun = now.call.since;
        result.ended = left.ended;
        left.results.push_back(std::move(result));
    }
    const bool peer = now.call.device == 1 && request_.peer;
    left.ends.assign(1, {peer ? request_.peer->device : request_.device.device, std::nullopt, false});
    return left;
}

} // namespace migscope
