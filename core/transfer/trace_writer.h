// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the Trace Event Format piece by piece, and keeps the slices of one thread properly nested.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base/clock.h"
#include "core/transfer/json_text.h"

namespace migscope {

/// A stretch of time on a lane; `kind` and `index` say to its owner what it is.
struct TraceSlice {
    Ns begin{0};
    Ns end{0};
    int kind = 0;
    std::size_t index = 0;
    bool unfinished = false; ///< it had not ended when the recording did: `end` is not its own
};

/// A row of the viewer. What overlaps goes to rows of its own below it: `sort` leaves room for them.
struct TraceLane {
    int tid = 0;
    std::string name;
    int sort = 0;
};

/// How many rows a lane needs, and on which each slice goes, so that on one row every slice lies inside the
/// one that is open or behind it: viewers drop a slice that crosses another. Sorts the slices so that outer
/// ones come first.
[[nodiscard]] std::vector<std::size_t> nestRows(std::vector<TraceSlice>& slices);

/// One process, `pid`. *Reentrant*, one thread a writer; each event goes out as soon as it is whole.
class TraceWriter {
public:
    static constexpr int pid = 1;

    /// `firstFree`: the thread ids from here on are free for the rows of overlapping slices.
    TraceWriter(const std::function<void(std::string_view)>& out, int firstFree)
        : out_(out), nextTid_(firstFree) {}

    /// Of the document: everything before the events. `otherData` is one JSON object.
    void open(std::string_view otherData);
    void close();

    void processName(std::string_view name, std::string_view labels);
    void thread(const TraceLane& lane);
    /// Puts the slices of a lane on as few rows as nesting allows; each(slice, tid) writes them.
    void lane(const TraceLane& lane, std::vector<TraceSlice> slices,
              const std::function<void(const TraceSlice&, int)>& each);

    /// args(JsonWriter&) writes the members of "args".
    template<class Args>
    void complete(const TraceSlice& slice, int tid, std::string_view category, std::string_view name,
                  bool alarming, Args args) {
        JsonWriter json;
        begin(json, "X", category, name, tid);
        json.key("ts").raw(microseconds(slice.begin));
        json.key("dur").raw(microseconds(slice.end - slice.begin));
        if (alarming)
            json.key("cname").text("terrible"); // one of the viewer's reserved colours
        json.key("args").beginObject();
        if (slice.unfinished)
            json.key("unfinished").boolean(true);
        args(json);
        json.endObject().endObject();
        event(json.str());
    }
    /// On a thread, or over all of them.
    template<class Args>
    void instant(Ns time, int tid, bool global, std::string_view name, Args args) {
        JsonWriter json;
        begin(json, "i", "mark", name, tid);
        json.key("ts").raw(microseconds(time));
        json.key("s").text(global ? "g" : "t");
        json.key("args").beginObject();
        args(json);
        json.endObject().endObject();
        event(json.str());
    }
    /// `number` is JSON text: it holds from `time` on.
    void counter(Ns time, std::string_view name, std::string_view series, std::string_view number);

    /// "1234.567": nothing of a nanosecond is lost.
    [[nodiscard]] static std::string microseconds(Ns time);

private:
    void begin(JsonWriter& json, std::string_view phase, std::string_view category, std::string_view name,
               int tid);
    void event(std::string_view text);
    void metadata(std::string_view what, int tid, std::string_view key, std::string_view value, bool quoted);

    const std::function<void(std::string_view)>& out_;
    int nextTid_;
    bool first_ = true;
};

} // namespace migscope
