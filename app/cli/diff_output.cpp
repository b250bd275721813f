// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two states, printed.
#include "app/cli/diff_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/byte_size.h"
#include "core/base/escape.h"
#include "core/transfer/json_text.h"

namespace migscope::cli {
namespace {

/// Rows of a table for people; --json has all that are kept.
constexpr std::size_t shownRows = 20;

std::string hex(const std::vector<std::byte>& bytes, std::string_view between = {}) {
    std::string text;
    for (const std::byte byte : bytes)
        text += fmt::format("{}{:02x}", text.empty() ? "" : between, std::to_integer<unsigned>(byte));
    return text;
}

std::string shownHex(const std::vector<std::byte>& bytes) {
    return bytes.empty() ? "(ends here)" : hex(bytes, " ");
}

std::string_view verdictWord(RecordVerdict verdict) {
    switch (verdict) {
    case RecordVerdict::Same:
        return "same";
    case RecordVerdict::Differs:
        return "differs";
    case RecordVerdict::DifferentSizes:
        return "different-sizes";
    case RecordVerdict::OnlyA:
        return "only-a";
    case RecordVerdict::OnlyB:
        break;
    }
    return "only-b";
}

std::string counted(std::uint64_t count, std::string_view one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string verdictLine(const ImageDiff& diff) {
    if (diff.equal)
        return diff.headers.empty() ? fmt::format("equal: {}", formatBytes(diff.a.bytes))
                                    : fmt::format("equal: {}; the headers differ", formatBytes(diff.a.bytes));
    std::string line = fmt::format("differ: first at offset {:#x}", diff.firstDiffering.value_or(0));
    if (const auto& record = diff.records.firstRecord)
        line +=
            fmt::format(" (record {}, {}, +{:#x})", record->index, record->kind, diff.records.firstInside);
    return line;
}

std::string sideLine(char letter, const DiffSide& side, const std::string& file) {
    std::string line =
        fmt::format("  {} {}: {} ({} B)", letter, file == "-" ? "standard input" : escapeText(file),
                    formatBytes(side.bytes), side.bytes);
    if (!side.header)
        return line + ", a bare stream, not verified\n";
    line += fmt::format(", {} of {}, {}", escapeText(side.header->driver), escapeText(side.header->device),
                        side.verified ? "verified" : "not verified");
    return line + (side.header->simulated ? " · SIMULATED\n" : "\n");
}

std::string amounts(const ImageDiff& diff) {
    std::string text;
    if (diff.differingBytes > 0)
        text += fmt::format("  {} in {}\n", counted(diff.differingBytes, "differing byte"),
                            counted(diff.ranges.size() + diff.rangesNotListed, "range"));
    if (diff.a.bytes != diff.b.bytes) {
        const bool a = diff.a.bytes > diff.b.bytes;
        const std::uint64_t more = a ? diff.a.bytes - diff.b.bytes : diff.b.bytes - diff.a.bytes;
        text += fmt::format("  {} only in {}, from offset {:#x} on\n", counted(more, "byte"), a ? 'a' : 'b',
                            std::min(diff.a.bytes, diff.b.bytes));
    }
    return text;
}

std::string headersText(const ImageDiff& diff) {
    std::string text;
    for (const HeaderDifference& each : diff.headers)
        text += fmt::format("  {:<10} a {}\n  {:<10} b {}\n", each.field, escapeText(each.a), "",
                            escapeText(each.b));
    return text.empty() ? text : "\nheaders\n" + text;
}

std::string bytesText(const std::vector<std::byte>& a, const std::vector<std::byte>& b) {
    return fmt::format("      a {}\n      b {}\n", shownHex(a), shownHex(b));
}

std::string rangesText(const ImageDiff& diff) {
    if (diff.ranges.empty())
        return {};
    std::string text = "\nranges\n";
    const std::size_t rows = std::min(shownRows, diff.ranges.size());
    for (std::size_t i = 0; i < rows; ++i) {
        const DiffRange& range = diff.ranges[i];
        text +=
            fmt::format("  {:#x}  {} of {}\n", range.offset, range.differing, counted(range.length, "byte"));
        text += bytesText(range.a, range.b);
    }
    if (const std::uint64_t more = diff.ranges.size() - rows + diff.rangesNotListed; more > 0)
        text += fmt::format("  and {}\n", counted(more, "more range"));
    return text;
}

std::string recordText(const RecordDiff& record) {
    const StateRecord& known = record.a ? *record.a : *record.b;
    std::string text = fmt::format("  {:>4}  {:<24} ", record.index, known.kind);
    if (record.a && record.b && record.a->kind != record.b->kind)
        text += fmt::format("in b: {}; ", record.b->kind);
    switch (record.verdict) {
    case RecordVerdict::Same:
        return text + fmt::format("same, {}\n", counted(known.size, "byte"));
    case RecordVerdict::OnlyA:
        return text + fmt::format("only in a, {}\n", counted(known.size, "byte"));
    case RecordVerdict::OnlyB:
        return text + fmt::format("only in b, {}\n", counted(known.size, "byte"));
    case RecordVerdict::DifferentSizes:
        text += fmt::format("sizes differ, {} and {}; ", record.a->size, counted(record.b->size, "byte"));
        break;
    case RecordVerdict::Differs:
        text += fmt::format("differs, {} of {}; ", record.differingBytes, counted(known.size, "byte"));
        break;
    }
    text += fmt::format("first at +{:#x}\n", record.firstDiffering.value_or(0));
    return text + bytesText(record.bytesA, record.bytesB);
}

std::string whyNoRecords(NoRecords why) {
    switch (why) {
    case NoRecords::UnknownFraming:
        return "neither image names a driver whose framing is known";
    case NoRecords::TwoFramings:
        return "the images are of different drivers";
    case NoRecords::Pipe:
        return "standard input cannot be read twice";
    case NoRecords::Compared:
        break;
    }
    return {};
}

std::string recordsText(const RecordsDiff& records) {
    if (records.why != NoRecords::Compared)
        return fmt::format("\nno records: {}\n", whyNoRecords(records.why));
    std::string text =
        fmt::format("\nrecords ({}): {} in a, {} in b, {} the same\n", framingWord(records.framing),
                    records.countA, records.countB, records.same);
    std::size_t rows = 0;
    // All of a few; of many the ones that are not the same.
    const bool all = records.list.size() <= shownRows;
    std::uint64_t more = 0;
    for (const RecordDiff& record : records.list) {
        if (!all && record.verdict == RecordVerdict::Same)
            continue;
        if (rows++ < shownRows)
            text += recordText(record);
        else
            ++more;
    }
    if (more + records.notListed > 0)
        text += fmt::format("  and {}\n", counted(more + records.notListed, "more record"));
    for (const auto& [letter, from] : {std::pair{'a', records.unrecognisedA}, {'b', records.unrecognisedB}}) {
        if (from)
            text += fmt::format("  {}: framing not recognised from offset {:#x} on\n", letter, *from);
    }
    return text;
}

// --- JSON
// ----------------------------------------------------------------------------------------------------

void sideJson(JsonWriter& out, const DiffSide& side, const std::string& file) {
    out.beginObject();
    out.key("file").text(escapeText(file));
    out.key("state_bytes").number(side.bytes);
    out.key("raw").boolean(!side.header);
    out.key("verified").boolean(side.verified);
    for (const auto& [key, member] :
         {std::pair{"device", &ImageHeader::device}, {"driver", &ImageHeader::driver}}) {
        out.key(key);
        if (side.header)
            out.text(escapeText((*side.header).*member));
        else
            out.null();
    }
    out.endObject();
}

void recordSideJson(JsonWriter& out, std::string_view key, const std::optional<StateRecord>& record) {
    out.key(key);
    if (!record) {
        out.null();
        return;
    }
    out.beginObject();
    out.key("kind").text(record->kind);
    out.key("recognised").boolean(record->recognised);
    out.key("offset").number(record->offset);
    out.key("size_bytes").number(record->size);
    out.endObject();
}

void recordsJson(JsonWriter& out, const RecordsDiff& records) {
    out.key("records");
    if (records.why != NoRecords::Compared) {
        out.null();
        out.key("no_records").text(whyNoRecords(records.why));
        return;
    }
    out.beginObject();
    out.key("framing").text(framingWord(records.framing));
    out.key("count_a").number(records.countA);
    out.key("count_b").number(records.countB);
    out.key("same").number(records.same);
    out.key("unrecognised_from_a").number(records.unrecognisedA);
    out.key("unrecognised_from_b").number(records.unrecognisedB);
    out.key("list").beginArray();
    for (const RecordDiff& record : records.list) {
        out.beginObject();
        out.key("index").number(record.index);
        out.key("verdict").text(verdictWord(record.verdict));
        recordSideJson(out, "a", record.a);
        recordSideJson(out, "b", record.b);
        out.key("first_differing_offset").number(record.firstDiffering);
        out.key("differing_bytes").number(record.differingBytes);
        out.key("hex_a").text(hex(record.bytesA));
        out.key("hex_b").text(hex(record.bytesB));
        out.endObject();
    }
    out.endArray();
    out.key("not_listed").number(records.notListed);
    out.endObject();
    out.key("no_records").null();
}

void firstRecordJson(JsonWriter& out, const RecordsDiff& records) {
    out.key("first_record");
    if (!records.firstRecord) {
        out.null();
        return;
    }
    out.beginObject();
    out.key("index").number(records.firstRecord->index);
    out.key("kind").text(records.firstRecord->kind);
    out.key("offset").number(records.firstInside);
    out.endObject();
}

} // namespace

std::string diffText(const ImageDiff& diff, const std::string& fileA, const std::string& fileB) {
    return verdictLine(diff) + "\n" + amounts(diff) + sideLine('a', diff.a, fileA) +
           sideLine('b', diff.b, fileB) + headersText(diff) + recordsText(diff.records) + rangesText(diff);
}

std::string diffJson(const ImageDiff& diff, const std::string& fileA, const std::string& fileB) {
    JsonWriter out;
    out.beginObject();
    out.key("schema").text("migscope.diff/1");
    out.key("simulated")
        .boolean((diff.a.header && diff.a.header->simulated) || (diff.b.header && diff.b.header->simulated));
    out.key("equal").boolean(diff.equal);
    out.key("a");
    sideJson(out, diff.a, fileA);
    out.key("b");
    sideJson(out, diff.b, fileB);
    out.key("first_differing_offset").number(diff.firstDiffering);
    firstRecordJson(out, diff.records);
    out.key("differing_bytes").number(diff.differingBytes);
    out.key("headers").beginArray();
    for (const HeaderDifference& each : diff.headers) {
        out.beginObject();
        out.key("field").text(each.field);
        out.key("a").text(escapeText(each.a));
        out.key("b").text(escapeText(each.b));
        out.endObject();
    }
    out.endArray();
    recordsJson(out, diff.records);
    out.key("ranges").beginArray();
    for (const DiffRange& range : diff.ranges) {
        out.beginObject();
        out.key("offset").number(range.offset);
        out.key("length_bytes").number(range.length);
        out.key("differing_bytes").number(range.differing);
        out.key("hex_a").text(hex(range.a));
        out.key("hex_b").text(hex(range.b));
        out.endObject();
    }
    out.endArray();
    out.key("ranges_not_listed").number(diff.rangesNotListed);
    out.key("merge_bytes").number(diffMergeBytes);
    out.endObject();
    return out.take() + "\n";
}

} // namespace migscope::cli
