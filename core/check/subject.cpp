// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Raw calls of a device under test.
#include "core/check/subject.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/transfer/session_shared.h"
#include "core/vfio/device_feature.h"

namespace migscope {
namespace {

using uapi::featureGet;
using uapi::featureProbe;
using uapi::featureSet;

std::vector<std::byte> copyOf(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

} // namespace

int codeOf(const Error& error) {
    if (error.is(Errc::Cancelled))
        return interruptedCall;
    const int number = error.errnoValue();
    return number != 0 ? number : notTried;
}

bool takesJunk(bool simulated, std::string_view driver) {
    return simulated || driver == "mtty" || driver == "miglab";
}

std::string answerText(int error) {
    if (error == 0)
        return "success";
    if (error == notTried)
        return "nothing: it was not tried";
    return error == interruptedCall ? "nothing: it was interrupted" : errnoName(error);
}

RawFeature::RawFeature(std::uint32_t flags, std::vector<std::uint64_t> payload,
                       std::optional<std::uint32_t> argsz)
    : words_(1 + payload.size()) {
    const uapi::VfioDeviceFeature head{
        argsz.value_or(static_cast<std::uint32_t>(words_.size() * sizeof(std::uint64_t))), flags};
    std::memcpy(words_.data(), &head, sizeof head);
    std::ranges::copy(payload, words_.begin() + 1);
}

Subject::Subject(Backend& backend, CheckTarget target, int index, CallBook& book)
    : backend_(backend), target_(std::move(target)), index_(index), book_(book) {}

Subject::~Subject() {
    close();
}

Result<std::unique_ptr<DeviceIo>> Subject::openIo() {
    const Ns called = book_.begin(index_, "open");
    auto io = backend_.open(target_.device);
    book_.end(index_,
              {"open", {}, {}, io ? 0 : std::max(codeOf(io.error()), 0), called, book_.clock().now()});
    return io;
}

void Subject::askInfo() {
    const Ns called = book_.begin(index_, "GET_INFO");
    const auto info = io_->info();
    const DeviceInfo found = info.value_or(DeviceInfo{});
    book_.end(index_, {"GET_INFO",
                       {},
                       copyOf(std::as_bytes(std::span(&found, 1))),
                       info ? 0 : std::max(codeOf(info.error()), 0),
                       called,
                       book_.clock().now()});
    resetAdvertised_ = (found.flags & uapi::deviceFlagReset) != 0;
}

Result<void> Subject::open() {
    auto io = openIo();
    if (!io)
        return std::unexpected(std::move(io.error()));
    {
        const std::lock_guard lock(mutex_);
        io_ = std::move(*io);
    }
    access_ = io_->access();
    believed_.reset();
    foundNotRunning_ = loadOpen_ = spoiled_ = twin_ = optedIn_ = logging_ = false;
    askInfo();
    RawFeature flags(featureGet | uapi::featureMigration, {0});
    if (const int error = feature("GET MIGRATION", flags.bytes()); error != 0)
        return fail(Errc::Unsupported, "GET MIGRATION", target_.device,
                    "the device does not speak migration protocol v2: " + answerText(error));
    flags_ = MigFlags(flags.word(0));
    foundNotRunning_ = get() != MigState::Running;
    RawFeature dma(featureProbe | featureSet | uapi::featureDmaLoggingStart);
    dmaLogging_ = feature("PROBE DMA_LOGGING_START", dma.bytes());
    RawFeature v2(featureProbe | featureSet | uapi::featureMigPrecopyInfoV2);
    precopyInfoV2_ = feature("PROBE MIG_PRECOPY_INFOv2", v2.bytes());
    return {};
}

void Subject::close() {
    if (!io_)
        return;
    closeStreams();
    const Ns called = book_.begin(index_, "close");
    std::unique_ptr<DeviceIo> closing;
    {
        const std::lock_guard lock(mutex_);
        closing = std::move(io_);
    }
    closing.reset();
    book_.end(index_, {"close", {}, {}, 0, called, book_.clock().now()});
    believed_.reset();
}

int Subject::openAgain() {
    const auto io = openIo();
    return io ? 0 : codeOf(io.error());
}

int Subject::feature(const char* op, std::span<std::byte> bytes, std::vector<DmaRange> ranges) {
    uapi::VfioDeviceFeature head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    const std::uint32_t index = head.flags & uapi::featureMask;
    const bool setsState = index == uapi::featureMigDeviceState && (head.flags & featureSet) != 0;
    std::uint32_t target = 0;
    if (setsState && bytes.size() >= sizeof head + sizeof target) {
        std::memcpy(&target, bytes.data() + sizeof head, sizeof target);
        const bool reset = onlyResetIsSafe();
        if (setForbidden({flags_, believed_, reset, stopsWhenRefused()}, target))
            return notTried;
    }
    const auto in = copyOf(bytes);
    const auto before = believed_;
    const Ns called = book_.begin(index_, op);
    const auto done = io_->feature(bytes);
    const int error = done ? 0 : codeOf(done.error());
    const Ns returned = book_.clock().now();
    book_.end(index_, {op, in, copyOf(bytes), std::max(error, 0), called, returned},
              {.ranges = std::move(ranges), .unanswered = error < 0});
    const bool probe = (head.flags & featureProbe) != 0;
    if (setsState && !probe) {
        const auto goal = static_cast<MigState>(target);
        if (before && flags_.has(goal) && error >= 0)
            book_.noteSet({index_, *before, goal, error, called, returned});
        tally(before, target, error);
        afterSet(error, target);
    }
    if (!probe && error == 0 && index == uapi::featureDmaLoggingStart)
        logging_ = true;
    if (!probe && error == 0 && index == uapi::featureDmaLoggingStop)
        logging_ = false;
    return error;
}

void Subject::tally(std::optional<MigState> from, std::uint32_t target, int error) {
    const auto to = static_cast<MigState>(target);
    // Leaving RESUMING may fail for what was written; an interruption is ours.
    if (!from || *from == MigState::Resuming || *from == to || error == interruptedCall || error == EINTR)
        return;
    if (const auto way = route(flags_, *from, to); way && way->arcs().size() == 1)
        ledger_.arcs[{*from, to}].add(error, check_);
}

void Subject::afterSet(int error, std::uint32_t target) {
    if (error == 0) {
        believed_ = static_cast<MigState>(target);
        // A number that nobody has cannot be where it stands.
        if (!flags_.has(*believed_) || *believed_ == MigState::Error) {
            believed_.reset();
            (void)get();
        }
        loadOpen_ = loadOpen_ && believed_ == MigState::Resuming;
        return;
    }
    // Anywhere on the way: only the device can tell.
    believed_.reset();
    (void)get();
}

std::optional<MigState> Subject::get() {
    FeatureCall<uapi::VfioDeviceFeatureMigState> call(featureGet | uapi::featureMigDeviceState,
                                                      {0, uapi::noDataFd});
    constexpr int patience = 100; // an interruption that was meant for an earlier call
    int error = interruptedCall;
    for (int n = 0; n < patience && (error == interruptedCall || error == EINTR); ++n)
        error = feature("GET MIG_DEVICE_STATE", call.bytes());
    const auto before = std::exchange(believed_, std::nullopt);
    if (error == 0)
        believed_ = static_cast<MigState>(call.payload().deviceState);
    if (before && believed_ && *before != *believed_)
        ledger_.drifts.push_back(stateName(*before) + ", then " + stateName(*believed_) + ", in " +
                                 std::string(check_));
    return believed_;
}

SetAnswer Subject::set(std::uint32_t number) {
    FeatureCall<uapi::VfioDeviceFeatureMigState> call(featureSet | uapi::featureMigDeviceState,
                                                      {number, uapi::noDataFd});
    SetAnswer answer;
    answer.error = feature(setCallName(static_cast<MigState>(number)), call.bytes());
    if (answer.error != 0)
        return answer;
    const std::int32_t token = call.payload().dataFd;
    if (token == uapi::noDataFd)
        return answer;
    answer.fd = true;
    auto taken = io_->takeStream(token);
    if (!taken)
        return answer;
    const std::lock_guard lock(mutex_);
    streams_.push_back(std::make_unique<SubjectStream>(std::move(*taken), index_, book_));
    answer.stream = streams_.back().get();
    loadOpen_ = number == static_cast<std::uint32_t>(MigState::Resuming);
    return answer;
}

int Subject::dataSize(std::uint64_t& bytes) {
    RawFeature call(featureGet | uapi::featureMigDataSize, {0});
    const int error = feature("GET MIG_DATA_SIZE", call.bytes());
    bytes = call.word(0);
    return error;
}

bool Subject::onlyResetIsSafe() const {
    const bool writeFailed = std::ranges::any_of(streams_, [](const auto& s) { return s->writeFailed(); });
    return foundNotRunning_ || spoiled_ || writeFailed || believed_ == MigState::Error ||
           (believed_ == MigState::Resuming && !loadOpen_);
}

int Subject::resetOnce() {
    const Ns called = book_.begin(index_, "RESET");
    const auto done = io_->reset();
    const int error = done ? 0 : codeOf(done.error());
    book_.end(index_, {"RESET", {}, {}, std::max(error, 0), called, book_.clock().now()},
              {.unanswered = error < 0});
    return error;
}

int Subject::reset() {
    Sleeper backOff(book_.clock());
    Ns pause = std::chrono::milliseconds(10);
    const Ns giveUp = book_.clock().now() + std::chrono::seconds(2);
    int error = resetOnce();
    while ((error == EAGAIN || error == EINTR || error == interruptedCall) && book_.clock().now() < giveUp) {
        (void)backOff.sleepUntil(book_.clock().now() + pause);
        pause = std::min<Ns>(pause * 2, std::chrono::milliseconds(200));
        error = resetOnce();
    }
    ledger_.resets.add(error, check_);
    believed_.reset();
    const bool running = get() == MigState::Running;
    if (error == 0 && running) {
        foundNotRunning_ = spoiled_ = twin_ = loadOpen_ = false;
        // What is kept of a session that is over forbids nothing any more.
        const std::lock_guard lock(mutex_);
        std::erase_if(streams_, [](const auto& stream) { return stream->writeFailed(); });
    }
    return error;
}

SubjectStream* Subject::stream() const {
    return streams_.empty() ? nullptr : streams_.back().get();
}

void Subject::closeStream(SubjectStream* stream) {
    const std::lock_guard lock(mutex_);
    spoiled_ = spoiled_ || (stream != nullptr && stream->writeFailed());
    std::erase_if(streams_, [stream](const auto& known) { return known.get() == stream; });
    if (believed_ == MigState::Resuming)
        loadOpen_ = false;
}

void Subject::closeStreams() {
    while (!streams_.empty())
        closeStream(streams_.back().get());
}

bool Subject::bringBack(std::string& how) {
    how.clear();
    closeStreams();
    if (!io_) {
        if (!open())
            return false;
        how = "a new opening";
    }
    if (logging_) {
        RawFeature stop(featureSet | uapi::featureDmaLoggingStop);
        (void)feature("SET DMA_LOGGING_STOP", stop.bytes());
    }
    auto stands = get();
    if (stands == MigState::Running && !onlyResetIsSafe())
        return true;
    // A loading session is only ended by a reset: a SET would try to take what was written so far.
    if (stands && stands != MigState::Resuming && !onlyResetIsSafe() && !twin_) {
        how = "SET";
        if (const auto way = route(flags_, *stands, MigState::Running)) {
            for (const Arc& arc : way->arcs()) {
                if (set(arc.to).error != 0)
                    break;
            }
        }
        closeStreams();
        if (get() == MigState::Running)
            return true;
    }
    how = "reset";
    // Once more when it fails: what is asked here is whether it can be brought back at all.
    for (int tries = 0; tries < 2; ++tries) {
        const int error = reset();
        closeStreams();
        if (error == 0 && believed_ == MigState::Running)
            return true;
    }
    return false;
}

void Subject::interrupt() {
    const std::lock_guard lock(mutex_);
    if (io_)
        io_->interrupt();
    for (const auto& stream : streams_)
        stream->interrupt();
}

} // namespace migscope
