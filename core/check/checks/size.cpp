// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of MIG_DATA_SIZE, the estimate of what a save moves.
#include <array>
#include <cerrno>

#include "core/base/byte_size.h"
#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::uint64_t leakedErrno = std::uint64_t{1} << 63U;
/// Estimates of small states are constants of the driver: a difference of so much says nothing.
constexpr std::uint64_t slack = std::uint64_t{1} << 20U;
constexpr std::uint64_t mostFactor = 16;

constexpr std::string_view rule =
    "include/uapi/linux/vfio.h VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): the "
    "driver's migration_get_data_size";

CheckOutcome noSuchFeature() {
    return checkSkipped("This kernel, or this driver, has no MIG_DATA_SIZE.");
}

CheckOutcome isNoErrno(CheckContext& c) {
    std::uint64_t bytes = 0;
    const int error = c.device().dataSize(bytes);
    if (error == ENOTTY)
        return noSuchFeature();
    if (error != 0)
        return expectAnswer(error, {0});
    if (bytes < leakedErrno)
        return checkPassed("The estimate is {bytes}.", {{"bytes", formatBytes(bytes)}});
    return checkFailed("stop_copy_length is {number}, which is {signed} ({errno}) as a signed number.",
                       {{"number", std::to_string(bytes)},
                        {"signed", std::to_string(static_cast<std::int64_t>(bytes))},
                        {"errno", errnoName(static_cast<int>(-static_cast<std::int64_t>(bytes)))}});
}

CheckOutcome inEveryState(CheckContext& c) {
    std::uint64_t bytes = 0;
    const int before = c.device().dataSize(bytes);
    if (before != 0)
        return before == ENOTTY ? noSuchFeature()
                                : checkSkipped("Not asked: MIG_DATA_SIZE answered {answer} in RUNNING.",
                                               {{"answer", answerText(before)}});
    for (const MigState state : c.states()) {
        if (!c.walk(MigState::Running) || !c.walk(state))
            return c.blocked();
        if (const int error = c.device().dataSize(bytes); error != 0)
            return checkFailed("In {state} it answered {answer}.",
                               {{"state", stateName(state)}, {"answer", answerText(error)}});
    }
    return checkPassed("It answered in every state.");
}

CheckOutcome shortArgsz(CheckContext& c) {
    RawFeature probe(uapi::featureProbe | uapi::featureGet | uapi::featureMigDataSize);
    if (c.device().feature("PROBE MIG_DATA_SIZE", probe.bytes()) != 0)
        return noSuchFeature();
    RawFeature call(uapi::featureGet | uapi::featureMigDataSize, {0}, 12);
    return expectAnswer(c.device().feature("GET MIG_DATA_SIZE", call.bytes()), {EINVAL});
}

CheckOutcome leavesTheStream(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    std::uint64_t bytes = 0;
    if (const int error = c.device().dataSize(bytes); error != 0)
        return error == ENOTTY ? noSuchFeature()
                               : checkSkipped("Not asked: MIG_DATA_SIZE answered {answer}.",
                                              {{"answer", answerText(error)}});
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {0});
}

/// The estimate before a save, and what the save moved. Absent: `why` tells.
struct Compared {
    std::uint64_t estimate = 0;
    std::uint64_t moved = 0;
};
std::optional<Compared> compare(CheckContext& c, CheckOutcome& why) {
    Compared compared;
    const int error = c.device().dataSize(compared.estimate);
    if (error != 0 || compared.estimate >= leakedErrno) {
        why = error == ENOTTY ? noSuchFeature()
                              : checkSkipped("Not asked: MIG_DATA_SIZE gave no size to compare with.");
        return std::nullopt;
    }
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    const auto moved = stream != nullptr ? c.readToEnd(*stream) : std::nullopt;
    if (!moved) {
        why = c.blocked();
        return std::nullopt;
    }
    c.noteSave(*moved);
    compared.moved = *moved;
    return compared;
}

SightValues valuesOf(const Compared& compared) {
    return {{"estimate", formatBytes(compared.estimate)}, {"moved", formatBytes(compared.moved)}};
}

CheckOutcome notTooSmall(CheckContext& c) {
    CheckOutcome why;
    const auto compared = compare(c, why);
    if (!compared)
        return why;
    if (compared->moved / 2 > compared->estimate)
        return checkFailed("The estimate was {estimate}, and a save moved {moved}.", valuesOf(*compared));
    return checkPassed("The estimate was {estimate}, and a save moved {moved}.", valuesOf(*compared));
}

CheckOutcome notTooLarge(CheckContext& c) {
    CheckOutcome why;
    const auto compared = compare(c, why);
    if (!compared)
        return why;
    if (compared->moved == 0)
        return checkSkipped("Not asked: a save moved nothing, so there is nothing to compare with.");
    if (compared->estimate / mostFactor > compared->moved && compared->estimate - compared->moved > slack)
        return checkFailed("The estimate was {estimate}, and a save moved {moved}.", valuesOf(*compared));
    return checkPassed("The estimate was {estimate}, and a save moved {moved}.", valuesOf(*compared));
}

CheckOutcome movesSomething(CheckContext& c) {
    CheckOutcome why;
    const auto compared = compare(c, why);
    if (!compared)
        return why;
    if (compared->estimate > 0 && compared->moved == 0)
        return checkFailed("The estimate was {estimate}, and a save moved nothing.", valuesOf(*compared));
    return checkPassed("The estimate was {estimate}, and a save moved {moved}.", valuesOf(*compared));
}

constexpr std::array table{
    Check{.id = "MIG-SIZE-001",
          .asks = "MIG_DATA_SIZE is a size and not a negative error number.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size returns its errors and does not store them",
          .kind = CheckClass::Passive,
          .provedBy = "size-leaks-errno",
          .run = isNoErrno},
    Check{.id = "MIG-SIZE-002",
          .asks = "MIG_DATA_SIZE with an argsz that is too small is refused with EINVAL.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): argsz must hold the data of the feature, else "
                  "EINVAL; the VFIO core answers, not the driver",
          .kind = CheckClass::Passive,
          .provedBy = "size-short-argsz-accepted",
          .run = shortArgsz},
    Check{.id = "MIG-SIZE-003",
          .asks = "MIG_DATA_SIZE answers in every state.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size is asked in any state",
          .provedBy = "size-refused-in-stop",
          .run = inEveryState},
    Check{.id = "MIG-SIZE-004",
          .asks = "MIG_DATA_SIZE in STOP_COPY leaves the stream readable.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size only looks",
          .provedBy = "size-ends-session",
          .run = leavesTheStream},
    Check{.id = "MIG-SIZE-005",
          .asks = "MIG_DATA_SIZE is not below half of what a save moves.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size. Programs choose by it when to stop the machine",
          .severity = CheckSeverity::Should,
          .provedBy = "size-too-small",
          .run = notTooSmall},
    Check{.id = "MIG-SIZE-006",
          .asks = "MIG_DATA_SIZE is at most sixteen times what a save moves, or at most 1 MiB above it.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size. Programs choose by it when to stop the machine",
          .severity = CheckSeverity::Note,
          .provedBy = "size-too-large",
          .run = notTooLarge},
    Check{.id = "MIG-SIZE-007",
          .asks = "A save moves something where MIG_DATA_SIZE says that there is something.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DATA_SIZE (Linux 6.2): "
                  "stop_copy_length is the estimated length in bytes of what STOP_COPY gives; the driver's "
                  "migration_get_data_size. What it announces, a save gives",
          .severity = CheckSeverity::Should,
          .provedBy = "saves-nothing",
          .run = movesSomething},
};

} // namespace

std::span<const Check> sizeChecks() {
    return table;
}

} // namespace migscope
