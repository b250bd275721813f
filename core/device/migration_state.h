// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The state machine of VFIO migration protocol v2: states, arcs, and the path that the kernel walks.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace migscope {

/// enum vfio_device_mig_state (Linux 5.18; the pre-copy states 6.2). The values are the kernel's.
enum class MigState : std::uint32_t {
    Error = 0,
    Stop = 1,
    Running = 2,
    StopCopy = 3,
    Resuming = 4,
    RunningP2p = 5,
    PreCopy = 6,
    PreCopyP2p = 7,
};
inline constexpr std::array allMigStates{MigState::Running,  MigState::RunningP2p, MigState::Stop,
                                         MigState::PreCopy,  MigState::PreCopyP2p, MigState::StopCopy,
                                         MigState::Resuming, MigState::Error};

/// The uAPI spelling ("PRE_COPY_P2P"); "unknown(9)" for a number of a newer protocol.
[[nodiscard]] std::string stateName(MigState state);
/// Reads the uAPI spelling, any case. Fails with InvalidArgument and names what is known.
[[nodiscard]] Result<MigState> parseState(std::string_view text);

/// The flags word of VFIO_DEVICE_FEATURE_MIGRATION, kept raw: unknown bits are a newer protocol and are
/// shown, not dropped.
class MigFlags {
public:
    static constexpr std::uint64_t StopCopy = 1;
    static constexpr std::uint64_t P2p = 2;
    static constexpr std::uint64_t PreCopy = 4;

    MigFlags() = default;
    explicit constexpr MigFlags(std::uint64_t raw) : raw_(raw) {}
    [[nodiscard]] constexpr std::uint64_t raw() const { return raw_; }
    [[nodiscard]] constexpr bool stopCopy() const { return (raw_ & StopCopy) != 0; }
    [[nodiscard]] constexpr bool p2p() const { return (raw_ & P2p) != 0; }
    [[nodiscard]] constexpr bool preCopy() const { return (raw_ & PreCopy) != 0; }
    [[nodiscard]] constexpr std::uint64_t unknownBits() const { return raw_ & ~std::uint64_t{7}; }
    /// RUNNING and ERROR always exist; STOP, STOP_COPY, RESUMING with StopCopy; the others with their flags.
    [[nodiscard]] bool has(MigState state) const;
    /// "stop-copy p2p pre-copy", unknown bits as "unknown(0x8)"; "none" for 0.
    [[nodiscard]] std::string text() const;
    friend constexpr bool operator==(MigFlags, MigFlags) = default;

private:
    std::uint64_t raw_ = 0;
};

/// What happens to data streams on an arc.
enum class StreamEffect {
    None,
    OpensSaving,   ///< a new readable data fd comes back
    OpensResuming, ///< a new writable data fd comes back
    EndsSession,   ///< the stream of the state that is left is dead from here on
};

/// One arc that a driver implements itself: one step of the state machine.
struct Arc {
    MigState from{};
    MigState to{};
    StreamEffect stream = StreamEffect::None;
    friend bool operator==(const Arc&, const Arc&) = default;
};

/// {PRE_COPY, PRE_COPY_P2P, STOP_COPY}: they share one saving stream.
[[nodiscard]] bool isSaving(MigState state);
/// {RUNNING, PRE_COPY}: the device works at full.
[[nodiscard]] bool isFullyRunning(MigState state);
/// {RUNNING, PRE_COPY, RUNNING_P2P, PRE_COPY_P2P}: at least partly running; the two ends of a migration never
/// both are.
[[nodiscard]] bool isRunning(MigState state);
/// A state in which a data stream exists.
[[nodiscard]] bool hasStream(MigState state);

/// Why a route cannot exist.
enum class NoRoute {
    StateMissing,     ///< the device's flags lack a state
    FromError,        ///< only a reset leaves ERROR (a SET would make the kernel warn)
    ToError,          ///< ERROR cannot be asked for
    LeavesSavingBack, ///< STOP_COPY -> PRE_COPY*: kernels before 7.x loop for ever inside the ioctl
    UnknownState,     ///< a number of a newer protocol
};

/// A path of arcs from one state to another, as the kernel would walk it. Cannot be built outside route(), so
/// a SET that the rules forbid cannot be expressed. Empty when from == to.
class Route {
public:
    [[nodiscard]] MigState from() const { return from_; }
    [[nodiscard]] MigState to() const { return arcs_.empty() ? from_ : arcs_.back().to; }
    [[nodiscard]] const std::vector<Arc>& arcs() const { return arcs_; }
    /// The path opens a stream that is alive at its end.
    [[nodiscard]] bool opensStream() const;
    /// A stream that exists at the start is dead at the end (or on the way).
    [[nodiscard]] bool losesStream() const;
    /// The device passes a running state although neither end is one (RESUMING -> ... no; PRE_COPY -> STOP:
    /// yes).
    [[nodiscard]] bool runsOnTheWay() const;

private:
    friend class RouteBuilder;
    MigState from_{};
    std::vector<Arc> arcs_;
};

/// The path of the kernel's state machine for a device with these flags. *Reentrant.*
[[nodiscard]] std::expected<Route, NoRoute> route(MigFlags flags, MigState from, MigState to);
/// The reason as an Error (Refused) with a sentence in `detail`.
[[nodiscard]] Error noRouteError(NoRoute why, MigState from, MigState to, MigFlags flags);

/// All arcs that a device with these flags has, in the order of allMigStates.
[[nodiscard]] std::vector<Arc> arcsOf(MigFlags flags);

} // namespace migscope
