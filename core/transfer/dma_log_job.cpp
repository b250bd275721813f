// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rounds of DMA logging.
#include "core/transfer/dma_log_job.h"

#include <algorithm>
#include <cerrno>

namespace migscope {
namespace {

/// Of one event: a line of about 64 KiB. A report that is torn into more runs is told with runs put together.
constexpr std::size_t mostRuns = 4096;

event::DmaLog eventOf(event::DmaLog::Op op, std::vector<DmaRange> ranges, const DmaLogCall& call) {
    event::DmaLog body;
    body.op = op;
    body.ranges = std::move(ranges);
    body.pageBytes = call.pageBytes;
    body.called = call.called;
    body.returned = call.returned;
    if (call.error) {
        body.errnoValue = call.error->errnoValue();
        if (body.errnoValue == 0)
            body.error = codeName(call.error->code);
    }
    return body;
}

class Logging {
public:
    Logging(DeviceSession::Shared& session, const job::DmaLog& job) : session_(session), job_(job) {}

    Result<void> run() {
        if (auto started = start(); !started)
            return started;
        auto done = rounds();
        // The first error tells more than what a STOP after it says.
        auto stopped = stopDmaLog(session_);
        return done ? stopped : done;
    }

private:
    [[nodiscard]] const EventRoute& route() const { return session_.observer.route; }
    [[nodiscard]] std::unexpected<Error> cancelled() const {
        return fail(Errc::Cancelled, "DMA logging", session_.name);
    }

    Result<void> start() {
        DmaLogCall call;
        for (int retries = interruptedRetries;;) {
            if (session_.cancelled)
                return cancelled();
            call = session_.device->startDmaLogging(job_.ranges, job_.pageBytes);
            if (call.made)
                route().push(call.returned, eventOf(event::DmaLog::Op::Start, job_.ranges, call));
            // A wake-up that came too late for the job it was meant for.
            if (!call.error || !call.error->isErrno(EINTR) || retries-- <= 0)
                break;
        }
        if (call.error)
            return std::unexpected(*call.error);
        ranges_ = job_.ranges;
        std::ranges::sort(ranges_, {}, &DmaRange::iova);
        began_ = call.returned;
        reported_ = call.returned;
        pageBytes_ = std::max(call.pageBytes, smallestDmaPage);
        session_.change([&](SessionState& state) {
            state.dmaLog = DmaLogProgress{};
            state.dmaLog->active = true;
            state.dmaLog->rounds = job_.rounds;
            state.dmaLog->pageBytes = pageBytes_;
            state.dmaLog->trackedBytes = totalBytes(ranges_);
        });
        return {};
    }

    /// False: cancelled.
    bool pause(Ns until) {
        std::unique_lock lock(session_.mutex);
        return !session_.changed->waitFor(lock, until, [this] { return session_.cancelled.load(); });
    }

    Result<void> rounds() {
        const bool untilCancelled = job_.rounds == 0;
        Ns due = began_;
        for (std::uint32_t round = 1; untilCancelled || round <= job_.rounds; ++round) {
            // A report that took longer than the interval is followed by the next at once, not by several.
            due = std::max(due + job_.interval, session_.clock.now());
            if (!pause(due))
                return untilCancelled ? Result<void>{} : cancelled();
            if (auto done = this->round(); !done) {
                if (untilCancelled && done.error().is(Errc::Cancelled))
                    return {};
                return done;
            }
        }
        return {};
    }

    Result<void> round() {
        std::uint64_t pages = 0;
        const Ns since = reported_;
        // Whole pages, and no more of them than one report can tell.
        const std::uint64_t most = pageBytes_ > ~std::uint64_t{0} / mostReportPages
                                       ? ~std::uint64_t{0}
                                       : pageBytes_ * mostReportPages;
        const std::uint64_t chunk =
            std::min(most, std::max(job_.chunkBytes - job_.chunkBytes % pageBytes_, pageBytes_));
        for (const DmaRange& range : ranges_) {
            for (std::uint64_t done = 0; done < range.length;) {
                if (session_.cancelled)
                    return cancelled();
                const DmaRange part{range.iova + done, std::min(chunk, range.length - done)};
                if (auto told = report(part, pages); !told)
                    return told;
                done += part.length;
            }
        }
        session_.change([&](SessionState& state) {
            DmaLogProgress& progress = *state.dmaLog;
            ++progress.round;
            progress.lastPages = pages;
            progress.lastSpan = reported_ - since;
            progress.totalPages += pages;
        });
        return {};
    }

    Result<void> report(DmaRange part, std::uint64_t& pages) {
        DmaLogCall call;
        for (int retries = interruptedRetries;;) {
            call = session_.device->reportDmaLogging(part, pageBytes_, bitmap_);
            if (call.made)
                route().push(call.returned, eventOf(event::DmaLog::Op::Report, {part}, call));
            if (!call.error || !call.error->isErrno(EINTR) || session_.cancelled || retries-- <= 0)
                break;
        }
        if (call.error && call.error->isErrno(EINTR) && session_.cancelled)
            return cancelled();
        if (call.error)
            return std::unexpected(*call.error);
        DirtyRuns found = bitmap_.runs(mostRuns);
        event::Dirty body;
        body.iova = part.iova;
        body.pageBytes = pageBytes_;
        body.pages = bitmap_.pages();
        if (found.merged)
            body.exactPages = found.dirtyPages;
        body.runs = std::move(found.runs);
        pages += found.dirtyPages;
        reported_ = call.returned;
        route().push(call.returned, std::move(body));
        return {};
    }

    DeviceSession::Shared& session_;
    const job::DmaLog& job_;
    std::vector<DmaRange> ranges_;
    DirtyBitmap bitmap_;
    std::uint64_t pageBytes_ = smallestDmaPage;
    Ns began_{0};
    Ns reported_{0};
};

} // namespace

Result<void> logDma(DeviceSession::Shared& session, const job::DmaLog& job) {
    session.change([](SessionState& state) { state.dmaLog.reset(); });
    // Whatever is thrown in between must not leave the logging on.
    struct Stop {
        DeviceSession::Shared& session;
        ~Stop() {
            if (session.device && session.device->mayLogDma())
                (void)session.device->stopDmaLogging();
        }
    } const stop{session};
    return Logging(session, job).run();
}

Result<void> measureDmaCost(DeviceSession::Shared& session, const job::DmaCost& cost) {
    const auto sizes = sweepSizes(cost.most.length, cost.pageBytes);
    if (sizes.empty())
        return fail(Errc::InvalidArgument, "cost of DMA logging", session.name,
                    formatDmaRange(cost.most) + " is less than the first size");
    Result<void> refused;
    bool any = false;
    for (const std::uint64_t size : sizes) {
        job::DmaLog log;
        log.ranges = {{cost.most.iova, size}};
        log.pageBytes = cost.pageBytes;
        log.interval = Ns{0};
        log.rounds = std::max(cost.rounds, 1U);
        log.chunkBytes = size;
        const auto done = logDma(session, log);
        any = any || done.has_value();
        if (done)
            continue;
        refused = done;
        if (done.error().errnoValue() == 0)
            return done; // a cancel, or an answer that is none
    }
    return any ? Result<void>{} : refused;
}

Result<void> stopDmaLog(DeviceSession::Shared& session) {
    if (!session.device || !session.device->mayLogDma())
        return {};
    const auto call = session.device->stopDmaLogging();
    if (call.made)
        session.observer.route.push(call.returned, eventOf(event::DmaLog::Op::Stop, {}, call));
    if (call.error)
        return std::unexpected(*call.error);
    return {};
}

} // namespace migscope
