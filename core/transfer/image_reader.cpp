// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a saved state. Only read() and pread(): a file that shrinks under a mapping would kill the process.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "core/transfer/image_file.h"
#include "core/transfer/image_format.h"

namespace migscope {
namespace {

constexpr const char* loadWhat = "load state";

std::span<std::byte> bytesOf(std::string& text) {
    return std::as_writable_bytes(std::span(text));
}

/// A file or a pipe with a little look-ahead.
class Input {
public:
    Input(UniqueFd fd, std::string name, std::optional<std::uint64_t> size)
        : fd_(std::move(fd)), name_(std::move(name)), size_(size) {}

    /// Up to `into`; 0 at the end.
    Result<std::size_t> read(std::span<std::byte> into) {
        if (!ahead_.empty()) {
            const std::size_t count = std::min(into.size(), ahead_.size());
            std::memcpy(into.data(), ahead_.data(), count);
            ahead_.erase(0, count);
            consumed_ += count;
            return count;
        }
        auto got = fetch(into);
        if (got)
            consumed_ += *got;
        return got;
    }
    /// All of `into`, or how much there was.
    Result<std::size_t> readFully(std::span<std::byte> into) {
        std::size_t have = 0;
        while (have < into.size()) {
            auto got = read(into.subspan(have));
            if (!got || *got == 0)
                return got ? Result<std::size_t>(have) : got;
            have += *got;
        }
        return have;
    }
    Result<void> need(std::span<std::byte> into) {
        const std::uint64_t from = consumed_;
        auto got = readFully(into);
        if (!got)
            return std::unexpected(std::move(got.error()));
        if (*got < into.size())
            return std::unexpected(incomplete(
                fmt::format("{} of {} bytes at offset {}; the trailer is missing", *got, into.size(), from)));
        return {};
    }
    /// Up to and with the newline, which must come within `longest`.
    Result<std::string> line(std::size_t longest) {
        std::size_t end = ahead_.find('\n');
        while (end == std::string::npos) {
            if (ahead_.size() >= longest)
                return std::unexpected(damaged("the header has no end"));
            std::string more(4096, '\0');
            auto got = fetch(bytesOf(more));
            if (!got)
                return std::unexpected(std::move(got.error()));
            if (*got == 0)
                return std::unexpected(incomplete("the file ends within its header"));
            const std::size_t old = ahead_.size();
            ahead_.append(more, 0, *got);
            end = ahead_.find('\n', old);
        }
        std::string line = ahead_.substr(0, end + 1);
        ahead_.erase(0, end + 1);
        consumed_ += line.size();
        return line;
    }
    void putBack(std::string_view bytes) {
        ahead_.insert(0, bytes);
        consumed_ -= bytes.size();
    }
    [[nodiscard]] bool seekable() const { return size_.has_value(); }
    [[nodiscard]] std::optional<std::uint64_t> size() const { return size_; }
    [[nodiscard]] std::uint64_t consumed() const { return consumed_; }
    void seek(std::uint64_t to) {
        ahead_.clear();
        fetched_ = consumed_ = to;
    }

    [[nodiscard]] Error damaged(std::string detail) const {
        return {make_error_code(Errc::Damaged), loadWhat, name_, std::move(detail)};
    }
    [[nodiscard]] Error incomplete(std::string detail) const {
        return {make_error_code(Errc::Incomplete), loadWhat, name_, std::move(detail)};
    }
    [[nodiscard]] const std::string& name() const { return name_; }

private:
    Result<std::size_t> fetch(std::span<std::byte> into) {
        while (true) {
            const ssize_t got =
                seekable() ? ::pread(fd_.get(), into.data(), into.size(), static_cast<off_t>(fetched_))
                           : ::read(fd_.get(), into.data(), into.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return failErrno(errno, loadWhat, name_);
            fetched_ += static_cast<std::uint64_t>(got);
            return static_cast<std::size_t>(got);
        }
    }

    UniqueFd fd_;
    std::string name_;
    std::optional<std::uint64_t> size_;
    std::string ahead_;
    std::uint64_t fetched_ = 0;
    std::uint64_t consumed_ = 0;
};

enum class Likeness { Container, Broken, Cut, Bare };

/// A bare stream is never taken for a container; a container with a flipped bit is never taken for a bare
/// stream.
Likeness likenessOf(std::string_view start) {
    const std::size_t length = std::min(start.size(), imagePrefix.size());
    std::size_t different = 0;
    for (std::size_t i = 0; i < length; ++i)
        different += static_cast<std::size_t>(
            std::popcount(static_cast<unsigned>(static_cast<unsigned char>(start[i] ^ imagePrefix[i]))));
    if (start.size() < imagePrefix.size())
        return different == 0 ? Likeness::Cut : Likeness::Bare;
    if (different == 0)
        return Likeness::Container;
    return different <= imagePrefix.size() ? Likeness::Broken : Likeness::Bare; // of eight times as many bits
}

} // namespace

class ImageReader::Impl {
public:
    explicit Impl(Input input) : input_(std::move(input)) {}

    Result<void> begin(const std::function<bool(std::uint64_t, std::uint64_t)>& progress);
    Result<std::span<const std::byte>> next();
    Result<void> restart();
    [[nodiscard]] const std::string& name() const { return input_.name(); }

    std::optional<ImageHeader> header;
    std::optional<std::uint64_t> total;
    bool verified = false;

private:
    Result<void> readHeader();
    Result<std::span<const std::byte>> nextChunk();
    Result<void> readTrailer(std::span<const std::byte> record);
    [[nodiscard]] std::unexpected<Error> damaged(std::uint64_t offset, const char* what) const {
        return std::unexpected(input_.damaged(fmt::format("{} at offset {}", what, offset)));
    }

    Input input_;
    RecordHash records_;
    std::vector<std::byte> buffer_;
    std::uint64_t headerLength_ = 0;
    std::uint64_t headerChecksum_ = 0;
    std::uint64_t payload_ = 0;
    std::uint64_t firstRecord_ = 0; ///< where the first chunk begins; of a bare stream its first byte
    bool ended_ = false;
};

Result<void> ImageReader::Impl::begin(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    std::string start(imagePrefix.size(), '\0');
    auto got = input_.readFully(bytesOf(start));
    if (!got)
        return std::unexpected(std::move(got.error()));
    start.resize(*got);
    if (start.empty())
        return std::unexpected(input_.incomplete("it is empty"));
    switch (likenessOf(start)) {
    case Likeness::Broken:
        return damaged(0, "its first bytes are damaged");
    case Likeness::Cut:
        return std::unexpected(input_.incomplete("the file ends within its header"));
    case Likeness::Bare:
        input_.putBack(start);
        total = input_.size();
        return {};
    case Likeness::Container:
        break;
    }
    input_.putBack(start);
    if (auto read = readHeader(); !read)
        return read;
    if (!input_.seekable())
        return {};
    // A file: everything is verified before a device gets the first byte.
    firstRecord_ = input_.consumed();
    while (true) {
        auto chunk = nextChunk();
        if (!chunk)
            return std::unexpected(std::move(chunk.error()));
        if (chunk->empty())
            break;
        if (progress && !progress(input_.consumed(), *input_.size()))
            return fail(Errc::Cancelled, loadWhat, input_.name());
    }
    std::array<std::byte, 1> behind{};
    auto more = input_.read(behind);
    if (!more)
        return std::unexpected(std::move(more.error()));
    if (*more > 0)
        return damaged(input_.consumed() - 1, "bytes behind the trailer");
    total = payload_;
    verified = true;
    return restart();
}

Result<void> ImageReader::Impl::restart() {
    if (!input_.seekable())
        return fail(Errc::Unsupported, loadWhat, input_.name(), "a pipe is read once");
    input_.seek(firstRecord_);
    payload_ = 0;
    ended_ = false;
    records_.restart();
    records_.add(headerLength_, headerChecksum_);
    return {};
}

Result<void> ImageReader::Impl::readHeader() {
    auto line = input_.line(longestHeader);
    if (!line)
        return std::unexpected(std::move(line.error()));
    std::array<std::byte, recordBytes> record{};
    if (auto read = input_.need(record); !read)
        return read;
    headerLength_ = line->size();
    headerChecksum_ = checksumOf(std::as_bytes(std::span(*line)), 0);
    if (record != makeRecord(headerTag, headerLength_, headerChecksum_)) {
        // A newer major version may frame differently: its sentence is the better one.
        auto newer = parseImageHeader(*line, input_.name());
        if (!newer && newer.error().is(Errc::Unsupported))
            return std::unexpected(std::move(newer.error()));
        return damaged(0, "the header is damaged");
    }
    auto parsed = parseImageHeader(*line, input_.name());
    if (!parsed)
        return std::unexpected(std::move(parsed.error()));
    header = std::move(*parsed);
    records_.add(headerLength_, headerChecksum_);
    return {};
}

Result<std::span<const std::byte>> ImageReader::Impl::nextChunk() {
    const std::uint64_t at = input_.consumed();
    std::array<std::byte, recordBytes> record{};
    if (auto read = input_.need(record); !read)
        return std::unexpected(std::move(read.error()));
    const std::string_view tag(reinterpret_cast<const char*>(record.data()), 8);
    if (tag == trailerTag) {
        if (auto read = readTrailer(record); !read)
            return std::unexpected(std::move(read.error()));
        ended_ = true;
        return std::span<const std::byte>{};
    }
    if (tag != chunkTag)
        return damaged(at, "neither chunk nor trailer");
    const std::uint64_t length = getInteger(std::span(record).subspan<8, 8>());
    const std::uint64_t checksum = getInteger(std::span(record).subspan<16, 8>());
    // Before any memory is had for it: the length is only a claim.
    if (length == 0 || length > longestChunk)
        return damaged(at, "a chunk of an impossible length");
    if (input_.size() && length > *input_.size() - std::min(*input_.size(), input_.consumed()))
        return std::unexpected(
            input_.incomplete(fmt::format("the chunk at offset {} is longer than the rest of the file", at)));
    buffer_.resize(static_cast<std::size_t>(length));
    if (auto read = input_.need(buffer_); !read)
        return std::unexpected(std::move(read.error()));
    if (checksumOf(buffer_, payload_) != checksum)
        return damaged(at, "the checksum of the chunk is wrong");
    payload_ += length;
    records_.add(length, checksum);
    return std::span<const std::byte>(buffer_);
}

Result<void> ImageReader::Impl::readTrailer(std::span<const std::byte> record) {
    const std::uint64_t at = input_.consumed() - recordBytes;
    std::array<std::byte, trailerBytes> trailer{};
    std::copy(record.begin(), record.end(), trailer.begin());
    if (auto read = input_.need(std::span(trailer).subspan<recordBytes>()); !read)
        return read;
    const auto check = getInteger(std::span(trailer).last<8>());
    if (check != checksumOf(std::span(trailer).first<trailerBytes - 8>(), 0) ||
        std::memcmp(trailer.data() + recordBytes, completeWord.data(), completeWord.size()) != 0)
        return damaged(at, "the trailer is damaged");
    if (getInteger(record.subspan<8, 8>()) != payload_ ||
        getInteger(record.subspan<16, 8>()) != records_.value())
        return damaged(at, "chunks are missing or added before the trailer");
    return {};
}

Result<std::span<const std::byte>> ImageReader::Impl::next() {
    if (ended_)
        return std::span<const std::byte>{};
    if (header) {
        auto chunk = nextChunk();
        if (chunk && chunk->empty())
            verified = true;
        if (!chunk)
            ended_ = true;
        return chunk;
    }
    buffer_.resize(writtenChunk);
    auto got = input_.read(buffer_);
    if (!got)
        return std::unexpected(std::move(got.error()));
    ended_ = *got == 0;
    return std::span<const std::byte>(buffer_).first(*got);
}

ImageReader::ImageReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ImageReader::~ImageReader() = default;

Result<std::unique_ptr<ImageReader>>
ImageReader::open(const std::string& path,
                  const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    const bool standardInput = path == "-";
    UniqueFd fd(standardInput ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                              : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    const std::string name = standardInput ? "standard input" : path;
    struct stat facts{};
    if (!fd.valid() || ::fstat(fd.get(), &facts) != 0)
        return failErrno(errno, loadWhat, name);
    if (S_ISDIR(facts.st_mode))
        return failErrno(EISDIR, loadWhat, name);
    std::optional<std::uint64_t> size;
    if (!standardInput) {
        if (S_ISREG(facts.st_mode))
            size = static_cast<std::uint64_t>(facts.st_size);
        else if (!S_ISFIFO(facts.st_mode))
            return fail(Errc::InvalidArgument, loadWhat, name, "neither a file nor a pipe");
    }
    auto impl = std::make_unique<Impl>(Input(std::move(fd), name, size));
    if (auto begun = impl->begin(progress); !begun)
        return std::unexpected(std::move(begun.error()));
    return std::unique_ptr<ImageReader>(new ImageReader(std::move(impl)));
}

Result<std::span<const std::byte>> ImageReader::next() {
    return impl_->next();
}

Result<void> ImageReader::restart() {
    return impl_->restart();
}

const std::string& ImageReader::name() const {
    return impl_->name();
}

const std::optional<ImageHeader>& ImageReader::header() const {
    return impl_->header;
}

bool ImageReader::verified() const {
    return impl_->verified;
}

std::optional<std::uint64_t> ImageReader::totalBytes() const {
    return impl_->total;
}

} // namespace migscope
