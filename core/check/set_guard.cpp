// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rules of SETs, for checks.
#include "core/check/set_guard.h"

#include <array>

namespace migscope {
namespace {

constexpr std::uint32_t numbersInUse = 8; // enum vfio_device_mig_state

// vfio_mig_get_next_state() looks at the target before it looks at any table, on every kernel that has it,
// and without a warning (only an unsupported state to start from warns).
constexpr std::array outside{
    OutsideTable{"a number behind the last state", "refused as out of range before any arc is looked up",
                 [](MigFlags /*flags*/, std::uint32_t target) { return target >= numbersInUse; }},
    OutsideTable{"ERROR", "no arc leads there: refused by the table, from every state",
                 [](MigFlags /*flags*/, std::uint32_t target) {
                     return target == static_cast<std::uint32_t>(MigState::Error);
                 }},
    OutsideTable{"a state that the flags lack", "refused by its flags before any arc is looked up",
                 [](MigFlags flags, std::uint32_t target) {
                     return target < numbersInUse && !flags.has(static_cast<MigState>(target));
                 }},
};

} // namespace

std::span<const OutsideTable> allowedOutsideTable() {
    return outside;
}

bool stopsWhenSetRefused(std::string_view driver) {
    return driver == "xe-vfio-pci" || driver == "xe_vfio_pci";
}

std::optional<std::string_view> setForbidden(const SetStanding& standing, std::uint32_t target) {
    if (!standing.state)
        return "the device's state is unknown: only a reset is safe";
    if (*standing.state == MigState::Error)
        return "only a reset leaves ERROR";
    if (standing.resetOnly)
        return "only a reset is safe from here";
    if (!standing.flags.has(*standing.state))
        return "the device stands in a state that its flags do not have";
    const auto goal = static_cast<MigState>(target);
    if (target < numbersInUse && standing.flags.has(goal) && goal != MigState::Error) {
        if (route(standing.flags, *standing.state, goal))
            return std::nullopt;
        return "no way of the protocol leads there, and some kernels never return from the attempt";
    }
    if (standing.stopsWhenRefused)
        return "this driver stops the function when a SET is refused";
    for (const OutsideTable& entry : outside) {
        if (entry.matches(standing.flags, target))
            return std::nullopt;
    }
    return "not on the list of SETs that harm no kernel";
}

} // namespace migscope
