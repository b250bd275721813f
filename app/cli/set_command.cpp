// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `set` and `reset`: a device driven by hand, brought back in the same opening.
#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "app/cli/command.h"
#include "core/base/byte_size.h"

namespace migscope::cli {
namespace {

ArcLine lineOf(const event::ArcEnd& arc) {
    ArcLine line;
    line.from = stateName(arc.from);
    line.to = stateName(arc.combined ? arc.goal : arc.to);
    line.duration = arc.returned - arc.called;
    line.errnoValue = arc.errnoValue;
    line.error = arc.errnoValue != 0 ? errnoName(arc.errnoValue) : arc.error;
    line.combined = arc.combined;
    return line;
}

ArcLine lineOf(const event::Reset& reset, const std::optional<std::string>& from) {
    ArcLine line;
    line.from = from.value_or("");
    line.to = reset.stateAfter ? stateName(*reset.stateAfter) : "";
    line.duration = reset.returned - reset.called;
    line.errnoValue = reset.errnoValue;
    if (reset.outcome != "done")
        line.error = reset.errnoValue != 0 ? errnoName(reset.errnoValue) : reset.outcome;
    line.reset = true;
    return line;
}

std::string textOf(const ArcLine& line) {
    std::string text = line.reset
                           ? (line.to.empty() ? "reset" : fmt::format("{} reset {}", line.from, line.to))
                           : fmt::format("{} → {}{}", line.from, line.to, line.combined ? " (one SET)" : "");
    // Arrows and names differ in length; the numbers stand in a column all the same.
    const std::size_t arrow = line.reset ? 0 : 2;
    if (text.size() < 32 + arrow)
        text.append(32 + arrow - text.size(), ' ');
    text += line.duration ? formatDuration(*line.duration) : "unknown";
    if (!line.error.empty())
        text += fmt::format("  {}", line.error);
    return text;
}

/// One device driven by hand.
class HandDrive {
public:
    HandDrive(Context& context, Host& host, const Device& device)
        : context_(context)
        , host_(host)
        , device_(device)
        , work_(*host.backend, context.console, *context.interrupts, {context.options.maxStuck, false}) {
        document_.simulated = host.topology.simulated;
        document_.device = device.name;
    }

    ExitCode set();
    ExitCode reset();

private:
    std::optional<Failure> open();
    std::optional<Failure> checkWalk() const;
    std::optional<Failure> walk();
    std::optional<Failure> hold();
    void takeArcs(std::vector<ArcLine>& into, bool print);
    ExitCode finish(std::optional<Failure> failure);

    Context& context_;
    Host& host_;
    const Device& device_;
    DeviceWork work_;
    Capabilities probe_;
    ArcsDocument document_;
    std::optional<std::string> state_;
};

std::optional<Failure> HandDrive::open() {
    const auto opened = work_.open(device_.name);
    if (!opened)
        return openFailure(host_, device_, opened.error());
    probe_ = opened->capabilities.value_or(Capabilities{});
    if (probe_.stateFound)
        state_ = stateName(*probe_.stateFound);
    return std::nullopt;
}

/// The whole sequence against the rules before the first SET: a walk that will be refused half way is not
/// begun.
std::optional<Failure> HandDrive::checkWalk() const {
    if (probe_.protocol != Protocol::V2)
        return noMigrationFailure(host_, device_, probe_);
    auto refused = [&](std::string what, std::string detail, std::string next) {
        Failure failure = actFailure(
            device_.name,
            Error{make_error_code(Errc::Refused), std::move(what), device_.name, std::move(detail)},
            Stage::Device, std::move(next));
        failure.call.clear(); // no call was made
        return failure;
    };
    if (probe_.needsReset || !probe_.stateFound)
        return foundUnusableFailure(
            device_, fmt::format("SET {}", stateName(context_.options.states.front())), probe_);
    MigState from = *probe_.stateFound;
    for (const MigState to : context_.options.states) {
        if (from == MigState::Resuming && to != from)
            return refused(fmt::format("SET {}", stateName(to)),
                           "out of RESUMING a device takes what was written to it, and `set` writes nothing",
                           "migscope-cli load FILE DEVICE");
        const auto way = route(probe_.flags, from, to);
        if (!way) {
            const Error error = noRouteError(way.error(), from, to, probe_.flags);
            return refused(error.what, error.detail,
                           "choose another way; migscope-cli show DEVICE --probe tells the states");
        }
        if (way->runsOnTheWay())
            context_.console.note(
                fmt::format("{}: {} → {} drops the stream, and the device runs again on the way",
                            device_.name, stateName(from), stateName(to)));
        from = to;
    }
    return std::nullopt;
}

void HandDrive::takeArcs(std::vector<ArcLine>& into, bool print) {
    for (const Event& event : work_.events().takeArcs()) {
        ArcLine line;
        if (const auto* arc = std::get_if<event::ArcEnd>(&event.body)) {
            line = lineOf(*arc);
            if (arc->stateAfter)
                state_ = stateName(*arc->stateAfter);
            else
                state_.reset();
        } else if (const auto* reset = std::get_if<event::Reset>(&event.body)) {
            line = lineOf(*reset, state_);
            if (reset->stateAfter)
                state_ = stateName(*reset->stateAfter);
        } else {
            continue;
        }
        if (print && !context_.options.json)
            context_.console.print(fmt::format("{}\n", textOf(line)));
        into.push_back(std::move(line));
    }
}

std::optional<Failure> HandDrive::walk() {
    for (const MigState goal : context_.options.states) {
        const auto after = work_.perform(0, job::Step{goal, context_.options.combined});
        takeArcs(document_.arcs, true);
        if (!after)
            return actFailure(device_.name, after.error(), Stage::Device);
    }
    return std::nullopt;
}

std::optional<Failure> HandDrive::hold() {
    context_.console.note(fmt::format("{}: held in {}; Ctrl-C brings it back and closes it", device_.name,
                                      state_.value_or("an unknown state")));
    std::mutex mutex;
    const auto condition = work_.clock().makeCondition();
    work_.waitForSignal([&](Ns deadline) {
        std::unique_lock lock(mutex);
        (void)condition->wait(lock, deadline);
        return work_.session(0).state().phase == SessionPhase::Closed; // the kernel asked for it
    });
    if (work_.session(0).state().phase != SessionPhase::Closed)
        return std::nullopt;
    const Error error{make_error_code(Errc::Cancelled), "hold", device_.name,
                      "the kernel asked for the device, so it was brought back and closed"};
    Failure failure =
        actFailure(device_.name, error, Stage::Open, "migscope-cli list shows what became of it");
    failure.code = ExitCode::NoAccess;
    failure.state = "closed";
    return failure;
}

ExitCode HandDrive::finish(std::optional<Failure> failure) {
    document_.reached = state_;
    const std::vector<Standing> standings = work_.end();
    takeArcs(document_.bringBack, false);
    document_.finalState = finalState(standings);
    tellEnd(failure, work_.cancelled() && !work_.gaveUp(), standings);
    ExitCode code = ExitCode::Ok;
    if (failure) {
        code = report(context_, *failure, {&document_, {}});
    } else if (context_.options.json) {
        context_.console.print(arcsJson(document_));
    } else {
        for (const ArcLine& line : document_.bringBack)
            context_.console.print(fmt::format("{}  (brought back)\n", textOf(line)));
        context_.console.print(fmt::format("{}: {}, closed\n", device_.name,
                                           standings.empty() ? "unknown" : standings.front().text));
    }
    work_.leaveIfHung(code);
    return code;
}

ExitCode HandDrive::set() {
    auto failure = open();
    if (!failure)
        failure = checkWalk();
    if (!failure)
        failure = walk();
    if (!failure && context_.options.hold)
        failure = hold();
    return finish(std::move(failure));
}

ExitCode HandDrive::reset() {
    auto failure = open();
    if (!failure) {
        const auto after = work_.perform(0, job::Reset{});
        takeArcs(document_.arcs, true);
        if (!after)
            failure = actFailure(device_.name, after.error(), Stage::Device,
                                 after.error().isErrno(EINVAL) || after.error().isErrno(ENOTTY)
                                     ? "the function has no reset of its own; unbind and bind it again"
                                     : "");
    }
    return finish(std::move(failure));
}

ExitCode drive(Context& context, ExitCode (HandDrive::*act)()) {
    auto host = lookAtHost(context.options, false);
    if (!host)
        return report(context, host.error());
    const auto device = findDevice(*host, context.options.device);
    if (!device)
        return report(context, device.error());
    HandDrive hand(context, *host, **device);
    return (hand.*act)();
}

} // namespace

ExitCode runSet(Context& context) {
    return drive(context, &HandDrive::set);
}

ExitCode runReset(Context& context) {
    return drive(context, &HandDrive::reset);
}

} // namespace migscope::cli
