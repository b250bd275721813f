// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The thread that turns the queue's events into a journal on disk and a recording in memory.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/unique_fd.h"
#include "core/device/capabilities.h"
#include "core/device/topology.h"
#include "core/transfer/event_queue.h"
#include "core/transfer/recording.h"

namespace migscope {

/// Owns the queue and the thread. *Thread-safe.* The journal is on disk as it happens: flushed at least every
/// 50 ms, so a crash loses at most one flush. While a SET does not return it writes a `stuck` event each
/// second, from 2 s on.
class Recorder {
public:
    struct Options {
        std::string path; ///< journal file, created O_EXCL 0600; empty: memory only
        int fd = -1;      ///< or an open descriptor that is borrowed ("--record -"); -1: none
        bool keepInMemory = true;
    };
    /// Starts the thread and writes the header.
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> start(Clock& clock, RecordingHeader header,
                                                                 const Options& options);
    ~Recorder(); // finishes

    [[nodiscard]] EventSink& sink();
    /// A person's note at `time` (since the recording's t0): through the queue while it records, else into
    /// memory only, where the file has to be told apart. *Thread-safe.*
    void mark(Ns time, const std::string& text);
    /// A consistent copy of what was recorded so far is costly: instead calls `look` with the recording under
    /// the lock.
    void look(const std::function<void(const Recording&)>& look) const;
    /// Events since the last call with the same cursor, for live views (samples too). Cheap; *thread-safe*.
    [[nodiscard]] std::vector<Event> since(std::size_t& cursor) const;

    /// Drains the queue, writes the summary, fsyncs, joins. Returns the recording, or the first error of
    /// writing. Idempotent.
    [[nodiscard]] Result<std::shared_ptr<const Recording>> finish();
    /// The first failed write, at once (disk full): the run goes on, the journal does not.
    [[nodiscard]] std::optional<Error> writeError() const;

private:
    class Impl;
    explicit Recorder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What a header tells of a device; `probe` when it was opened and asked. *Reentrant.*
[[nodiscard]] RecordedDevice recordedDevice(const Device& device, const Capabilities* probe);

/// A header with host, clock and tool filled in from this machine, t0 = clock.now().
[[nodiscard]] RecordingHeader makeHeader(Clock& clock, bool simulated, std::vector<RecordedDevice> devices);

} // namespace migscope
