// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What was done in the window, as a command for a terminal.
#include "ui/cli_command.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStringList>

#include "core/base/escape.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("CliCommand", text);
}

QString quoted(const std::string& word) {
    return QString::fromStdString(shellQuote(word));
}

QStringList begin(const std::string& backend) {
    QStringList words{QStringLiteral("migscope-cli")};
    if (backend != "kernel")
        words << QStringLiteral("--backend") << quoted(backend);
    return words;
}

/// What differs from the command's own defaults.
void addCopyOptions(QStringList& words, const RunRequest& request) {
    const PreCopyLimits usual;
    const PreCopyLimits& limits = request.limits;
    if (request.mode != CopyMode::Auto)
        words << QStringLiteral("--mode") << QString::fromStdString(copyModeWord(request.mode));
    if (limits.downtimeLimit != usual.downtimeLimit)
        words << QStringLiteral("--downtime-limit")
              << QString::number(std::chrono::duration<double, std::milli>(limits.downtimeLimit).count());
    if (limits.maxRounds != usual.maxRounds)
        words << QStringLiteral("--max-rounds") << QString::number(limits.maxRounds);
    if (limits.maxTime != usual.maxTime)
        words << QStringLiteral("--max-seconds")
              << QString::number(std::chrono::duration<double>(limits.maxTime).count());
    if (limits.onNoConvergence != usual.onNoConvergence)
        words << QStringLiteral("--on-no-convergence") << QStringLiteral("give-up");
}

/// A file that begins with a dash is no option.
QString fileWord(const std::string& path) {
    return quoted(path.starts_with('-') ? "./" + path : path);
}

} // namespace

QString cliCommand(const std::string& backend, const std::string& device, const job::DmaLog& log) {
    QStringList words = begin(backend);
    words << QStringLiteral("dirty") << quoted(device);
    QStringList ranges;
    for (const DmaRange& range : log.ranges)
        ranges
            << QStringLiteral("%1+%2").arg(QString::fromStdString(formatIova(range.iova))).arg(range.length);
    words << QStringLiteral("--range") << ranges.join(QLatin1Char(','));
    words << QStringLiteral("--page") << QString::number(log.pageBytes);
    words << QStringLiteral("--interval")
          << QString::number(std::chrono::duration<double, std::milli>(log.interval).count());
    words << QStringLiteral("--rounds") << QString::number(log.rounds);
    return words.join(QLatin1Char(' '));
}

QString cliCheck(const std::string& backend, bool simulated, const CheckRequest& request) {
    QStringList words = begin(backend);
    words << QStringLiteral("check") << quoted(request.device.device);
    if (request.peer)
        words << quoted(request.peer->device);
    constexpr std::size_t allClasses = 4;
    if (!request.classes.empty() && request.classes.size() < allClasses) {
        QStringList classes;
        for (const CheckClass kind : request.classes)
            classes << QString::fromStdString(std::string(classWord(kind)));
        words << QStringLiteral("--class") << classes.join(QLatin1Char(','));
    }
    QStringList hostile;
    for (const CheckTarget* target : {&request.device, request.peer ? &*request.peer : nullptr}) {
        if (target != nullptr && target->hostile && !takesJunk(simulated, target->driver))
            hostile << quoted(target->device);
    }
    if (!hostile.isEmpty())
        words << QStringLiteral("--hostile") << hostile.join(QLatin1Char(','));
    if (request.force)
        words << QStringLiteral("--force");
    return words.join(QLatin1Char(' '));
}

CliTwin cliCommand(const std::string& backend, const RunRequest& request) {
    QStringList words = begin(backend);
    QStringList differs;
    const bool discard = request.kind == PlanKind::Discard;
    switch (request.kind) {
    case PlanKind::Migrate:
    case PlanKind::Loopback:
        words << QStringLiteral("migrate") << quoted(request.source)
              << quoted(request.kind == PlanKind::Loopback ? request.source : request.destination);
        addCopyOptions(words, request);
        if (request.runs != 1)
            words << QStringLiteral("--runs") << QString::number(request.runs);
        if (request.recordCalls)
            words << QStringLiteral("--detail") << QStringLiteral("calls") << QStringLiteral("--record")
                  << QStringLiteral("run.migrec");
        break;
    case PlanKind::Save:
    case PlanKind::Discard:
        words << QStringLiteral("save") << quoted(request.source)
              << (discard ? QStringLiteral("discarded.migstate") : fileWord(request.path));
        addCopyOptions(words, request);
        if (request.raw && !discard)
            words << QStringLiteral("--raw");
        if (request.overwrite && !discard)
            words << QStringLiteral("--force");
        break;
    case PlanKind::Load:
        words << QStringLiteral("load") << fileWord(request.path) << quoted(request.destination);
        if (request.loadThenRun)
            words << QStringLiteral("--run");
        break;
    }
    if (discard)
        differs << tr("The command line does not discard: save measures the same blackout and state size, "
                      "and keeps the state in a file.");
    if (discard && request.runs > 1)
        differs << tr("It does so once.");
    const bool saves = request.kind == PlanKind::Save || request.kind == PlanKind::Load || discard;
    if (saves && request.recordCalls)
        differs << tr("It does not record every call.");
    if (!request.workload.empty() && request.workload != "none")
        differs << tr("It names no workload.");
    return {words.join(QLatin1Char(' ')), differs.join(QLatin1Char(' '))};
}

QString cliCommand(const std::string& backend, const std::string& device, bool opened,
                   const std::vector<MigState>& asked) {
    QStringList words = begin(backend);
    if (device.empty())
        return (words << QStringLiteral("list")).join(QLatin1Char(' '));
    words << (asked.empty() ? QStringLiteral("show") : QStringLiteral("set"));
    words << quoted(device);
    if (asked.empty() && opened)
        words << QStringLiteral("--probe");
    for (const MigState state : asked)
        words << QString::fromStdString(stateName(state));
    return words.join(QLatin1Char(' '));
}

QString cliExport(const std::string& recording, ExportFormat format) {
    const QString kind = QString::fromStdString(exportFormatWord(format));
    return (begin("kernel") << QStringLiteral("export") << fileWord(recording) << QStringLiteral("--to")
                            << kind << QStringLiteral("--out")
                            << fileWord(exportName(QString::fromStdString(recording), format).toStdString()))
        .join(QLatin1Char(' '));
}

QString cliCompare(const std::vector<std::string>& recordings, bool withoutFirst) {
    QStringList words = begin("kernel");
    words << QStringLiteral("compare");
    if (withoutFirst)
        words << QStringLiteral("--without-first");
    for (const std::string& path : recordings)
        words << fileWord(path);
    return words.join(QLatin1Char(' '));
}

QString cliDiff(const std::string& a, const std::string& b) {
    return (begin("kernel") << QStringLiteral("diff") << fileWord(a) << fileWord(b)).join(QLatin1Char(' '));
}

QString exportName(const QString& recording, ExportFormat format) {
    QString name = QFileInfo(recording).fileName();
    if (name.endsWith(QLatin1String(".migrec"), Qt::CaseInsensitive))
        name.chop(7);
    const QString ending = QString::fromStdString(exportFormatWord(format));
    return name + QLatin1Char('.') + (format == ExportFormat::Trace ? QStringLiteral("trace.json") : ending);
}

} // namespace migscope
