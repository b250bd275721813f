// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks that look back at all that was done: what worked once must work each time.
#include <array>
#include <cerrno>

#include "core/base/escape.h"
#include "core/check/context.h"

namespace migscope {
namespace {

CheckOutcome arcsKeepWorking(CheckContext& c) {
    std::size_t arcs = 0;
    for (const auto& [arc, tally] : c.device().ledger().arcs) {
        if (tally.worked > 0)
            ++arcs;
        if (tally.worked > 0 && tally.failed > 0) {
            CheckOutcome outcome = checkFailed(
                "{from} -> {to} succeeded {worked} times and failed {failed} times, last with {answer}.",
                {{"from", stateName(arc.first)},
                 {"to", stateName(arc.second)},
                 {"worked", std::to_string(tally.worked)},
                 {"failed", std::to_string(tally.failed)},
                 {"answer", answerText(tally.lastError)}});
            outcome.pair = arc;
            return outcome;
        }
    }
    return arcs == 0 ? checkSkipped("No arc was taken.")
                     : checkPassed("{count} arcs, all of them each time.", {{"count", std::to_string(arcs)}});
}

CheckOutcome staysWhereItIs(CheckContext& c) {
    const auto& drifts = c.device().ledger().drifts;
    if (drifts.empty())
        return checkPassed("It stood where it was put.");
    return checkFailed("{count} times it stood elsewhere than it was put: {first}.",
                       {{"count", std::to_string(drifts.size())}, {"first", drifts.front()}});
}

/// "It worked 3 times and failed once": the verdict on a tally.
CheckOutcome keepsWorking(const Tally& tally, std::string_view none, std::string_view passed,
                          std::string_view failed) {
    if (tally.worked == 0)
        return checkSkipped(none);
    return {tally.failed == 0 ? CheckVerdict::Pass : CheckVerdict::Fail,
            {tally.failed == 0 ? passed : failed,
             {{"worked", std::to_string(tally.worked)},
              {"failed", std::to_string(tally.failed)},
              {"answer", answerText(tally.lastError)}}}};
}

CheckOutcome resetsKeepWorking(CheckContext& c) {
    return keepsWorking(c.device().ledger().resets, "No RESET was made that worked.",
                        "RESET worked {worked} times.",
                        "RESET worked {worked} times and failed {failed} times, last with {answer}.");
}

CheckOutcome readsKeepWorking(CheckContext& c) {
    return keepsWorking(
        c.reads(), "No stream was read to its end.", "{worked} streams were read to their end.",
        "{worked} streams were read to their end, {failed} were not, the last with {answer}.");
}

CheckOutcome loadsKeepWorking(CheckContext& c) {
    return keepsWorking(c.loads(), "No state was taken.", "The state was taken {worked} times.",
                        "The state was taken {worked} times and refused {failed} times, last with {answer}.");
}

CheckOutcome logClean(CheckContext& c) {
    const auto lines = c.logLines();
    if (!lines)
        return checkSkipped("The kernel's log cannot be read here.");
    if (lines->empty())
        return checkPassed("It logged no warning and no error.");
    return checkFailed("It logged {count} lines; the first: {line}",
                       {{"count", std::to_string(lines->size())}, {"line", escapeText(lines->front())}});
}

constexpr auto passive = CheckClass::Passive;

constexpr std::array table{
    Check{.id = "MIG-FSM-011",
          .asks = "An arc that succeeded once succeeded each time, in all checks.",
          .rule = "drivers/vfio/vfio_main.c vfio_mig_get_next_state, and the driver's arcs",
          .kind = passive,
          .provedBy = "arc-fails-at-times",
          .run = arcsKeepWorking},
    Check{.id = "MIG-FSM-012",
          .asks = "GET never found the device elsewhere than it was put, in all checks.",
          .rule = "include/uapi/linux/vfio.h: only a SET, a reset or error recovery moves the device",
          .kind = passive,
          .provedBy = "state-drifts",
          .run = staysWhereItIs},
    Check{
        .id = "MIG-RESET-005",
        .asks = "RESET that worked once worked each time, in all checks.",
        .rule =
            "include/uapi/linux/vfio.h VFIO_DEVICE_RESET: EAGAIN that goes away is none; the driver's reset",
        .kind = passive,
        .provedBy = "reset-fails-at-times",
        .run = resetsKeepWorking},
    Check{.id = "MIG-STREAM-013",
          .asks = "No read of a session that lasts failed, in all checks.",
          .rule = "include/uapi/linux/vfio.h, data transfer: the driver's read",
          .kind = passive,
          .provedBy = "read-fails-at-times",
          .run = readsKeepWorking},
    Check{.id = "MIG-LOAD-008",
          .asks = "A state that was taken once was taken each time, in all checks.",
          .rule = "include/uapi/linux/vfio.h VFIO_DEVICE_STATE_RESUMING: the driver's write, and its SET "
                  "that leaves RESUMING",
          .kind = passive,
          .provedBy = "own-image-refused-at-times",
          .run = loadsKeepWorking},
    Check{.id = "MIG-LOG-001",
          .asks = "The kernel logs no warning and no error while checks pass and no SET is refused.",
          .rule = "no rule of the uAPI: a warning in a log is a fault to somebody",
          .severity = CheckSeverity::Should,
          .kind = passive,
          .needs = {.flags = 0},
          .provedBy = "logs-without-reason",
          .run = logClean},
};

} // namespace

std::span<const Check> lookBackChecks() {
    return table;
}

} // namespace migscope
