// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The components of a path.
#include "core/host/path_walk.h"

namespace migscope {

void pushComponents(std::vector<std::string>& pending, std::string_view path) {
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view part = path.substr(0, slash);
        if (!part.empty() && part != ".")
            parts.push_back(part);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    }
    pending.insert(pending.end(), parts.rbegin(), parts.rend());
}

} // namespace migscope
