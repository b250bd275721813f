// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of repetition: the second and the tenth save, and a state that makes a round trip.
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/byte_size.h"
#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view rule =
    "include/uapi/linux/vfio.h VFIO_DEVICE_STATE_STOP_COPY: each entry saves the whole "
    "state; the driver's save";

/// The bytes that one save moved. Absent: blocked.
std::optional<std::uint64_t> saved(CheckContext& c) {
    c.device().closeStreams();
    if (!c.walk(MigState::Running))
        return std::nullopt;
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    const auto bytes = stream != nullptr ? c.readToEnd(*stream) : std::nullopt;
    c.noteSave(bytes.value_or(0));
    return bytes;
}

/// From the beginning of an opening. Absent: it is open again and RUNNING.
std::optional<CheckOutcome> openedAgain(CheckContext& c) {
    c.device().close();
    if (!c.device().open())
        return checkSkipped("Not asked: the device could not be opened again.");
    if (c.device().onlyResetIsSafe() && c.device().reset() != 0)
        return checkSkipped("Not asked: RESET did not work.");
    return std::nullopt;
}

/// Opens the device again, saves `times` times and holds the last save against the first.
CheckOutcome repeated(CheckContext& c, int times) {
    const bool before = c.firstSaved() > 0;
    // A driver may count from the opening on.
    if (auto why = openedAgain(c))
        return std::move(*why);
    const auto first = saved(c);
    if (!first)
        return c.blocked();
    // A driver may count over openings: then this save is not its first.
    if (*first == 0)
        return checkSkipped(
            before ? "Not asked: the first save of this opening moved nothing, though one before "
                     "it did: that is MIG-REPEAT-003."
                   : "Not asked: the first save moved nothing: nothing to compare with.");
    std::optional<std::uint64_t> last;
    for (int n = 2; n <= times; ++n) {
        last = saved(c);
        if (!last)
            return c.blocked();
    }
    const SightValues values{{"number", std::to_string(times)},
                             {"first", std::to_string(*first)},
                             {"last", std::to_string(last.value_or(0))}};
    if (!last || *last < *first / 2)
        return checkFailed("Save 1 of the opening moved {first} bytes, save {number} moved {last}.", values);
    return checkPassed("Save 1 of the opening moved {first} bytes, save {number} moved {last}.", values);
}

CheckOutcome laterOpening(CheckContext& c) {
    if (c.firstSaved() == 0 && !saved(c))
        return c.blocked();
    if (c.firstSaved() == 0)
        return checkSkipped("Not asked: no save so far moved anything: nothing to compare with.");
    if (auto why = openedAgain(c))
        return std::move(*why);
    const auto later = saved(c);
    if (!later)
        return c.blocked();
    const SightValues values{{"first", std::to_string(c.firstSaved())}, {"later", std::to_string(*later)}};
    if (*later < c.firstSaved() / 2)
        return checkFailed(
            "The first save of all moved {first} bytes, the one after another opening {later}.", values);
    return checkPassed("The first save of all moved {first} bytes, the one after another opening {later}.",
                       values);
}

CheckOutcome second(CheckContext& c) {
    constexpr int times = 2;
    return repeated(c, times);
}
CheckOutcome tenth(CheckContext& c) {
    constexpr int times = 10;
    return repeated(c, times);
}

CheckOutcome roundTrip(CheckContext& c) {
    if (auto why = c.loadOwn())
        return std::move(*why);
    const auto* image = c.image();
    // Straight on from STOP: the device did not run with it.
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    std::vector<std::byte> again;
    if (stream == nullptr || !c.readToEnd(*stream, &again))
        return c.blocked();
    if (again.empty())
        return checkSkipped("Not asked: the save after the load moved nothing.");
    if (again.size() != image->size())
        return checkFailed(
            "{first} bytes were loaded, and {then} come out.",
            {{"first", std::to_string(image->size())}, {"then", std::to_string(again.size())}});
    const auto differs = std::ranges::mismatch(*image, again);
    if (differs.in1 != image->end())
        return checkFailed("What comes out differs from byte {offset} on.",
                           {{"offset", std::to_string(differs.in1 - image->begin())}});
    return checkPassed("{bytes} bytes came out as they went in.", {{"bytes", std::to_string(again.size())}});
}

constexpr std::array table{
    Check{.id = "MIG-REPEAT-001",
          .asks = "The second save of an opening moves as much as the first.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: each entry saves the whole state; "
                  "the driver's migration_set_state and read",
          .kind = CheckClass::Resets,
          .provedBy = "second-save-empty",
          .dependents = "MIG-REPEAT-002 MIG-SIZE-007",
          .run = second},
    Check{.id = "MIG-REPEAT-002",
          .asks = "The tenth save of an opening moves as much as the first.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: each entry saves the whole state; "
                  "the driver's migration_set_state and read",
          .kind = CheckClass::Resets,
          .provedBy = "tenth-save-empty",
          .run = tenth},
    Check{.id = "MIG-REPEAT-003",
          .asks = "A save of a later opening moves as much as the first of all.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: each entry saves the whole state, "
                  "in this opening of the device or another; the driver's migration_set_state and read",
          .kind = CheckClass::Resets,
          .provedBy = "only-first-session-saves",
          .dependents = "MIG-SIZE-007",
          .run = laterOpening},
    Check{.id = "MIG-ROUND-001",
          .asks = "A state that was loaded and did not run comes out as it went in.",
          .rule = "no rule: a driver may save the same state in other bytes (include/uapi/linux/vfio.h calls "
                  "the data opaque)",
          .severity = CheckSeverity::Note,
          .provedBy = "state-changes-on-the-way",
          .run = roundTrip},
};

} // namespace

std::span<const Check> repeatChecks() {
    return table;
}

} // namespace migscope
