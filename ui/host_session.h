// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The machine that the window shows: its backend, what was found on it, and the devices opened on it.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/check/patience.h"
#include "core/device/topology.h"
#include "core/device/verdict.h"
#include "core/transfer/device_session.h"
#include "core/transfer/event.h"
#include "core/transfer/recording.h"
#include "core/vfio/backend.h"
#include "ui/background.h"
#include "ui/check_status.h"
#include "ui/discovery.h"
#include "ui/outside_watch.h"
#include "ui/run_request.h"
#include "ui/run_source.h"

namespace migscope {

class Journal;

using BackendFactory = std::function<Result<std::shared_ptr<Backend>>(const std::string& spec)>;

/// Lives in the GUI thread and never waits there: discovery runs in a thread of its own, every act on a
/// device is a job of its DeviceSession, and what happened comes back as signals. Holds no device itself.
class HostSession : public QObject {
    Q_OBJECT
public:
    /// Journals go into `stateFolder`/migscope/journals, one a opened device.
    HostSession(BackendFactory factory, QString stateFolder, QObject* parent = nullptr);
    ~HostSession() override;

    /// Another machine; what was open is released first. The old one stays when this fails.
    [[nodiscard]] Result<void> use(const std::string& spec);
    [[nodiscard]] const Backend* backend() const { return backend_.get(); }
    [[nodiscard]] QString spec() const { return QString::fromStdString(spec_); }
    [[nodiscard]] bool simulated() const { return backend_ && backend_->simulated(); }
    [[nodiscard]] Ns now() const { return backend_ ? backend_->clock().now() : Ns{0}; }

    /// Null until the first scan came back.
    [[nodiscard]] std::shared_ptr<const Topology> topology() const { return topology_; }
    [[nodiscard]] bool scanning() const { return discovery_.running(); }
    [[nodiscard]] const std::optional<Error>& scanError() const { return scanError_; }

    /// What was last read of the device's session; null when it was never opened here. A device that is
    /// released again keeps its last state (phase Closed).
    [[nodiscard]] const SessionState* state(const std::string& device) const;
    [[nodiscard]] bool isOpen(const std::string& device) const { return opened_.contains(device); }
    [[nodiscard]] std::vector<std::string> openDevices() const;
    /// Opened devices that are not RUNNING and can still be brought back.
    [[nodiscard]] std::vector<std::string> devicesToBringBack() const;
    /// From what is known: the probe of an opened device, or why its opening failed.
    [[nodiscard]] Verdict verdict(const Device& device) const;
    [[nodiscard]] const Capabilities* capabilities(const std::string& device) const;
    /// Where another process has brought the device, watched since watchFromOutside(); null: not known yet,
    /// or not of this device.
    [[nodiscard]] const Result<MigState>* fromOutside(const std::string& device) const;
    /// The states that were asked for since the device was opened, in order.
    [[nodiscard]] std::vector<MigState> asked(const std::string& device) const;
    [[nodiscard]] QString journalPath(const std::string& device) const;
    /// The recording of an opened device, by hand; null when it is not open.
    [[nodiscard]] RunSourcePtr source(const std::string& device) const;
    /// A recording of this session that still grows; null for any other id.
    [[nodiscard]] RunSourcePtr growingSource(SourceId id) const;

    /// One run at a time, on opened devices; opens none. Never waits. What is wrong is returned, and stands
    /// in run() too, but for JobRunning while another run is under way.
    [[nodiscard]] Result<void> startRun(const RunRequest& request);
    /// The run under way, else the last one on this machine.
    [[nodiscard]] const std::optional<RunStatus>& run() const { return run_; }
    [[nodiscard]] bool runActive() const { return run_ && run_->running; }
    /// A call of the run under way has not returned: nobody should wait for its end.
    [[nodiscard]] bool runStuck() const { return runActive() && !run_->stuck.isEmpty(); }
    /// Asks a device, and a peer, the catalogue of compliance checks. One at a time; it opens and closes them
    /// itself, so they must not be open here. Never waits. Errors: JobRunning, Refused, NotFound, or of its
    /// journal.
    [[nodiscard]] Result<void> startCheck(const CheckRequest& request);
    /// A call of a check that takes longer is given up; of checks that begin from now on.
    void setCheckPatience(Ns most) { mostOfACall_ = most; }
    /// The last one of the device on this machine, also while it goes on; null: none yet.
    [[nodiscard]] const CheckStatus* check(const std::string& device) const;
    /// The one that is under way; null: none.
    [[nodiscard]] const CheckStatus* activeCheck() const;
    /// The device or its peer is being checked.
    [[nodiscard]] bool isChecked(const std::string& device) const;

    /// A check of the device was given up, and its worker has not come back: it has it open.
    [[nodiscard]] bool isHeld(const std::string& device) const;

    /// The devices that may be an end of a run: all but those that are known not to migrate.
    [[nodiscard]] std::vector<RunCandidate> runCandidates() const;

    /// A device that has been idle and RUNNING for so long (backend's clock) is released; 0: never.
    void setIdleRelease(std::chrono::minutes after);

    /// Ends everything for leaving: releases what answers within `patience` (wall clock, waits), finishes the
    /// journals, gives up on the rest. True: nothing was left behind. False: a thread is still in the kernel
    /// or writes to a dead disk; the process must end by _exit() after its windows are gone.
    bool shutdown(std::chrono::milliseconds patience);
    /// What a thread in the kernel may still come back to: to be kept until _exit(), or until it came back.
    [[nodiscard]] std::vector<std::shared_ptr<void>> takeLeftovers();

public slots:
    void refresh();
    /// Of a device that others hold, where this kernel tells: its state from now on, while no other device is
    /// named. Any other name, or an empty one, ends it.
    void watchFromOutside(const std::string& device);
    void openDevice(const std::string& device);
    void step(const std::string& device, migscope::MigState goal, bool combined);
    void reset(const std::string& device);
    void bringBack(const std::string& device);
    void release(const std::string& device);
    void cancel(const std::string& device);
    /// The stream of a click: read until drained or its end; the same into a new file; written from a file.
    void drain(const std::string& device);
    void saveStream(const std::string& device, const std::string& path, bool raw);
    void loadStream(const std::string& device, const std::string& path);
    /// Which pages the device writes; cancel() ends it. Its events go into source().
    void logDma(const std::string& device, const migscope::job::DmaLog& job);
    void measureDma(const std::string& device, const migscope::job::DmaCost& job);
    /// The devices are brought back first; run() tells when.
    void cancelRun();
    /// The devices are brought back and closed; check() tells when.
    void cancelCheck();

signals:
    void backendChanged();
    void scanChanged(); ///< a scan began or ended
    void topologyChanged();
    void sessionChanged(const std::string& device);
    /// fromOutside() of the device that is watched says something else.
    void outsideChanged();
    /// Something is live: clocks on the screen move on.
    void ticked();
    /// A recording of this session begins: of a device that came open, or of a run.
    void sourceAdded(const migscope::RunSourcePtr& source);
    /// It has more events or samples.
    void sourceGrew(migscope::SourceId source);
    /// Nothing more comes; it is whole.
    void sourceEnded(migscope::SourceId source);
    /// Recording::events() of the source from index `first` on; never samples.
    void eventsArrived(migscope::SourceId source, std::size_t first,
                       const std::vector<migscope::Event>& events);
    /// run() says something else: it began, moved on, ended, or its figures came.
    void runChanged();
    /// check() of the device says something else.
    void checkChanged(const std::string& device);
    void idleReleased(const std::string& device);
    void jobRefused(const std::string& device, const migscope::Error& error);
    void journalFailed(const std::string& device, const migscope::Error& error);
    void askedBack(const std::string& device);

private:
    struct Opened;
    struct ActiveRun;
    struct ActiveCheck;
    struct GivenUpCheck;
    void takeTopology(const std::shared_ptr<const Topology>& topology);
    void takeScanError(const Error& error);
    void onAskedBack(const std::string& device);
    void wake();
    void tick();
    [[nodiscard]] bool update(const std::string& device, Opened& opened);
    void post(const std::string& device, Job job);
    void retire(const std::string& device);
    void releaseIdle();
    [[nodiscard]] RecordingHeader headerFor(const std::vector<std::string>& devices) const;
    [[nodiscard]] Result<std::shared_ptr<Journal>> startJournal(const RecordingHeader& header,
                                                                const std::string& device,
                                                                const QString& word, const QString& name);
    /// Passes on what is new in a journal, once `begun`; true when there was something.
    /// The caller keeps the journal: a slot may let go of everything else.
    bool follow(Journal& journal, bool begun, const std::string& device);
    void finishInBackground(const std::shared_ptr<Journal>& journal, bool keep, const std::string& device);
    void onFinished(const std::shared_ptr<Journal>& journal, const std::string& device);
    [[nodiscard]] Result<void> beginRun(const RunRequest& request);
    [[nodiscard]] bool updateRun();
    void concludeRun();
    void takeFigures(const Recording& recording);
    [[nodiscard]] Result<void> mayCheck(const CheckRequest& request) const;
    [[nodiscard]] bool updateCheck();
    [[nodiscard]] bool lookAtCall(CheckStatus& status);
    void concludeCheck(CheckStatus& status, CheckReport report);
    void lookAtGivenUp();
    void leaveCheck(std::chrono::milliseconds patience);
    void leaveBehind(std::vector<std::unique_ptr<DeviceSession>> stuck,
                     std::vector<std::shared_ptr<Journal>> journals);
    void forgetMachine();

    BackendFactory factory_;
    QString stateFolder_;
    std::string spec_;
    std::shared_ptr<Backend> backend_;
    std::shared_ptr<const Topology> topology_;
    std::optional<Error> scanError_;
    std::map<std::string, std::unique_ptr<Opened>> opened_;
    std::map<std::string, SessionState> last_; ///< also of devices released again
    std::map<SourceId, RunSourcePtr> growing_;
    std::unique_ptr<ActiveRun> active_;
    std::optional<RunStatus> run_;
    std::unique_ptr<ActiveCheck> checking_;
    std::map<std::string, CheckStatus> checks_;
    Ns mostOfACall_ = CallPatience::usualMost;
    std::vector<std::shared_ptr<GivenUpCheck>> givenUp_; ///< also in leftovers_
    Background background_;
    Discovery discovery_;
    OutsideWatch outside_;
    Postbox postbox_;
    QTimer timer_;
    int quietTicks_ = 0;
    std::chrono::minutes idleRelease_{0};
    QTimer idleTimer_;
    bool leftBehind_ = false;
    std::vector<std::shared_ptr<void>> leftovers_;
};

} // namespace migscope
