// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A run as it is asked for: what it means to the engine, and why it cannot start.
#include "ui/run_request.h"

#include <QCoreApplication>

#include <algorithm>

#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("RunRequest", text);
}

QString whyNotEnd(const RunCandidate& end) {
    const QString name = shortName(end.name);
    if (!end.open)
        return end.canOpen ? tr("%1 is not open: open it first. That resets the function.").arg(name)
                           : tr("A captured host: its devices cannot be opened.");
    switch (end.phase) {
    case SessionPhase::Stuck:
    case SessionPhase::Abandoned:
        return tr("The kernel has not returned from a call of %1.").arg(name);
    case SessionPhase::Working:
    case SessionPhase::Lent:
        return tr("%1 is at work.").arg(name);
    case SessionPhase::Closed:
        return tr("%1 is being closed.").arg(name);
    case SessionPhase::Idle:
        break;
    }
    if (!end.capabilities || end.capabilities->protocol != Protocol::V2)
        return tr("%1 has no migration support.").arg(name);
    if (end.needsReset || end.handedOver || end.state != MigState::Running)
        return tr("%1 stands in %2: bring it back to RUNNING first.")
            .arg(name, end.state ? QString::fromStdString(stateName(*end.state)) : tr("an unknown state"));
    return {};
}

} // namespace

std::vector<std::string> RunRequest::devices() const {
    if (kind == PlanKind::Load)
        return {destination};
    if (kind == PlanKind::Migrate)
        return {source, destination};
    return {source};
}

Plan RunRequest::plan() const {
    Plan plan;
    plan.kind = kind;
    plan.mode = mode;
    plan.limits = limits;
    plan.runs = runs;
    plan.loadThenRun = loadThenRun;
    switch (kind) {
    case PlanKind::Migrate:
        plan.pairs = {{0, 1}};
        break;
    case PlanKind::Loopback:
        plan.pairs = {{0, 0}};
        break;
    case PlanKind::Save:
    case PlanKind::Discard:
        plan.pairs = {{0, std::nullopt}};
        break;
    case PlanKind::Load:
        plan.pairs = {{std::nullopt, 0}};
        break;
    }
    return plan;
}

bool operator==(const RunRequest& a, const RunRequest& b) {
    return a.kind == b.kind && a.source == b.source && a.destination == b.destination && a.path == b.path &&
           a.raw == b.raw && a.overwrite == b.overwrite && a.loadThenRun == b.loadThenRun &&
           a.mode == b.mode && a.limits.downtimeLimit == b.limits.downtimeLimit &&
           a.limits.maxRounds == b.limits.maxRounds && a.limits.maxTime == b.limits.maxTime &&
           a.limits.onNoConvergence == b.limits.onNoConvergence && a.runs == b.runs &&
           a.recordCalls == b.recordCalls && a.workload == b.workload;
}

bool operator==(const RunCandidate& a, const RunCandidate& b) {
    const auto flags = [](const RunCandidate& one) {
        return one.capabilities ? std::optional(one.capabilities->flags.raw()) : std::nullopt;
    };
    const auto protocol = [](const RunCandidate& one) {
        return one.capabilities ? std::optional(one.capabilities->protocol) : std::nullopt;
    };
    return a.name == b.name && a.label == b.label && a.driver == b.driver && a.pciId == b.pciId &&
           a.canOpen == b.canOpen && a.open == b.open && a.phase == b.phase && flags(a) == flags(b) &&
           protocol(a) == protocol(b) && a.state == b.state && a.needsReset == b.needsReset &&
           a.handedOver == b.handedOver;
}

bool fits(const RunCandidate& source, const RunCandidate& destination) {
    return source.name != destination.name && source.driver == destination.driver &&
           source.pciId == destination.pciId;
}

QString whyNotStart(const std::vector<RunCandidate>& devices, const RunRequest& request) {
    for (const std::string& name : request.devices()) {
        if (name.empty())
            return request.kind == PlanKind::Load || name != request.source ? tr("Choose a destination.")
                                                                            : tr("Choose a source.");
        const auto found = std::find_if(devices.begin(), devices.end(),
                                        [&](const RunCandidate& device) { return device.name == name; });
        if (found == devices.end())
            return tr("%1 is not here.").arg(shortName(name));
        if (const QString why = whyNotEnd(*found); !why.isEmpty())
            return why;
        if (name == request.source && request.mode == CopyMode::PreCopy &&
            !found->capabilities->flags.preCopy())
            return tr("%1 has no PRE_COPY: choose stop-copy, or the mode for it.").arg(shortName(name));
    }
    if ((request.kind == PlanKind::Save || request.kind == PlanKind::Load) && request.path.empty())
        return tr("Name the file.");
    return {};
}

} // namespace migscope
