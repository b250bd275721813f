// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The first pass of a comparison: the bytes in step, and the headers.
#include "core/transfer/image_diff.h"

#include <fmt/format.h>

#include "core/transfer/image_diff_steps.h"

namespace migscope {
namespace {

using imagediff::Bytes;
using imagediff::Cursor;
using imagediff::eachDifference;
using imagediff::keepShown;
using imagediff::Steps;

static_assert(diffMergeBytes >= diffShown, "the bytes of one range at most are being kept at a time");

/// Ranges out of offsets that come in order.
class RangeList {
public:
    explicit RangeList(ImageDiff& diff) : diff_(diff) {}

    void piece(Bytes a, Bytes b, std::uint64_t offset) {
        show(a, b, offset);
        eachDifference(a, b, [&](std::size_t i) { differs(offset + i, a, b, offset); });
    }
    /// What only one side still has, for the bytes that are shown.
    void show(Bytes a, Bytes b, std::uint64_t offset) {
        if (open_) {
            keepShown(open_->a, open_->offset, a, offset);
            keepShown(open_->b, open_->offset, b, offset);
        }
    }
    void finish() {
        if (open_ && diff_.ranges.size() < diffListed)
            diff_.ranges.push_back(std::move(*open_));
        else if (open_)
            ++diff_.rangesNotListed;
        open_.reset();
    }

private:
    void differs(std::uint64_t at, Bytes a, Bytes b, std::uint64_t offset) {
        ++diff_.differingBytes;
        if (!diff_.firstDiffering)
            diff_.firstDiffering = at;
        if (open_ && at - (open_->offset + open_->length) < diffMergeBytes) {
            open_->length = at - open_->offset + 1;
            ++open_->differing;
            return;
        }
        finish();
        open_ = DiffRange{at, 1, 1, {}, {}};
        show(a, b, offset);
    }

    ImageDiff& diff_;
    std::optional<DiffRange> open_;
};

Result<void> compareBytes(Cursor a, Cursor b, ImageDiff& diff) {
    RangeList ranges(diff);
    while (true) {
        for (Cursor* cursor : {&a, &b}) {
            if (auto filled = cursor->fill(); !filled)
                return filled;
        }
        if (a.atEnd() || b.atEnd())
            break;
        const std::size_t count = std::min(a.view().size(), b.view().size());
        ranges.piece(a.view().first(count), b.view().first(count), a.offset());
        a.take(count);
        b.take(count);
    }
    const std::uint64_t shorter = a.offset();
    for (Cursor* cursor : {&a, &b}) {
        while (!cursor->atEnd()) {
            const Bytes rest = cursor->view();
            ranges.show(cursor == &a ? rest : Bytes(), cursor == &b ? rest : Bytes(), cursor->offset());
            cursor->take(rest.size());
            if (auto filled = cursor->fill(); !filled)
                return filled;
        }
    }
    ranges.finish();
    diff.a.bytes = a.offset();
    diff.b.bytes = b.offset();
    if (diff.a.bytes != diff.b.bytes && !diff.firstDiffering)
        diff.firstDiffering = shorter;
    diff.equal = !diff.firstDiffering;
    return {};
}

std::vector<HeaderDifference> compareHeaders(const ImageHeader& a, const ImageHeader& b) {
    const auto simulated = [](const ImageHeader& header) {
        return std::string(header.simulated ? "true" : "false");
    };
    const auto flags = [](const ImageHeader& header) { return fmt::format("{:#x}", header.flags); };
    const std::vector<HeaderDifference> all{{"device", a.device, b.device},
                                            {"driver", a.driver, b.driver},
                                            {"pci_id", a.pciId, b.pciId},
                                            {"flags", flags(a), flags(b)},
                                            {"mode", a.mode, b.mode},
                                            {"kernel", a.kernel, b.kernel},
                                            {"simulated", simulated(a), simulated(b)}};
    std::vector<HeaderDifference> different;
    std::ranges::copy_if(all, std::back_inserter(different),
                         [](const HeaderDifference& each) { return each.a != each.b; });
    return different;
}

/// A bare stream is taken for what the other one says of itself: whoever compares the two thinks so too.
void chooseFraming(const ImageDiff& diff, RecordsDiff& records) {
    const auto& a = diff.a.header;
    const auto& b = diff.b.header;
    const Framing framingA = a ? framingOf(*a) : b ? framingOf(*b) : Framing::None;
    const Framing framingB = b ? framingOf(*b) : framingA;
    if (framingA != framingB) {
        records.why = NoRecords::TwoFramings;
    } else if (framingA != Framing::None) {
        records.why = NoRecords::Compared;
        records.framing = framingA;
    }
}

} // namespace

Result<ImageDiff> diffImages(ImageReader& a, ImageReader& b,
                             const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    ImageDiff diff;
    diff.a.header = a.header();
    diff.b.header = b.header();
    chooseFraming(diff, diff.records);
    const bool files = a.totalBytes() && b.totalBytes();
    if (diff.records.why == NoRecords::Compared && !files)
        diff.records.why = NoRecords::Pipe;
    const bool twice = diff.records.why == NoRecords::Compared;
    Steps steps(progress, files ? (*a.totalBytes() + *b.totalBytes()) * (twice ? 2U : 1U) : 0);

    if (auto compared = compareBytes({a, steps}, {b, steps}, diff); !compared)
        return std::unexpected(std::move(compared.error()));
    diff.a.verified = a.verified();
    diff.b.verified = b.verified();
    if (diff.a.header && diff.b.header)
        diff.headers = compareHeaders(*diff.a.header, *diff.b.header);
    if (!twice)
        return diff;
    for (ImageReader* reader : {&a, &b}) {
        if (auto again = reader->restart(); !again)
            return std::unexpected(std::move(again.error()));
    }
    if (auto compared = imagediff::compareRecords({a, steps}, {b, steps}, diff, diff.records); !compared)
        return std::unexpected(std::move(compared.error()));
    return diff;
}

} // namespace migscope
