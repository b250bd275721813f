// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The index file of a capture: what an ordinary user cannot make on disk (nodes, refused paths).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace migscope {

/// A text file, one fact a line: "node 0600 0 0 /dev/vfio/41", "error 13 EACCES /proc/812/fd", "other
/// /sys/pipe". Paths have
/// '%' and control bytes as %XX.
struct CaptureIndex {
    static constexpr std::string_view fileName = "migscope-capture.txt";

    struct Entry {
        int errnoNumber = 0; ///< every call on the path fails so; 0: a node
        bool other = false;  ///< neither file, folder, link nor node (a FIFO): refused to be read
        std::uint32_t mode = 0;
        std::uint32_t uid = 0;
        std::uint32_t gid = 0;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    std::map<std::string, Entry> entries; ///< by path

    [[nodiscard]] std::string text() const;
    /// Fails with Damaged, naming the line. Lines of a kind that is not known are skipped.
    [[nodiscard]] static Result<CaptureIndex> parse(std::string_view text, const std::string& where);
};

} // namespace migscope
