// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of device DMA logging: which ranges START takes, and what REPORT does to the bitmap.
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <limits>
#include <utility>

#include <unistd.h>

#include "core/check/context.h"

namespace migscope {
namespace {

using Ranges = std::vector<uapi::VfioDeviceFeatureDmaLoggingRange>;

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t base = std::uint64_t{1} << 32U;
constexpr std::uint64_t length = std::uint64_t{1} << 20U;

std::uint64_t addressOf(const void* memory) {
    return reinterpret_cast<std::uintptr_t>(memory);
}

/// START over these ranges; `chosen` is the page that the device took.
int start(CheckContext& c, const Ranges& ranges, std::uint64_t* chosen = nullptr) {
    RawFeature call(uapi::featureSet | uapi::featureDmaLoggingStart,
                    {page, ranges.size(), ranges.empty() ? 0 : addressOf(ranges.data())});
    constexpr std::size_t kept = 4; // as evidence
    std::vector<DmaRange> named;
    for (std::size_t n = 0; n < std::min(ranges.size(), kept); ++n)
        named.push_back({ranges[n].iova, ranges[n].length});
    const int error = c.device().feature("SET DMA_LOGGING_START", call.bytes(), std::move(named));
    if (chosen != nullptr)
        *chosen = call.word(0);
    return error;
}

int stop(CheckContext& c) {
    RawFeature call(uapi::featureSet | uapi::featureDmaLoggingStop);
    return c.device().feature("SET DMA_LOGGING_STOP", call.bytes());
}

int report(CheckContext& c, std::vector<std::uint64_t>& bitmap, std::uint64_t pageBytes = page) {
    RawFeature call(uapi::featureGet | uapi::featureDmaLoggingReport,
                    {base, length, pageBytes, addressOf(bitmap.data())});
    return c.device().feature("GET DMA_LOGGING_REPORT", call.bytes());
}

std::vector<std::uint64_t> bitmapOf(std::uint64_t fill = 0) {
    return std::vector<std::uint64_t>(static_cast<std::size_t>(length / page / 64), fill);
}

const Ranges& whole() {
    static const Ranges ranges{{base, length}};
    return ranges;
}

CheckOutcome begun(CheckContext& c) {
    const int error = start(c, whole());
    return error == 0 ? checkPassed({})
                      : checkSkipped("Not asked: START answered {answer}.", {{"answer", answerText(error)}});
}

CheckOutcome notHere(int error) {
    if (error == EOPNOTSUPP)
        return checkSkipped(
            "REPORT answered EOPNOTSUPP, as a kernel without CONFIG_IOMMUFD_DRIVER does, where the "
            "bitmap's code is: run it on a kernel that has it.");
    return checkSkipped("Not asked: REPORT answered {answer}.", {{"answer", answerText(error)}});
}

CheckOutcome startAndStop(CheckContext& c) {
    if (const int error = start(c, whole()); error != 0)
        return checkFailed("START of an aligned range of 1 MiB answered {answer}.",
                           {{"answer", answerText(error)}});
    return expectAnswer(stop(c), {0});
}

CheckOutcome startWith(CheckContext& c, const Ranges& ranges, int due) {
    return expectAnswer(start(c, ranges), {due});
}

CheckOutcome noRanges(CheckContext& c) {
    return startWith(c, {}, EINVAL);
}
CheckOutcome unaligned(CheckContext& c) {
    return startWith(c, {{base + 1, length}}, EINVAL);
}
CheckOutcome unalignedLength(CheckContext& c) {
    return startWith(c, {{base, length + 1}}, EINVAL);
}
CheckOutcome overlap(CheckContext& c) {
    return startWith(c, {{base, length}, {base + length / 2, length}}, EINVAL);
}
CheckOutcome wraps(CheckContext& c) {
    return startWith(c, {{std::numeric_limits<std::uint64_t>::max() - page + 1, 2 * page}}, EOVERFLOW);
}

CheckOutcome tooMany(CheckContext& c) {
    // As many structs as fit into a page of the host, and one more.
    const auto most = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / sizeof(Ranges::value_type);
    Ranges ranges;
    for (std::uint64_t n = 0; n <= most; ++n)
        ranges.push_back({base + n * 2 * page, page});
    return startWith(c, ranges, E2BIG);
}

CheckOutcome secondStart(CheckContext& c) {
    if (CheckOutcome first = begun(c); first.verdict != CheckVerdict::Pass)
        return first;
    return expectRefusal(start(c, whole()));
}

CheckOutcome chosenPage(CheckContext& c) {
    std::uint64_t chosen = 0;
    if (const int error = start(c, whole(), &chosen); error != 0)
        return checkSkipped("Not asked: START answered {answer}.", {{"answer", answerText(error)}});
    const SightValues values{{"page", std::to_string(chosen)}};
    return std::has_single_bit(chosen)
               ? checkPassed("It took a page of {page} bytes.", values)
               : checkFailed("It took a page of {page} bytes, no power of two.", values);
}

CheckOutcome reportWhileOff(CheckContext& c) {
    auto bitmap = bitmapOf();
    const int error = report(c, bitmap);
    // Then the core refuses it before any driver is asked.
    return error == EOPNOTSUPP ? notHere(error) : expectRefusal(error);
}

CheckOutcome reportPages(CheckContext& c) {
    if (CheckOutcome first = begun(c); first.verdict != CheckVerdict::Pass)
        return first;
    auto bitmap = bitmapOf();
    if (const int error = report(c, bitmap); error != 0)
        return notHere(error);
    for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{2048}, std::uint64_t{12288}}) {
        if (const int error = report(c, bitmap, bytes); error != EINVAL)
            return checkFailed("A page of {page} bytes answered {answer}; EINVAL is due.",
                               {{"page", std::to_string(bytes)}, {"answer", answerText(error)}});
    }
    return checkPassed("0, 2048 and 12288 answered EINVAL.");
}

CheckOutcome onlySetsBits(CheckContext& c) {
    if (CheckOutcome first = begun(c); first.verdict != CheckVerdict::Pass)
        return first;
    auto bitmap = bitmapOf(std::numeric_limits<std::uint64_t>::max());
    if (const int error = report(c, bitmap); error != 0)
        return notHere(error);
    for (const std::uint64_t word : bitmap) {
        if (word != std::numeric_limits<std::uint64_t>::max())
            return checkFailed("A bit that was set before was cleared.");
    }
    return checkPassed("Every bit that was set before stayed.");
}

CheckOutcome whileStopped(CheckContext& c) {
    if (CheckOutcome first = begun(c); first.verdict != CheckVerdict::Pass)
        return first;
    auto bitmap = bitmapOf();
    if (const int error = report(c, bitmap); error != 0)
        return notHere(error);
    if (!c.walk(MigState::StopCopy))
        return c.blocked();
    return expectAnswer(report(c, bitmap), {0});
}

constexpr CheckNeeds logs{.dmaLogging = true};

constexpr std::array table{
    Check{.id = "MIG-DMA-001",
          .asks = "START over an aligned range succeeds, and so does STOP.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_DMA_LOGGING_START: a range of whole pages "
                  "is logged until STOP; the driver's log_start and log_stop",
          .needs = logs,
          .provedBy = "dma-start-fails",
          .run = startAndStop},
    Check{.id = "MIG-DMA-002",
          .asks = "START with num_ranges 0 is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): num_ranges 0 is "
                  "EINVAL; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-no-range-accepted",
          .run = noRanges},
    Check{.id = "MIG-DMA-003",
          .asks = "START over a range whose begin is not aligned to the page is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): iova must be a "
                  "multiple of page_size, else EINVAL; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-unaligned-accepted",
          .run = unaligned},
    Check{.id = "MIG-DMA-004",
          .asks = "START over a range whose length is not aligned to the page is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): length must be a "
                  "multiple of page_size, else EINVAL; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-odd-length-accepted",
          .run = unalignedLength},
    Check{.id = "MIG-DMA-005",
          .asks = "START over ranges that overlap is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): ranges must not "
                  "overlap, else EINVAL; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-overlap-accepted",
          .run = overlap},
    Check{.id = "MIG-DMA-006",
          .asks = "START over a range beyond 2^64 is refused with EOVERFLOW.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): iova + length beyond "
                  "2^64 is EOVERFLOW; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-wrap-accepted",
          .run = wraps},
    Check{.id = "MIG-DMA-007",
          .asks = "START over more ranges than fit into a page of the host is refused with E2BIG.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_start(): the ranges must fit "
                  "into a page of the host, else E2BIG; vfio.h lets a program try more. The VFIO core "
                  "answers, not the driver",
          .severity = CheckSeverity::Note,
          .needs = logs,
          .provedBy = "dma-too-many-accepted",
          .run = tooMany},
    Check{.id = "MIG-DMA-008",
          .asks = "A second START without a STOP between is refused.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_DMA_LOGGING_START: no other START is "
                  "allowed until STOP (mlx5 and pds answer EINVAL); the driver's log_start",
          .needs = logs,
          .provedBy = "dma-second-start-accepted",
          .run = secondStart},
    Check{.id = "MIG-DMA-009",
          .asks = "The page_size that START gives back is a power of two.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_dma_logging_control: page_size "
                  "comes back as the device took it, a power of two; the driver's log_start",
          .needs = logs,
          .provedBy = "dma-odd-page",
          .run = chosenPage},
    Check{.id = "MIG-DMA-010",
          .asks = "REPORT without a START is refused.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT: it is of the log that "
                  "START began; the driver's log_read_and_clear",
          .needs = logs,
          .provedBy = "dma-report-while-off",
          .run = reportWhileOff},
    Check{.id = "MIG-DMA-011",
          .asks = "REPORT with a page below 4096 or no power of two is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_ioctl_device_feature_logging_report(): page_size must be a "
                  "power of two of at least 4096, else EINVAL; the VFIO core answers, not the driver",
          .needs = logs,
          .provedBy = "dma-report-any-page",
          .run = reportPages},
    Check{.id = "MIG-DMA-012",
          .asks = "REPORT only sets bits: what stood in the bitmap stays.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_dma_logging_report: bits are set in "
                  "the bitmap and never cleared; drivers/iommu/iommufd/iova_bitmap.c does it",
          .needs = logs,
          .provedBy = "dma-report-clears-bits",
          .run = onlySetsBits},
    Check{.id = "MIG-DMA-013",
          .asks = "REPORT succeeds in STOP_COPY as in RUNNING.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT: DMA logging does not "
                  "depend on the migration state; the driver's log_read_and_clear",
          .needs = logs,
          .provedBy = "dma-report-fails-when-stopped",
          .run = whileStopped},
};

} // namespace

std::span<const Check> dmaLogChecks() {
    return table;
}

} // namespace migscope
