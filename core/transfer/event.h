// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What happened: the vocabulary of recordings, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/clock.h"
#include "core/device/dma_range.h"
#include "core/device/migration_state.h"
#include "core/transfer/plan.h"

namespace migscope {

enum class RunOutcome { Ok, Failed, Cancelled };
[[nodiscard]] std::string outcomeWord(RunOutcome outcome); ///< "ok", "failed", "cancelled"

/// All times in events are nanoseconds since the recording's t0.
namespace event {

struct RunBegin {
    Plan plan;
};
struct RunEnd {
    RunOutcome outcome = RunOutcome::Failed;
    std::map<int, std::optional<MigState>> states; ///< by device index; absent = unknown
    std::string reason;                            ///< why not ok, one line; empty when ok
};
/// Pushed before the ioctl.
struct ArcBegin {
    MigState from{};
    MigState to{};
    MigState goal{};
    bool combined = false;
    std::int64_t thread = 0; ///< kernel thread id of the worker: for wchan when it does not return
};
struct ArcEnd {
    MigState from{};
    MigState to{};
    MigState goal{};
    bool combined = false;
    Ns called{0};
    Ns returned{0};
    int errnoValue = 0;
    std::string error; ///< code name when it is no errno ("protocol-violation"); empty on success
    std::optional<std::uint32_t> stream; ///< the stream that came with it
    std::optional<MigState> stateAfter;  ///< re-read on failure; absent = unknown
};
enum class StreamWhat { Open, Eof, Empty, Error, Close };
/// `time` of an Eof event is the stamp directly after the read that returned 0.
struct Stream {
    std::uint32_t stream = 0;
    bool save = true; ///< else load
    StreamWhat what = StreamWhat::Open;
    std::uint64_t bytes = 0; ///< so far
    int errnoValue = 0;
};
/// Batched; vectors of one length. Each sample tells what moved since the one before it: bytes, and the time
/// spent in calls on the source and on the destination. A sample's time is the end of its last call; none
/// reaches over the boundary of a phase, and each is pushed before the event that ends its phase (the arc to
/// STOP_COPY, the stream's eof): the fold attributes by order.
struct Samples {
    std::uint32_t stream = 0;
    std::vector<Ns> time;
    std::vector<std::uint64_t> bytes;
    std::vector<Ns> source;
    std::vector<Ns> destination;
};
struct Precopy {
    std::uint64_t initialBytes = 0;
    std::uint64_t dirtyBytes = 0;
    bool reinit = false;
};
struct Estimate {
    std::optional<std::uint64_t> stopCopyBytes;
    int errnoValue = 0;
};
/// The device moved without us.
struct StateMoved {
    std::optional<MigState> believed;
    std::optional<MigState> found;
};
/// VFIO_DEVICE_RESET; `outcome` is "done", "busy", "unsupported", "failed".
struct Reset {
    std::string outcome;
    int attempts = 0;
    Ns called{0};
    Ns returned{0};
    int errnoValue = 0;
    std::optional<MigState> stateAfter;
};
/// Evidence, at detail "calls". Bytes as hex.
struct Call {
    std::string op;
    std::string in;
    std::string out;
    int errnoValue = 0;
    Ns called{0};
    Ns returned{0};
};
/// Waiting for the other devices of a run; `barrier` is "p2p", "stopped", "loaded".
struct Wait {
    std::string barrier;
    Ns from{0};
    Ns to{0};
};
struct AskedBack {
    std::string by;
};
struct Stuck {
    std::string call;
    Ns since{0};
    std::string wchan;
};
struct Mark {
    std::string text;
};
struct Lost {
    std::uint64_t count = 0;
    std::string what;
};
/// A line of the kernel's log about a device of the recording or its driver.
struct KernelLog {
    unsigned priority = 0; ///< as the kernel gives it: facility * 8 + severity
    std::uint64_t sequence = 0;
    std::string text;
    std::int64_t printkUs = 0; ///< the kernel's own stamp; the event's time is that on the recording's axis

    /// 0 emergency … 3 error, 4 warning … 7 debug.
    [[nodiscard]] unsigned severity() const { return priority % 8; }
    [[nodiscard]] bool isError() const { return severity() <= 3; }
    /// False: a program wrote it into the log.
    [[nodiscard]] bool fromKernel() const { return priority / 8 == 0; }
};
/// Pages that the device wrote since the report before: one DMA_LOGGING_REPORT, or a part of it.
struct Dirty {
    std::uint64_t iova = 0;
    std::uint64_t pageBytes = 0;
    std::uint64_t pages = 0;   ///< looked at, from `iova` on
    std::vector<PageRun> runs; ///< dirty ones, ascending, within `pages`; empty: nothing was written
    /// Where there were so many runs that near ones were put together, and so cover clean pages as well.
    std::optional<std::uint64_t> exactPages;

    [[nodiscard]] std::uint64_t dirtyPages() const { return exactPages ? *exactPages : totalPages(runs); }
    [[nodiscard]] std::uint64_t dirtyBytes() const; ///< the largest number when it is more
};
/// A call of DMA logging. `ranges`: of START and STOP all, of REPORT the one asked for.
struct DmaLog {
    enum class Op { Start, Report, Stop };
    Op op = Op::Start;
    std::vector<DmaRange> ranges;
    std::uint64_t pageBytes = 0; ///< START: what the device took, or was asked for when it failed
    Ns called{0};
    Ns returned{0};
    int errnoValue = 0;
    std::string error; ///< code name when it is no errno; empty on success
};
/// A kind of a newer version, kept in place and written back unchanged.
struct Unknown {
    std::string line;
};

using Body = std::variant<RunBegin, RunEnd, ArcBegin, ArcEnd, Stream, Samples, Precopy, Estimate, StateMoved,
                          Reset, Call, Wait, AskedBack, Stuck, Mark, Lost, KernelLog, Dirty, DmaLog, Unknown>;

} // namespace event

struct Event {
    Ns time{0}; ///< when it became known
    std::optional<int> device;
    std::optional<int> run; ///< from 1; absent = outside runs
    int host = 0;
    std::string source = "engine";
    event::Body body;
    std::string extra; ///< unknown keys of a known kind, as one JSON object; written back unchanged
};

[[nodiscard]] std::string_view dmaLogWord(event::DmaLog::Op op); ///< "start", "report", "stop"

/// "arc-begin", "samples", …; for Unknown the kind it names.
[[nodiscard]] std::string_view eventKind(const Event& event);

/// Where the engine puts events. *Thread-safe*, never blocks, never fails. Times are the clock's own; the
/// sink makes them relative.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void push(Event event) = 0;
    /// An id for a stream that opens: unique within the recording, whoever feeds it.
    [[nodiscard]] virtual std::uint32_t nextStream() = 0;
};

/// One device as the header of a recording tells it.
struct RecordedDevice {
    std::string name;
    std::string driver;
    std::string pciId; ///< "15b3:101e"
    std::optional<int> group;
    std::string access;
    std::uint64_t flags = 0;
    std::string workload = "none"; ///< "none": an idle function that we opened ourselves
    std::string extra = {};        ///< unknown keys, as one JSON object
};

struct RecordingHeader {
    std::string schema = "migscope.recording/1";
    bool simulated = false;
    std::string tool; ///< version
    std::string hostName;
    std::string kernel;
    std::string bootId;
    std::string clockId = "CLOCK_MONOTONIC";
    Ns t0{0}; ///< of the clock; events are relative to it
    Ns realtime{0};
    Ns boottime{0};
    Ns resolution{1};
    std::vector<RecordedDevice> devices;
    std::string detail = "arcs";   ///< or "calls"
    std::optional<Plan> plan = {}; ///< what was asked for, when one plan is the whole recording
    std::string extra;             ///< unknown keys, as one JSON object
    std::string hostExtra = {};    ///< the same of the inner object `host`
    std::string clockExtra = {};   ///< and of `clock`
    /// The host is an emulated machine: its times are not a real machine's. Said with every figure.
    bool emulated = false;
    std::string about = {}; ///< what the recording shows, in a sentence; of an example
};

} // namespace migscope
