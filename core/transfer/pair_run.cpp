// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// One pair: save, load, migrate, loopback, and the way back.
#include "core/transfer/pair_run.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/byte_size.h"

namespace migscope {
namespace {

// Measured: 256 KiB to 1 MiB is the sweet spot of read() on a data fd; QEMU uses 1 MiB too.
constexpr std::size_t bufferSize = std::size_t{1024} * 1024;
constexpr Ns longestPause = std::chrono::milliseconds(50);

} // namespace

PairRun::PairRun(RunContext& context, RunDevice* source, RunDevice* destination)
    : context_(context), source_(source), destination_(destination), buffer_(bufferSize) {}

bool PairRun::preCopy() const {
    if (source_ == nullptr)
        return false;
    const bool has = source_->device->capabilities().flags.preCopy();
    return context_.plan.mode == CopyMode::PreCopy || (context_.plan.mode == CopyMode::Auto && has);
}

void PairRun::setPhase(const std::string& phase) {
    context_.progress([&](RunProgress& progress) { progress.phase = phase; });
}

void PairRun::hook(const char* phase) {
    if (!context_.files.hook)
        return;
    try {
        context_.files.hook(phase);
    } catch (...) {
        // Once the destination runs, a mistake of the caller's must not take the state away from it.
        if (!destinationStarted_)
            throw;
    }
}

std::string PairRun::note(const RunDevice& end) const {
    const auto found = notes_.find(end.index);
    return found == notes_.end() ? std::string{} : found->second;
}

const RunDevice& PairRun::anyEnd() const {
    return source_ != nullptr ? *source_ : *destination_;
}

Walk PairRun::cancellable() const {
    return {.stop = [this] { return !context_.goOn("walk", anyEnd()); }};
}

SizeEstimate PairRun::estimate() {
    auto size = source_->device->stopCopySize();
    source_->route().push(context_.clock.now(), event::Estimate{size.bytes, size.errnoValue});
    return size;
}

PairRun::Sink PairRun::deviceSink() {
    return [this](std::span<const std::byte> bytes, Ns& spent) -> Result<void> {
        auto wrote = destination_->device->writeAll(bytes, spent);
        if (wrote)
            destination_->observer().streamBytes += bytes.size();
        else
            destination_->observer().streamNews(event::StreamWhat::Error, context_.clock.now(),
                                                wrote.error().errnoValue());
        return wrote;
    };
}

Result<void> PairRun::once() {
    meter_.reset();
    writer_.reset();
    inCalls_ = Ns{0};
    moved_ = 0;
    destinationStarted_ = false;
    notes_.clear();
    Result<void> done;
    try {
        done = forward();
    } catch (const std::exception& thrown) {
        done = std::unexpected(errorOf(thrown, "run", "this run"));
        // A call may have returned and nobody noted it.
        for (RunDevice* end : {source_, destination_}) {
            if (end != nullptr)
                (void)end->device->state();
        }
    }
    if (!done) {
        context_.fail(done.error());
        recover();
    }
    return done;
}

Result<void> PairRun::forward() {
    if (auto go = context_.goOn("start", anyEnd()); !go)
        return go;
    switch (context_.plan.kind) {
    case PlanKind::Migrate:
        return migrate();
    case PlanKind::Loopback:
        return loopback();
    case PlanKind::Save:
    case PlanKind::Discard:
        return saveOrDiscard();
    case PlanKind::Load:
        return load();
    }
    return fail(Errc::InvalidArgument, "run", "plan", "unknown kind");
}

Result<void> PairRun::migrate() {
    // The destination must be able to take the state before the source goes dark for it.
    setPhase("prepare");
    if (auto ready = walkTo(*destination_->device, MigState::Resuming, cancellable()); !ready)
        return std::unexpected(ready.error());
    if (auto opened = openSource(); !opened)
        return opened;
    const Sink sink = deviceSink();
    if (preCopy()) {
        if (auto copied = preCopyRounds(sink); !copied)
            return copied;
    }
    if (auto stopped = stopSource(sink); !stopped)
        return stopped;
    if (auto loaded = finishLoad(); !loaded)
        return loaded;
    if (auto all = context_.barrier("loaded", *source_); !all)
        return all;
    hook("loaded");
    if (auto runs = startDestination(); !runs)
        return runs;
    hook("resumed");
    // Only now: until here the source was the one that could still be taken back.
    setHandedOver(*source_, true);
    if (auto left = walkTo(*source_->device, MigState::Stop, {.retries = interruptedRetries}); !left) {
        std::string note;
        if (source_->device->needsReset() && bringToRunning(*source_->device, true, source_->route(), note))
            setHandedOver(*source_, false);
        notes_[source_->index] =
            fmt::format("its session could not be ended ({}); {}", describe(left.error()), note);
    }
    return {};
}

Result<void> PairRun::openSource() {
    (void)estimate();
    if (!preCopy())
        return {};
    if (source_->device->capabilities().precopyInfoV2 == PrecopyInfoV2::Available)
        (void)source_->device->optInPrecopyInfoV2();
    auto opened = walkTo(*source_->device, MigState::PreCopy, cancellable());
    if (!opened)
        return std::unexpected(opened.error());
    meter_.emplace(source_->route(), source_->observer().stream());
    return {};
}

bool PairRun::mayStop(const PrecopyInfo& info, const SizeEstimate& size) const {
    if (info.initialBytes != 0)
        return false;
    const std::uint64_t left = info.dirtyBytes + size.bytes.value_or(0);
    if (left == 0)
        return true;
    if (moved_ == 0 || inCalls_.count() <= 0)
        return false;
    const double seconds =
        static_cast<double>(left) / (static_cast<double>(moved_) / static_cast<double>(inCalls_.count()));
    return seconds <= static_cast<double>(context_.plan.limits.downtimeLimit.count());
}

Result<void> PairRun::preCopyRounds(const Sink& sink) {
    const auto& limits = context_.plan.limits;
    const Ns began = context_.clock.now();
    Ns pause = std::chrono::milliseconds(1);
    for (std::uint32_t round = 1;; ++round) {
        setPhase(fmt::format("pre-copy round {}", round));
        if (auto go = context_.goOn("pre-copy", *source_); !go)
            return go;
        const auto info = source_->device->precopyInfo();
        if (!info)
            return std::unexpected(info.error());
        source_->route().push(context_.clock.now(),
                              event::Precopy{info->initialBytes, info->dirtyBytes, info->reinit});
        const SizeEstimate size = estimate();
        context_.progress([&](RunProgress& progress) {
            // The size estimate is of a stop now: it holds what pre-copy has not moved yet, too.
            progress.expectedBytes =
                moved_ + std::max(info->initialBytes + info->dirtyBytes, size.bytes.value_or(0));
        });
        if (mayStop(*info, size))
            return {};
        if (round > limits.maxRounds || context_.clock.now() - began > limits.maxTime) {
            if (limits.onNoConvergence == OnNoConvergence::Go)
                return {};
            return fail(Errc::NotConverging, "pre-copy", source_->session->name,
                        fmt::format("after {} rounds and {} still {} initial and {} dirty", round - 1,
                                    formatDuration(context_.clock.now() - began),
                                    formatBytes(info->initialBytes), formatBytes(info->dirtyBytes)));
        }
        // A device that dirties as fast as it is read never says "drained": a round ends at what was
        // announced, too.
        const std::uint64_t bound =
            std::max<std::uint64_t>(info->initialBytes + info->dirtyBytes, bufferSize);
        const auto got = drainRound(sink, bound);
        if (!got)
            return std::unexpected(got.error());
        if (*got == 0) {
            // Nothing for now: a save may be under way in the device. Asking again at once would only burn
            // the rounds.
            context_.pause(pause);
            pause = std::min(pause * 2, longestPause);
        } else {
            pause = std::chrono::milliseconds(1);
        }
    }
}

Result<std::optional<std::size_t>> PairRun::copyOnce(const Sink& sink) {
    const auto got = source_->device->read(buffer_);
    if (!got) {
        meter_->flush();
        if (!got.error().is(Errc::Cancelled))
            source_->observer().streamNews(event::StreamWhat::Error, context_.clock.now(),
                                           got.error().errnoValue());
        return std::unexpected(got.error());
    }
    const Ns reading = got->returned - got->called;
    if (got->meaning != ReadMeaning::Data) {
        if (reading.count() > 0)
            meter_->add(got->returned, 0, reading, Ns{0});
        meter_->flush();
        const bool ended = got->meaning == ReadMeaning::EndOfStream;
        source_->observer().streamNews(ended ? event::StreamWhat::Eof : event::StreamWhat::Empty,
                                       got->returned);
        return std::optional<std::size_t>{};
    }
    Ns destination{0};
    auto taken = sink(std::span(buffer_).first(got->bytes), destination);
    if (!taken)
        return std::unexpected(taken.error());
    moved_ += got->bytes;
    inCalls_ += reading + destination;
    source_->observer().streamBytes += got->bytes;
    meter_->add(destination.count() > 0 ? context_.clock.now() : got->returned, got->bytes, reading,
                destination);
    context_.progress([&](RunProgress& progress) { progress.movedBytes += got->bytes; });
    return std::optional<std::size_t>{got->bytes};
}

Result<std::uint64_t> PairRun::drainRound(const Sink& sink, std::uint64_t bound) {
    std::uint64_t bytes = 0;
    while (bytes < bound) {
        if (auto go = context_.goOn("read", *source_); !go)
            return std::unexpected(go.error());
        const auto got = copyOnce(sink);
        if (!got)
            return std::unexpected(got.error());
        if (!*got)
            break;
        bytes += **got;
    }
    meter_->flush();
    return bytes;
}

Result<void> PairRun::stopSource(const Sink& sink) {
    hook("before-stop");
    setPhase("stop");
    MigrationDevice& device = *source_->device;
    const auto step = [&](MigState to) -> Result<void> {
        if (auto go = context_.goOn("stop", *source_); !go)
            return go;
        auto there = walkTo(device, to, cancellable());
        return there ? Result<void>{} : std::unexpected(there.error());
    };
    const bool p2p = device.capabilities().flags.p2p();
    const bool saving = device.believed() == MigState::PreCopy;
    if (p2p) {
        if (auto quiet = step(saving ? MigState::PreCopyP2p : MigState::RunningP2p); !quiet)
            return quiet;
        if (auto all = context_.barrier("p2p", *source_); !all)
            return all;
    }
    if (!saving) {
        if (auto still = step(MigState::Stop); !still)
            return still;
        if (auto all = context_.barrier("stopped", *source_); !all)
            return all;
    }
    if (auto copying = step(MigState::StopCopy); !copying)
        return copying;
    if (!meter_)
        meter_.emplace(source_->route(), source_->observer().stream());
    hook("stopped");
    if (auto drained = drainToEnd(sink); !drained)
        return drained;
    hook("saved");
    return {};
}

Result<void> PairRun::drainToEnd(const Sink& sink) {
    setPhase("save");
    for (;;) {
        if (auto go = context_.goOn("read", *source_); !go)
            return go;
        const auto got = copyOnce(sink);
        if (!got)
            return std::unexpected(got.error());
        if (!*got)
            return {};
    }
}

Result<void> PairRun::finishLoad() {
    setPhase("load");
    // Leaving RESUMING is where a driver judges what it was given.
    auto accepted = walkTo(*destination_->device, MigState::Stop);
    if (accepted)
        return {};
    Error error = accepted.error();
    if (error.detail.empty())
        error.detail = "the destination rejects the image";
    return std::unexpected(std::move(error));
}

Result<void> PairRun::startDestination() {
    if (auto go = context_.goOn("resume", *destination_); !go)
        return go;
    setPhase("resume");
    destinationStarted_ = true;
    // There is no way back from here: a cancel that comes now would cost the state at both ends.
    auto runs = walkTo(*destination_->device, MigState::Running, {.retries = interruptedRetries});
    return runs ? Result<void>{} : std::unexpected(runs.error());
}

Result<void> PairRun::saveOrDiscard() {
    if (context_.plan.kind == PlanKind::Save) {
        // Before anything is asked of the device: a full or forbidden folder must not cost a blackout.
        ImageHeader header = context_.files.header;
        header.device = source_->session->name;
        header.flags = source_->device->capabilities().flags.raw();
        header.mode = preCopy() ? "pre-copy" : "stop-copy";
        auto created = ImageWriter::create(context_.files.savePath, header, context_.files.raw,
                                           context_.files.overwrite);
        if (!created)
            return std::unexpected(created.error());
        writer_ = std::move(*created);
    }
    setPhase("prepare");
    if (auto opened = openSource(); !opened)
        return opened;
    const Sink sink = [this](std::span<const std::byte> bytes, Ns&) -> Result<void> {
        return writer_ ? writer_->append(bytes) : Result<void>{};
    };
    if (preCopy()) {
        if (auto copied = preCopyRounds(sink); !copied)
            return copied;
    }
    if (auto stopped = stopSource(sink); !stopped)
        return stopped;
    setPhase("resume");
    auto back = walkTo(*source_->device, MigState::Running, {.retries = interruptedRetries});
    if (!back)
        return std::unexpected(back.error());
    // The file is synced after the device runs: a slow disk is no part of its blackout.
    if (writer_) {
        setPhase("sync");
        return writer_->finish();
    }
    return {};
}

Result<void> PairRun::load() {
    auto file = ImageReader::open(context_.files.loadPath);
    if (!file)
        return std::unexpected(file.error());
    context_.progress([&](RunProgress& progress) { progress.expectedBytes = (*file)->totalBytes(); });
    setPhase("load");
    if (auto ready = walkTo(*destination_->device, MigState::Resuming, cancellable()); !ready)
        return std::unexpected(ready.error());
    StreamMeter meter(destination_->route(), destination_->observer().stream());
    const FlushAtEnd flush(meter);
    const Sink sink = deviceSink();
    for (;;) {
        if (auto go = context_.goOn("write", *destination_); !go)
            return go;
        const auto chunk = (*file)->next();
        if (!chunk)
            return std::unexpected(chunk.error());
        if (chunk->empty())
            break;
        Ns spent{0};
        auto wrote = sink(*chunk, spent);
        if (!wrote) {
            meter.flush();
            return wrote;
        }
        meter.add(context_.clock.now(), chunk->size(), Ns{0}, spent);
        context_.progress([&](RunProgress& progress) { progress.movedBytes += chunk->size(); });
    }
    meter.flush();
    if (auto loaded = finishLoad(); !loaded)
        return loaded;
    hook("loaded");
    if (context_.plan.loadThenRun)
        return startDestination();
    setHandedOver(*destination_, true);
    return {};
}

Result<void> PairRun::loopback() {
    const std::string folder = context_.files.spoolFolder.empty() ? "/tmp" : context_.files.spoolFolder;
    int spool = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    int why = spool < 0 ? errno : 0;
    if (why == EOPNOTSUPP || why == EISDIR) { // not every file system has unnamed files
        spool = ::memfd_create("migscope-spool", MFD_CLOEXEC);
        why = spool < 0 ? errno : 0;
    }
    if (spool < 0)
        return failErrno(why, "create spool file", folder);
    spool_.reset(spool);
    setPhase("prepare");
    if (auto opened = openSource(); !opened)
        return opened;
    const Sink sink = [this](std::span<const std::byte> bytes, Ns&) -> Result<void> {
        while (!bytes.empty()) {
            const ssize_t wrote = ::write(spool_.get(), bytes.data(), bytes.size());
            if (wrote < 0 && errno == EINTR)
                continue;
            if (wrote <= 0)
                return failErrno(wrote < 0 ? errno : ENOSPC, "write", "spool file");
            bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        }
        return {};
    };
    if (preCopy()) {
        if (auto copied = preCopyRounds(sink); !copied)
            return copied;
    }
    if (auto stopped = stopSource(sink); !stopped)
        return stopped;
    setPhase("load");
    if (auto ready = walkTo(*destination_->device, MigState::Resuming, cancellable()); !ready)
        return std::unexpected(ready.error());
    if (auto written = writeSpool(*destination_); !written)
        return written;
    if (auto loaded = finishLoad(); !loaded)
        return loaded;
    hook("loaded");
    if (auto runs = startDestination(); !runs)
        return runs;
    hook("resumed");
    spool_.reset();
    return {};
}

Result<void> PairRun::writeSpool(RunDevice& end) {
    if (::lseek(spool_.get(), 0, SEEK_SET) < 0)
        return failErrno(errno, "seek", "spool file");
    StreamMeter meter(end.route(), end.observer().stream());
    const FlushAtEnd flush(meter);
    const Sink sink = deviceSink();
    for (;;) {
        if (auto go = context_.goOn("write", end); !go)
            return go;
        const ssize_t got = ::read(spool_.get(), buffer_.data(), buffer_.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, "read", "spool file");
        if (got == 0)
            break;
        Ns spent{0};
        auto wrote = sink(std::span(buffer_).first(static_cast<std::size_t>(got)), spent);
        if (!wrote) {
            meter.flush();
            return wrote;
        }
        meter.add(context_.clock.now(), static_cast<std::uint64_t>(got), Ns{0}, spent);
    }
    meter.flush();
    return {};
}

void PairRun::setHandedOver(const RunDevice& end, bool is) {
    end.session->change([is](SessionState& state) { state.handedOver = is; });
}

void PairRun::recover() {
    setPhase("bring back");
    if (meter_)
        meter_->flush();
    const bool twoDevices = source_ != nullptr && destination_ != nullptr && source_ != destination_;
    bool destinationSafe = true;
    if (destination_ != nullptr && destination_ != source_) {
        MigrationDevice& device = *destination_->device;
        const bool touched =
            device.believed() != MigState::Running || device.needsReset() || destinationStarted_;
        if (touched) {
            std::string note;
            destinationSafe = bringToRunning(device, true, destination_->route(), note).has_value();
            // Whatever it was given must not run beside the source.
            if (!destinationSafe)
                setHandedOver(*destination_, true);
            notes_[destination_->index] = note;
        }
    }
    if (source_ == nullptr)
        return;
    std::string note;
    if (twoDevices && destinationStarted_) {
        // The state may have lived at the destination for a moment: running it here again could make two of
        // it.
        notes_[source_->index] = "left stopped: the destination may have run with its state";
        setHandedOver(*source_, true);
        return;
    }
    if (twoDevices && !destinationSafe) {
        notes_[source_->index] = "left as it is: the destination could not be reset first";
        return;
    }
    (void)bringToRunning(*source_->device, false, source_->route(), note);
    notes_[source_->index] = note;
}

Result<void> PairRun::prepareNext() {
    if (source_ == nullptr || destination_ == nullptr || source_ == destination_)
        return {};
    std::string note;
    if (auto clean = bringToRunning(*destination_->device, true, destination_->route(), note); !clean)
        return clean;
    setHandedOver(*source_, false);
    return bringToRunning(*source_->device, false, source_->route(), note);
}

} // namespace migscope
