// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Acts that many checks need.
#include "core/check/context.h"

#include <algorithm>
#include <cerrno>

#include "core/base/byte_size.h"

namespace migscope {
namespace {

/// A stream that has not ended by then is not waited for: so much, and so many times the estimate. An
/// estimate may be far off; but a save that is longer by far more than it cannot be told from one without an
/// end.
constexpr std::uint64_t streamAtLeast = std::uint64_t{1} << 30U;
constexpr std::uint64_t streamTimes = 16;
/// The same where there is no estimate.
constexpr std::uint64_t streamUnknown = std::uint64_t{16} << 30U;
/// Of pre-copy, which goes on as long as a device writes faster than it is read.
constexpr std::uint64_t drainAtLeast = std::uint64_t{64} << 20U;
constexpr unsigned mostZeroes = 8;

std::string namesOf(std::initializer_list<int> due) {
    std::string text;
    for (const int number : due)
        text += (text.empty() ? "" : " or ") + answerText(number);
    return text;
}

} // namespace

CheckOutcome checkPassed(std::string_view text, SightValues values) {
    const bool tells = text.find('{') != std::string_view::npos;
    return {CheckVerdict::Pass, {text, std::move(values)}, tells};
}
CheckOutcome checkFailed(std::string_view text, SightValues values) {
    return {CheckVerdict::Fail, {text, std::move(values)}};
}
CheckOutcome checkSkipped(std::string_view text, SightValues values) {
    return {CheckVerdict::Skip, {text, std::move(values)}};
}

CheckOutcome expectAnswer(int answer, std::initializer_list<int> due) {
    if (answer == notTried)
        return checkSkipped("Not tried: only a reset is safe where the device stands.");
    if (answer == interruptedCall)
        return checkSkipped("Not asked: the call was interrupted.");
    if (std::ranges::find(due, answer) != due.end()) {
        CheckOutcome passed = checkPassed("It answered {answer}.", {{"answer", answerText(answer)}});
        passed.tellsMore = due.size() > 1;
        return passed;
    }
    return checkFailed("It answered {answer}; {due} is due.",
                       {{"answer", answerText(answer)}, {"due", namesOf(due)}});
}

CheckOutcome expectRefusal(int answer) {
    if (answer == 0)
        return checkFailed("It answered success; an error is due.");
    CheckOutcome refused = expectAnswer(answer, {answer});
    refused.tellsMore = true;
    return refused;
}

CheckContext::CheckContext(Subject& device, Subject* peer, const std::atomic<bool>& cancelled,
                           std::uint64_t mostImage)
    : device_(device), peer_(peer), cancelled_(cancelled), buffer_(largePiece) {
    std::uint64_t estimate = 0;
    const bool known = device_.dataSize(estimate) == 0 && estimate < streamUnknown;
    estimate_ = known ? std::optional(estimate) : std::nullopt;
    mostStream_ = known ? streamAtLeast + streamTimes * estimate : streamUnknown;
    // A stream that gives so much more than it said is not kept: it may be one without an end.
    mostKept_ = known ? std::min(mostImage, drainAtLeast + streamTimes * estimate) : mostImage;
    mostDrained_ = known ? drainAtLeast + streamTimes * estimate : streamAtLeast;
}

CheckOutcome CheckContext::blocked() const {
    return {CheckVerdict::Skip, why_};
}

bool CheckContext::block(std::string_view text, SightValues values) {
    why_ = {text, std::move(values)};
    return false;
}

bool CheckContext::walk(Subject& subject, MigState goal) {
    const auto from = subject.believed();
    if (!from || !subject.isOpen())
        return block("Not asked: where {device} stands is not known.", {{"device", subject.name()}});
    const auto way = route(subject.flags(), *from, goal);
    if (!way)
        return block("Not asked: no way leads from {from} to {goal}.",
                     {{"from", stateName(*from)}, {"goal", stateName(goal)}});
    for (const Arc& arc : way->arcs()) {
        if (cancelled())
            return block("Not asked: cancelled.");
        if (const SetAnswer answer = subject.set(arc.to); answer.error != 0)
            return block("Not asked: on the way there SET {state} in {from} answered {answer}.",
                         {{"state", stateName(arc.to)},
                          {"from", stateName(arc.from)},
                          {"answer", answerText(answer.error)}});
    }
    return true;
}

SubjectStream* CheckContext::openStream(MigState goal) {
    if (!walk(goal))
        return nullptr;
    SubjectStream* stream = device_.stream();
    if (stream == nullptr)
        block("Not asked: no data fd came with {state}.", {{"state", stateName(goal)}});
    return stream;
}

std::optional<std::uint64_t> CheckContext::readUntil(SubjectStream& stream, bool preCopy,
                                                     std::vector<std::byte>* into) {
    std::uint64_t total = 0;
    if (!preCopy && endless_) {
        block("Not asked: a save of this device does not come to an end.");
        return std::nullopt;
    }
    while (total < (preCopy ? mostDrained_ : mostStream_)) {
        if (cancelled()) {
            block("Not asked: cancelled.");
            return std::nullopt;
        }
        const MovedBytes got = stream.read(buffer_);
        if (got.error == 0 && got.count > 0) {
            if (into != nullptr && into->size() + got.count <= mostKept_)
                into->insert(into->end(), buffer_.begin(),
                             buffer_.begin() + static_cast<std::ptrdiff_t>(got.count));
            total += got.count;
            continue;
        }
        if (got.error == 0 || (preCopy && got.error == ENOMSG)) {
            reads_.add(0, device_.check());
            drainedBy_ = preCopy ? got.error : drainedBy_;
            return total;
        }
        if (got.error != interruptedCall)
            reads_.add(got.error, device_.check());
        block("Not asked: a read at offset {offset} answered {answer}.",
              {{"offset", std::to_string(total)}, {"answer", answerText(got.error)}});
        return std::nullopt;
    }
    endless_ = endless_ || !preCopy;
    if (preCopy)
        block("Not asked: after {bytes} of pre-copy every read still found more.",
              {{"bytes", formatBytes(total)}});
    else
        block("Not asked: a save of this device does not come to an end.");
    return std::nullopt;
}

std::optional<std::uint64_t> CheckContext::readToEnd(SubjectStream& stream, std::vector<std::byte>* into) {
    return readUntil(stream, false, into);
}

std::optional<std::uint64_t> CheckContext::drain(SubjectStream& stream, std::vector<std::byte>* into) {
    return readUntil(stream, true, into);
}

std::optional<std::uint64_t> CheckContext::saveImage(SubjectStream& stream) {
    std::vector<std::byte> kept;
    const auto bytes = readToEnd(stream, &kept);
    noteSave(bytes.value_or(0));
    const bool tooLarge = bytes && *bytes > kept.size();
    if (tooLarge)
        block("Not asked: a save moved {bytes}, and what is to be loaded is kept in memory, {most} at most.",
              {{"bytes", formatBytes(*bytes)}, {"most", formatBytes(mostKept_)}});
    else if (bytes && *bytes == 0)
        block("Not asked: the saved state is empty.");
    if (!image_.empty())
        return bytes;
    if (bytes && *bytes > 0 && !tooLarge) {
        image_ = std::move(kept);
        noImage_.reset();
    } else {
        noImage_ = why_;
    }
    imageTried_ = imageTried_ || !image_.empty() || tooLarge;
    return bytes;
}

const std::vector<std::byte>* CheckContext::image() {
    if (!imageTried_) {
        SubjectStream* stream = openStream(MigState::StopCopy);
        if (stream == nullptr)
            noImage_ = why_;
        else
            (void)saveImage(*stream);
        imageTried_ = true;
        if (!image_.empty() && !walk(MigState::Running))
            return nullptr;
    }
    if (image_.empty() && noImage_)
        why_ = *noImage_;
    return image_.empty() ? nullptr : &image_;
}

std::optional<CheckOutcome> CheckContext::loadOwn() {
    const auto* own = image();
    if (own == nullptr)
        return blocked();
    if (const LoadEnd end = load(device_, *own); end.where != LoadEnd::Where::Accepted)
        return end.refused() ? checkSkipped("Not asked: the device refuses the state that it saved itself.")
                             : blocked();
    device_.closeStreams();
    return std::nullopt;
}

LoadEnd CheckContext::writeImage(SubjectStream& stream, std::span<const std::byte> image, std::size_t piece) {
    LoadEnd end;
    while (end.offset < image.size()) {
        if (cancelled()) {
            block("Not asked: cancelled.");
            return end;
        }
        // Small pieces only at the beginning: a large state in pieces of a few bytes takes for ever.
        constexpr std::uint64_t smallUpTo = std::uint64_t{64} * 1024;
        const std::size_t size = end.offset < smallUpTo ? piece : largePiece;
        const auto rest = image.subspan(static_cast<std::size_t>(end.offset));
        const std::size_t length = std::min(size, rest.size());
        const MovedBytes took = stream.write(rest.first(length));
        if (took.error != 0 || took.count > rest.size()) {
            end.where = LoadEnd::Where::Write;
            end.error = took.error;
            end.length = length;
            return end;
        }
        end.offset += took.count;
        if (took.count == 0 && ++end.zeroes >= mostZeroes) {
            block("Not asked: write answers 0 for ever.");
            return end;
        }
    }
    end.where = LoadEnd::Where::Accepted; // so far
    return end;
}

LoadEnd CheckContext::load(Subject& subject, std::span<const std::byte> image, std::size_t piece) {
    if (!walk(subject, MigState::Resuming))
        return {};
    SubjectStream* stream = subject.stream();
    if (stream == nullptr) {
        block("Not asked: no data fd came with {state}.", {{"state", stateName(MigState::Resuming)}});
        return {};
    }
    LoadEnd end = writeImage(*stream, image, piece);
    if (end.where == LoadEnd::Where::Accepted) {
        end.error = subject.set(MigState::Stop).error;
        if (end.error != 0)
            end.where = LoadEnd::Where::Leave;
    }
    const bool own = &subject == &device_ && image.data() == image_.data() && image.size() == image_.size();
    if (own && piece == largePiece && end.where != LoadEnd::Where::Blocked && end.error != interruptedCall)
        loads_.add(end.error, device_.check());
    return end;
}

bool CheckContext::mayLoad() {
    return ownTaken_ || block("Not asked: the device refuses the state that it saved itself.");
}

CheckOutcome CheckContext::loadFailed(const LoadEnd& end) {
    if (end.where == LoadEnd::Where::Write)
        return checkFailed("The write of {length} bytes at offset {offset} answered {answer}.",
                           {{"length", std::to_string(end.length)},
                            {"offset", std::to_string(end.offset)},
                            {"answer", answerText(end.error)}});
    return checkFailed("The SET that leaves RESUMING answered {answer}.",
                       {{"answer", answerText(end.error)}});
}

std::vector<MigState> CheckContext::states() const {
    std::vector<MigState> list;
    for (const MigState state : allMigStates) {
        if (state != MigState::Error && device_.flags().has(state))
            list.push_back(state);
    }
    return list;
}

} // namespace migscope
