// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Data streams of a simulated device that misbehaves.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/sim/sim_wrong.h"
#include "core/uapi/vfio.h"

namespace migscope {
namespace {

using enum SimMisbehaviour;
using End = SimWrongSession::End;

std::unexpected<Error> refuse(int number, const char* call) {
    return failErrno(number, call, "simulated");
}

class WrongStream final : public DataStream {
public:
    WrongStream(std::unique_ptr<DataStream> inner, std::shared_ptr<SimWrongCore> core,
                std::shared_ptr<SimWrongSession> session)
        : core_(std::move(core)), session_(std::move(session)), inner_(std::move(inner)) {
        session_->flush = [this] {
            const auto took = inner_->write(session_->buffer);
            return took && *took == session_->buffer.size();
        };
    }
    ~WrongStream() override {
        session_->closed = true;
        session_->flush = nullptr;
    }

    Result<std::size_t> read(std::span<std::byte> into) override;
    Result<std::size_t> write(std::span<const std::byte> from) override;
    Result<RawPrecopyInfo> precopyInfo() override { return inner_->precopyInfo(); }
    Result<void> control(unsigned long request, std::span<std::byte> bytes) override;
    Result<void> rewind() override {
        if (has(session_->saving ? SavingFdSeeks : ResumingFdSeeks))
            return {};
        return inner_->rewind();
    }
    void interrupt() override { inner_->interrupt(); }

private:
    [[nodiscard]] bool has(SimMisbehaviour kind) const { return core_->has(kind); }
    [[nodiscard]] bool livesOn() const {
        const End end = session_->end;
        return (end == End::ByStop && has(ReadsAfterSession)) ||
               (end == End::ByReset && has(ReadsAfterReset)) ||
               (end == End::ByRunning && has(PrecopyFdLivesOn));
    }
    [[nodiscard]] Result<std::size_t> nothingMore(MigState state, std::span<std::byte> into);
    void passed(std::span<const std::byte> bytes);

    std::shared_ptr<SimWrongCore> core_;
    std::shared_ptr<SimWrongSession> session_;
    std::unique_ptr<DataStream> inner_; // last: destroyed first
};

void WrongStream::passed(std::span<const std::byte> bytes) {
    const std::size_t room = simHeadBytes - std::min(simHeadBytes, session_->head.size());
    const auto kept = bytes.first(std::min(room, bytes.size()));
    session_->head.insert(session_->head.end(), kept.begin(), kept.end());
}

Result<std::size_t> WrongStream::nothingMore(MigState state, std::span<std::byte> into) {
    if (state != MigState::StopCopy)
        return has(DrainedReadFails) ? Result<std::size_t>(refuse(EIO, "read")) : std::size_t{0};
    if (has(StreamWithoutEnd)) {
        std::ranges::fill(into, std::byte{0xee});
        return into.size();
    }
    if (session_->atEnd && has(DataBehindEnd)) {
        const std::size_t count = std::min<std::size_t>(into.size(), 8);
        std::ranges::fill(into.first(count), std::byte{0xdb});
        return count;
    }
    if (!session_->atEnd) {
        session_->atEnd = true;
        ++core_->wholeSaves;
        core_->precopySaved = session_->overPrecopy;
        core_->wrongs->lastHead = session_->head;
        core_->wrongs->lastLength = session_->read;
        core_->wrongs->ownHeads.insert(session_->head);
    }
    if (has(EnomsgInStopCopy))
        return refuse(ENOMSG, "read");
    return std::size_t{0};
}

Result<std::size_t> WrongStream::read(std::span<std::byte> into) {
    if (!session_->saving)
        return has(ResumingFdReadable) ? Result<std::size_t>(std::size_t{0}) : inner_->read(into);
    if (livesOn())
        return std::size_t{0};
    if (session_->killed)
        return refuse(ENODEV, "read");
    if (has(OthersLoadEndsSave) && core_->wrongs->machine->loads != session_->loadsAtBegin)
        return refuse(EIO, "read");
    if (session_->end != End::No)
        return inner_->read(into);
    const MigState state = core_->now();
    if ((into.empty() && has(EmptyReadRefused)) || (into.size() == 1 && has(SmallReadsRefused)))
        return refuse(EINVAL, "read");
    if (session_->overPrecopy && state == MigState::StopCopy && has(PrecopyFdDeadInStopCopy))
        return refuse(ENODEV, "read");
    constexpr std::size_t largeRead = 4096;
    if (has(ReadFailsAtTimes) && into.size() > largeRead && core_->wholeSaves == 1 &&
        !std::exchange(core_->wrongs->readFailed, true))
        return refuse(EIO, "read");
    if (session_->empty)
        return nothingMore(state, into);
    while (session_->skip > 0) {
        std::vector<std::byte> unseen(static_cast<std::size_t>(session_->skip));
        const auto got = inner_->read(unseen);
        if (!got || *got == 0)
            break;
        session_->skip -= *got;
    }
    auto got = inner_->read(into);
    if (!got)
        return got.error().isErrno(ENOMSG) && has(DrainedReadFails) ? refuse(EIO, "read") : std::move(got);
    if (*got == 0 && !into.empty())
        return nothingMore(state, into);
    const auto bytes = into.first(*got);
    constexpr std::uint64_t changed = 48;
    if (has(StateChangesOnTheWay) && core_->loaded && session_->read <= changed &&
        changed < session_->read + *got)
        bytes[static_cast<std::size_t>(changed - session_->read)] ^= std::byte{1};
    passed(bytes);
    session_->read += *got;
    return got;
}

Result<std::size_t> WrongStream::write(std::span<const std::byte> from) {
    if (session_->saving)
        return has(SavingFdWritable) ? Result<std::size_t>(from.size()) : inner_->write(from);
    if (session_->end == End::ByReset && has(WritesAfterReset))
        return from.size();
    if (session_->end != End::No)
        return inner_->write(from);
    if (from.empty() && has(EmptyWriteRefused))
        return refuse(EINVAL, "write");
    if (from.size() == 7 && has(OddWritesRefused)) {
        session_->writeFailed = true;
        return refuse(EINVAL, "write");
    }
    if (session_->written == 0 && !from.empty() && has(WriteTakesNothing) && session_->infos++ == 0)
        return std::size_t{0};
    Result<std::size_t> took = from.size();
    if (core_->buffersLoads())
        session_->buffer.insert(session_->buffer.end(), from.begin(), from.end());
    else
        took = inner_->write(from);
    if (!took) {
        session_->writeFailed = true;
        core_->wrongs->broken = core_->wrongs->broken || has(JunkBreaksTheDevice);
        return took;
    }
    passed(from.first(*took));
    session_->written += *took;
    return took;
}

Result<void> WrongStream::control(unsigned long request, std::span<std::byte> bytes) {
    if (request != uapi::ioctlMigGetPrecopyInfo)
        return has(AnyIoctlAccepted) ? Result<void>{} : inner_->control(request, bytes);
    uapi::VfioPrecopyInfo info{};
    std::memcpy(&info, bytes.data(), sizeof info);
    if ((!session_->saving && has(InfoOfLoad)) || (session_->end == End::ByRunning && has(InfoAfterSession)))
        return {};
    const bool isShort = info.argsz < sizeof info;
    if (isShort && has(InfoShortArgszAccepted))
        return {};
    if (info.argsz > sizeof info && has(InfoLargeArgszRefused))
        return refuse(EINVAL, "GET_PRECOPY_INFO");
    const MigState state = core_->now();
    if (state == MigState::StopCopy && has(InfoInStopCopy))
        return {};
    if (state == MigState::PreCopyP2p && has(InfoRefusedInP2p))
        return refuse(EINVAL, "GET_PRECOPY_INFO");
    if (auto done = inner_->control(request, bytes); !done)
        return done;
    std::memcpy(&info, bytes.data(), sizeof info);
    const unsigned before = session_->infos++;
    if (has(InfoWithoutInitial))
        info.initialBytes = 0;
    if (has(InitialGrows) && before > 0)
        info.initialBytes += std::uint64_t{1000} * before;
    if (has(InitialNeverZero))
        info.initialBytes = std::max<std::uint64_t>(info.initialBytes, 8);
    if (has(InfoFlagsGarbage) && core_->optedIn)
        info.flags |= 0x80U;
    std::memcpy(bytes.data(), &info, sizeof info);
    return {};
}

} // namespace

std::unique_ptr<DataStream> misbehave(std::unique_ptr<DataStream> inner, std::shared_ptr<SimWrongCore> core,
                                      std::shared_ptr<SimWrongSession> session) {
    return std::make_unique<WrongStream>(std::move(inner), std::move(core), std::move(session));
}

} // namespace migscope
