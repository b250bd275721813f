// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording file that may still be written: what is there, and what comes.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/unique_fd.h"
#include "core/transfer/recording_intake.h"

namespace migscope {

enum class FollowState {
    Growing,  ///< no summary yet: more may come
    Ended,    ///< its last line is the summary
    Damaged,  ///< a line is none, or the file could not be read on: error() says it
    Replaced, ///< removed, shorter than it was, or another file stands in its place: error() says it
};

/// Regular files only: directories, devices and FIFOs are refused with InvalidArgument and words (a FIFO can
/// be read by loadRecording()). *Thread-bound*, but look() is *thread-safe*. After anything but Growing
/// nothing more is read, and what was good stays.
class RecordingFollower {
public:
    /// Opens, and reads what is there. NotFound/errno, Cancelled; Damaged when there is not even a header. A
    /// file without a whole header yet is Growing.
    [[nodiscard]] static Result<std::unique_ptr<RecordingFollower>> open(const std::string& path,
                                                                         const ReadProgress& progress = {});
    /// Reads what was appended; half a line waits for its rest. True: events came or the state changed.
    /// Fails only with Cancelled (poll again to go on).
    [[nodiscard]] Result<bool> poll(const ReadProgress& progress = {});

    [[nodiscard]] FollowState state() const { return state_; }
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] bool hasHeader() const { return intake_.hasHeader(); }
    [[nodiscard]] std::uint64_t bytesRead() const { return intake_.bytes(); }
    /// A living recorder writes it (heldByRecorder()).
    [[nodiscard]] bool held() const;
    /// When the file was last written, on the wall clock.
    [[nodiscard]] Ns modified() const;
    /// At its path stands still the very file that was read, as it was read.
    [[nodiscard]] bool unchanged() const;
    /// The file itself, also when its path names another one by now. *Thread-safe*, borrowed.
    [[nodiscard]] int descriptor() const { return file_.get(); }
    /// Nobody writes it any more, it seems: says in `notes` how it ends, until more comes. Needs a header.
    void settle();

    /// Calls `see` under the lock; before the header came it calls nothing.
    void look(const std::function<void(const Recording&)>& see) const { intake_.look(see); }

private:
    RecordingFollower(std::string path, UniqueFd file);
    /// Why nothing more can come of it; none: all is well.
    [[nodiscard]] std::optional<Error> replacement() const;
    void stop(FollowState state, std::optional<Error> error);

    std::string path_;
    UniqueFd file_;
    struct stat seen_{}; ///< when it was last read to its end
    RecordingIntake intake_;
    FollowState state_ = FollowState::Growing;
    std::optional<Error> error_;
    bool settled_ = false;
};

} // namespace migscope
