// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the state grid offers and what each step costs.
#include "ui/grid_rules.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("grid", text);
}
QString name(MigState state) {
    return QString::fromStdString(stateName(state));
}

QString lackText(MigState state, MigFlags flags) {
    if (!flags.stopCopy())
        return tr("no migration");
    const bool needsP2p = state == MigState::RunningP2p || state == MigState::PreCopyP2p;
    const bool needsPreCopy = state == MigState::PreCopy || state == MigState::PreCopyP2p;
    if (needsP2p && !flags.p2p() && needsPreCopy && !flags.preCopy())
        return tr("no P2P, no pre-copy");
    return needsP2p && !flags.p2p() ? tr("no P2P") : tr("no pre-copy");
}

QString streamWords(const Arc& arc) {
    switch (arc.stream) {
    case StreamEffect::OpensSaving:
    case StreamEffect::OpensResuming:
        return tr(" (new stream)");
    case StreamEffect::EndsSession:
        return tr(" (stream lost)");
    case StreamEffect::None:
        break;
    }
    return {};
}

QString pathWords(const Route& route) {
    const auto& arcs = route.arcs();
    QString text;
    if (arcs.size() == 1)
        text = tr("%1 → %2").arg(name(route.from()), name(route.to())) + streamWords(arcs.front());
    else {
        text = name(route.from());
        for (std::size_t at = 0; at < arcs.size(); ++at)
            text += QStringLiteral("  →%1 ").arg(at + 1) + name(arcs[at].to) + streamWords(arcs[at]);
    }
    return text + QLatin1Char('.');
}

/// What helps after a job by hand that failed; the device answers, and stands in a known state or not.
QString nextStep(const SessionState& session) {
    const Error& error = *session.error;
    const bool rejected = session.state == MigState::Resuming && session.job.starts_with("step") &&
                          error.what.starts_with("SET") && error.errnoValue() != 0;
    if (session.needsReset)
        return (rejected ? tr("The device rejects the image.") + QLatin1Char(' ') : QString()) +
               tr("Next: Reset.");
    if (error.is(Errc::Cancelled) || error.is(Errc::Refused))
        return {};
    if (session.state && isSaving(*session.state) && !session.stream)
        return tr("Its stream is closed, nothing can be saved from here. Next: RUNNING, or Reset.");
    if (error.is(Errc::ProtocolViolation))
        return tr("The driver broke the protocol. Next: Reset.");
    if (error.isErrno(EINTR))
        return tr("A signal ended the call: Cancel does that. Next: ask again.");
    if (error.isErrno(EBUSY))
        return tr("Next: ask again when whatever keeps it busy is over.");
    if (error.errnoValue() != 0 && session.state)
        return tr("Next: ask again, or Reset; the kernel's log may say more.");
    return {};
}

} // namespace

GridPlace placeOf(MigState state) {
    switch (state) {
    case MigState::Running:
        return {0, 0};
    case MigState::RunningP2p:
        return {1, 0};
    case MigState::Stop:
        return {2, 0};
    case MigState::Resuming:
        return {3, 0};
    case MigState::PreCopy:
        return {0, 1};
    case MigState::PreCopyP2p:
        return {1, 1};
    case MigState::StopCopy:
        return {2, 1};
    case MigState::Error:
        break;
    }
    return {3, 1};
}

std::optional<MigState> stateAt(int column, int row) {
    for (const MigState state : allMigStates) {
        const GridPlace place = placeOf(state);
        if (place.column == column && place.row == row)
            return state;
    }
    return std::nullopt;
}

MigFlags GridView::flags() const {
    return session.capabilities ? session.capabilities->flags : MigFlags();
}

std::optional<MigState> GridView::current() const {
    return open ? session.state : std::nullopt;
}

bool GridView::busy() const {
    return open && (session.phase == SessionPhase::Working || session.phase == SessionPhase::Lent || stuck());
}

bool GridView::stuck() const {
    return open && (session.phase == SessionPhase::Stuck || session.phase == SessionPhase::Abandoned);
}

bool GridView::streamAlive() const {
    return open && session.stream && !session.stream->ended;
}

Offer offerFor(const GridView& view, MigState goal) {
    Offer offer;
    if (!view.open) {
        offer.words = view.whyClosed;
        return offer;
    }
    if (view.stuck()) {
        offer.words = tr("Nothing can be asked while the kernel has not returned.");
        return offer;
    }
    const auto current = view.current();
    if (!current) {
        offer.words = tr("Where the device stands is not known: only a reset helps.");
        return offer;
    }
    if (view.session.capabilities && view.session.capabilities->protocol != Protocol::V2) {
        offer.words = tr("This device has no migration states.");
        return offer;
    }
    if (*current == goal) {
        offer.words = tr("The device is here.");
        return offer;
    }
    if (view.session.needsReset) {
        offer.words = tr("Only a reset is allowed: the device stands in %1 without a session of ours.")
                          .arg(name(*current));
        if (*current == MigState::Error)
            offer.words = tr("Only a reset leaves ERROR.");
        return offer;
    }
    if (view.session.handedOver && (isRunning(goal) || isSaving(goal))) {
        offer.words = tr("Its state was handed on: running it here would make a twin. Only a reset is safe.");
        return offer;
    }
    const auto way = route(view.flags(), *current, goal);
    if (!way) {
        offer.words = shown(noRouteError(way.error(), *current, goal, view.flags()).detail);
        return offer;
    }
    offer.path = way->arcs();
    offer.words = pathWords(*way);
    if (way->runsOnTheWay())
        offer.words += QLatin1Char(' ') + tr("The device runs again on the way.");
    if (way->losesStream() && view.streamAlive() && isSaving(*current)) {
        offer.asksFirst = true;
        offer.words +=
            QLatin1Char(' ') + tr("The open stream is lost (%1 read so far).")
                                   .arg(QString::fromStdString(formatBytes(view.session.stream->bytes)));
    }
    if (*current == MigState::Resuming && view.streamAlive())
        offer.words += QLatin1Char(' ') + tr("The load ends here: the device judges the image.");
    if (view.busy())
        offer.words = tr("Wait: the device is at work.");
    offer.possible = !view.busy();
    return offer;
}

std::vector<GridPlace> lineOf(MigState from, MigState to) {
    GridPlace at = placeOf(from);
    const GridPlace end = placeOf(to);
    std::vector<GridPlace> places{at};
    while (at.column != end.column || at.row != end.row) {
        if (at.column != end.column)
            at.column += at.column < end.column ? 1 : -1;
        else
            at.row += at.row < end.row ? 1 : -1;
        places.push_back(at);
    }
    return places;
}

StateNote noteFor(const GridView& view, MigState state) {
    if (!view.open || !view.session.capabilities)
        return {};
    if (!view.flags().has(state))
        return {lackText(state, view.flags()), false};
    if (view.busy() && view.session.callSince && view.session.call == "SET " + stateName(state))
        return {clockText(std::max(Ns{0}, view.now - *view.session.callSince)), view.stuck()};
    if (view.current() == state) {
        if (view.session.needsReset)
            return {tr("reset needed"), true};
        if (view.streamAlive())
            return {tr("stream open"), false};
        return {tr("now"), false};
    }
    for (const ArcLatency& arc : view.session.latencies) {
        if (arc.to == state && arc.refused)
            return {tr("refused: %1").arg(errorName(*arc.refused)), true};
    }
    return {};
}

GridStatus statusOf(const GridView& view) {
    if (!view.open) {
        // A device that could not be opened says so, and is not open.
        if (view.session.error)
            return {errorSentence(*view.session.error, view.session.device), true};
        return {view.whyClosed, false};
    }
    const SessionState& session = view.session;
    if (view.stuck()) {
        const QString text = shown(session.stuckText(view.now));
        return {
            tr("%1%2. The kernel has not returned from this call, so this device takes nothing else. Other "
               "devices go on, and closing the window is still possible. Cancel wakes a call that can be "
               "woken.")
                .arg(text.left(1).toUpper(), text.mid(1)),
            true};
    }
    if (view.busy()) {
        QString text = session.phase == SessionPhase::Lent ? tr("A run has this device") : shown(session.job);
        text = text.left(1).toUpper() + text.mid(1);
        if (!session.call.empty())
            text += QStringLiteral(": ") + shown(session.call);
        if (session.callSince)
            text += tr(" for %1").arg(clockText(std::max(Ns{0}, view.now - *session.callSince)));
        return {text, false};
    }
    if (session.error) {
        QString text = errorSentence(*session.error, session.device);
        text += QLatin1Char(' ') + (session.state ? tr("The device stands in %1.").arg(name(*session.state))
                                                  : tr("Where the device stands is not known."));
        if (const QString next = nextStep(session); !next.isEmpty())
            text += QLatin1Char(' ') + next;
        return {text, true};
    }
    if (session.capabilities && session.capabilities->protocol != Protocol::V2)
        return {tr("Open. This device has no migration states to drive."), false};
    if (session.needsReset)
        return {tr("Found in %1, not RUNNING: an earlier user left it so. Anything but a reset is unsafe.")
                    .arg(session.state ? name(*session.state) : tr("an unknown state")),
                true};
    if (view.streamAlive())
        return {tr("A %1 stream is open, %2 so far.")
                    .arg(session.stream->direction == StreamDirection::Save ? tr("saving") : tr("loading"),
                         QString::fromStdString(formatBytes(session.stream->bytes))),
                false};
    return {tr("Press a state to ask for it: one SET for each step. With Ctrl: one SET for the whole way."),
            false};
}

} // namespace migscope
