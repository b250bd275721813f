// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes become a recording: what loading a whole file and following a growing one have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/transfer/recording.h"
#include "core/transfer/recording_io.h"

namespace migscope {

/// `(bytesRead, total)`, total 0: unknown. False cancels.
using ReadProgress = std::function<bool(std::uint64_t, std::uint64_t)>;

/// Parses outside its lock and applies under it, in batches of a few milliseconds. *Thread-bound*, but look()
/// is *thread-safe*.
class RecordingIntake {
public:
    /// `name` is the file's, for messages.
    explicit RecordingIntake(std::string name);
    RecordingIntake(const RecordingIntake&) = delete;
    RecordingIntake& operator=(const RecordingIntake&) = delete;
    ~RecordingIntake() = default;

    /// Reads until there is no more for now. The errno of read(), Cancelled, Damaged with name:line; what
    /// came before the failure stays applied.
    [[nodiscard]] Result<void> readFrom(int fd, std::uint64_t total, const ReadProgress& progress);
    /// The same for bytes in hand.
    [[nodiscard]] Result<void> feed(std::string_view bytes);
    /// Nothing more comes: a last line that only lacks its newline is taken.
    [[nodiscard]] Result<void> finish();
    /// Sets `complete` and says in `notes` how the recording ends: cut off, without a summary, broken by
    /// `error`, the summary differs. Replaces what was said before. Needs a header.
    void conclude(const std::optional<Error>& error = {});
    /// More came after conclude(): what it said no longer holds.
    void reopen();

    [[nodiscard]] bool hasHeader() const { return recording_ != nullptr; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const RecordingReader& reader() const { return reader_; }
    /// Under the lock. Without a header it calls nothing.
    void look(const std::function<void(const Recording&)>& see) const;
    /// For a caller that is done with the intake, or nullptr.
    [[nodiscard]] std::shared_ptr<Recording> recording() const { return recording_; }

private:
    void take(ParsedLine&& line);
    void applyBatch();

    std::string name_;
    RecordingReader reader_;
    std::string block_;
    std::uint64_t bytes_ = 0;
    std::vector<Event> batch_;
    std::size_t weight_ = 0; ///< of the batch: events and samples
    std::string summary_;
    std::size_t behindSummary_ = 0;
    mutable std::mutex mutex_; ///< over the recording
    std::shared_ptr<Recording> recording_;
};

} // namespace migscope
