// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A device under test: raw calls, each of them recorded, none of them against the rules of the hardware.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/check/call_book.h"
#include "core/check/set_guard.h"
#include "core/device/migration_state.h"
#include "core/uapi/vfio.h"
#include "core/vfio/backend.h"
#include "core/vfio/device_io.h"

namespace migscope {

/// What stands for an errno when there was none: our rules forbade the call, or it was interrupted.
inline constexpr int notTried = -1;
inline constexpr int interruptedCall = -2;
/// The errno of an answer, or one of these two.
[[nodiscard]] int codeOf(const Error& error);
/// "EINVAL", "success" for 0, and words for the two above.
[[nodiscard]] std::string answerText(int error);

struct CheckTarget {
    std::string device; ///< as the backend names it
    std::string driver;
    std::string vfioDev;  ///< for the kernel's log; may be empty
    bool hostile = false; ///< junk may be written into it
};

/// Junk may be written into such a device unasked: what it writes to is software that nobody shares.
[[nodiscard]] bool takesJunk(bool simulated, std::string_view driver);

/// The bytes of one VFIO_DEVICE_FEATURE: a header and 64-bit words behind it.
class RawFeature {
public:
    /// `argsz`: what the header claims; absent: the truth.
    explicit RawFeature(std::uint32_t flags, std::vector<std::uint64_t> payload = {},
                        std::optional<std::uint32_t> argsz = {});
    [[nodiscard]] std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words_)); }
    [[nodiscard]] std::uint64_t word(std::size_t index) const { return words_.at(index + 1); }

private:
    std::vector<std::uint64_t> words_;
};

struct MovedBytes {
    int error = 0; ///< errno, or one of the two above
    std::size_t count = 0;
    [[nodiscard]] bool operator==(const MovedBytes&) const = default;
};
struct InfoAnswer {
    int error = 0;
    uapi::VfioPrecopyInfo info{};
};

/// A data stream of a device under test. *Thread-bound*; dies before its device.
class SubjectStream {
public:
    SubjectStream(std::unique_ptr<DataStream> stream, int device, CallBook& book)
        : stream_(std::move(stream)), device_(device), book_(book) {}
    [[nodiscard]] MovedBytes read(std::span<std::byte> into);
    [[nodiscard]] MovedBytes write(std::span<const std::byte> from);
    [[nodiscard]] InfoAnswer info(std::uint32_t argsz = sizeof(uapi::VfioPrecopyInfo));
    /// An ioctl that no file of VFIO has.
    [[nodiscard]] int unknownIoctl();
    [[nodiscard]] int rewind();
    void interrupt() { stream_->interrupt(); }
    [[nodiscard]] bool writeFailed() const { return writeFailed_; }

private:
    int made(const char* op, std::vector<std::byte> in, std::vector<std::byte> out, const Result<void>& done,
             Ns called, CallExtra extra = {});
    std::unique_ptr<DataStream> stream_;
    int device_;
    CallBook& book_;
    std::uint64_t offset_ = 0; ///< bytes that went through
    bool writeFailed_ = false;
};

/// Answer of a SET.
struct SetAnswer {
    int error = 0;
    bool fd = false;                 ///< a data fd came back
    SubjectStream* stream = nullptr; ///< the stream of that fd, when it could be taken
};

/// How often something worked and did not, over all checks.
struct Tally {
    unsigned worked = 0;
    unsigned failed = 0;
    int lastError = 0;
    std::string_view lastIn; ///< the check in which that was
    void add(int error, std::string_view check) {
        ++(error == 0 ? worked : failed);
        lastError = error != 0 ? error : lastError;
        lastIn = error != 0 ? check : lastIn;
    }
};
/// What a device did over all checks, for those that look back.
struct SubjectLedger {
    std::map<std::pair<MigState, MigState>, Tally> arcs; ///< one SET for one arc, but for loads that end
    Tally resets;                                        ///< EAGAIN that went away is none
    /// "STOP_COPY, then STOP, in MIG-FSM-002": it moved and nobody had asked
    std::vector<std::string> drifts;
};

/// *Thread-bound*, but for interrupt(). Streams die before the device is closed.
class Subject {
public:
    Subject(Backend& backend, CheckTarget target, int index, CallBook& book);
    ~Subject();
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    [[nodiscard]] const CheckTarget& target() const { return target_; }
    [[nodiscard]] const std::string& name() const { return target_.device; }

    /// Ids of the check that calls from now on; of static storage.
    void beginCheck(std::string_view id) { check_ = id; }
    [[nodiscard]] std::string_view check() const { return check_; }

    /// Opens it and looks: flags, state, what it offers. Unsupported without protocol v2.
    [[nodiscard]] Result<void> open();
    void close();
    [[nodiscard]] bool isOpen() const { return io_ != nullptr; }
    /// A second opening while this one lasts: its errno; 0 when it came open (and was closed again).
    [[nodiscard]] int openAgain();

    [[nodiscard]] MigFlags flags() const { return flags_; }
    [[nodiscard]] std::string access() const { return access_; }
    /// What PROBE of SET DMA_LOGGING_START and of SET MIG_PRECOPY_INFOv2 answered at the opening; 0: it has
    /// it.
    [[nodiscard]] int dmaLoggingAnswer() const { return dmaLogging_; }
    [[nodiscard]] int precopyInfoV2Answer() const { return precopyInfoV2_; }
    [[nodiscard]] bool resetAdvertised() const { return resetAdvertised_; }
    [[nodiscard]] bool stopsWhenRefused() const { return stopsWhenSetRefused(target_.driver); }

    /// GET_INFO: for resetAdvertised().
    void askInfo();
    /// VFIO_DEVICE_FEATURE on these bytes. `op` is a string literal. A SET of the state that the rules forbid
    /// is not made. `ranges`: those that a START of DMA logging points at, for the evidence.
    [[nodiscard]] int feature(const char* op, std::span<std::byte> bytes, std::vector<DmaRange> ranges = {});
    [[nodiscard]] std::optional<MigState> get();
    [[nodiscard]] SetAnswer set(std::uint32_t number);
    [[nodiscard]] SetAnswer set(MigState state) { return set(static_cast<std::uint32_t>(state)); }
    /// MIG_DATA_SIZE.
    [[nodiscard]] int dataSize(std::uint64_t& bytes);
    /// VFIO_DEVICE_RESET; EAGAIN is asked again for up to two seconds. Streams stay, to be looked at.
    [[nodiscard]] int reset();

    /// Where it stands, as far as is known.
    [[nodiscard]] std::optional<MigState> believed() const { return believed_; }
    /// The newest stream that is open; null: none.
    [[nodiscard]] SubjectStream* stream() const;
    void closeStream(SubjectStream* stream);
    void closeStreams();
    /// The state of another device is loaded: to run it would make a twin, so only a reset brings it back.
    void holdsAnothersState() { twin_ = true; }
    /// From now on the flags of the pre-copy info mean something; only an opening undoes it.
    void optedIn() { optedIn_ = true; }
    [[nodiscard]] bool hasOptedIn() const { return optedIn_; }
    [[nodiscard]] bool onlyResetIsSafe() const;
    [[nodiscard]] const SubjectLedger& ledger() const { return ledger_; }

    /// To RUNNING: along the table, or by a reset where only that is left, DMA logging off, streams closed.
    /// False: it could not be brought there. `how`: "reset", "SET"; empty: it was there.
    [[nodiscard]] bool bringBack(std::string& how);

    /// *Thread-safe.*
    void interrupt();

private:
    [[nodiscard]] Result<std::unique_ptr<DeviceIo>> openIo();
    [[nodiscard]] int resetOnce();
    void tally(std::optional<MigState> from, std::uint32_t target, int error);
    void afterSet(int error, std::uint32_t target);

    Backend& backend_;
    const CheckTarget target_;
    const int index_;
    CallBook& book_;
    std::string_view check_ = "the opening";
    std::mutex mutex_; ///< guards the pointers against interrupt()
    std::unique_ptr<DeviceIo> io_;
    std::vector<std::unique_ptr<SubjectStream>> streams_; // after io_: destroyed first
    MigFlags flags_;
    std::string access_;
    int dmaLogging_ = 0;
    int precopyInfoV2_ = 0;
    bool resetAdvertised_ = false;
    std::optional<MigState> believed_;
    bool foundNotRunning_ = false;
    bool loadOpen_ = false; ///< RESUMING is ours
    bool spoiled_ = false;  ///< a write failed
    bool twin_ = false;
    bool optedIn_ = false;
    SubjectLedger ledger_;
    bool logging_ = false; ///< a START went well and no STOP since
};

} // namespace migscope
