// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The typed client of the migration uAPI: one SET per arc, stamps next to the call, the rules of the hardware
// built in.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/device/capabilities.h"
#include "core/device/dma_range.h"
#include "core/vfio/device_io.h"
#include "core/vfio/dirty_bitmap.h"

namespace migscope {

enum class StreamDirection { Save, Load };

/// A SET that is about to be made.
struct ArcStart {
    MigState from{};
    MigState to{};
    MigState goal{};
    bool combined = false;
};

/// A SET that returned.
struct ArcOutcome {
    ArcStart arc;
    Ns called{0};   ///< directly before the ioctl
    Ns returned{0}; ///< directly after
    std::optional<Error> error;
    /// Where the device stands: the arc's goal on success; after a failure what GET answered; absent when GET
    /// failed too.
    std::optional<MigState> stateAfter;
    std::optional<StreamDirection> opened; ///< a stream came with it
};

/// One uAPI call as evidence: bytes in and out. Only made when the observer wants calls.
struct CallRecord {
    std::string op; ///< "FEATURE GET MIG_DEVICE_STATE", "RESET", "GET_PRECOPY_INFO", "read", …
    std::vector<std::byte> in;
    std::vector<std::byte> out;
    int errnoValue = 0;
    Ns called{0};
    Ns returned{0};
};

/// Told what the device does, on the thread that does it. arcBegin() comes BEFORE the ioctl.
class DeviceObserver {
public:
    virtual ~DeviceObserver() = default;
    virtual void arcBegin(const ArcStart& arc) = 0;
    virtual void arcEnd(const ArcOutcome& outcome) = 0;
    /// A call that may block begins (a string literal: "RESET", "read", …) or has returned (nullptr), so that
    /// a call that does not come back can be named. In the hot path: must be cheap.
    virtual void blockingCall(const char* what) = 0;
    [[nodiscard]] virtual bool wantsCalls() const = 0;
    virtual void call(const CallRecord& record) = 0;
};

enum class ResetOutcome {
    Done,        ///< the device answers RUNNING
    Busy,        ///< EAGAIN after every retry
    Unsupported, ///< EINVAL or ENOTTY: the function has no reset
    Failed,      ///< another errno, or the device does not say RUNNING afterwards
};
struct ResetResult {
    ResetOutcome outcome = ResetOutcome::Failed;
    Ns called{0};
    Ns returned{0};
    int attempts = 0;
    std::optional<Error> error;
    std::optional<MigState> stateAfter;
};

/// What a read meant.
enum class ReadMeaning {
    Data,
    Drained,     ///< pre-copy: nothing for now (0 or ENOMSG)
    EndOfStream, ///< STOP_COPY: 0
};
struct ReadOutcome {
    ReadMeaning meaning = ReadMeaning::Data;
    std::size_t bytes = 0;
    Ns called{0};
    Ns returned{0};
};

struct PrecopyInfo {
    std::uint64_t initialBytes = 0;
    std::uint64_t dirtyBytes = 0;
    bool reinit = false; ///< new initial data is on the stream (only after the opt-in)
};

/// A call of DMA logging that returned, or was refused without one.
struct DmaLogCall {
    Ns called{0};
    Ns returned{0};
    std::optional<Error> error;
    bool made = false;           ///< false: refused by our rules, nothing was asked of the device
    std::uint64_t pageBytes = 0; ///< START: what the device took; REPORT: what was asked for
};

/// *Thread-bound*, but for interrupt(). Owns the device handle and the open stream: the stream cannot outlive
/// its device.
class MigrationDevice {
public:
    /// The device must have just been opened: probe() looks where it stands before anything else may be done.
    MigrationDevice(std::string name, std::unique_ptr<DeviceIo> io, Clock& clock);
    ~MigrationDevice();
    MigrationDevice(const MigrationDevice&) = delete;
    MigrationDevice& operator=(const MigrationDevice&) = delete;

    void observe(DeviceObserver* observer) { observer_ = observer; }
    [[nodiscard]] const std::string& name() const { return name_; }

    /// Flags, state, size, DMA logging, pre-copy info v2, v1 region. Must come first.
    [[nodiscard]] Result<Capabilities> probe();
    /// From the last probe().
    [[nodiscard]] const Capabilities& capabilities() const { return capabilities_; }

    /// GET. Updates what we believe; a state that moved without us ends our stream. An interrupted GET is
    /// asked again: not to know costs a reset.
    [[nodiscard]] Result<MigState> state();
    /// The state as last set or seen; absent when the device could not tell.
    [[nodiscard]] std::optional<MigState> believed() const { return believed_; }
    /// Only a reset is allowed: found not RUNNING at open, ERROR, RESUMING without our stream or after a
    /// failed write, or unknown.
    [[nodiscard]] bool needsReset() const;

    /// Walks to `goal` along route(), one SET per arc (or one for all with `combined`). Stops at the first
    /// failure: the last outcome tells it. Error (Refused) without any SET when the rules forbid the way.
    /// `stop` is asked before each arc: when it says true the walk ends there, believed() tells where.
    [[nodiscard]] Result<std::vector<ArcOutcome>> setState(MigState goal, bool combined = false,
                                                           const std::function<bool()>& stop = {});

    /// EAGAIN, and EINTR of an interruption meant for an earlier call, are retried with back-off up to
    /// `patience`.
    [[nodiscard]] ResetResult reset(Ns patience = std::chrono::seconds(2));

    /// MIG_DATA_SIZE now.
    [[nodiscard]] SizeEstimate stopCopySize();

    [[nodiscard]] bool hasStream() const { return stream_ != nullptr; }
    [[nodiscard]] std::optional<StreamDirection> streamDirection() const { return direction_; }
    /// Reads of the saving stream, judged by the state. The session ends at the first error other than a
    /// cancel.
    [[nodiscard]] Result<ReadOutcome> read(std::span<std::byte> into);
    /// Writes all of `from`, looping over short counts. The first error ends the load: only a reset is
    /// allowed then. `spent` is the time in calls.
    [[nodiscard]] Result<void> writeAll(std::span<const std::byte> from, Ns& spent);
    [[nodiscard]] Result<PrecopyInfo> precopyInfo();
    /// The load was given up half way: drivers may take part of an image as their state, so only a reset is
    /// allowed from here, and the stream is dropped.
    void spoilLoad();
    /// Asks for valid flags in the pre-copy info; one-way until the device is closed.
    [[nodiscard]] Result<void> optInPrecopyInfoV2();
    /// Drops the stream; the state stays.
    void closeStream();

    /// DMA_LOGGING_START over these ranges (checkDmaRanges()); the device may take another page size. Needs
    /// probe(); independent of the migration state. Logging ends with stopDmaLogging(), a reset, or with us.
    [[nodiscard]] DmaLogCall startDmaLogging(std::span<const DmaRange> ranges, std::uint64_t pageBytes);
    /// DMA_LOGGING_REPORT of a part of a logged range: pages written since the last report of them, which it
    /// clears. After an error `into` is empty, and every page may be dirty.
    [[nodiscard]] DmaLogCall reportDmaLogging(DmaRange range, std::uint64_t pageBytes, DirtyBitmap& into);
    DmaLogCall stopDmaLogging();
    [[nodiscard]] bool logsDma() const { return log_ == LogState::On; }
    /// Logs, or a reset or an interrupted START may have left it on.
    [[nodiscard]] bool mayLogDma() const { return log_ != LogState::Off; }

    /// *Thread-safe.*
    void interrupt();

private:
    /// A call's answer with its stamps.
    struct Stamped {
        std::optional<Error> error;
        Ns called{0};
        Ns returned{0};
    };
    /// Unsure: a reset, or a START that was interrupted.
    enum class LogState { Off, On, Unsure };
    Stamped feature(const char* op, std::span<std::byte> bytes, bool asArc = false);
    [[nodiscard]] ArcOutcome setOnce(const ArcStart& arc, std::optional<StreamDirection> opens, bool ends);
    /// Takes over, or gets rid of, the data fd of a successful SET.
    [[nodiscard]] std::optional<Error> settleStream(std::int32_t token, std::optional<StreamDirection> opens,
                                                    ArcOutcome& outcome);
    [[nodiscard]] bool offers(std::uint32_t featureAndOps, const char* op, int& errnoValue);
    [[nodiscard]] bool findV1Region(const DeviceInfo& info);
    [[nodiscard]] ReadMeaning meaningOf(std::size_t bytes) const;
    void trace(const char* op, std::span<const std::byte> in, std::span<const std::byte> out, int errnoValue,
               Ns called, Ns returned);

    std::string name_;
    std::unique_ptr<DeviceIo> io_;
    std::unique_ptr<DataStream> stream_; // after io_: destroyed first
    std::mutex streamMutex_;             // guards the pointer against interrupt(), not the stream
    std::optional<StreamDirection> direction_;
    Clock& clock_;
    DeviceObserver* observer_ = nullptr;
    Capabilities capabilities_;
    std::optional<MigState> believed_;
    bool resetOnly_ = true; // until probe() found the device RUNNING
    bool precopyInfoV2_ = false;
    LogState log_ = LogState::Off;
    std::vector<DmaRange> logged_;
};

} // namespace migscope
