// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One line for people about an event.
#include "ui/models/event_text.h"

#include <QCoreApplication>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("events", text);
}

QString stateText(MigState state) {
    return QString::fromStdString(stateName(state));
}
QString bytesText(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}
QString maybeState(const std::optional<MigState>& state) {
    return state ? stateText(*state) : tr("unknown");
}
QString errnoText(int number) {
    return number == 0 ? QString() : QString::fromStdString(errnoName(number));
}

struct TextOf {
    QString operator()(const event::RunBegin& e) const {
        return tr("run begins: %1, %2")
            .arg(shown(planKindWord(e.plan.kind)), shown(copyModeWord(e.plan.mode)));
    }
    QString operator()(const event::RunEnd& e) const {
        const QString text = tr("run ends: %1").arg(shown(outcomeWord(e.outcome)));
        return e.reason.empty() ? text : text + QStringLiteral(", ") + shown(e.reason);
    }
    QString operator()(const event::ArcBegin& e) const {
        return tr("%1 → %2 …").arg(stateText(e.from), stateText(e.to)) + goal(e.to, e.goal);
    }
    QString operator()(const event::ArcEnd& e) const {
        QString text = tr("%1 → %2").arg(stateText(e.from), stateText(e.to)) + goal(e.to, e.goal) +
                       QStringLiteral("   ") + durationText(e.returned - e.called);
        if (e.errnoValue != 0 || !e.error.empty()) {
            text += tr("   refused: %1").arg(e.errnoValue != 0 ? errnoText(e.errnoValue) : shown(e.error));
            text += tr(", the device stands in %1").arg(maybeState(e.stateAfter));
        } else if (e.stream) {
            text += tr("   new stream");
        }
        return text;
    }
    QString operator()(const event::Stream& e) const {
        const QString name = e.save ? tr("saving stream") : tr("loading stream");
        switch (e.what) {
        case event::StreamWhat::Open:
            return tr("%1 opened").arg(name);
        case event::StreamWhat::Eof:
            return tr("%1 at its end, %2").arg(name, bytesText(e.bytes));
        case event::StreamWhat::Empty:
            return tr("%1 drained for now, %2").arg(name, bytesText(e.bytes));
        case event::StreamWhat::Error:
            if (e.errnoValue == 0) // nobody refused: it was cancelled
                return tr("%1 given up after %2").arg(name, bytesText(e.bytes));
            return tr("%1 failed after %2: %3").arg(name, bytesText(e.bytes), errnoText(e.errnoValue));
        case event::StreamWhat::Close:
            break;
        }
        return tr("%1 closed, %2").arg(name, bytesText(e.bytes));
    }
    QString operator()(const event::Samples&) const { return {}; }
    QString operator()(const event::Precopy& e) const {
        return tr("still to move: %1 initial, %2 dirty")
                   .arg(bytesText(e.initialBytes), bytesText(e.dirtyBytes)) +
               (e.reinit ? tr(", begins anew") : QString());
    }
    QString operator()(const event::Estimate& e) const {
        return e.stopCopyBytes ? tr("estimated size %1").arg(bytesText(*e.stopCopyBytes))
                               : tr("no size estimate: %1").arg(errnoText(e.errnoValue));
    }
    QString operator()(const event::StateMoved& e) const {
        return tr("the device moved without us: believed %1, found %2")
            .arg(maybeState(e.believed), maybeState(e.found));
    }
    QString operator()(const event::Reset& e) const {
        QString text = tr("reset %1   %2").arg(shown(e.outcome), durationText(e.returned - e.called));
        if (e.attempts > 1)
            text += tr(", %1 attempts").arg(e.attempts);
        if (e.errnoValue != 0)
            text += QStringLiteral(", ") + errnoText(e.errnoValue);
        return text + tr(", now %1").arg(maybeState(e.stateAfter));
    }
    QString operator()(const event::Call& e) const {
        const QString text = shown(e.op) + QStringLiteral("   ") + durationText(e.returned - e.called);
        return e.errnoValue == 0 ? text : text + QStringLiteral("   ") + errnoText(e.errnoValue);
    }
    QString operator()(const event::Wait& e) const {
        return tr("waited %1 for the others (%2)").arg(durationText(e.to - e.from), shown(e.barrier));
    }
    QString operator()(const event::AskedBack& e) const {
        return tr("asked back by %1: the device is released").arg(shown(e.by));
    }
    QString operator()(const event::Stuck& e) const {
        const QString text = tr("stuck in %1").arg(shown(e.call));
        return e.wchan.empty() ? text : text + tr(", the kernel waits in %1").arg(shown(e.wchan));
    }
    QString operator()(const event::Mark& e) const { return shown(e.text); }
    QString operator()(const event::Lost& e) const {
        return tr("%1 lost: %2").arg(e.count).arg(shown(e.what));
    }
    QString operator()(const event::KernelLog& e) const {
        return e.fromKernel() ? tr("kernel: %1").arg(shown(e.text))
                              : tr("kernel log, by a program: %1").arg(shown(e.text));
    }
    QString operator()(const event::Dirty& e) const {
        const QString at = shown(formatIova(e.iova));
        return e.runs.empty() ? tr("no page written of %1 at %2").arg(e.pages).arg(at)
                              : tr("%1 of %2 pages written at %3, %4")
                                    .arg(e.dirtyPages())
                                    .arg(e.pages)
                                    .arg(at, bytesText(e.dirtyBytes()));
    }
    QString operator()(const event::DmaLog& e) const {
        QString text = tr("DMA logging: %1").arg(shown(std::string(dmaLogWord(e.op))));
        if (!e.ranges.empty())
            text += QLatin1Char(' ') + bytesText(totalBytes(e.ranges));
        text += QStringLiteral("   ") + durationText(e.returned - e.called);
        if (e.errnoValue != 0 || !e.error.empty())
            text += QStringLiteral("   ") + (e.errnoValue != 0 ? errnoText(e.errnoValue) : shown(e.error));
        return text;
    }
    QString operator()(const event::Unknown& e) const {
        return tr("of a newer version: %1").arg(shown(e.line));
    }

private:
    static QString goal(MigState to, MigState goal) {
        return to == goal ? QString() : tr("  (on the way to %1)").arg(stateText(goal));
    }
};

} // namespace

bool isBadEvent(const Event& event) {
    if (const auto* arc = std::get_if<event::ArcEnd>(&event.body))
        return arc->errnoValue != 0 || !arc->error.empty();
    if (const auto* reset = std::get_if<event::Reset>(&event.body))
        return reset->outcome != "done";
    if (const auto* stream = std::get_if<event::Stream>(&event.body))
        return stream->what == event::StreamWhat::Error;
    if (const auto* end = std::get_if<event::RunEnd>(&event.body))
        return end->outcome == RunOutcome::Failed;
    if (const auto* line = std::get_if<event::KernelLog>(&event.body))
        return line->isError();
    return std::holds_alternative<event::Stuck>(event.body) ||
           std::holds_alternative<event::StateMoved>(event.body) ||
           std::holds_alternative<event::Lost>(event.body);
}

QString eventText(const Event& event) {
    return std::visit(TextOf{}, event.body);
}

} // namespace migscope
