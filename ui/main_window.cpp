// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The window: makes its parts and lays them out; what they do stands elsewhere.
#include "ui/main_window.h"

#include <QCloseEvent>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QSettings>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/actions.h"
#include "ui/check_presenter.h"
#include "ui/export_menu.h"
#include "ui/icons.h"
#include "ui/images.h"
#include "ui/leaving.h"
#include "ui/panels/compare_page.h"
#include "ui/panels/device_header.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/host_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/migrate_page.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/runs_panel.h"
#include "ui/panels/timeline_page.h"
#include "ui/panels/why_panel.h"
#include "ui/recording_edits.h"
#include "ui/recordings.h"
#include "ui/run_presenter.h"
#include "ui/unfinished.h"
#include "ui/window_menus.h"
#include "ui/wire.h"

namespace migscope {

MainWindow::MainWindow(HostSession& host, const About& about, QWidget* parent) : QMainWindow(parent) {
    setObjectName(QStringLiteral("migscope"));
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    makeParts(host, about);
    makeCentre();
    makeDocks();
    migscope::makeToolBar(*this, *parts_.actions);
    migscope::makeMenus(*this, parts_, docks_);
    parts_.presenter = new Presenter(parts_, this);
    parts_.runPresenter = new RunPresenter(parts_, this);
    parts_.checkPresenter = new CheckPresenter(parts_, this);
    wire(*this, parts_);
    parts_.presenter->showMachine();
    resize(1280, 800);
    restoreLayout();
    parts_.machines->tree()->setFocus();
}

void MainWindow::makeParts(HostSession& host, const About& about) {
    parts_.host = &host;
    parts_.version = about.version;
    parts_.uapiBaseline = about.uapiBaseline;
    parts_.actions = new Actions(this);
    parts_.actions->paintIcons(palette());
    parts_.recordings = new Recordings(this);
    parts_.edits = new RecordingEdits(this);
    parts_.exportMenu = new ExportMenu(*(*parts_.actions)[ActionId::Export], this);
    parts_.images = new Images(this);
    parts_.selection = new Selection(this);
    parts_.unfinished = new UnfinishedJournals(this);
    parts_.status = new QLabel(this);
    parts_.status->setTextFormat(Qt::PlainText);
    parts_.status->setContentsMargins(6, 0, 6, 0);
    statusBar()->addWidget(parts_.status, 1);
}

void MainWindow::makeCentre() {
    const Actions& actions = *parts_.actions;
    auto* centre = new QWidget(this);
    parts_.notice = new NoticeBar(centre);
    parts_.offer = new NoticeBar(centre);
    parts_.leaving = new Leaving(*parts_.host, *parts_.notice, this);
    parts_.centre = new QStackedWidget(centre);
    parts_.hostPage =
        new HostPage(actions[ActionId::SimulatedLab], actions[ActionId::ThisHost], parts_.centre);
    auto* devicePage = new QWidget(parts_.centre);
    parts_.header = new DeviceHeader(devicePage);
    parts_.tabs = new QTabWidget(devicePage);
    parts_.tabs->setDocumentMode(true);
    parts_.tabs->setAccessibleName(tr("Views"));
    parts_.inspect =
        new InspectPage({actions[ActionId::OpenDevice], actions[ActionId::ReleaseDevice]}, parts_.tabs);
    parts_.migrate = new MigratePage(*parts_.selection, parts_.tabs);
    parts_.dirty = new DirtyPage(parts_.tabs);
    parts_.timeline = new TimelinePage(*parts_.selection, parts_.tabs);
    parts_.timeline->setEmptyText(
        tr("Select a run in the list on the left, or open a recording: its states, sizes, "
           "throughput and downtime are drawn here."));
    parts_.compare = new ComparePage(parts_.tabs);
    parts_.compliance = new CompliancePage(parts_.tabs);
    for (QWidget* page : std::initializer_list<QWidget*>{parts_.inspect, parts_.migrate, parts_.timeline,
                                                         parts_.compare, parts_.dirty, parts_.compliance})
        parts_.tabs->addTab(page, page->windowTitle());
    auto* deviceLayout = new QVBoxLayout(devicePage);
    deviceLayout->setContentsMargins(0, 0, 0, 0);
    deviceLayout->setSpacing(0);
    deviceLayout->addWidget(parts_.header);
    deviceLayout->addWidget(parts_.tabs, 1);
    parts_.centre->addWidget(parts_.hostPage);
    parts_.centre->addWidget(devicePage);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(parts_.notice);
    layout->addWidget(parts_.offer);
    layout->addWidget(parts_.centre, 1);
    setCentralWidget(centre);
}

QDockWidget* MainWindow::dock(const QString& name, const QString& title, QWidget* inside,
                              Qt::DockWidgetArea area) {
    auto* made = new QDockWidget(title, this);
    made->setObjectName(name);
    made->setWidget(inside);
    addDockWidget(area, made);
    docks_ << made;
    return made;
}

void MainWindow::makeDocks() {
    parts_.machines = new MachinesPanel(this);
    parts_.runs = new RunsPanel(this);
    parts_.facts = new FactsPanel(this);
    parts_.why = new WhyPanel(this);
    parts_.log = new EventLogPanel(
        *parts_.selection, [this](SourceId id) { return parts_.runPresenter->find(id); }, this);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    QDockWidget* machines =
        dock(QStringLiteral("machines"), tr("Machines"), parts_.machines, Qt::LeftDockWidgetArea);
    QDockWidget* runs = dock(QStringLiteral("runs"), tr("Runs"), parts_.runs, Qt::LeftDockWidgetArea);
    QDockWidget* facts = dock(QStringLiteral("facts"), tr("Facts"), parts_.facts, Qt::RightDockWidgetArea);
    QDockWidget* why =
        dock(QStringLiteral("why"), tr("Why not? What next?"), parts_.why, Qt::RightDockWidgetArea);
    QDockWidget* log = dock(QStringLiteral("log"), tr("Event log"), parts_.log, Qt::BottomDockWidgetArea);
    resizeDocks({machines, facts}, {270, 270}, Qt::Horizontal);
    resizeDocks({machines, runs}, {480, 150}, Qt::Vertical);
    resizeDocks({facts, why}, {330, 260}, Qt::Vertical);
    resizeDocks({log}, {180}, Qt::Vertical);
}

void MainWindow::restoreLayout() {
    // Only how it looks: a layout never opens a device.
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
}

void MainWindow::saveLayout() const {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), saveState());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!parts_.leaving->mayLeave()) {
        event->ignore();
        return;
    }
    saveLayout();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!recordingsIn(*event->mimeData()).isEmpty() || !imagesIn(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    parts_.runPresenter->openDropped(*event->mimeData());
    event->acceptProposedAction();
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && parts_.presenter != nullptr) {
        parts_.actions->paintIcons(palette());
        parts_.presenter->showMachine(); // marks and words hold colours of the palette
    }
}

} // namespace migscope
