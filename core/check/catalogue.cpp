// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue put together from its topics, and the words of its values.
#include "core/check/check.h"

#include <algorithm>
#include <array>

#include "core/device/reasons.h"

namespace migscope {
namespace {

constexpr std::array notTriedActs{
    NotTried{
        "SET from STOP_COPY to PRE_COPY or PRE_COPY_P2P",
        "Linux 6.2 to 7.1, and 6.12 before 6.12.96, never return from it: vfio_mig_get_next_state() goes "
        "round in circles, and nothing kills the task. Later ones refuse it; xe-vfio-pci stops the "
        "function when a SET is refused, so the checks of refused SETs are left out there too"},
    NotTried{
        "SET in ERROR",
        "up to Linux 7.3 vfio_mig_get_next_state(), where a driver calls it, warns with a trace, which ends "
        "a host that has panic_on_warn"},
    NotTried{
        "SET in RESUMING without a data fd of this run, or after a write that failed",
        "up to Linux 7.3 mtty follows a NULL pointer in the first case and holds its lock for ever, and in "
        "the second takes what was written so far for a state. A device that is found in RESUMING "
        "comes of MIG-CLOSE-001"},
    NotTried{"a call on a data fd whose device was closed",
             "up to Linux 7.3 mtty uses memory that it has freed (VFIO_MIG_GET_PRECOPY_INFO), and other "
             "drivers look at the device in the same place"},
    NotTried{"RESET while another thread reads or sets",
             "up to Linux 7.3 xe-vfio-pci sleeps in read with the lock that RESET takes"},
};

} // namespace

std::string_view severityWord(CheckSeverity severity) {
    switch (severity) {
    case CheckSeverity::Must:
        return "must";
    case CheckSeverity::Should:
        return "should";
    case CheckSeverity::Note:
        break;
    }
    return "note";
}

std::string_view classWord(CheckClass kind) {
    switch (kind) {
    case CheckClass::Passive:
        return "passive";
    case CheckClass::Session:
        return "session";
    case CheckClass::Resets:
        return "resets";
    case CheckClass::Hostile:
        break;
    }
    return "hostile";
}

std::string_view verdictWord(CheckVerdict verdict) {
    switch (verdict) {
    case CheckVerdict::Pass:
        return "pass";
    case CheckVerdict::Fail:
        return "fail";
    case CheckVerdict::Skip:
        break;
    }
    return "skip";
}

std::optional<CheckClass> parseCheckClass(std::string_view word) {
    for (const CheckClass kind :
         {CheckClass::Passive, CheckClass::Session, CheckClass::Resets, CheckClass::Hostile}) {
        if (classWord(kind) == word)
            return kind;
    }
    return std::nullopt;
}

std::string CheckSight::filled() const {
    return fillTemplate(text, values);
}

const std::vector<Check>& checkCatalogue() {
    static const std::vector<Check> all = [] {
        std::vector<Check> list;
        // What asks only comes first, what feeds junk last but for those that look back at all.
        for (const auto& table : {featureChecks(), sizeChecks(), fsmChecks(), streamChecks(), sessionChecks(),
                                  precopyChecks(), resumingChecks(), dmaLogChecks(), resetChecks(),
                                  repeatChecks(), closeChecks(), hostileChecks(), lookBackChecks()})
            list.insert(list.end(), table.begin(), table.end());
        // A driver may do otherwise from its second session on: so the first thing that begins one reads a
        // whole save, and what it moved is known to all that follow.
        const auto begins = [](const Check& check) { return check.kind != CheckClass::Passive; };
        const auto first = std::ranges::find_if(list, begins);
        const auto whole = std::ranges::find(list, std::string_view("MIG-STREAM-012"), &Check::id);
        std::rotate(first, whole, whole + 1);
        return list;
    }();
    return all;
}

const Check* findCheck(std::string_view id) {
    const auto& all = checkCatalogue();
    const auto at = std::ranges::find(all, id, &Check::id);
    return at == all.end() ? nullptr : &*at;
}

std::span<const NotTried> actsNotTried() {
    return notTriedActs;
}

} // namespace migscope
