// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Records of /dev/kmsg: what they hold, whom they are about, and when they were logged.
#pragma once

#include "core/base/clock.h"
#include "core/vfio/kernel_log.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migscope {

/// One record, as Documentation/ABI/testing/dev-kmsg has it.
struct KmsgRecord {
    unsigned priority = 0; ///< facility * 8 + severity
    std::uint64_t sequence = 0;
    std::int64_t timestampUs = 0;                          ///< since boot, of printk's own clock
    std::string text;                                      ///< escapes resolved
    std::vector<std::pair<std::string, std::string>> keys; ///< "DEVICE" -> "+pci:0000:3b:00.2"
};

/// Absent: no record ("prio,seq,time,flags[,more];text", then " KEY=value" lines). *Reentrant.*
[[nodiscard]] std::optional<KmsgRecord> parseKmsg(std::string_view record);

/// Which records are about the given devices: those that name one (PCI address, without its domain when that
/// is 0, as DMAR faults have it; UUID; vfioN) or its driver, in their text or in DEVICE= and SUBSYSTEM=.
/// Whole words only; '-' and '_' are alike, and so are cases. *Reentrant.*
class KmsgFilter {
public:
    explicit KmsgFilter(const std::vector<LogSubject>& subjects);

    struct Match {
        std::optional<std::size_t> subject; ///< absent: only the driver is named
    };
    [[nodiscard]] std::optional<Match> match(const KmsgRecord& record) const;

private:
    struct Word {
        std::string text;
        std::optional<std::size_t> subject;
        std::string_view joins; ///< what, besides letters and digits, would make it part of a longer name
    };
    std::vector<Word> words_; ///< devices first
};

/// printk's stamps on the axis of a recording. They come from local_clock(), which begins near
/// CLOCK_MONOTONIC's zero but is never corrected by NTP: after weeks it is off by seconds. A line is read
/// after it was logged, so each one read bounds the difference of the clocks from above; the least bound is
/// taken. What comes out is exact to the delay of the reader's fastest wake-up (tens of µs), never in the
/// future and never before the watch began. *Thread-bound.*
class PrintkTime {
public:
    explicit PrintkTime(Ns begun) : begun_(begun) {}
    void learn(std::int64_t timestampUs, Ns readAt);
    [[nodiscard]] Ns at(std::int64_t timestampUs, Ns readAt) const;

private:
    Ns begun_;
    std::optional<Ns> offset_;
};

} // namespace migscope
