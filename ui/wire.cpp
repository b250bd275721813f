// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where the parts of the window are connected with each other.
#include "ui/wire.h"

#include <QStatusBar>
#include <QTabWidget>

#include "ui/actions.h"
#include "ui/host_session.h"
#include "ui/leaving.h"
#include "ui/main_window.h"
#include "ui/panels/host_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/stream_panel.h"
#include "ui/presenter.h"
#include "ui/recordings.h"
#include "ui/state_grid.h"

namespace migscope {

void wire(MainWindow& window, const WindowParts& parts) {
    const auto connect = [](auto&&... ends) { QObject::connect(std::forward<decltype(ends)>(ends)...); };
    HostSession* host = parts.host;
    Presenter* presenter = parts.presenter;
    const Actions& actions = *parts.actions;

    // What the machine and its devices say.
    connect(host, &HostSession::backendChanged, presenter, &Presenter::showMachine);
    connect(host, &HostSession::topologyChanged, presenter, &Presenter::showMachine);
    connect(host, &HostSession::scanChanged, presenter, &Presenter::onTick);
    connect(host, &HostSession::sessionChanged, presenter, &Presenter::onSessionChanged);
    connect(host, &HostSession::sessionChanged, parts.leaving, &Leaving::onSessionChanged);
    connect(host, &HostSession::runChanged, parts.leaving, &Leaving::onSessionChanged);
    connect(host, &HostSession::ticked, presenter, &Presenter::onTick);
    connect(host, &HostSession::eventsArrived, presenter, &Presenter::onEvents);
    connect(host, &HostSession::jobRefused, presenter, &Presenter::onRefused);
    connect(host, &HostSession::journalFailed, presenter, &Presenter::onJournalFailed);
    connect(host, &HostSession::askedBack, presenter, &Presenter::onAskedBack);
    connect(host, &HostSession::recordingFinished, presenter, &Presenter::onRecordingFinished);
    connect(parts.recordings, &Recordings::opened, presenter, &Presenter::onRecordingOpened);
    connect(parts.recordings, &Recordings::failed, presenter, &Presenter::onRecordingFailed);

    // What the person points at and asks for.
    connect(parts.machines, &MachinesPanel::deviceSelected, presenter, &Presenter::select);
    connect(parts.hostPage, &HostPage::deviceChosen, parts.machines, &MachinesPanel::select);
    connect(parts.runs, &RunsPanel::runSelected, presenter, &Presenter::showRun);
    connect(parts.inspect->grid(), &StateGrid::stepAsked, presenter, &Presenter::step);
    connect(parts.inspect->grid(), &StateGrid::resetAsked, presenter, &Presenter::reset);
    const StreamPanel* stream = parts.inspect->stream();
    const auto device = [presenter] { return presenter->device().toStdString(); };
    connect(stream, &StreamPanel::drainAsked, host, [host, device] { host->drain(device()); });
    connect(stream, &StreamPanel::saveAsked, host,
            [host, device](const std::string& path, bool raw) { host->saveStream(device(), path, raw); });
    connect(stream, &StreamPanel::loadAsked, host,
            [host, device](const std::string& path) { host->loadStream(device(), path); });
    connect(stream, &StreamPanel::cancelAsked, host, [host, device] { host->cancel(device()); });
    connect(parts.inspect, &InspectPage::idleReleaseChanged, host, &HostSession::setIdleRelease);
    host->setIdleRelease(parts.inspect->idleRelease());
    connect(parts.notice, &NoticeBar::answered, parts.leaving, &Leaving::onAnswer);

    connect(actions[ActionId::Refresh], &QAction::triggered, host, &HostSession::refresh);
    connect(actions[ActionId::Overview], &QAction::triggered, presenter, &Presenter::showOverview);
    connect(actions[ActionId::OpenDevice], &QAction::triggered, presenter, &Presenter::openDevice);
    connect(actions[ActionId::ReleaseDevice], &QAction::triggered, presenter, &Presenter::releaseDevice);
    connect(actions[ActionId::ResetDevice], &QAction::triggered, presenter, &Presenter::askReset);
    connect(actions[ActionId::SimulatedLab], &QAction::triggered, presenter,
            [presenter] { presenter->useMachine(QStringLiteral("sim:lab")); });
    connect(actions[ActionId::ThisHost], &QAction::triggered, presenter,
            [presenter] { presenter->useMachine(QStringLiteral("kernel")); });
    connect(actions[ActionId::CopyCommand], &QAction::triggered, presenter, &Presenter::copyCommand);
    connect(actions[ActionId::OpenRecording], &QAction::triggered, presenter, &Presenter::chooseRecording);
    connect(actions[ActionId::About], &QAction::triggered, presenter, &Presenter::about);
    connect(actions[ActionId::Quit], &QAction::triggered, &window, &QWidget::close);

    // What concerns the window itself.
    connect(presenter, &Presenter::titleChanged, &window, &QWidget::setWindowTitle);
    connect(presenter, &Presenter::briefMessage, window.statusBar(),
            [bar = window.statusBar()](const QString& text) { bar->showMessage(text, 5000); });
    connect(parts.leaving, &Leaving::leaveNow, &window, &QWidget::close);
}

} // namespace migscope
