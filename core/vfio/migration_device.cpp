// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The typed client of the migration uAPI.
#include "core/vfio/migration_device.h"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "core/uapi/vfio.h"
#include "core/vfio/device_feature.h"

namespace migscope {

using uapi::featureGet;
using uapi::featureMigDataSize;
using uapi::featureMigDeviceState;
using uapi::featureMigPrecopyInfoV2;
using uapi::featureMigration;
using uapi::featureProbe;
using uapi::featureSet;

namespace {

std::vector<std::byte> copyOf(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

std::array<std::byte, 8> asBytes(std::uint64_t value) {
    std::array<std::byte, 8> out{};
    std::memcpy(out.data(), &value, sizeof value);
    return out;
}

/// What ENODEV means on a data fd, whichever call meets it.
constexpr auto sessionEnded = "the session has ended: the device was reset or taken away";

/// So often a GET that a signal interrupted is asked again.
constexpr int interruptedGets = 100;

bool meansNoSuchFeature(const Error& error) {
    // Kernels before 6.18 answer EINVAL where newer ones say ENOTTY.
    return error.isErrno(ENOTTY) || error.isErrno(EINVAL);
}

} // namespace

MigrationDevice::MigrationDevice(std::string name, std::unique_ptr<DeviceIo> io, Clock& clock)
    : name_(std::move(name)), io_(std::move(io)), clock_(clock) {
    capabilities_.access = io_->access();
}

MigrationDevice::~MigrationDevice() {
    observer_ = nullptr; // who listened may be gone
    if (log_ != LogState::Off)
        (void)stopDmaLogging();
}

void MigrationDevice::trace(const char* op, std::span<const std::byte> in, std::span<const std::byte> out,
                            int errnoValue, Ns called, Ns returned) {
    observer_->call({op, copyOf(in), copyOf(out), errnoValue, called, returned});
}

MigrationDevice::Stamped MigrationDevice::feature(const char* op, std::span<std::byte> bytes, bool asArc) {
    Stamped result;
    const bool traced = observer_ != nullptr && observer_->wantsCalls();
    std::vector<std::byte> before;
    if (traced)
        before = copyOf(bytes);
    if (observer_ != nullptr && !asArc)
        observer_->blockingCall(op);
    result.called = clock_.now();
    auto done = io_->feature(bytes);
    result.returned = clock_.now();
    if (observer_ != nullptr && !asArc)
        observer_->blockingCall(nullptr);
    if (!done) {
        result.error = std::move(done.error());
        result.error->what = op;
        result.error->where = name_;
    }
    if (traced)
        trace(op, before, bytes, result.error ? result.error->errnoValue() : 0, result.called,
              result.returned);
    return result;
}

bool MigrationDevice::offers(std::uint32_t featureAndOps, const char* op, int& errnoValue) {
    BareFeatureCall call(featureAndOps | featureProbe);
    const auto answer = feature(op, call.bytes());
    errnoValue = answer.error ? answer.error->errnoValue() : 0;
    return !answer.error;
}

bool MigrationDevice::findV1Region(const DeviceInfo& info) {
    // A count from a driver: a device with more regions than this is not worth a longer walk.
    constexpr std::uint32_t sane = 4096;
    for (std::uint32_t i = uapi::pciFirstDeviceRegion; i < std::min(info.regions, sane); ++i) {
        const auto region = io_->regionInfo(i);
        if (!region || region->type != uapi::regionTypeMigrationV1 ||
            region->subtype != uapi::regionSubtypeMigrationV1)
            continue;
        const std::uint32_t readWrite = uapi::regionFlagRead | uapi::regionFlagWrite;
        if (region->size >= sizeof(uapi::VfioDeviceMigrationInfoV1) &&
            (region->flags & readWrite) == readWrite)
            return true;
    }
    return false;
}

Result<Capabilities> MigrationDevice::probe() {
    const bool first = !capabilities_.stateFound && !believed_;
    Capabilities found;
    found.access = io_->access();
    DeviceInfo info;
    if (const auto answer = io_->info()) {
        info = *answer;
        found.regions = info.regions;
        found.irqs = info.irqs;
        found.infoFlags = info.flags;
        found.resetAdvertised = (info.flags & uapi::deviceFlagReset) != 0;
    }
    FeatureCall<uapi::VfioDeviceFeatureMigration> flagsCall(featureGet | featureMigration);
    const auto flagsAnswer = feature("GET MIGRATION", flagsCall.bytes());
    if (flagsAnswer.error) {
        if (!meansNoSuchFeature(*flagsAnswer.error))
            return std::unexpected(*flagsAnswer.error);
        found.protocol = findV1Region(info) ? Protocol::V1Only : Protocol::None;
        capabilities_ = found;
        return found;
    }
    found.protocol = Protocol::V2;
    found.flags = MigFlags(flagsCall.payload().flags);
    capabilities_.flags = found.flags;
    capabilities_.protocol = found.protocol;
    const auto stands = state();
    if (!stands)
        return std::unexpected(stands.error());
    if (first)
        resetOnly_ = *stands != MigState::Running;
    found.stateFound = first ? *stands : capabilities_.stateFound;
    found.needsReset = needsReset();
    found.stopCopySize = stopCopySize();
    int why = 0;
    found.dmaLogging = offers(featureSet | uapi::featureDmaLoggingStart, "PROBE DMA_LOGGING_START", why);
    const bool v2 = offers(featureSet | featureMigPrecopyInfoV2, "PROBE MIG_PRECOPY_INFOv2", why);
    if (v2)
        found.precopyInfoV2 = PrecopyInfoV2::Available;
    else
        found.precopyInfoV2 = why == EINVAL && !found.flags.preCopy() ? PrecopyInfoV2::DeviceHasNoPreCopy
                                                                      : PrecopyInfoV2::KernelTooOld;
    capabilities_ = found;
    return found;
}

Result<MigState> MigrationDevice::state() {
    FeatureCall<uapi::VfioDeviceFeatureMigState> call(featureGet | featureMigDeviceState,
                                                      {0, uapi::noDataFd});
    auto answer = feature("GET MIG_DEVICE_STATE", call.bytes());
    for (int n = 0; n < interruptedGets && answer.error && answer.error->isErrno(EINTR); ++n)
        answer = feature("GET MIG_DEVICE_STATE", call.bytes());
    if (answer.error) {
        believed_.reset();
        return std::unexpected(*answer.error);
    }
    const auto found = static_cast<MigState>(call.payload().deviceState);
    if (believed_ && *believed_ != found) {
        // It moved without us (reset by error recovery, another opener): the session of the old state is
        // over.
        closeStream();
    }
    believed_ = found;
    return found;
}

bool MigrationDevice::needsReset() const {
    if (resetOnly_ || !believed_)
        return true;
    return *believed_ == MigState::Error || (*believed_ == MigState::Resuming && !stream_);
}

std::optional<Error> MigrationDevice::settleStream(std::int32_t token, std::optional<StreamDirection> opens,
                                                   ArcOutcome& outcome) {
    const auto violation = [&](std::string detail) {
        return Error{make_error_code(Errc::ProtocolViolation),
                     fmt::format("SET {}", stateName(outcome.arc.goal)), name_, std::move(detail)};
    };
    if (token == uapi::noDataFd) {
        if (!opens)
            return std::nullopt;
        return violation("the SET succeeded, but the data fd that it owes did not come");
    }
    auto taken = io_->takeStream(token);
    if (!opens) {
        // Taken so that it is closed; nobody may use it.
        return violation("a data fd came with an arc that has none");
    }
    if (!taken) {
        taken.error().where = name_;
        return taken.error();
    }
    {
        const std::lock_guard lock(streamMutex_);
        stream_ = std::move(*taken);
    }
    direction_ = opens;
    outcome.opened = opens;
    return std::nullopt;
}

ArcOutcome MigrationDevice::setOnce(const ArcStart& arc, std::optional<StreamDirection> opens, bool ends) {
    ArcOutcome outcome;
    outcome.arc = arc;
    const MigState target = arc.combined ? arc.goal : arc.to;
    // -1 goes in before every SET: on failure the kernel may leave data_fd untouched.
    FeatureCall<uapi::VfioDeviceFeatureMigState> call(featureSet | featureMigDeviceState,
                                                      {static_cast<std::uint32_t>(target), uapi::noDataFd});
    if (observer_ != nullptr)
        observer_->arcBegin(arc);
    auto answer = feature("SET MIG_DEVICE_STATE", call.bytes(), true);
    outcome.called = answer.called;
    outcome.returned = answer.returned;
    if (answer.error) {
        answer.error->what = fmt::format("SET {}", stateName(target));
        outcome.error = std::move(answer.error);
        // The device may stand at the start, at the goal, or between; whatever stream there was cannot be
        // trusted any more.
        closeStream();
        if (const auto now = state())
            outcome.stateAfter = *now;
    } else {
        believed_ = target;
        outcome.stateAfter = target;
        if (ends)
            closeStream();
        outcome.error = settleStream(call.payload().dataFd, opens, outcome);
        if (outcome.error) {
            closeStream();
            outcome.opened.reset();
            outcome.stateAfter.reset();
            if (const auto now = state())
                outcome.stateAfter = *now;
        }
    }
    if (observer_ != nullptr)
        observer_->arcEnd(outcome);
    return outcome;
}

Result<std::vector<ArcOutcome>> MigrationDevice::setState(MigState goal, bool combined,
                                                          const std::function<bool()>& stop) {
    const std::string what = fmt::format("SET {}", stateName(goal));
    if (capabilities_.protocol != Protocol::V2)
        return fail(Errc::Unsupported, what, name_, "the device does not speak migration protocol v2");
    if (needsReset()) {
        const std::string stands = believed_ ? stateName(*believed_) : "an unknown state";
        return fail(
            Errc::Refused, what, name_,
            fmt::format("the device is in {} without a session of ours: only a reset is safe", stands));
    }
    const auto path = route(capabilities_.flags, *believed_, goal);
    if (!path) {
        auto error = noRouteError(path.error(), *believed_, goal, capabilities_.flags);
        error.where = name_;
        return std::unexpected(std::move(error));
    }
    std::vector<ArcOutcome> outcomes;
    const auto directionOf = [](StreamEffect effect) -> std::optional<StreamDirection> {
        if (effect == StreamEffect::OpensSaving)
            return StreamDirection::Save;
        if (effect == StreamEffect::OpensResuming)
            return StreamDirection::Load;
        return std::nullopt;
    };
    if (combined && path->arcs().size() > 1) {
        const bool opens = path->opensStream();
        outcomes.push_back(setOnce({path->from(), goal, goal, true},
                                   opens ? directionOf(path->arcs().back().stream) : std::nullopt,
                                   path->losesStream()));
        return outcomes;
    }
    for (const Arc& arc : path->arcs()) {
        if (stop && stop())
            break;
        outcomes.push_back(setOnce({arc.from, arc.to, goal, false}, directionOf(arc.stream),
                                   arc.stream == StreamEffect::EndsSession));
        if (outcomes.back().error)
            break;
    }
    return outcomes;
}

ResetResult MigrationDevice::reset(Ns patience) {
    ResetResult result;
    closeStream();
    Sleeper backOff(clock_);
    Ns pause = std::chrono::milliseconds(10);
    const Ns giveUp = clock_.now() + patience;
    for (;;) {
        ++result.attempts;
        if (observer_ != nullptr)
            observer_->blockingCall("RESET");
        result.called = clock_.now();
        auto done = io_->reset();
        result.returned = clock_.now();
        if (observer_ != nullptr) {
            observer_->blockingCall(nullptr);
            if (observer_->wantsCalls())
                trace("RESET", {}, {}, done ? 0 : done.error().errnoValue(), result.called, result.returned);
        }
        if (done) {
            result.outcome = ResetOutcome::Done;
            if (log_ == LogState::On)
                log_ = LogState::Unsure; // what was dirty is lost with the reset
            break;
        }
        result.error = done.error();
        result.error->what = "RESET";
        result.error->where = name_;
        if (!result.error->isErrno(EAGAIN) && !result.error->isErrno(EINTR)) {
            result.outcome =
                meansNoSuchFeature(*result.error) ? ResetOutcome::Unsupported : ResetOutcome::Failed;
            break;
        }
        result.outcome = ResetOutcome::Busy;
        if (clock_.now() + pause > giveUp)
            break;
        backOff.sleepUntil(clock_.now() + pause);
        pause = std::min<Ns>(pause * 2, std::chrono::milliseconds(200));
    }
    if (capabilities_.protocol != Protocol::V2)
        return result;
    if (const auto now = state())
        result.stateAfter = *now;
    if (result.outcome == ResetOutcome::Done) {
        result.error.reset();
        resetOnly_ = result.stateAfter != MigState::Running;
        if (resetOnly_) {
            result.outcome = ResetOutcome::Failed;
            result.error = Error{make_error_code(Errc::ProtocolViolation), "RESET", name_,
                                 fmt::format("after it the device answers {}",
                                             result.stateAfter ? stateName(*result.stateAfter) : "nothing")};
        }
    }
    return result;
}

SizeEstimate MigrationDevice::stopCopySize() {
    FeatureCall<uapi::VfioDeviceFeatureMigDataSize> call(featureGet | featureMigDataSize);
    const auto answer = feature("GET MIG_DATA_SIZE", call.bytes());
    SizeEstimate estimate;
    if (answer.error) {
        estimate.errnoValue = answer.error->errnoValue();
        estimate.whyUnknown =
            meansNoSuchFeature(*answer.error)
                ? fmt::format("{}: kernel or driver without it", errnoName(estimate.errnoValue))
                : errnoName(estimate.errnoValue);
        return estimate;
    }
    const std::uint64_t raw = call.payload().stopCopyLength;
    if (raw >= (std::uint64_t{1} << 63U)) {
        const auto leaked = static_cast<std::int64_t>(raw);
        estimate.errnoValue = leaked > -4096 ? static_cast<int>(-leaked) : 0;
        estimate.whyUnknown = fmt::format("the driver answered 0x{:x}, an error number and not a size", raw);
        return estimate;
    }
    estimate.bytes = raw;
    return estimate;
}

ReadMeaning MigrationDevice::meaningOf(std::size_t bytes) const {
    if (bytes != 0)
        return ReadMeaning::Data;
    return believed_ == MigState::StopCopy ? ReadMeaning::EndOfStream : ReadMeaning::Drained;
}

Result<ReadOutcome> MigrationDevice::read(std::span<std::byte> into) {
    if (!stream_ || direction_ != StreamDirection::Save)
        return fail(Errc::Refused, "read", name_, "there is no saving stream");
    ReadOutcome outcome;
    if (observer_ != nullptr)
        observer_->blockingCall("read");
    outcome.called = clock_.now();
    auto got = stream_->read(into);
    outcome.returned = clock_.now();
    if (observer_ != nullptr) {
        observer_->blockingCall(nullptr);
        if (observer_->wantsCalls())
            trace("read", asBytes(into.size()), asBytes(got ? *got : 0), got ? 0 : got.error().errnoValue(),
                  outcome.called, outcome.returned);
    }
    if (got) {
        outcome.bytes = *got;
        outcome.meaning = meaningOf(*got);
        return outcome;
    }
    const bool preCopy = believed_ == MigState::PreCopy || believed_ == MigState::PreCopyP2p;
    if (got.error().isErrno(ENOMSG) && preCopy) {
        outcome.meaning = ReadMeaning::Drained;
        return outcome;
    }
    Error error = std::move(got.error());
    error.what = "read";
    error.where = name_;
    if (error.is(Errc::Cancelled))
        return std::unexpected(std::move(error));
    if (error.isErrno(ENOMSG))
        error.detail = "ENOMSG is only for pre-copy; in STOP_COPY the end of the stream is 0";
    else if (error.isErrno(ENODEV))
        error.detail = sessionEnded;
    closeStream();
    return std::unexpected(std::move(error));
}

Result<void> MigrationDevice::writeAll(std::span<const std::byte> from, Ns& spent) {
    if (!stream_ || direction_ != StreamDirection::Load)
        return fail(Errc::Refused, "write", name_, "there is no resuming stream");
    std::size_t done = 0;
    const bool traced = observer_ != nullptr && observer_->wantsCalls();
    while (done < from.size()) {
        if (observer_ != nullptr)
            observer_->blockingCall("write");
        const Ns called = clock_.now();
        auto wrote = stream_->write(from.subspan(done));
        const Ns returned = clock_.now();
        if (observer_ != nullptr)
            observer_->blockingCall(nullptr);
        spent += returned - called;
        if (traced)
            trace("write", asBytes(from.size() - done), asBytes(wrote ? *wrote : 0),
                  wrote ? 0 : wrote.error().errnoValue(), called, returned);
        if (wrote && *wrote > 0 && *wrote <= from.size() - done) {
            done += *wrote;
            continue;
        }
        Error error = wrote ? Error{make_error_code(Errc::ProtocolViolation),
                                    {},
                                    {},
                                    fmt::format("write of {} bytes answered {}", from.size() - done, *wrote)}
                            : std::move(wrote.error());
        error.what = "write";
        error.where = name_;
        if (error.isErrno(ENODEV))
            error.detail = sessionEnded;
        // Drivers keep bad bytes and would take more, and then take the garbage as state: from here only a
        // reset.
        spoilLoad();
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<PrecopyInfo> MigrationDevice::precopyInfo() {
    const bool preCopy = believed_ == MigState::PreCopy || believed_ == MigState::PreCopyP2p;
    if (!stream_ || direction_ != StreamDirection::Save || !preCopy)
        return fail(Errc::Refused, "GET_PRECOPY_INFO", name_, "the device is not in pre-copy with a stream");
    if (observer_ != nullptr)
        observer_->blockingCall("GET_PRECOPY_INFO");
    const Ns called = clock_.now();
    auto raw = stream_->precopyInfo();
    const Ns returned = clock_.now();
    if (observer_ != nullptr) {
        observer_->blockingCall(nullptr);
        if (observer_->wantsCalls()) {
            uapi::VfioPrecopyInfo bytes{sizeof(uapi::VfioPrecopyInfo), 0, 0, 0};
            if (raw) {
                bytes.flags = raw->flags;
                bytes.initialBytes = raw->initialBytes;
                bytes.dirtyBytes = raw->dirtyBytes;
            }
            trace("GET_PRECOPY_INFO", {}, std::as_bytes(std::span(&bytes, 1)),
                  raw ? 0 : raw.error().errnoValue(), called, returned);
        }
    }
    if (!raw) {
        raw.error().what = "GET_PRECOPY_INFO";
        raw.error().where = name_;
        if (raw.error().isErrno(ENODEV))
            raw.error().detail = sessionEnded;
        return std::unexpected(raw.error());
    }
    // Without the opt-in the kernel echoes whatever stood in flags.
    const bool reinit = precopyInfoV2_ && (raw->flags & uapi::precopyInfoReinit) != 0;
    return PrecopyInfo{raw->initialBytes, raw->dirtyBytes, reinit};
}

Result<void> MigrationDevice::optInPrecopyInfoV2() {
    BareFeatureCall call(featureSet | featureMigPrecopyInfoV2);
    const auto answer = feature("SET MIG_PRECOPY_INFOv2", call.bytes());
    if (answer.error)
        return std::unexpected(*answer.error);
    precopyInfoV2_ = true;
    return {};
}

void MigrationDevice::spoilLoad() {
    resetOnly_ = true;
    closeStream();
}

void MigrationDevice::closeStream() {
    std::unique_ptr<DataStream> closing;
    {
        const std::lock_guard lock(streamMutex_);
        closing = std::move(stream_);
    }
    direction_.reset();
}

void MigrationDevice::interrupt() {
    io_->interrupt();
    const std::lock_guard lock(streamMutex_);
    if (stream_)
        stream_->interrupt();
}

} // namespace migscope
