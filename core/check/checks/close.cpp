// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of opening and closing, and of what is left over a close.
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view closeRule =
    "drivers set RUNNING in open_device; a PCI function is reset at open and close (vfio_pci_core.c)";

CheckOutcome secondOpening(CheckContext& c) {
    return expectRefusal(c.device().openAgain());
}

/// Closed, and opened again.
bool again(CheckContext& c) {
    c.device().close();
    const auto opened = c.device().open();
    return opened ||
           c.block("Not asked: opening it again answered {error}.", {{"error", describe(opened.error())}});
}

CheckOutcome closedInEveryState(CheckContext& c) {
    for (const MigState state : c.states()) {
        if (!c.walk(state))
            return c.blocked();
        if (!again(c))
            return checkFailed("Closed in {state}, it could not be opened again.",
                               {{"state", stateName(state)}});
        if (const auto now = c.device().believed(); now != MigState::Running)
            return checkFailed(
                "Closed in {state} and opened again, it stood in {now}; further states were not tried.",
                {{"state", stateName(state)}, {"now", now ? stateName(*now) : "an unknown state"}});
    }
    return checkPassed("Closed in any state, it was RUNNING after the next opening.");
}

CheckOutcome savesAfterClose(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    std::array<std::byte, 8> some{};
    (void)stream->read(some);
    if (!again(c))
        return c.blocked();
    if (c.device().onlyResetIsSafe() && c.device().reset() != 0)
        return checkSkipped("Not asked: RESET did not work.");
    for (const MigState state : {MigState::Stop, MigState::StopCopy}) {
        const auto way = route(c.device().flags(), c.device().believed().value_or(MigState::Error), state);
        if (!way)
            return c.blocked();
        for (const Arc& arc : way->arcs()) {
            if (const int error = c.device().set(arc.to).error; error != 0)
                return checkFailed("In the next opening SET {state} answered {answer}.",
                                   {{"state", stateName(arc.to)}, {"answer", answerText(error)}});
        }
    }
    return checkPassed("In the next opening a save could be begun.");
}

constexpr std::array table{
    Check{.id = "MIG-OPEN-001",
          .asks = "The node of a device that is open cannot be opened for it a second time.",
          .rule = "drivers/vfio/group.c, vfio_group_fops_open(), and vfio_main.c, vfio_df_open(): a group "
                  "node has one user at a time (EBUSY), a device node is bound once (EINVAL); the VFIO core "
                  "answers, not the driver",
          .kind = CheckClass::Resets,
          .provedBy = "opens-twice",
          .run = secondOpening},
    Check{.id = "MIG-CLOSE-001",
          .asks = "A device that was closed in any state is RUNNING when it is opened again.",
          .rule = "drivers/vfio/pci/mlx5/main.c, mlx5vf_pci_open_device(): every PCI driver sets RUNNING "
                  "there. vfio.h does not say it; QEMU takes it for granted and asks no state after it "
                  "opened a device",
          .severity = CheckSeverity::Should,
          .kind = CheckClass::Resets,
          .provedBy = "close-keeps-stop",
          .run = closedInEveryState},
    Check{.id = "MIG-CLOSE-002",
          .asks = "Closing the device in the middle of a save leaves nothing that stops the next.",
          .rule = "drivers/vfio/pci/mlx5/main.c, mlx5vf_pci_close_device(), as in every PCI driver: closing "
                  "the device ends its sessions and frees what they held",
          .kind = CheckClass::Resets,
          .provedBy = "close-keeps-session",
          .dependents = "MIG-FSM-011",
          .run = savesAfterClose},
};

} // namespace

std::span<const Check> closeChecks() {
    return table;
}

} // namespace migscope
