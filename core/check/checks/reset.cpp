// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of VFIO_DEVICE_RESET.
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view resetRule = "include/uapi/linux/vfio.h VFIO_DEVICE_STATE_RUNNING: the state after "
                                       "VFIO_DEVICE_RESET; the driver's reset";

CheckOutcome fromEveryState(CheckContext& c) {
    for (const MigState state : c.states()) {
        c.device().closeStreams();
        if (!c.walk(state))
            return c.blocked();
        const int error = c.device().reset();
        if (error == EINVAL || error == ENOTTY)
            return checkSkipped("The function has no reset of its own ({answer}).",
                                {{"answer", answerText(error)}});
        const auto now = c.device().believed();
        if (error != 0 || now != MigState::Running)
            return checkFailed("From {state}: RESET answered {answer}, and then it stood in {now}.",
                               {{"state", stateName(state)},
                                {"answer", answerText(error)},
                                {"now", now ? stateName(*now) : "an unknown state"}});
    }
    return checkPassed("From every state it led to RUNNING.");
}

CheckOutcome twice(CheckContext& c) {
    if (const int error = c.device().reset(); error != 0)
        return checkSkipped("Not asked: the first RESET answered {answer}.", {{"answer", answerText(error)}});
    return expectAnswer(c.device().reset(), {0});
}

CheckOutcome advertised(CheckContext& c) {
    c.device().askInfo();
    const int error = c.device().reset();
    const bool works = error == 0;
    if (c.device().resetAdvertised() == works)
        return checkPassed("GET_INFO says so, and RESET answered {answer}.", {{"answer", answerText(error)}});
    return works ? checkFailed("RESET works, and GET_INFO does not say so.")
                 : checkFailed("GET_INFO says that there is a reset; it answered {answer}.",
                               {{"answer", answerText(error)}});
}

CheckOutcome savesAfterwards(CheckContext& c) {
    const auto* image = c.image();
    SubjectStream* stream = image != nullptr ? c.openStream(MigState::StopCopy) : nullptr;
    if (stream == nullptr)
        return c.blocked();
    std::array<std::byte, 8> some{};
    if (const MovedBytes got = stream->read(some); got.error != 0 || got.count == 0)
        return checkSkipped("Not asked: there was no save to be in the middle of: nothing could be read.");
    if (const int error = c.device().reset(); error != 0)
        return checkSkipped("Not asked: RESET answered {answer}.", {{"answer", answerText(error)}});
    c.device().closeStreams();
    stream = c.openStream(MigState::StopCopy);
    const auto bytes = stream != nullptr ? c.readToEnd(*stream) : std::nullopt;
    if (!bytes)
        return c.blocked();
    return *bytes == 0
               ? checkFailed("The save after a RESET in STOP_COPY moved nothing.")
               : checkPassed("The save after it moved {bytes} bytes.", {{"bytes", std::to_string(*bytes)}});
}

constexpr auto resets = CheckClass::Resets;

constexpr std::array table{
    Check{.id = "MIG-RESET-001",
          .asks = "RESET leads to RUNNING from every state.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RUNNING: it is the state after "
                  "VFIO_DEVICE_RESET, whatever was before; the driver's reset",
          .kind = resets,
          .provedBy = "reset-stays-in-stop",
          .run = fromEveryState},
    Check{.id = "MIG-RESET-002",
          .asks = "RESET in RUNNING, twice in a row, succeeds.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RUNNING: it is the state after "
                  "VFIO_DEVICE_RESET, whatever was before; the driver's reset",
          .kind = resets,
          .provedBy = "second-reset-fails",
          .dependents = "MIG-RESET-005",
          .run = twice},
    Check{.id = "MIG-RESET-003",
          .asks = "The RESET bit of GET_INFO tells whether RESET works.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FLAGS_RESET: the device supports "
                  "VFIO_DEVICE_RESET; the driver's VFIO_DEVICE_GET_INFO. The flag is a hint: programs try",
          .severity = CheckSeverity::Note,
          .kind = resets,
          .provedBy = "reset-not-advertised",
          .run = advertised},
    Check{
        .id = "MIG-RESET-004",
        .asks = "A save after a RESET in the middle of a save moves data.",
        .rule =
            "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RUNNING: it is the state after VFIO_DEVICE_RESET, "
            "whatever was before; the driver's reset leaves nothing of a session that it ended",
        .kind = resets,
        .provedBy = "reset-empties-next-save",
        .run = savesAfterwards},
};

} // namespace

std::span<const Check> resetChecks() {
    return table;
}

} // namespace migscope
