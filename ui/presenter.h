// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the panels show: puts the host session's values into them, for the device that is selected.
#pragma once

#include <QObject>
#include <QString>

#include "core/device/migration_state.h"
#include "core/transfer/event.h"
#include "ui/grid_rules.h"
#include "ui/run_source.h"

class QLabel;
class QMenu;
class QStackedWidget;
class QTabWidget;

namespace migscope {

class Actions;
class CheckPresenter;
class ComparePage;
class CompliancePage;
class DeviceHeader;
class DirtyPage;
struct Device;
class EventLogPanel;
class ExportMenu;
class FactsPanel;
class HostPage;
class HostSession;
class Images;
class InspectPage;
class Leaving;
class MachinesPanel;
class MigratePage;
class NoticeBar;
class Presenter;
class RecordingEdits;
class Recordings;
class RunPresenter;
class RunsPanel;
class TimelinePage;
class Selection;
class UnfinishedJournals;
class WhyPanel;

/// The parts of the window, owned by it. What wire() connects.
struct WindowParts {
    HostSession* host = nullptr;
    Actions* actions = nullptr;
    Recordings* recordings = nullptr;
    RecordingEdits* edits = nullptr;
    ExportMenu* exportMenu = nullptr;
    Images* images = nullptr;
    Selection* selection = nullptr;
    UnfinishedJournals* unfinished = nullptr;
    MachinesPanel* machines = nullptr;
    RunsPanel* runs = nullptr;
    FactsPanel* facts = nullptr;
    WhyPanel* why = nullptr;
    EventLogPanel* log = nullptr;
    HostPage* hostPage = nullptr;
    DeviceHeader* header = nullptr;
    InspectPage* inspect = nullptr;
    MigratePage* migrate = nullptr;
    DirtyPage* dirty = nullptr;
    TimelinePage* timeline = nullptr;
    ComparePage* compare = nullptr;
    CompliancePage* compliance = nullptr;
    NoticeBar* notice = nullptr;
    NoticeBar* offer = nullptr; ///< of its own: an offer must not stand in the way of a question
    Leaving* leaving = nullptr;
    QStackedWidget* centre = nullptr; ///< the host page, or header and tabs
    QTabWidget* tabs = nullptr;
    QLabel* status = nullptr;
    QMenu* recent = nullptr;   ///< of File: filled when it opens
    QMenu* examples = nullptr; ///< of File; the data of an entry is its example's name
    Presenter* presenter = nullptr;
    RunPresenter* runPresenter = nullptr;
    CheckPresenter* checkPresenter = nullptr;
    QString uapiBaseline;
    QString version;
};

class Presenter : public QObject {
    Q_OBJECT
public:
    explicit Presenter(const WindowParts& parts, QObject* parent = nullptr);
    [[nodiscard]] QString device() const { return QString::fromStdString(device_); }
    /// Another machine; says why not when that fails.
    void useMachine(const QString& spec);
    /// Takes effect when the device is known: now, or with the scan that is under way.
    void selectSoon(const QString& device);

public slots:
    void select(const QString& device);
    void showMachine();
    void showDevice();
    void onSessionChanged(const std::string& device);
    void onTick();
    void onRefused(const std::string& device, const migscope::Error& error);
    void onJournalFailed(const std::string& device, const migscope::Error& error);
    void onAskedBack(const std::string& device);
    void showOverview();
    void openDevice();
    void releaseDevice();
    void askReset();
    /// What the selected device is at; else the check, else the run.
    void cancel();
    void step(migscope::MigState goal, bool combined);
    void reset();
    void copyCommand();
    void copyLogging(const migscope::job::DmaLog& log);
    void about();
    void onIdleReleased(const std::string& device);
    void showTab(QWidget* tab);

signals:
    void deviceChanged();
    void titleChanged(const QString& title);
    void briefMessage(const QString& text);

private:
    [[nodiscard]] const Device* current() const;
    [[nodiscard]] GridView gridView() const;
    [[nodiscard]] bool worksByHand() const;
    void showGrid();
    void showActions();
    void showStatus();
    void showTitle();

    WindowParts parts_;
    std::string device_;
    QString wanted_;
};

} // namespace migscope
