// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings, runs and the selection: puts them into the panels that show them.
#include "ui/run_presenter.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QStackedWidget>
#include <QTabWidget>

#include "ui/actions.h"
#include "ui/cli_command.h"
#include "ui/examples.h"
#include "ui/host_session.h"
#include "ui/images.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/run_panel.h"
#include "ui/panels/run_view.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/recording_edits.h"
#include "ui/recordings.h"
#include "ui/selection.h"
#include "ui/state_grid.h"
#include "ui/words.h"

namespace migscope {
namespace {

/// The device of an event, by the recording's own header.
std::string deviceOf(const Recording& recording, const Event& event) {
    const auto& devices = recording.header().devices;
    const auto at = static_cast<std::size_t>(event.device.value_or(-1));
    return at < devices.size() ? devices[at].name : std::string();
}

} // namespace

RunPresenter::RunPresenter(const WindowParts& parts, QObject* parent) : QObject(parent), parts_(parts) {}

RunSourcePtr RunPresenter::find(SourceId id) const {
    const auto found = sources_.find(id);
    return found == sources_.end() ? nullptr : found->second;
}

void RunPresenter::openFiles(const QStringList& paths) {
    for (const QString& path : paths)
        parts_.recordings->open(path);
}

void RunPresenter::openDropped(const QMimeData& data) {
    openFiles(recordingsIn(data));
    parts_.images->open(imagesIn(data));
}

void RunPresenter::onSourceAdded(const RunSourcePtr& source) {
    sources_[source->id()] = source;
    parts_.runs->add(source, false, RunKind::Live);
    parts_.log->model().addSource(source);
}

void RunPresenter::onSourceGrew(SourceId id) {
    for (RunView* view : {static_cast<RunView*>(parts_.timeline), parts_.migrate->view()}) {
        if (view->isVisible() && view->source() && view->source()->id() == id)
            view->refresh();
    }
    parts_.dirty->refresh(id);
    parts_.runs->refresh(id);
    parts_.log->grew(id);
}

void RunPresenter::onSourceEnded(SourceId id) {
    for (RunView* view : {static_cast<RunView*>(parts_.timeline), parts_.migrate->view()}) {
        if (view->source() && view->source()->id() == id)
            view->refresh();
    }
    parts_.dirty->refresh(id);
    parts_.runs->refresh(id);
    parts_.log->grew(id);
    parts_.compare->refresh(id);
    showRecordingActs(); // another program may have let go of it
}

void RunPresenter::onEvents(SourceId source, std::size_t first, const std::vector<Event>& events) {
    parts_.log->model().append(source, first, events);
}

void RunPresenter::onOpened(const RunSourcePtr& source) {
    sources_[source->id()] = source;
    parts_.runs->add(source, true);
}

void RunPresenter::onOpenFailed(const QString& path, const Error& error) {
    parts_.notice->say(tr("%1 could not be opened. %2").arg(path, errorSentence(error, path.toStdString())),
                       true);
}

void RunPresenter::onStopped(SourceId id, const Error& error) {
    onSourceEnded(id);
    const RunSourcePtr source = find(id);
    parts_.notice->say(tr("%1 is not followed any further. %2")
                           .arg(source ? source->name() : QString(),
                                errorSentence(error, source ? source->path().toStdString() : std::string())),
                       true);
}

void RunPresenter::onClosed(SourceId id) {
    if (parts_.timeline->source() && parts_.timeline->source()->id() == id) {
        parts_.timeline->setSource(nullptr);
        onTab();
    }
    if (const auto& pick = parts_.selection->pick(); pick && pick->source == id)
        parts_.selection->set(std::nullopt);
    parts_.recordings->close(id);
    sources_.erase(id);
    onTicked();
}

void RunPresenter::onSaved(const QString& path) {
    emit briefMessage(tr("Saved: %1").arg(path));
}

void RunPresenter::onSaveFailed(const QString& path, const Error& error) {
    parts_.notice->say(tr("%1 could not be saved. %2").arg(path, errorSentence(error, path.toStdString())),
                       true);
}

void RunPresenter::onUnfinished(const QList<Unfinished>& found) {
    unfinished_ = found;
    offerNext();
}

void RunPresenter::offerNext() {
    if (unfinished_.isEmpty())
        return;
    const QString more = unfinished_.size() > 1 ? tr(" (%1 more)").arg(unfinished_.size() - 1) : QString();
    parts_.offer->ask(
        tr("A recording without an end from an earlier start%1: %2").arg(more, unfinished_[0].words),
        {tr("Open it"), tr("Not now"), tr("Do not offer again")});
}

void RunPresenter::onOfferAnswered(int which) {
    if (unfinished_.isEmpty())
        return;
    const Unfinished offered = unfinished_.takeFirst();
    if (which == 0) {
        parts_.recordings->open(offered.path);
        parts_.unfinished->dismiss(offered.path);
    } else if (which == 1) {
        unfinished_.clear();
    } else {
        parts_.unfinished->dismiss(offered.path);
    }
    offerNext();
}

void RunPresenter::showEnds() {
    MigratePage* page = parts_.migrate;
    if (!page->hasPanel() || !page->isVisibleTo(parts_.tabs))
        return;
    page->panel()->setDevices(parts_.host->runCandidates());
    if (std::exchange(otherDevice_, false))
        page->panel()->select(parts_.presenter->device().toStdString());
}

void RunPresenter::showRunPanel() {
    showEnds();
    if (parts_.migrate->hasPanel())
        parts_.migrate->panel()->setStatus(parts_.host->run(), parts_.host->now());
}

void RunPresenter::onDeviceChanged() {
    otherDevice_ = true;
    showEnds();
    showSelection();
}

void RunPresenter::onRunChanged() {
    const auto& run = parts_.host->run();
    showRunPanel();
    RunView* view = parts_.migrate->view();
    if (run && run->source && view->source() != run->source) {
        view->setSource(run->source);
        sources_[run->source->id()] = run->source;
    } else if (run && !run->running) {
        view->refresh();
    }
    parts_.presenter->showDevice();
}

void RunPresenter::onTick() {
    if (parts_.host->runActive())
        showRunPanel();
}

void RunPresenter::start(const RunRequest& request) {
    // What is wrong stands in run(), and so in the panel; only another run under way is said apart.
    if (const auto started = parts_.host->startRun(request); !started && started.error().is(Errc::JobRunning))
        parts_.notice->say(errorSentence(started.error()), true);
}

void RunPresenter::copyCommand(const RunRequest& request) {
    const CliTwin twin = cliCommand(parts_.host->spec().toStdString(), request);
    QGuiApplication::clipboard()->setText(twin.command);
    emit briefMessage(twin.differs.isEmpty() ? tr("Copied: %1").arg(twin.command)
                                             : tr("Copied: %1 (%2)").arg(twin.command, twin.differs));
}

void RunPresenter::fillRecent() {
    parts_.recent->clear();
    for (const QString& path : parts_.recordings->recent()) {
        QAction* action = parts_.recent->addAction(QFileInfo(path).fileName());
        action->setToolTip(path);
        action->setStatusTip(path);
        connect(action, &QAction::triggered, this, [this, path] { parts_.recordings->open(path); });
    }
    if (parts_.recent->isEmpty())
        parts_.recent->addAction(tr("No recording was opened yet"))->setEnabled(false);
    else
        connect(parts_.recent->addAction(tr("Clear the list")), &QAction::triggered, parts_.recordings,
                &Recordings::clearRecent);
}

void RunPresenter::showExample(const QAction* entry) {
    const QString name = entry->data().toString();
    RunSourcePtr source;
    for (const auto& [id, known] : sources_) {
        if (known->path().isEmpty() && known->name() == name + QStringLiteral(".migrec"))
            source = known;
    }
    if (!source) {
        const auto opened = openExample(name);
        if (!opened)
            return onOpenFailed(name, opened.error());
        source = *opened;
    }
    onOpened(source);
    showRun(source);
}

void RunPresenter::saveShown() {
    saveAs(parts_.timeline->source());
}

void RunPresenter::showRun(const RunSourcePtr& source) {
    if (!source)
        return;
    sources_[source->id()] = source;
    parts_.timeline->setSource(source);
    if (const auto looked = std::exchange(looked_, std::nullopt); looked && looked->path == source->path()) {
        parts_.timeline->chart()->zoomTo(looked->range);
        if (looked->cursor)
            parts_.selection->moveCursor(TimeCursor{source->id(), looked->cursor->time});
    }
    parts_.tabs->setCurrentWidget(parts_.timeline);
    parts_.centre->setCurrentIndex(1);
    onTab();
}

void RunPresenter::onTab() {
    const bool timeline = parts_.tabs->currentWidget() == parts_.timeline && parts_.timeline->source();
    if (timeline)
        parts_.log->showSource(parts_.timeline->source());
    else
        parts_.log->showLive();
    if (timeline)
        parts_.timeline->refresh();
    else if (parts_.tabs->currentWidget() == parts_.migrate) {
        showRunPanel();
        parts_.migrate->view()->refresh();
    }
    showRecordingActs();
}

void RunPresenter::showRecordingActs() {
    Actions& actions = *parts_.actions;
    const RunSourcePtr& source = parts_.timeline->source();
    if (source)
        actions.enable(ActionId::SaveRecording);
    else
        actions.disable(ActionId::SaveRecording, tr("Select a run first."));
    // The action says what it takes: the ticked ones where they are shown, else the shown one.
    if (source || !parts_.compare->sources().empty())
        actions.enable(ActionId::SaveReport);
    else
        actions.disable(ActionId::SaveReport, tr("Select a run, or tick some, first."));
    const QString whyNoMark = RecordingEdits::whyNoMark(source);
    parts_.timeline->setWhyNoMark(whyNoMark);
    if (whyNoMark.isEmpty())
        actions.enable(ActionId::AddMark);
    else
        actions.disable(ActionId::AddMark, whyNoMark);
}

void RunPresenter::showSelection() {
    std::optional<std::pair<MigState, MigState>> arc;
    const auto& pick = parts_.selection->pick();
    const RunSourcePtr source = pick ? find(pick->source) : nullptr;
    if (source) {
        source->look([&](const Recording& recording) {
            if (pick->event >= recording.events().size())
                return;
            const Event& event = recording.events()[pick->event];
            const auto* made = std::get_if<event::ArcEnd>(&event.body);
            if (made != nullptr && deviceOf(recording, event) == parts_.presenter->device().toStdString())
                arc = std::pair(made->from, made->to);
        });
    }
    parts_.inspect->grid()->setPicked(arc);
}

void RunPresenter::pickArc(MigState from, MigState to) {
    // The newest one of this device, wherever it was recorded: by hand, or in a run.
    const std::string device = parts_.presenter->device().toStdString();
    std::optional<Pick> newest;
    Ns when{0};
    for (const auto& [id, source] : sources_) {
        if (!source->path().isEmpty() && source != parts_.host->source(device) && !source->growing() &&
            (!parts_.host->run() || parts_.host->run()->source != source))
            continue; // an opened file is not this device's present
        source->look([&, number = id](const Recording& recording) {
            for (const auto& [index, chart] : recording.charts().devices()) {
                const auto& devices = recording.header().devices;
                if (index < 0 || static_cast<std::size_t>(index) >= devices.size() ||
                    devices[static_cast<std::size_t>(index)].name != device)
                    continue;
                for (auto made = chart.arcs.rbegin(); made != chart.arcs.rend(); ++made) {
                    if (made->from != from || made->to != to)
                        continue;
                    const Ns at = recording.header().t0 + made->called;
                    if (!newest || at > when) {
                        newest = Pick{number, made->event};
                        when = at;
                    }
                    break;
                }
            }
        });
    }
    if (newest)
        parts_.selection->set(newest);
}

void RunPresenter::chooseRecording() {
    openFiles(QFileDialog::getOpenFileNames(parts_.centre->window(), tr("Open recordings"), {},
                                            tr("Recordings (*.migrec);;All files (*)")));
}

void RunPresenter::saveAs(const RunSourcePtr& source) {
    if (!source)
        return;
    const QString proposed =
        source->path().isEmpty() ? QStringLiteral("recording.migrec") : QFileInfo(source->path()).fileName();
    // The dialog asks before it lets an existing file be chosen.
    const QString path = QFileDialog::getSaveFileName(parts_.centre->window(), tr("Save the recording"),
                                                      proposed, tr("Recordings (*.migrec)"));
    if (!path.isEmpty())
        parts_.recordings->saveAs(source, path);
}

void RunPresenter::onTicked() {
    parts_.compare->setSources(parts_.runs->model().ticked());
    // Several ticked: the person means to compare them.
    if (parts_.compare->sources().size() > 1 && parts_.tabs->currentWidget() != parts_.compare)
        parts_.presenter->showTab(parts_.compare);
    showRecordingActs();
}

void RunPresenter::showOneRun(const RunSourcePtr& source, int run) {
    showRun(source);
    parts_.timeline->showRun(run);
}

void RunPresenter::saveStretch(const RunSourcePtr& source, TimeRange range) {
    if (!source)
        return;
    const QString path =
        QFileDialog::getSaveFileName(parts_.centre->window(), tr("Save the stretch"),
                                     QStringLiteral("stretch.migrec"), tr("Recordings (*.migrec)"));
    if (!path.isEmpty())
        parts_.edits->saveStretch(source, range, path);
}

void RunPresenter::onMarked(const RunSourcePtr& source, bool inMemory) {
    emit briefMessage(tr("Marked: %1").arg(source->name()));
    if (inMemory) {
        onSourceEnded(source->id());
        return;
    }
    // The file was replaced: it is read again and stands in the same row, looked at as before.
    if (parts_.timeline->source() == source)
        looked_ = Looked{source->path(), parts_.timeline->chart()->range(), parts_.selection->cursor()};
    parts_.recordings->open(source->path());
}

} // namespace migscope
