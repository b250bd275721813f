// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Saved device state: the container "migscope.state/1" (header, chunks with checksums, trailer), and bare
// streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace migscope {

/// Who wrote it; compared with the destination before a load.
struct ImageHeader {
    std::string schema = "migscope.state/1";
    bool simulated = false;
    std::string tool;
    std::string device;
    std::string driver;
    std::string pciId;
    std::uint64_t flags = 0;
    std::string kernel;
    std::string mode; ///< "stop-copy", "pre-copy"
    std::int64_t realtimeNs = 0;
};

class RecordHash;

/// Writes FILE.partial and renames it when whole: what carries the name FILE is complete. *Thread-bound.*
class ImageWriter {
public:
    /// Creates FILE.partial (O_EXCL, mode 0600) before anything is asked of a device. EEXIST when FILE exists
    /// and `overwrite` is false. `raw`: the bare stream, without header, checksums and trailer.
    [[nodiscard]] static Result<std::unique_ptr<ImageWriter>>
    create(const std::string& path, const ImageHeader& header, bool raw, bool overwrite);
    ~ImageWriter(); // what was not finished stays as FILE.partial

    /// Buffers nothing beyond one chunk; keeps the errno (ENOSPC …).
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes);
    /// Trailer, fsync, rename, fsync of the folder. Called after the device runs again: syncing is not part
    /// of a blackout.
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    ImageWriter() = default;
    [[nodiscard]] Result<void> write(std::span<const std::byte> first, std::span<const std::byte> second);
    [[nodiscard]] Result<void> writeChunk(std::span<const std::byte> payload);
    [[nodiscard]] Result<void> flushBuffer();
    [[nodiscard]] Result<void> failed(int number);

    std::string path_;
    UniqueFd fd_;
    bool raw_ = false;
    bool overwrite_ = false;
    bool finished_ = false;
    std::uint64_t bytes_ = 0;
    std::uint64_t flushed_ = 0;
    std::vector<std::byte> buffer_;
    std::shared_ptr<RecordHash> records_;
    std::optional<Error> error_; ///< the first failed write; nothing is written after it
};

/// Reads an image. From a file all is verified before the first byte is given out; from a pipe each chunk
/// before it is given, and a missing trailer is Incomplete at the end. A file that is no container is a bare
/// stream, and `verified()` is false. *Thread-bound.*
class ImageReader {
public:
    /// `path` "-" reads standard input. Damaged/Incomplete name the offset. No allocation follows a length
    /// field beyond one chunk's bound.
    /// `progress(bytesVerified, total)` returns false for Cancelled; it is not called for a pipe.
    [[nodiscard]] static Result<std::unique_ptr<ImageReader>>
    open(const std::string& path, const std::function<bool(std::uint64_t, std::uint64_t)>& progress = {});
    ~ImageReader();

    /// The next bytes; an empty span is the end (verified, for containers).
    [[nodiscard]] Result<std::span<const std::byte>> next();
    /// Back to the first byte. Unsupported for a pipe.
    [[nodiscard]] Result<void> restart();
    [[nodiscard]] const std::optional<ImageHeader>& header() const;
    [[nodiscard]] bool verified() const;
    /// Known beforehand for a file.
    [[nodiscard]] std::optional<std::uint64_t> totalBytes() const;
    /// The path, or "standard input": as in this reader's errors.
    [[nodiscard]] const std::string& name() const;

private:
    class Impl;
    explicit ImageReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace migscope
