// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Next steps of migration protocol v2, for a device with every option, and the rule that skips the states of
// options it lacks.
#include "core/sim/sim_fsm.h"

#include <array>
#include <cstddef>

namespace migscope {
namespace {

constexpr std::size_t states = 8;
constexpr MigState er = MigState::Error;
constexpr MigState st = MigState::Stop;
constexpr MigState ru = MigState::Running;
constexpr MigState sc = MigState::StopCopy;
constexpr MigState rs = MigState::Resuming;
constexpr MigState rp = MigState::RunningP2p;
constexpr MigState pc = MigState::PreCopy;
constexpr MigState pp = MigState::PreCopyP2p;

// Rows: current, columns: wanted, both by the kernel's numbers. ERROR in a cell is EINVAL.
constexpr std::array<std::array<MigState, states>, states> table{{
    //           ER  ST  RU  SC  RS  RP  PC  PP
    /* ER */ {{er, er, er, er, er, er, er, er}},
    /* ST */ {{er, st, rp, sc, rs, rp, rp, rp}},
    /* RU */ {{er, rp, ru, rp, rp, rp, pc, rp}},
    /* SC */ {{er, st, st, sc, st, st, er, er}},
    /* RS */ {{er, st, st, st, rs, st, st, st}},
    /* RP */ {{er, st, ru, st, st, rp, ru, pp}},
    /* PC */ {{er, ru, ru, pp, ru, ru, pc, pp}},
    /* PP */ {{er, rp, rp, sc, rp, rp, pc, pp}},
}};

MigState look(MigState current, MigState wanted) {
    return table[static_cast<std::size_t>(current)][static_cast<std::size_t>(wanted)];
}

} // namespace

std::optional<MigState> simNextStep(MigFlags flags, MigState current, MigState wanted) {
    if (static_cast<std::size_t>(current) >= states || static_cast<std::size_t>(wanted) >= states)
        return std::nullopt;
    if (!flags.has(current) || !flags.has(wanted))
        return std::nullopt;
    MigState next = look(current, wanted);
    // A state that the device lacks is passed over: the table is asked again from there.
    while (next != MigState::Error && !flags.has(next))
        next = look(next, wanted);
    if (next == MigState::Error)
        return std::nullopt;
    return next;
}

} // namespace migscope
