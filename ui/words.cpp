// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences for people, made from the core's values.
#include "ui/words.h"

#include <QCoreApplication>

#include <algorithm>

#include "core/base/byte_size.h"
#include "core/base/escape.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("words", text);
}

QString upperFirst(QString text) {
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

} // namespace

QString shown(std::string_view raw) {
    return QString::fromStdString(escapeText(raw));
}

QString shortName(std::string_view device) {
    const QString name = shown(device);
    if (name.startsWith(QLatin1String("0000:")) && name.size() == 12)
        return name.mid(5);
    // An mdev's UUID: both ends tell one from another, the middle seldom does, and a column has no room.
    const bool uuid = name.size() == 36 && name[8] == QLatin1Char('-') && name[23] == QLatin1Char('-');
    return uuid ? name.left(8) + QStringLiteral("…") + name.right(4) : name;
}

QString deviceKindText(const Device& device) {
    if (device.mdev)
        return shown(device.mdev->typeName.empty() ? device.mdev->typeId : device.mdev->typeName);
    if (!device.pci)
        return device.bus.empty() ? QString() : shown(device.bus);
    if (!device.pci->deviceName.empty())
        return shown(device.pci->deviceName);
    return QString::asprintf("%04x:%04x", device.pci->vendor, device.pci->device);
}

QString deviceTitle(const Device& device) {
    QStringList parts;
    parts << deviceKindText(device);
    parts << (device.driver.empty() ? tr("no driver") : shown(device.driver));
    if (device.iommuGroup)
        parts << tr("group %1").arg(*device.iommuGroup);
    if (!device.holders.empty()) {
        const Holder& holder = device.holders.front();
        parts << tr("in use by %1 (%2)").arg(shown(holder.command)).arg(holder.pid);
    }
    parts.removeAll(QString());
    return parts.join(QStringLiteral(" · "));
}

QString verdictWords(VerdictKind kind) {
    switch (kind) {
    case VerdictKind::Migratable:
        return tr("migratable");
    case VerdictKind::Likely:
        return tr("likely");
    case VerdictKind::NotMigratable:
        return tr("not migratable");
    case VerdictKind::Unknown:
        break;
    }
    return tr("unknown");
}

QString verdictMark(VerdictKind kind) {
    switch (kind) {
    case VerdictKind::Migratable:
        return QStringLiteral("●");
    case VerdictKind::Likely:
        return QStringLiteral("◐");
    case VerdictKind::NotMigratable:
        return QStringLiteral("○");
    case VerdictKind::Unknown:
        break;
    }
    return QStringLiteral("?");
}

QString verdictSentence(const Verdict& verdict, const Capabilities* capabilities) {
    if (!verdict.reasons.empty() && verdict.reasons.front().id == "needs-reset")
        return shownReason(verdict.reasons.front()).text;
    if (verdict.kind == VerdictKind::Migratable) {
        if (capabilities != nullptr)
            return tr("Migratable: the device answers %1.")
                .arg(shown(capabilities->flags.text()).split(QLatin1Char(' ')).join(QStringLiteral(", ")));
        return verdict.evidence == Evidence::Debugfs
                   ? tr("Migratable: the kernel's debugfs lists its states.")
                   : tr("Migratable.");
    }
    if (verdict.reasons.empty())
        return upperFirst(verdictWords(verdict.kind)) + QLatin1Char('.');
    return shownReason(verdict.reasons.front()).text;
}

ShownReason shownReason(const Reason& reason) {
    const ReasonText& entry = reasonText(reason.id);
    const auto filled = [&](std::string_view text) {
        const QString local = QCoreApplication::translate("reasons", std::string(text).c_str());
        return QString::fromStdString(fillTemplate(local.toStdString(), reason.values));
    };
    ShownReason result{entry.severity, filled(entry.text), {}};
    // A line of the next step that starts with two spaces is a command.
    const QStringList lines = filled(entry.next).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines) {
        const bool command = line.startsWith(QLatin1String("  "));
        if (result.next.empty() || (!command && !result.next.back().commands.isEmpty()))
            result.next.emplace_back();
        ShownReason::Step& step = result.next.back();
        if (command)
            step.commands << line.trimmed();
        else
            step.words += (step.words.isEmpty() ? QString() : QStringLiteral(" ")) + line.trimmed();
    }
    return result;
}

bool ShownReason::hasCommands() const {
    return std::any_of(next.begin(), next.end(), [](const Step& step) { return !step.commands.isEmpty(); });
}

QString errorName(const Error& error) {
    return shown(codeName(error.code));
}

QString errorSentence(const Error& error, const std::string& known) {
    QString text = shown(error.what);
    if (!error.where.empty() && error.where != known)
        text += QLatin1Char(' ') + shortName(error.where);
    if (const int number = error.errnoValue(); number != 0)
        text += tr(": %1, “%2”").arg(errorName(error), shown(error.code.message()));
    else if (error.detail.empty())
        text += tr(": %1").arg(shown(error.code.message()));
    if (!error.detail.empty())
        text += (error.errnoValue() != 0 ? QStringLiteral(". ") : QStringLiteral(": ")) + shown(error.detail);
    if (!text.endsWith(QLatin1Char('.')))
        text += QLatin1Char('.');
    return upperFirst(text);
}

QString durationText(Ns time) {
    return QString::fromStdString(formatDuration(time)).replace(QLatin1String(" us"), QStringLiteral(" µs"));
}

QString durationText(Ns time, Ns error) {
    return QString::fromStdString(formatDuration(time, error))
        .replace(QLatin1String(" us"), QStringLiteral(" µs"));
}

QString clockText(Ns time) {
    const double seconds = std::chrono::duration<double>(time).count();
    return seconds < 10 ? tr("%1 s").arg(seconds, 0, 'f', 1) : tr("%1 s").arg(qRound64(seconds));
}

QString workerText(const SessionState& state, Ns now) {
    switch (state.phase) {
    case SessionPhase::Closed:
        return tr("closed");
    case SessionPhase::Idle:
        return tr("worker idle");
    case SessionPhase::Stuck:
    case SessionPhase::Abandoned:
        return shown(state.stuckText(now));
    case SessionPhase::Lent:
        return tr("lent to a run");
    case SessionPhase::Working:
        break;
    }
    QString text = tr("worker: %1").arg(shown(state.job));
    if (state.callSince && now > *state.callSince)
        text += tr(", %1").arg(clockText(now - *state.callSince));
    return text;
}

} // namespace migscope
