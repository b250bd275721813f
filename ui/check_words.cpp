// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences about compliance checks.
#include "ui/check_words.h"

#include <QCoreApplication>
#include <QStringList>

#include "core/base/error.h"
#include "ui/words.h"

namespace migscope {
namespace {

class CheckWords {
    Q_DECLARE_TR_FUNCTIONS(CheckWords)
};

QString name(MigState state) {
    return QString::fromStdString(stateName(state));
}

/// Two digits: cells are narrow, and their neighbours differ by more.
QString briefDuration(Ns time) {
    double value = static_cast<double>(time.count());
    QStringList units{QStringLiteral("ns"), QStringLiteral("µs"), QStringLiteral("ms"), QStringLiteral("s")};
    while (value >= 999.5 && units.size() > 1) {
        value /= 1000;
        units.removeFirst();
    }
    const bool whole = value >= 9.95 || units.first() == QLatin1String("ns");
    return QStringLiteral("%1 %2").arg(value, 0, 'f', whole ? 0 : 1).arg(units.first());
}

QString refusals(const StatePair& pair) {
    const QString name = QString::fromStdString(errnoName(pair.lastError));
    return pair.refused == 1
               ? CheckWords::tr("one answered %1").arg(name)
               : CheckWords::tr("%1 answered an errno, the last %2").arg(pair.refused).arg(name);
}

QString pairFacts(const StatePair& pair) {
    switch (pair.verdict) {
    case PairVerdict::Lacking:
        return CheckWords::tr("the device's flags lack one of the two.");
    case PairVerdict::NoWay:
        return CheckWords::tr(
            "the protocol has no way there. Never tried: some kernels do not return from it.");
    case PairVerdict::NotAsked:
        return CheckWords::tr("no SET took this way.");
    default:
        break;
    }
    QStringList facts;
    if (pair.worked == 1)
        facts << CheckWords::tr("one SET succeeded, in %1").arg(durationText(pair.median));
    else if (pair.worked > 1)
        facts << CheckWords::tr("%1 SETs succeeded, in %2 to %3, median %4")
                     .arg(pair.worked)
                     .arg(durationText(pair.fastest), durationText(pair.slowest), durationText(pair.median));
    if (pair.refused > 0)
        facts << refusals(pair);
    QString text = facts.isEmpty() ? QString() : facts.join(QStringLiteral("; ")) + QLatin1Char('.');
    for (const std::string_view id : pair.failed)
        text += CheckWords::tr(" %1 failed by it.")
                    .arg(QLatin1String(id.data(), static_cast<qsizetype>(id.size())));
    return text.trimmed();
}

QString counts(const CheckReport& report) {
    std::size_t musts = 0;
    for (const CheckResult& result : report.results)
        musts += failedMust(result) ? 1U : 0U;
    const std::size_t failed = report.count(CheckVerdict::Fail);
    QString text = CheckWords::tr("%1 passed, %2 failed, %3 skipped")
                       .arg(report.count(CheckVerdict::Pass))
                       .arg(failed)
                       .arg(report.count(CheckVerdict::Skip));
    if (failed > 0 && failed != musts)
        text += musts == 0 ? CheckWords::tr(" (none of the failures is a must)")
                           : CheckWords::tr(" (%1 of the failures must)").arg(musts);
    return text;
}

} // namespace

QString checkWords(std::string_view text) {
    return QCoreApplication::translate("checks", std::string(text).c_str());
}

QString sightWords(const CheckSight& sight) {
    CheckSight translated = sight;
    const std::string text = checkWords(sight.text).toStdString();
    translated.text = text;
    return shown(translated.filled());
}

QString verdictWords(CheckVerdict verdict) {
    switch (verdict) {
    case CheckVerdict::Pass:
        return CheckWords::tr("passed");
    case CheckVerdict::Fail:
        return CheckWords::tr("failed");
    case CheckVerdict::Skip:
        break;
    }
    return CheckWords::tr("skipped");
}

QString verdictMark(const CheckResult& result) {
    switch (result.outcome.verdict) {
    case CheckVerdict::Pass:
        return QStringLiteral("✓");
    case CheckVerdict::Fail:
        return failedMust(result) ? QStringLiteral("✗") : QStringLiteral("△");
    case CheckVerdict::Skip:
        break;
    }
    return QStringLiteral("–");
}

QString severityWords(CheckSeverity severity) {
    switch (severity) {
    case CheckSeverity::Must:
        return CheckWords::tr("must");
    case CheckSeverity::Should:
        return CheckWords::tr("should");
    case CheckSeverity::Note:
        break;
    }
    return CheckWords::tr("note");
}

QString pairMark(const StatePair& pair) {
    switch (pair.verdict) {
    case PairVerdict::Works:
        return briefDuration(pair.median);
    case PairVerdict::Fails:
        if (pair.lastError != 0)
            return QStringLiteral("✗ %1").arg(QString::fromStdString(errnoName(pair.lastError)));
        // A SET that was interrupted left neither an errno nor a time.
        return pair.worked > 0 ? QStringLiteral("✗ %1").arg(briefDuration(pair.median)) : QStringLiteral("✗");
    case PairVerdict::Refused:
        return QString::fromStdString(errnoName(pair.lastError));
    case PairVerdict::NotAsked:
        return QStringLiteral("?");
    case PairVerdict::NoWay:
        return QStringLiteral("∅");
    case PairVerdict::Lacking:
        break;
    }
    return QStringLiteral("·");
}

QString pairSentence(const StatePair& pair) {
    return CheckWords::tr("%1 → %2: %3").arg(name(pair.from), name(pair.to), pairFacts(pair));
}

QString endWords(const CheckStatus& status) {
    QStringList ends;
    for (const CheckEnd& end : status.document.report.ends) {
        const QString state = end.state ? name(*end.state) : CheckWords::tr("an unknown state");
        ends << (end.safe ? CheckWords::tr("%1 back in %2").arg(shortName(end.device), state)
                          : CheckWords::tr("%1 LEFT in %2").arg(shortName(end.device), state));
    }
    return ends.join(QStringLiteral(" · "));
}

QString checkSummary(const CheckStatus& status, Ns now) {
    const CheckReport& report = status.document.report;
    QStringList parts;
    if (status.running) {
        const CheckProgress& progress = status.progress;
        const bool asked = progress.all > 0 && progress.done >= progress.all;
        parts << (status.cancelling     ? CheckWords::tr("Cancelling: bringing the devices back")
                  : asked               ? CheckWords::tr("Closing the devices")
                  : progress.id.empty() ? CheckWords::tr("Opening")
                                        : CheckWords::tr("Check %1 of %2, %3")
                                              .arg(progress.done + 1)
                                              .arg(progress.all)
                                              .arg(QLatin1String(progress.id.data(),
                                                                 static_cast<qsizetype>(progress.id.size()))))
              << clockText(now - status.since);
        if (!report.results.empty())
            parts << counts(report);
        if (!status.stuck.isEmpty())
            parts << status.stuck;
    } else {
        parts << (status.abandoned   ? CheckWords::tr("Given up")
                  : report.cancelled ? CheckWords::tr("Cancelled")
                                     : CheckWords::tr("Checked"))
              << counts(report) << durationText(report.ended - report.begun);
        if (status.abandoned)
            parts << CheckWords::tr("a call never returned; Migscope can still be closed");
        if (const QString ends = endWords(status); !ends.isEmpty())
            parts << ends;
    }
    if (status.document.simulated)
        parts << CheckWords::tr("SIMULATED");
    return parts.join(QStringLiteral(" · "));
}

QString notJudgedWords(const CheckReport& report) {
    const std::size_t count = report.notJudged().size();
    if (count == 0)
        return {};
    const QString why = sightWords(*report.noImage);
    return count == 1
               ? CheckWords::tr("One check needs a saved state, and there was none to be had. %1").arg(why)
               : CheckWords::tr("%1 checks need a saved state, and there was none to be had. %2")
                     .arg(count)
                     .arg(why);
}

QString checkFailure(const CheckStatus& status) {
    const CheckReport& report = status.document.report;
    if (!report.error)
        return {};
    QString text = errorSentence(*report.error, status.document.device);
    if (report.leftAlone)
        text += CheckWords::tr(" “Reset it first” brings it to RUNNING; its migration state is lost.");
    return text;
}

} // namespace migscope
