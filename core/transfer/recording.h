// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A recording in memory: header, events, samples as columns, and the folds over them.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/transfer/chart_fold.h"
#include "core/transfer/dirty_fold.h"
#include "core/transfer/event.h"
#include "core/transfer/run_metrics.h"

namespace migscope {

/// The samples of one stream: columns, and a min/max pyramid for charts that draw one line a pixel column.
class SampleColumns {
public:
    static constexpr std::size_t fanOut = 16;
    /// Grows without ever moving what it holds: a vector of 1e7 samples would stop its writer, and whoever
    /// waits for the lock, for the time of a copy.
    template<class Value>
    using Column = std::deque<Value>;
    struct Bucket {
        Ns begin{0};
        Ns end{0};
        std::uint64_t minBytes = 0;
        std::uint64_t maxBytes = 0;
        std::uint64_t sumBytes = 0;
        Ns source{0};
        Ns destination{0};
    };
    void append(const event::Samples& samples);
    [[nodiscard]] std::size_t size() const { return time_.size(); }
    [[nodiscard]] std::uint64_t totalBytes() const { return total_; }
    [[nodiscard]] const Column<Ns>& time() const { return time_; }
    [[nodiscard]] const Column<std::uint64_t>& bytes() const { return bytes_; }
    [[nodiscard]] const Column<Ns>& source() const { return source_; }
    [[nodiscard]] const Column<Ns>& destination() const { return destination_; }
    /// At most about `want` buckets that cover [from, to], from the level of the pyramid that fits.
    [[nodiscard]] std::vector<Bucket> buckets(Ns from, Ns to, std::size_t want) const;
    /// Bytes of all samples before `time`; costs the logarithm of their number.
    [[nodiscard]] std::uint64_t bytesBefore(Ns time) const;

    std::optional<int> device; ///< of the stream's first samples
    std::optional<int> run;
    /// The samples from `sample` on came before the recording's events()[event] and behind the one before it:
    /// the metrics are attributed by order, which times alone do not keep on a coarse clock.
    struct Place {
        std::size_t event = 0;
        std::size_t sample = 0;
    };
    std::vector<Place> places;

private:
    void addToPyramid(std::size_t level, const Bucket& child);
    /// Samples [from, to), from the widest whole buckets.
    [[nodiscard]] Bucket sumOf(std::size_t from, std::size_t to) const;
    Column<Ns> time_;
    Column<std::uint64_t> bytes_;
    Column<Ns> source_;
    Column<Ns> destination_;
    std::vector<Column<Bucket>> levels_;
    std::vector<std::pair<Bucket, std::size_t>> open_; ///< a level: the bucket that fills, and its children
    std::uint64_t total_ = 0;
};

/// *Thread-bound* while it grows; shared as const once whole.
class Recording {
public:
    explicit Recording(RecordingHeader header);
    void apply(Event event);
    /// Only the metrics: for a journal whose events are not kept in memory.
    void fold(const Event& event);

    [[nodiscard]] const RecordingHeader& header() const { return header_; }
    /// All events but samples, in order.
    [[nodiscard]] const std::deque<Event>& events() const { return events_; }
    [[nodiscard]] const std::map<std::uint32_t, SampleColumns>& samples() const { return samples_; }
    [[nodiscard]] const MetricsFold& metrics() const { return metrics_; }
    /// What charts draw besides the samples; its event indexes are those of events().
    [[nodiscard]] const ChartFold& charts() const { return charts_; }
    /// DMA logging by device index; a device that was never logged is absent.
    [[nodiscard]] const std::map<int, DirtyLog>& dirty() const { return dirty_; }
    [[nodiscard]] Ns lastTime() const { return last_; }

    /// The file ended with its summary. Without one it is incomplete and its outcome is not "ok".
    bool complete = false;
    /// What is to be said about the file: cut off after line N, the summary differs from the events in …
    std::vector<std::string> notes;

private:
    RecordingHeader header_;
    std::deque<Event> events_; ///< deque: see SampleColumns::Column
    std::map<std::uint32_t, SampleColumns> samples_;
    MetricsFold metrics_;
    ChartFold charts_;
    std::map<int, DirtyLog> dirty_;
    Ns last_{0};
};

/// The machine-readable report (schema migscope.report/1), recomputed from the events: also the `summary`
/// line's payload. One line of JSON.
[[nodiscard]] std::string reportJson(const Recording& recording);
/// For people: phases, downtime, sizes, throughput; percentiles over several runs. Says simulated, workload,
/// incomplete.
[[nodiscard]] std::string reportText(const Recording& recording);
/// The last line of a finished recording: the report of its events, whatever `complete` and `notes` say.
[[nodiscard]] std::string summaryLine(const Recording& recording);

/// Reads a whole file ("-": standard input), streaming; `progress(bytesRead, total)` returns false to cancel.
/// A file cut off in the middle of a line loads up to its last whole line and says so in `notes`.
/// NotFound/errno when it cannot be read; Damaged with name:line when a line is no event.
[[nodiscard]] Result<std::shared_ptr<Recording>>
loadRecording(const std::string& path,
              const std::function<bool(std::uint64_t, std::uint64_t)>& progress = {});

} // namespace migscope
