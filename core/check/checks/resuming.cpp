// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of RESUMING: what a device must take, in what pieces, and what must not be left of a load.
#include <array>
#include <cerrno>
#include <utility>

#include "core/base/byte_size.h"
#include "core/check/call_words.h"
#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view segments =
    "include/uapi/linux/vfio.h, data transfer: the order is kept, the segmentation "
    "need not be; the driver's write";

CheckOutcome verdictOf(CheckContext& c, const LoadEnd& end) {
    if (end.where == LoadEnd::Where::Blocked)
        return c.blocked();
    if (end.refused())
        return CheckContext::loadFailed(end);
    return checkPassed("It took {bytes} bytes.", {{"bytes", std::to_string(end.offset)}});
}

CheckOutcome ownImage(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    const LoadEnd end = c.load(c.device(), *image);
    c.ownImageTaken(!end.refused());
    return verdictOf(c, end);
}

CheckOutcome smallPieces(CheckContext& c) {
    constexpr std::size_t piece = 7;
    const auto* image = c.mayLoad() ? c.image() : nullptr;
    return image == nullptr ? c.blocked() : verdictOf(c, c.load(c.device(), *image, piece));
}

CheckOutcome emptyWrite(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::Resuming);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->write({}).error, {0});
}

CheckOutcome takesSomething(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    const LoadEnd end = c.load(c.device(), *image);
    if (end.where == LoadEnd::Where::Blocked && end.zeroes == 0)
        return c.blocked();
    if (end.zeroes > 0)
        return checkFailed("A write took nothing and said so with success, {count}.",
                           {{"count", timesText(end.zeroes)}});
    if (end.refused())
        return checkSkipped("Not asked: the device refuses the state that it saved itself.");
    return checkPassed("Every write took something.");
}

CheckOutcome afterHalfALoad(CheckContext& c) {
    const auto* image = c.mayLoad() ? c.image() : nullptr;
    SubjectStream* stream = image != nullptr ? c.openStream(MigState::Resuming) : nullptr;
    if (stream == nullptr)
        return c.blocked();
    const auto half = std::span(*image).first(image->size() / 2);
    if (const LoadEnd part = c.writeImage(*stream, half); part.where != LoadEnd::Where::Accepted)
        return checkSkipped("Not asked: half of a state could not be written.");
    if (const int error = c.device().reset(); error != 0)
        return checkSkipped("Not asked: RESET answered {answer}.", {{"answer", answerText(error)}});
    c.device().closeStreams();
    return verdictOf(c, c.load(c.device(), *image));
}

CheckOutcome runsAfterLoad(CheckContext& c) {
    if (auto why = c.loadOwn())
        return std::move(*why);
    const auto way = route(c.device().flags(), MigState::Stop, MigState::Running);
    for (const Arc& arc : way ? way->arcs() : std::vector<Arc>{}) {
        if (const int error = c.device().set(arc.to).error; error != 0)
            return checkFailed("On the way from STOP to RUNNING SET {state} answered {answer}.",
                               {{"state", stateName(arc.to)}, {"answer", answerText(error)}});
    }
    const auto now = c.device().get();
    return now == MigState::Running ? checkPassed("It runs with what was loaded.")
                                    : checkFailed("It then stood in {state}.",
                                                  {{"state", now ? stateName(*now) : "an unknown state"}});
}

CheckOutcome precopyImage(CheckContext& c) {
    SubjectStream* stream = c.mayLoad() ? c.openStream(MigState::PreCopy) : nullptr;
    std::vector<std::byte> image;
    const auto drained = stream != nullptr ? c.drain(*stream, &image) : std::nullopt;
    if (!drained || !c.walk(MigState::StopCopy))
        return c.blocked();
    const auto rest = c.readToEnd(*stream, &image);
    if (!rest || !c.walk(MigState::Stop))
        return c.blocked();
    if (image.empty())
        return checkSkipped("Not asked: the saved state is empty.");
    if (image.size() != *drained + *rest)
        return checkSkipped(
            "Not asked: pre-copy and the rest moved {bytes}, and what is to be loaded is kept in "
            "memory, {most} at most.",
            {{"bytes", formatBytes(*drained + *rest)}, {"most", formatBytes(c.mostKept())}});
    c.device().closeStreams();
    return verdictOf(c, c.load(c.device(), image));
}

CheckOutcome imageOfTheOther(CheckContext& c) {
    const auto* image = c.mayLoad() ? c.image() : nullptr;
    if (image == nullptr || !c.walk(MigState::Stop))
        return c.blocked();
    // The device stands still while its state is with the other one, which then forgets it.
    c.peer().holdsAnothersState();
    return verdictOf(c, c.load(c.peer(), *image));
}

CheckOutcome straightAcross(CheckContext& c) {
    // That it can be read at all is known from the image.
    SubjectStream* from = c.image() != nullptr ? c.openStream(MigState::StopCopy) : nullptr;
    if (from == nullptr)
        return c.blocked();
    c.peer().holdsAnothersState();
    if (!c.walk(c.peer(), MigState::Resuming))
        return c.blocked();
    SubjectStream* to = c.peer().stream();
    if (to == nullptr)
        return checkSkipped("Not asked: no data fd came with {state}.",
                            {{"state", stateName(MigState::Resuming)}});
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    std::uint64_t total = 0;
    for (;;) {
        if (c.cancelled())
            return checkSkipped("Not asked: cancelled.");
        const MovedBytes got = from->read(buffer);
        if (got.error != 0)
            return checkFailed("While the peer loads, a read at offset {offset} answered {answer}.",
                               {{"offset", std::to_string(total)}, {"answer", answerText(got.error)}});
        if (got.count == 0)
            break;
        LoadEnd end = c.writeImage(*to, std::span(buffer).first(got.count));
        if (end.where != LoadEnd::Where::Accepted) {
            end.offset += total;
            return end.refused()
                       ? checkSkipped("Not asked: the peer refuses the state of the device (MIG-PAIR-001).")
                       : c.blocked();
        }
        total += got.count;
    }
    if (total == 0)
        return checkSkipped("Not asked: the saved state is empty.");
    const int error = c.peer().set(MigState::Stop).error;
    return error == 0 ? checkPassed("{bytes} bytes went across.", {{"bytes", std::to_string(total)}})
                      : checkSkipped("Not asked: the peer refuses the state of the device (MIG-PAIR-001).");
}

constexpr std::uint64_t pre = MigFlags::StopCopy | MigFlags::PreCopy;

constexpr std::array table{
    Check{.id = "MIG-LOAD-001",
          .asks = "A device takes the state that it saved itself.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: what STOP_COPY of such a device "
                  "gave is taken; the driver's write, and its SET that leaves RESUMING",
          .provedBy = "own-image-refused",
          .run = ownImage},
    Check{.id = "MIG-LOAD-002",
          .asks = "A device takes the state that it saved itself in writes of seven bytes.",
          .rule = "include/uapi/linux/vfio.h, data transfer: the order of the bytes is kept, the pieces in "
                  "which they are written mean nothing; the driver's write",
          .provedBy = "odd-writes-refused",
          .run = smallPieces},
    Check{.id = "MIG-LOAD-003",
          .asks = "A write of no bytes succeeds.",
          .rule = "fs/read_write.c, vfs_write(): it hands a length of 0 on; the driver's write has nothing "
                  "to refuse",
          .severity = CheckSeverity::Should,
          .provedBy = "empty-write-refused",
          .run = emptyWrite},
    Check{.id = "MIG-LOAD-004",
          .asks = "A write of some bytes that succeeds takes at least one.",
          .rule = "write(2): success says how many bytes were taken, and 0 again and again leaves a program "
                  "in a loop; the driver's write",
          .provedBy = "write-takes-nothing",
          .run = takesSomething},
    Check{.id = "MIG-LOAD-005",
          .asks = "RESET in the middle of a load forgets it: the next whole one is taken.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: a reset ends it and what was "
                  "written so far; the driver's reset",
          .kind = CheckClass::Resets,
          .provedBy = "reset-keeps-half-a-load",
          .dependents = "MIG-LOAD-008",
          .run = afterHalfALoad},
    Check{.id = "MIG-LOAD-006",
          .asks = "A device that took a state runs with it.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: the SET that leaves it loads the "
                  "state, and STOP leads on to RUNNING; the driver's migration_set_state",
          .provedBy = "loaded-device-does-not-run",
          .dependents = "MIG-FSM-011",
          .run = runsAfterLoad},
    Check{.id = "MIG-LOAD-007",
          .asks = "A device takes what it saved over pre-copy.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: what pre-copy and STOP_COPY gave "
                  "one after the other is taken; the driver's write, and its SET that leaves RESUMING",
          .needs = {.flags = pre},
          .provedBy = "precopy-image-refused",
          .run = precopyImage},
    Check{.id = "MIG-PAIR-001",
          .asks = "The peer takes the state of the device.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: what STOP_COPY of a device of the "
                  "same kind gave is taken; the driver's write, and its SET that leaves RESUMING",
          .needs = {.peer = true},
          .provedBy = "others-image-refused",
          .run = imageOfTheOther},
    Check{.id = "MIG-PAIR-002",
          .asks = "The device can be read while the peer loads what is read.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a session is one "
                  "device's, and another device's does not touch it; the driver's read",
          .needs = {.peer = true},
          .provedBy = "others-load-ends-save",
          .run = straightAcross},
};

} // namespace

std::span<const Check> resumingChecks() {
    return table;
}

} // namespace migscope
