// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of the end of sessions: what a data fd answers then, and what closing it early does.
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view dead =
    "include/uapi/linux/vfio.h: the data fd is of no use once its state is left; the "
    "driver's read, write and ioctl answer ENODEV";

MovedBytes readSome(SubjectStream& stream) {
    std::array<std::byte, 8> some{};
    return stream.read(some);
}

/// What a read of the stream of `saving` answers once `left` was done.
template<class Leave>
CheckOutcome readAfter(CheckContext& c, MigState saving, Leave leave) {
    SubjectStream* stream = c.openStream(saving);
    if (stream == nullptr || !leave())
        return c.blocked();
    return expectAnswer(readSome(*stream).error, {ENODEV});
}

bool resets(CheckContext& c) {
    const int error = c.device().reset();
    return error == 0 || c.block("Not asked: RESET answered {answer}.", {{"answer", answerText(error)}});
}

CheckOutcome savingDeadInStop(CheckContext& c) {
    return readAfter(c, MigState::StopCopy, [&] { return c.walk(MigState::Stop); });
}

CheckOutcome savingDeadAfterReset(CheckContext& c) {
    return readAfter(c, MigState::StopCopy, [&] { return resets(c); });
}

CheckOutcome resumingDeadAfterReset(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::Resuming);
    if (stream == nullptr || !resets(c))
        return c.blocked();
    // No byte of a state: the session is over, and what took this one would not have looked.
    const std::array<std::byte, 8> some{};
    return expectAnswer(stream->write(some).error, {ENODEV});
}

CheckOutcome closedBeforeItsEnd(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    (void)readSome(*stream);
    c.device().closeStream(stream);
    if (const auto now = c.device().get(); now != MigState::StopCopy)
        return checkFailed("After its data fd was closed the device stood in {state}.",
                           {{"state", now ? stateName(*now) : "an unknown state"}});
    return expectAnswer(c.device().set(MigState::Stop).error, {0});
}

CheckOutcome beginsAnew(CheckContext& c) {
    const auto* image = c.image();
    SubjectStream* stream = image != nullptr ? c.openStream(MigState::StopCopy) : nullptr;
    if (stream == nullptr)
        return c.blocked();
    const MovedBytes some = readSome(*stream);
    if (some.error != 0 || some.count == 0)
        return checkSkipped("Not asked: nothing could be read of a save that had been begun.");
    c.device().closeStream(stream);
    if (!c.walk(MigState::Stop))
        return c.blocked();
    stream = c.openStream(MigState::StopCopy);
    const auto bytes = stream != nullptr ? c.readToEnd(*stream) : std::nullopt;
    if (!bytes)
        return c.blocked();
    const SightValues values{{"bytes", std::to_string(*bytes)}, {"whole", std::to_string(image->size())}};
    if (*bytes + some.count == image->size())
        return checkFailed("The save after it moved {bytes} bytes, and {whole} are a whole one.", values);
    return checkPassed("The save after it moved {bytes} bytes, as a whole one does ({whole}).", values);
}

CheckOutcome manySessions(CheckContext& c) {
    constexpr int times = 64;
    if (!c.walk(MigState::Stop))
        return c.blocked();
    for (int n = 1; n <= times; ++n) {
        if (c.cancelled())
            return checkSkipped("Not asked: cancelled.");
        const SetAnswer begun = c.device().set(MigState::StopCopy);
        if (begun.error == 0 && begun.stream == nullptr)
            return n <= 2 ? checkSkipped("Not asked: no data fd came with STOP_COPY.")
                          : checkFailed("Session {count} in a row was begun and gave no data fd.",
                                        {{"count", std::to_string(n)}});
        if (begun.error == 0)
            c.device().closeStreams();
        const int left = begun.error == 0 ? c.device().set(MigState::Stop).error : 0;
        const int error = begun.error != 0 ? begun.error : left;
        // The first ones do not come so far for another check's reason.
        if (error != 0 && n <= 2)
            return checkSkipped("Not asked: a session could not be begun, or not be left.");
        if (error != 0)
            return checkFailed("SET for session {count} in a row answered {answer}.",
                               {{"count", std::to_string(n)}, {"answer", answerText(error)}});
    }
    return checkPassed("Every one of them was.");
}

constexpr std::array table{
    Check{.id = "MIG-SESSION-001",
          .asks = "A saving data fd answers ENODEV once STOP_COPY was left.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a data fd is of no use "
                  "once its state is left; the driver's read answers ENODEV",
          .provedBy = "reads-after-session",
          .run = savingDeadInStop},
    Check{.id = "MIG-SESSION-002",
          .asks = "A saving data fd answers ENODEV after RESET.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a data fd is of no use "
                  "once its state is left; a reset leaves it; the driver's read answers ENODEV",
          .kind = CheckClass::Resets,
          .provedBy = "reads-after-reset",
          .run = savingDeadAfterReset},
    Check{.id = "MIG-SESSION-003",
          .asks = "A resuming data fd answers ENODEV after RESET.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a data fd is of no use "
                  "once its state is left; a reset leaves it; the driver's write answers ENODEV",
          .kind = CheckClass::Resets,
          .provedBy = "writes-after-reset",
          .run = resumingDeadAfterReset},
    Check{
        .id = "MIG-SESSION-004",
        .asks = "Closing the data fd before its end leaves STOP_COPY as it is, and STOP reachable.",
        .rule =
            "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a session ends with its state "
            "and not with its file, which the kernel holds until then; the driver's migration_set_state",
        .provedBy = "early-close-sticks",
        .dependents = "MIG-FSM-011",
        .run = closedBeforeItsEnd},
    Check{.id = "MIG-SESSION-005",
          .asks = "A save after one that was given up starts from the beginning.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: each entry begins a session of "
                  "its own with the whole state; the driver's migration_set_state",
          .provedBy = "save-goes-on",
          .run = beginsAnew},
    Check{.id = "MIG-SESSION-006",
          .asks = "64 saving sessions in a row, none of them read, each give a data fd.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: each entry of STOP_COPY "
                  "gives a data_fd; what a session held is freed once its file is closed and its state left; "
                  "the driver's migration_set_state",
          .provedBy = "sessions-leak",
          .dependents = "MIG-FSM-011",
          .run = manySessions},
};

} // namespace

std::span<const Check> sessionChecks() {
    return table;
}

} // namespace migscope
