// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device that misbehaves: how it decodes VFIO_DEVICE_FEATURE, what it answers, and DMA logging.
#include <bit>
#include <vector>

#include "core/sim/sim_wrong_io.h"

namespace migscope::simwrong {

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

} // namespace migscope::simwrong
