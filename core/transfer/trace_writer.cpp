// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Events of the Trace Event Format as JSON text.
#include "core/transfer/trace_writer.h"

#include <algorithm>

namespace migscope {

std::vector<std::size_t> nestRows(std::vector<TraceSlice>& slices) {
    std::stable_sort(slices.begin(), slices.end(), [](const TraceSlice& left, const TraceSlice& right) {
        return left.begin != right.begin ? left.begin < right.begin : left.end > right.end;
    });
    std::vector<std::vector<Ns>>
        open; // a row: the ends of the slices that enclose the moment, outermost first
    std::vector<std::size_t> rows;
    rows.reserve(slices.size());
    for (const TraceSlice& slice : slices) {
        std::size_t row = 0;
        for (; row < open.size(); ++row) {
            std::vector<Ns>& ends = open[row];
            while (!ends.empty() && ends.back() <= slice.begin)
                ends.pop_back();
            if (ends.empty() || ends.back() >= slice.end)
                break;
        }
        if (row == open.size())
            open.emplace_back();
        open[row].push_back(slice.end);
        rows.push_back(row);
    }
    return rows;
}

std::string TraceWriter::microseconds(Ns time) {
    // Before t0 lies only what was written by hand; the format has no place for it.
    const auto count = std::max<Ns::rep>(time.count(), 0);
    return fmt::format("{}.{:03}", count / 1000, count % 1000);
}

void TraceWriter::open(std::string_view otherData) {
    out_("{\"displayTimeUnit\":\"ns\",\n\"otherData\":");
    out_(otherData);
    out_(",\n\"traceEvents\":[");
}

void TraceWriter::close() {
    out_("\n]}\n");
}

void TraceWriter::event(std::string_view text) {
    out_(first_ ? "\n" : ",\n");
    out_(text);
    first_ = false;
}

void TraceWriter::begin(JsonWriter& json, std::string_view phase, std::string_view category,
                        std::string_view name, int tid) {
    json.beginObject();
    json.key("ph").text(phase);
    json.key("pid").number(pid);
    json.key("tid").number(tid);
    if (!category.empty())
        json.key("cat").text(category);
    json.key("name").text(name);
}

void TraceWriter::metadata(std::string_view what, int tid, std::string_view key, std::string_view value,
                           bool quoted) {
    JsonWriter json;
    begin(json, "M", {}, what, tid);
    json.key("args").beginObject().key(key);
    if (quoted)
        json.text(value);
    else
        json.raw(value);
    json.endObject().endObject();
    event(json.str());
}

void TraceWriter::processName(std::string_view name, std::string_view labels) {
    metadata("process_name", pid, "name", name, true);
    if (!labels.empty())
        metadata("process_labels", pid, "labels", labels, true);
}

void TraceWriter::thread(const TraceLane& lane) {
    metadata("thread_name", lane.tid, "name", lane.name, true);
    metadata("thread_sort_index", lane.tid, "sort_index", fmt::to_string(lane.sort), false);
}

void TraceWriter::lane(const TraceLane& lane, std::vector<TraceSlice> slices,
                       const std::function<void(const TraceSlice&, int)>& each) {
    thread(lane);
    for (TraceSlice& slice : slices) { // a file may hold times that no clock tells
        slice.begin = std::max(slice.begin, Ns{0});
        slice.end = std::max(slice.end, slice.begin);
    }
    const std::vector<std::size_t> rows = nestRows(slices);
    std::vector<int> tids{lane.tid};
    for (std::size_t i = 0; i < slices.size(); ++i) {
        while (rows[i] >= tids.size()) {
            const auto below = static_cast<int>(tids.size());
            const TraceLane more{nextTid_++, fmt::format("{} ({})", lane.name, below + 1), lane.sort + below};
            thread(more);
            tids.push_back(more.tid);
        }
        each(slices[i], tids[rows[i]]);
    }
}

void TraceWriter::counter(Ns time, std::string_view name, std::string_view series, std::string_view number) {
    JsonWriter json;
    begin(json, "C", {}, name, pid);
    json.key("ts").raw(microseconds(time));
    json.key("args").beginObject().key(series).raw(number).endObject().endObject();
    event(json.str());
}

} // namespace migscope
