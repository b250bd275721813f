// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The devices that one command has open: opened, waited for, brought back and closed, whatever happens.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/event_tap.h"
#include "app/cli/failure.h"
#include "app/cli/interrupts.h"
#include "core/transfer/device_session.h"
#include "core/vfio/backend.h"

namespace migscope::cli {

/// How one device was left.
struct Standing {
    std::string device;
    std::optional<MigState> state; ///< absent: unknown
    bool hung = false;             ///< a call has not returned
    bool speaksMigration = true;   ///< false: no migration protocol, so there is no state to lose
    std::string text;              ///< "RUNNING", "unknown", "stuck in SET STOP for 12 s"

    [[nodiscard]] bool safe() const { return !hung && (!speaksMigration || state == MigState::Running); }
};

/// *Thread-bound*, but for what a second signal does. After gaveUp() the process must be left by
/// leaveIfHung(): a thread is in the kernel and will use backend and session when it returns.
class DeviceWork {
public:
    struct Settings {
        /// Interrupt a call after this time, and give it up when that does not wake it; absent: when the user
        /// asks.
        std::optional<Ns> maxStuck;
        bool recordCalls = false;
    };
    DeviceWork(Backend& backend, Console& console, Interrupts& interrupts, Settings settings);
    ~DeviceWork();
    DeviceWork(const DeviceWork&) = delete;
    DeviceWork& operator=(const DeviceWork&) = delete;

    /// Opens one more device (device names as in the topology). Its index is the number of those before it.
    [[nodiscard]] Result<SessionState> open(const std::string& device);
    /// One job: its error, Cancelled after a signal, Stuck when its call was given up.
    /// `look` is called now and then meanwhile, and once at its end.
    [[nodiscard]] Result<SessionState> perform(std::size_t device, Job job,
                                               const std::function<void()>& look = {});
    /// Waits until `done(deadline)` says so. False: given up, a call does not return. `cancel` is called
    /// once, at the first signal. `progress` is asked for the updating line.
    [[nodiscard]] bool waitFor(const std::function<bool(Ns deadline)>& done,
                               const std::function<void()>& cancel,
                               const std::function<std::string()>& progress);
    /// Waits for the first signal, or until `over(deadline)`; not a cancel.
    void waitForSignal(const std::function<bool(Ns deadline)>& over);
    /// Brings every device back (`bringBack`) and closes it. Idempotent.
    std::vector<Standing> end(bool bringBack = true);

    /// After everything was said: leaves the process when a call was given up; else returns.
    void leaveIfHung(ExitCode code);

    [[nodiscard]] DeviceSession& session(std::size_t device) { return *sessions_[device]; }
    [[nodiscard]] std::vector<DeviceSession*> sessions() const;
    [[nodiscard]] EventTap& events() { return tap_; }
    [[nodiscard]] Clock& clock() const { return backend_.clock(); }
    [[nodiscard]] bool cancelled() const { return interrupts_.count() > 0; }
    /// The device that the kernel wanted back while we had it; empty: none.
    [[nodiscard]] std::string askedBack();
    [[nodiscard]] bool gaveUp() const { return gaveUp_; }
    /// The call that was interrupted because it took longer than Settings::maxStuck: Stuck, `where` is the
    /// device.
    [[nodiscard]] const std::optional<Error>& interrupted() const { return interrupted_; }

private:
    [[nodiscard]] Result<SessionState> performAlways(std::size_t device, Job job,
                                                     const std::function<void()>& cancel,
                                                     const std::function<void()>& look = {});
    [[nodiscard]] int leaveAtOnce();
    /// What a call that does not return asks for.
    enum class Patience { Wait, Interrupt, GiveUp };
    [[nodiscard]] Patience reportStuck(Ns now);
    [[nodiscard]] Patience patienceWith(const SessionState& state, Ns now) const;
    [[nodiscard]] Standing standingOf(const DeviceSession& session, const SessionState& state) const;

    Backend& backend_;
    Console& console_;
    Interrupts& interrupts_;
    Settings settings_;
    EventTap tap_;
    std::mutex sessionsMutex_; ///< the list grows while the thread of signals or of uevents may read it
    std::vector<std::unique_ptr<DeviceSession>> sessions_;
    std::string askedBack_; ///< under sessionsMutex_
    std::vector<Standing> ended_;
    std::optional<Ns> cancelledAt_;    ///< or interrupted
    std::optional<Error> interrupted_; ///< by ourselves, when a call took longer than maxStuck
    Ns saidStuck_{0};
    std::vector<const DeviceSession*> abandoned_;
    bool gaveUp_ = false;
    bool over_ = false;
};

} // namespace migscope::cli
