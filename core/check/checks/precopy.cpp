// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of pre-copy: its information, its reads, and the stream that goes on in STOP_COPY.
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::uint64_t pre = MigFlags::StopCopy | MigFlags::PreCopy;
constexpr std::uint64_t preP2p = pre | MigFlags::P2p;

SubjectStream* preCopy(CheckContext& c) {
    return c.openStream(MigState::PreCopy);
}

/// The pre-copy info that a check rests on did not come.
CheckOutcome notAsked(const InfoAnswer& answer) {
    return checkSkipped("Not asked: GET_PRECOPY_INFO answered {answer}.",
                        {{"answer", answerText(answer.error)}});
}

CheckOutcome shortArgsz(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->info(16).error, {EINVAL});
}

CheckOutcome largeArgsz(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->info(48).error, {0});
}

CheckOutcome beginsWithInitial(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr)
        return c.blocked();
    const InfoAnswer answer = stream->info();
    if (answer.error != 0)
        return notAsked(answer);
    const SightValues values{{"initial", std::to_string(answer.info.initialBytes)},
                             {"dirty", std::to_string(answer.info.dirtyBytes)}};
    if (answer.info.initialBytes == 0)
        return checkFailed("initial_bytes was 0 at the beginning (dirty_bytes {dirty}).", values);
    return checkPassed("initial_bytes was {initial}, dirty_bytes {dirty}.", values);
}

CheckOutcome initialFalls(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr)
        return c.blocked();
    std::array<std::byte, 16> some{};
    std::optional<std::uint64_t> last;
    for (int n = 0; n < 8; ++n) {
        const InfoAnswer answer = stream->info();
        if (answer.error != 0)
            return notAsked(answer);
        if (last && answer.info.initialBytes > *last)
            return checkFailed(
                "initial_bytes grew from {first} to {then} while it was read.",
                {{"first", std::to_string(*last)}, {"then", std::to_string(answer.info.initialBytes)}});
        last = answer.info.initialBytes;
        if (const MovedBytes got = stream->read(some); got.error != 0 || got.count == 0)
            break;
    }
    return checkPassed("initial_bytes only fell.");
}

CheckOutcome initialReachesZero(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.drain(*stream))
        return c.blocked();
    const InfoAnswer answer = stream->info();
    if (answer.error != 0)
        return notAsked(answer);
    if (answer.info.initialBytes != 0)
        return checkFailed("After all was read initial_bytes was {initial}.",
                           {{"initial", std::to_string(answer.info.initialBytes)}});
    return checkPassed("After all was read initial_bytes was 0.");
}

CheckOutcome infoInStopCopy(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.walk(MigState::StopCopy))
        return c.blocked();
    return expectAnswer(stream->info().error, {EINVAL});
}

CheckOutcome infoOfLoad(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::Resuming);
    return stream == nullptr ? c.blocked() : expectRefusal(stream->info().error);
}

CheckOutcome infoAfterSession(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.walk(MigState::Running))
        return c.blocked();
    return expectRefusal(stream->info().error);
}

CheckOutcome infoInP2p(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.walk(MigState::PreCopyP2p))
        return c.blocked();
    return expectAnswer(stream->info().error, {0});
}

CheckOutcome thereAndBack(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.walk(MigState::PreCopyP2p) || !c.walk(MigState::PreCopy))
        return c.blocked();
    std::array<std::byte, 8> some{};
    const MovedBytes got = stream->read(some);
    CheckOutcome outcome = expectAnswer(got.error, {0, ENOMSG});
    if (outcome.verdict == CheckVerdict::Pass && got.error == 0)
        return checkPassed("Back in PRE_COPY a read gave {bytes} bytes.",
                           {{"bytes", std::to_string(got.count)}});
    return outcome;
}

CheckOutcome drainedRead(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr)
        return c.blocked();
    if (const auto bytes = c.drain(*stream)) {
        const SightValues values{{"bytes", std::to_string(*bytes)}, {"answer", answerText(c.drainedBy())}};
        return c.drainedBy() == 0
                   ? checkPassed(
                         "After {bytes} bytes it answered 0; vfio.h asks for ENOMSG, and programs take "
                         "both.",
                         values)
                   : checkPassed("After {bytes} bytes it answered {answer}.", values);
    }
    std::array<std::byte, 8> some{};
    const MovedBytes again = stream->read(some);
    if (again.error <= 0 || again.error == ENOMSG)
        return c.blocked();
    return checkFailed("With nothing more to read for now a read answered {answer}; 0 or ENOMSG is due.",
                       {{"answer", answerText(again.error)}});
}

CheckOutcome drainedIsNoEnd(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.drain(*stream) || !c.walk(MigState::StopCopy))
        return c.blocked();
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {0});
}

CheckOutcome deadInRunning(CheckContext& c) {
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr || !c.walk(MigState::Running))
        return c.blocked();
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {ENODEV});
}

CheckOutcome infoFlags(CheckContext& c) {
    RawFeature optIn(uapi::featureSet | uapi::featureMigPrecopyInfoV2);
    if (const int error = c.device().feature("SET MIG_PRECOPY_INFOv2", optIn.bytes()); error != 0)
        return checkSkipped("Not asked: SET MIG_PRECOPY_INFOv2 answered {answer}.",
                            {{"answer", answerText(error)}});
    c.device().optedIn();
    SubjectStream* stream = preCopy(c);
    if (stream == nullptr)
        return c.blocked();
    const InfoAnswer answer = stream->info();
    if (answer.error != 0)
        return notAsked(answer);
    if ((answer.info.flags & ~uapi::precopyInfoReinit) != 0)
        return checkFailed("flags was {flags}, with bits that the uAPI does not name.",
                           {{"flags", fmt::format("{:#x}", answer.info.flags)}});
    return checkPassed("flags was {flags}.", {{"flags", fmt::format("{:#x}", answer.info.flags)}});
}

constexpr std::array table{
    Check{.id = "MIG-PRE-001",
          .asks = "GET_PRECOPY_INFO with an argsz that is too small is refused with EINVAL.",
          .rule = "include/linux/vfio.h, vfio_check_precopy_ioctl(): argsz must hold struct "
                  "vfio_precopy_info, else EINVAL; a driver calls it",
          .needs = {.flags = pre},
          .provedBy = "info-short-argsz-accepted",
          .run = shortArgsz},
    Check{.id = "MIG-PRE-002",
          .asks = "GET_PRECOPY_INFO with a larger argsz succeeds.",
          .rule = "include/linux/vfio.h, vfio_check_precopy_ioctl(): argsz has a least value and no largest "
                  "one; a driver calls it",
          .needs = {.flags = pre},
          .provedBy = "info-large-argsz-refused",
          .run = largeArgsz},
    Check{.id = "MIG-PRE-003",
          .asks = "initial_bytes is above 0 when pre-copy begins.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): initial_bytes is what "
                  "there is to read before leaving pre-copy makes sense; programs wait for it to fall to 0; "
                  "the ioctl of the driver's file",
          .severity = CheckSeverity::Should,
          .needs = {.flags = pre},
          .provedBy = "info-without-initial",
          .run = beginsWithInitial},
    Check{.id = "MIG-PRE-004",
          .asks = "initial_bytes does not grow while it is read.",
          .rule =
              "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): initial_bytes falls as data "
              "is read, and grows only with VFIO_PRECOPY_INFO_REINIT; the ioctl of the driver's file",
          .needs = {.flags = pre},
          .provedBy = "initial-grows",
          .run = initialFalls},
    Check{.id = "MIG-PRE-005",
          .asks = "initial_bytes is 0 once a read found nothing more.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): initial_bytes is 0 once "
                  "the initial data is read; the ioctl of the driver's file",
          .needs = {.flags = pre},
          .provedBy = "initial-never-zero",
          .run = initialReachesZero},
    Check{.id = "MIG-PRE-006",
          .asks = "GET_PRECOPY_INFO in STOP_COPY is refused with EINVAL.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): it is for the states of "
                  "pre-copy, else EINVAL; the ioctl of the driver's file",
          .needs = {.flags = pre},
          .provedBy = "info-in-stop-copy",
          .run = infoInStopCopy},
    Check{.id = "MIG-PRE-007",
          .asks = "GET_PRECOPY_INFO of a resuming data fd is refused.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): it is for the states of "
                  "pre-copy, so a resuming file refuses it; the ioctl of the driver's file",
          .needs = {.flags = pre},
          .provedBy = "info-of-load",
          .run = infoOfLoad},
    Check{.id = "MIG-PRE-008",
          .asks = "GET_PRECOPY_INFO is refused once pre-copy was left for RUNNING.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): it is for the states of "
                  "pre-copy, and of no use once they are left; the ioctl of the driver's file",
          .needs = {.flags = pre},
          .provedBy = "info-after-session",
          .run = infoAfterSession},
    Check{.id = "MIG-PRE-009",
          .asks = "GET_PRECOPY_INFO succeeds in PRE_COPY_P2P.",
          .rule = "include/uapi/linux/vfio.h, VFIO_MIG_GET_PRECOPY_INFO (Linux 6.2): it is for both states "
                  "of pre-copy; the ioctl of the driver's file",
          .needs = {.flags = preP2p},
          .provedBy = "info-refused-in-p2p",
          .run = infoInP2p},
    Check{.id = "MIG-PRE-010",
          .asks = "The stream goes on through PRE_COPY_P2P and back to PRE_COPY.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_PRE_COPY: PRE_COPY, PRE_COPY_P2P and "
                  "STOP_COPY are one saving session with one data fd; the driver's read",
          .needs = {.flags = preP2p},
          .provedBy = "p2p-ends-session",
          .run = thereAndBack},
    Check{.id = "MIG-PRE-011",
          .asks = "A read in PRE_COPY that finds nothing answers ENOMSG or 0.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_PRE_COPY: a read that finds nothing for now "
                  "answers ENOMSG (mlx5, virtio); hisi_acc, qat and mtty answer 0, which programs take for "
                  "the same",
          .needs = {.flags = pre},
          .provedBy = "drained-read-fails",
          .dependents = "MIG-STREAM-013",
          .run = drainedRead},
    Check{.id = "MIG-PRE-012",
          .asks = "The drained stream of PRE_COPY can be read on in STOP_COPY.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_PRE_COPY: PRE_COPY, PRE_COPY_P2P and "
                  "STOP_COPY are one saving session with one data fd; the driver's read",
          .needs = {.flags = pre},
          .provedBy = "precopy-fd-dead-in-stop-copy",
          .dependents = "MIG-STREAM-013",
          .run = drainedIsNoEnd},
    Check{.id = "MIG-PRE-013",
          .asks = "The stream of PRE_COPY answers ENODEV once the device is RUNNING again.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_PRE_COPY: PRE_COPY, PRE_COPY_P2P and "
                  "STOP_COPY are one saving session with one data fd; it is of no use once they are left: "
                  "the driver's read answers ENODEV",
          .needs = {.flags = pre},
          .provedBy = "precopy-fd-lives-on",
          .run = deadInRunning},
    Check{.id = "MIG-PRE-014",
          .asks = "After the opt-in the flags of GET_PRECOPY_INFO have no unknown bit.",
          .rule = "include/linux/vfio.h, vfio_check_precopy_ioctl(): after the opt-in flags are zeroed, and "
                  "the driver sets VFIO_PRECOPY_INFO_REINIT or nothing",
          .kind = CheckClass::Resets,
          .needs = {.flags = pre, .precopyInfoV2 = true},
          .provedBy = "info-flags-garbage",
          .run = infoFlags},
};

} // namespace

std::span<const Check> precopyChecks() {
    return table;
}

} // namespace migscope
