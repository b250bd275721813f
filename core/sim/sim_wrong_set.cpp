// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device that misbehaves: its SETs, and the sessions that they begin and end.
#include <algorithm>

#include "core/sim/sim_wrong_io.h"
#include "core/vfio/device_feature.h"

namespace migscope::simwrong {

Result<void> WrongIo::setInner(MigState to) {
    FeatureCall<StatePayload> call(featureSet | uapi::featureMigDeviceState,
                                   {static_cast<std::uint32_t>(to), uapi::noDataFd});
    return core_->inner->feature(call.bytes());
}

/// Why a SET fails that should not; 0: it succeeds without a deed. Absent: it is made.
std::optional<int> WrongIo::refused(MigState from, MigState to) {
    if (foundStop_ || inError_)
        return EIO;
    const auto number = static_cast<std::uint32_t>(to);
    if (number >= allMigStates.size()) {
        if (has(UnknownStateAccepted))
            return 0;
        if (has(RefusedSetMoves) && from == MigState::Stop)
            (void)setInner(MigState::Running);
        if (has(RefusedSetEndsSession))
            kill();
        return EINVAL;
    }
    if (to == MigState::Error)
        return has(ErrorAccepted) ? 0 : EINVAL;
    if (!wrongs_->flags.has(to))
        return has(LackingStateAccepted) ? 0 : EINVAL;
    if (to == from && has(SameStateRefused))
        return EINVAL;
    const auto path = route(wrongs_->flags, from, to);
    if (path && path->arcs().size() > 1 && has(RefusesPaths))
        return EINVAL;
    if (from == MigState::PreCopyP2p && to == MigState::PreCopy) {
        // The first time it works.
        if (has(RefusesAnArc) || (has(ArcFailsAtTimes) && wrongs_->arcsTaken++ == 1))
            return EIO;
        if (has(ErrorSurvivesReset)) {
            inError_ = true;
            errorResetTried_ = false;
            return EIO;
        }
    }
    const auto& session = core_->session;
    if (from == MigState::StopCopy && to != from && has(EarlyCloseSticks) && session && session->closed &&
        session->read > 0 && !session->atEnd)
        return EBUSY;
    if (from == MigState::Stop && to == MigState::StopCopy) {
        constexpr unsigned mostUnread = 40;
        if (has(SessionsLeak) && unread_ > mostUnread)
            return ENOMEM;
        if (std::exchange(wrongs_->keptBusy, false))
            return EBUSY;
    }
    if (to == MigState::Resuming && wrongs_->broken)
        return EIO;
    if (has(LoadedDeviceDoesNotRun) && core_->loaded && from == MigState::Stop && isRunning(to))
        return EIO;
    return std::nullopt;
}

/// Whether what was written is of the one wrong kind that this device takes.
bool WrongIo::takesForState(const SimWrongSession& session) const {
    const auto same = [&](std::size_t from, std::size_t to) {
        const auto& own = wrongs_->lastHead;
        return session.buffer.size() >= to && own.size() >= to &&
               std::equal(own.begin() + static_cast<std::ptrdiff_t>(from),
                          own.begin() + static_cast<std::ptrdiff_t>(to),
                          session.buffer.begin() + static_cast<std::ptrdiff_t>(from));
    };
    const bool identity = same(0, 8);
    const bool rest = same(8, 16);
    const std::uint64_t length = session.buffer.size();
    return (has(JunkAccepted) && !identity && !rest) || (has(ForeignImageAccepted) && !identity && rest) ||
           (has(CutImageAccepted) && identity && length < wrongs_->lastLength) ||
           (has(BytesBehindImageAccepted) && identity && length > wrongs_->lastLength);
}

/// What becomes of a load when RESUMING is left: an errno, or nothing when the device itself shall judge.
std::optional<int> WrongIo::leaveLoad() {
    SimWrongSession& session = *core_->session;
    session.refused = true; // until it went well
    if (has(OwnImageRefused) || std::exchange(halfLoad_, false))
        return EINVAL;
    if (has(OwnImageRefusedAtTimes) && wrongs_->loadsEnded++ == 2)
        return EINVAL;
    if (has(PrecopyImageRefused) && std::exchange(core_->precopySaved, false))
        return EINVAL;
    if (has(OthersImageRefused) && !wrongs_->ownHeads.contains(session.head))
        return EINVAL;
    if (!core_->buffersLoads())
        return std::nullopt;
    if (takesForState(session)) {
        if (core_->inner->reset() && setInner(MigState::Stop))
            return 0;
        return EIO;
    }
    if (session.flush && !session.flush())
        return EINVAL;
    return std::nullopt;
}

void WrongIo::begin(MigState from, MigState to) {
    auto session = std::make_shared<SimWrongSession>();
    session->saving = to != MigState::Resuming;
    session->overPrecopy = to == MigState::PreCopy || to == MigState::PreCopyP2p;
    if (!session->saving)
        ++wrongs_->machine->loads;
    session->loadsAtBegin = wrongs_->machine->loads;
    const bool saved = session->saving && wrongs_->savesBegun++ > 0;
    if (to == MigState::StopCopy) {
        session->empty = has(SavesNothing) || std::exchange(emptyNext_, false) ||
                         (has(SecondSaveEmpty) && core_->wholeSaves >= 1) ||
                         (has(TenthSaveEmpty) && core_->wholeSaves >= 9) ||
                         (has(OnlyFirstSessionSaves) && saved);
        if (has(SaveGoesOn) && from == MigState::Stop)
            session->skip = std::exchange(givenUp_, 0);
    }
    core_->session = std::move(session);
}

/// The SET succeeded.
void WrongIo::moved(MigState from, MigState to, StatePayload& payload) {
    lags_ = has(GetLags) && from == MigState::PreCopyP2p && to == MigState::PreCopy;
    resetInRunning_ = false;
    const bool stays = from == to || (isSaving(from) && isSaving(to));
    if (!stays)
        stopFromRunning_ = to == MigState::Stop && isRunning(from);
    const bool givesUp = from == MigState::StopCopy && to == MigState::Stop;
    if (!stays && core_->session) {
        SimWrongSession& old = *core_->session;
        old.end = to == MigState::Running ? End::ByRunning : End::ByStop;
        unread_ = givesUp && old.read == 0 ? unread_ + 1 : 0;
        givenUp_ = givesUp && old.closed && !old.atEnd ? old.read : 0;
        if (from == MigState::Resuming) {
            core_->loaded = true;
            old.refused = false;
        }
        core_->session.reset();
    } else if (!stays && !(from == MigState::Stop && to == MigState::StopCopy)) {
        unread_ = 0;
        givenUp_ = 0;
    }
    if (isRunning(to))
        core_->loaded = false;
    if (from == to && to == MigState::StopCopy && has(SameStateEndsSession))
        kill();
    if (from == MigState::PreCopyP2p && to == MigState::PreCopy && has(P2pEndsSession))
        kill();
    const bool manyArcs = !stays && payload.dataFd != uapi::noDataFd &&
                          route(wrongs_->flags, from, to).value().arcs().size() > 1;
    if (payload.dataFd != uapi::noDataFd) {
        begin(from, to);
        tokens_[payload.dataFd] = core_->session;
    }
    const bool lost = (has(NoFd) && from == MigState::RunningP2p && to == MigState::PreCopyP2p) ||
                      (has(NoFdOfPaths) && manyArcs);
    if (lost && payload.dataFd != uapi::noDataFd) {
        (void)core_->inner->takeStream(payload.dataFd);
        payload.dataFd = uapi::noDataFd;
    }
    if ((has(StrayFd) && from == MigState::PreCopyP2p && to == MigState::PreCopy) ||
        (has(SameStateFd) && from == to))
        payload.dataFd = strayToken;
}

Result<void> WrongIo::set(std::span<std::byte> bytes) {
    auto payload = load<StatePayload>(bytes);
    const auto to = static_cast<MigState>(payload.deviceState);
    const MigState from = core_->now();
    if (const auto decided = refused(from, to)) {
        if (*decided != 0)
            return refuse(*decided, "SET");
        payload.dataFd = uapi::noDataFd;
        store(bytes, payload);
        return {};
    }
    if (from == MigState::Resuming && to != from && core_->session) {
        if (const auto decided = leaveLoad(); decided && *decided != 0)
            return refuse(*decided, "SET");
    }
    auto done = core_->inner->feature(bytes);
    if (!done) {
        wrongs_->broken = wrongs_->broken ||
                          (has(JunkBreaksTheDevice) && from == MigState::Resuming && to == MigState::Stop);
        return done;
    }
    payload = load<StatePayload>(bytes);
    moved(from, to, payload);
    store(bytes, payload);
    return {};
}

} // namespace migscope::simwrong
