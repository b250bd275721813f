// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Closing the window: a device that is not RUNNING is asked about once, in the window, and brought back.
#include "ui/leaving.h"

#include <QStringList>

#include <utility>

#include "ui/check_words.h"
#include "ui/host_session.h"
#include "ui/panels/notice_bar.h"
#include "ui/run_words.h"
#include "ui/words.h"

namespace migscope {

Leaving::Leaving(HostSession& host, NoticeBar& notice, QObject* parent)
    : QObject(parent), host_(host), notice_(notice) {}

QStringList Leaving::atWork() const {
    QStringList names;
    for (const std::string& device : host_.openDevices()) {
        // What a run has is the run's: waited for, or given up, with it.
        if (host_.state(device)->phase == SessionPhase::Working)
            names << shortName(device);
    }
    return names;
}

bool Leaving::runToWaitFor() const {
    return host_.runActive() && !host_.runStuck();
}

bool Leaving::checkToWaitFor() const {
    const CheckStatus* check = host_.activeCheck();
    return check != nullptr && check->stuck.isEmpty();
}

bool Leaving::mayLeave() {
    if (stage_ != Stage::Here) {
        stage_ = Stage::Gone;
        return true;
    }
    QStringList lines;
    for (const std::string& device : host_.devicesToBringBack()) {
        const auto& state = host_.state(device)->state;
        lines << tr("%1 is in %2.")
                     .arg(shortName(device),
                          state ? QString::fromStdString(stateName(*state)) : tr("an unknown state"));
    }
    for (const QString& name : atWork())
        lines << tr("%1 is at work.").arg(name);
    if (runToWaitFor())
        lines << tr("A run is under way: %1.").arg(requestWords(host_.run()->request));
    if (checkToWaitFor())
        lines << tr("%1 is being checked.").arg(shortName(host_.activeCheck()->document.device));
    if (lines.isEmpty()) {
        stage_ = Stage::Gone;
        return true;
    }
    stage_ = Stage::Asked;
    notice_.ask(lines.join(QLatin1Char(' ')) + QLatin1Char(' ') + tr("Bring back to RUNNING, then close?"),
                {tr("Bring back and close"), tr("Close as it is"), tr("Stay")});
    return false;
}

void Leaving::onAnswer(int which) {
    if (stage_ != Stage::Asked)
        return;
    if (which == 0) {
        stage_ = Stage::BringingBack;
        const CheckStatus* check = host_.activeCheck();
        checked_ = check != nullptr ? check->document.device : std::string();
        host_.cancelRun();
        host_.cancelCheck();
        for (const std::string& device : host_.devicesToBringBack())
            host_.bringBack(device);
        onSessionChanged();
    } else if (which == 1) {
        stage_ = Stage::Gone;
        emit leaveNow();
    } else {
        stage_ = Stage::Here;
    }
}

void Leaving::onSessionChanged() {
    if (stage_ != Stage::BringingBack || runToWaitFor() || checkToWaitFor() || !atWork().isEmpty())
        return;
    for (const std::string& device : host_.devicesToBringBack()) {
        const SessionState& state = *host_.state(device);
        if (state.job != "bring back") {
            host_.bringBack(device); // it was at work when the answer came
            return;
        }
        stage_ = Stage::Here;
        notice_.say(
            tr("%1 could not be brought back: %2 The window stays open.")
                .arg(shortName(device), state.error ? errorSentence(*state.error, device) : QString()),
            true);
        return;
    }
    // A call that never returns holds nobody up; a device that answers, and not RUNNING, does.
    const CheckStatus* check = host_.check(std::exchange(checked_, {}));
    if (check != nullptr && !check->running && !check->abandoned && !check->document.report.safe()) {
        stage_ = Stage::Here;
        notice_.say(tr("%1. The window stays open.").arg(endWords(*check)), true);
        return;
    }
    stage_ = Stage::Gone;
    emit leaveNow();
}

} // namespace migscope
