// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel's log as it grows.
#include "core/kernel/kmsg_reader.h"

#include "core/kernel/fd_watch.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace migscope {
namespace {

/// A record is at most 8 KiB in any kernel; one that does not fit would never be handed out (EINVAL).
constexpr std::size_t recordBytes = 16U << 10U;
constexpr std::size_t burst = 256;
/// At the end: enough for everything that was logged, not for a storm that never stops.
constexpr int lastBursts = 64;

} // namespace

KmsgDrain::KmsgDrain(const std::vector<LogSubject>& subjects, Clock& clock)
    : filter_(subjects), clock_(clock), time_(clock.now()), buffer_(recordBytes) {}

KmsgDrain::Left KmsgDrain::take(const Read& read, std::vector<Taken>& taken) {
    for (std::size_t i = 0; i < burst; ++i) {
        const long got = read(buffer_);
        if (got == -EINTR)
            continue;
        if (got == -EPIPE) { // the next read gives the oldest record that is still there
            overwritten_ = true;
            continue;
        }
        if (got == -EAGAIN)
            return Left::Nothing;
        if (got <= 0)
            return Left::Never;
        auto record = parseKmsg({buffer_.data(), static_cast<std::size_t>(got)});
        if (!record)
            continue;
        if (overwritten_) {
            overwritten_ = false;
            const bool known = last_ && record->sequence > *last_ + 1;
            taken.push_back({std::nullopt, known ? record->sequence - *last_ - 1 : 1});
        }
        last_ = record->sequence;
        taken.push_back({std::move(record), 0});
    }
    return Left::More;
}

KmsgDrain::Left KmsgDrain::drain(const Read& read, const KernelLogSink& sink) {
    std::vector<Taken> taken;
    const Left left = take(read, taken);
    const Ns now = clock_.now();
    // The last of a burst waited the shortest: all of them before any is placed.
    for (const Taken& each : taken) {
        if (each.record)
            time_.learn(each.record->timestampUs, now);
    }
    for (Taken& each : taken) {
        if (!each.record) {
            sink(KernelLogLoss{now, each.lost});
            continue;
        }
        KmsgRecord& record = *each.record;
        if (const auto match = filter_.match(record))
            sink(KernelLogLine{time_.at(record.timestampUs, now), record.timestampUs, record.priority,
                               record.sequence, std::move(record.text), match->subject});
    }
    return left;
}

struct KmsgReader::State {
    State(UniqueFd from, const std::vector<LogSubject>& subjects, Clock& clock, KernelLogSink to)
        : source(std::move(from)), sink(std::move(to)), drain(subjects, clock) {}

    UniqueFd source;
    KernelLogSink sink;
    KmsgDrain drain;
    std::unique_ptr<FdWatch> watch; ///< last: it uses the others

    KmsgDrain::Left take() {
        const auto read = [this](std::span<char> into) -> long {
            const auto got = ::read(source.get(), into.data(), into.size());
            return got < 0 ? -errno : got;
        };
        return drain.drain(read, sink);
    }
    void takeRest() {
        for (int i = 0; i < lastBursts && take() == KmsgDrain::Left::More; ++i) {
        }
    }
};

KmsgReader::KmsgReader(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<KernelLogWatch>> KmsgReader::start(const std::vector<LogSubject>& subjects,
                                                          Clock& clock, KernelLogSink sink,
                                                          const std::string& path) {
    UniqueFd source(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!source.valid()) {
        const int number = errno;
        return failErrno(number, "read the kernel's log", path,
                         number == EPERM ? "kernel.dmesg_restrict asks for CAP_SYSLOG" : "");
    }
    if (::lseek(source.get(), 0, SEEK_END) < 0)
        return failErrno(errno, "read the kernel's log", path);
    return startOn(std::move(source), subjects, clock, std::move(sink));
}

Result<std::unique_ptr<KernelLogWatch>> KmsgReader::startOn(UniqueFd source,
                                                            const std::vector<LogSubject>& subjects,
                                                            Clock& clock, KernelLogSink sink) {
    auto state = std::make_unique<State>(std::move(source), subjects, clock, std::move(sink));
    State* const shared = state.get();
    auto watch = FdWatch::start(
        state->source.get(),
        {[shared] { return shared->take() != KmsgDrain::Left::Never; }, [shared] { shared->takeRest(); }},
        "read the kernel's log");
    if (!watch)
        return std::unexpected(watch.error());
    state->watch = std::move(*watch);
    return std::unique_ptr<KernelLogWatch>(new KmsgReader(std::move(state)));
}

KmsgReader::~KmsgReader() = default;

} // namespace migscope
