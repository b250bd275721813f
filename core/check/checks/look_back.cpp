// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks that look back at all that was done: what worked once must work each time.
#include <array>
#include <cerrno>

#include "core/base/escape.h"
#include "core/check/call_words.h"
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
                "{from} -> {to} succeeded {worked} and failed {failed}, last with {answer} in {check}.",
                {{"from", stateName(arc.first)},
                 {"to", stateName(arc.second)},
                 {"worked", timesText(tally.worked)},
                 {"failed", timesText(tally.failed)},
                 {"answer", answerText(tally.lastError)},
                 {"check", std::string(tally.lastIn)}});
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
    return checkFailed("It stood elsewhere than it was put, {count}; the first time: {first}.",
                       {{"count", timesText(drifts.size())}, {"first", drifts.front()}});
}

/// "It worked 3 times and failed once": the verdict on a tally.
CheckOutcome keepsWorking(const Tally& tally, std::string_view none, std::string_view passed,
                          std::string_view failed) {
    if (tally.worked == 0)
        return checkSkipped(none);
    return {tally.failed == 0 ? CheckVerdict::Pass : CheckVerdict::Fail,
            {tally.failed == 0 ? passed : failed,
             {{"worked", timesText(tally.worked)},
              {"failed", timesText(tally.failed)},
              {"answer", answerText(tally.lastError)},
              {"check", std::string(tally.lastIn)}}}};
}

CheckOutcome resetsKeepWorking(CheckContext& c) {
    return keepsWorking(c.device().ledger().resets, "No RESET was made that worked.",
                        "RESET worked {worked}.",
                        "RESET worked {worked} and failed {failed}, last with {answer} in {check}.");
}

CheckOutcome readsKeepWorking(CheckContext& c) {
    return keepsWorking(
        c.reads(), "No stream was read to its end.", "A stream was read to its end {worked}.",
        "A stream was read to its end {worked}; {failed} a read failed, the last with {answer} in {check}.");
}

CheckOutcome loadsKeepWorking(CheckContext& c) {
    return keepsWorking(c.loads(), "No load of the device's own state succeeded.",
                        "The state was taken {worked}.",
                        "The state was taken {worked} and refused {failed}, last with {answer} in {check}.");
}

CheckOutcome logClean(CheckContext& c) {
    const auto lines = c.logLines();
    if (!lines)
        return checkSkipped("The kernel's log cannot be read here.");
    if (lines->empty())
        return checkPassed("The kernel logged no warning and no error.");
    return checkFailed(
        "The kernel logged {lines}; the first: {line}",
        {{"lines", plural(lines->size(), "line", "lines")}, {"line", escapeText(lines->front())}});
}

constexpr auto passive = CheckClass::Passive;

constexpr std::array table{
    Check{.id = "MIG-FSM-011",
          .asks = "An arc that succeeded once succeeded each time, in all checks.",
          .rule = "include/uapi/linux/vfio.h, enum vfio_device_mig_state: a driver takes every arc that the "
                  "FSM of its flags has, each time; the driver's migration_set_state",
          .kind = passive,
          .provedBy = "arc-fails-at-times",
          .run = arcsKeepWorking},
    Check{.id = "MIG-FSM-012",
          .asks = "GET always answered the state of the last SET or RESET, in all checks.",
          .rule = "include/uapi/linux/vfio.h, enum vfio_device_mig_state: only a SET, a reset or the "
                  "recovery of an error moves a device; the driver's migration_get_state",
          .kind = passive,
          .provedBy = "state-drifts",
          .run = staysWhereItIs},
    Check{.id = "MIG-RESET-005",
          .asks = "RESET that worked once worked each time, in all checks.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_RESET: it succeeds on a device that has it (EAGAIN "
                  "is asked again for two seconds, and is no failure when it goes away); the driver's reset",
          .kind = passive,
          .provedBy = "reset-fails-at-times",
          .run = resetsKeepWorking},
    Check{.id = "MIG-STREAM-013",
          .asks = "No read of a data fd whose session is open failed, in all checks.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY and PRE_COPY: a read gives data, 0 "
                  "at the end, or ENOMSG for now in pre-copy; the driver's read",
          .kind = passive,
          .provedBy = "read-fails-at-times",
          .run = readsKeepWorking},
    Check{.id = "MIG-LOAD-008",
          .asks = "A state that was taken once was taken each time, in all checks.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_RESUMING: what STOP_COPY of such a device "
                  "gave is taken, each time; the driver's write, and its SET that leaves RESUMING",
          .kind = passive,
          .provedBy = "own-image-refused-at-times",
          .run = loadsKeepWorking},
    Check{.id = "MIG-LOG-001",
          .asks = "The kernel logged no warning and no error, but for checks in which a SET was refused or "
                  "that failed.",
          .rule = "no rule of include/uapi/linux/vfio.h: a warning of the kernel is a fault to whoever reads "
                  "its log",
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
