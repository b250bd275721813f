// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A simulated device that misbehaves: the seam of a well-behaved one, with single rules broken on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "core/device/migration_state.h"
#include "core/sim/sim_misbehaviour.h"
#include "core/vfio/device_io.h"

namespace migscope {

/// Of the devices of one machine together.
struct SimWrongMachine {
    unsigned loads = 0; ///< entries into RESUMING
};

/// What a misbehaving device remembers over its openings. *Thread-bound.*
struct SimWrongs {
    std::set<SimMisbehaviour> kinds;
    MigFlags flags;
    std::shared_ptr<SimWrongMachine> machine;
    std::function<void()> complain; ///< into the kernel's log

    unsigned flagsAsked = 0;
    unsigned arcsTaken = 0;   ///< PRE_COPY_P2P -> PRE_COPY
    bool drifted = false;     ///< it moved by itself once
    bool resetFailed = false; ///< RESET failed once
    bool readFailed = false;  ///< a read did
    unsigned loadsEnded = 0;
    unsigned savesBegun = 0;                   ///< saving sessions, over all openings
    bool keptStop = false;                     ///< closed in STOP
    bool keptBusy = false;                     ///< closed in the middle of a save
    bool broken = false;                       ///< junk was written into it
    std::set<std::vector<std::byte>> ownHeads; ///< beginnings of what it saved
    std::vector<std::byte> lastHead;
    std::uint64_t lastLength = 0;

    [[nodiscard]] bool has(SimMisbehaviour kind) const { return kinds.contains(kind); }
};

/// `inner` is the device as it should be; `wrongs` says what is wrong with it.
[[nodiscard]] std::unique_ptr<DeviceIo> misbehave(std::unique_ptr<DeviceIo> inner,
                                                  std::shared_ptr<SimWrongs> wrongs);
/// What a second opening gives where none is due: it answers ENODEV to everything.
[[nodiscard]] std::unique_ptr<DeviceIo> makeDeadDeviceIo();

/// One session as the misbehaving parts see it. Shared by device and stream.
struct SimWrongSession {
    enum class End { No, ByStop, ByRunning, ByReset };
    bool saving = true;
    bool overPrecopy = false;
    bool killed = false;
    bool empty = false;
    bool closed = false; ///< nobody has the stream any more
    bool atEnd = false;
    bool writeFailed = false;
    bool refused = false; ///< the SET that leaves RESUMING failed
    End end = End::No;
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    std::uint64_t skip = 0; ///< bytes at the beginning that are not given out
    unsigned infos = 0;
    unsigned loadsAtBegin = 0;
    std::vector<std::byte> head;   ///< the first bytes that went through
    std::vector<std::byte> buffer; ///< a load that is judged only at its end
    std::function<bool()> flush;   ///< writes it to the device; false: it did not take it
};

/// What device and streams share while the device is open. *Thread-bound*, but for interrupt().
struct SimWrongCore {
    std::unique_ptr<DeviceIo> inner;
    std::shared_ptr<SimWrongs> wrongs;
    std::shared_ptr<SimWrongSession> session; ///< the one that lasts
    unsigned wholeSaves = 0;                  ///< of this opening
    bool precopySaved = false;                ///< the last whole save went over pre-copy
    bool loaded = false;                      ///< and did not run since
    bool optedIn = false;

    [[nodiscard]] bool has(SimMisbehaviour kind) const { return wrongs->has(kind); }
    /// Asks the device itself.
    [[nodiscard]] MigState now();
    /// Loads are kept back until RESUMING is left.
    [[nodiscard]] bool buffersLoads() const;
};

[[nodiscard]] std::unique_ptr<DataStream> misbehave(std::unique_ptr<DataStream> inner,
                                                    std::shared_ptr<SimWrongCore> core,
                                                    std::shared_ptr<SimWrongSession> session);

inline constexpr std::size_t simHeadBytes = 64;

} // namespace migscope
