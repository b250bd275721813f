// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a check works with: the devices, and the acts that many checks need.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check/check.h"
#include "core/check/subject.h"

namespace migscope {

using SightValues = std::map<std::string, std::string>;
[[nodiscard]] CheckOutcome checkPassed(std::string_view text, SightValues values = {});
[[nodiscard]] CheckOutcome checkFailed(std::string_view text, SightValues values = {});
[[nodiscard]] CheckOutcome checkSkipped(std::string_view text, SightValues values = {});
/// Passed when the call answered one of `due` (errnos, 0 is success); skipped when it was not made.
[[nodiscard]] CheckOutcome expectAnswer(int answer, std::initializer_list<int> due);
/// Passed when it answered any errno.
[[nodiscard]] CheckOutcome expectRefusal(int answer);

/// How an attempt to load an image ended.
struct LoadEnd {
    enum class Where { Blocked, Write, Leave, Accepted };
    Where where = Where::Blocked; ///< Blocked: it did not come so far; blocked() tells
    int error = 0;
    std::uint64_t offset = 0; ///< of the write that failed
    std::uint64_t length = 0; ///< of that write
    unsigned zeroes = 0;      ///< writes that took nothing and said so
    [[nodiscard]] bool refused() const { return where == Where::Write || where == Where::Leave; }
};

/// *Thread-bound*: the worker's. A check leaves the devices anywhere: who runs it brings them back.
class CheckContext {
public:
    /// `cancelled` must outlive it. Both subjects are open.
    CheckContext(Subject& device, Subject* peer, const std::atomic<bool>& cancelled, std::uint64_t mostImage);

    [[nodiscard]] Subject& device() { return device_; }
    [[nodiscard]] Subject& peer() { return *peer_; } ///< only for checks that need one
    [[nodiscard]] bool hasPeer() const { return peer_ != nullptr; }
    [[nodiscard]] bool cancelled() const { return cancelled_.load(); }

    /// Skipped, because what had to be done first did not work: another check's matter.
    [[nodiscard]] CheckOutcome blocked() const;
    /// Remembers the reason; false, for `return`.
    bool block(std::string_view text, SightValues values = {});

    /// One SET an arc. False: blocked() tells why.
    [[nodiscard]] bool walk(Subject& subject, MigState goal);
    [[nodiscard]] bool walk(MigState goal) { return walk(device_, goal); }
    /// The same, and the stream that is open there. Null: blocked() tells.
    [[nodiscard]] SubjectStream* openStream(MigState goal);
    /// Reads in STOP_COPY until the end. Absent: blocked() tells.
    [[nodiscard]] std::optional<std::uint64_t> readToEnd(SubjectStream& stream,
                                                         std::vector<std::byte>* into = nullptr);
    /// Of reads that must work, and of whole loads of the device's own image.
    [[nodiscard]] const Tally& reads() const { return reads_; }
    [[nodiscard]] const Tally& loads() const { return loads_; }
    /// A whole save, from STOP to its end without pre-copy, moved so much.
    void noteSave(std::uint64_t bytes) { firstSaved_ = firstSaved_ > 0 ? firstSaved_ : bytes; }
    /// Bytes of the first of those that moved something, in this check or one before it, of this opening or
    /// another; 0: none did.
    [[nodiscard]] std::uint64_t firstSaved() const { return firstSaved_; }
    /// A stream of STOP_COPY was read up to mostStream() and did not end.
    [[nodiscard]] bool foundEndless() const { return endless_; }
    [[nodiscard]] std::uint64_t mostStream() const { return mostStream_; } ///< bytes
    /// What MIG_DATA_SIZE said when the run began; absent: nothing of use.
    [[nodiscard]] std::optional<std::uint64_t> estimate() const { return estimate_; }
    /// What the last read in pre-copy answered that found nothing: 0 or ENOMSG.
    [[nodiscard]] int drainedBy() const { return drainedBy_; }
    /// Reads in pre-copy until there is nothing for now. Absent: blocked() tells.
    [[nodiscard]] std::optional<std::uint64_t> drain(SubjectStream& stream,
                                                     std::vector<std::byte>* into = nullptr);
    /// The bytes of one whole save of STOP_COPY, made once; the device is RUNNING after it was made. Null: no
    /// such image, or an empty one; blocked() tells.
    [[nodiscard]] const std::vector<std::byte>* image();
    /// Reads a save to its end and keeps it as the image when there is none yet. Absent: blocked() tells.
    [[nodiscard]] std::optional<std::uint64_t> saveImage(SubjectStream& stream);
    /// Why a check that asked for the image did not get one; absent: it did, or none asked.
    [[nodiscard]] const std::optional<CheckSight>& noImage() const { return noImage_; }
    /// RESUMING, all of `image` in pieces, and the SET to STOP.
    [[nodiscard]] LoadEnd load(Subject& subject, std::span<const std::byte> image,
                               std::size_t piece = largePiece);
    /// The device takes its own image and stands in STOP, its streams closed. Else the outcome that says why
    /// not.
    [[nodiscard]] std::optional<CheckOutcome> loadOwn();
    /// The part of load() behind the SET to RESUMING.
    [[nodiscard]] LoadEnd writeImage(SubjectStream& stream, std::span<const std::byte> image,
                                     std::size_t piece = largePiece);
    /// What became of the device's own image: a load of anything else tells nothing where that was refused.
    void ownImageTaken(bool taken) { ownTaken_ = taken; }
    /// False: blocked() tells.
    [[nodiscard]] bool mayLoad();
    /// A sentence about a load that was refused.
    [[nodiscard]] static CheckOutcome loadFailed(const LoadEnd& end);

    /// All states that the device can be in and that routes lead to from RUNNING; not ERROR.
    [[nodiscard]] std::vector<MigState> states() const;

    /// Lines of warnings and errors that the kernel logged during checks that passed, were not hostile and
    /// had no SET refused. Absent: the log cannot be read here; ends the watch over it.
    std::function<std::optional<std::vector<std::string>>()> logLines;

    static constexpr std::size_t largePiece = std::size_t{1} << 20U;
    /// Bytes of a state that are kept in memory at most.
    [[nodiscard]] std::uint64_t mostKept() const { return mostKept_; }

private:
    [[nodiscard]] std::optional<std::uint64_t> readUntil(SubjectStream& stream, bool preCopy,
                                                         std::vector<std::byte>* into);
    Subject& device_;
    Subject* peer_;
    const std::atomic<bool>& cancelled_;
    std::uint64_t mostKept_ = 0;
    CheckSight why_;
    std::vector<std::byte> image_;
    bool imageTried_ = false;
    std::optional<CheckSight> noImage_;
    std::vector<std::byte> buffer_;
    std::optional<std::uint64_t> estimate_;
    std::uint64_t mostStream_ = 0; ///< bytes; a stream that is longer has no end
    std::uint64_t mostDrained_ = 0;
    bool endless_ = false;
    std::uint64_t firstSaved_ = 0;
    int drainedBy_ = 0;
    Tally reads_;
    Tally loads_;
    bool ownTaken_ = true; ///< until the contrary was seen
};

} // namespace migscope
