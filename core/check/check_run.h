// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run of the catalogue on a device: selects, asks, brings back, keeps what was seen.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/check/check.h"
#include "core/check/subject.h"
#include "core/transfer/event.h"
#include "core/vfio/backend.h"

namespace migscope {

struct CheckRequest {
    CheckTarget device;
    std::optional<CheckTarget> peer;
    std::vector<std::string> only;   ///< ids; empty: all
    std::vector<CheckClass> classes; ///< empty: all
    bool force = false;              ///< reset a device that is found not RUNNING
    /// Bytes of a saved state that are kept in memory, to be loaded: nothing is loaded of a larger one.
    std::uint64_t mostImage = std::uint64_t{1} << 30U;
};

struct CheckResult {
    const Check* check = nullptr;
    CheckOutcome outcome;
    std::vector<CheckCall> calls; ///< its own, then those of the way back to RUNNING
    std::size_t ownCalls = 0;     ///< so many of them are its own
    std::uint64_t callsLeftOut = 0;
    std::vector<CheckedSet> sets; ///< all SETs among them, and those of the way back
    Ns begun{0};
    Ns ended{0};
    std::string broughtBack; ///< how the device came back to RUNNING: "SET", "reset", …; empty: it was there
    std::string peerBroughtBack; ///< the same of the peer
    bool hung = false;           ///< a call did not return by itself: weighs as a must, whatever the check
    std::vector<std::string> kernelLog; ///< warnings and errors that were logged meanwhile
};

/// It failed, and the uAPI demands that it does not.
[[nodiscard]] bool failedMust(const CheckResult& result);

/// How a device was left.
struct CheckEnd {
    std::string device;
    std::optional<MigState> state; ///< absent: unknown
    bool safe = false;             ///< it answers RUNNING, or was never touched
};

struct CheckReport {
    std::vector<CheckResult> results;
    std::optional<Error> error; ///< why it could not begin; then there are no results
    std::string errorDevice;
    bool leftAlone = false; ///< a device was found not RUNNING, and force was not given
    bool cancelled = false;
    bool finished = false;
    std::optional<CheckSight>
        noImage; ///< why there was no saved state to load; absent: there was, or none asked
    MigFlags flags;
    std::string access;
    std::vector<CheckEnd> ends;
    Ns begun{0};
    Ns ended{0};

    [[nodiscard]] std::size_t count(CheckVerdict verdict) const;
    [[nodiscard]] bool failedMust() const;
    /// Checks that were skipped for want of a saved state.
    [[nodiscard]] std::vector<const CheckResult*> notJudged() const;
    [[nodiscard]] bool safe() const;
};

struct CheckProgress {
    std::size_t done = 0;
    std::size_t all = 0;
    std::string_view id; ///< of the check under way; empty: none
    MigFlags flags;      ///< of the device, once it is open
    CallUnderWay call;
};

/// The checks that a request names, in the order of the catalogue. InvalidArgument for an unknown id.
[[nodiscard]] Result<std::vector<const Check*>> selectChecks(const CheckRequest& request);

/// *Thread-safe*, but run(): that is for one thread. Backend and sink must outlive it.
class CheckRun {
public:
    /// `sink` may be null; else every call goes into it, and a mark for each check.
    CheckRun(Backend& backend, CheckRequest request, EventSink* sink);
    ~CheckRun();

    /// Opens the devices, asks, brings them back after each check and closes them.
    void run();
    /// After the call under way the rest is skipped; an interruptible call is woken.
    void cancel();
    /// The call under way is taken for hung: it is interrupted, and the check that made it fails. After the
    /// second one nothing more is asked.
    /// `since`: when that call began; another one is left alone.
    void giveUpCall(Ns since);
    [[nodiscard]] CheckProgress progress() const;
    [[nodiscard]] CheckReport report() const;
    /// Results so far from index `first` on; the kernel's lines come only with the report.
    [[nodiscard]] std::vector<CheckResult> resultsFrom(std::size_t first) const;
    /// The report when the call under way is never coming back: its check failed, its device stands unknown.
    [[nodiscard]] CheckReport abandoned() const;

private:
    class Log;
    [[nodiscard]] bool openBoth();
    [[nodiscard]] bool openOne(Subject& subject);
    [[nodiscard]] std::optional<CheckOutcome> unmet(const Check& check) const;
    void ask(const std::vector<const Check*>& checks);
    [[nodiscard]] bool bringBoth(std::string& how, std::string& peerHow);
    void finish(bool touched);
    void sortLog();
    void wake();
    [[nodiscard]] bool hung() const;
    void judgeHang(CheckResult& result);

    Backend& backend_;
    const CheckRequest request_;
    CallBook book_;
    std::unique_ptr<Subject> device_;
    std::unique_ptr<Subject> peer_;
    std::unique_ptr<Log> log_;
    std::atomic<bool> cancelled_{false};
    std::optional<CallUnderWay> gaveUp_; // under mutex_: in the check under way
    unsigned hangs_ = 0;                 // under mutex_
    mutable std::mutex mutex_;
    CheckReport report_;     // under mutex_
    CheckProgress progress_; // under mutex_, but for the call
};

/// A run on a worker of its own. The worker is never joined: what the kernel does not give back is abandoned,
/// and backend, clock and sink must then live on until the process leaves by _exit, or until it came back.
class CheckSession {
public:
    /// `keep` lives as long as the worker does: what backend and sink are of.
    CheckSession(Backend& backend, CheckRequest request, EventSink* sink, std::shared_ptr<void> keep = {});
    /// Cancels; whoever could not wait() for the end must leave the process.
    ~CheckSession();
    CheckSession(const CheckSession&) = delete;
    CheckSession& operator=(const CheckSession&) = delete;

    /// True: the run is over. False: the deadline came first.
    [[nodiscard]] bool wait(Ns deadline);
    void cancel() { shared_->run.cancel(); }
    void giveUpCall(Ns since) { shared_->run.giveUpCall(since); }
    [[nodiscard]] CheckProgress progress() const { return shared_->run.progress(); }
    [[nodiscard]] CheckReport report() const { return shared_->run.report(); }
    [[nodiscard]] std::vector<CheckResult> resultsFrom(std::size_t first) const {
        return shared_->run.resultsFrom(first);
    }
    [[nodiscard]] CheckReport abandoned() const { return shared_->run.abandoned(); }

private:
    struct Shared {
        Shared(Backend& backend, CheckRequest request, EventSink* sink);
        Clock& clock;
        CheckRun run;
        std::mutex mutex;
        std::unique_ptr<Condition> changed;
        bool over = false; // under mutex
    };
    std::shared_ptr<Shared> shared_;
};

} // namespace migscope
