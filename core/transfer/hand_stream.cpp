// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Streams of a click.
#include "core/transfer/hand_stream.h"

namespace migscope {
namespace {
constexpr std::size_t bufferSize = std::size_t{1024} * 1024;
}

Result<void> drainHandStream(DeviceSession::Shared& session, ImageWriter* file) {
    MigrationDevice& device = *session.device;
    auto& observer = session.observer;
    std::vector<std::byte> buffer(bufferSize);
    StreamMeter meter(observer.route, observer.stream());
    const FlushAtEnd flush(meter);
    const auto tell = [&](bool drained, bool ended) {
        session.change([&](SessionState& state) {
            if (state.stream)
                *state.stream = {state.stream->direction, observer.streamBytes, drained, ended};
        });
    };
    Ns told = session.clock.now();
    for (;;) {
        if (session.cancelled)
            return fail(Errc::Cancelled, "read", session.name);
        const auto got = device.read(buffer);
        // A wake-up that came too late for the job it was meant for waits in the stream.
        if (!got && got.error().is(Errc::Cancelled) && !session.cancelled)
            continue;
        if (!got) {
            meter.flush();
            if (!got.error().is(Errc::Cancelled))
                observer.streamNews(event::StreamWhat::Error, session.clock.now(), got.error().errnoValue());
            return std::unexpected(got.error());
        }
        if (got->meaning != ReadMeaning::Data) {
            meter.flush();
            const bool ended = got->meaning == ReadMeaning::EndOfStream;
            observer.streamNews(ended ? event::StreamWhat::Eof : event::StreamWhat::Empty, got->returned);
            tell(!ended, ended);
            return {};
        }
        observer.streamBytes += got->bytes;
        meter.add(got->returned, got->bytes, got->returned - got->called, Ns{0});
        if (file != nullptr) {
            if (auto kept = file->append(std::span(buffer).first(got->bytes)); !kept)
                return kept;
        }
        if (got->returned - told > std::chrono::milliseconds(100)) {
            told = got->returned;
            tell(false, false);
        }
    }
}

Result<void> saveHandStream(DeviceSession::Shared& session, const std::string& path, bool raw) {
    if (!session.device->hasStream() || session.device->streamDirection() != StreamDirection::Save)
        return fail(Errc::Refused, "save stream", session.name, "there is no saving stream");
    ImageHeader header;
    header.simulated = session.backend.simulated();
    header.device = session.name;
    header.flags = session.device->capabilities().flags.raw();
    header.mode = session.device->believed() == MigState::StopCopy ? "stop-copy" : "pre-copy";
    auto file = ImageWriter::create(path, header, raw, false);
    if (!file)
        return std::unexpected(file.error());
    if (auto drained = drainHandStream(session, file->get()); !drained)
        return drained;
    return (*file)->finish();
}

Result<void> loadHandStream(DeviceSession::Shared& session, const std::string& path) {
    auto file = ImageReader::open(path);
    if (!file)
        return std::unexpected(file.error());
    auto& observer = session.observer;
    StreamMeter meter(observer.route, observer.stream());
    const FlushAtEnd flush(meter);
    const auto giveUp = [&](Error why) -> Result<void> {
        if (observer.streamBytes > 0)
            session.device->spoilLoad();
        return std::unexpected(std::move(why));
    };
    for (;;) {
        if (session.cancelled)
            return giveUp({make_error_code(Errc::Cancelled), "write", session.name, {}});
        const auto chunk = (*file)->next();
        if (!chunk)
            return giveUp(chunk.error());
        if (chunk->empty())
            break;
        Ns spent{0};
        if (auto wrote = session.device->writeAll(*chunk, spent); !wrote) {
            meter.flush();
            observer.streamNews(event::StreamWhat::Error, session.clock.now(), wrote.error().errnoValue());
            return wrote;
        }
        observer.streamBytes += chunk->size();
        meter.add(session.clock.now(), chunk->size(), Ns{0}, spent);
        session.change([&](SessionState& state) {
            if (state.stream)
                state.stream->bytes = observer.streamBytes;
        });
    }
    meter.flush();
    return {};
}

} // namespace migscope
