// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up ordinary workstation as a captured host: what most people's first look at Migscope shows.
#pragma once

#include <QString>

namespace migscope {

/// Writes it into `folder`, for the backend capture:FOLDER. False when that fails.
[[nodiscard]] bool writeOrdinaryHost(const QString& folder);

} // namespace migscope
