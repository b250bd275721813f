// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of VFIO_DEVICE_FEATURE: how its header is decoded, what is offered, and what the flags say.
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

using uapi::featureGet;
using uapi::featureProbe;
using uapi::featureSet;

int ask(CheckContext& c, const char* op, RawFeature call) {
    return c.device().feature(op, call.bytes());
}

CheckOutcome stopCopyFlag(CheckContext& c) {
    RawFeature call(featureGet | uapi::featureMigration, {0});
    if (const int error = c.device().feature("GET MIGRATION", call.bytes()); error != 0)
        return expectAnswer(error, {0});
    const MigFlags flags(call.word(0));
    if (flags.stopCopy())
        return checkPassed("Its flags: {flags}.", {{"flags", flags.text()}});
    return checkFailed("Its flags ({flags}) lack stop-copy.", {{"flags", flags.text()}});
}

CheckOutcome knownFlags(CheckContext& c) {
    const MigFlags flags = c.device().flags();
    if (flags.unknownBits() == 0)
        return checkPassed("Its flags: {flags}.", {{"flags", flags.text()}});
    return checkFailed("Its flags ({flags}) have bits that no header names: a newer protocol, or an error.",
                       {{"flags", flags.text()}});
}

CheckOutcome constantFlags(CheckContext& c) {
    constexpr int times = 4;
    std::optional<std::uint64_t> first;
    for (int n = 0; n < times; ++n) {
        RawFeature call(featureGet | uapi::featureMigration, {0});
        if (const int error = c.device().feature("GET MIGRATION", call.bytes()); error != 0)
            return expectAnswer(error, {0});
        if (first && *first != call.word(0))
            return checkFailed("The flags were {first} and then {then}.",
                               {{"first", MigFlags(*first).text()}, {"then", MigFlags(call.word(0)).text()}});
        first = call.word(0);
    }
    return checkPassed("The flags stayed.");
}

CheckOutcome shortHeader(CheckContext& c) {
    return expectAnswer(ask(c, "GET MIGRATION", RawFeature(featureGet | uapi::featureMigration, {0}, 4)),
                        {EINVAL});
}
CheckOutcome shortData(CheckContext& c) {
    return expectAnswer(ask(c, "GET MIGRATION", RawFeature(featureGet | uapi::featureMigration, {0}, 8)),
                        {EINVAL});
}
CheckOutcome longData(CheckContext& c) {
    return expectAnswer(ask(c, "GET MIGRATION", RawFeature(featureGet | uapi::featureMigration, {0, 0, 0})),
                        {0});
}
CheckOutcome unknownOperation(CheckContext& c) {
    constexpr std::uint32_t noSuchOperation = 1U << 19U;
    return expectAnswer(
        ask(c, "GET MIGRATION", RawFeature(featureGet | noSuchOperation | uapi::featureMigration, {0})),
        {EINVAL});
}
CheckOutcome getAndSet(CheckContext& c) {
    return expectAnswer(
        ask(c, "GET | SET MIGRATION", RawFeature(featureGet | featureSet | uapi::featureMigration, {0})),
        {EINVAL});
}
CheckOutcome noOperation(CheckContext& c) {
    return expectAnswer(ask(c, "MIGRATION", RawFeature(uapi::featureMigration, {0})), {EINVAL});
}
CheckOutcome probeOfFlags(CheckContext& c) {
    return expectAnswer(
        ask(c, "PROBE MIGRATION", RawFeature(featureProbe | featureGet | uapi::featureMigration)), {0});
}
CheckOutcome probeOfState(CheckContext& c) {
    return expectAnswer(
        ask(c, "PROBE MIG_DEVICE_STATE", RawFeature(featureProbe | featureGet | uapi::featureMigDeviceState)),
        {0});
}
CheckOutcome probeOfWrongOperation(CheckContext& c) {
    return expectAnswer(
        ask(c, "PROBE MIGRATION", RawFeature(featureProbe | featureSet | uapi::featureMigration)), {EINVAL});
}
CheckOutcome unknownFeature(CheckContext& c) {
    constexpr std::uint32_t noSuchFeature = 0x7fff;
    // Kernels before 6.18 let drivers without features of their own answer EINVAL.
    return expectAnswer(ask(c, "PROBE 0x7fff", RawFeature(featureProbe | featureGet | noSuchFeature)),
                        {ENOTTY, EINVAL});
}

CheckOutcome probeDoesNothing(CheckContext& c) {
    RawFeature call(featureProbe | featureSet | uapi::featureMigDeviceState,
                    {static_cast<std::uint64_t>(MigState::Stop)});
    if (const int error = c.device().feature("PROBE MIG_DEVICE_STATE", call.bytes()); error == notTried)
        return expectAnswer(error, {0});
    const auto now = c.device().get();
    if (now == MigState::Running)
        return checkPassed("The device stayed in RUNNING.");
    return checkFailed("The probe moved the device to {state}.",
                       {{"state", now ? stateName(*now) : "an unknown state"}});
}

CheckOutcome getHasNoFd(CheckContext& c) {
    // A number that no driver would put there by chance: it must be overwritten.
    constexpr std::uint64_t stale = std::uint64_t{7777} << 32U;
    RawFeature call(featureGet | uapi::featureMigDeviceState, {stale});
    if (const int error = c.device().feature("GET MIG_DEVICE_STATE", call.bytes()); error != 0)
        return expectAnswer(error, {0});
    const auto fd = static_cast<std::int32_t>(call.word(0) >> 32U);
    if (fd == uapi::noDataFd)
        return checkPassed("data_fd was -1.");
    return checkFailed("data_fd was {fd}; -1 is due.", {{"fd", std::to_string(fd)}});
}

CheckOutcome probeOfPrecopyInfo(CheckContext& c) {
    const int answer = ask(c, "PROBE MIG_PRECOPY_INFOv2",
                           RawFeature(featureProbe | featureSet | uapi::featureMigPrecopyInfoV2));
    return c.device().flags().preCopy() ? expectAnswer(answer, {0, ENOTTY})
                                        : expectAnswer(answer, {EINVAL, ENOTTY});
}

CheckOutcome dmaFeaturesAgree(CheckContext& c) {
    const int start = ask(c, "PROBE DMA_LOGGING_START",
                          RawFeature(featureProbe | featureSet | uapi::featureDmaLoggingStart));
    const int stop =
        ask(c, "PROBE DMA_LOGGING_STOP", RawFeature(featureProbe | featureSet | uapi::featureDmaLoggingStop));
    const int report = ask(c, "PROBE DMA_LOGGING_REPORT",
                           RawFeature(featureProbe | featureGet | uapi::featureDmaLoggingReport));
    const SightValues values{
        {"start", answerText(start)}, {"stop", answerText(stop)}, {"report", answerText(report)}};
    if ((start == 0) == (stop == 0) && (start == 0) == (report == 0))
        return checkPassed("START, STOP and REPORT agree: {start}.", values);
    return checkFailed("START is {start}, STOP {stop}, REPORT {report}.", values);
}

constexpr auto passive = CheckClass::Passive;

constexpr std::array table{
    Check{.id = "MIG-FEAT-001",
          .asks = "GET of MIGRATION answers flags with STOP_COPY set.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIGRATION: STOP_COPY is set wherever the "
                  "protocol is offered; the driver's migration_flags",
          .kind = passive,
          .needs = {.flags = 0},
          .provedBy = "flags-without-stop-copy",
          .run = stopCopyFlag},
    Check{.id = "MIG-FEAT-002",
          .asks = "The migration flags have no bit that the uAPI does not name.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIGRATION_STOP_COPY, _P2P, _PRE_COPY: no other flag is "
                  "defined; the driver's migration_flags",
          .severity = CheckSeverity::Note,
          .kind = passive,
          .needs = {.flags = 0},
          .provedBy = "unknown-flag",
          .run = knownFlags},
    Check{.id = "MIG-FEAT-003",
          .asks = "The migration flags are the same at each GET.",
          .rule = "include/linux/vfio.h, struct vfio_device: migration_flags are set before the device is "
                  "registered, and stay",
          .kind = passive,
          .provedBy = "flags-change",
          .run = constantFlags},
    Check{.id = "MIG-FEAT-004",
          .asks = "An argsz below the header's size is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature(): argsz must hold struct "
                  "vfio_device_feature, else EINVAL; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "argsz-below-header-accepted",
          .run = shortHeader},
    Check{.id = "MIG-FEAT-005",
          .asks = "An argsz that leaves no room for the answer is refused with EINVAL.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): argsz must hold the data of the feature too, "
                  "else EINVAL; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "argsz-without-data-accepted",
          .run = shortData},
    Check{.id = "MIG-FEAT-006",
          .asks = "An argsz that is larger than needed is accepted.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): argsz has a least value and no largest one; "
                  "the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "large-argsz-refused",
          .run = longData},
    Check{.id = "MIG-FEAT-007",
          .asks = "An operation bit that nobody knows is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature(): flags hold an index, GET, SET and "
                  "PROBE, and any other bit is EINVAL; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "unknown-operation-accepted",
          .run = unknownOperation},
    Check{.id = "MIG-FEAT-008",
          .asks = "GET and SET together without PROBE are refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature(): GET and SET may stand together "
                  "only with PROBE, else EINVAL; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "get-and-set-accepted",
          .run = getAndSet},
    Check{.id = "MIG-FEAT-009",
          .asks = "Neither GET nor SET nor PROBE is refused with EINVAL.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): without GET, SET and PROBE there is nothing "
                  "to do: EINVAL; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "no-operation-accepted",
          .run = noOperation},
    Check{.id = "MIG-FEAT-010",
          .asks = "PROBE of GET MIGRATION succeeds with nothing but a header.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): PROBE is answered before any data is looked "
                  "at; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "probe-of-flags-refused",
          .run = probeOfFlags},
    Check{.id = "MIG-FEAT-011",
          .asks = "PROBE of GET MIG_DEVICE_STATE succeeds.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): PROBE is answered before any data is looked "
                  "at; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "probe-of-state-refused",
          .run = probeOfState},
    Check{.id = "MIG-FEAT-012",
          .asks = "PROBE of SET MIGRATION, which is read only, is refused with EINVAL.",
          .rule = "include/linux/vfio.h, vfio_check_feature(): an operation that the feature does not have "
                  "is EINVAL, with PROBE too; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "probe-of-wrong-operation-accepted",
          .run = probeOfWrongOperation},
    Check{.id = "MIG-FEAT-013",
          .asks = "A feature that nobody has is refused: ENOTTY, or EINVAL before Linux 6.18 and 6.12.58.",
          .rule =
              "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature(): what neither the core nor the driver's "
              "device_feature knows is ENOTTY; before Linux 6.18 EINVAL where a driver has no device_feature",
          .kind = passive,
          .provedBy = "unknown-feature-accepted",
          .run = unknownFeature},
    Check{.id = "MIG-FEAT-014",
          .asks = "PROBE of SET MIG_DEVICE_STATE does not move the device.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_PROBE: it asks and does nothing; the VFIO "
                  "core answers, not the driver",
          .kind = passive,
          .provedBy = "probe-acts",
          .dependents = "MIG-FSM-012",
          .run = probeDoesNothing},
    Check{.id = "MIG-FEAT-015",
          .asks = "GET of MIG_DEVICE_STATE answers data_fd -1.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: GET has no data_fd to "
                  "give, which is -1; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "get-has-fd",
          .run = getHasNoFd},
    Check{.id = "MIG-FEAT-016",
          .asks = "PROBE of MIG_PRECOPY_INFOv2 fits the flags: success or ENOTTY with PRE_COPY, else EINVAL "
                  "or ENOTTY.",
          .rule = "drivers/vfio/vfio_main.c: MIG_PRECOPY_INFOv2 (not in Linux 7.0, in 7.2) is for "
                  "migration_flags with PRE_COPY, else EINVAL; older kernels say ENOTTY",
          .kind = passive,
          .provedBy = "precopy-info-v2-denied",
          .run = probeOfPrecopyInfo},
    Check{.id = "MIG-FEAT-017",
          .asks = "START, STOP and REPORT of DMA logging are all offered, or none.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_*(): the three go by the "
                  "driver's log_ops, all or none; the VFIO core answers, not the driver",
          .kind = passive,
          .provedBy = "dma-stop-missing",
          .run = dmaFeaturesAgree},
};

} // namespace

std::span<const Check> featureChecks() {
    return table;
}

} // namespace migscope
