// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Walking paths by hand, for trees whose links must not lead out of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migscope {

/// Linux gives up after as many links on one path.
inline constexpr int maxLinks = 40;

/// Pushes the components of `path` so that the first one is popped first; empty ones and "." are left out.
void pushComponents(std::vector<std::string>& pending, std::string_view path);

} // namespace migscope
