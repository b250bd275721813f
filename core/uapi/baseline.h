// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that names the kernel release our declarations of its ABI were written against.
#pragma once

namespace migscope::uapi {

/// The newest kernel release whose VFIO interface this folder knows. What a running kernel offers is always
/// asked of that kernel; this only tells a reader how far our vocabulary goes.
inline constexpr const char* uapiBaseline = "7.3";

/// A kernel release as one comparable number: kernel(6, 12) < kernel(7, 2).
constexpr unsigned kernel(unsigned major, unsigned minor) {
    return major * 1000U + minor;
}

/// The oldest release whose headers the drift check reads. Declarations older than that carry this number
/// in the table, because nothing reachable could prove an earlier one.
inline constexpr unsigned oldestChecked = kernel(6, 1);

} // namespace migscope::uapi
