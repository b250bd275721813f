// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a simulated machine is made of: plain values, read from a JSON profile or built by a test.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/device/migration_state.h"
#include "core/sim/sim_misbehaviour.h"

namespace migscope {

enum class SimProtocol {
    None, ///< VFIO without migration: ENOTTY
    V1,   ///< only the withdrawn region
    V2,
};
/// Where the device spends the time of a transfer.
enum class SimWork { Calls, Set };
/// MIG_DATA_SIZE.
enum class SimSizeAnswer {
    Fixed, ///< a constant of the driver
    Live,  ///< what is left now
    None,  ///< ENOTTY: a kernel before 6.2
};

/// Where the working set lies in the ranges of DMA logging: at their beginning, or in pages at even
/// distances.
enum class SimDmaPattern { Start, Spread };

enum class SimFaultKind {
    FailSet,         ///< errnoValue; `leaves` = where the device ends (absent: at the arc's start)
    StuckSet,        ///< never returns, cannot be interrupted
    LostFd,          ///< the state advances, then the SET fails (EMFILE): no fd, the session is lost
    NoFd,            ///< success without the fd that is due
    StrayFd,         ///< success with an fd where none is due
    RefuseImage,     ///< the SET that leaves RESUMING fails although the image is whole; stays RESUMING
    StallRead,       ///< the read that reaches `offset` blocks until it is interrupted
    StallWrite,      ///< the same of a write
    EarlyEnd,        ///< reads end at `offset`
    ReadError,       ///< errnoValue at `offset`
    WriteError,      ///< errnoValue at `offset`; ends the session like every failed write
    ShortReads,      ///< at most `bytes` a call
    ShortWrites,     ///< at most `bytes` a call
    FlipByte,        ///< the byte at `offset` of the saved stream is wrong
    EmptySecondSave, ///< from the second saving session of an opening on, no data comes
    DmaStartFails,   ///< errnoValue of DMA_LOGGING_START
    DmaReportFails,  ///< errnoValue of DMA_LOGGING_REPORT
    DataSizeErrno,   ///< MIG_DATA_SIZE leaks -errnoValue as a size
    MovedBehindBack, ///< `after` the open the device is RUNNING and its session dead, as after AER
    ResetFails,      ///< errnoValue
    OpenFails,       ///< errnoValue
    AskedBack,       ///< `after` the open the kernel wants the device back
};

struct SimFault {
    SimFaultKind kind{};
    int errnoValue = 0;
    std::optional<std::pair<MigState, MigState>> arc = {}; ///< only on this arc
    std::optional<unsigned> nth = {};                      ///< only in the n-th SET since the open, from 1
    std::optional<MigState> leaves = {};
    std::uint64_t offset = 0; ///< bytes from the start of the stream
    std::uint64_t bytes = 0;
    Ns after{0};
    std::optional<unsigned> times = {}; ///< happens so often in the device's life, then never again
    /// StuckSet: the SET sits in a read() of this file, as a real ioctl sits in the kernel: with a file that
    /// never answers the thread cannot even be killed. Empty: it waits on a condition.
    std::string blockOnFile = {};
};

struct SimHolder {
    std::int64_t pid = 0;
    std::string command;
};

struct SimDeviceProfile {
    // Identity
    std::string address; ///< PCI address, or the UUID of a mediated device
    std::string label;   ///< shown beside the address
    std::string family;  ///< mlx5, hisi_acc, pds, qat, virtio, mtty, vfio-pci, v1, none, host
    std::string driver;  ///< empty: no driver bound
    bool vfio = true;    ///< bound to a driver of the VFIO family
    bool mediated = false;
    std::uint16_t vendorId = 0;
    std::uint16_t deviceId = 0;
    std::uint16_t subsystemVendorId = 0;
    std::uint16_t subsystemDeviceId = 0;
    std::uint32_t classCode = 0;
    std::string physicalFunction;       ///< address of the PF; empty for none
    std::string physicalFunctionDriver; ///< its driver
    std::uint16_t physicalFunctionId = 0;
    std::optional<int> group; ///< absent: a group of its own
    int numaNode = 0;
    std::vector<SimHolder> holders;

    // Protocol
    SimProtocol protocol = SimProtocol::None;
    MigFlags flags;
    bool dmaLogging = false;
    bool precopyInfoV2 = false; ///< the kernel knows MIG_PRECOPY_INFOv2
    int drainedErrno = 0;     ///< what a read answers in PRE_COPY with nothing queued: ENOMSG, or 0 (a count)
    bool dirtyOnInfo = false; ///< new dirty data is queued only by asking for the pre-copy info
    bool p2pStopsDma = true;
    SimSizeAnswer sizeAnswer = SimSizeAnswer::Fixed;
    bool resetSupported = true;
    bool resetAdvertised = true;
    unsigned busyResets = 0; ///< the first resets answer EAGAIN
    /// False for PCI functions: opening resets them. True: the state outlives the close, its session not.
    bool keepsState = false;
    MigState foundState = MigState::Running; ///< at the first open of a device that keeps its state
    bool interruptible = false;              ///< a SET that sleeps ends with EINTR when interrupted

    // State
    std::uint64_t stateBytes = 0;          ///< of a stream that never was in PRE_COPY; a multiple of 8
    std::uint64_t precopyInitialBytes = 0; ///< the part that PRE_COPY starts with
    std::uint64_t stopCopyBytes = 0;       ///< the part that follows it in STOP_COPY, dirty data aside
    std::uint64_t dirtyBytesPerSecond = 0; ///< while running
    std::uint64_t workingSetBytes = 0;     ///< most that can be dirty at once; 0: no cap
    SimDmaPattern dmaPattern = SimDmaPattern::Start;
    std::optional<unsigned> reinitAtInfo; ///< the n-th pre-copy info finds new initial data on the stream

    // Time
    Ns openTime{0};
    Ns resetTime{0};
    Ns getTime{0};
    Ns dmaLogStartPerGib{0};  ///< DMA_LOGGING_START, for each GiB of its ranges
    Ns dmaLogReportPerGib{0}; ///< DMA_LOGGING_REPORT, for each GiB asked for
    Ns arcTime{0};            ///< of arcs that are not in arcTimes
    std::map<std::pair<MigState, MigState>, Ns> arcTimes;
    Ns streamCallTime{0};
    std::uint64_t saveBytesPerSecond = 0; ///< 0: at once
    std::uint64_t loadBytesPerSecond = 0;
    /// Each stream of the device has a pace of its own, which all its times are multiplied with: about
    /// normally distributed with this standard deviation, in percent. Same seed, same paces.
    unsigned jitterPercent = 0;
    std::uint64_t jitterSeed = 0;
    unsigned coldPercent = 0;        ///< the first stream takes so much longer
    SimWork saveIn = SimWork::Calls; ///< in read(), or in the SET to STOP_COPY
    SimWork loadIn = SimWork::Calls; ///< in write(), or in the SET that leaves RESUMING

    std::vector<SimFault> faults;
    std::set<SimMisbehaviour> misbehaviours; ///< rules of the protocol that it breaks, for compliance checks

    [[nodiscard]] Ns timeOf(MigState from, MigState to) const;
};

struct SimHostProfile {
    std::string name = "sim";
    std::string kernelRelease;
    bool debugfs = false; ///< /sys/kernel/debug/vfio with the devices' features
    bool nodesUsable = true;
    std::map<std::string, char> config; ///< CONFIG_… = y, m, n
};

struct SimProfile {
    std::string name;
    SimHostProfile host;
    std::vector<SimDeviceProfile> devices;

    [[nodiscard]] const SimDeviceProfile* find(const std::string& address) const;
};

/// A healthy device of a family, with realistic sizes and times. Fails with InvalidArgument and names the
/// families. *Reentrant.*
[[nodiscard]] Result<SimDeviceProfile> simFamily(const std::string& family, const std::string& address);
[[nodiscard]] const std::vector<std::string>& simFamilies();

/// Reads a profile. Errors are InvalidArgument with the JSON path in `where` ("lab.json:/devices/3/flags");
/// keys that nobody knows are refused by name. *Reentrant.*
[[nodiscard]] Result<SimProfile> parseSimProfile(const std::string& json, const std::string& source);
/// What values cannot be: sizes, duplicate addresses, arcs that the flags do not have. `where` as above.
[[nodiscard]] Result<void> checkSimProfile(const SimProfile& profile, const std::string& source);
/// "lab", or the path of a JSON file.
[[nodiscard]] Result<SimProfile> loadSimProfile(const std::string& nameOrPath);

/// The built-in profile's text.
[[nodiscard]] std::string_view labProfileText();

} // namespace migscope
