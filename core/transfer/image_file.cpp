// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Writing a saved state: FILE.partial first, FILE only when whole.
#include "core/transfer/image_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <xxhash.h>

#include "core/transfer/image_format.h"

namespace migscope {
namespace {

constexpr const char* saveWhat = "save state";

/// Pieces of this size and more are written as chunks of their own, without a copy.
constexpr std::size_t directChunk = 64U << 10U;

std::string folderOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// FILE.partial, new and locked; a stale one (nobody holds its lock) makes way only when asked.
Result<UniqueFd> createPartial(const std::string& partial, bool overwrite) {
    const auto open = [&](int flags) {
        return UniqueFd(::open(partial.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
    };
    UniqueFd fd = open(O_WRONLY | O_CREAT | O_EXCL);
    if (!fd.valid() && errno == EEXIST) {
        const UniqueFd old = open(O_WRONLY | O_NONBLOCK);
        if (!old.valid())
            return failErrno(errno, saveWhat, partial);
        if (::flock(old.get(), LOCK_EX | LOCK_NB) != 0)
            return failErrno(EBUSY, saveWhat, partial, "another save is writing it");
        if (!overwrite)
            return failErrno(EEXIST, saveWhat, partial,
                             "left by a save that was interrupted; remove it first");
        if (::unlink(partial.c_str()) != 0)
            return failErrno(errno, saveWhat, partial);
        fd = open(O_WRONLY | O_CREAT | O_EXCL);
    }
    if (!fd.valid())
        return failErrno(errno, saveWhat, partial);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return failErrno(EBUSY, saveWhat, partial, "another save is writing it");
    return fd;
}

/// Gives FILE its name without replacing anything.
int renameNew(const std::string& from, const std::string& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    struct stat facts{}; // a file system that cannot: look, then rename
    if (::lstat(to.c_str(), &facts) == 0)
        return EEXIST;
    return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

} // namespace

struct RecordHash::State {
    XXH3_state_t* hash = XXH3_createState();
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { XXH3_freeState(hash); }
};

RecordHash::RecordHash() : state_(std::make_unique<State>()) {
    restart();
}
RecordHash::~RecordHash() = default;
void RecordHash::restart() {
    XXH3_64bits_reset(state_->hash);
}
void RecordHash::add(std::uint64_t length, std::uint64_t checksum) {
    std::array<std::byte, 16> bytes{};
    putInteger(std::span(bytes).first<8>(), length);
    putInteger(std::span(bytes).last<8>(), checksum);
    XXH3_64bits_update(state_->hash, bytes.data(), bytes.size());
}
std::uint64_t RecordHash::value() const {
    return XXH3_64bits_digest(state_->hash);
}

std::uint64_t checksumOf(std::span<const std::byte> bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

void putInteger(std::span<std::byte> at, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i)
        at[i] = static_cast<std::byte>(value >> (8 * i));
}

std::uint64_t getInteger(std::span<const std::byte> at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value |= std::to_integer<std::uint64_t>(at[i]) << (8 * i);
    return value;
}

std::array<std::byte, recordBytes> makeRecord(std::string_view tag, std::uint64_t length,
                                              std::uint64_t checksum) {
    std::array<std::byte, recordBytes> record{};
    std::memcpy(record.data(), tag.data(), 8);
    putInteger(std::span(record).subspan<8, 8>(), length);
    putInteger(std::span(record).subspan<16, 8>(), checksum);
    return record;
}

Result<std::unique_ptr<ImageWriter>> ImageWriter::create(const std::string& path, const ImageHeader& header,
                                                         bool raw, bool overwrite) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) == 0) {
        if (!overwrite)
            return failErrno(EEXIST, saveWhat, path);
        if (!S_ISREG(facts.st_mode))
            return failErrno(EINVAL, saveWhat, path, "it exists and is no regular file");
    } else if (errno != ENOENT) {
        return failErrno(errno, saveWhat, path);
    }
    auto fd = createPartial(path + ".partial", overwrite);
    if (!fd)
        return std::unexpected(std::move(fd.error()));
    std::unique_ptr<ImageWriter> writer(new ImageWriter);
    writer->path_ = path;
    writer->fd_ = std::move(*fd);
    writer->raw_ = raw;
    writer->overwrite_ = overwrite;
    writer->records_ = std::make_shared<RecordHash>();
    if (raw)
        return writer;
    const std::string line = imageHeaderLine(header);
    const auto bytes = std::as_bytes(std::span(line));
    const std::uint64_t checksum = checksumOf(bytes, 0);
    writer->records_->add(line.size(), checksum);
    const auto record = makeRecord(headerTag, line.size(), checksum);
    if (auto written = writer->write(bytes, record); !written)
        return std::unexpected(std::move(written.error()));
    return writer;
}

ImageWriter::~ImageWriter() = default;

Result<void> ImageWriter::failed(int number) {
    error_ = Error{std::error_code(number, std::generic_category()), saveWhat, path_ + ".partial", {}};
    return std::unexpected(*error_);
}

Result<void> ImageWriter::write(std::span<const std::byte> first, std::span<const std::byte> second) {
    if (error_)
        return std::unexpected(*error_);
    while (!first.empty() || !second.empty()) {
        const auto piece = [](std::span<const std::byte> bytes) {
            // iovec has no const variant.
            return iovec{const_cast<std::byte*>(bytes.data()), bytes.size()};
        };
        const std::array pieces{piece(first), piece(second)};
        const ssize_t done = ::writev(fd_.get(), pieces.data(), static_cast<int>(pieces.size()));
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return failed(errno);
        const auto count = static_cast<std::size_t>(done);
        const std::size_t ofFirst = std::min(count, first.size());
        first = first.subspan(ofFirst);
        second = second.subspan(count - ofFirst);
    }
    return {};
}

Result<void> ImageWriter::writeChunk(std::span<const std::byte> payload) {
    if (payload.empty())
        return {};
    if (raw_) {
        flushed_ += payload.size();
        return write(payload, {});
    }
    const std::uint64_t checksum = checksumOf(payload, flushed_);
    flushed_ += payload.size();
    records_->add(payload.size(), checksum);
    const auto record = makeRecord(chunkTag, payload.size(), checksum);
    return write(record, payload);
}

Result<void> ImageWriter::flushBuffer() {
    auto written = writeChunk(buffer_);
    buffer_.clear();
    return written;
}

Result<void> ImageWriter::append(std::span<const std::byte> bytes) {
    if (error_)
        return std::unexpected(*error_);
    bytes_ += bytes.size();
    while (!bytes.empty()) {
        if (bytes.size() >= directChunk) {
            const auto part = bytes.first(std::min(bytes.size(), writtenChunk));
            if (auto flushed = flushBuffer(); !flushed)
                return flushed;
            if (auto written = writeChunk(part); !written)
                return written;
            bytes = bytes.subspan(part.size());
            continue;
        }
        const auto part = bytes.first(std::min(bytes.size(), writtenChunk - buffer_.size()));
        buffer_.insert(buffer_.end(), part.begin(), part.end());
        bytes = bytes.subspan(part.size());
        if (buffer_.size() == writtenChunk) {
            if (auto flushed = flushBuffer(); !flushed)
                return flushed;
        }
    }
    return {};
}

Result<void> ImageWriter::finish() {
    if (finished_)
        return {};
    if (auto flushed = flushBuffer(); !flushed)
        return flushed;
    if (!raw_) {
        std::array<std::byte, trailerBytes> trailer{};
        const auto record = makeRecord(trailerTag, bytes_, records_->value());
        std::copy(record.begin(), record.end(), trailer.begin());
        std::memcpy(trailer.data() + recordBytes, completeWord.data(), completeWord.size());
        putInteger(std::span(trailer).last<8>(), checksumOf(std::span(trailer).first<trailerBytes - 8>(), 0));
        if (auto written = write(trailer, {}); !written)
            return written;
    }
    if (error_)
        return std::unexpected(*error_);
    // Only what is known to be on the disk gets the name.
    if (::fsync(fd_.get()) != 0)
        return failed(errno);
    const std::string partial = path_ + ".partial";
    if (const int number = overwrite_ ? (::rename(partial.c_str(), path_.c_str()) == 0 ? 0 : errno)
                                      : renameNew(partial, path_);
        number != 0)
        return failed(number);
    if (::close(fd_.release()) != 0)
        return failed(errno);
    const UniqueFd folder(::open(folderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.valid() && ::fsync(folder.get()) != 0 && errno != EINVAL)
        return failed(errno);
    finished_ = true;
    return {};
}

} // namespace migscope
