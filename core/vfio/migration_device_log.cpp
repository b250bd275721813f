// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The typed client's DMA logging: START, REPORT, STOP.
#include <algorithm>
#include <bit>
#include <cerrno>

#include <fmt/format.h>

#include "core/uapi/vfio.h"
#include "core/vfio/device_feature.h"
#include "core/vfio/migration_device.h"

namespace migscope {
namespace {

/// So often a STOP that a signal interrupted is asked again: logging must not stay on.
constexpr int interruptedStops = 100;

std::uint64_t addressOf(const void* what) {
    return reinterpret_cast<std::uintptr_t>(what);
}

DmaLogCall refused(Errc code, const char* what, const std::string& where, std::string detail) {
    DmaLogCall call;
    call.error = Error{make_error_code(code), what, where, std::move(detail)};
    return call;
}

} // namespace

DmaLogCall MigrationDevice::startDmaLogging(std::span<const DmaRange> ranges, std::uint64_t pageBytes) {
    static constexpr const char* op = "SET DMA_LOGGING_START";
    if (!capabilities_.dmaLogging)
        return refused(Errc::Unsupported, op, name_, "the device has no DMA logging");
    if (log_ == LogState::On)
        return refused(Errc::Refused, op, name_, "it logs already");
    const auto sorted = checkDmaRanges(ranges, pageBytes);
    if (!sorted)
        return refused(Errc::InvalidArgument, op, name_, sorted.error().detail);
    // What a reset or an interrupted START left behind: a second START would be refused.
    if (log_ == LogState::Unsure)
        (void)stopDmaLogging();

    std::vector<uapi::VfioDeviceFeatureDmaLoggingRange> given;
    given.reserve(sorted->size());
    for (const DmaRange& range : *sorted)
        given.push_back({range.iova, range.length});
    FeatureCall<uapi::VfioDeviceFeatureDmaLoggingControl> call(
        uapi::featureSet | uapi::featureDmaLoggingStart,
        {pageBytes, static_cast<std::uint32_t>(given.size()), 0, addressOf(given.data())});
    auto answer = feature(op, call.bytes());
    DmaLogCall done{answer.called, answer.returned, std::move(answer.error), true, pageBytes};
    if (done.error) {
        log_ = done.error->isErrno(EINTR) ? LogState::Unsure : LogState::Off;
        return done;
    }
    log_ = LogState::On;
    logged_ = *sorted;
    const std::uint64_t chosen = call.payload().pageSize;
    if (!std::has_single_bit(chosen)) {
        (void)stopDmaLogging();
        done.error = Error{make_error_code(Errc::ProtocolViolation), op, name_,
                           fmt::format("it chose a page of {} bytes, which is no power of two", chosen)};
        return done;
    }
    done.pageBytes = chosen;
    return done;
}

DmaLogCall MigrationDevice::reportDmaLogging(DmaRange range, std::uint64_t pageBytes, DirtyBitmap& into) {
    static constexpr const char* op = "GET DMA_LOGGING_REPORT";
    into.clear(0);
    if (log_ != LogState::On)
        return refused(Errc::Refused, op, name_,
                       log_ == LogState::Unsure ? "a reset ended the logging: everything may be dirty"
                                                : "the device does not log");
    if (!std::has_single_bit(pageBytes) || pageBytes < smallestDmaPage)
        return refused(Errc::InvalidArgument, op, name_,
                       fmt::format("a page of {} bytes: a power of two from {} on is expected", pageBytes,
                                   smallestDmaPage));
    const bool within = std::ranges::any_of(logged_, [&](const DmaRange& logged) {
        return range.iova >= logged.iova && range.length <= logged.length &&
               range.iova - logged.iova <= logged.length - range.length;
    });
    if (range.length == 0 || !within)
        return refused(Errc::InvalidArgument, op, name_,
                       fmt::format("{} bytes at {} are not within a range that is logged", range.length,
                                   formatIova(range.iova)));
    const std::uint64_t pages = (range.length - 1) / pageBytes + 1;
    if (pages > mostReportPages)
        return refused(Errc::InvalidArgument, op, name_,
                       fmt::format("{} pages in one report, at most {}", pages, mostReportPages));
    // The kernel only sets bits.
    into.clear(pages);
    FeatureCall<uapi::VfioDeviceFeatureDmaLoggingReport> call(
        uapi::featureGet | uapi::featureDmaLoggingReport,
        {range.iova, range.length, pageBytes, addressOf(into.words().data())});
    auto answer = feature(op, call.bytes());
    if (answer.error) {
        into.clear(0); // an error means that everything may be dirty, not what stands in the bitmap
        // The core's own answer, before the driver is asked: probe and START tell nothing of it.
        if (answer.error->isErrno(EOPNOTSUPP))
            answer.error->detail = "this kernel's VFIO was built without a bitmap for dirty pages "
                                   "(IOMMUFD_DRIVER): no device can report here";
    } else {
        into.trim();
    }
    return {answer.called, answer.returned, std::move(answer.error), true, pageBytes};
}

DmaLogCall MigrationDevice::stopDmaLogging() {
    static constexpr const char* op = "SET DMA_LOGGING_STOP";
    if (log_ == LogState::Off)
        return refused(Errc::Refused, op, name_, "the device does not log");
    Stamped answer;
    for (int n = 0; n <= interruptedStops; ++n) {
        BareFeatureCall call(uapi::featureSet | uapi::featureDmaLoggingStop);
        const Ns first = answer.called;
        answer = feature(op, call.bytes());
        if (n > 0)
            answer.called = first;
        if (!answer.error || !answer.error->isErrno(EINTR))
            break;
    }
    if (!answer.error) {
        log_ = LogState::Off;
        logged_.clear();
    }
    return {answer.called, answer.returned, std::move(answer.error), true, 0};
}

} // namespace migscope
