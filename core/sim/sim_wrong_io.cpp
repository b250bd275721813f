// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device that misbehaves: features, states, resets.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include "core/sim/sim_wrong.h"
#include "core/vfio/device_feature.h"

namespace migscope {
namespace {

using enum SimMisbehaviour;
using End = SimWrongSession::End;
using uapi::featureGet;
using uapi::featureProbe;
using uapi::featureSet;

std::unexpected<Error> refuse(int number, const char* call) {
    return failErrno(number, call, "simulated");
}

using StatePayload = uapi::VfioDeviceFeatureMigState;

/// The rules for what stands behind a header.
template<class T>
T load(std::span<const std::byte> bytes) {
    T value{};
    std::memcpy(&value, bytes.data() + sizeof(uapi::VfioDeviceFeature), sizeof value);
    return value;
}
template<class T>
void store(std::span<std::byte> bytes, const T& value) {
    std::memcpy(bytes.data() + sizeof(uapi::VfioDeviceFeature), &value, sizeof value);
}

class DeadStream final : public DataStream {
public:
    Result<std::size_t> read(std::span<std::byte> /*into*/) override { return refuse(ENODEV, "read"); }
    Result<std::size_t> write(std::span<const std::byte> /*from*/) override {
        return refuse(ENODEV, "write");
    }
    Result<RawPrecopyInfo> precopyInfo() override { return refuse(ENODEV, "GET_PRECOPY_INFO"); }
    void interrupt() override {}
};

class DeadDeviceIo final : public DeviceIo {
public:
    Result<void> feature(std::span<std::byte> /*bytes*/) override { return refuse(ENODEV, "feature"); }
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t /*token*/) override {
        return refuse(EBADF, "take stream");
    }
    Result<DeviceInfo> info() override { return refuse(ENODEV, "info"); }
    Result<RegionInfo> regionInfo(std::uint32_t /*index*/) override { return refuse(ENODEV, "region info"); }
    Result<void> reset() override { return refuse(ENODEV, "RESET"); }
    void interrupt() override {}
    std::string access() const override { return "simulated"; }
};

class WrongIo final : public DeviceIo {
public:
    WrongIo(std::unique_ptr<DeviceIo> inner, std::shared_ptr<SimWrongs> wrongs)
        : core_(std::make_shared<SimWrongCore>()), wrongs_(std::move(wrongs)) {
        core_->inner = std::move(inner);
        core_->wrongs = wrongs_;
        foundStop_ = std::exchange(wrongs_->keptStop, false);
    }
    ~WrongIo() override {
        const MigState state = core_->now();
        wrongs_->keptStop = has(CloseKeepsStop) && state == MigState::Stop && !foundStop_;
        wrongs_->keptBusy = has(CloseKeepsSession) && state == MigState::StopCopy && core_->session &&
                            core_->session->read > 0;
    }

    Result<void> feature(std::span<std::byte> bytes) override;
    Result<std::unique_ptr<DataStream>> takeStream(std::int32_t token) override;
    Result<DeviceInfo> info() override {
        auto found = core_->inner->info();
        if (found && has(ResetNotAdvertised))
            found->flags &= ~uapi::deviceFlagReset;
        return found;
    }
    Result<RegionInfo> regionInfo(std::uint32_t index) override { return core_->inner->regionInfo(index); }
    Result<void> reset() override;
    void interrupt() override { core_->inner->interrupt(); }
    std::string access() const override { return core_->inner->access(); }

private:
    [[nodiscard]] bool has(SimMisbehaviour kind) const { return wrongs_->has(kind); }
    /// What the header alone decides; absent: it is decoded as it should be.
    [[nodiscard]] std::optional<int> decode(const uapi::VfioDeviceFeature& head, std::size_t room);
    void change(std::span<std::byte> bytes, std::uint32_t index);
    [[nodiscard]] Result<void> get(std::span<std::byte> bytes);
    [[nodiscard]] Result<void> set(std::span<std::byte> bytes);
    [[nodiscard]] std::optional<int> refused(MigState from, MigState to);
    [[nodiscard]] Result<void> setInner(MigState to);
    [[nodiscard]] std::optional<int> leaveLoad();
    [[nodiscard]] bool takesForState(const SimWrongSession& session) const;
    void moved(MigState from, MigState to, StatePayload& payload);
    void begin(MigState from, MigState to);
    [[nodiscard]] std::optional<int> dmaStart(std::span<std::byte> bytes);
    [[nodiscard]] std::optional<int> dmaReport(std::span<std::byte> bytes);
    void kill() {
        if (core_->session)
            core_->session->killed = true;
    }

    static constexpr std::int32_t strayToken = 100'000;

    std::shared_ptr<SimWrongCore> core_;
    std::shared_ptr<SimWrongs> wrongs_;
    std::map<std::int32_t, std::shared_ptr<SimWrongSession>> tokens_;
    bool foundStop_ = false;
    bool inError_ = false;
    bool errorResetTried_ = false;
    bool lags_ = false;
    bool stopFromRunning_ = false; ///< STOP was reached from a running state
    bool resetInRunning_ = false;  ///< the last act was a RESET in RUNNING
    bool logging_ = false;
    bool halfLoad_ = false;     ///< a reset came in the middle of a load
    bool emptyNext_ = false;    ///< the next save is empty
    unsigned unread_ = 0;       ///< sessions in a row of which nothing was read
    std::uint64_t givenUp_ = 0; ///< bytes that were read of the session before
};

std::optional<int> WrongIo::decode(const uapi::VfioDeviceFeature& head, std::size_t room) {
    const std::uint32_t index = head.flags & uapi::featureMask;
    const std::uint32_t asked = head.flags & (featureGet | featureSet);
    const bool probe = (head.flags & featureProbe) != 0;
    constexpr std::uint32_t all = uapi::featureMask | featureGet | featureSet | featureProbe;
    const bool migration = index == uapi::featureMigration;
    if (head.argsz < sizeof head)
        return has(ArgszBelowHeaderAccepted) ? std::optional(0) : std::nullopt;
    if ((head.flags & ~all) != 0)
        return has(UnknownOperationAccepted) ? std::optional(0) : std::nullopt;
    if (asked == (featureGet | featureSet) && !probe)
        return has(GetAndSetAccepted) ? std::optional(0) : std::nullopt;
    if (asked == 0 && !probe)
        return has(NoOperationAccepted) ? std::optional(0) : std::nullopt;
    if (probe) {
        if (migration && asked == featureGet && has(ProbeOfFlagsRefused))
            return EINVAL;
        if (migration && asked == featureSet && has(ProbeOfWrongOperationAccepted))
            return 0;
        if (index == uapi::featureMigDeviceState && asked == featureGet && has(ProbeOfStateRefused))
            return ENOTTY;
        if (index == uapi::featureMigDeviceState && asked == featureSet && has(ProbeActs))
            return setInner(MigState::Stop) ? 0 : EIO;
        if (index == uapi::featureMigPrecopyInfoV2 && has(PrecopyInfoV2Denied))
            return EINVAL;
        if (index == uapi::featureDmaLoggingStop && has(DmaStopMissing))
            return ENOTTY;
        if (index > uapi::featureZpciError && has(UnknownFeatureAccepted))
            return 0;
        return std::nullopt;
    }
    const std::size_t data = head.argsz - sizeof head;
    if (migration && data < sizeof(std::uint64_t) && has(ArgszWithoutDataAccepted))
        return 0;
    if (migration && data > sizeof(std::uint64_t) && has(LargeArgszRefused))
        return EINVAL;
    if (index == uapi::featureMigDataSize && data < sizeof(std::uint64_t) && room > sizeof head &&
        has(SizeShortArgszAccepted))
        return 0;
    return std::nullopt;
}

/// Answers that are other than they should be.
void WrongIo::change(std::span<std::byte> bytes, std::uint32_t index) {
    if (index == uapi::featureMigration) {
        auto payload = load<uapi::VfioDeviceFeatureMigration>(bytes);
        constexpr std::uint64_t unknown = 0x10;
        if (has(FlagsWithoutStopCopy))
            payload.flags &= ~uapi::migrationStopCopy;
        if (has(UnknownFlag) || (has(FlagsChange) && wrongs_->flagsAsked++ % 2 == 1))
            payload.flags |= unknown;
        store(bytes, payload);
    }
    if (index == uapi::featureMigDataSize) {
        auto payload = load<uapi::VfioDeviceFeatureMigDataSize>(bytes);
        if (has(SizeLeaksErrno))
            payload.stopCopyLength = static_cast<std::uint64_t>(-std::int64_t{EIO});
        if (has(SizeTooSmall))
            payload.stopCopyLength /= 16;
        if (has(SizeTooLarge))
            payload.stopCopyLength = payload.stopCopyLength * 32 + (std::uint64_t{64} << 20U);
        if (has(SizeEndsSession))
            kill();
        store(bytes, payload);
    }
}

Result<void> WrongIo::feature(std::span<std::byte> bytes) {
    uapi::VfioDeviceFeature head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    if (const auto decided = decode(head, bytes.size()))
        return *decided == 0 ? Result<void>{} : refuse(*decided, "feature");
    const std::uint32_t index = head.flags & uapi::featureMask;
    const bool acts = (head.flags & featureProbe) == 0 && bytes.size() > sizeof head;
    if (acts && index == uapi::featureMigDeviceState)
        return (head.flags & featureSet) != 0 ? set(bytes) : get(bytes);
    if (acts && index == uapi::featureMigDataSize && has(SizeRefusedInStop) && core_->now() == MigState::Stop)
        return refuse(EIO, "feature");
    std::optional<int> answer;
    if (acts && index == uapi::featureDmaLoggingStart)
        answer = dmaStart(bytes);
    if (acts && index == uapi::featureDmaLoggingReport)
        answer = dmaReport(bytes);
    if (answer)
        return *answer == 0 ? Result<void>{} : refuse(*answer, "feature");
    auto done = core_->inner->feature(bytes);
    if (!done || (head.flags & featureProbe) != 0)
        return done;
    if (index == uapi::featureMigPrecopyInfoV2)
        core_->optedIn = true;
    if (index == uapi::featureDmaLoggingStart)
        logging_ = true;
    if (index == uapi::featureDmaLoggingStop)
        logging_ = false;
    if (acts)
        change(bytes, index);
    if (acts && index == uapi::featureDmaLoggingStart && has(DmaOddPage)) {
        auto control = load<uapi::VfioDeviceFeatureDmaLoggingControl>(bytes);
        control.pageSize = 5000;
        store(bytes, control);
    }
    return done;
}

std::optional<int> WrongIo::dmaStart(std::span<std::byte> bytes) {
    const auto control = load<uapi::VfioDeviceFeatureDmaLoggingControl>(bytes);
    if (logging_)
        return has(DmaSecondStartAccepted) ? std::optional(0) : std::nullopt;
    if (control.numRanges == 0)
        return has(DmaNoRangeAccepted) ? std::optional(0) : std::nullopt;
    if (control.numRanges > 256)
        return has(DmaTooManyAccepted) ? std::optional(0) : std::nullopt;
    std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> ranges(control.numRanges);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the caller's own memory
    std::memcpy(ranges.data(), reinterpret_cast<const void*>(control.ranges),
                ranges.size() * sizeof ranges[0]);
    const auto& first = ranges.front();
    const bool overlaps = ranges.size() > 1 && first.iova + first.length > ranges[1].iova;
    const bool unaligned = first.iova % control.pageSize != 0;
    const bool odd = first.length % control.pageSize != 0;
    const bool wraps = first.iova + first.length < first.iova;
    if ((has(DmaUnalignedAccepted) && unaligned) || (has(DmaOddLengthAccepted) && odd) ||
        (has(DmaWrapAccepted) && wraps) || (has(DmaOverlapAccepted) && overlaps))
        return 0;
    if (has(DmaStartFails) && !overlaps && !unaligned && !odd && !wraps)
        return EIO;
    return std::nullopt;
}

std::optional<int> WrongIo::dmaReport(std::span<std::byte> bytes) {
    const auto report = load<uapi::VfioDeviceFeatureDmaLoggingReport>(bytes);
    if (has(DmaReportAnyPage) && (report.pageSize < 4096 || !std::has_single_bit(report.pageSize)))
        return 0;
    if (!logging_)
        return has(DmaReportWhileOff) ? std::optional(0) : std::nullopt;
    if (has(DmaReportFailsWhenStopped) && core_->now() == MigState::StopCopy)
        return EINVAL;
    if (has(DmaReportClearsBits)) // NOLINTNEXTLINE(performance-no-int-to-ptr): the caller's own memory
        std::memset(reinterpret_cast<void*>(report.bitmap), 0, sizeof(std::uint64_t));
    return std::nullopt;
}

Result<void> WrongIo::get(std::span<std::byte> bytes) {
    if (has(StateDrifts) && core_->now() == MigState::StopCopy && !std::exchange(wrongs_->drifted, true))
        (void)setInner(MigState::Stop);
    if (auto done = core_->inner->feature(bytes); !done)
        return done;
    auto payload = load<StatePayload>(bytes);
    if (has(GetHasFd))
        payload.dataFd = 0;
    if (foundStop_)
        payload.deviceState = uapi::stateStop;
    if (inError_)
        payload.deviceState = uapi::stateError;
    if (lags_)
        payload.deviceState = uapi::statePreCopyP2p;
    if (has(GetEndsSession) && payload.deviceState == uapi::stateStopCopy)
        kill();
    store(bytes, payload);
    return {};
}

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
    if (to == MigState::StopCopy) {
        session->empty = has(SavesNothing) || std::exchange(emptyNext_, false) ||
                         (has(SecondSaveEmpty) && core_->wholeSaves >= 1) ||
                         (has(TenthSaveEmpty) && core_->wholeSaves >= 9);
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

Result<std::unique_ptr<DataStream>> WrongIo::takeStream(std::int32_t token) {
    if (token == strayToken)
        return std::make_unique<DeadStream>();
    auto taken = core_->inner->takeStream(token);
    const auto session = tokens_.extract(token);
    if (!taken || session.empty())
        return taken;
    return misbehave(std::move(*taken), core_, session.mapped());
}

Result<void> WrongIo::reset() {
    const MigState state = core_->now();
    const auto& session = core_->session;
    if (inError_) {
        if (!std::exchange(errorResetTried_, true))
            return refuse(EIO, "RESET");
        inError_ = false;
    }
    if (has(ResetFailsAtTimes) && state == MigState::Resuming && !std::exchange(wrongs_->resetFailed, true))
        return refuse(EIO, "RESET");
    if (has(ResetStaysInStop) && state == MigState::Stop && stopFromRunning_)
        return {};
    if (has(SecondResetFails) && std::exchange(resetInRunning_, false))
        return refuse(EIO, "RESET");
    if (has(LogsWithoutReason) && wrongs_->complain)
        wrongs_->complain();
    halfLoad_ = has(ResetKeepsHalfALoad) && state == MigState::Resuming && session && session->written > 0 &&
                !session->writeFailed && !session->refused;
    emptyNext_ = has(ResetEmptiesNextSave) && state == MigState::StopCopy && session && session->read > 0;
    auto done = core_->inner->reset();
    if (!done)
        return done;
    resetInRunning_ = state == MigState::Running;
    foundStop_ = lags_ = false;
    core_->loaded = false;
    unread_ = 0;
    givenUp_ = 0;
    if (session)
        session->end = End::ByReset;
    core_->session.reset();
    return done;
}

} // namespace

MigState SimWrongCore::now() {
    FeatureCall<StatePayload> call(featureGet | uapi::featureMigDeviceState, {0, uapi::noDataFd});
    if (!inner->feature(call.bytes()))
        return MigState::Error;
    return static_cast<MigState>(call.payload().deviceState);
}

bool SimWrongCore::buffersLoads() const {
    return has(JunkAccepted) || has(CutImageAccepted) || has(ForeignImageAccepted) ||
           has(BytesBehindImageAccepted);
}

std::unique_ptr<DeviceIo> misbehave(std::unique_ptr<DeviceIo> inner, std::shared_ptr<SimWrongs> wrongs) {
    return std::make_unique<WrongIo>(std::move(inner), std::move(wrongs));
}

std::unique_ptr<DeviceIo> makeDeadDeviceIo() {
    return std::make_unique<DeadDeviceIo>();
}

} // namespace migscope
