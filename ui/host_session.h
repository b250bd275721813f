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
#include "core/device/topology.h"
#include "core/device/verdict.h"
#include "core/transfer/device_session.h"
#include "core/transfer/recorder.h"
#include "core/vfio/backend.h"
#include "ui/background.h"
#include "ui/discovery.h"

namespace migscope {

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
    /// The states that were asked for since the device was opened, in order.
    [[nodiscard]] std::vector<MigState> asked(const std::string& device) const;
    [[nodiscard]] QString journalPath(const std::string& device) const;

    /// Ends everything for leaving: releases what answers within `patience` (wall clock, waits), finishes the
    /// journals, gives up on the rest. True: nothing was left behind. False: a thread is still in the kernel
    /// or writes to a dead disk; the process must end by _exit() after its windows are gone.
    bool shutdown(std::chrono::milliseconds patience);
    /// What a thread in the kernel may still come back to: to be kept until _exit(), or until it came back.
    [[nodiscard]] std::vector<std::shared_ptr<void>> takeLeftovers();

public slots:
    void refresh();
    void openDevice(const std::string& device);
    void step(const std::string& device, migscope::MigState goal, bool combined);
    void reset(const std::string& device);
    void bringBack(const std::string& device);
    void release(const std::string& device);
    void cancel(const std::string& device);

signals:
    void backendChanged();
    void scanChanged(); ///< a scan began or ended
    void topologyChanged();
    void sessionChanged(const std::string& device);
    /// Something is live: clocks on the screen move on.
    void ticked();
    /// `start` is the recording's own t0 on the backend's clock.
    void eventsArrived(const std::string& device, migscope::Ns start,
                       const std::vector<migscope::Event>& events);
    void jobRefused(const std::string& device, const migscope::Error& error);
    void recordingFinished(const QString& path, std::shared_ptr<const migscope::Recording> recording);
    void journalFailed(const std::string& device, const migscope::Error& error);
    void askedBack(const std::string& device);

private:
    struct Opened;
    void takeTopology(const std::shared_ptr<const Topology>& topology);
    void takeScanError(const Error& error);
    void onAskedBack(const std::string& device);
    void wake();
    void tick();
    [[nodiscard]] bool update(const std::string& device, Opened& opened);
    void post(const std::string& device, Job job);
    void retire(const std::string& device);
    void finishInBackground(std::unique_ptr<Recorder> recorder, const QString& path, bool keep);
    [[nodiscard]] Result<std::unique_ptr<Recorder>> startRecorder(const std::string& device, QString& path);
    void forgetMachine();

    BackendFactory factory_;
    QString stateFolder_;
    std::string spec_;
    std::shared_ptr<Backend> backend_;
    std::shared_ptr<const Topology> topology_;
    std::optional<Error> scanError_;
    std::map<std::string, std::unique_ptr<Opened>> opened_;
    std::map<std::string, SessionState> last_; ///< also of devices released again
    Background background_;
    Discovery discovery_;
    Postbox postbox_;
    QTimer timer_;
    int quietTicks_ = 0;
    bool leftBehind_ = false;
    std::vector<std::shared_ptr<void>> leftovers_;
};

} // namespace migscope
