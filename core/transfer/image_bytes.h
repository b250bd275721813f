// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Any bytes of a saved state, without reading what lies before them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace migscope {

/// For looking at a state of any size: knows where its chunks lie and reads only what is asked for. Verifies
/// no checksums, which ImageReader did before; a file that changed since it was opened is refused. read() is
/// *thread-safe*.
class ImageBytes {
public:
    /// A container, or else a bare stream. The errno of open(), InvalidArgument when it is no regular file,
    /// Damaged and Incomplete as ImageReader says them.
    [[nodiscard]] static Result<std::shared_ptr<const ImageBytes>> open(const std::string& path);

    /// Of the state, not of the file.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// `count` bytes from `offset` on; fewer where the state ends. Incomplete when the file changed.
    [[nodiscard]] Result<std::vector<std::byte>> read(std::uint64_t offset, std::size_t count) const;

private:
    /// A stretch of the state and where it lies in the file.
    struct Piece {
        std::uint64_t offset = 0;
        std::uint64_t inFile = 0;
        std::uint64_t length = 0;
    };
    struct Stamp {
        std::uint64_t bytes = 0;
        std::int64_t changedNs = 0; ///< of its content
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    ImageBytes() = default;
    [[nodiscard]] Result<Stamp> stamp() const;
    [[nodiscard]] Result<std::size_t> readAt(std::uint64_t inFile, std::byte* into, std::size_t count) const;
    [[nodiscard]] Result<void> findPieces();

    std::string path_;
    UniqueFd fd_;
    Stamp opened_;
    std::uint64_t size_ = 0;
    std::vector<Piece> pieces_; ///< by offset, without gaps
};

} // namespace migscope
