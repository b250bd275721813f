// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A file that takes its place whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"
#include "core/base/unique_fd.h"

namespace migscope {

/// A new file beside the wanted one, which takes its place; gone when it did not come so far. Errnos are
/// kept, `act` names what was tried. *Thread-bound.*
class TargetFile {
public:
    TargetFile(std::string path, const char* act) : path_(std::move(path)), act_(act) {}
    TargetFile(const TargetFile&) = delete;
    TargetFile& operator=(const TargetFile&) = delete;
    ~TargetFile();

    /// InvalidArgument when something else than a regular file stands at the path.
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> write(std::string_view text);
    /// fsync and rename: what stood there is replaced.
    [[nodiscard]] Result<void> place();

private:
    std::string path_;
    const char* act_;
    std::string temporary_;
    UniqueFd file_;
};

} // namespace migscope
