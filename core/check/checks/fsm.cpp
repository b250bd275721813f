// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of the state machine: its arcs, the paths of one SET, data fds, and what is refused.
#include <array>
#include <cerrno>

#include "core/check/context.h"

namespace migscope {
namespace {

/// To RUNNING and on to `state`, without a stream of before. RESUMING is only left by a reset.
bool startAt(CheckContext& c, MigState state) {
    c.device().closeStreams();
    if (c.device().onlyResetIsSafe() && c.device().reset() != 0)
        return c.block("Not asked: RESET did not work.");
    return c.walk(MigState::Running) && c.walk(state);
}

bool opens(const Arc& arc) {
    return arc.stream == StreamEffect::OpensSaving || arc.stream == StreamEffect::OpensResuming;
}

std::string arcText(MigState from, MigState to) {
    return stateName(from) + " -> " + stateName(to);
}

/// Failed, by one SET.
CheckOutcome failedAt(MigState from, MigState to, std::string_view text, SightValues values) {
    CheckOutcome outcome = checkFailed(text, std::move(values));
    outcome.pair = {from, to};
    return outcome;
}

/// What a SET that failed means for a check of something else.
CheckOutcome notReached(const std::string& way, int error) {
    return checkSkipped("Not asked: {arc}: SET answered {answer}.",
                        {{"arc", way}, {"answer", answerText(error)}});
}

/// Takes every arc once and asks `wrong` about each SET that succeeded: a text when something is wrong.
/// RESUMING is not left: that takes an image.
template<class Wrong>
CheckOutcome overArcs(CheckContext& c, std::string_view passed, Wrong wrong) {
    unsigned asked = 0;
    std::optional<CheckOutcome> unreached;
    for (const Arc& arc : arcsOf(c.device().flags())) {
        if (arc.from == MigState::Resuming)
            continue;
        if (!startAt(c, arc.from)) {
            unreached = c.blocked(); // the arc that does not work is found by itself
            continue;
        }
        const std::string way = arcText(arc.from, arc.to);
        const SetAnswer answer = c.device().set(arc.to);
        ++asked;
        const std::optional<std::string> text = wrong(arc, answer);
        if (text && !text->empty())
            return failedAt(arc.from, arc.to, "{arc}: {what}.", {{"arc", way}, {"what", *text}});
        if (!text)
            unreached = notReached(way, answer.error);
    }
    return unreached ? *unreached
                     : checkPassed(passed, {{"count", std::to_string(asked)},
                                            {"all", std::to_string(arcsOf(c.device().flags()).size())}});
}

/// A text when something is wrong, an empty one when nothing is; absent: the SET failed, so nobody can tell.
using Wrongness = std::optional<std::string>;

CheckOutcome everyArc(CheckContext& c) {
    return overArcs(
        c, "{count} of {all} arcs, each with a SET of its own; RESUMING -> STOP needs a state: MIG-LOAD-001.",
        [](const Arc&, const SetAnswer& answer) -> Wrongness {
            return answer.error == 0 ? "" : "SET answered " + answerText(answer.error);
        });
}

CheckOutcome getFollows(CheckContext& c) {
    return overArcs(c, "GET agreed after each of {count} arcs.",
                    [&](const Arc& arc, const SetAnswer& answer) -> Wrongness {
                        if (answer.error != 0)
                            return std::nullopt;
                        const auto now = c.device().get();
                        return now == arc.to ? "" : "GET then says " + (now ? stateName(*now) : "nothing");
                    });
}

CheckOutcome fdWhereDue(CheckContext& c) {
    return overArcs(c, "A data fd came wherever one is due.",
                    [](const Arc& arc, const SetAnswer& answer) -> Wrongness {
                        if (answer.error != 0)
                            return std::nullopt;
                        return !opens(arc) || answer.stream != nullptr ? "" : "no usable data fd came back";
                    });
}

CheckOutcome noFdElsewhere(CheckContext& c) {
    return overArcs(c, "No data fd came where none is due.",
                    [](const Arc& arc, const SetAnswer& answer) -> Wrongness {
                        if (answer.error != 0)
                            return std::nullopt;
                        return opens(arc) || !answer.fd ? "" : "a data fd came back; -1 is due";
                    });
}

/// All pairs of states that a route of several arcs leads between; the same, with one SET for all.
template<class Wrong>
CheckOutcome overPaths(CheckContext& c, std::string_view passed, Wrong wrong) {
    unsigned asked = 0;
    std::optional<CheckOutcome> unreached;
    unsigned all = 0;
    for (const MigState from : c.states()) {
        for (const MigState to : c.states()) {
            const auto path = route(c.device().flags(), from, to);
            if (!path || path->arcs().size() < 2)
                continue;
            ++all;
            if (from == MigState::Resuming)
                continue;
            if (!startAt(c, from)) {
                unreached = c.blocked();
                continue;
            }
            const std::string way = arcText(from, to);
            const SetAnswer answer = c.device().set(to);
            ++asked;
            const Wrongness text = wrong(*path, answer);
            if (text && !text->empty())
                return failedAt(from, to, "{arc}: {what}.", {{"arc", way}, {"what", *text}});
            if (!text)
                unreached = notReached(way, answer.error);
        }
    }
    if (unreached)
        return *unreached;
    if (asked == 0)
        return checkSkipped("No two states are more than one arc apart.");
    return checkPassed(passed, {{"count", std::to_string(asked)}, {"all", std::to_string(all)}});
}

CheckOutcome everyPath(CheckContext& c) {
    return overPaths(
        c, "{count} of {all} paths of several arcs, each with one SET; those out of RESUMING need a state.",
        [&](const Route& path, const SetAnswer& answer) -> Wrongness {
            if (answer.error != 0)
                return "one SET answered " + answerText(answer.error);
            const auto now = c.device().get();
            return now == path.to()
                       ? ""
                       : "after one SET it stands in " + (now ? stateName(*now) : "an unknown state");
        });
}

CheckOutcome fdOfPaths(CheckContext& c) {
    return overPaths(c, "{count} paths gave the data fd of their goal.",
                     [](const Route& path, const SetAnswer& answer) -> Wrongness {
                         if (answer.error != 0)
                             return std::nullopt;
                         const bool due = path.opensStream();
                         if (due == (answer.stream != nullptr) && due == answer.fd)
                             return "";
                         return due ? "no usable data fd came back" : "a data fd came back; -1 is due";
                     });
}

template<class Wrong>
CheckOutcome overStates(CheckContext& c, std::string_view passed, Wrong wrong) {
    for (const MigState state : c.states()) {
        if (!startAt(c, state))
            return c.blocked();
        if (auto text = wrong(state); !text.empty())
            return failedAt(state, state, "In {state}: {what}.",
                            {{"state", stateName(state)}, {"what", std::move(text)}});
    }
    return checkPassed(passed);
}

CheckOutcome toWhereItIs(CheckContext& c) {
    return overStates(c, "In every state it answered success.", [&](MigState state) {
        const SetAnswer answer = c.device().set(state);
        return answer.error == 0 || answer.error == notTried
                   ? std::string()
                   : "SET of the same state answered " + answerText(answer.error);
    });
}

CheckOutcome sameStateNoFd(CheckContext& c) {
    return overStates(c, "In every state data_fd was -1.", [&](MigState state) {
        return c.device().set(state).fd ? std::string("SET of the same state gave a data fd") : std::string();
    });
}

CheckOutcome unknownNumbers(CheckContext& c) {
    for (const std::uint32_t number : {8U, 9U, 0xffffffffU}) {
        const int error = c.device().set(number).error;
        if (error != EINVAL)
            return expectAnswer(error, {EINVAL});
    }
    return checkPassed("8, 9 and 4294967295 answered EINVAL.");
}

CheckOutcome errorAsGoal(CheckContext& c) {
    return expectAnswer(c.device().set(MigState::Error).error, {EINVAL});
}

CheckOutcome statesThatFlagsLack(CheckContext& c) {
    bool asked = false;
    for (const MigState state : allMigStates) {
        if (c.device().flags().has(state))
            continue;
        asked = true;
        if (const int error = c.device().set(state).error; error != EINVAL)
            return checkFailed("SET {state} answered {answer}; EINVAL is due.",
                               {{"state", stateName(state)}, {"answer", answerText(error)}});
    }
    return asked ? checkPassed("Each of them answered EINVAL.")
                 : checkSkipped("The flags have every state of the protocol.");
}

CheckOutcome stayAfterRefusal(CheckContext& c) {
    constexpr std::uint32_t noSuchState = 8;
    return overStates(c, "It stayed in every state.", [&](MigState state) {
        if (c.device().set(noSuchState).error == 0)
            return std::string(); // that it is taken is another check's matter
        const auto now = c.device().get();
        return now == state ? std::string()
                            : "the refused SET left it in " + (now ? stateName(*now) : "an unknown state");
    });
}

CheckOutcome streamAfterRefusal(CheckContext& c) {
    constexpr std::uint32_t noSuchState = 8;
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    if (c.device().set(noSuchState).error == 0)
        return checkSkipped("Not asked: the SET of an unknown state was not refused.");
    std::array<std::byte, 64> some{};
    return expectAnswer(stream->read(some).error, {0});
}

/// Looks for an arc that ends in ERROR, which only drivers do.
CheckOutcome outOfError(CheckContext& c) {
    for (const Arc& arc : arcsOf(c.device().flags())) {
        if (arc.from == MigState::Resuming || !startAt(c, arc.from))
            continue;
        if (c.device().set(arc.to).error == 0 || c.device().get() != MigState::Error)
            continue;
        const int error = c.device().reset();
        if (error == 0 && c.device().believed() == MigState::Running)
            return checkPassed("{arc} ended in ERROR, and RESET brought it to RUNNING.",
                               {{"arc", arcText(arc.from, arc.to)}});
        const auto now = c.device().believed();
        return failedAt(arc.from, arc.to,
                        "{arc} ended in ERROR; RESET answered {answer} and left it in {state}.",
                        {{"arc", arcText(arc.from, arc.to)},
                         {"answer", answerText(error)},
                         {"state", now ? stateName(*now) : "an unknown state"}});
    }
    return checkSkipped("No arc ended in ERROR, so there was nothing to lead out of.");
}

constexpr std::array table{
    Check{.id = "MIG-FSM-001",
          .asks = "Every arc of the flags but RESUMING -> STOP succeeds with a SET of its own.",
          .rule = "include/uapi/linux/vfio.h, enum vfio_device_mig_state: a driver takes every arc that the "
                  "FSM of its flags has; the driver's migration_set_state",
          .provedBy = "refuses-an-arc",
          .run = everyArc},
    Check{.id = "MIG-FSM-002",
          .asks = "GET says the new state after every SET that succeeded.",
          .rule = "include/uapi/linux/vfio.h, enum vfio_device_mig_state: the state is the one that was "
                  "reached; the driver's migration_get_state",
          .provedBy = "get-lags",
          .dependents = "MIG-FSM-012",
          .run = getFollows},
    Check{.id = "MIG-FSM-003",
          .asks = "Every state is reached from every other but RESUMING with one SET, where a path exists.",
          .rule = "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): a SET of a state further away is "
                  "taken arc by arc, so it succeeds where a path exists; the driver's migration_set_state",
          .provedBy = "refuses-paths",
          .run = everyPath},
    Check{.id = "MIG-FSM-004",
          .asks = "SET of the state it is in succeeds, in every state.",
          .rule =
              "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): a driver asks it for arcs until the "
              "wanted state is reached, which of the same state are none; the driver's migration_set_state",
          .provedBy = "same-state-refused",
          .run = toWhereItIs},
    Check{.id = "MIG-FSM-005",
          .asks = "SET of a number that is no state is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): a target that is no state is EINVAL "
                  "before any arc is looked up; the driver's migration_set_state",
          .needs = {.refusedSet = true},
          .provedBy = "unknown-state-accepted",
          .run = unknownNumbers},
    Check{.id = "MIG-FSM-006",
          .asks = "SET of ERROR is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): no arc leads to ERROR: EINVAL; the "
                  "driver's migration_set_state",
          .needs = {.refusedSet = true},
          .provedBy = "error-accepted",
          .run = errorAsGoal},
    Check{.id = "MIG-FSM-007",
          .asks = "SET of a state that the flags lack is refused with EINVAL.",
          .rule = "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): a target that migration_flags lack "
                  "is EINVAL before any arc is looked up; the driver's migration_set_state",
          .needs = {.refusedSet = true},
          .provedBy = "lacking-state-accepted",
          .run = statesThatFlagsLack},
    Check{.id = "MIG-FSM-008",
          .asks = "A SET of a state that does not exist is refused and leaves the device where it was, in "
                  "every state.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a SET that fails leaves "
                  "the device in its old state or in one on the path, and here there is no path",
          .needs = {.refusedSet = true},
          .provedBy = "refused-set-moves",
          .run = stayAfterRefusal},
    Check{.id = "MIG-FSM-009",
          .asks = "A SET of a state that does not exist is refused and leaves the saving stream readable.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: a data fd is good until "
                  "its state is left, and a SET that fails leaves none",
          .needs = {.refusedSet = true},
          .provedBy = "refused-set-ends-session",
          .run = streamAfterRefusal},
    Check{.id = "MIG-FSM-010",
          .asks = "RESET leads from ERROR to RUNNING, where an arc ended in ERROR.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_ERROR: VFIO_DEVICE_RESET leads from it to "
                  "RUNNING; the driver's reset",
          .kind = CheckClass::Resets,
          .provedBy = "error-survives-reset",
          .dependents = "MIG-RESET-005 MIG-FSM-001",
          .run = outOfError},
    Check{.id = "MIG-FD-001",
          .asks = "Every arc that begins a session, into PRE_COPY, PRE_COPY_P2P, STOP_COPY or RESUMING, "
                  "gives a data fd.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: data_fd is the session's "
                  "file after an arc that begins one; the driver's migration_set_state",
          .provedBy = "no-fd",
          .run = fdWhereDue},
    Check{.id = "MIG-FD-002",
          .asks = "Every other arc gives data_fd -1.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: data_fd is -1 after an "
                  "arc that begins no session; the driver's migration_set_state",
          .provedBy = "stray-fd",
          .run = noFdElsewhere},
    Check{.id = "MIG-FD-003",
          .asks = "One SET over several arcs gives a data fd if its goal is in a session, else -1.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: data_fd is the file of "
                  "the session that the last arc began, else -1; the driver's migration_set_state",
          .provedBy = "no-fd-of-paths",
          .run = fdOfPaths},
    Check{.id = "MIG-FD-004",
          .asks = "SET of the state it is in gives no data fd.",
          .rule = "include/uapi/linux/vfio.h, struct vfio_device_feature_mig_state: data_fd is -1 where no "
                  "arc was taken; the driver's migration_set_state",
          .provedBy = "same-state-fd",
          .run = sameStateNoFd},
};

} // namespace

std::span<const Check> fsmChecks() {
    return table;
}

} // namespace migscope
