// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks that write junk: what is no state of this device must be refused, and do no harm.
#include <algorithm>
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

/// Passed when the junk was refused, by a write or by the SET that leaves RESUMING.
CheckOutcome mustRefuse(CheckContext& c, std::span<const std::byte> junk) {
    const LoadEnd end = c.load(c.device(), junk);
    if (end.where == LoadEnd::Where::Blocked)
        return c.blocked();
    if (end.where == LoadEnd::Where::Accepted)
        return checkFailed("The device took it and went to STOP.");
    const SightValues values{{"length", std::to_string(end.length)},
                             {"offset", std::to_string(end.offset)},
                             {"answer", answerText(end.error)}};
    return end.where == LoadEnd::Where::Write
               ? checkPassed(
                     "The write of {length} bytes at offset {offset} answered {answer}; the SET that leaves "
                     "RESUMING was then not made.",
                     values)
               : checkPassed("The SET that leaves RESUMING answered {answer}.", values);
}

/// Bytes that are no pattern of anything, the same each time.
std::vector<std::byte> garbage(std::size_t size) {
    std::vector<std::byte> bytes(size);
    std::uint32_t state = 0x9e3779b9U;
    for (std::byte& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::byte>(state >> 24U);
    }
    return bytes;
}

CheckOutcome recovers(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    // Only a device that takes a good state can show that it does not any more.
    if (const LoadEnd good = c.load(c.device(), *image); good.where != LoadEnd::Where::Accepted)
        return good.refused() ? checkSkipped("Not asked: the device refuses the state that it saved itself.")
                              : c.blocked();
    c.device().closeStreams();
    const LoadEnd junk = c.load(c.device(), garbage(std::min<std::size_t>(image->size(), 4096)));
    if (junk.where == LoadEnd::Where::Blocked)
        return c.blocked();
    if (junk.where == LoadEnd::Where::Accepted)
        return checkSkipped("Not asked: junk is not refused (MIG-JUNK-002).");
    if (const int error = c.device().reset(); error != 0 || c.device().believed() != MigState::Running)
        return checkFailed("RESET after it answered {answer}, and did not lead to RUNNING.",
                           {{"answer", answerText(error)}});
    c.device().closeStreams();
    const LoadEnd after = c.load(c.device(), *image);
    if (after.refused())
        return CheckContext::loadFailed(after);
    // That this worked before is why the junk came so far.
    return after.where == LoadEnd::Where::Accepted ? checkPassed("After a RESET it took a good state again.")
                                                   : checkFailed("After a RESET no load could be begun.");
}

CheckOutcome junk(CheckContext& c) {
    const auto* image = c.image();
    return image == nullptr ? c.blocked()
                            : mustRefuse(c, garbage(std::min<std::size_t>(image->size(), 4096)));
}

CheckOutcome cut(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    // A part of a whole word, so that no end can be mistaken for one.
    return mustRefuse(c, std::span(*image).first(image->size() - image->size() / 4));
}

CheckOutcome foreign(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    std::vector<std::byte> other = *image;
    for (std::size_t at = 0; at < std::min<std::size_t>(other.size(), 8); ++at)
        other[at] ^= std::byte{0x5a};
    return mustRefuse(c, other);
}

CheckOutcome tooMuch(CheckContext& c) {
    const auto* image = c.image();
    if (image == nullptr)
        return c.blocked();
    std::vector<std::byte> more = *image;
    more.resize(more.size() + 64, std::byte{0xa5});
    return mustRefuse(c, more);
}

constexpr auto hostile = CheckClass::Hostile;

constexpr std::array table{
    Check{.id = "MIG-JUNK-001",
          .asks = "After junk was refused and a RESET, the device loads a good state.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: a reset ends it and what was "
                  "written so far; the driver's reset",
          .kind = hostile,
          .provedBy = "junk-breaks-the-device",
          .dependents = "MIG-FSM-011",
          .run = recovers},
    Check{.id = "MIG-JUNK-002",
          .asks = "Junk is refused, by a write or by the SET that leaves RESUMING.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: a load of what is no state fails; "
                  "the driver's write, and its SET that leaves RESUMING",
          .kind = hostile,
          .provedBy = "junk-accepted",
          .run = junk},
    Check{.id = "MIG-JUNK-003",
          .asks = "Three quarters of a state are refused, by a write or by the SET that leaves RESUMING.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: a load of a part of a state fails; "
                  "the driver's write, and its SET that leaves RESUMING",
          .kind = hostile,
          .provedBy = "cut-image-accepted",
          .run = cut},
    Check{.id = "MIG-JUNK-004",
          .asks =
              "A state whose first eight bytes were changed is refused, by a write or by the SET after it.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: a state of a device that is not "
                  "compatible fails; drivers compare identity, version or configuration first (hisi_acc "
                  "match data, qat setup, mtty magic)",
          .severity = CheckSeverity::Should,
          .kind = hostile,
          .provedBy = "foreign-image-accepted",
          .run = foreign},
    Check{.id = "MIG-JUNK-005",
          .asks = "A state with 64 bytes more behind its end is refused, by a write or by the SET after it.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: what comes behind a state is none "
                  "(hisi_acc and mtty answer ENOMEM); the driver's write, and its SET that leaves RESUMING",
          .severity = CheckSeverity::Should,
          .kind = hostile,
          .provedBy = "bytes-behind-image-accepted",
          .run = tooMuch},
};

} // namespace

std::span<const Check> hostileChecks() {
    return table;
}

} // namespace migscope
