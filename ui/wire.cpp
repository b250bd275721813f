// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where the parts of the window are connected with each other.
#include "ui/wire.h"

#include <QLineEdit>
#include <QMenu>
#include <QStatusBar>
#include <QTabWidget>

#include "ui/actions.h"
#include "ui/check_presenter.h"
#include "ui/export_menu.h"
#include "ui/exports.h"
#include "ui/help.h"
#include "ui/host_session.h"
#include "ui/images.h"
#include "ui/leaving.h"
#include "ui/main_window.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/host_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/stream_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/presenter.h"
#include "ui/recording_edits.h"
#include "ui/recordings.h"
#include "ui/report_acts.h"
#include "ui/run_presenter.h"
#include "ui/selection.h"
#include "ui/state_grid.h"
#include "ui/unfinished.h"

namespace migscope {
namespace {

template<class... Ends>
void join(Ends&&... ends) {
    QObject::connect(std::forward<Ends>(ends)...);
}

/// What the machine and its devices say.
void wireHost(const WindowParts& parts) {
    HostSession* host = parts.host;
    Presenter* presenter = parts.presenter;
    RunPresenter* runs = parts.runPresenter;
    join(host, &HostSession::backendChanged, presenter, &Presenter::showMachine);
    join(host, &HostSession::backendChanged, runs, &RunPresenter::onRunChanged);
    join(host, &HostSession::topologyChanged, presenter, &Presenter::showMachine);
    join(host, &HostSession::topologyChanged, runs, &RunPresenter::showEnds);
    join(host, &HostSession::scanChanged, presenter, &Presenter::onTick);
    join(host, &HostSession::sessionChanged, presenter, &Presenter::onSessionChanged);
    join(host, &HostSession::outsideChanged, presenter, &Presenter::showDevice);
    join(host, &HostSession::sessionChanged, runs, &RunPresenter::showEnds);
    join(host, &HostSession::sessionChanged, parts.leaving, &Leaving::onSessionChanged);
    join(host, &HostSession::runChanged, parts.leaving, &Leaving::onSessionChanged);
    join(host, &HostSession::runChanged, runs, &RunPresenter::onRunChanged);
    join(host, &HostSession::ticked, presenter, &Presenter::onTick);
    join(host, &HostSession::ticked, runs, &RunPresenter::onTick);
    join(host, &HostSession::sourceAdded, runs, &RunPresenter::onSourceAdded);
    join(host, &HostSession::sourceGrew, runs, &RunPresenter::onSourceGrew);
    join(host, &HostSession::sourceEnded, runs, &RunPresenter::onSourceEnded);
    join(host, &HostSession::eventsArrived, runs, &RunPresenter::onEvents);
    join(host, &HostSession::jobRefused, presenter, &Presenter::onRefused);
    join(host, &HostSession::journalFailed, presenter, &Presenter::onJournalFailed);
    join(host, &HostSession::askedBack, presenter, &Presenter::onAskedBack);
    join(host, &HostSession::idleReleased, presenter, &Presenter::onIdleReleased);
}

/// What files say, and what a person does with them.
void wireRecordings(const WindowParts& parts) {
    RunPresenter* runs = parts.runPresenter;
    Recordings* recordings = parts.recordings;
    join(recordings, &Recordings::opened, runs, &RunPresenter::onOpened);
    join(recordings, &Recordings::failed, runs, &RunPresenter::onOpenFailed);
    join(recordings, &Recordings::grew, runs, &RunPresenter::onSourceGrew);
    join(recordings, &Recordings::ended, runs, &RunPresenter::onSourceEnded);
    join(recordings, &Recordings::stopped, runs, &RunPresenter::onStopped);
    join(recordings, &Recordings::saved, runs, &RunPresenter::onSaved);
    join(recordings, &Recordings::saveFailed, runs, &RunPresenter::onSaveFailed);
    join(recordings, &Recordings::progress, parts.runs, &RunsPanel::showProgress);
    join(recordings, &Recordings::saveProgress, parts.runs, &RunsPanel::showSaveProgress);
    join(recordings, &Recordings::progressEnded, parts.runs, &RunsPanel::endProgress);
    join(parts.edits, &RecordingEdits::marked, runs, &RunPresenter::onMarked);
    join(parts.edits, &RecordingEdits::saved, runs, &RunPresenter::onSaved);
    join(parts.edits, &RecordingEdits::failed, runs, &RunPresenter::onSaveFailed);
    join(parts.timeline, &TimelinePage::markAsked, parts.edits, &RecordingEdits::mark);
    join(parts.timeline, &TimelinePage::saveStretchAsked, runs, &RunPresenter::saveStretch);
    join(parts.runs, &RunsPanel::runSelected, runs, &RunPresenter::showRun);
    join(parts.runs, &RunsPanel::tickedChanged, runs, &RunPresenter::onTicked);
    join(parts.compare, &ComparePage::runPicked, runs, &RunPresenter::showOneRun);
    join(parts.runs, &RunsPanel::openAsked, runs, &RunPresenter::chooseRecording);
    join(parts.runs, &RunsPanel::saveAsAsked, runs, &RunPresenter::saveAs);
    join(parts.runs, &RunsPanel::cancelAsked, recordings, &Recordings::cancel);
    join(parts.runs, &RunsPanel::filesDropped, runs, &RunPresenter::openFiles);
    join(parts.runs, &RunsPanel::closed, runs, &RunPresenter::onClosed);
    join(parts.unfinished, &UnfinishedJournals::found, runs, &RunPresenter::onUnfinished);
    join(parts.offer, &NoticeBar::answered, runs, &RunPresenter::onOfferAnswered);
    join(parts.recent, &QMenu::aboutToShow, runs, &RunPresenter::fillRecent);
    join(parts.examples, &QMenu::triggered, runs, &RunPresenter::showExample);
}

/// What is taken away of charts and recordings.
void wireExports(MainWindow& window, const WindowParts& parts) {
    ExportMenu* menu = parts.exportMenu;
    Exports* exports = &menu->exports();
    RunPresenter* runs = parts.runPresenter;
    for (RunView* view : {static_cast<RunView*>(parts.timeline), parts.migrate->view()})
        join(view, &RunView::chartMade, menu, &ExportMenu::add);
    join(parts.compare, &ComparePage::chartMade, menu, &ExportMenu::add);
    join(exports, &Exports::saved, runs, &RunPresenter::onSaved);
    join(exports, &Exports::failed, runs, &RunPresenter::onSaveFailed);
    join(exports, &Exports::progress, parts.runs, &RunsPanel::showSaveProgress);
    join(exports, &Exports::progressEnded, parts.runs, &RunsPanel::endProgress);
    join(parts.runs, &RunsPanel::cancelAsked, exports, &Exports::cancel);
    const auto say = [bar = window.statusBar()](const QString& text) { bar->showMessage(text, 5000); };
    join(menu, &ExportMenu::briefMessage, window.statusBar(), say);
    join(exports, &Exports::cancelled, window.statusBar(),
         [say](const QString& path) { say(ExportMenu::tr("Cancelled: %1 was not written").arg(path)); });
}

/// What the person points at and asks for.
void wirePanels(const WindowParts& parts) {
    Presenter* presenter = parts.presenter;
    RunPresenter* runs = parts.runPresenter;
    HostSession* host = parts.host;
    join(parts.machines, &MachinesPanel::deviceSelected, presenter, &Presenter::select);
    join(parts.hostPage, &HostPage::deviceChosen, parts.machines, &MachinesPanel::select);
    join(presenter, &Presenter::deviceChanged, runs, &RunPresenter::onDeviceChanged);
    join(parts.notice, &NoticeBar::answered, parts.leaving, &Leaving::onAnswer);
    join(parts.selection, &Selection::changed, runs, &RunPresenter::showSelection);
    join(parts.tabs, &QTabWidget::currentChanged, runs, &RunPresenter::onTab);

    join(parts.inspect->grid(), &StateGrid::stepAsked, presenter, &Presenter::step);
    join(parts.inspect->grid(), &StateGrid::resetAsked, presenter, &Presenter::reset);
    join(parts.inspect->grid(), &StateGrid::arcPicked, runs, &RunPresenter::pickArc);
    join(parts.inspect, &InspectPage::idleReleaseChanged, host, &HostSession::setIdleRelease);
    host->setIdleRelease(parts.inspect->idleRelease());
    const auto device = [presenter] { return presenter->device().toStdString(); };
    StreamPanel* stream = parts.inspect->stream();
    join(stream, &StreamPanel::drainAsked, host, [host, device] { host->drain(device()); });
    join(stream, &StreamPanel::saveAsked, host,
         [host, device](const std::string& path, bool raw) { host->saveStream(device(), path, raw); });
    join(stream, &StreamPanel::loadAsked, host,
         [host, device](const std::string& path) { host->loadStream(device(), path); });
    join(stream, &StreamPanel::cancelAsked, host, [host, device] { host->cancel(device()); });

    DirtyPage* dirty = parts.dirty;
    join(dirty, &DirtyPage::startAsked, host,
         [host, device](const job::DmaLog& job) { host->logDma(device(), job); });
    join(dirty, &DirtyPage::costAsked, host,
         [host, device](const job::DmaCost& job) { host->measureDma(device(), job); });
    join(dirty, &DirtyPage::stopAsked, host, [host, device] { host->cancel(device()); });
    join(dirty, &DirtyPage::copyAsked, presenter, &Presenter::copyLogging);

    join(parts.migrate, &MigratePage::panelMade, runs, [runs, host](RunPanel* panel) {
        join(panel, &RunPanel::startAsked, runs, &RunPresenter::start);
        join(panel, &RunPanel::cancelAsked, host, &HostSession::cancelRun);
        join(panel, &RunPanel::openAsked, host, &HostSession::openDevice);
        join(panel, &RunPanel::bringBackAsked, host, &HostSession::bringBack);
        join(panel, &RunPanel::copyAsked, runs, &RunPresenter::copyCommand);
        runs->showRunPanel();
    });
}

/// The compliance checks.
void wireChecks(MainWindow& window, const WindowParts& parts) {
    HostSession* host = parts.host;
    CheckPresenter* checks = parts.checkPresenter;
    CompliancePage* page = parts.compliance;
    join(host, &HostSession::checkChanged, checks, &CheckPresenter::onCheckChanged);
    join(host, &HostSession::checkChanged, parts.leaving, &Leaving::onSessionChanged);
    join(host, &HostSession::topologyChanged, checks, &CheckPresenter::show);
    join(host, &HostSession::sessionChanged, checks, &CheckPresenter::show);
    join(host, &HostSession::ticked, checks, &CheckPresenter::onTick);
    join(parts.presenter, &Presenter::deviceChanged, checks, &CheckPresenter::show);
    join(checks, &CheckPresenter::takenOrGiven, parts.presenter, &Presenter::onSessionChanged);
    join(page, &CompliancePage::becameVisible, checks, &CheckPresenter::show);
    join(page, &CompliancePage::startAsked, checks, &CheckPresenter::start);
    join(page, &CompliancePage::cancelAsked, host, &HostSession::cancelCheck);
    join(page, &CompliancePage::releaseAsked, checks, &CheckPresenter::release);
    join(page, &CompliancePage::copyAsked, checks, &CheckPresenter::copyCommand);
    join(page, &CompliancePage::saveAsked, checks, &CheckPresenter::saveReport);
    join(page, &CompliancePage::copyReportAsked, checks, &CheckPresenter::copyReport);
    join(checks, &CheckPresenter::briefMessage, window.statusBar(),
         [bar = window.statusBar()](const QString& text) { bar->showMessage(text, 5000); });
}

void wireReports(MainWindow& window, const WindowParts& parts) {
    auto* reports = new ReportActs(parts, &window);
    join((*parts.actions)[ActionId::SaveReport], &QAction::triggered, reports, &ReportActs::saveShown);
    join(parts.runs, &RunsPanel::reportAsked, reports, &ReportActs::saveOne);
    join(parts.compare, &ComparePage::reportAsked, reports, &ReportActs::saveCompared);
    join(&reports->saver(), &ReportSaver::saved, parts.runPresenter, &RunPresenter::onSaved);
    join(&reports->saver(), &ReportSaver::failed, parts.runPresenter, &RunPresenter::onSaveFailed);
}

void wireActions(MainWindow& window, const WindowParts& parts) {
    Presenter* presenter = parts.presenter;
    RunPresenter* runs = parts.runPresenter;
    const Actions& actions = *parts.actions;
    const auto does = [&](ActionId id, auto* target, const auto& what) {
        join(actions[id], &QAction::triggered, target, what);
    };
    does(ActionId::Refresh, parts.host, &HostSession::refresh);
    does(ActionId::Overview, presenter, &Presenter::showOverview);
    does(ActionId::OpenDevice, presenter, &Presenter::openDevice);
    does(ActionId::ReleaseDevice, presenter, &Presenter::releaseDevice);
    does(ActionId::ResetDevice, presenter, &Presenter::askReset);
    does(ActionId::SimulatedLab, presenter,
         [presenter] { presenter->useMachine(QStringLiteral("sim:lab")); });
    does(ActionId::ThisHost, presenter, [presenter] { presenter->useMachine(QStringLiteral("kernel")); });
    does(ActionId::CopyCommand, presenter, [presenter, parts, menu = parts.exportMenu] {
        if (parts.compliance->isVisible())
            parts.checkPresenter->copyCommand();
        else if (!menu->copyViewCommand())
            presenter->copyCommand();
    });
    does(ActionId::CompareImages, parts.images, &Images::show);
    does(ActionId::CancelRun, presenter, &Presenter::cancel);
    does(ActionId::OpenRecording, runs, &RunPresenter::chooseRecording);
    does(ActionId::SaveRecording, runs, &RunPresenter::saveShown);
    const auto focus = [](QLineEdit* field) {
        return [field] {
            field->setFocus(Qt::ShortcutFocusReason);
            field->selectAll();
        };
    };
    does(ActionId::Search, parts.machines, focus(parts.machines->filter()));
    does(ActionId::FilterEvents, parts.log, focus(parts.log->filter()));
    does(ActionId::ShowInspect, presenter, [presenter, parts] { presenter->showTab(parts.inspect); });
    does(ActionId::ShowMigrate, presenter, [presenter, parts] { presenter->showTab(parts.migrate); });
    does(ActionId::ShowDirty, presenter, [presenter, parts] { presenter->showTab(parts.dirty); });
    does(ActionId::ShowCompare, presenter, [presenter, parts] { presenter->showTab(parts.compare); });
    does(ActionId::ShowCompliance, presenter, [presenter, parts] { presenter->showTab(parts.compliance); });
    does(ActionId::AddMark, parts.timeline, [parts] {
        parts.tabs->setCurrentWidget(parts.timeline);
        parts.timeline->askMark();
    });
    does(ActionId::ShowTimeline, presenter, [presenter, parts] { presenter->showTab(parts.timeline); });
    auto* help = new Help(window, parts);
    does(ActionId::Help, help, &Help::showView);
    join(parts.images, &Images::helpAsked, help, &Help::showView);
    does(ActionId::About, presenter, &Presenter::about);
    does(ActionId::Quit, &window, &QWidget::close);
}

} // namespace

void wire(MainWindow& window, const WindowParts& parts) {
    wireHost(parts);
    wireRecordings(parts);
    wirePanels(parts);
    wireExports(window, parts);
    wireReports(window, parts);
    wireChecks(window, parts);
    wireActions(window, parts);
    // What concerns the window itself.
    const auto say = [bar = window.statusBar()](const QString& text) { bar->showMessage(text, 5000); };
    join(parts.presenter, &Presenter::titleChanged, &window, &QWidget::setWindowTitle);
    join(parts.presenter, &Presenter::briefMessage, window.statusBar(), say);
    join(parts.runPresenter, &RunPresenter::briefMessage, window.statusBar(), say);
    join(parts.leaving, &Leaving::leaveNow, &window, &QWidget::close);
}

} // namespace migscope
