// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes of a saved state.
#include "core/transfer/image_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>

#include "core/transfer/image_format.h"

namespace migscope {
namespace {

constexpr const char* what = "look into image";

std::string_view textOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

Result<ImageBytes::Stamp> ImageBytes::stamp() const {
    struct stat facts{};
    if (::fstat(fd_.get(), &facts) != 0)
        return failErrno(errno, what, path_);
    if (!S_ISREG(facts.st_mode))
        return fail(Errc::InvalidArgument, what, path_, "it is no regular file");
    return Stamp{static_cast<std::uint64_t>(facts.st_size),
                 facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

Result<std::size_t> ImageBytes::readAt(std::uint64_t inFile, std::byte* into, std::size_t count) const {
    std::size_t done = 0;
    while (done < count) {
        const ssize_t got = ::pread(fd_.get(), into + done, count - done, static_cast<off_t>(inFile + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failErrno(errno, what, path_);
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::shared_ptr<const ImageBytes>> ImageBytes::open(const std::string& path) {
    const std::shared_ptr<ImageBytes> made(new ImageBytes);
    made->path_ = path;
    // O_NONBLOCK: a pipe without a writer must not hold up whoever looks.
    made->fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!made->fd_.valid())
        return failErrno(errno, what, path);
    auto stamp = made->stamp();
    if (!stamp)
        return std::unexpected(std::move(stamp.error()));
    made->opened_ = *stamp;
    if (auto found = made->findPieces(); !found)
        return std::unexpected(std::move(found.error()));
    return std::shared_ptr<const ImageBytes>(made);
}

Result<void> ImageBytes::findPieces() {
    std::vector<std::byte> head(longestHeader + recordBytes);
    const auto got = readAt(0, head.data(), head.size());
    if (!got)
        return std::unexpected(got.error());
    const std::string_view start = textOf(std::span(head).first(*got));
    if (!start.starts_with(imagePrefix)) {
        size_ = opened_.bytes;
        pieces_ = {{0, 0, size_}};
        return {};
    }
    const std::size_t line = start.find('\n');
    if (line == std::string_view::npos)
        return fail(Errc::Damaged, what, path_, "the header has no end");
    std::uint64_t at = line + 1 + recordBytes;
    while (true) {
        std::array<std::byte, recordBytes> record{};
        const auto read = readAt(at, record.data(), record.size());
        if (!read)
            return std::unexpected(read.error());
        if (*read < record.size())
            return fail(Errc::Incomplete, what, path_, "the trailer is missing");
        const std::string_view tag = textOf(record).substr(0, chunkTag.size());
        if (tag == trailerTag)
            return {};
        const std::uint64_t length = getInteger(std::span(record).subspan<8, 8>());
        if (tag != chunkTag || length == 0 || length > longestChunk)
            return fail(Errc::Damaged, what, path_, "neither chunk nor trailer");
        at += recordBytes;
        pieces_.push_back({size_, at, length});
        size_ += length;
        at += length;
    }
}

Result<std::vector<std::byte>> ImageBytes::read(std::uint64_t offset, std::size_t count) const {
    const auto now = stamp();
    if (!now)
        return std::unexpected(now.error());
    if (*now != opened_)
        return fail(Errc::Incomplete, what, path_, "the file changed after it was compared");
    std::vector<std::byte> bytes;
    if (offset >= size_)
        return bytes;
    bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset)));
    auto piece = std::ranges::upper_bound(pieces_, offset, {}, &Piece::offset);
    std::size_t done = 0;
    for (--piece; done < bytes.size(); ++piece) {
        const std::uint64_t inside = offset + done - piece->offset;
        const auto part =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size() - done, piece->length - inside));
        const auto got = readAt(piece->inFile + inside, bytes.data() + done, part);
        if (!got)
            return std::unexpected(got.error());
        if (*got < part)
            return fail(Errc::Incomplete, what, path_, "the file became shorter");
        done += part;
    }
    return bytes;
}

} // namespace migscope
