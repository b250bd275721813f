// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the panels show: puts the host session's values into them.
#include "ui/presenter.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QStackedWidget>
#include <QTabWidget>

#include <algorithm>
#include <map>

#include "ui/actions.h"
#include "ui/cli_command.h"
#include "ui/facts.h"
#include "ui/host_session.h"
#include "ui/panels/device_header.h"
#include "ui/panels/dirty_page.h"
#include "ui/panels/event_log_panel.h"
#include "ui/panels/facts_panel.h"
#include "ui/panels/host_page.h"
#include "ui/panels/inspect_page.h"
#include "ui/panels/machines_panel.h"
#include "ui/panels/notice_bar.h"
#include "ui/panels/why_panel.h"
#include "ui/state_grid.h"
#include "ui/words.h"

namespace migscope {
namespace {

enum CentrePage { MachinePage, DevicePage };

/// What an opened device says in the list instead of its verdict.
QString openWord(const HostSession& host, const Device& device) {
    if (host.isChecked(device.name))
        return Presenter::tr("checked");
    if (!host.isOpen(device.name))
        return {};
    const SessionState& state = *host.state(device.name);
    if (state.phase == SessionPhase::Stuck)
        return Presenter::tr("⚠ stuck");
    if (!state.state)
        return Presenter::tr("open");
    return QString::fromStdString(stateName(*state.state));
}

QString machineWords(const HostSession& host) {
    if (host.backend() == nullptr)
        return Presenter::tr("no machine");
    const QString name = host.spec();
    if (host.simulated())
        return Presenter::tr("simulated machine “%1”")
            .arg(name.section(QLatin1Char(':'), 1).isEmpty()
                     ? QStringLiteral("lab")
                     : name.section(QLatin1Char(':'), 1).section(QLatin1Char('/'), -1));
    if (name.startsWith(QLatin1String("capture:")))
        return Presenter::tr("captured host “%1”")
            .arg(host.topology() ? shown(host.topology()->host.hostName) : name);
    return Presenter::tr("this host");
}

bool needsReset(const Verdict& verdict) {
    return !verdict.reasons.empty() && verdict.reasons.front().id == "needs-reset";
}

} // namespace

Presenter::Presenter(const WindowParts& parts, QObject* parent) : QObject(parent), parts_(parts) {}

const Device* Presenter::current() const {
    const auto topology = parts_.host->topology();
    return topology ? topology->find(device_) : nullptr;
}

void Presenter::useMachine(const QString& spec) {
    device_.clear();
    if (const auto used = parts_.host->use(spec.toStdString()); !used) {
        parts_.notice->say(errorSentence(used.error()), true);
        if (parts_.host->backend() == nullptr)
            showMachine();
    } else {
        parts_.notice->dismiss();
        parts_.log->model().clear();
    }
}

void Presenter::selectSoon(const QString& device) {
    wanted_ = device;
    if (parts_.host->topology())
        showMachine();
}

void Presenter::select(const QString& device) {
    device_ = device.toStdString();
    showDevice();
    emit deviceChanged();
}

void Presenter::showMachine() {
    const auto topology = parts_.host->topology();
    HostSession& host = *parts_.host;
    if (!topology) {
        parts_.machines->setRows({});
        const bool failed = host.scanError().has_value();
        const QString words = failed ? errorSentence(*host.scanError()) : tr("Reading the machine …");
        parts_.machines->setEmptyText(words);
        if (host.backend() == nullptr)
            parts_.hostPage->showWords(tr("No machine to show"), parts_.notice->text());
        else
            parts_.hostPage->showWords(failed ? tr("The machine could not be read")
                                              : tr("Reading the machine …"),
                                       failed ? words : QString());
        showDevice();
        return;
    }
    // Judged once, asked for by the list and three parts of the page.
    std::map<const Device*, Verdict> judged;
    const auto verdict = [&](const Device& device) -> const Verdict& {
        const auto [at, fresh] = judged.try_emplace(&device);
        if (fresh)
            at->second = host.verdict(device);
        return at->second;
    };
    parts_.machines->setEmptyText(
        tr("Nothing here: no IOMMU group and no VFIO device. The page in the middle says "
           "what is missing. The simulated lab shows what Migscope does."));
    parts_.machines->setRows(
        machineRows(*topology, verdict, [&host](const Device& device) { return openWord(host, device); }));
    parts_.hostPage->showMachine(topology, verdict);
    if (!wanted_.isEmpty()) {
        const auto found = resolveDevice(*topology, wanted_.toStdString());
        wanted_.clear();
        if (found)
            device_ = (*found)->name;
        else
            parts_.notice->say(errorSentence(found.error()), true);
    }
    if (!device_.empty() && current() == nullptr && !host.isOpen(device_))
        device_.clear();
    parts_.machines->select(QString::fromStdString(device_));
    showDevice();
}

void Presenter::showDevice() {
    const Device* device = current();
    parts_.host->watchFromOutside(device_);
    if (device == nullptr) {
        parts_.header->show({}, {}, {}, {}, {});
        parts_.facts->setFacts({}, tr("Select a device to see what is known of it."));
        parts_.why->setReasons({}, tr("Select a device to see why it cannot migrate, and what helps."));
        // Migrate and Timeline show what they have without a device, too.
        if (parts_.centre->currentIndex() != MachinePage && parts_.tabs->currentWidget() == parts_.inspect)
            parts_.centre->setCurrentIndex(MachinePage);
    } else {
        const Verdict verdict = parts_.host->verdict(*device);
        const Capabilities* capabilities = parts_.host->capabilities(device_);
        const SessionState* state = parts_.host->state(device_);
        parts_.header->show(shown(device->name), shown(device->label), deviceTitle(*device),
                            needsReset(verdict) ? QStringLiteral("⚠") : verdictMark(verdict.kind),
                            verdictSentence(verdict, capabilities));
        parts_.facts->setFacts(
            factsOf(*parts_.host->topology(), *device, state, parts_.host->fromOutside(device_)));
        parts_.why->setReasons(verdict.reasons, tr("Nothing stands in the way."));
        parts_.centre->setCurrentIndex(DevicePage);
    }
    showGrid();
    showActions();
    showStatus();
    showTitle();
}

GridView Presenter::gridView() const {
    GridView view;
    view.now = parts_.host->now();
    if (const SessionState* state = parts_.host->state(device_))
        view.session = *state;
    view.session.device = device_;
    view.open = parts_.host->isOpen(device_);
    const bool canOpen = parts_.host->backend() != nullptr && parts_.host->backend()->canOpen();
    view.whyClosed = device_.empty() ? tr("Select a device first.")
                     : parts_.host->isChecked(device_)
                         ? tr("It is being checked; that opens and closes it by itself.")
                     : parts_.host->isHeld(device_) ? tr("A call of its last check has not returned.")
                     : canOpen ? tr("Not open. Open the device to drive it; that resets the function.")
                               : tr("A captured host: its devices can be looked at, not opened.");
    return view;
}

void Presenter::showGrid() {
    const GridView view = gridView();
    parts_.inspect->setView(view);
    parts_.dirty->setSource(device_, parts_.host->source(device_));
    parts_.dirty->setView(view);
}

void Presenter::showActions() {
    Actions& actions = *parts_.actions;
    HostSession& host = *parts_.host;
    const bool have = !device_.empty();
    const bool open = have && host.isOpen(device_);
    const QString chooseFirst = tr("Select a device first.");
    if (!have)
        actions.disable(ActionId::OpenDevice, chooseFirst);
    else if (open)
        actions.disable(ActionId::OpenDevice, tr("The device is open."));
    else if (host.isChecked(device_))
        actions.disable(ActionId::OpenDevice, tr("The device is being checked."));
    else if (host.isHeld(device_))
        actions.disable(ActionId::OpenDevice, tr("A call of its last check has not returned."));
    else if (!host.backend()->canOpen())
        actions.disable(ActionId::OpenDevice, tr("A captured host: its devices cannot be opened."));
    else
        actions.enable(ActionId::OpenDevice);
    const GridView view = gridView();
    const auto needsIdle = [&](ActionId id) {
        if (!open)
            actions.disable(id, have ? tr("The device is not open.") : chooseFirst);
        else if (view.stuck())
            actions.disable(id, tr("The kernel has not returned from a call of this device."));
        else if (view.busy())
            actions.disable(id, tr("The device is at work."));
        else
            actions.enable(id);
    };
    needsIdle(ActionId::ReleaseDevice);
    needsIdle(ActionId::ResetDevice);
    if (host.runActive() || host.activeCheck() != nullptr || worksByHand())
        actions.enable(ActionId::CancelRun);
    else
        actions.disable(ActionId::CancelRun, tr("Nothing is under way."));
    if (host.spec() == QLatin1String("kernel"))
        actions.disable(ActionId::ThisHost, tr("This host is shown."));
    else
        actions.enable(ActionId::ThisHost);
    if (host.spec() == QLatin1String("sim:lab"))
        actions.disable(ActionId::SimulatedLab, tr("The simulated lab is shown."));
    else
        actions.enable(ActionId::SimulatedLab);
    if (host.backend() == nullptr)
        actions.disable(ActionId::Refresh, tr("There is no machine."));
    else
        actions.enable(ActionId::Refresh);
}

void Presenter::showStatus() {
    const HostSession& host = *parts_.host;
    const auto topology = host.topology();
    QStringList words{machineWords(host)};
    if (topology && !topology->host.kernelRelease.empty())
        words << tr("kernel %1").arg(shown(topology->host.kernelRelease));
    words << tr("uAPI baseline %1").arg(parts_.uapiBaseline);
    const SessionState* state = host.isOpen(device_) ? host.state(device_) : nullptr;
    QString worker = state != nullptr ? workerText(*state, host.now()) : tr("worker idle");
    if (state == nullptr && host.scanning())
        worker = tr("reading the machine …");
    if (const CheckStatus* check = host.activeCheck(); check != nullptr)
        worker =
            check->stuck.isEmpty() ? tr("checking %1").arg(shortName(check->document.device)) : check->stuck;
    words << worker;
    for (const std::string& device : host.openDevices()) {
        if (device != device_ && host.state(device)->phase == SessionPhase::Stuck)
            words << tr("%1 %2").arg(shortName(device), workerText(*host.state(device), host.now()));
    }
    parts_.status->setText(words.join(QStringLiteral("  ·  ")));
}

void Presenter::showTitle() {
    QStringList parts;
    if (!device_.empty())
        parts << shown(device_);
    parts << machineWords(*parts_.host);
    QString title = parts.join(QStringLiteral(" · "));
    if (parts_.host->simulated())
        title += tr(" (Simulated)");
    emit titleChanged(title + QStringLiteral(" – Migscope"));
}

void Presenter::onSessionChanged(const std::string& device) {
    const auto topology = parts_.host->topology();
    if (const Device* known = topology ? topology->find(device) : nullptr)
        parts_.machines->setRow(
            machineRow(*known, parts_.host->verdict(*known), openWord(*parts_.host, *known)));
    if (device == device_)
        showDevice();
    else
        showStatus();
}

void Presenter::onTick() {
    showStatus();
    if (parts_.host->isOpen(device_))
        showGrid();
}

void Presenter::onRefused(const std::string& device, const Error& error) {
    parts_.notice->say(shortName(device) + QStringLiteral(": ") + errorSentence(error, device), true);
}

void Presenter::onJournalFailed(const std::string& device, const Error& error) {
    parts_.notice->say(tr("%1 is recorded in memory only, its journal could not be written: %2")
                           .arg(shortName(device), errorSentence(error)),
                       true);
}

void Presenter::onAskedBack(const std::string& device) {
    parts_.notice->say(tr("The kernel asked for %1: it is brought back and released.").arg(shortName(device)),
                       true);
}

void Presenter::showOverview() {
    parts_.machines->select({});
    device_.clear();
    parts_.tabs->setCurrentWidget(parts_.inspect);
    if (parts_.host->topology())
        showMachine();
    parts_.centre->setCurrentIndex(MachinePage);
}

void Presenter::openDevice() {
    if (!device_.empty())
        parts_.host->openDevice(device_);
}

void Presenter::releaseDevice() {
    parts_.host->release(device_);
}

void Presenter::askReset() {
    parts_.tabs->setCurrentWidget(parts_.inspect);
    parts_.inspect->grid()->askReset();
}

bool Presenter::worksByHand() const {
    const HostSession& host = *parts_.host;
    if (!host.isOpen(device_))
        return false;
    const SessionPhase phase = host.state(device_)->phase;
    if (phase != SessionPhase::Working && phase != SessionPhase::Stuck)
        return false;
    // A run's device is stuck as one by hand is.
    const std::vector<std::string> lent =
        host.runActive() ? host.run()->request.devices() : std::vector<std::string>{};
    return std::find(lent.begin(), lent.end(), device_) == lent.end();
}

void Presenter::cancel() {
    if (worksByHand())
        parts_.host->cancel(device_);
    else if (parts_.host->activeCheck() != nullptr &&
             (!parts_.host->runActive() || parts_.host->isChecked(device_)))
        parts_.host->cancelCheck();
    else
        parts_.host->cancelRun();
}

void Presenter::step(MigState goal, bool combined) {
    parts_.host->step(device_, goal, combined);
}
void Presenter::reset() {
    parts_.host->reset(device_);
}

void Presenter::copyCommand() {
    const QString command = cliCommand(parts_.host->spec().toStdString(), device_,
                                       parts_.host->isOpen(device_), parts_.host->asked(device_));
    QGuiApplication::clipboard()->setText(command);
    emit briefMessage(tr("Copied: %1").arg(command));
}

void Presenter::copyLogging(const job::DmaLog& log) {
    const QString command = cliCommand(parts_.host->spec().toStdString(), device_, log);
    QGuiApplication::clipboard()->setText(command);
    emit briefMessage(tr("Copied: %1").arg(command));
}

void Presenter::onIdleReleased(const std::string& device) {
    parts_.notice->say(tr("%1 was idle and has been released.").arg(shortName(device)), false);
}

void Presenter::showTab(QWidget* tab) {
    parts_.tabs->setCurrentWidget(tab);
    parts_.centre->setCurrentIndex(DevicePage);
    tab->setFocus(Qt::ShortcutFocusReason);
}

void Presenter::about() {
    parts_.notice->say(
        tr("Migscope %1: inspect, drive and measure VFIO device migration. GPL-3.0-or-later, without "
           "any warranty. Built with Qt %2.")
            .arg(parts_.version, QLatin1String(qVersion())),
        false);
}

} // namespace migscope
