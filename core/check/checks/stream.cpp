// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of a data fd while its session lasts: direction, seeking, reads and their end.
#include <array>
#include <cerrno>

#include "core/base/byte_size.h"
#include "core/check/context.h"

namespace migscope {
namespace {

constexpr std::string_view mode =
    "include/uapi/linux/vfio.h data_fd: the file's mode, so the VFS answers for drivers "
    "that open it for one direction";

CheckOutcome savingNotWritable(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    const std::array<std::byte, 8> some{};
    return expectAnswer(stream->write(some).error, {EBADF});
}

CheckOutcome resumingNotReadable(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::Resuming);
    if (stream == nullptr)
        return c.blocked();
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {EBADF});
}

CheckOutcome seekRefused(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->rewind(), {ESPIPE});
}

CheckOutcome resumingSeekRefused(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::Resuming);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->rewind(), {ESPIPE});
}

CheckOutcome unknownIoctl(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    return stream == nullptr ? c.blocked() : expectAnswer(stream->unknownIoctl(), {ENOTTY});
}

CheckOutcome endStays(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr || !c.readToEnd(*stream))
        return c.blocked();
    std::array<std::byte, 64> some{};
    for (int n = 0; n < 3; ++n) {
        const MovedBytes again = stream->read(some);
        if (again.error != 0 || again.count != 0)
            return checkFailed("Behind its end a read answered {answer}.",
                               {{"answer", again.error != 0 ? answerText(again.error)
                                                            : std::to_string(again.count) + " bytes"}});
    }
    return checkPassed("Behind its end every read answered 0.");
}

CheckOutcome endIsZero(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    const auto bytes = c.readToEnd(*stream);
    if (bytes)
        return checkPassed("It ended with 0.");
    // readToEnd() stopped at an answer that is no end; asked once more, to see which.
    std::array<std::byte, 64> some{};
    const MovedBytes again = stream->read(some);
    if (again.error == ENOMSG)
        return checkFailed("In STOP_COPY a read answered ENOMSG.");
    return c.blocked();
}

CheckOutcome smallReads(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    std::array<std::byte, 1> one{};
    for (int n = 0; n < 16; ++n) {
        const MovedBytes got = stream->read(one);
        if (got.error != 0)
            return checkFailed("A read of one byte answered {answer}.", {{"answer", answerText(got.error)}});
        if (got.count == 0)
            return n == 0 ? checkSkipped("Not asked: the saved state is empty.")
                          : checkPassed("It came byte by byte.");
    }
    return checkPassed("It came byte by byte.");
}

CheckOutcome readOfNothing(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    const MovedBytes none = stream->read({});
    return expectAnswer(none.error, {0});
}

CheckOutcome getLeavesTheStream(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    (void)c.device().get();
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {0});
}

CheckOutcome sameStateLeavesTheStream(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    if (c.device().set(MigState::StopCopy).error != 0)
        return checkSkipped("Not asked: SET of the same state was refused.");
    std::array<std::byte, 8> some{};
    return expectAnswer(stream->read(some).error, {0});
}

CheckOutcome comesToAnEnd(CheckContext& c) {
    SubjectStream* stream = c.openStream(MigState::StopCopy);
    if (stream == nullptr)
        return c.blocked();
    if (const auto bytes = c.saveImage(*stream))
        return checkPassed("It ended after {bytes} bytes.", {{"bytes", std::to_string(*bytes)}});
    if (c.foundEndless())
        return checkFailed("{bytes} were read, and it did not end; MIG_DATA_SIZE said {estimate}.",
                           {{"bytes", formatBytes(c.mostStream())},
                            {"estimate", c.estimate() ? formatBytes(*c.estimate()) : "nothing of use"}});
    return c.blocked();
}

constexpr std::array table{
    Check{.id = "MIG-STREAM-001",
          .asks = "A saving data fd cannot be written: EBADF.",
          .rule = "include/uapi/linux/vfio.h, data_fd: the file of a saving session is opened for reading, "
                  "so the VFS answers EBADF (anon_inode_getfile() with O_RDONLY)",
          .provedBy = "saving-fd-writable",
          .run = savingNotWritable},
    Check{.id = "MIG-STREAM-002",
          .asks = "A resuming data fd cannot be read: EBADF.",
          .rule = "include/uapi/linux/vfio.h, data_fd: the file of a resuming session is opened for writing, "
                  "so the VFS answers EBADF (anon_inode_getfile() with O_WRONLY)",
          .provedBy = "resuming-fd-readable",
          .run = resumingNotReadable},
    Check{.id = "MIG-STREAM-003",
          .asks = "lseek of a saving data fd answers ESPIPE.",
          .rule =
              "fs/open.c, stream_open(): a driver opens its file as a stream, which has no position: ESPIPE",
          .provedBy = "saving-fd-seeks",
          .run = seekRefused},
    Check{.id = "MIG-STREAM-004",
          .asks = "lseek of a resuming data fd answers ESPIPE.",
          .rule =
              "fs/open.c, stream_open(): a driver opens its file as a stream, which has no position: ESPIPE",
          .provedBy = "resuming-fd-seeks",
          .run = resumingSeekRefused},
    Check{.id = "MIG-STREAM-005",
          .asks = "An ioctl that a data fd does not have is refused with ENOTTY.",
          .rule = "fs/ioctl.c, vfs_ioctl(): an ioctl that is not known is ENOTTY; the driver's "
                  "unlocked_ioctl where its file has one",
          .provedBy = "any-ioctl-accepted",
          .run = unknownIoctl},
    Check{.id = "MIG-STREAM-006",
          .asks = "After the end of a stream, in STOP_COPY, reads go on answering 0.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: read answers 0 at the end of the "
                  "data, and the end stays; the driver's read",
          .provedBy = "data-behind-end",
          .run = endStays},
    Check{.id = "MIG-STREAM-007",
          .asks = "In STOP_COPY a read never answers ENOMSG: the end is 0.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: read answers 0 at the end of the "
                  "data; ENOMSG is of pre-copy, where more may come; the driver's read",
          .provedBy = "enomsg-in-stop-copy",
          .dependents = "MIG-STREAM-013",
          .run = endIsZero},
    Check{.id = "MIG-STREAM-008",
          .asks = "A stream can be read byte by byte.",
          .rule = "include/uapi/linux/vfio.h, data transfer: the pieces in which a stream is read mean "
                  "nothing; the driver's read",
          .provedBy = "small-reads-refused",
          .run = smallReads},
    Check{
        .id = "MIG-STREAM-009",
        .asks = "A read of no bytes succeeds.",
        .rule =
            "fs/read_write.c, vfs_read(): it hands a length of 0 on; the driver's read has nothing to refuse",
        .severity = CheckSeverity::Should,
        .provedBy = "empty-read-refused",
        .run = readOfNothing},
    Check{.id = "MIG-STREAM-010",
          .asks = "GET of the state leaves the saving stream readable.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE: GET changes nothing; the "
                  "driver's migration_get_state",
          .provedBy = "get-ends-session",
          .dependents = "MIG-FSM-009",
          .run = getLeavesTheStream},
    Check{.id = "MIG-STREAM-011",
          .asks = "SET of STOP_COPY in STOP_COPY leaves its stream readable.",
          .rule = "drivers/vfio/vfio_main.c, vfio_mig_get_next_state(): a state that is asked for again is "
                  "not left, so its session lasts; the driver's migration_set_state",
          .provedBy = "same-state-ends-session",
          .run = sameStateLeavesTheStream},
    Check{.id = "MIG-STREAM-012",
          .asks = "In STOP_COPY the stream ends: within 1 GiB plus sixteen times MIG_DATA_SIZE.",
          .rule = "include/uapi/linux/vfio.h, VFIO_DEVICE_STATE_STOP_COPY: the data ends with a read that "
                  "answers 0, and whoever migrates waits for it; the driver's read",
          .provedBy = "stream-without-end",
          .run = comesToAnEnd},
};

} // namespace

std::span<const Check> streamChecks() {
    return table;
}

} // namespace migscope
