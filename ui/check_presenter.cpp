// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The compliance checks in the window.
#include "ui/check_presenter.h"

#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QWidget>

#include <utility>

#include "ui/cli_command.h"
#include "ui/export_menu.h"
#include "ui/exports.h"
#include "ui/host_session.h"
#include "ui/panels/check_form.h"
#include "ui/panels/notice_bar.h"
#include "ui/words.h"

namespace migscope {
namespace {

QByteArray reportOf(const CheckDocument& document, CheckFileKind kind) {
    switch (kind) {
    case CheckFileKind::Json:
        return QByteArray::fromStdString(checkJson(document));
    case CheckFileKind::Ktap:
        return QByteArray::fromStdString(checkKtap(document));
    case CheckFileKind::Junit:
        return QByteArray::fromStdString(checkJunit(document));
    case CheckFileKind::Text:
        break;
    }
    return QByteArray::fromStdString(checkText(document));
}

TargetQuestion questionOf(CheckFileKind kind, const std::string& device) {
    const QString base =
        QStringLiteral("check-%1").arg(shown(device).replace(QLatin1Char(':'), QLatin1Char('-')));
    const auto made = [&](const QString& kinds, const QString& suffix) {
        return TargetQuestion{CheckPresenter::tr("Save the report of the check"),
                              base + QLatin1Char('.') + suffix, kinds, suffix};
    };
    switch (kind) {
    case CheckFileKind::Json:
        return made(CheckPresenter::tr("JSON (*.json)"), QStringLiteral("json"));
    case CheckFileKind::Ktap:
        return made(CheckPresenter::tr("KTAP (*.ktap)"), QStringLiteral("ktap"));
    case CheckFileKind::Junit:
        return made(CheckPresenter::tr("JUnit XML (*.xml)"), QStringLiteral("xml"));
    case CheckFileKind::Text:
        break;
    }
    return made(CheckPresenter::tr("Text (*.txt)"), QStringLiteral("txt"));
}

} // namespace

CheckPresenter::CheckPresenter(const WindowParts& parts, QObject* parent) : QObject(parent), parts_(parts) {}

CheckCandidate CheckPresenter::candidate(const Device& device) const {
    const HostSession& host = *parts_.host;
    return {device.name, device.label.empty() ? deviceKindText(device) : shown(device.label),
            takesJunk(host.simulated(), device.driver), host.isOpen(device.name)};
}

CheckFormView CheckPresenter::formView() const {
    const HostSession& host = *parts_.host;
    const std::string name = parts_.presenter->device().toStdString();
    const Device* device = host.topology() ? host.topology()->find(name) : nullptr;
    CheckFormView view;
    if (device == nullptr) {
        view.why = tr("Select a device first.");
        return view;
    }
    view.device = candidate(*device);
    const CheckStatus* active = host.activeCheck();
    view.running = active != nullptr && active->document.device == name;
    view.cancelling = view.running && active->cancelling;
    const Verdict verdict = host.verdict(*device);
    if (!host.backend()->canOpen())
        view.why = tr("A captured host: its devices can be looked at, not opened.");
    else if (verdict.kind == VerdictKind::NotMigratable)
        view.why = verdictSentence(verdict, host.capabilities(name));
    else if (host.isHeld(name))
        view.why = tr("A call of its last check has not returned, and has it open.");
    else if (active != nullptr && !view.running)
        view.why = tr("%1 is being checked; one check at a time.").arg(shortName(active->document.device));
    for (const Device& other : host.topology()->devices) {
        if (other.name != name && other.boundToVfio() && other.driver == device->driver &&
            !host.isHeld(other.name) && host.verdict(other).kind != VerdictKind::NotMigratable)
            view.peers.push_back(candidate(other));
    }
    return view;
}

void CheckPresenter::show() {
    parts_.compliance->setForm(formView()); // also unseen: what was typed for one device is not for the next
    if (parts_.compliance->isVisible())
        showStatus(); // a report is large; it is shown when the page is
}

void CheckPresenter::showStatus() {
    parts_.compliance->setStatus(parts_.host->check(parts_.presenter->device().toStdString()),
                                 parts_.host->now());
}

void CheckPresenter::onCheckChanged(const std::string& device) {
    const CheckStatus* active = parts_.host->activeCheck();
    const std::string now = active != nullptr ? active->document.device : std::string();
    if (now != checked_) {
        const CheckStatus* status = parts_.host->check(device);
        checked_ = now;
        emit takenOrGiven(device);
        if (status != nullptr && status->request.peer)
            emit takenOrGiven(status->request.peer->device);
    }
    if (parts_.compliance->isVisible())
        show();
}

void CheckPresenter::onTick() {
    if (parts_.host->activeCheck() != nullptr && parts_.compliance->isVisible())
        parts_.compliance->setNow(parts_.host->now());
}

std::optional<CheckRequest> CheckPresenter::request() const {
    const HostSession& host = *parts_.host;
    const CheckChoice choice = parts_.compliance->form()->choice();
    const auto target = [&](const std::string& name, bool hostile) -> std::optional<CheckTarget> {
        const Device* device = host.topology() ? host.topology()->find(name) : nullptr;
        if (device == nullptr)
            return std::nullopt;
        return CheckTarget{device->name, device->driver, device->vfioDev, hostile};
    };
    CheckRequest request;
    const auto device = target(parts_.presenter->device().toStdString(), choice.hostileDevice);
    if (!device)
        return std::nullopt;
    request.device = *device;
    if (!choice.peer.empty())
        request.peer = target(choice.peer, choice.hostilePeer);
    request.classes = choice.classes;
    request.force = choice.force;
    return request;
}

void CheckPresenter::start() {
    const auto wanted = request();
    if (!wanted || !parts_.compliance->form()->whyNot().isEmpty())
        return;
    if (const auto started = parts_.host->startCheck(*wanted); !started)
        parts_.notice->say(errorSentence(started.error()), true);
}

void CheckPresenter::release(const QStringList& devices) {
    for (const QString& device : devices)
        parts_.host->release(device.toStdString());
}

QString CheckPresenter::command() const {
    const auto wanted = request();
    // A command without classes asks all of them, and none was chosen.
    return wanted && !wanted->classes.empty()
               ? cliCheck(parts_.host->spec().toStdString(), parts_.host->simulated(), *wanted)
               : QString();
}

void CheckPresenter::copyCommand() {
    const QString text = command();
    if (text.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(text);
    emit briefMessage(tr("Copied: %1").arg(text));
}

void CheckPresenter::copyReport() {
    const CheckStatus* status = parts_.host->check(parts_.presenter->device().toStdString());
    if (status == nullptr)
        return;
    QGuiApplication::clipboard()->setText(QString::fromUtf8(reportOf(status->document, CheckFileKind::Text)));
    emit briefMessage(tr("Copied: the report of %1").arg(shortName(status->document.device)));
}

void CheckPresenter::saveReport(CheckFileKind kind) {
    const CheckStatus* status = parts_.host->check(parts_.presenter->device().toStdString());
    if (status == nullptr)
        return;
    // Before the question: what was seen when it was asked for.
    const QByteArray bytes = reportOf(status->document, kind);
    TargetQuestion question = questionOf(kind, status->document.device);
    if (!folder_.isEmpty())
        question.proposed = QDir(folder_).filePath(question.proposed);
    const QString path = chooser_(parts_.compliance, question);
    if (path.isEmpty())
        return;
    folder_ = QFileInfo(path).absolutePath();
    parts_.exportMenu->exports().saveBytes(bytes, path);
}

} // namespace migscope
