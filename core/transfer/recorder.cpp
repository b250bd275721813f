// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The recorder's thread: batches samples, writes the journal, keeps the recording, and says what is stuck.
#include "core/transfer/recorder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <map>

#include <fmt/format.h>

#include "core/transfer/journal_file.h"
#include "core/transfer/recording_edit.h"
#include "core/transfer/recording_io.h"

namespace migscope {
namespace {

constexpr Ns flushAfter = std::chrono::milliseconds(50);
constexpr Ns stuckAfter = std::chrono::seconds(2);
constexpr Ns stuckAgain = std::chrono::seconds(1);
constexpr std::size_t samplesALine = 500;
constexpr std::size_t flushBytes = 64U << 10U;

/// Where in the kernel the thread sleeps; readable for one's own threads.
std::string waitChannel(std::int64_t thread) {
    if (thread <= 0)
        return {};
    const std::string path = fmt::format("/proc/self/task/{}/wchan", thread);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text(128, '\0');
    const ssize_t got = file.valid() ? ::read(file.get(), text.data(), text.size()) : 0;
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

} // namespace

class Recorder::Impl {
public:
    Impl(Clock& clock, RecordingHeader header, const Options& options)
        : clock_(clock)
        , t0_(header.t0)
        , keep_(options.keepInMemory)
        , queue_(clock, header.t0)
        , recording_(std::make_shared<Recording>(std::move(header))) {}

    Result<void> begin(const Options& options);
    void run();
    Result<std::shared_ptr<const Recording>> finish();

    [[nodiscard]] EventQueue& queue() { return queue_; }
    void look(const std::function<void(const Recording&)>& look) const {
        const std::lock_guard lock(mutex_);
        look(*recording_);
    }
    [[nodiscard]] std::vector<Event> since(std::size_t& cursor) const;
    void mark(Ns time, const std::string& text);
    [[nodiscard]] std::optional<Error> writeError() const {
        const std::lock_guard lock(mutex_);
        return error_;
    }

private:
    /// What happened, in order, without a second copy: an event by its index, samples by their place.
    struct LogEntry {
        bool samples = false;
        std::size_t index = 0;
        std::uint32_t stream = 0;
        std::size_t count = 0;
        std::optional<int> device;
        std::optional<int> run;
    };
    struct Pending {
        event::ArcBegin arc;
        std::optional<int> run;
        Ns since{0}; ///< relative to t0
        Ns sayAt{0}; ///< the clock's own
    };

    [[nodiscard]] std::optional<Ns> nextDeadline() const;
    void handle(Event event);
    void batch(Event event);
    void emitBatches();
    void emit(Event event);
    void sayStuck();
    void flush();
    void write(std::string_view text);
    void conclude();

    Clock& clock_;
    Ns t0_;
    bool keep_;
    EventQueue queue_;
    JournalFile journal_;
    mutable std::mutex mutex_; ///< over what follows up to the thread's own
    std::shared_ptr<Recording> recording_;
    std::vector<LogEntry> log_;
    std::optional<Error> error_;
    // The thread's own.
    std::vector<Event> batches_;
    std::map<std::optional<int>, Pending> pending_;
    std::string buffer_;
    std::optional<Ns> flushDue_;
    bool syncDue_ = false;
    // finish()
    std::mutex finishing_;
    std::thread thread_;
};

Result<void> Recorder::Impl::begin(const Options& options) {
    if (auto opened = journal_.open(options.path, options.fd); !opened)
        return opened;
    if (journal_.wanted()) {
        if (auto written = journal_.write(headerLine(recording_->header()) + "\n"); !written) {
            journal_.discard();
            return written;
        }
    }
    thread_ = std::thread([this] { run(); });
    return {};
}

std::optional<Ns> Recorder::Impl::nextDeadline() const {
    std::optional<Ns> next = flushDue_;
    for (const auto& [device, pending] : pending_)
        next = next ? std::min(*next, pending.sayAt) : pending.sayAt;
    return next;
}

// No member of the clock: it neither holds virtual time back nor drives it.
void Recorder::Impl::run() {
    while (true) {
        auto events = queue_.take(nextDeadline());
        const bool ended = events.empty() && queue_.closed();
        for (Event& event : events)
            handle(std::move(event));
        if (ended)
            break;
        sayStuck();
        if (flushDue_ && (clock_.now() >= *flushDue_ || buffer_.size() >= flushBytes))
            flush();
    }
    conclude();
}

void Recorder::Impl::handle(Event event) {
    if (!flushDue_)
        flushDue_ = clock_.now() + flushAfter;
    if (std::holds_alternative<event::Samples>(event.body)) {
        batch(std::move(event));
        return;
    }
    emitBatches(); // samples stay on their side of an arc
    if (const auto* begin = std::get_if<event::ArcBegin>(&event.body))
        pending_[event.device] = {*begin, event.run, event.time, event.time + t0_ + stuckAfter};
    else if (std::holds_alternative<event::ArcEnd>(event.body))
        pending_.erase(event.device);
    syncDue_ = true;
    emit(std::move(event));
}

void Recorder::Impl::batch(Event event) {
    auto& fresh = std::get<event::Samples>(event.body);
    for (auto at = batches_.begin(); at != batches_.end(); ++at) {
        auto& open = std::get<event::Samples>(at->body);
        if (open.stream != fresh.stream || at->device != event.device || at->run != event.run ||
            at->host != event.host || at->source != event.source)
            continue;
        open.time.insert(open.time.end(), fresh.time.begin(), fresh.time.end());
        open.bytes.insert(open.bytes.end(), fresh.bytes.begin(), fresh.bytes.end());
        open.source.insert(open.source.end(), fresh.source.begin(), fresh.source.end());
        open.destination.insert(open.destination.end(), fresh.destination.begin(), fresh.destination.end());
        at->time = event.time;
        if (open.time.size() >= samplesALine) {
            Event full = std::move(*at);
            batches_.erase(at);
            emit(std::move(full));
        }
        return;
    }
    batches_.push_back(std::move(event));
}

void Recorder::Impl::emitBatches() {
    for (Event& event : batches_)
        emit(std::move(event));
    batches_.clear();
}

void Recorder::Impl::emit(Event event) {
    if (journal_.wanted()) {
        buffer_ += eventLine(event);
        buffer_ += '\n';
    }
    const std::lock_guard lock(mutex_);
    if (!keep_) {
        recording_->fold(event);
        return;
    }
    LogEntry entry;
    entry.device = event.device;
    entry.run = event.run;
    if (const auto* samples = std::get_if<event::Samples>(&event.body)) {
        const auto& all = recording_->samples();
        const auto columns = all.find(samples->stream);
        entry.samples = true;
        entry.stream = samples->stream;
        entry.index = columns == all.end() ? 0 : columns->second.size();
        entry.count = samples->time.size();
    } else {
        entry.index = recording_->events().size();
    }
    log_.push_back(entry);
    recording_->apply(std::move(event));
}

void Recorder::Impl::sayStuck() {
    const Ns now = clock_.now();
    for (auto& [device, pending] : pending_) {
        if (now < pending.sayAt)
            continue;
        const MigState asked = pending.arc.combined ? pending.arc.goal : pending.arc.to;
        Event event;
        event.time = now - t0_;
        event.device = device;
        event.run = pending.run;
        event.body = event::Stuck{"SET " + stateName(asked), pending.since, waitChannel(pending.arc.thread)};
        emitBatches();
        emit(std::move(event));
        syncDue_ = true;
        if (!flushDue_)
            flushDue_ = now + flushAfter;
        pending.sayAt += stuckAgain;
        if (pending.sayAt <= now)
            pending.sayAt = now + stuckAgain;
    }
}

void Recorder::Impl::flush() {
    emitBatches();
    flushDue_.reset();
    write(buffer_);
    buffer_.clear();
    // Samples alone may wait for the kernel's own write-back: syncing them would compete with a saved image.
    if (syncDue_)
        journal_.sync();
    syncDue_ = false;
}

void Recorder::Impl::write(std::string_view text) {
    if (!journal_.wanted() || text.empty())
        return;
    if (auto written = journal_.write(text); !written) {
        const std::lock_guard lock(mutex_);
        error_ = std::move(written.error());
    }
}

void Recorder::Impl::conclude() {
    flush();
    std::string summary;
    {
        const std::lock_guard lock(mutex_);
        recording_->complete = !error_;
        if (journal_.wanted())
            summary = summaryLine(*recording_) + "\n";
    }
    write(summary);
    auto closed = journal_.close();
    const std::lock_guard lock(mutex_);
    if (!closed && !error_)
        error_ = std::move(closed.error());
    recording_->complete = !error_;
}

Result<std::shared_ptr<const Recording>> Recorder::Impl::finish() {
    const std::lock_guard once(finishing_);
    queue_.close();
    if (thread_.joinable())
        thread_.join();
    const std::lock_guard lock(mutex_);
    if (error_)
        return std::unexpected(*error_);
    return std::shared_ptr<const Recording>(recording_);
}

void Recorder::Impl::mark(Ns time, const std::string& text) {
    Event event = markEvent(time, text);
    const std::lock_guard once(finishing_);
    if (thread_.joinable()) {
        event.time += t0_; // the queue takes the clock's own times
        queue_.push(std::move(event));
        return;
    }
    const std::lock_guard lock(mutex_);
    if (keep_)
        recording_->apply(std::move(event));
}

std::vector<Event> Recorder::Impl::since(std::size_t& cursor) const {
    const std::lock_guard lock(mutex_);
    std::vector<Event> fresh;
    for (; cursor < log_.size(); ++cursor) {
        const LogEntry& entry = log_[cursor];
        if (!entry.samples) {
            fresh.push_back(recording_->events()[entry.index]);
            continue;
        }
        const SampleColumns& columns = recording_->samples().at(entry.stream);
        const auto part = [&](const auto& column) {
            const auto begin = column.begin() + static_cast<std::ptrdiff_t>(entry.index);
            return std::vector(begin, begin + static_cast<std::ptrdiff_t>(entry.count));
        };
        Event event;
        event.device = entry.device;
        event.run = entry.run;
        event::Samples samples{entry.stream, part(columns.time()), part(columns.bytes()),
                               part(columns.source()), part(columns.destination())};
        event.time = samples.time.empty() ? Ns{0} : samples.time.back();
        event.body = std::move(samples);
        fresh.push_back(std::move(event));
    }
    return fresh;
}

Recorder::Recorder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Recorder::~Recorder() {
    (void)finish();
}

Result<std::unique_ptr<Recorder>> Recorder::start(Clock& clock, RecordingHeader header,
                                                  const Options& options) {
    auto impl = std::make_unique<Impl>(clock, std::move(header), options);
    if (auto begun = impl->begin(options); !begun)
        return std::unexpected(std::move(begun.error()));
    return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

EventSink& Recorder::sink() {
    return impl_->queue();
}

void Recorder::mark(Ns time, const std::string& text) {
    impl_->mark(time, text);
}

void Recorder::look(const std::function<void(const Recording&)>& look) const {
    impl_->look(look);
}

std::vector<Event> Recorder::since(std::size_t& cursor) const {
    return impl_->since(cursor);
}

Result<std::shared_ptr<const Recording>> Recorder::finish() {
    return impl_->finish();
}

std::optional<Error> Recorder::writeError() const {
    return impl_->writeError();
}

} // namespace migscope
