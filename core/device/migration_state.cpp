// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Arcs and routes of migration protocol v2.
#include "core/device/migration_state.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <map>

#include <fmt/format.h>

namespace migscope {
namespace {

struct NamedState {
    MigState state;
    std::string_view name;
};

constexpr std::array names{
    NamedState{MigState::Error, "ERROR"},       NamedState{MigState::Stop, "STOP"},
    NamedState{MigState::Running, "RUNNING"},   NamedState{MigState::StopCopy, "STOP_COPY"},
    NamedState{MigState::Resuming, "RESUMING"}, NamedState{MigState::RunningP2p, "RUNNING_P2P"},
    NamedState{MigState::PreCopy, "PRE_COPY"},  NamedState{MigState::PreCopyP2p, "PRE_COPY_P2P"},
};

bool known(MigState state) {
    return static_cast<std::uint32_t>(state) < names.size();
}

/// The arcs of the protocol with all its options, each with the flags that it needs. Two exist only where P2P
/// is absent: there RUNNING <-> STOP and PRE_COPY -> STOP_COPY are single steps.
struct ArcRule {
    MigState from;
    MigState to;
    std::uint64_t needs;
    std::uint64_t excludedBy;
};

constexpr std::uint64_t p2p = MigFlags::P2p;
constexpr std::uint64_t pre = MigFlags::PreCopy;

constexpr std::array rules{
    ArcRule{MigState::Running, MigState::RunningP2p, p2p, 0},
    ArcRule{MigState::RunningP2p, MigState::Running, p2p, 0},
    ArcRule{MigState::RunningP2p, MigState::Stop, p2p, 0},
    ArcRule{MigState::Stop, MigState::RunningP2p, p2p, 0},
    ArcRule{MigState::Running, MigState::Stop, 0, p2p},
    ArcRule{MigState::Stop, MigState::Running, 0, p2p},
    ArcRule{MigState::Stop, MigState::StopCopy, 0, 0},
    ArcRule{MigState::StopCopy, MigState::Stop, 0, 0},
    ArcRule{MigState::Stop, MigState::Resuming, 0, 0},
    ArcRule{MigState::Resuming, MigState::Stop, 0, 0},
    ArcRule{MigState::Running, MigState::PreCopy, pre, 0},
    ArcRule{MigState::PreCopy, MigState::Running, pre, 0},
    ArcRule{MigState::PreCopy, MigState::StopCopy, pre, p2p},
    ArcRule{MigState::PreCopy, MigState::PreCopyP2p, pre | p2p, 0},
    ArcRule{MigState::PreCopyP2p, MigState::PreCopy, pre | p2p, 0},
    ArcRule{MigState::RunningP2p, MigState::PreCopyP2p, pre | p2p, 0},
    ArcRule{MigState::PreCopyP2p, MigState::RunningP2p, pre | p2p, 0},
    ArcRule{MigState::PreCopyP2p, MigState::StopCopy, pre | p2p, 0},
};

StreamEffect effectOf(MigState from, MigState to) {
    if (to == MigState::Resuming)
        return StreamEffect::OpensResuming;
    if (isSaving(to) && !isSaving(from))
        return StreamEffect::OpensSaving;
    if (hasStream(from) && !(isSaving(from) && isSaving(to)))
        return StreamEffect::EndsSession;
    return StreamEffect::None;
}

} // namespace

std::string stateName(MigState state) {
    for (const auto& entry : names) {
        if (entry.state == state)
            return std::string(entry.name);
    }
    return fmt::format("unknown({})", static_cast<std::uint32_t>(state));
}

Result<MigState> parseState(std::string_view text) {
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string list;
    for (const auto& entry : names) {
        if (entry.name == upper)
            return entry.state;
        list += fmt::format("{}{}", list.empty() ? "" : " ", entry.name);
    }
    return fail(Errc::InvalidArgument, "read state", std::string(text),
                fmt::format("the states are {}", list));
}

bool MigFlags::has(MigState state) const {
    switch (state) {
    case MigState::Error:
    case MigState::Running:
        return true;
    case MigState::Stop:
    case MigState::StopCopy:
    case MigState::Resuming:
        return stopCopy();
    case MigState::RunningP2p:
        return stopCopy() && p2p();
    case MigState::PreCopy:
        return stopCopy() && preCopy();
    case MigState::PreCopyP2p:
        return stopCopy() && preCopy() && p2p();
    }
    return false;
}

std::string MigFlags::text() const {
    std::string out;
    const auto add = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    if (stopCopy())
        add("stop-copy");
    if (p2p())
        add("p2p");
    if (preCopy())
        add("pre-copy");
    if (unknownBits() != 0)
        add(fmt::format("unknown(0x{:x})", unknownBits()));
    return out.empty() ? "none" : out;
}

bool isSaving(MigState state) {
    return state == MigState::PreCopy || state == MigState::PreCopyP2p || state == MigState::StopCopy;
}

bool isFullyRunning(MigState state) {
    return state == MigState::Running || state == MigState::PreCopy;
}

bool isRunning(MigState state) {
    return isFullyRunning(state) || state == MigState::RunningP2p || state == MigState::PreCopyP2p;
}

bool hasStream(MigState state) {
    return isSaving(state) || state == MigState::Resuming;
}

bool Route::opensStream() const {
    return !arcs_.empty() && hasStream(to()) && std::any_of(arcs_.begin(), arcs_.end(), [](const Arc& arc) {
        return arc.stream == StreamEffect::OpensSaving || arc.stream == StreamEffect::OpensResuming;
    });
}

bool Route::losesStream() const {
    return hasStream(from_) && std::any_of(arcs_.begin(), arcs_.end(), [](const Arc& arc) {
               return arc.stream == StreamEffect::EndsSession;
           });
}

bool Route::runsOnTheWay() const {
    if (arcs_.size() < 2 || isRunning(to()))
        return false;
    // The states between the ends; leaving a fully running state through its P2P state is not "running
    // again".
    bool stopped = !isFullyRunning(from_) || from_ == MigState::PreCopy;
    for (std::size_t i = 0; i + 1 < arcs_.size(); ++i) {
        const MigState via = arcs_[i].to;
        if (stopped && isFullyRunning(via))
            return true;
        if (!isRunning(via))
            stopped = true;
    }
    return false;
}

/// Shortest path over the arcs, with the protocol's rule that states of the saving session stand only at the
/// start or at the end of a path: walking through one would open and drop a stream unasked.
class RouteBuilder {
public:
    static std::optional<Route> shortest(MigFlags flags, MigState from, MigState to) {
        const auto arcs = arcsOf(flags);
        std::map<MigState, Arc> cameBy;
        std::deque<MigState> queue{from};
        std::map<MigState, bool> savingSoFar{{from, isSaving(from)}};
        while (!queue.empty() && !cameBy.contains(to)) {
            const MigState at = queue.front();
            queue.pop_front();
            for (const Arc& arc : arcs) {
                if (arc.from != at || arc.to == from || cameBy.contains(arc.to))
                    continue;
                // Inside a saving session a path may go on saving up to its goal; once out, it enters one
                // only as the goal.
                const bool stillSaving = savingSoFar.at(at) && isSaving(arc.to);
                const bool mayPass = !hasStream(arc.to) || (stillSaving && isSaving(to));
                if (arc.to != to && !mayPass)
                    continue;
                cameBy.emplace(arc.to, arc);
                savingSoFar[arc.to] = stillSaving;
                queue.push_back(arc.to);
            }
        }
        if (!cameBy.contains(to))
            return std::nullopt;
        Route found;
        found.from_ = from;
        for (MigState at = to; at != from; at = cameBy.at(at).from)
            found.arcs_.insert(found.arcs_.begin(), cameBy.at(at));
        return found;
    }
    static Route standingStill(MigState at) {
        Route found;
        found.from_ = at;
        return found;
    }
};

std::vector<Arc> arcsOf(MigFlags flags) {
    std::vector<Arc> out;
    for (const MigState from : allMigStates) {
        for (const auto& rule : rules) {
            if (rule.from != from || (flags.raw() & rule.needs) != rule.needs ||
                (flags.raw() & rule.excludedBy) != 0)
                continue;
            if (flags.has(rule.from) && flags.has(rule.to))
                out.push_back({rule.from, rule.to, effectOf(rule.from, rule.to)});
        }
    }
    return out;
}

std::expected<Route, NoRoute> route(MigFlags flags, MigState from, MigState to) {
    if (!known(from) || !known(to))
        return std::unexpected(NoRoute::UnknownState);
    if (from == MigState::Error)
        return std::unexpected(NoRoute::FromError);
    if (to == MigState::Error)
        return std::unexpected(NoRoute::ToError);
    if (!flags.has(from) || !flags.has(to))
        return std::unexpected(NoRoute::StateMissing);
    if (from == to)
        return RouteBuilder::standingStill(from);
    // No path is offered, although one over STOP and RUNNING could be thought of: the kernel is asked for the
    // goal's arc, and kernels without the guard never return from this one.
    if (from == MigState::StopCopy && (to == MigState::PreCopy || to == MigState::PreCopyP2p))
        return std::unexpected(NoRoute::LeavesSavingBack);
    auto found = RouteBuilder::shortest(flags, from, to);
    if (!found)
        return std::unexpected(NoRoute::StateMissing);
    return *found;
}

Error noRouteError(NoRoute why, MigState from, MigState to, MigFlags flags) {
    std::string detail;
    switch (why) {
    case NoRoute::StateMissing: {
        const MigState lacking = flags.has(from) ? to : from;
        detail = fmt::format("the device has no {} (its flags: {})", stateName(lacking), flags.text());
        break;
    }
    case NoRoute::FromError:
        detail = "only a reset leaves ERROR";
        break;
    case NoRoute::ToError:
        detail = "ERROR is where a driver ends up, it cannot be asked for";
        break;
    case NoRoute::LeavesSavingBack:
        detail = "the protocol has no way back from STOP_COPY to pre-copy, and some kernels never return "
                 "from the attempt";
        break;
    case NoRoute::UnknownState:
        detail = "a state number of a newer protocol";
        break;
    }
    return {make_error_code(Errc::Refused), fmt::format("SET {}", stateName(to)),
            fmt::format("a device in {}", stateName(from)), std::move(detail)};
}

} // namespace migscope
