// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace migscope {

/// &, <, > and " as entities, for text and for values in double quotes. What XML has no character for is left
/// as it is: escapeText() first. *Reentrant.*
[[nodiscard]] std::string escapeMarkup(std::string_view text);

} // namespace migscope
