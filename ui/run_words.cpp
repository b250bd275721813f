// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of a run: what was asked, how far it is, how it ended.
#include "ui/run_words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cerrno>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("RunWords", text);
}

QString bytesText(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}

QString phasesText(const RunMetrics& run) {
    QStringList parts;
    for (const Phase& phase : run.phases) {
        if (phase.name == PhaseName::Wait && phase.duration == Ns{0})
            continue;
        const QString word = shown(phaseWord(phase.name));
        parts << (phase.duration ? word + QLatin1Char(' ') + durationText(*phase.duration)
                                 : tr("%1 not separable").arg(word));
    }
    return parts.isEmpty() ? QString() : tr(" (%1)").arg(parts.join(QStringLiteral(", ")));
}

/// The figures of what went well.
QString figures(const RunStatus& status) {
    if (status.metrics.empty())
        return tr("The recording has the figures.");
    const RunMetrics& last = status.metrics.back();
    const bool seen = !last.pairs.empty() && last.pairs.front().streamSeen;
    const QString size = seen ? bytesText(last.stateBytes) : tr("unknown, no stream was seen");
    const bool dark = status.request.kind == PlanKind::Save || status.request.kind == PlanKind::Discard;
    if (status.request.kind == PlanKind::Load)
        return tr("The device took %1.").arg(size);
    std::vector<Ns> values;
    for (const RunMetrics& run : status.metrics) {
        if (const auto& value = dark ? run.blackout : run.downtime)
            values.push_back(*value);
    }
    const QString what = dark ? tr("Blackout") : tr("Downtime");
    if (values.empty())
        return tr("%1: unknown, the recording says why. State size: %2.").arg(what, size);
    if (values.size() > 1) {
        const Distribution spread = distributionOf(values);
        return tr("%1: p50 %2, %3 to %4, over %5 runs. State size: %6.")
            .arg(what, durationText(*spread.p50), durationText(*spread.minimum),
                 durationText(*spread.maximum))
            .arg(values.size())
            .arg(size);
    }
    return tr("%1: %2%3. State size: %4.")
        .arg(what, dark ? durationText(values.front()) : durationText(values.front(), last.downtimeError),
             phasesText(last), size);
}

QString standings(const RunResult& result) {
    QStringList lines;
    for (const DeviceEnd& end : result.devices) {
        QString line =
            tr("%1 stands in %2")
                .arg(shortName(end.device),
                     end.state ? QString::fromStdString(stateName(*end.state)) : tr("an unknown state"));
        if (end.hung)
            line += tr(", a call has not returned");
        if (!end.note.empty())
            line += QStringLiteral(": ") + shown(end.note);
        lines << line + QLatin1Char('.');
    }
    return lines.join(QLatin1Char(' '));
}

/// What helps, in the panel where the run was asked for.
QString nextStep(const RunStatus& status, const Error& error) {
    if (status.result && !status.result->devicesSafe())
        return tr("Next: reset the device that is not RUNNING; its state is lost then.");
    if (error.isErrno(EEXIST))
        return tr("Next: name another file, or allow to replace this one.");
    if (error.isErrno(ENOSPC))
        return tr("Next: make room, or name a file elsewhere.");
    if (error.isErrno(EACCES) || error.isErrno(ENOENT) || error.isErrno(EISDIR))
        return tr("Next: name a file in a folder that you may use.");
    if (error.is(Errc::NotConverging))
        return tr("Next: raise the limits, or let it go on without convergence.");
    if (error.is(Errc::Damaged) || error.is(Errc::Incomplete))
        return tr("Next: save the state anew; this file cannot be trusted.");
    if (error.is(Errc::Refused) || error.is(Errc::JobRunning) || error.is(Errc::Unsupported))
        return {};
    if (error.isErrno(EINVAL) && status.request.kind != PlanKind::Discard)
        return tr("Next: compare driver, firmware and configuration of the two ends.");
    return tr("Next: the recording names the call; the kernel's log may say more.");
}

} // namespace

QString requestWords(const RunRequest& request) {
    const QString from = shortName(request.source);
    switch (request.kind) {
    case PlanKind::Migrate:
        return tr("migrate %1 to %2").arg(from, shortName(request.destination));
    case PlanKind::Loopback:
        return tr("%1 onto itself").arg(from);
    case PlanKind::Save:
        return tr("save %1 to %2").arg(from, shown(request.path));
    case PlanKind::Discard:
        return tr("drain %1 and discard").arg(from);
    case PlanKind::Load:
        break;
    }
    return tr("load %1 into %2").arg(shown(request.path), shortName(request.destination));
}

QString workloadWords(const std::string& workload) {
    return workload.empty() || workload == "none" ? tr("idle function") : shown(workload);
}

QString progressWords(const RunProgress& progress, const QString& rate) {
    QStringList parts;
    if (progress.runs > 1 && progress.run > 0)
        parts << tr("run %1 of %2").arg(progress.run).arg(progress.runs);
    parts << (progress.phase.empty() ? tr("begins") : shown(progress.phase));
    parts
        << (progress.expectedBytes
                ? tr("%1 of about %2").arg(bytesText(progress.movedBytes), bytesText(*progress.expectedBytes))
                : bytesText(progress.movedBytes));
    if (!rate.isEmpty())
        parts << rate;
    parts << clockText(progress.elapsed);
    return parts.join(QStringLiteral(" · "));
}

RunWords outcomeWords(const RunStatus& status) {
    if (status.running)
        return {};
    const QString what = requestWords(status.request);
    if (!status.result) {
        if (!status.error)
            return {};
        return {tr("Did not begin (%1). %2 %3")
                    .arg(what, errorSentence(*status.error), nextStep(status, *status.error))
                    .trimmed(),
                true};
    }
    const RunResult& result = *status.result;
    if (result.outcome == RunOutcome::Ok)
        return {tr("Done (%1). %2 %3 Workload: %4.")
                    .arg(what, figures(status), standings(result), workloadWords(status.request.workload)),
                !result.devicesSafe()};
    if (result.outcome == RunOutcome::Cancelled)
        return {tr("Cancelled (%1). %2").arg(what, standings(result)), !result.devicesSafe()};
    const Error error = result.error.value_or(Error{make_error_code(Errc::Refused), "run", {}, {}});
    return {tr("Failed (%1). %2 %3 %4")
                .arg(what, errorSentence(error), standings(result), nextStep(status, error))
                .trimmed(),
            true};
}

} // namespace migscope
