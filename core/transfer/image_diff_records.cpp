// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The second pass of a comparison: record by record, each side at its own pace.
#include "core/transfer/image_diff_steps.h"

namespace migscope::imagediff {
namespace {

/// A file that shrank between the passes: nothing that was found in the first one can be said of it.
std::unexpected<Error> changed(const Cursor& cursor) {
    return fail(Errc::Incomplete, "compare states", cursor.name(), "the file changed while it was read");
}

Result<void> skip(Cursor& cursor, std::uint64_t bytes) {
    while (bytes > 0) {
        if (auto filled = cursor.fill(); !filled)
            return filled;
        if (cursor.atEnd())
            return changed(cursor);
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, cursor.view().size()));
        cursor.take(count);
        bytes -= count;
    }
    return {};
}

/// Both cursors stand at the record; behind it afterwards.
Result<void> compareBodies(Cursor& a, Cursor& b, RecordDiff& record) {
    const std::uint64_t common = std::min(record.a->size, record.b->size);
    std::uint64_t at = 0;
    while (at < common) {
        for (Cursor* cursor : {&a, &b}) {
            if (auto filled = cursor->fill(); !filled)
                return filled;
            if (cursor->atEnd())
                return changed(*cursor);
        }
        const auto count = static_cast<std::size_t>(
            std::min<std::uint64_t>({common - at, a.view().size(), b.view().size()}));
        const Bytes left = a.view().first(count);
        const Bytes right = b.view().first(count);
        eachDifference(left, right, [&](std::size_t i) {
            ++record.differingBytes;
            if (!record.firstDiffering)
                record.firstDiffering = at + i;
        });
        if (record.firstDiffering) {
            keepShown(record.bytesA, *record.firstDiffering, left, at);
            keepShown(record.bytesB, *record.firstDiffering, right, at);
        }
        a.take(count);
        b.take(count);
        at += count;
    }
    if (record.a->size != record.b->size) {
        record.verdict = RecordVerdict::DifferentSizes;
        if (!record.firstDiffering) {
            record.firstDiffering = common;
            const bool aGoesOn = record.a->size > common;
            const std::uint64_t more = (aGoesOn ? record.a->size : record.b->size) - common;
            auto shown =
                (aGoesOn ? a : b).peek(static_cast<std::size_t>(std::min<std::uint64_t>(more, diffShown)));
            if (!shown)
                return std::unexpected(std::move(shown.error()));
            (aGoesOn ? record.bytesA : record.bytesB).assign(shown->begin(), shown->end());
        }
    } else if (record.firstDiffering) {
        record.verdict = RecordVerdict::Differs;
    }
    if (auto skipped = skip(a, record.a->size - common); !skipped)
        return skipped;
    return skip(b, record.b->size - common);
}

Result<std::optional<StateRecord>> nextRecord(Cursor& cursor, RecordSplitter& splitter) {
    auto start = cursor.peek(RecordSplitter::peekBytes);
    if (!start)
        return std::unexpected(std::move(start.error()));
    return splitter.next(*start);
}

/// The record that holds the first byte that differs.
void locate(std::uint64_t first, const std::optional<StateRecord>& record, RecordsDiff& records) {
    if (!record || records.firstRecord || first < record->offset || first - record->offset >= record->size)
        return;
    records.firstRecord = record;
    records.firstInside = first - record->offset;
}

} // namespace

Result<void> compareRecords(Cursor a, Cursor b, const ImageDiff& diff, RecordsDiff& records) {
    RecordSplitter splitterA(records.framing, diff.a.bytes);
    RecordSplitter splitterB(records.framing, diff.b.bytes);
    const bool beyondA = diff.firstDiffering == diff.a.bytes;
    std::uint64_t different = 0;
    for (std::uint64_t index = 0;; ++index) {
        auto recordA = nextRecord(a, splitterA);
        if (!recordA)
            return std::unexpected(std::move(recordA.error()));
        auto recordB = nextRecord(b, splitterB);
        if (!recordB)
            return std::unexpected(std::move(recordB.error()));
        if (!*recordA && !*recordB)
            break;
        RecordDiff record;
        record.index = index;
        record.a = std::move(*recordA);
        record.b = std::move(*recordB);
        records.countA += record.a ? 1U : 0U;
        records.countB += record.b ? 1U : 0U;
        if (diff.firstDiffering)
            locate(*diff.firstDiffering, beyondA ? record.b : record.a, records);
        Result<void> compared;
        if (record.a && record.b) {
            compared = compareBodies(a, b, record);
        } else {
            record.verdict = record.a ? RecordVerdict::OnlyA : RecordVerdict::OnlyB;
            compared = record.a ? skip(a, record.a->size) : skip(b, record.b->size);
        }
        if (!compared)
            return compared;
        std::uint64_t& kind = record.verdict == RecordVerdict::Same ? records.same : different;
        if (kind++ < diffListed)
            records.list.push_back(std::move(record));
        else
            ++records.notListed;
    }
    records.unrecognisedA = splitterA.unrecognisedFrom();
    records.unrecognisedB = splitterB.unrecognisedFrom();
    return {};
}

} // namespace migscope::imagediff
