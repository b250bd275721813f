// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A data stream of a device under test.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/check/subject.h"

namespace migscope {
namespace {

constexpr unsigned long noSuchIoctl = uapi::vfioIoctl(255);

std::vector<std::byte> copyOf(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> asBytes(std::uint64_t value) {
    std::vector<std::byte> out(sizeof value);
    std::memcpy(out.data(), &value, sizeof value);
    return out;
}

} // namespace

int SubjectStream::made(const char* op, std::vector<std::byte> in, std::vector<std::byte> out,
                        const Result<void>& done, Ns called, CallExtra extra) {
    const int code = done ? 0 : codeOf(done.error());
    offset_ += extra.bytes;
    extra.unanswered = code < 0;
    book_.end(device_, {op, std::move(in), std::move(out), std::max(code, 0), called, book_.clock().now()},
              std::move(extra));
    return code;
}

MovedBytes SubjectStream::read(std::span<std::byte> into) {
    const Ns called = book_.begin(device_, "read");
    const auto got = stream_->read(into);
    const std::size_t count = got ? *got : 0;
    const int error = made("read", asBytes(into.size()), asBytes(count),
                           got ? Result<void>{} : std::unexpected(got.error()), called,
                           {.bytes = count, .offset = offset_});
    return {error, count};
}

MovedBytes SubjectStream::write(std::span<const std::byte> from) {
    const Ns called = book_.begin(device_, "write");
    const auto taken = stream_->write(from);
    const std::size_t count = taken ? *taken : 0;
    const int error = made("write", asBytes(from.size()), asBytes(count),
                           taken ? Result<void>{} : std::unexpected(taken.error()), called,
                           {.bytes = count, .offset = offset_});
    // EBADF and ENODEV: nobody was there who could have kept a byte.
    writeFailed_ = writeFailed_ || (error != 0 && error != EBADF && error != ENODEV);
    return {error, count};
}

InfoAnswer SubjectStream::info(std::uint32_t argsz) {
    static constexpr const char* op = "GET_PRECOPY_INFO";
    // Room behind the struct, for who claims that there is more.
    std::array<std::uint64_t, 8> room{};
    InfoAnswer answer;
    answer.info.argsz = argsz;
    std::memcpy(room.data(), &answer.info, sizeof answer.info);
    const auto bytes = std::as_writable_bytes(std::span(room));
    const auto in = copyOf(bytes.first(sizeof answer.info));
    const Ns called = book_.begin(device_, op);
    const auto done = stream_->control(uapi::ioctlMigGetPrecopyInfo, bytes);
    answer.error = made(op, in, copyOf(bytes.first(sizeof answer.info)), done, called);
    std::memcpy(&answer.info, room.data(), sizeof answer.info);
    return answer;
}

int SubjectStream::unknownIoctl() {
    std::array<std::uint64_t, 8> room{};
    const Ns called = book_.begin(device_, "ioctl 0x3bff");
    const auto done = stream_->control(noSuchIoctl, std::as_writable_bytes(std::span(room)));
    return made("ioctl 0x3bff", {}, {}, done, called);
}

int SubjectStream::rewind() {
    const Ns called = book_.begin(device_, "lseek");
    const auto done = stream_->rewind();
    return made("lseek", {}, {}, done, called);
}

} // namespace migscope
