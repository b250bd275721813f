// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What both passes of a comparison share: reading in pieces, comparing two pieces, telling how far it is.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/transfer/image_diff.h"

namespace migscope::imagediff {

using Bytes = std::span<const std::byte>;

class Steps {
public:
    using Progress = std::function<bool(std::uint64_t, std::uint64_t)>;
    Steps(const Progress& progress, std::uint64_t total) : progress_(progress), total_(total) {}
    [[nodiscard]] Result<void> read(std::uint64_t bytes, const std::string& name) {
        done_ += bytes;
        if (progress_ && !progress_(done_, total_))
            return fail(Errc::Cancelled, "compare states", name);
        return {};
    }

private:
    const Progress& progress_;
    std::uint64_t total_;
    std::uint64_t done_ = 0;
};

/// A reader's bytes as a stream: what it gave last, and at most a few bytes from before that.
class Cursor {
public:
    Cursor(ImageReader& reader, Steps& steps) : reader_(reader), steps_(steps) {}

    /// Makes view() hold something, unless the stream is at its end.
    [[nodiscard]] Result<void> fill() {
        while (view().empty() && !ended_) {
            auto got = fetch();
            if (!got)
                return got;
        }
        return {};
    }
    [[nodiscard]] Bytes view() const { return carry_.empty() ? chunk_ : Bytes(carry_); }
    void take(std::size_t count) {
        if (carry_.empty())
            chunk_ = chunk_.subspan(count);
        else
            carry_.erase(carry_.begin(), carry_.begin() + static_cast<std::ptrdiff_t>(count));
        offset_ += count;
    }
    /// The next `count` bytes in one piece, or all that are left; they are not taken.
    [[nodiscard]] Result<Bytes> peek(std::size_t count) {
        while (carry_.size() + chunk_.size() < count && !ended_) {
            carry_.insert(carry_.end(), chunk_.begin(), chunk_.end());
            chunk_ = {};
            if (auto got = fetch(); !got)
                return std::unexpected(std::move(got.error()));
        }
        if (carry_.empty())
            return chunk_.first(std::min(count, chunk_.size()));
        if (carry_.size() < count) {
            const Bytes more = chunk_.first(std::min(count - carry_.size(), chunk_.size()));
            carry_.insert(carry_.end(), more.begin(), more.end());
            chunk_ = chunk_.subspan(more.size());
        }
        return Bytes(carry_).first(std::min(count, carry_.size()));
    }
    [[nodiscard]] bool atEnd() const { return ended_ && view().empty(); }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] const std::string& name() const { return reader_.name(); }

private:
    [[nodiscard]] Result<void> fetch() {
        auto got = reader_.next();
        if (!got)
            return std::unexpected(std::move(got.error()));
        chunk_ = *got;
        ended_ = chunk_.empty();
        return steps_.read(chunk_.size(), name());
    }

    ImageReader& reader_;
    Steps& steps_;
    Bytes chunk_;
    std::vector<std::byte> carry_;
    std::uint64_t offset_ = 0;
    bool ended_ = false;
};

/// Calls `differs(i)` for each index at which two pieces of one length differ, in order.
template<class Differs>
void eachDifference(Bytes a, Bytes b, Differs differs) {
    constexpr std::size_t block = 4096; // equal ones at the speed of memcmp
    for (std::size_t at = 0; at < a.size(); at += block) {
        const std::size_t end = std::min(at + block, a.size());
        if (std::memcmp(a.data() + at, b.data() + at, end - at) == 0)
            continue;
        for (std::size_t i = at; i < end; ++i) {
            if (a[i] != b[i])
                differs(i);
        }
    }
}

/// Adds to `kept`, which begins at stream offset `from`, what of `piece` at stream offset `at` belongs to it.
inline void keepShown(std::vector<std::byte>& kept, std::uint64_t from, Bytes piece, std::uint64_t at) {
    const std::uint64_t next = from + kept.size();
    if (kept.size() >= diffShown || next < at || next >= at + piece.size())
        return;
    const Bytes rest = piece.subspan(static_cast<std::size_t>(next - at));
    const Bytes more = rest.first(std::min(diffShown - kept.size(), rest.size()));
    kept.insert(kept.end(), more.begin(), more.end());
}

/// The second pass; `first` is the first differing offset. Both readers stand at their beginning.
[[nodiscard]] Result<void> compareRecords(Cursor a, Cursor b, const ImageDiff& diff, RecordsDiff& records);

} // namespace migscope::imagediff
